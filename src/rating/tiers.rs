//! Graduated and volume prices: the tier is found from what the month is charged for, above what is included. An edge
//! belongs to the tier below it, and the first tier goes on below zero.

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use super::piece::Pieces;
use super::usage::Used;
use crate::values::{Exact, OutOfRange, Quantity};

/// Each unit by its place in the month: a day's use moves the place upwards, a correction downwards, and what lies
/// between is charged, or given back, at the prices of the day. Included units lie below the first tier's.
pub(super) fn graduated(used: &Used, edges: &[Quantity]) -> Result<Pieces, OutOfRange> {
    let mut pieces = Pieces::default();
    let edges: Vec<Exact> = edges.iter().map(|edge| edge.exact() + &used.included).collect();
    for day in &used.days {
        let mut lower = None;
        let uppers = edges.iter().map(Some).chain([None]);
        for (tier, upper) in (1u32..).zip(uppers) {
            let (from, to) = (within(day.before, lower, upper), within(day.after, lower, upper));
            lower = upper;
            if from == to {
                continue;
            }
            let free = if tier == 1 { used.free_on(day) } else { Exact::zero() };
            let billable = &to - &from - &free;
            let piece = pieces.on(day, tier);
            piece.units = piece.units.checked_add(floor(&to)?.checked_sub(floor(&from)?)?)?;
            piece.charge(&billable, &day.reference);
            piece.included += free;
            piece.billable += billable;
        }
    }
    Ok(pieces)
}

/// How far the use up to a point reaches into a tier.
fn within(used: Quantity, lower: Option<&Exact>, upper: Option<&Exact>) -> Exact {
    let used = used.exact();
    match (lower, upper) {
        (Some(lower), _) if used < *lower => lower.clone(),
        (_, Some(upper)) if used > *upper => upper.clone(),
        _ => used,
    }
}

/// Used units have 18 decimals; an edge above included units may have more. Rounded alike from both sides, the units
/// of all tiers add up to what was used.
fn floor(place: &Exact) -> Result<Quantity, OutOfRange> {
    let units = (place * BigInt::from(10).pow(18)).floor().to_integer();
    units.to_i128().map(Quantity::from_units).ok_or(OutOfRange)
}

