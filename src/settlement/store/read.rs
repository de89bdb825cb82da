//! Statements as they stand, bound to the scope.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::dsl::{case_when, sum};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{channels, charge_lines as l, payments as p, resellers, statements, statements as s};
use crate::rating::{ChargeLine, LineRole};
use crate::settlement::window::{LINES, begin};
use crate::settlement::{Balance, Payment, Posted, Statement, StatementState, Totals};
use crate::terms::Collector;
use crate::values::{
    Amount, ChannelId, Currency, Month, OutOfRange, PaymentId, ResellerId, Scope, StatementId, TermsId,
    Timestamp,
};

type Head = (StatementId, ChannelId, String, String, ResellerId, String, Currency, Month, StatementState);
type Pinned = (
    Option<TermsId>,
    Option<Collector>,
    Option<i64>,
    Option<Timestamp>,
    Option<String>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<String>,
);
type Sealed = (
    (Option<String>, Option<Timestamp>, Option<String>, Option<NaiveDate>),
    (Option<Amount>, Option<Amount>, Option<Amount>, Option<Amount>),
    (Option<Amount>, Option<Amount>, Option<i64>, Option<Amount>, Option<StatementId>, Option<String>),
);
pub(super) type Row = (Head, Pinned, Sealed);

#[diesel::dsl::auto_type]
pub(super) fn joined() -> _ {
    s::table
        .inner_join(channels::table.on(channels::id.eq(s::channel_id)))
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .select((
            (
                s::id,
                s::channel_id,
                channels::code,
                channels::name,
                channels::reseller_id,
                resellers::name,
                s::currency,
                s::month,
                s::state,
            ),
            (
                s::terms_id,
                s::collects,
                s::payment_days,
                s::closed_at,
                s::closed_by,
                s::sent_at,
                s::agreed_at,
                s::agreed_by,
            ),
            (
                (s::number, s::posted_at, s::posted_by, s::due_on),
                (s::gross, s::credits, s::reseller_share, s::provider_share),
                (s::opening, s::payments, s::payments_through, s::closing, s::previous_id, s::seal),
            ),
        ))
}

pub(super) fn statement((head, pinned, sealed): Row) -> Statement {
    let (id, channel, channel_code, channel_name, reseller, reseller_name, currency, month, state) = head;
    let (terms, collects, payment_days, closed_at, closed_by, sent_at, agreed_at, agreed_by) = pinned;
    let collects = collects.unwrap_or(Collector::Provider);
    Statement {
        id,
        channel,
        channel_code,
        channel_name,
        reseller,
        reseller_name,
        currency,
        month,
        state,
        terms,
        collects,
        payment_days: payment_days.unwrap_or_default(),
        closed_at,
        closed_by,
        sent_at,
        agreed_at,
        agreed_by,
        posted: posted(sealed, collects),
    }
}

fn posted((given, totals, balance): Sealed, collects: Collector) -> Option<Posted> {
    let (number, at, by, due_on) = given;
    let (gross, credits, reseller_share, provider_share) = totals;
    let (opening, payments, payments_through, closing, previous, seal) = balance;
    let totals = Totals {
        gross: gross?,
        credits: credits?,
        reseller_share: reseller_share?,
        provider_share: provider_share?,
    };
    let movement = totals.movement(collects);
    Some(Posted {
        number: number?,
        at: at?,
        by: by?,
        due_on: due_on?,
        totals,
        balance: Balance { opening: opening?, payments: payments?, movement, closing: closing? },
        payments_through: payments_through?,
        previous,
        seal: seal?,
    })
}

/// What a re-seller does not see yet.
pub(super) const BEFORE_SENT: [StatementState; 2] = [StatementState::Open, StatementState::Closing];

/// A statement that root acts on.
pub(super) fn any(connection: &mut AnyConnection, id: StatementId) -> QueryResult<Statement> {
    joined().filter(s::id.eq(id)).first::<Row>(connection).map(statement)
}

/// A statement in scope; a re-seller's from when it was sent.
pub fn find(connection: &mut AnyConnection, scope: Scope, id: StatementId) -> QueryResult<Statement> {
    let mut query = joined().filter(s::id.eq(id)).into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller)).filter(s::state.ne_all(BEFORE_SENT));
    }
    query.first::<Row>(connection).map(statement)
}

