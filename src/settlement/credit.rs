//! How much of a line can be credited, and how both sides bear it.
//!
//! A credit is never past what is left of its line. Its share has the line's own ratio of share to net, with the
//! opposite sign, rounded once; the credit that takes the rest takes the rest of the share, so that a fully credited
//! line nets to zero. Tiers, commitment and cap are not run again.

use crate::rating::{ChargeLine, LineRole};
use crate::values::{Amount, Currency, OutOfRange, round};

/// What is left of a line after its corrections and credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Of the net, which can still be credited.
    pub net: Amount,
    /// Of the re-seller's share.
    pub reseller: Amount,
}

/// What is left of `line`, from the corrections and credits that name it.
pub fn left(line: &ChargeLine, about: &[ChargeLine]) -> Result<Left, OutOfRange> {
    let named = about.iter().filter(|other| other.corrects_id == Some(line.id));
    let mut left = Left { net: line.net()?, reseller: line.reseller_share };
    for other in named {
        left.net = left.net.checked_add(other.net()?)?;
        left.reseller = left.reseller.checked_add(other.reseller_share)?;
    }
    Ok(left)
}

/// Whether lines of this kind are credited at all: what was charged, not what was taken back.
pub fn is_creditable(line: &ChargeLine) -> bool {
    matches!(line.role, LineRole::Charge | LineRole::Correction) && line.gross > Amount::ZERO
}

/// The re-seller's share of a credit of `amount`, as a positive or negative part of it that is taken off.
pub fn share(
    line: &ChargeLine,
    left: Left,
    amount: Amount,
    currency: Currency,
) -> Result<Amount, OutOfRange> {
    if amount == left.net {
        return Ok(left.reseller);
    }
    round(&(amount.exact() * line.reseller_share.exact() / line.gross.exact()), currency)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::{ChannelId, ChargeLineId, Exact};
    use num_traits::Signed;

    fn line(gross: Amount, reseller: Amount) -> ChargeLine {
        let (usd, month) = ("USD".parse().unwrap(), "2026-10".parse().unwrap());
        let place = (ChannelId::derived("channel"), month, usd, None);
        let provider_share = gross.checked_sub(reseller).unwrap();
        let base = ChargeLine::moved(place, LineRole::Charge, Amount::ZERO);
        ChargeLine { gross, reseller_share: reseller, provider_share, ..base }
    }

    #[test]
    fn what_was_charged_is_creditable_and_what_was_taken_back_is_not() {
        let (cent, nothing) = (Amount::from_micros(10_000), Amount::ZERO);
        let of_role = |role, gross| is_creditable(&ChargeLine { role, ..line(gross, nothing) });
        assert!(of_role(LineRole::Charge, cent) && of_role(LineRole::Correction, cent));
        assert!(
            !of_role(LineRole::Charge, nothing) && !of_role(LineRole::Correction, Amount::from_micros(-1))
        );
        assert!(!of_role(LineRole::Credit, cent));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn credits_take_the_lines_own_ratio_and_the_last_one_takes_the_rest(
            gross in 1i64..10_000_000, part in 0u32..=1_000, cuts in prop::collection::vec(1i64..1_000_000, 0..4),
            code in prop::sample::select(vec!["USD", "JPY", "KWD"]),
        ) {
            let currency: Currency = code.parse().unwrap();
            let amount = |units| Amount::from_minor_units(units, currency).unwrap();
            let reseller = amount(gross * i64::from(part) / 1_000);
            let line = line(amount(gross), reseller);
            let unit = amount(1).exact();
            let mut about: Vec<ChargeLine> = Vec::new();
            let mut rest = gross;
            for cut in cuts.into_iter().map(Some).chain([None]) {
                let wanted = cut.unwrap_or(rest).min(rest);
                if wanted == 0 { break; }
                let before = left(&line, &about).unwrap();
                let taken = share(&line, before, amount(wanted), currency).unwrap();
                if cut.is_some() && wanted < rest {
                    let exact: Exact = amount(wanted).exact() * reseller.exact() / line.gross.exact();
                    prop_assert!((taken.exact() - exact).abs() < unit);
                }
                let mut credit = line.clone();
                credit.role = LineRole::Credit;
                credit.id = ChargeLineId::derived(&format!("{}", about.len()));
                credit.corrects_id = Some(line.id);
                credit.gross = Amount::ZERO;
                credit.credited = amount(wanted);
                credit.reseller_share = Amount::from_micros(-taken.micros());
                about.push(credit);
                rest -= wanted;
            }
            let end = left(&line, &about).unwrap();
            prop_assert_eq!(end, Left { net: Amount::ZERO, reseller: Amount::ZERO });
        }
    }
}
