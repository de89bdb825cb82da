//! What was settled comes out again, to the last minor unit, under the terms and prices in force.

use reseller_portal::db::Failure;
use reseller_portal::rating::LineRole;
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store::{self as settlement, checklist};
use reseller_portal::simulation::{Compared, Prices, WhatIf, simulate, store};
use reseller_portal::terms::{ShareBasis, ShareRule};
use reseller_portal::values::{ChannelId, Month, Scope};

use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_record, a_reseller, a_subscription, parsed,
};

/// Closes a month, lets pass what its checklist holds back, sends, agrees and posts it.
pub fn post(world: &World, channel: ChannelId, month: &str) {
    let month: Month = parsed(month);
    let posted: Result<_, Failure<Refusal>> = world.try_write(|connection| {
        let act = world.act();
        settlement::rate_month(connection, channel, month, act.at)?;
        for id in settlement::close(connection, channel, month, &act)? {
            let statement = settlement::find(connection, Scope::Root, id)?;
            for item in checklist::of(connection, &statement)?.into_iter().filter(|item| item.stops()) {
                checklist::waive(connection, id, item.key, "Known", &act)?;
            }
            settlement::send(connection, id, &act)?;
            settlement::agree(connection, Scope::Reseller(statement.reseller), id, &act)?;
            settlement::post(connection, id, &act)?;
        }
        Ok(())
    });
    posted.unwrap();
}

/// A channel with every charge model, tiers, a special rate, a commitment and a cap, in three months of use.
pub fn a_settled_quarter(world: &World) -> ChannelId {
    let [cdn, vm, disk, resold] =
        ["CDN", "VM", "DISK", "RESOLD"].map(|sku| a_product(sku).category(sku).build(world));
    let web = a_bundle("WEB").one_time("25").recurring("30").graduated(cdn, &["100"], &["0.333", "0.1"]);
    let web = web.includes(cdn, "10").build(world);
    let cloud = a_bundle("CLOUD").usage(vm, "0.017").cost_plus(resold, "12.5").build(world);
    let store = a_bundle("STORE").volume(disk, &["50"], &["0.07", "0.05"]).build(world);
    let reseller = a_reseller("Kestrel")
        .terms(|terms| {
            let terms = terms.share("20").of_margin().for_category("VM", "12.5");
            terms.tier("USD", "40", "25").limits("USD", Some("600"), Some("12"))
        })
        .build(world);
    let channel = a_channel(reseller.id).sells(&web).sells(&cloud).sells(&store).build(world);
    crate::support::builders::a_price(&web, &["30", "44", "0.4 0.15"])
        .of(channel)
        .from("2026-08-15")
        .build(world);
    crate::support::builders::a_price(&cloud, &["0.021", "20"]).of(channel).from("2026-07-01").build(world);
    let customer = a_customer(channel, "Aldous").build(world);
    let all = [(&web, 3), (&cloud, 1), (&store, 2)].map(|(bundle, quantity)| {
        a_subscription(customer, bundle).from("2026-07-11").quantity(quantity).build(world)
    });
    for (month, more) in [("2026-07", 1), ("2026-08", 7), ("2026-09", 3)] {
        for day in ["12", "17", "28"] {
            let day = format!("{month}-{day}");
            let used = format!("{}.{more}37", 31 * more);
            a_record(customer, &all[0], cdn, &day).quantity(&used).build(world);
            a_record(customer, &all[1], vm, &day).quantity(&used).build(world);
            a_record(customer, &all[1], resold, &day).quantity("1").cost(&used, "USD").build(world);
            a_record(customer, &all[2], disk, &day).quantity(&used).build(world);
        }
    }
    channel
}

const QUARTER: [&str; 3] = ["2026-07", "2026-08", "2026-09"];

fn quarter(world: &World, channel: ChannelId) -> Vec<reseller_portal::simulation::SettledMonth> {
    world.read(|connection| {
        let closed = store::closed(connection, Scope::Root, channel, parsed("USD"))?;
        store::months(connection, &closed, parsed(QUARTER[0]), parsed(QUARTER[2]))
    })
}

