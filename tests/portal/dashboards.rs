//! The two home pages: what waits for whom, and the month's money.

use reseller_portal::requests::state::Step;
use reseller_portal::requests::store::{passages, take_step};
use reseller_portal::values::StaffRole;

use crate::on_both;
use crate::support::Client;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_record, a_request, a_reseller, a_subscription, some_terms,
};

on_both! {
    fn a_new_portal_leads_root_step_by_step_to_its_first_channel(world) {
        let root = world.root();
        let open = || root.get("/").texts("section[aria-labelledby=first-steps] li.open a");
        let all = ["Add the first product", "Put the first bundle on sale", "Accept the first re-seller", "Create its channel"];
        assert_eq!(open(), all);
        let product = a_product("CPU").build(world);
        assert_eq!(open(), all[1..]);
        let bundle = a_bundle("CLOUD").includes(product, "1").recurring("10").build(world);
        assert_eq!(open(), all[2..]);
        let reseller = a_reseller("Kestrel").build(world).id;
        assert_eq!(open(), all[3..]);
        a_channel(reseller).sells(&bundle).build(world);
        assert!(!root.get("/").has("#first-steps"));
    }

    fn a_new_reseller_is_led_to_its_first_import_and_who_only_reads_gets_no_links(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        let reseller = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(reseller).sells(&bundle).build(world);
        let (kim, reader) = (world.reseller(reseller), world.reseller_as(reseller, StaffRole::ReadOnly));
        let steps = |client: &Client, state: &str| client.get("/").texts(&format!("section[aria-labelledby=first-steps] li.{state}")).len();
        assert_eq!((steps(&kim, "open"), steps(&kim, "met")), (3, 0));
        assert_eq!(kim.get("/").texts("section[aria-labelledby=first-steps] a").len(), 3);
        let customer = a_customer(channel, "Aldous").build(world);
        assert_eq!((steps(&kim, "open"), steps(&kim, "met")), (2, 1));
        a_subscription(customer, &bundle).build(world);
        assert_eq!((steps(&kim, "open"), steps(&kim, "met")), (1, 2));
        assert_eq!((steps(&reader, "open"), reader.get("/").texts("section[aria-labelledby=first-steps] a").len()), (1, 0));
    }

    fn root_sees_what_waits_for_the_provider_and_the_reseller_what_waits_for_it(world) {
        let cpu = a_product("CPU").build(world);
        let bundle = a_bundle("CLOUD").recurring("10").usage(cpu, "1").build(world);
        a_request("Stonebridge").build(world);
        let answered = a_request("Halden").state("negotiating").build(world);
        some_terms(answered).state("proposed").proposed_by("reseller").share("18").build(world);
        a_reseller("Larkfield").build(world);
        let kestrel = a_reseller("Kestrel").build(world);
        let channel = a_channel(kestrel.id).sells(&bundle).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let subscription = a_subscription(customer, &bundle).build(world);
        a_record(customer, &subscription, cpu, "2026-11-02").unrated("price").build(world);
        some_terms(kestrel.request).number(2).state("proposed").share("25").build(world);

        let page = world.root().get("/").expect(200);
        assert_eq!(page.h1(), "Four things need you");
        for told in ["Halden answered your terms", "asks for a share of 18%", "Stonebridge asks for a re-seller account",
            "Larkfield has no channel yet", "1 usage record cannot be rated yet"] {
            assert!(page.main().contains(told), "{told}");
        }
        let page = world.reseller(kestrel.id).get("/").expect(200);
        assert_eq!(page.h1(), "Two things need you");
        assert!(page.main().contains("New terms are offered to you") && page.main().contains("cannot be rated yet"));
        assert!(!page.main().contains("Halden") && !page.main().contains("Stonebridge"));
    }

    fn root_sees_how_far_requests_came_and_how_long_it_took(world) {
        assert!(!world.root().get("/").has("#funnel"));
        let quick = a_request("Halden").build(world);
        let other = a_request("Norden").build(world);
        a_request("Draft").state("draft").build(world);
        world.clock.advance(chrono::Duration::days(3));
        world.try_write(|connection| take_step(connection, quick, None, Step::StartReview, "", &world.act())).unwrap();
        let passages = world.read(|connection| passages(connection, world.now().plus(chrono::Duration::days(-365))));
        assert_eq!(passages.len(), 2);
        let page = world.root().get("/");
        let told = page.text("section[aria-labelledby=funnel]");
        for words in ["Of 2 requests", "0 came to an account", "after 3 days (median)"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        // What happens in the same moment is seen at the next look.
        assert_eq!(world.root().get("/").text("section[aria-labelledby=funnel]"), told);
        world.try_write(|connection| take_step(connection, other, None, Step::StartReview, "", &world.act())).unwrap();
        assert_ne!(world.root().get("/").text("section[aria-labelledby=funnel]"), told);
        // Those of more than a year ago are not counted.
        world.clock.advance(chrono::Duration::days(400));
        assert!(!world.root().get("/").has("#funnel"));
    }

    fn a_reseller_sees_its_own_money_and_root_all(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        for (name, quantity) in [("Kestrel", 3), ("Halden", 4)] {
            let channel = a_channel(a_reseller(name).share("20").build(world).id).sells(&bundle).build(world);
            let customer = a_customer(channel, name).build(world);
            a_subscription(customer, &bundle).from("2026-11-01").quantity(quantity).build(world);
            let november = "2026-11".parse().unwrap();
            world.write(|connection| {
                reseller_portal::jobs::store::rate_months(connection, channel, november, november, world.now())
            });
        }
        world.settle();
        assert!(world.root().get("/").main().contains("$70.00"));
        let kestrel = world.root().get("/resellers?q=Kestrel").link("Kestrel");
        let id = kestrel.rsplit('/').next().unwrap().parse().unwrap();
        let ranking = world.root().get("/").text("section[aria-labelledby=ranking]");
        assert!(ranking.contains("Kestrel") && ranking.contains("Halden") && ranking.contains("57%"), "{ranking}");
        assert!(!world.reseller(id).get("/").has("#ranking, #funnel"));
        let page = world.reseller(id).get("/").main();
        assert!(page.contains("$30.00") && page.contains("$6.00") && !page.contains("$70.00"));
    }

    fn of_many_resellers_the_largest_are_named_and_the_others_are_in_the_whole(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        for quantity in 1..=22 {
            let name = format!("Seller {quantity:02}");
            let channel = a_channel(a_reseller(&name).build(world).id).sells(&bundle).build(world);
            let customer = a_customer(channel, &name).build(world);
            let start = if quantity == 1 { "2026-10-01" } else { "2026-11-01" };
            a_subscription(customer, &bundle).from(start).quantity(quantity).build(world);
            let [october, november] = ["2026-10", "2026-11"].map(|month| month.parse().unwrap());
            world.write(|connection| {
                reseller_portal::jobs::store::rate_months(connection, channel, october, november, world.now())
            });
        }
        world.settle();
        let home = world.root().get("/").expect(200);
        let ranking = home.text("section[aria-labelledby=ranking]");
        assert!(ranking.contains("Seller 22 is largest, with $220, 9% of the whole"), "{ranking}");
        assert!(ranking.contains("Others") && !ranking.contains("Seller 14"), "{ranking}");
        // October is over: who was largest in it is named.
        let chart = home.text("section[aria-labelledby=revenue]");
        assert!(chart.contains("Seller 01") && chart.contains("Others") && !chart.contains("Seller 22"), "{chart}");
        let report = world.root().get("/reports/revenue?from=2026-10&to=2026-11").expect(200).main();
        assert!(report.contains("Seller 22 is largest, with $220, 9% of the whole"), "{report}");
    }

    fn root_is_warned_of_terms_that_are_past_their_last_month(world) {
        let kestrel = a_reseller("Kestrel").state("active").terms(|terms| terms.until("2026-10")).build(world);
        a_reseller("Halden").state("active").terms(|terms| terms.until("2026-11")).build(world);
        let told = world.root().get("/").main();
        assert!(told.contains("The terms of Kestrel are past their last month") && !told.contains("terms of Halden"), "{told}");
        some_terms(kestrel.request).number(2).share("25").from("2026-12").build(world);
        assert!(!world.root().get("/").main().contains("past their last month"));
    }
}
