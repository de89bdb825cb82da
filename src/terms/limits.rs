//! Minimum commitment and cap of a month.
//!
//! The provider's share of a month is at least the commitment, and the re-seller's at most the cap. Both are for a full
//! month and count by days in a partial one. The commitment comes first, then the cap; each is a line of its own that
//! moves money from the re-seller to the provider. A commitment can turn the re-seller's share negative.

use num_bigint::BigInt;

use crate::values::{Amount, Currency, Exact, OutOfRange, round};

/// What moves from the re-seller's share to the provider's; neither is negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Adjustments {
    /// What the provider's share lacked to the commitment.
    pub commitment: Amount,
    /// What the re-seller's share had above the cap, after the commitment.
    pub cap: Amount,
}

/// Both sides' shares of a month before limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub reseller: Amount,
    pub provider: Amount,
}

/// How much of a month the agreement ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub active_days: u32,
    pub month_days: u32,
}

/// The adjustments of a month's shares, in the currency's minor units.
pub fn adjust(
    commitment: Option<Amount>,
    cap: Option<Amount>,
    shares: Shares,
    part: Part,
    currency: Currency,
) -> Result<Adjustments, OutOfRange> {
    let prorated = |limit: Amount| {
        let days = Exact::new(BigInt::from(part.active_days), BigInt::from(part.month_days.max(1)));
        round(&(limit.exact() * days), currency)
    };
    let mut found = Adjustments::default();
    if let Some(commitment) = commitment {
        found.commitment = prorated(commitment)?.checked_sub(shares.provider)?.max(Amount::ZERO);
    }
    if let Some(cap) = cap {
        let reseller = shares.reseller.checked_sub(found.commitment)?;
        found.cap = reseller.checked_sub(prorated(cap)?)?.max(Amount::ZERO);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn adjusted(
        commitment: Option<&str>,
        cap: Option<&str>,
        shares: (&str, &str),
        days: u32,
    ) -> (String, String) {
        let shares = Shares { reseller: amount(shares.0), provider: amount(shares.1) };
        let part = Part { active_days: days, month_days: 30 };
        let usd = "USD".parse().unwrap();
        let found = adjust(commitment.map(amount), cap.map(amount), shares, part, usd).unwrap();
        (found.commitment.to_string(), found.cap.to_string())
    }

    #[test]
    fn the_provider_gets_at_least_the_commitment_even_from_more_than_the_share() {
        assert_eq!(adjusted(Some("100"), None, ("20", "80"), 30), ("20".into(), "0".into()));
        assert_eq!(adjusted(Some("200"), None, ("20", "80"), 30), ("120".into(), "0".into()));
        assert_eq!(adjusted(Some("80"), None, ("20", "80"), 30), ("0".into(), "0".into()));
        assert_eq!(adjusted(Some("80.01"), None, ("20", "80"), 30), ("0.01".into(), "0".into()));
    }

    #[test]
    fn the_reseller_gets_at_most_the_cap_counted_after_the_commitment() {
        assert_eq!(adjusted(None, Some("15"), ("20", "80"), 30), ("0".into(), "5".into()));
        assert_eq!(adjusted(None, Some("20"), ("20", "80"), 30), ("0".into(), "0".into()));
        assert_eq!(adjusted(Some("83"), Some("15"), ("20", "80"), 30), ("3".into(), "2".into()));
        assert_eq!(adjusted(Some("90"), Some("15"), ("20", "80"), 30), ("10".into(), "0".into()));
    }

    #[test]
    fn a_partial_month_counts_by_days_rounded_once() {
        assert_eq!(adjusted(Some("100"), None, ("0", "0"), 10), ("33.33".into(), "0".into()));
        assert_eq!(adjusted(None, Some("100"), ("70", "0"), 20), ("0".into(), "3.33".into()));
        assert_eq!(adjusted(Some("100"), None, ("0", "0"), 0), ("0".into(), "0".into()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn limits_move_money_and_make_none(
            reseller in -1_000_000i64..1_000_000, provider in -1_000_000i64..1_000_000,
            commitment in prop::option::of(1i64..2_000_000), cap in prop::option::of(0i64..2_000_000),
        ) {
            let usd: Currency = "USD".parse().unwrap();
            let of = |units| Amount::from_minor_units(units, usd).unwrap();
            let part = Part { active_days: 30, month_days: 30 };
            let shares = Shares { reseller: of(reseller), provider: of(provider) };
            let found = adjust(commitment.map(of), cap.map(of), shares, part, usd).unwrap();
            let moved = found.commitment.checked_add(found.cap).unwrap();
            let after = (of(reseller).checked_sub(moved).unwrap(), of(provider).checked_add(moved).unwrap());
            prop_assert!(found.commitment >= Amount::ZERO && found.cap >= Amount::ZERO);
            prop_assert!(commitment.is_none_or(|least| after.1 >= of(least)));
            prop_assert!(cap.is_none_or(|most| after.0 <= of(most)));
        }
    }
}