on_both! {
    fn the_terms_and_prices_in_force_bring_the_posted_figures(world) {
        let channel = a_settled_quarter(world);
        QUARTER.iter().for_each(|month| post(world, channel, month));
        let months = quarter(world, channel);
        assert_eq!(months.len(), 3);
        let has = |role| months.iter().flat_map(|month| &month.lines).any(|line| line.role == role);
        assert!(has(LineRole::Commitment) && has(LineRole::Cap), "both limits are met");
        for month in &months {
            let [unchanged, same_rule, zero_percent] = [
                WhatIf::default(),
                WhatIf { rule: month.rule.clone(), prices: Prices::AsTheyWere },
                WhatIf { rule: None, prices: Prices::Changed(parsed("0")) },
            ]
            .map(|what_if| simulate(month, &what_if).unwrap());
            assert_eq!(unchanged, same_rule);
            assert_eq!(unchanged, zero_percent, "each line's price and quantity give its gross");
            for part in unchanged.parts.values() {
                assert_eq!(part.settled, part.simulated, "{}", month.month);
            }
            let posted = world.read(|connection| {
                let statement = settlement::of_month(connection, channel, month.month)?.remove(0);
                Ok(statement.posted.unwrap().totals)
            });
            let Compared { simulated, .. } = unchanged.total().unwrap();
            assert_eq!(simulated.reseller, posted.reseller_share);
            assert_eq!(simulated.provider, posted.provider_share);
            assert_eq!(simulated.net, posted.net().unwrap());
        }
    }

    fn later_usage_does_not_move_what_was_settled(world) {
        let channel = a_settled_quarter(world);
        post(world, channel, QUARTER[0]);
        let before: Vec<_> = quarter(world, channel).iter().map(|month| simulate(month, &WhatIf::default()).unwrap()).collect();
        let customer = world.read(|connection| {
            Ok(reseller_portal::customers::store::customers_of(connection, channel)?.remove(0))
        });
        let subscription = world.read(|connection| {
            Ok(reseller_portal::customers::store::subscriptions_of(connection, channel)?.remove(0))
        });
        let cdn = world.read(reseller_portal::catalog::store::products).into_iter().find(|one| one.sku == "CDN").unwrap();
        let customer = crate::support::builders::Customer { id: customer.id, channel };
        let subscription = crate::support::builders::Subscription { id: subscription.id, reference: subscription.reference };
        a_record(customer, &subscription, cdn.id, "2026-07-30").quantity("500").build(world);
        post(world, channel, QUARTER[1]);
        let after: Vec<_> = quarter(world, channel).iter().map(|month| simulate(month, &WhatIf::default()).unwrap()).collect();
        assert_eq!(after[0], before[0]);
    }

    fn other_terms_and_prices_are_shared_by_the_same_rules(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let other = a_bundle("TWO").recurring("50").build(world);
        let kestrel = a_reseller("Kestrel").share("20").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).sells(&other).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        a_subscription(customer, &bundle).from("2026-07-01").quantity(3).build(world);
        a_subscription(customer, &other).from("2026-07-01").build(world);
        post(world, channel, "2026-07");
        let month = quarter(world, channel).remove(0);
        let total = |what_if: WhatIf| {
            let sides = simulate(&month, &what_if).unwrap().total().unwrap().simulated;
            [sides.net, sides.reseller, sides.provider].map(|amount| amount.to_string())
        };
        assert_eq!(total(WhatIf::default()), ["350", "70", "280"]);
        let mut rule = ShareRule::flat(ShareBasis::Revenue, parsed("30"));
        assert_eq!(total(WhatIf { rule: Some(rule.clone()), ..WhatIf::default() }), ["350", "105", "245"]);
        rule.caps.insert(parsed("USD"), parsed("90"));
        assert_eq!(total(WhatIf { rule: Some(rule), ..WhatIf::default() }), ["350", "90", "260"]);
        let dearer = WhatIf { rule: None, prices: Prices::Changed(parsed("10")) };
        assert_eq!(total(dearer), ["385", "77", "308"]);
        let values = [((bundle.charges[0], 0), reseller_portal::catalog::PriceValue::Unit(parsed("80")))].into();
        let one = WhatIf { rule: None, prices: Prices::OfBundle(bundle.id, values) };
        assert_eq!(total(one), ["290", "58", "232"]);
    }
}
