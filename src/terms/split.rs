//! Shares revenue between the two sides, to the minor unit.
//!
//! For each rate the exact share of all its lines is rounded once, half away from zero, and distributed: every line
//! gets its own exact share rounded down, and the units left over go to the largest remainders, ties by line order.
//! So the sums are exact, each part is within one minor unit of its exact value, and the provider's share is the
//! rest. The most specific rate wins: bundle before category before general.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use super::{ShareBasis, ShareRule};
use crate::values::{Amount, BundleId, Currency, Exact, OutOfRange, Percent, round};

/// A line to be shared; all lines of a call are of one channel, currency and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitLine {
    pub bundle: BundleId,
    /// The product category of a usage line.
    pub category: Option<String>,
    /// Gross less credits.
    pub net: Amount,
    /// The same quantities at the reference price.
    pub reference: Amount,
}

/// Both sides' parts of a line; they add up to its net amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineShare {
    pub reseller: Amount,
    pub provider: Amount,
}

/// Which of the rule's rates a line falls under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rate {
    Bundle(BundleId),
    Category(String),
    General,
}

/// Shares the lines, in their order.
pub fn split(
    rule: &ShareRule,
    lines: &[SplitLine],
    currency: Currency,
) -> Result<Vec<LineShare>, OutOfRange> {
    let mut by_rate: BTreeMap<Rate, Vec<(usize, Exact)>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let (rate, percent) = rate_of(rule, line.bundle, line.category.as_deref());
        let shared = basis(rule.basis, line.net.exact(), line.reference.exact());
        by_rate.entry(rate).or_default().push((index, shared * percent.ratio()));
    }
    let mut reseller = vec![Amount::ZERO; lines.len()];
    for shares in by_rate.values() {
        for (index, amount) in distributed(shares, currency)? {
            if let Some(place) = reseller.get_mut(index) {
                *place = amount;
            }
        }
    }
    lines
        .iter()
        .zip(reseller)
        .map(|(line, reseller)| Ok(LineShare { reseller, provider: line.net.checked_sub(reseller)? }))
        .collect()
}

/// The re-seller's share of one unit, exactly: what pages tell beside a price.
pub fn of_unit(
    rule: &ShareRule,
    bundle: BundleId,
    category: Option<&str>,
    price: Exact,
    reference: Exact,
) -> Exact {
    let (_, percent) = rate_of(rule, bundle, category);
    basis(rule.basis, price, reference) * percent.ratio()
}

fn rate_of(rule: &ShareRule, bundle: BundleId, category: Option<&str>) -> (Rate, Percent) {
    if let Some(percent) = rule.by_bundle.get(&bundle) {
        return (Rate::Bundle(bundle), *percent);
    }
    match category.and_then(|category| rule.by_category.get_key_value(category)) {
        Some((category, percent)) => (Rate::Category(category.clone()), *percent),
        None => (Rate::General, rule.general),
    }
}

fn basis(basis: ShareBasis, net: Exact, reference: Exact) -> Exact {
    match basis {
        ShareBasis::Revenue => net,
        ShareBasis::Margin => (net - reference).max(Exact::zero()),
    }
}

/// One rate's shares, rounded so that they add up to their rounded sum.
fn distributed(shares: &[(usize, Exact)], currency: Currency) -> Result<Vec<(usize, Amount)>, OutOfRange> {
    let total: Exact = shares.iter().map(|(_, share)| share.clone()).sum();
    // A negative total is the mirror image of a positive one.
    let sign = if total < Exact::zero() { -1 } else { 1 };
    let scale = BigInt::from(sign) * BigInt::from(10).pow(currency.minor_digits());
    let wanted = minor_units(&(round(&total, currency)?.exact() * &scale))?;
    let scaled: Vec<Exact> = shares.iter().map(|(_, share)| share * &scale).collect();
    let mut units = Vec::with_capacity(scaled.len());
    for share in &scaled {
        units.push(minor_units(&share.floor())?);
    }
    let floors: i64 = units.iter().sum();
    let mut order: Vec<usize> = (0..scaled.len()).collect();
    order.sort_by(|a, b| remainder(&scaled, *b).cmp(&remainder(&scaled, *a)).then(a.cmp(b)));
    let left = usize::try_from(wanted - floors).map_err(|_| OutOfRange)?;
    for index in order.into_iter().take(left) {
        if let Some(unit) = units.get_mut(index) {
            *unit += 1;
        }
    }
    shares
        .iter()
        .zip(units)
        .map(|((index, _), unit)| Ok((*index, Amount::from_minor_units(sign * unit, currency)?)))
        .collect()
}

