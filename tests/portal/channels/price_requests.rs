//! A price outside the band: asked for, approved, declined, withdrawn.

use diesel::prelude::*;
use reseller_portal::catalog::{PriceConcern, PriceValue};
use reseller_portal::channels::price_requests::{Refusal, store};
use reseller_portal::channels::pricing::Wished;
use reseller_portal::db::Failure;
use reseller_portal::db::schema::{channels, mails};
use reseller_portal::mail::Letterhead;

use super::setting::{editor, field, prices, review};
use crate::on_both;
use crate::support::builders::{
    Bundle, a_bundle, a_channel, a_customer, a_price_request, a_reseller, a_subscription, an_account, day,
    parsed,
};
use crate::support::{Client, Page, World};
use reseller_portal::values::{ChannelId, ResellerId, Scope};

struct Setting {
    reseller: ResellerId,
    channel: ChannelId,
    bundle: Bundle,
}

fn kestrel(world: &World) -> Setting {
    let bundle = a_bundle("ONE").recurring("100").build(world);
    let reseller = a_reseller("Kestrel").build(world).id;
    let channel = a_channel(reseller).sells_within(&bundle, "90", "150", "").build(world);
    Setting { reseller, channel, bundle }
}

/// Types a price below the floor and asks for it.
fn ask(own: &Client, setting: &Setting, price: &str, reason: &str) -> Page {
    let refused = review(own, setting.channel, &setting.bundle, "2026-12-01", &[price]).expect(422);
    own.press(&refused, "Ask the provider for this price", &[("reason", reason)])
}

/// Asks without the page.
fn asked(world: &World, setting: &Setting, price: &str, from: &str) -> Result<(), Refusal> {
    let wished = Wished {
        channel: setting.channel,
        bundle: setting.bundle.id,
        currency: parsed("USD"),
        effective_from: day(from),
        concerns: PriceConcern::Existing,
        reason: "Why".into(),
        values: [(setting.bundle.charges[0], PriceValue::Unit(parsed(price)))].into(),
    };
    let letterhead = Letterhead { portal: "Portal".into(), public_url: "http://portal.example".into() };
    let scope = Scope::Reseller(setting.reseller);
    let asked =
        world.try_write(|connection| store::ask(connection, scope, &wished, &letterhead, &world.act()));
    asked.map(drop).map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    })
}

fn subjects(world: &World, to: &str) -> Vec<String> {
    let own = mails::table.filter(mails::recipient.eq(to)).order(mails::id).select(mails::subject);
    world.read(|connection| own.load(connection))
}

