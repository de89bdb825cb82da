//! Rates a channel's month: an open one anew, a closed one into corrections.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::out_of_range;
use crate::books;
use crate::db::query::Both;
use crate::db::schema::{channels, charge_lines as l, resellers, statements, subscriptions};
use crate::db::{AnyConnection, Failure};
use crate::rating::{self, ChargeLine, Line, LineRole, MonthInputs};
use crate::settlement::StatementState;
use crate::settlement::corrections::{Place, corrections};
use crate::terms::limits::{Part, Shares, adjust};
use crate::terms::{self, ShareRule, TermsVersion};
use crate::values::{Amount, ChannelId, Currency, Days, Month, ResellerId, StatementId, TermsId, Timestamp};

/// What rating a month brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// How many lines the month has now, corrections apart.
    pub lines: usize,
    /// Gross by currency.
    pub gross: BTreeMap<Currency, Amount>,
}

/// Rates the month again, in one transaction: the same inputs give the same lines. In each currency an open month's
/// lines are replaced; a closed month's stay, and what differs becomes corrections in the next open statement.
pub fn rate_month<R>(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    now: Timestamp,
) -> Result<Rated, Failure<R>> {
    let inputs = rating::store::inputs(connection, channel, month)?;
    let lines = inputs.lines().map_err(out_of_range)?;
    rating::store::mark_rated(connection, channel, month, lines.len(), now)?;
    let closed = books::closed(connection, channel, month)?;
    let reseller: ResellerId =
        channels::table.find(channel).select(channels::reseller_id).first(connection)?;
    let terms = terms::store::in_effect(connection, reseller, month)?;
    let mut currencies = kept_currencies(connection, channel, month)?;
    currencies.extend(lines.iter().map(|line| line.currency));
    let is_over = now.day() >= month.end();
    if is_over && active_part(connection, channel, month)?.active_days > 0 {
        currencies.extend(terms.iter().flat_map(|terms| terms.offer.rule.commitments.keys().copied()));
    }
    let rating = Rating { channel, month, is_over, inputs, lines };
    for currency in currencies {
        match closed.get(&currency) {
            None => rating.replace(connection, currency, terms.as_ref())?,
            Some(pinned) => rating.correct(connection, reseller, currency, *pinned)?,
        }
    }
    rating.told()
}

/// The currencies of the lines that a month has already.
fn kept_currencies(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<BTreeSet<Currency>> {
    let kept: Vec<Currency> = l::table
        .filter(l::channel_id.eq(channel))
        .filter(l::month.eq(month))
        .select(l::currency)
        .distinct()
        .load(connection)?;
    Ok(kept.into_iter().collect())
}

/// A month as it was rated just now.
struct Rating {
    channel: ChannelId,
    month: Month,
    /// Commitment and cap are due when the month is.
    is_over: bool,
    inputs: MonthInputs,
    lines: Vec<Line>,
}

impl Rating {
    /// Puts the lines of an open month in place of the old ones.
    fn replace<R>(
        &self,
        connection: &mut AnyConnection,
        currency: Currency,
        terms: Option<&TermsVersion>,
    ) -> Result<(), Failure<R>> {
        open_statement(connection, self.channel, currency, self.month)?;
        let rule = terms.map(|terms| &terms.offer.rule);
        let shared = self.inputs.shared(&self.lines, currency, rule).map_err(out_of_range)?;
        let places = (1..).zip(&self.lines).filter(|(_, line)| line.currency == currency);
        let placed: Vec<_> = places.map(|(position, _)| position).zip(shared).collect();
        let id = terms.map(|terms| terms.id);
        let mut lines = rating::store::charge_lines(self.channel, self.month, &placed, id);
        if let Some(rule) = rule.filter(|_| self.is_over) {
            lines.extend(self.limit_lines(connection, currency, rule, id, &lines)?);
        }
        rating::store::clear(connection, self.channel, self.month, currency)?;
        Ok(rating::store::insert(connection, &lines)?)
    }

    /// Commitment and cap as lines of their own.
    fn limit_lines<R>(
        &self,
        connection: &mut AnyConnection,
        currency: Currency,
        rule: &ShareRule,
        terms: Option<TermsId>,
        lines: &[ChargeLine],
    ) -> Result<Vec<ChargeLine>, Failure<R>> {
        let sum = |part: fn(&ChargeLine) -> Amount| Amount::sum(lines.iter().map(part)).map_err(out_of_range);
        let shares =
            Shares { reseller: sum(|line| line.reseller_share)?, provider: sum(|line| line.provider_share)? };
        let (commitment, cap) = (rule.commitments.get(&currency).copied(), rule.caps.get(&currency).copied());
        let part = active_part(connection, self.channel, self.month)?;
        let moved = adjust(commitment, cap, shares, part, currency).map_err(out_of_range)?;
        let place = (self.channel, self.month, currency, terms);
        let moves = [(LineRole::Commitment, moved.commitment), (LineRole::Cap, moved.cap)];
        Ok(moves
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(role, amount)| ChargeLine::moved(place, role, amount))
            .collect())
    }

    /// Puts what differs from the settled lines of a closed month into the next open statement.
    fn correct<R>(
        &self,
        connection: &mut AnyConnection,
        reseller: ResellerId,
        currency: Currency,
        terms: Option<TermsId>,
    ) -> Result<(), Failure<R>> {
        let (channel, origin) = (self.channel, self.month);
        let month = books::first_open_after(connection, channel, currency, origin)?;
        withdraw_corrections(connection, channel, currency, origin, month)?;
        let settled = settled(connection, channel, currency, origin)?;
        let inputs = as_settled(self.inputs.clone(), &settled);
        let version = terms::store::version(connection, reseller, terms)?;
        let rule = version.as_ref().map(|version| &version.offer.rule);
        let again = inputs.shared(&self.lines, currency, rule).map_err(out_of_range)?;
        let place = Place { channel, currency, origin, month, terms };
        let lines = corrections(&again, &settled, place).map_err(out_of_range)?;
        if !lines.is_empty() {
            open_statement(connection, channel, currency, month)?;
        }
        Ok(rating::store::insert(connection, &lines)?)
    }

    fn told<R>(&self) -> Result<Rated, Failure<R>> {
        let mut gross: BTreeMap<Currency, Amount> = BTreeMap::new();
        for line in &self.lines {
            let sum = gross.entry(line.currency).or_default();
            *sum = sum.checked_add(line.gross).map_err(out_of_range)?;
        }
        Ok(Rated { lines: self.lines.len(), gross })
    }
}

