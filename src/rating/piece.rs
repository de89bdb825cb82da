//! What is charged at one price, summed exactly and rounded once, when it becomes a line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_traits::Zero;

use super::usage::UsedDay;
use super::{Input, Line};
use crate::catalog::{Charge, PriceValue};
use crate::values::{Cost, Days, Exact, OutOfRange, PriceVersionId, Quantity, round};

/// A line in the making.
pub(super) struct Piece {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub value: PriceValue,
    /// From 1; 0 without tiers.
    pub tier: u32,
    pub units: Quantity,
    pub included: Exact,
    pub billable: Exact,
    pub cost: Cost,
    pub gross: Exact,
    pub reference: Exact,
}

impl Piece {
    pub fn empty(day: NaiveDate, value: PriceValue, tier: u32) -> Self {
        Self {
            first: day,
            last: day,
            value,
            tier,
            units: Quantity::ZERO,
            included: Exact::zero(),
            billable: Exact::zero(),
            cost: Cost::ZERO,
            gross: Exact::zero(),
            reference: Exact::zero(),
        }
    }

    /// Charges units, packages or a cost at its own price, beside the reference price of the day.
    pub fn charge(&mut self, counted: &Exact, reference: &PriceValue) {
        self.gross += counted * self.value.factor(self.tier);
        self.reference += counted * reference.factor(self.tier);
    }

    pub fn line(
        self,
        input: &Input<'_>,
        charge: &Charge,
        version: PriceVersionId,
    ) -> Result<Line, OutOfRange> {
        let subscription = input.subscription;
        let percent = match self.value {
            PriceValue::CostPlus(percent) => Some(percent),
            PriceValue::Unit(_) | PriceValue::Tiers(_) => None,
        };
        Ok(Line {
            customer: subscription.customer,
            subscription: subscription.id,
            bundle: subscription.bundle,
            product: charge.product,
            charge: charge.id,
            kind: charge.kind,
            days: Days { from: self.first, until: self.last.succ_opt().unwrap_or(self.last) },
            currency: subscription.currency,
            quantity: self.units,
            included: self.included,
            billable: self.billable,
            tier: (self.tier > 0).then_some(self.tier),
            unit_price: self.value.price(self.tier),
            percent,
            cost: percent.map(|_| self.cost),
            price_version: version,
            gross: round(&self.gross, subscription.currency)?,
            reference: round(&self.reference, subscription.currency)?,
        })
    }
}

/// The pieces of a usage charge: one for each price version, and for each tier where it makes a price.
#[derive(Default)]
pub(super) struct Pieces {
    /// In the order in which they were met.
    versions: Vec<PriceVersionId>,
    pieces: BTreeMap<(usize, u32), Piece>,
}

impl Pieces {
    /// The piece that a day adds to.
    pub fn on(&mut self, used: &UsedDay, tier: u32) -> &mut Piece {
        let known = self.versions.iter().position(|version| *version == used.version);
        let place = known.unwrap_or_else(|| {
            self.versions.push(used.version);
            self.versions.len() - 1
        });
        let empty = || Piece::empty(used.day, used.value.clone(), tier);
        let piece = self.pieces.entry((place, tier)).or_insert_with(empty);
        piece.last = piece.last.max(used.day);
        piece
    }

    pub fn lines(self, input: &Input<'_>, charge: &Charge) -> Result<Vec<Line>, OutOfRange> {
        let versions = self.versions;
        let version = |place: usize| versions.get(place).copied().ok_or(OutOfRange);
        self.pieces
            .into_iter()
            .map(|((place, _), piece)| piece.line(input, charge, version(place)?))
            .collect()
    }
}