on_both! {
    fn a_price_below_the_floor_is_asked_for_and_approved(world) {
        let setting = kestrel(world);
        an_account("rita@provider.example").named("Rita Root").build(world);
        an_account("kim@kestrel.example").of(setting.reseller).named("Kim").build(world);
        let own = world.reseller(setting.reseller);
        let refused = ask(&own, &setting, "80", " ").expect(422);
        assert_eq!(refused.error_of("reason"), "Say why you need this price, in at most 400 characters");
        assert_eq!(refused.field_value(&field(&setting.bundle, 0)), "80");
        let page = own.follow(&ask(&own, &setting, "80", "A large customer"));
        assert_eq!(page.flash(), "The provider is asked for this price");
        assert!(page.main().contains("Enter USD 90 or more: the floor is 90% of the reference price"));
        assert!(prices(world, setting.channel, &setting.bundle).is_empty());
        assert_eq!(subjects(world, "rita@provider.example"), ["A price is asked for: PR-2026-00001"]);
        // While it waits, the same price is not asked for twice.
        let again = ask(&own, &setting, "70", "Even lower").expect(422);
        assert_eq!(again.error_of("reason"), "PR-2026-00001 was asked for already and waits for its answer");
        let root = world.root();
        assert!(root.get("/").expect(200).has_link("Kestrel asks for a price of Bundle ONE"));
        let list = root.get("/price-requests?state=open").expect(200);
        let page = root.get(&list.link("Bundle ONE, USD")).expect(200);
        let page = root.follow(&root.press(&page, "Approve and set the price", &[("answer", "For this year")]));
        assert_eq!(page.flash(), "The price is approved and set");
        assert_eq!(prices(world, setting.channel, &setting.bundle), ["2026-12-01 80"]);
        let seen = own.get(&own.get("/prices").expect(200).link("History of Bundle ONE in USD")).expect(200);
        assert!(seen.main().contains("PR-2026-00001: A large customer"));
        assert_eq!(subjects(world, "kim@kestrel.example"), ["Your price request is approved: PR-2026-00001"]);
        assert!(own.get("/price-requests").expect(200).row("Bundle ONE, USD").contains(&"Approved".to_owned()));
        assert!(root.get("/price-requests?state=open").expect(200).main().contains("No price request matches"));
    }

    fn a_declined_or_withdrawn_request_changes_no_price_and_is_final(world) {
        let setting = kestrel(world);
        let (own, root) = (world.reseller(setting.reseller), world.root());
        let id = a_price_request(world, setting.reseller, setting.channel, &setting.bundle, "80");
        let address = format!("/price-requests/{id}");
        let silent = root.press(&root.get(&address), "Decline", &[]).expect(422);
        assert_eq!(silent.error_of("answer"), "Say why, in at most 1,000 characters");
        let page = root.get(&address);
        let stale = own.get(&address);
        let declined = root.follow(&root.press(&page, "Decline", &[("answer", "Below our cost")]));
        assert!(declined.main().contains("Below our cost"));
        root.press(&page, "Approve and set the price", &[]).expect(409);
        // What is wrong beside has no form to come back to.
        for button in ["Approve and set the price", "Decline"] {
            let late = root.press(&page, button, &[("answer", &"x".repeat(1_001))]).expect(409);
            assert!(late.main().contains("Declined already"), "{}", late.main());
        }
        own.press(&stale, "Withdraw the request", &[]).expect(409);
        let second = a_price_request(world, setting.reseller, setting.channel, &setting.bundle, "85");
        let address = format!("/price-requests/{second}");
        let page = own.follow(&own.press(&own.get(&address), "Withdraw the request", &[]));
        assert_eq!(page.flash(), "The price request is withdrawn");
        root.post(&format!("{address}/approval"), &[("from", "2026-12-01")]).expect(409);
        assert!(prices(world, setting.channel, &setting.bundle).is_empty());
    }

    fn a_day_that_came_meanwhile_is_moved_and_nothing_is_decided_by_a_refused_day(world) {
        let setting = kestrel(world);
        let customer = a_customer(setting.channel, "Aldous").build(world);
        a_subscription(customer, &setting.bundle).from("2026-11-01").build(world);
        let id = a_price_request(world, setting.reseller, setting.channel, &setting.bundle, "80");
        world.clock.set("2027-01-10T09:00:00Z");
        let root = world.root();
        let page = root.get(&format!("/price-requests/{id}")).expect(200);
        assert_eq!(page.field_value("from"), "2027-01-10");
        let wrong = root.press(&page, "Approve and set the price", &[("from", "soon"), ("answer", "Yes")]).expect(422);
        assert_eq!((wrong.error_of("from").as_str(), wrong.field_value("answer")), ("Enter the first day", "Yes".into()));
        root.press(&page, "Approve and set the price", &[]).expect(303);
        assert_eq!(prices(world, setting.channel, &setting.bundle), ["2027-01-10 80"]);
    }

    fn what_the_limits_allow_or_forbid_altogether_cannot_be_asked_for(world) {
        let setting = kestrel(world);
        let own = world.reseller(setting.reseller);
        let name = field(&setting.bundle, 0);
        let typed = |price: &'static str, day: &'static str| {
            let fields = [("effective_from", day), ("concerns", "existing"), ("ask", "1"), ("reason", "Why"), (name.as_str(), price)];
            own.post(&editor(setting.channel, &setting.bundle), &fields)
        };
        // Within the limits it is reviewed as any other; otherwise nothing but a limit may be wrong.
        assert!(typed("95", "2026-12-01").expect(200).h1().contains("Review"));
        for (price, day) in [("80", "2026-11-01"), ("80.001", "2026-12-01"), ("dear", "2026-12-01")] {
            let page = typed(price, day).expect(422);
            assert!(!page.main().contains("Ask the provider for this price"), "{price} {day}");
        }
        assert!(own.get("/price-requests").expect(200).main().contains("No price requests"));
    }

    fn the_transaction_asks_once_more_whether_a_price_can_be_asked_for(world) {
        let setting = kestrel(world);
        let ask = |price: &str, day: &str| asked(world, &setting, price, day).map_err(|refusal| refusal.to_string());
        assert_eq!(ask("95", "2026-12-01"), Err("This price is within your limits; set it yourself".into()));
        assert_eq!(ask("80", "2026-11-22"), Err("Choose today or a later day".into()));
        assert_eq!(ask("80.001", "2026-12-01"), Err("A charge has no price, or one that it cannot have".into()));
        world.write(|connection| {
            diesel::update(channels::table).set(channels::price_editable.eq(false)).execute(connection)
        });
        assert_eq!(ask("80", "2026-12-01"), Err("This price is locked or outside its limits".into()));
        assert!(world.root().get("/price-requests").expect(200).main().contains("No price requests"));
    }

    fn an_open_request_holds_its_month_back(world) {
        let setting = kestrel(world);
        let customer = a_customer(setting.channel, "Aldous").build(world);
        a_subscription(customer, &setting.bundle).from("2026-11-01").build(world);
        a_price_request(world, setting.reseller, setting.channel, &setting.bundle, "80");
        world.clock.set("2027-01-02T09:00:00Z");
        let root = world.root();
        world.settle();
        for month in ["2026-11", "2026-12"] {
            root.submit("/statements/closing", &[("month", month)]).expect(200);
            world.settle();
        }
        let earlier = root.get("/statements").expect(200).link("November 2026, USD");
        assert!(root.get(&earlier).expect(200).main().contains("No price that was asked for waits to be decided"));
        let statement = root.get("/statements").expect(200).link("December 2026, USD");
        let page = root.get(&statement).expect(200);
        assert!(page.main().contains("1 price request for this month or before without an answer"));
    }
}