/// All of the month at the price of the tier that its total lies in.
pub(super) fn volume(used: &Used, edges: &[Quantity]) -> Result<Pieces, OutOfRange> {
    let total = used.total();
    let below = edges.iter().take_while(|edge| edge.exact() < total).count();
    let tier = u32::try_from(below).map_err(|_| OutOfRange)?.saturating_add(1);
    let mut pieces = Pieces::default();
    for day in &used.days {
        let free = used.free_on(day);
        let billable = day.quantity.exact() - &free;
        let piece = pieces.on(day, tier);
        piece.units = piece.units.checked_add(day.quantity)?;
        piece.charge(&billable, &day.reference);
        piece.included += free;
        piece.billable += billable;
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use crate::catalog::ChargeModel::{Graduated, Volume};
    use crate::customers::PriceRule;
    use crate::rating::sample::{Case, metered, product, tiered, tiers};

    fn at(model: crate::catalog::ChargeModel) -> Case {
        metered(tiered(model, &["100", "1000"]), &[("2026-01-01", tiers(&["0.12", "0.1", "0.08"]))])
    }

    #[test]
    fn an_edge_belongs_to_the_tier_below_it() {
        let mut graduated = at(Graduated);
        assert_eq!(graduated.november(&[(2, "99")]), ["1: 0 + 99 = 11.88"]);
        assert_eq!(graduated.november(&[(2, "100")]), ["1: 0 + 100 = 12"]);
        assert_eq!(graduated.november(&[(2, "101")]), ["1: 0 + 100 = 12", "2: 0 + 1 = 0.1"]);
        assert_eq!(graduated.november(&[(2, "1000")]), ["1: 0 + 100 = 12", "2: 0 + 900 = 90"]);
        let beyond = ["1: 0 + 100 = 12", "2: 0 + 900 = 90", "3: 0 + 1 = 0.08"];
        assert_eq!(graduated.november(&[(2, "600"), (9, "401")]), beyond);
        let mut volume = at(Volume);
        assert_eq!(volume.november(&[(2, "99")]), ["1: 0 + 99 = 11.88"]);
        assert_eq!(volume.november(&[(2, "100")]), ["1: 0 + 100 = 12"]);
        assert_eq!(volume.november(&[(2, "101")]), ["2: 0 + 101 = 10.1"]);
        assert_eq!(volume.november(&[(2, "999")]), ["2: 0 + 999 = 99.9"]);
        assert_eq!(volume.november(&[(2, "1000")]), ["2: 0 + 1000 = 100"]);
        assert_eq!(volume.november(&[(2, "600"), (9, "401")]), ["3: 0 + 1001 = 80.08"]);
    }

    #[test]
    fn included_units_advance_no_tier() {
        let mut graduated = at(Graduated);
        graduated.included.insert(product(), "50".parse().unwrap());
        assert_eq!(graduated.november(&[(2, "40")]), ["1: 40 + 0 = 0"]);
        assert_eq!(graduated.november(&[(2, "40"), (3, "120")]), ["1: 50 + 100 = 12", "2: 0 + 10 = 1"]);
        let mut volume = at(Volume);
        volume.included.insert(product(), "50".parse().unwrap());
        assert_eq!(volume.november(&[(2, "150")]), ["1: 50 + 100 = 12"]);
        assert_eq!(volume.november(&[(2, "151")]), ["2: 50 + 101 = 10.1"]);
    }

    #[test]
    fn a_price_change_in_mid_month_keeps_the_place_in_the_month() {
        let prices = [("2026-01-01", tiers(&["0.12", "0.1"])), ("2026-11-15", tiers(&["0.24", "0.2"]))];
        let mut graduated = metered(tiered(Graduated, &["100"]), &prices);
        let used = [(2, "80"), (15, "40")];
        let lines = ["1: 0 + 80 = 9.6", "1: 0 + 20 = 4.8", "2: 0 + 20 = 4"];
        assert_eq!(graduated.november(&used), lines);
        graduated.subscription.price_rule = PriceRule::Frozen;
        assert_eq!(graduated.november(&used), ["1: 0 + 100 = 12", "2: 0 + 20 = 2"]);
        let mut volume = metered(tiered(Volume, &["100"]), &prices);
        assert_eq!(volume.november(&used), ["2: 0 + 80 = 8", "2: 0 + 40 = 8"]);
    }

    #[test]
    fn a_correction_gives_units_back_from_its_place_at_the_price_of_its_day() {
        let prices = [("2026-01-01", tiers(&["0.12", "0.1"])), ("2026-11-15", tiers(&["0.24", "0.2"]))];
        let mut graduated = metered(tiered(Graduated, &["100"]), &prices);
        let lines = ["1: 0 + 100 = 12", "2: 0 + 10 = 1", "1: 0 + -5 = -1.2", "2: 0 + -10 = -2"];
        assert_eq!(graduated.november(&[(2, "110"), (20, "-15")]), lines);
        assert_eq!(graduated.november(&[(2, "-5")]), ["1: 0 + -5 = -0.6"]);
        let mut volume = at(Volume);
        assert_eq!(volume.november(&[(2, "110"), (20, "-15")]), ["1: 0 + 95 = 11.4"]);
        assert_eq!(volume.november(&[(2, "-5")]), ["1: 0 + -5 = -0.6"]);
    }

    #[test]
    fn the_units_of_all_tiers_add_up_to_what_was_used() {
        let mut graduated = at(Graduated);
        // 100 x 20/30 included: the edge lies at 166.66...
        graduated.subscription.start = "2026-11-11".parse().unwrap();
        graduated.subscription.quantities = vec![(graduated.subscription.start, 1)];
        graduated.included.insert(product(), "100".parse().unwrap());
        let lines = graduated.november(&[(12, "200")]);
        assert_eq!(lines, ["1: 200/3 + 100 = 12", "2: 0 + 100/3 = 3.33"]);
        let units: Vec<_> = graduated.rated("2026-11").iter().map(|line| line.quantity).collect();
        assert_eq!(units[0].to_string(), "166.666666666666666666");
        assert_eq!(units[0].checked_add(units[1]), Ok("200".parse().unwrap()));
    }
}
