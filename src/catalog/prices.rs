//! Which price version is in effect.

use chrono::NaiveDate;

use super::{PriceConcern, PriceState, PriceVersion};

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

fn concerns(version: &PriceVersion, start: NaiveDate) -> bool {
    version.concerns == PriceConcern::Existing || start >= version.effective_from
}

/// Where a version of one book, bundle and currency stands on a day.
pub fn state(version: &PriceVersion, versions: &[PriceVersion], today: NaiveDate) -> PriceState {
    if version.effective_from > today {
        PriceState::Planned
    } else if current(versions, today).is_some_and(|current| current.id == version.id) {
        PriceState::Current
    } else {
        PriceState::Ended
    }
}
