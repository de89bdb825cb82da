//! Which price version is in effect.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{PriceConcern, PriceState, PriceVersion};
use crate::values::{BundleId, Currency};

/// The versions of one book, by bundle and currency, each in the order of their days.
pub type ByBundle = HashMap<(BundleId, Currency), Vec<PriceVersion>>;

/// Puts a book's versions, which come in the order of their days, under their bundles and currencies.
pub fn by_bundle(versions: Vec<PriceVersion>) -> ByBundle {
    let mut books = ByBundle::new();
    for version in versions {
        books.entry((version.bundle, version.currency)).or_default().push(version);
    }
    books
}

/// The version in effect on `day` for a subscription that started on `start`, from one book's versions of one bundle
/// and currency: the latest that has begun and concerns the subscription.
pub fn in_effect(versions: &[PriceVersion], day: NaiveDate, start: NaiveDate) -> Option<&PriceVersion> {
    versions
        .iter()
        .filter(|version| version.effective_from <= day && concerns(version, start))
        .max_by_key(|version| version.effective_from)
}

/// The version in effect on `day` for a new subscription.
pub fn current(versions: &[PriceVersion], day: NaiveDate) -> Option<&PriceVersion> {
    in_effect(versions, day, day)
}

/// The version that a subscription with frozen prices keeps for good: the one in effect on its first day.
pub fn frozen(versions: &[PriceVersion], start: NaiveDate) -> Option<&PriceVersion> {
    in_effect(versions, start, start)
}

/// The same text for the same versions: by it somebody who changes prices is told that they changed meanwhile.
pub fn mark(versions: &[PriceVersion]) -> String {
    let digest = Sha256::digest(format!("{versions:?}"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The version that customers pay on `day`: the channel's own, or the reference price where the channel has none.
pub fn paid<'a>(
    channel: &'a [PriceVersion],
    reference: &'a [PriceVersion],
    day: NaiveDate,
    start: NaiveDate,
) -> Option<&'a PriceVersion> {
    in_effect(channel, day, start).or_else(|| in_effect(reference, day, start))
}

fn concerns(version: &PriceVersion, start: NaiveDate) -> bool {
    version.concerns == PriceConcern::Existing || start >= version.effective_from
}

/// Where a version of one book, bundle and currency stands on a day. One for new subscriptions only does not end the
/// one before it, which earlier subscriptions go on paying: then both are current.
pub fn state(version: &PriceVersion, versions: &[PriceVersion], today: NaiveDate) -> PriceState {
    if version.effective_from > today {
        PriceState::Planned
    } else if later_begun(version, versions, today).any(|later| later.concerns == PriceConcern::Existing) {
        PriceState::Ended
    } else {
        PriceState::Current
    }
}

/// The day from which new subscriptions pay another version, where earlier ones still pay this one.
pub fn closed_to_new(
    version: &PriceVersion,
    versions: &[PriceVersion],
    today: NaiveDate,
) -> Option<NaiveDate> {
    let is_current = state(version, versions, today) == PriceState::Current;
    later_begun(version, versions, today).map(|later| later.effective_from).min().filter(|_| is_current)
}

fn later_begun<'a>(
    version: &'a PriceVersion,
    versions: &'a [PriceVersion],
    today: NaiveDate,
) -> impl Iterator<Item = &'a PriceVersion> {
    versions
        .iter()
        .filter(move |later| later.effective_from > version.effective_from && later.effective_from <= today)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::{PriceVersionId, Timestamp};

    fn day(number: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(740_000 + number).unwrap()
    }

    fn version(from: i32, concerns: PriceConcern) -> PriceVersion {
        PriceVersion {
            id: PriceVersionId::generate(),
            channel: None,
            bundle: BundleId::generate(),
            currency: "USD".parse().unwrap(),
            effective_from: day(from),
            concerns,
            reason: String::new(),
            values: Default::default(),
            created_at: Timestamp::start_of(day(0)),
            created_by: "Root".into(),
        }
    }

    #[test]
    fn a_price_for_new_subscriptions_leaves_running_ones_alone() {
        let versions = [version(0, PriceConcern::Existing), version(10, PriceConcern::New)];
        let at =
            |now, start| in_effect(&versions, day(now), day(start)).map(|version| version.effective_from);
        assert_eq!(at(9, 5), Some(day(0)));
        assert_eq!(at(20, 5), Some(day(0)));
        assert_eq!(at(20, 10), Some(day(10)));
        assert_eq!(at(-1, -1), None);
    }

    #[test]
    fn a_later_price_for_existing_ones_follows_one_for_new_ones_only() {
        let versions = [
            version(0, PriceConcern::Existing),
            version(10, PriceConcern::New),
            version(20, PriceConcern::Existing),
        ];
        assert_eq!(in_effect(&versions, day(30), day(5)).unwrap().effective_from, day(20));
    }

    #[test]
    fn frozen_prices_stay_those_of_the_first_day() {
        let versions = [version(0, PriceConcern::Existing), version(10, PriceConcern::Existing)];
        assert_eq!(frozen(&versions, day(9)).unwrap().effective_from, day(0));
        assert_eq!(frozen(&versions, day(10)).unwrap().effective_from, day(10));
    }

    #[test]
    fn the_reference_price_is_paid_until_the_channel_has_its_own() {
        let (own, reference) = ([version(10, PriceConcern::Existing)], [version(0, PriceConcern::Existing)]);
        assert_eq!(paid(&own, &reference, day(9), day(5)).unwrap().id, reference[0].id);
        assert_eq!(paid(&own, &reference, day(10), day(5)).unwrap().id, own[0].id);
    }

    #[test]
    fn a_version_is_planned_then_current_then_ended() {
        let versions = [version(0, PriceConcern::Existing), version(10, PriceConcern::Existing)];
        let states = |today| versions.each_ref().map(|version| state(version, &versions, day(today)));
        assert_eq!(states(-1), [PriceState::Planned, PriceState::Planned]);
        assert_eq!(states(9), [PriceState::Current, PriceState::Planned]);
        assert_eq!(states(10), [PriceState::Ended, PriceState::Current]);
    }

    #[test]
    fn a_version_for_new_subscriptions_leaves_the_one_before_it_current() {
        let versions = [version(0, PriceConcern::Existing), version(10, PriceConcern::New)];
        let states = |today| versions.each_ref().map(|version| state(version, &versions, day(today)));
        assert_eq!(states(10), [PriceState::Current, PriceState::Current]);
        assert_eq!(closed_to_new(&versions[0], &versions, day(10)), Some(day(10)));
        assert_eq!(closed_to_new(&versions[0], &versions, day(9)), None);
        assert_eq!(closed_to_new(&versions[1], &versions, day(10)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Days one by one, as a slow reader of the rule would.
        #[test]
        fn the_version_in_effect_is_the_last_one_met_on_the_way_to_the_day(
            from in proptest::collection::btree_map(0i32..60, any::<bool>(), 0..6), now in 0i32..80, start in 0i32..80,
        ) {
            let concern = |new| if new { PriceConcern::New } else { PriceConcern::Existing };
            let versions: Vec<_> = from.iter().rev().map(|(day, new)| version(*day, concern(*new))).collect();
            let mut met = None;
            for number in 0..=now {
                if let Some(new) = from.get(&number) && (!new || start >= number) {
                    met = Some(day(number));
                }
            }
            prop_assert_eq!(in_effect(&versions, day(now), day(start)).map(|v| v.effective_from), met);
        }
    }
}