/// The days of a month on which the channel ran: from the day it was made, or its first subscription if that is
/// earlier, until the account was closed.
pub fn active_part(connection: &mut AnyConnection, channel: ChannelId, month: Month) -> QueryResult<Part> {
    let (made, closed): (Timestamp, Option<NaiveDate>) = channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(channels::id.eq(channel))
        .select((channels::created_at, resellers::closed_on))
        .first(connection)?;
    let first: Option<NaiveDate> = subscriptions::table
        .filter(subscriptions::channel_id.eq(channel))
        .select(diesel::dsl::min(subscriptions::start_on))
        .first(connection)?;
    let from = first.map_or(made.day(), |first| first.min(made.day()));
    let ran =
        Days::new(from, closed.unwrap_or(NaiveDate::MAX)).and_then(|days| days.intersect(month.all_days()));
    Ok(Part { active_days: ran.map_or(0, Days::len), month_days: month.days() })
}

/// Makes the statement of an open month, when it is not there.
pub(super) fn open_statement(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    month: Month,
) -> QueryResult<()> {
    let row = (
        statements::id.eq(StatementId::generate()),
        statements::channel_id.eq(channel),
        statements::currency.eq(currency),
        statements::month.eq(month),
        statements::state.eq(StatementState::Open),
    );
    Both(diesel::insert_into(statements::table).values(row).on_conflict_do_nothing()).execute(connection)?;
    Ok(())
}

fn withdraw_corrections(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    origin: Month,
    month: Month,
) -> QueryResult<()> {
    diesel::delete(
        l::table
            .filter(l::channel_id.eq(channel))
            .filter(l::currency.eq(currency))
            .filter(l::origin_month.eq(origin))
            .filter(l::month.eq(month))
            .filter(l::role.eq(LineRole::Correction)),
    )
    .execute(connection)?;
    Ok(())
}

/// Every line about a month that a closed statement holds, in their order.
fn settled(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    origin: Month,
) -> QueryResult<Vec<ChargeLine>> {
    l::table
        .filter(l::channel_id.eq(channel))
        .filter(l::currency.eq(currency))
        .filter(l::origin_month.eq(origin))
        .order((l::month, l::position))
        .load(connection)
}

/// The inputs with the categories that the settled lines were shared by.
fn as_settled(mut inputs: MonthInputs, settled: &[ChargeLine]) -> MonthInputs {
    for line in settled.iter().filter(|line| line.role == LineRole::Charge) {
        if let (Some(product), Some(category)) = (line.product_id, &line.category) {
            inputs.categories.insert(product, category.clone());
        }
    }
    inputs
}
