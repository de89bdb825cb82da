//! What comes later for a closed month.

use reseller_portal::settlement::store;
use reseller_portal::values::Amount;

use super::setting::{kestrel, lines, said, statement_of, told, totals};
use crate::on_both;
use crate::support::builders::{a_price, some_terms};

on_both! {
    fn late_usage_is_a_correction_in_the_next_statement_that_names_its_line(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let october = kestrel.posted(world, "2026-10");
        let before = told(world, october);
        kestrel.used(world, "2026-10-06", "3");
        kestrel.rate(world, "2026-10");
        kestrel.rate(world, "2026-11");
        assert_eq!(told(world, october), before);
        let november = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, november), ["charge 100 0 20 80", "correction 1.5 0 0.3 1.2"]);
        let correction = lines(world, november).pop().unwrap();
        assert_eq!(correction.corrects_id, Some(lines(world, october)[1].id));
        assert_eq!((correction.quantity.to_string(), correction.origin_month.to_string()), ("3".into(), "2026-10".into()));
    }

    fn rating_a_closed_month_again_and_again_corrects_it_once(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        kestrel.agreed(world, "2026-10");
        kestrel.used(world, "2026-10-06", "3");
        kestrel.rate(world, "2026-11");
        kestrel.rate(world, "2026-10");
        let november = statement_of(world, kestrel.channel, "2026-11");
        let once = lines(world, november);
        kestrel.rate(world, "2026-10");
        assert_eq!(lines(world, november), once);
    }

    fn a_correction_that_was_settled_is_not_made_again(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        kestrel.posted(world, "2026-10");
        kestrel.used(world, "2026-10-06", "3");
        kestrel.rate(world, "2026-10");
        world.clock.set("2026-12-03T00:00:00Z");
        kestrel.posted(world, "2026-11");
        kestrel.used(world, "2026-10-07", "-1");
        kestrel.rate(world, "2026-10");
        let december = statement_of(world, kestrel.channel, "2026-12");
        assert_eq!(told(world, december), ["correction -0.5 0 -0.1 -0.4"]);
    }

    fn a_correction_has_the_terms_and_prices_of_its_own_month(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        kestrel.posted(world, "2026-10");
        let request = world.read(|connection| {
            reseller_portal::requests::resellers::find(connection, kestrel.reseller)
        }).request;
        some_terms(request).number(2).share("50").from("2026-11").build(world);
        a_price(&kestrel.bundle, &["200", "1"]).from("2026-11-01").build(world);
        kestrel.used(world, "2026-10-06", "3");
        kestrel.rate(world, "2026-10");
        kestrel.rate(world, "2026-11");
        let november = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, november), ["charge 200 0 100 100", "correction 1.5 0 0.3 1.2"]);
    }

    fn a_line_that_was_credited_is_not_corrected_past_zero(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let october = kestrel.posted(world, "2026-10");
        let usage = lines(world, october)[1].clone();
        let amount: Amount = "4".parse().unwrap();
        said(world.try_write(|connection| {
            store::credits::issue(connection, usage.id, amount, "Outage", &world.act())
        })).unwrap();
        kestrel.used(world, "2026-10-05", "-8");
        kestrel.rate(world, "2026-10");
        kestrel.rate(world, "2026-11");
        let november = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, november), ["charge 100 0 20 80", "correction -1 0 -0.2 -0.8", "credit 0 4 -0.8 -3.2"]);
        assert_eq!(totals(world, november).net().unwrap().to_string(), "95");
    }

    fn usage_that_comes_while_a_month_closes_is_settled_once(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let start = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                kestrel.used(world, "2026-10-06", "7");
                kestrel.rate(world, "2026-10");
            });
            scope.spawn(|| {
                start.wait();
                kestrel.close(world, "2026-10").unwrap();
            });
        });
        kestrel.rate(world, "2026-10");
        let month = |month: &str| {
            let found = world.read(|connection| store::of_month(connection, kestrel.channel, month.parse().unwrap()));
            found.first().map(|one| totals(world, one.id).gross).unwrap_or_default()
        };
        kestrel.rate(world, "2026-11");
        let both = month("2026-10").checked_add(month("2026-11")).unwrap();
        assert_eq!(both.to_string(), "208.5");
    }
}
