//! One-time and recurring charges: the price for each unit of the subscription, for the days served.

use super::piece::Piece;
use super::{Input, Line};
use crate::catalog::Charge;
use crate::values::{Days, Exact, Month, OutOfRange, Quantity};

/// Once, in the month of the start, at the price of that day.
pub(super) fn one_time(input: &Input<'_>, charge: &Charge) -> Result<Option<Line>, OutOfRange> {
    let start = input.subscription.start;
    if Month::of(start) != input.month {
        return Ok(None);
    }
    let Some((version, value)) = input.price(charge.id, start) else { return Ok(None) };
    let mut piece = Piece::empty(start, value, 0);
    piece.units = Quantity::whole(i64::from(input.subscription.quantity_on(start)));
    let billable = piece.units.exact();
    let reference = input.reference(charge.id, start, &piece.value);
    due(&mut piece, billable, &reference);
    piece.line(input, charge, version).map(Some)
}

/// For each stretch of equal quantity its part of the month, at the price of the first active day.
pub(super) fn recurring(input: &Input<'_>, charge: &Charge, active: Days) -> Result<Vec<Line>, OutOfRange> {
    let Some((version, value)) = input.price(charge.id, active.from) else { return Ok(Vec::new()) };
    let reference = input.reference(charge.id, active.from, &value);
    let line = |(days, quantity): (Days, u32)| {
        let mut piece = Piece::empty(days.from, value.clone(), 0);
        piece.last = days.until.pred_opt().unwrap_or(days.from);
        piece.units = Quantity::whole(i64::from(quantity));
        let billable = piece.units.exact() * input.part_of_month(days);
        due(&mut piece, billable, &reference);
        piece.line(input, charge, version)
    };
    input.stretches(active).into_iter().map(line).collect()
}

fn due(piece: &mut Piece, billable: Exact, reference: &crate::catalog::PriceValue) {
    piece.charge(&billable, reference);
    piece.billable = billable;
}
