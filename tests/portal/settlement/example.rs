//! The worked example of the help, settled once more: every figure that the page names comes out.

use std::collections::BTreeSet;

use reseller_portal::dashboards::example::{FIGURES, Figures};
use reseller_portal::rating::{ChargeLine, LineRole};
use reseller_portal::values::{Amount, ChannelId};

use super::setting::{lines, post, statement_of, totals, waive_all};
use crate::channels::setting::{editor, field};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    Bundle, a_bundle, a_channel, a_customer, a_price, a_product, a_record, a_reseller, a_subscription,
    an_account,
};
use reseller_portal::values::ResellerId;

struct October {
    reseller: ResellerId,
    channel: ChannelId,
    bundle: Bundle,
}

/// Terms, channel, price, subscription and usage as the page tells them.
fn october(world: &World) -> October {
    let vm = a_product("VM").named("Virtual machine").unit("hour").build(world);
    let bundle = a_bundle("START")
        .named("Cloud Start")
        .includes(vm, "50")
        .recurring("100")
        .usage(vm, "0.50")
        .build(world);
    let terms = |terms: crate::support::builders::NewTerms| {
        terms.share("20").tier("USD", "300", "30").limits("USD", None, Some("100")).from("2026-10")
    };
    let reseller = a_reseller("Kestrel Networks").terms(terms).build(world).id;
    let channel =
        a_channel(reseller).currencies(&["USD"]).sells_within(&bundle, "90", "150", "").build(world);
    a_price(&bundle, &["120", "0.50"]).of(channel).from("2026-10-01").build(world);
    let customer = a_customer(channel, "Orion Shipping").build(world);
    let subscription = a_subscription(customer, &bundle).from("2026-10-11").quantity(2).build(world);
    a_record(customer, &subscription, vm, "2026-10-15").quantity("400.5").build(world);
    a_record(customer, &subscription, vm, "2026-10-25").quantity("100").build(world);
    an_account("kim@kestrel.example").of(reseller).build(world);
    October { reseller, channel, bundle }
}

fn money(amount: Amount) -> String {
    format!("${}", amount.plain("USD".parse().unwrap()).trim_start_matches('-'))
}

on_both! {
    fn every_figure_of_the_worked_example_comes_out(world) {
        let october = october(world);
        let (root, own) = (world.root(), world.reseller(october.reseller));
        let name = field(&october.bundle, 0);
        let page = own.get(&editor(october.channel, &october.bundle)).expect(200);
        let asked = own.press(&page, "Review the price", &[("effective_from", "2026-12-01"), (name.as_str(), "160")]).expect(422);
        let said = asked.error_of(&name);
        let nearest = said.strip_prefix("Enter ").and_then(|said| said.split(" or less").next()).unwrap().to_owned();
        let prices = own.get("/prices").expect(200).row("Monthly");

        world.settle();
        let month = "2026-10".parse().unwrap();
        let rated: Result<_, reseller_portal::db::Failure<reseller_portal::settlement::state::Refusal>> =
            world.try_write(|connection| reseller_portal::settlement::store::rate_month(connection, october.channel, month, world.now()));
        rated.unwrap();
        root.submit("/statements/closing", &[("month", "2026-10")]).expect(200);
        world.settle();
        let id = statement_of(world, october.channel, "2026-10");
        let before = lines(world, id);
        let of = |lines: &[ChargeLine], role: LineRole, kind: &str| {
            lines.iter().find(|line| line.role == role && line.kind == kind).cloned().unwrap()
        };
        let (monthly, usage) = (of(&before, LineRole::Charge, "recurring"), of(&before, LineRole::Charge, "usage"));
        let cap = of(&before, LineRole::Cap, "cap");
        let capped = totals(world, id);
        let sum = |part: fn(&ChargeLine) -> Amount| Amount::sum([&monthly, &usage].map(part)).unwrap();

        waive_all(world, id);
        let path = format!("/statements/{id}");
        root.press(&root.get(&path), "Send to the re-seller", &[]).expect(303);
        let dispute = own.get(&format!("{path}/lines/{}/dispute", usage.id)).expect(200);
        own.press(&dispute, "Dispute the line", &[("reason", "Your own tests"), ("claimed", "196.38")]).expect(303);
        let answer = root.get(&path).attributes("a[href$='/answer']", "href").remove(0);
        root.press(&root.get(&answer), "Answer the dispute", &[("answer", "They were"), ("credit", "20")]).expect(303);
        own.press(&own.get(&path), "Agree to the statement", &[]).expect(303);
        let posted = post(world, id).unwrap();
        let credit = of(&lines(world, id), LineRole::Credit, "usage");
        let payment = root.get(&format!("{path}/payments")).expect(200);
        root.press(&payment, "Record the payment", &[("reference", "NB-1")]).expect(303);
        assert!(root.get(&path).expect(200).main().contains("Paid"));

        let found = [
            ("$160.00".to_owned(), FIGURES.asked_price),
            (nearest, FIGURES.nearest_price),
            (prices[2].clone(), FIGURES.channel_price),
            (money(monthly.gross), FIGURES.monthly_gross),
            (usage.included.clone(), FIGURES.included_hours),
            (usage.quantity.to_string(), FIGURES.used_hours),
            (usage.billable.clone(), FIGURES.billable_hours),
            (money(usage.gross), FIGURES.usage_gross),
            (money(sum(|line| line.gross)), FIGURES.gross),
            (money(monthly.reseller_share), FIGURES.monthly_share),
            (money(monthly.provider_share), FIGURES.monthly_rest),
            (money(usage.reseller_share), FIGURES.usage_share),
            (money(usage.provider_share), FIGURES.usage_rest),
            (money(sum(|line| line.reseller_share)), FIGURES.share),
            (money(sum(|line| line.provider_share)), FIGURES.rest),
            (money(cap.provider_share), FIGURES.cap),
            (money(capped.reseller_share), FIGURES.capped_share),
            (money(capped.provider_share), FIGURES.capped_rest),
            (money(credit.credited), FIGURES.credit),
            (money(credit.reseller_share), FIGURES.credit_share),
            (money(credit.provider_share), FIGURES.credit_rest),
            (money(posted.totals.net().unwrap()), FIGURES.net),
            (money(posted.totals.reseller_share), FIGURES.final_share),
            (money(posted.totals.provider_share), FIGURES.final_rest),
            (posted.number.clone(), FIGURES.number),
            (money(posted.balance.closing), FIGURES.balance),
        ];
        for (figure, told) in &found {
            assert_eq!(figure, told);
        }
        assert_eq!(size_of::<Figures>() / size_of::<&str>(), found.len(), "no figure is left out");
        // And the page names no other amount than these and those that were agreed.
        let agreed = ["$300.00", "$100.00", "$0.50", "$0.00"].map(str::to_owned);
        let known: BTreeSet<String> = found.into_iter().map(|(figure, _)| figure).chain(agreed).collect();
        let text = world.anonymous().get("/help/example").expect(200).main();
        for rest in text.split('$').skip(1) {
            let end = rest.find(|letter: char| letter != '.' && !letter.is_ascii_digit()).unwrap_or(rest.len());
            let amount = format!("${}", rest[..end].trim_end_matches('.'));
            assert!(known.contains(&amount), "{amount} is in the page and no figure of the test");
        }
    }
}