fn remainder(scaled: &[Exact], index: usize) -> Exact {
    scaled.get(index).map(|share| share - share.floor()).unwrap_or_default()
}

fn minor_units(exact: &Exact) -> Result<i64, OutOfRange> {
    exact.to_integer().to_i64().ok_or(OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::Signed;
    use proptest::prelude::*;

    fn rule(basis: ShareBasis, percent: i64) -> ShareRule {
        ShareRule {
            basis,
            general: Percent::from_units(percent),
            by_category: BTreeMap::new(),
            by_bundle: BTreeMap::new(),
        }
    }

    fn line(net: i64, reference: i64, currency: Currency) -> SplitLine {
        let amount = |units| Amount::from_minor_units(units, currency).unwrap();
        SplitLine {
            bundle: BundleId::derived("a"),
            category: None,
            net: amount(net),
            reference: amount(reference),
        }
    }

    fn shares(rule: &ShareRule, lines: &[SplitLine], currency: Currency) -> Vec<String> {
        split(rule, lines, currency).unwrap().iter().map(|share| share.reseller.to_string()).collect()
    }

    #[test]
    fn the_rounded_total_goes_to_the_largest_remainders() {
        let usd: Currency = "USD".parse().unwrap();
        let lines = [line(10, 0, usd), line(10, 0, usd), line(10, 0, usd)];
        // 18% of 0.30 is 0.054, rounded to 0.05: 0.018 each, two lines get 0.02 and the last the rest.
        assert_eq!(shares(&rule(ShareBasis::Revenue, 180_000), &lines, usd), ["0.02", "0.02", "0.01"]);
    }

    #[test]
    fn the_most_specific_rate_wins() {
        let usd: Currency = "USD".parse().unwrap();
        let mut rates = rule(ShareBasis::Revenue, 100_000);
        rates.by_category.insert("Compute".into(), Percent::from_units(200_000));
        rates.by_bundle.insert(BundleId::derived("b"), Percent::from_units(300_000));
        let compute = SplitLine { category: Some("Compute".into()), ..line(1000, 0, usd) };
        let bundle = SplitLine { bundle: BundleId::derived("b"), ..compute.clone() };
        assert_eq!(shares(&rates, &[line(1000, 0, usd), compute, bundle], usd), ["1", "2", "3"]);
    }

    #[test]
    fn a_margin_share_is_never_negative_for_a_line() {
        let usd: Currency = "USD".parse().unwrap();
        let lines = [line(1000, 400, usd), line(300, 500, usd)];
        assert_eq!(shares(&rule(ShareBasis::Margin, 500_000), &lines, usd), ["3", "0"]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_stay_within_one_minor_unit(
            nets in prop::collection::vec(-100_000i64..10_000_000, 1..20),
            percent in 0i64..=1_000_000,
            code in prop::sample::select(vec!["USD", "JPY", "KWD"]),
        ) {
            let currency: Currency = code.parse().unwrap();
            let rule = rule(ShareBasis::Revenue, percent);
            let lines: Vec<SplitLine> = nets.iter().map(|net| line(*net, 0, currency)).collect();
            let shares = split(&rule, &lines, currency).unwrap();
            let unit = Exact::new(1.into(), BigInt::from(10).pow(currency.minor_digits()));
            let mut exact_total = Exact::zero();
            for (line, share) in lines.iter().zip(&shares) {
                let exact = line.net.exact() * rule.general.ratio();
                prop_assert!((share.reseller.exact() - &exact).abs() < unit);
                prop_assert_eq!(share.reseller.checked_add(share.provider).unwrap(), line.net);
                exact_total += exact;
            }
            let total = Amount::sum(shares.iter().map(|share| share.reseller)).unwrap();
            prop_assert_eq!(total, round(&exact_total, currency).unwrap());
        }

        #[test]
        fn the_opposite_amounts_have_the_opposite_shares(
            nets in prop::collection::vec(-100_000i64..10_000_000, 1..20), percent in 0i64..=1_000_000,
        ) {
            let usd: Currency = "USD".parse().unwrap();
            let rule = rule(ShareBasis::Revenue, percent);
            let lines = |sign: i64| nets.iter().map(|net| line(sign * net, 0, usd)).collect::<Vec<_>>();
            let total: i64 = nets.iter().sum();
            prop_assume!(total != 0);
            let there = split(&rule, &lines(1), usd).unwrap();
            let back = split(&rule, &lines(-1), usd).unwrap();
            for (one, other) in there.iter().zip(back) {
                prop_assert_eq!(one.reseller.micros(), -other.reseller.micros());
            }
        }
    }
}
