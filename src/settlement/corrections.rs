//! What a closed month costs more or less than its statement said.
//!
//! The month is rated again at its own prices and terms; what was settled for it, in its own statement and in later
//! corrections, is taken off, line by line. The difference goes into the next open statement, outside of that month's
//! tiers, commitment and cap. A line that was credited is never corrected past zero.

use std::collections::HashMap;

use crate::rating::{ChargeLine, LineKey, LineRole, SharedLine};
use crate::values::{
    Amount, ChannelId, ChargeLineId, Cost, Currency, Exact, Month, OutOfRange, Quantity, TermsId,
};

/// Where correction lines go.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub channel: ChannelId,
    pub currency: Currency,
    /// The closed month.
    pub origin: Month,
    /// The month of the statement that takes them.
    pub month: Month,
    /// The terms of the closed month.
    pub terms: Option<TermsId>,
}

/// All lines of one key, added up.
#[derive(Debug, Clone, Default)]
struct Sum {
    quantity: Quantity,
    included: Exact,
    billable: Exact,
    cost: Option<Cost>,
    gross: Amount,
    reference: Amount,
    reseller: Amount,
}

impl Sum {
    fn add(&mut self, line: &ChargeLine, sign: i8) -> Result<(), OutOfRange> {
        let signed = |amount: Amount| if sign < 0 { Amount::from_micros(-amount.micros()) } else { amount };
        let factor = Exact::from_integer(sign.into());
        let quantity = Quantity::from_units(line.quantity.units() * i128::from(sign));
        self.quantity = self.quantity.checked_add(quantity)?;
        self.included += line.included() * &factor;
        self.billable += line.billable() * factor;
        if let Some(cost) = line.cost {
            let cost = Cost::from_units(cost.units() * i128::from(sign));
            self.cost = Some(self.cost.unwrap_or_default().checked_add(cost)?);
        }
        self.gross = self.gross.checked_add(signed(line.gross))?;
        self.reference = self.reference.checked_add(signed(line.reference))?;
        self.reseller = self.reseller.checked_add(signed(line.reseller_share))?;
        Ok(())
    }

    fn is_nothing(&self) -> bool {
        self.gross.is_zero()
            && self.reference.is_zero()
            && self.reseller.is_zero()
            && self.quantity == Quantity::ZERO
            && self.billable == Exact::default()
    }
}

/// A key's difference and what is known of its line.
struct Change {
    /// The settled line, or the one newly rated.
    like: ChargeLine,
    corrects: Option<ChargeLineId>,
    difference: Sum,
    /// Of the settled lines.
    settled_gross: Amount,
    credited: Amount,
    credited_reseller: Amount,
    settled_reseller: Amount,
}

/// The correction lines from a month rated again and all settled lines of it.
pub fn corrections(
    again: &[SharedLine],
    settled: &[ChargeLine],
    place: Place,
) -> Result<Vec<ChargeLine>, OutOfRange> {
    let mut order: Vec<LineKey> = Vec::new();
    let mut changes: HashMap<LineKey, Change> = HashMap::new();
    for line in settled {
        let Some(key) = line.key() else { continue };
        let change = changes.entry(key).or_insert_with(|| {
            order.push(key);
            Change::like(line.clone(), Some(line.id))
        });
        change.settle(line)?;
    }
    for (position, shared) in (1..).zip(again) {
        let line = ChargeLine::rated(place.channel, place.origin, position, shared, place.terms);
        let Some(key) = line.key() else { continue };
        let change = changes.entry(key).or_insert_with(|| {
            order.push(key);
            Change::like(line.clone(), None)
        });
        change.difference.add(&line, 1)?;
    }
    let mut lines = Vec::new();
    for change in order.iter().filter_map(|key| changes.remove(key)) {
        let position = i64::try_from(lines.len()).unwrap_or(i64::MAX - 1) + 1;
        lines.extend(change.line(place, position)?);
    }
    Ok(lines)
}

impl Change {
    fn like(like: ChargeLine, corrects: Option<ChargeLineId>) -> Self {
        Self {
            like,
            corrects,
            difference: Sum::default(),
            settled_gross: Amount::ZERO,
            credited: Amount::ZERO,
            credited_reseller: Amount::ZERO,
            settled_reseller: Amount::ZERO,
        }
    }

    fn settle(&mut self, line: &ChargeLine) -> Result<(), OutOfRange> {
        if line.role == LineRole::Credit {
            self.credited = self.credited.checked_add(line.credited)?;
            self.credited_reseller = self.credited_reseller.checked_add(line.reseller_share)?;
            return Ok(());
        }
        self.settled_gross = self.settled_gross.checked_add(line.gross)?;
        self.settled_reseller = self.settled_reseller.checked_add(line.reseller_share)?;
        self.difference.add(line, -1)
    }

    /// What of the settled gross is left after credits: a correction takes no more than that.
    fn bounded(mut self) -> Result<Self, OutOfRange> {
        let left = self.settled_gross.checked_sub(self.credited)?;
        let after = left.checked_add(self.difference.gross)?;
        if self.credited > Amount::ZERO && left >= Amount::ZERO && after < Amount::ZERO {
            let share_left = self.settled_reseller.checked_add(self.credited_reseller)?;
            self.difference.gross = Amount::from_micros(-left.micros());
            self.difference.reseller = Amount::from_micros(-share_left.micros());
        }
        Ok(self)
    }

    fn line(self, place: Place, position: i64) -> Result<Option<ChargeLine>, OutOfRange> {
        let Self { like, corrects, difference, .. } = self.bounded()?;
        if difference.is_nothing() {
            return Ok(None);
        }
        let Place { channel, currency, origin, month, terms } = place;
        let key = format!("{channel} {month} correction {origin} {currency} {position} {}", like.id);
        Ok(Some(ChargeLine {
            id: ChargeLineId::derived(&key),
            role: LineRole::Correction,
            month,
            origin_month: origin,
            corrects_id: corrects,
            position,
            quantity: difference.quantity,
            included: difference.included.to_string(),
            billable: difference.billable.to_string(),
            cost: difference.cost,
            gross: difference.gross,
            credited: Amount::ZERO,
            reference: difference.reference,
            terms_id: terms,
            reseller_share: difference.reseller,
            provider_share: difference.gross.checked_sub(difference.reseller)?,
            ..like
        }))
    }
}
