//! Shares revenue between the two sides, to the minor unit.
//!
//! Lines under one rate form a group: each bundle's own rate, each category's, and the general rate with its tiers;
//! the most specific wins. The exact share of a group is computed once over its summed basis, slice by slice, rounded
//! once, half away from zero, and distributed over the lines in proportion to their basis: every line gets its exact
//! share rounded down, and the units left over go to the largest remainders, ties by line order. Where the summed
//! basis is zero or negative, the first slice's rate holds for each line. So the sums are exact, each part is within
//! one minor unit of its exact value, and the provider's share is the rest.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::{ShareBasis, ShareRule, Slice};
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

/// Both sides' shares of a line; they add up to its net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineShare {
    pub reseller: Amount,
    pub provider: Amount,
}

/// Which of the rule's rates a line falls under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rate {
    Bundle(BundleId),
    Category(String),
    /// The general rate, with its tiers.
    General,
}

/// A slice of a group's basis and what it brings the re-seller, exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceShare {
    pub slice: Slice,
    /// How much of the basis lies in it.
    pub amount: Exact,
    pub share: Exact,
}

/// The lines under one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub rate: Rate,
    /// The summed basis.
    pub basis: Exact,
    pub slices: Vec<SliceShare>,
    /// The re-seller's share before rounding.
    pub exact: Exact,
    pub rounded: Amount,
}

/// How a line came by its share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedLine {
    /// The place of its group.
    pub group: usize,
    pub basis: Exact,
    /// The re-seller's share before rounding.
    pub exact: Exact,
    pub share: LineShare,
}

/// A split with everything behind it; the lines in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    pub groups: Vec<Group>,
    pub lines: Vec<ExplainedLine>,
}

/// Shares the lines, in their order.
pub fn split(
    rule: &ShareRule,
    lines: &[SplitLine],
    currency: Currency,
) -> Result<Vec<LineShare>, OutOfRange> {
    Ok(explained(rule, lines, currency)?.lines.into_iter().map(|line| line.share).collect())
}

/// Shares the lines, and tells how.
pub fn explained(rule: &ShareRule, lines: &[SplitLine], currency: Currency) -> Result<Explained, OutOfRange> {
    let mut by_rate: BTreeMap<Rate, (Vec<Slice>, Vec<usize>)> = BTreeMap::new();
    let bases: Vec<Exact> =
        lines.iter().map(|line| basis(rule.basis, line.net.exact(), line.reference.exact())).collect();
    for (index, line) in lines.iter().enumerate() {
        let (rate, slices) = rate_of(rule, line.bundle, line.category.as_deref(), currency);
        by_rate.entry(rate).or_insert_with(|| (slices, Vec::new())).1.push(index);
    }
    let mut groups = Vec::with_capacity(by_rate.len());
    let mut found: Vec<Option<ExplainedLine>> = vec![None; lines.len()];
    for (rate, (slices, members)) in by_rate {
        let own: Vec<&Exact> = members.iter().filter_map(|index| bases.get(*index)).collect();
        let (group, exacts) = group(rate, &slices, &own, currency)?;
        let shares = distributed(&exacts, group.rounded, currency)?;
        for ((index, exact), reseller) in members.into_iter().zip(exacts).zip(shares) {
            if let (Some(line), Some(basis), Some(place)) =
                (lines.get(index), bases.get(index), found.get_mut(index))
            {
                let share = LineShare { reseller, provider: line.net.checked_sub(reseller)? };
                *place = Some(ExplainedLine { group: groups.len(), basis: basis.clone(), exact, share });
            }
        }
        groups.push(group);
    }
    Ok(Explained { groups, lines: found.into_iter().flatten().collect() })
}

/// A group and the exact share of each of its lines.
fn group(
    rate: Rate,
    slices: &[Slice],
    bases: &[&Exact],
    currency: Currency,
) -> Result<(Group, Vec<Exact>), OutOfRange> {
    let basis: Exact = bases.iter().copied().sum();
    let cut: Vec<SliceShare> = slices.iter().map(|slice| within(slice, &basis)).collect();
    let (exact, exacts) = if basis.is_positive() {
        let total: Exact = cut.iter().map(|slice| &slice.share).sum();
        let exacts = bases.iter().map(|one| *one * &total / &basis).collect();
        (total, exacts)
    } else {
        let first = slices.first().map(|slice| slice.share.ratio()).unwrap_or_default();
        (&basis * &first, bases.iter().map(|one| *one * &first).collect())
    };
    let rounded = round(&exact, currency)?;
    Ok((Group { rate, basis, slices: cut, exact, rounded }, exacts))
}

/// How much of a basis lies in a slice; all of it in the first one where it is zero or negative.
fn within(slice: &Slice, basis: &Exact) -> SliceShare {
    let from = slice.from.exact();
    let is_first = from.is_zero();
    let end = slice.up_to.map_or_else(|| basis.clone(), |end| end.exact().min(basis.clone()));
    let amount =
        if is_first && !basis.is_positive() { basis.clone() } else { (end - from).max(Exact::zero()) };
    SliceShare { slice: *slice, share: &amount * slice.share.ratio(), amount }
}

/// The re-seller's share of one unit in the first slice, exactly: what pages tell beside a price.
pub fn of_unit(
    rule: &ShareRule,
    bundle: BundleId,
    category: Option<&str>,
    price: Exact,
    reference: Exact,
) -> Exact {
    let (_, percent) = own_rate(rule, bundle, category).unwrap_or((Rate::General, rule.general));
    basis(rule.basis, price, reference) * percent.ratio()
}

fn rate_of(
    rule: &ShareRule,
    bundle: BundleId,
    category: Option<&str>,
    currency: Currency,
) -> (Rate, Vec<Slice>) {
    match own_rate(rule, bundle, category) {
        Some((rate, share)) => (rate, vec![Slice { from: Amount::ZERO, up_to: None, share }]),
        None => (Rate::General, rule.slices(currency)),
    }
}

/// The rate that a bundle or a category has of its own.
fn own_rate(rule: &ShareRule, bundle: BundleId, category: Option<&str>) -> Option<(Rate, Percent)> {
    if let Some(percent) = rule.by_bundle.get(&bundle) {
        return Some((Rate::Bundle(bundle), *percent));
    }
    let (category, percent) = rule.by_category.get_key_value(category?)?;
    Some((Rate::Category(category.clone()), *percent))
}

fn basis(basis: ShareBasis, net: Exact, reference: Exact) -> Exact {
    match basis {
        ShareBasis::Revenue => net,
        ShareBasis::Margin => (net - reference).max(Exact::zero()),
    }
}

/// Whole minor units that add up to `total`, each its exact share rounded down or one more.
fn distributed(shares: &[Exact], total: Amount, currency: Currency) -> Result<Vec<Amount>, OutOfRange> {
    // A negative total is the mirror image of a positive one.
    let sign = if total.is_negative() { -1 } else { 1 };
    let scale = BigInt::from(sign) * BigInt::from(10).pow(currency.minor_digits());
    let wanted = minor_units(&(total.exact() * &scale))?;
    let scaled: Vec<Exact> = shares.iter().map(|share| share * &scale).collect();
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
    units.into_iter().map(|unit| Amount::from_minor_units(sign * unit, currency)).collect()
}

fn remainder(scaled: &[Exact], index: usize) -> Exact {
    scaled.get(index).map(|share| share - share.floor()).unwrap_or_default()
}

fn minor_units(exact: &Exact) -> Result<i64, OutOfRange> {
    exact.to_integer().to_i64().ok_or(OutOfRange)
}

#[cfg(test)]
mod tests;