/// A channel's statements in scope, the newest month first.
pub fn of_channel(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
    limit: i64,
) -> QueryResult<Vec<Statement>> {
    let own = joined().filter(s::channel_id.eq(channel));
    let mut query = own.order((s::month.desc(), s::id)).limit(limit).into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller)).filter(s::state.ne_all(BEFORE_SENT));
    }
    Ok(query.load::<Row>(connection)?.into_iter().map(statement).collect())
}

/// The statements of a channel's month, by currency.
pub fn of_month(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<Vec<Statement>> {
    let rows = joined().filter(s::channel_id.eq(channel)).filter(s::month.eq(month)).order(s::currency);
    Ok(rows.load::<Row>(connection)?.into_iter().map(statement).collect())
}

/// Every posted statement of a channel's currency that no other one follows: at most one.
pub(super) fn last_posted(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
) -> QueryResult<Option<Statement>> {
    let rows = joined()
        .filter(s::channel_id.eq(channel))
        .filter(s::currency.eq(currency))
        .filter(s::state.eq(StatementState::Posted))
        .load::<Row>(connection)?;
    let all: Vec<Statement> = rows.into_iter().map(statement).collect();
    let followed: Vec<StatementId> =
        all.iter().filter_map(|one| one.posted.as_ref().and_then(|posted| posted.previous)).collect();
    Ok(all.into_iter().find(|one| !followed.contains(&one.id)))
}

/// Of each channel's currency the posted statement that no other one follows, when something is due by a day; the
/// longest due first.
pub(super) fn last_posted_of_all(
    connection: &mut AnyConnection,
    today: NaiveDate,
) -> QueryResult<Vec<Statement>> {
    let later = diesel::alias!(statements as later);
    let followed = later.filter(later.field(s::previous_id).eq(s::id.nullable()));
    let rows = joined()
        .filter(s::state.eq(StatementState::Posted))
        .filter(s::due_on.lt(today))
        .filter(s::closing.ne(Amount::ZERO))
        .filter(diesel::dsl::not(diesel::dsl::exists(followed)))
        .order((s::due_on, s::id));
    Ok(rows.load::<Row>(connection)?.into_iter().map(statement).collect())
}

/// Every posted statement, in the order of the numbers.
pub(super) fn all_posted(connection: &mut AnyConnection) -> QueryResult<Vec<Statement>> {
    let rows = joined().filter(s::state.eq(StatementState::Posted)).order((s::posted_at, s::number));
    Ok(rows.load::<Row>(connection)?.into_iter().map(statement).collect())
}

/// A statement's lines: charges, corrections of earlier months, commitment and cap, credits.
pub fn lines(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Vec<ChargeLine>> {
    let mut lines: Vec<ChargeLine> = l::table
        .filter(l::channel_id.eq(statement.channel))
        .filter(l::currency.eq(statement.currency))
        .filter(l::month.eq(statement.month))
        .load(connection)?;
    lines.sort_by_key(|line| (line.role.order(), line.origin_month, line.position));
    Ok(lines)
}

/// Some of a statement's lines, in the same order; where they begin, and how many it has.
pub(super) fn some_lines(
    connection: &mut AnyConnection,
    statement: &Statement,
    asked: i64,
) -> QueryResult<(Vec<ChargeLine>, i64, i64)> {
    let own = l::table
        .filter(l::channel_id.eq(statement.channel))
        .filter(l::currency.eq(statement.currency))
        .filter(l::month.eq(statement.month));
    let count = own.count().get_result(connection)?;
    let skipped = begin(asked, count);
    let order = |role: LineRole| i32::from(role.order()).into_sql::<Integer>();
    let place = case_when(l::role.eq(LineRole::Charge), order(LineRole::Charge))
        .when(l::role.eq(LineRole::Correction), order(LineRole::Correction))
        .when(l::role.eq(LineRole::Commitment), order(LineRole::Commitment))
        .when(l::role.eq(LineRole::Cap), order(LineRole::Cap))
        .otherwise(order(LineRole::Credit));
    let some = own.order((place, l::origin_month, l::position, l::id)).offset(skipped).limit(LINES);
    Ok((some.load(connection)?, skipped, count))
}

/// Gross, credited, the re-seller's share and the provider's.
pub(super) type SumsOfLines = (Option<Amount>, Option<Amount>, Option<Amount>, Option<Amount>);

/// What a statement's lines add up to now.
pub fn totals(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Totals> {
    let sums: SumsOfLines = l::table
        .filter(l::channel_id.eq(statement.channel))
        .filter(l::currency.eq(statement.currency))
        .filter(l::month.eq(statement.month))
        .select((sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)))
        .first(connection)?;
    Ok(summed(sums))
}

/// What the lines of several statements add up to, in one query.
pub(super) fn totals_of(
    connection: &mut AnyConnection,
    statements: &[Statement],
) -> QueryResult<HashMap<StatementId, Totals>> {
    type Key = (ChannelId, Currency, Month);
    let channels: BTreeSet<ChannelId> = statements.iter().map(|one| one.channel).collect();
    let months: BTreeSet<Month> = statements.iter().map(|one| one.month).collect();
    let rows: Vec<(Key, SumsOfLines)> = l::table
        .filter(among(l::channel_id, channels))
        .filter(among(l::month, months))
        .group_by((l::channel_id, l::currency, l::month))
        .select((
            (l::channel_id, l::currency, l::month),
            (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)),
        ))
        .load(connection)?;
    let known: HashMap<Key, SumsOfLines> = rows.into_iter().collect();
    let of = |one: &Statement| known.get(&(one.channel, one.currency, one.month)).copied().map(summed);
    Ok(statements.iter().map(|one| (one.id, of(one).unwrap_or_default())).collect())
}

pub(super) fn summed((gross, credits, reseller_share, provider_share): SumsOfLines) -> Totals {
    Totals {
        gross: gross.unwrap_or_default(),
        credits: credits.unwrap_or_default(),
        reseller_share: reseller_share.unwrap_or_default(),
        provider_share: provider_share.unwrap_or_default(),
    }
}

const PAYMENT: PaymentColumns =
    (p::id, p::number, p::amount, p::paid_on, p::reference, p::recorded_at, p::recorded_by);
type PaymentColumns = (p::id, p::number, p::amount, p::paid_on, p::reference, p::recorded_at, p::recorded_by);
type PaymentRow = (PaymentId, i64, Amount, NaiveDate, String, Timestamp, String);

fn payment((id, number, amount, paid_on, reference, recorded_at, recorded_by): PaymentRow) -> Payment {
    Payment { id, number, amount, paid_on, reference, recorded_at, recorded_by }
}

/// The payments of a channel's currency after a number, oldest first.
pub fn payments_after(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    number: i64,
) -> QueryResult<Vec<Payment>> {
    let rows: Vec<PaymentRow> = p::table
        .filter(p::channel_id.eq(channel))
        .filter(p::currency.eq(currency))
        .filter(p::number.gt(number))
        .order(p::number)
        .select(PAYMENT)
        .load(connection)?;
    Ok(rows.into_iter().map(payment).collect())
}

/// What was paid for a statement, oldest first.
pub fn payments_of(connection: &mut AnyConnection, id: StatementId) -> QueryResult<Vec<Payment>> {
    let rows: Vec<PaymentRow> =
        p::table.filter(p::statement_id.eq(id)).order(p::number).select(PAYMENT).load(connection)?;
    Ok(rows.into_iter().map(payment).collect())
}

/// The balance of a statement: sealed, or as it would be posted now.
pub fn balance(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Balance> {
    if let Some(posted) = &statement.posted {
        return Ok(posted.balance);
    }
    let before = last_posted(connection, statement.channel, statement.currency)?;
    let before = before.and_then(|before| before.posted);
    let through = before.as_ref().map_or(0, |posted| posted.payments_through);
    let opening = before.map(|posted| posted.balance.closing).unwrap_or_default();
    let paid = payments_after(connection, statement.channel, statement.currency, through)?;
    let paid = Amount::sum(paid.iter().map(|payment| payment.amount)).map_err(too_large)?;
    let movement = totals(connection, statement)?.movement(statement.collects);
    Balance::carried(opening, paid, movement).map_err(too_large)
}

pub(super) fn too_large(error: OutOfRange) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(error.into())
}
