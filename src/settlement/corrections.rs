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
    fn of(line: &ChargeLine) -> Self {
        Self {
            quantity: line.quantity,
            included: line.included(),
            billable: line.billable(),
            cost: line.cost,
            gross: line.gross,
            reference: line.reference,
            reseller: line.reseller_share,
        }
    }

    /// As much, taken off.
    fn negative(self) -> Self {
        let minus = |amount: Amount| Amount::from_micros(-amount.micros());
        Self {
            quantity: Quantity::from_units(-self.quantity.units()),
            included: -self.included,
            billable: -self.billable,
            cost: self.cost.map(|cost| Cost::from_units(-cost.units())),
            gross: minus(self.gross),
            reference: minus(self.reference),
            reseller: minus(self.reseller),
        }
    }

    fn add(&mut self, other: Self) -> Result<(), OutOfRange> {
        self.quantity = self.quantity.checked_add(other.quantity)?;
        self.included += other.included;
        self.billable += other.billable;
        if let Some(cost) = other.cost {
            self.cost = Some(self.cost.unwrap_or_default().checked_add(cost)?);
        }
        self.gross = self.gross.checked_add(other.gross)?;
        self.reference = self.reference.checked_add(other.reference)?;
        self.reseller = self.reseller.checked_add(other.reseller)?;
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
        change.difference.add(Sum::of(&line))?;
    }
    let mut lines = Vec::new();
    let mut position = 1;
    for change in order.iter().filter_map(|key| changes.remove(key)) {
        if let Some(line) = change.line(place, position)? {
            lines.push(line);
            position += 1;
        }
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
        self.difference.add(Sum::of(line).negative())
    }

    /// What of the settled gross is left after credits: a correction takes no more than that, and all of the share with
    /// all of the gross.
    fn bounded(mut self) -> Result<Self, OutOfRange> {
        let left = self.settled_gross.checked_sub(self.credited)?;
        let after = left.checked_add(self.difference.gross)?;
        if self.credited > Amount::ZERO && left >= Amount::ZERO && after <= Amount::ZERO {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::ChargeKind;
    use crate::rating::Line;
    use crate::terms::split::LineShare;
    use crate::values::{BundleId, ChargeId, CustomerId, Days, PriceVersionId, SubscriptionId};

    /// How much a line has of everything: of itself, and of what the re-seller gets.
    type Much = (i64, i64);

    fn october() -> Month {
        "2026-10".parse().unwrap()
    }

    fn place() -> Place {
        Place {
            channel: ChannelId::derived("channel"),
            currency: "USD".parse().unwrap(),
            origin: october(),
            month: "2026-12".parse().unwrap(),
            terms: Some(TermsId::derived("terms")),
        }
    }

    /// A subscription's line of `gross` micros; half of its units are included.
    fn rated(subscription: &str, (gross, reseller): Much) -> SharedLine {
        let amount = Amount::from_micros;
        let line = Line {
            customer: CustomerId::derived("customer"),
            subscription: SubscriptionId::derived(subscription),
            bundle: BundleId::derived("bundle"),
            product: None,
            charge: ChargeId::derived("usage"),
            kind: ChargeKind::Usage,
            days: Days { from: october().first_day(), until: october().end() },
            currency: place().currency,
            quantity: Quantity::from_units((gross * 2).into()),
            included: Exact::from_integer(gross.into()),
            billable: Exact::from_integer((gross * 3).into()),
            tier: None,
            unit_price: None,
            percent: None,
            cost: Some(Cost::from_units((gross * 5).into())),
            price_version: PriceVersionId::derived("price"),
            gross: amount(gross),
            reference: amount(gross * 7),
        };
        let share = LineShare { reseller: amount(reseller), provider: amount(gross - reseller) };
        SharedLine { line, category: Some("compute".into()), share }
    }

    fn settled(subscription: &str, much: Much) -> ChargeLine {
        let Place { channel, origin, terms, .. } = place();
        ChargeLine::rated(channel, origin, 1, &rated(subscription, much), terms)
    }

    fn credit(of: &ChargeLine, credited: i64, reseller: i64) -> ChargeLine {
        ChargeLine {
            id: ChargeLineId::derived(&format!("credit of {credited}")),
            role: LineRole::Credit,
            corrects_id: Some(of.id),
            gross: Amount::ZERO,
            credited: Amount::from_micros(credited),
            reseller_share: Amount::from_micros(-reseller),
            ..of.clone()
        }
    }

    fn corrected(again: &[SharedLine], settled: &[ChargeLine]) -> Vec<ChargeLine> {
        corrections(again, settled, place()).unwrap()
    }

    fn shares(line: &ChargeLine) -> (i64, i64, i64) {
        (line.gross.micros(), line.reseller_share.micros(), line.provider_share.micros())
    }

    #[test]
    fn a_month_that_costs_the_same_is_not_corrected() {
        assert_eq!(corrected(&[rated("s", (100, 15))], &[settled("s", (100, 15))]), []);
    }

    #[test]
    fn a_correction_has_all_of_the_difference_and_names_what_it_corrects() {
        let before = settled("s", (100, 15));
        let lines = corrected(&[rated("s", (130, 20))], std::slice::from_ref(&before));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(shares(line), (30, 5, 25));
        assert_eq!((line.quantity, line.reference.micros()), (Quantity::from_units(60), 210));
        assert_eq!((line.included.as_str(), line.billable.as_str()), ("30", "90"));
        assert_eq!((line.cost, line.credited), (Some(Cost::from_units(150)), Amount::ZERO));
        assert_eq!((line.role, line.corrects_id, line.position), (LineRole::Correction, Some(before.id), 1));
        let Place { month, origin, terms, .. } = place();
        assert_eq!((line.month, line.origin_month, line.terms_id), (month, origin, terms));
        assert_ne!(line.id, before.id);
        let kept = |line: &ChargeLine| (line.subscription_id, line.charge_id, line.category.clone());
        assert_eq!(kept(line), kept(&before));
    }

    #[test]
    fn what_was_never_settled_corrects_nothing_and_what_is_gone_is_given_back() {
        let lines = corrected(&[rated("new", (40, 6))], &[settled("gone", (100, 15))]);
        let told: Vec<_> =
            lines.iter().map(|line| (line.position, shares(line), line.corrects_id.is_some())).collect();
        assert_eq!(told, [(1, (-100, -15, -85), true), (2, (40, 6, 34), false)]);
    }

    #[test]
    fn each_of_the_figures_alone_makes_a_correction() {
        let same = rated("s", (100, 15));
        let differs = |change: &dyn Fn(&mut SharedLine)| {
            let mut again = same.clone();
            change(&mut again);
            corrected(&[again], &[settled("s", (100, 15))]).len()
        };
        assert_eq!(differs(&|again| again.line.gross = Amount::from_micros(101)), 1);
        assert_eq!(differs(&|again| again.line.reference = Amount::ZERO), 1);
        assert_eq!(differs(&|again| again.share.reseller = Amount::from_micros(16)), 1);
        assert_eq!(differs(&|again| again.line.quantity = Quantity::ZERO), 1);
        assert_eq!(differs(&|again| again.line.billable = Exact::default()), 1);
        assert_eq!(differs(&|_| ()), 0);
    }

    #[test]
    fn a_line_without_a_list_cost_has_none_in_its_correction() {
        let mut again = rated("s", (130, 20));
        again.line.cost = None;
        let before = ChargeLine { cost: None, ..settled("s", (100, 15)) };
        assert_eq!(corrected(&[again], &[before])[0].cost, None);
    }

    #[test]
    fn a_correction_is_no_credit_and_has_the_terms_of_its_month() {
        let line = ChargeLine { terms_id: None, ..settled("s", (100, 20)) };
        let lines = corrected(&[rated("s", (90, 18))], &[credit(&line, 40, 8), line]);
        assert_eq!((lines[0].credited, lines[0].terms_id), (Amount::ZERO, place().terms));
        assert_eq!(shares(&lines[0]), (-10, -2, -8));
    }

    #[test]
    fn commitment_and_cap_are_not_corrected() {
        let Place { channel, currency, origin, terms, .. } = place();
        let cap =
            ChargeLine::moved((channel, origin, currency, terms), LineRole::Cap, Amount::from_micros(9));
        assert_eq!(corrected(&[], &[cap]), []);
    }

    #[test]
    fn a_credited_line_is_corrected_to_nothing_and_no_further() {
        let line = settled("s", (100, 20));
        let after = |again: Much, credited: i64, reseller: i64| {
            let lines = corrected(&[rated("s", again)], &[line.clone(), credit(&line, credited, reseller)]);
            lines.first().map(shares)
        };
        // 40 of 100 and 8 of 20 were given back: 60 and 12 are left.
        assert_eq!(after((50, 10), 40, 8), Some((-50, -10, -40)));
        assert_eq!(after((40, 8), 40, 8), Some((-60, -12, -48)));
        assert_eq!(after((39, 5), 40, 8), Some((-60, -12, -48)));
        assert_eq!(after((40, 10), 40, 8), Some((-60, -12, -48)));
        assert_eq!(after((0, 0), 40, 8), Some((-60, -12, -48)));
        assert_eq!(after((130, 26), 40, 8), Some((30, 6, 24)));
        // All was given back: the correction of what it was for has no money.
        assert_eq!(after((50, 10), 100, 20), Some((0, 0, 0)));
    }

    #[test]
    fn a_line_that_nobody_credited_is_corrected_below_zero() {
        let lines = corrected(&[rated("s", (-30, -6))], &[settled("s", (100, 20))]);
        assert_eq!(shares(&lines[0]), (-130, -26, -104));
    }

    #[test]
    fn credits_of_more_than_a_line_has_bound_nothing() {
        let line = settled("s", (100, 20));
        let lines = corrected(&[rated("s", (0, 0))], &[line.clone(), credit(&line, 120, 24)]);
        assert_eq!(shares(&lines[0]), (-100, -20, -80));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Settled lines and corrections of a key add up to its last rating, however often it was rated again.
        #[test]
        fn corrections_lead_to_the_last_rating(
            ratings in prop::collection::vec(
                prop::collection::vec((-1_000i64..1_000, -200i64..200), 3), 1..5,
            ),
        ) {
            let mut all = Vec::new();
            for rating in &ratings {
                let again: Vec<_> = ["a", "b", "c"]
                    .into_iter()
                    .zip(rating)
                    .map(|(subscription, much)| rated(subscription, *much))
                    .collect();
                let lines = corrected(&again, &all);
                all.extend(lines);
                for shared in &again {
                    let key = Some(shared.line.key());
                    let sum = |of: &dyn Fn(&ChargeLine) -> i64| -> i64 {
                        all.iter().filter(|line| line.key() == key).map(of).sum()
                    };
                    prop_assert_eq!(sum(&|line| line.gross.micros()), shared.line.gross.micros());
                    prop_assert_eq!(sum(&|line| line.reference.micros()), shared.line.reference.micros());
                    prop_assert_eq!(sum(&|line| line.reseller_share.micros()), shared.share.reseller.micros());
                    prop_assert_eq!(sum(&|line| line.provider_share.micros()), shared.share.provider.micros());
                }
            }
        }
    }
}
