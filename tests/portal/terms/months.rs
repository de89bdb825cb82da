//! Which terms apply in a month.

use reseller_portal::terms::{self, TermsVersion};
use reseller_portal::values::ResellerId;

use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_reseller, some_terms};

fn in_effect(world: &World, reseller: ResellerId, month: &str) -> Option<TermsVersion> {
    let month = month.parse().unwrap();
    world.read(|connection| terms::store::in_effect(connection, reseller, month))
}

/// The share of each month in turn.
fn shares(world: &World, reseller: ResellerId, months: &[&str]) -> Vec<String> {
    let share = |terms: TermsVersion| terms.offer.rule.general.to_string();
    months
        .iter()
        .map(|month| in_effect(world, reseller, month).map_or_else(|| "none".into(), share))
        .collect()
}

on_both! {
    fn terms_apply_from_their_first_month_until_others_do(world) {
        let kestrel = a_reseller("Kestrel").share("20").terms(|terms| terms.from("2025-03").until("2025-06")).build(world);
        // The end brings a warning, not an end: what was agreed goes on.
        assert_eq!(shares(world, kestrel.id, &["2025-02", "2025-03", "2025-06", "2025-07", "2031-01"]), ["none", "20", "20", "20", "20"]);
        some_terms(kestrel.request).number(2).share("25").from("2026-01").build(world);
        assert_eq!(shares(world, kestrel.id, &["2025-12", "2026-01", "2026-02"]), ["20", "25", "25"]);
    }

    fn of_two_from_the_same_month_the_newer_applies_and_an_earlier_start_replaces_nothing_later(world) {
        let kestrel = a_reseller("Kestrel").share("20").terms(|terms| terms.from("2026-01")).build(world);
        some_terms(kestrel.request).number(2).share("25").from("2026-01").build(world);
        some_terms(kestrel.request).number(3).share("30").from("2025-06").build(world);
        assert_eq!(shares(world, kestrel.id, &["2025-05", "2025-06", "2025-12", "2026-01"]), ["none", "30", "30", "25"]);
    }

    fn only_what_is_agreed_applies(world) {
        let kestrel = a_reseller("Kestrel").share("20").build(world);
        for (number, state) in [(2, "countered"), (3, "declined"), (4, "proposed")] {
            some_terms(kestrel.request).number(number).share("90").from("2026-01").state(state).build(world);
        }
        assert_eq!(shares(world, kestrel.id, &["2026-01", "2026-11"]), ["20", "20"]);
    }

    fn each_reseller_has_its_own_with_the_rates_of_its_bundles_and_categories(world) {
        let bundle = a_bundle("START").recurring("10").build(world).id;
        let kestrel = a_reseller("Kestrel").terms(move |terms| terms.for_bundle(bundle, "30").for_category("Storage", "10")).build(world);
        let halden = a_reseller("Halden").share("15").terms(|terms| terms.share("15").of_margin().reseller_collects()).build(world);
        let (own, other) = (in_effect(world, kestrel.id, "2026-11").unwrap(), in_effect(world, halden.id, "2026-11").unwrap());
        assert_eq!((own.id, other.id), (kestrel.terms, halden.terms));
        let rule = &own.offer.rule;
        assert_eq!((rule.by_bundle[&bundle].to_string(), rule.by_category["Storage"].to_string()), ("30".into(), "10".into()));
        assert!(other.offer.rule.by_bundle.is_empty() && other.offer.rule.by_category.is_empty());
        assert_eq!((other.offer.rule.basis.as_str(), other.offer.collects.as_str()), ("margin", "reseller"));
    }
}
