//! Both sides' shares in minor units: each rate rounded once, handed out by largest remainder.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use super::fraction::{Fraction, percent, rounded};
use super::rate::Line;
use super::scenario::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    Revenue,
    Margin,
}

/// Bundle before category before general.
fn rate(line: &Line) -> &'static str {
    match (SALES[line.sale].offer, line.rule) {
        ("RESALE", _) => OF_RESALE,
        (_, Rule::PerUnit(_)) => OF_NETWORK_USAGE,
        _ => GENERAL,
    }
}

fn basis(line: &Line, basis: Basis) -> BigInt {
    match basis {
        Basis::Revenue => line.gross(),
        Basis::Margin => (line.gross() - line.reference()).max(BigInt::zero()),
    }
}

/// The re-seller's share of each line; the provider's is the rest.
pub fn shares(lines: &[Line], of: Basis) -> Vec<BigInt> {
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        groups.entry((line.currency(), rate(line))).or_default().push(place);
    }
    let mut shares = vec![BigInt::zero(); lines.len()];
    for ((_, rate), places) in groups {
        let exact = |place: &usize| Fraction::from_integer(basis(&lines[*place], of)) * percent(rate);
        let parts: Vec<Fraction> = places.iter().map(exact).collect();
        for (place, share) in places.iter().zip(handed_out(&parts)) {
            shares[*place] = share;
        }
    }
    shares
}

/// Whole units that add up to the rounded sum of the parts.
fn handed_out(parts: &[Fraction]) -> Vec<BigInt> {
    let total: Fraction = parts.iter().sum();
    if total.is_negative() {
        let mirrored: Vec<Fraction> = parts.iter().map(|part| -part).collect();
        return handed_out(&mirrored).into_iter().map(|units| -units).collect();
    }
    let mut units: Vec<BigInt> = parts.iter().map(|part| part.floor().to_integer()).collect();
    let mut left = rounded(&total, 0) - units.iter().sum::<BigInt>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(&parts[*place] - parts[*place].floor()));
    for place in order {
        if left.is_positive() {
            units[place] += 1;
            left -= BigInt::one();
        }
    }
    units
}
