//! Runs in the database.

use diesel::prelude::*;
use uuid::Uuid;

use super::{PassedOver, Run, RunStep};
use crate::db::schema::{
    channels, jobs as j, settlement_refusals as r, settlement_runs as t, statements as s,
};
use crate::db::{AnyConnection, Failure};
use crate::jobs::{self, Job, JobKind, JobState, NewJob};
use crate::settlement::StatementState;
use crate::settlement::state::Refusal;
use crate::values::{
    Act, Actor, ActorKind, ChannelId, Month, ObjectId, SettlementRunId, StatementId, Timestamp,
};

crate::text_columns!(RunStep);

type Row = (
    (SettlementRunId, RunStep, Month),
    (ActorKind, Option<ObjectId>, String, Option<String>),
    (Timestamp, i64),
);

type Columns = (
    (t::id, t::step, t::month),
    (t::actor_kind, t::actor_id, t::actor_name, t::address),
    (t::started_at, t::taken),
);

const RUN: Columns = (
    (t::id, t::step, t::month),
    (t::actor_kind, t::actor_id, t::actor_name, t::address),
    (t::started_at, t::taken),
);

fn run(row: Row) -> Run {
    let ((id, step, month), (kind, actor, name, address), (started_at, taken)) = row;
    let started_by = Actor { kind, id: actor.map(ObjectId::as_uuid), name, address };
    Run { id, step, month, started_by, started_at, taken }
}

/// Starts a step for a month. While the same one is under way it is that one.
///
/// Refuses a month that is not over, and one of which nothing waits; whether there is anything to close shows only when
/// it is rated.
pub fn start(
    connection: &mut AnyConnection,
    step: RunStep,
    month: Month,
    act: &Act,
) -> Result<SettlementRunId, Failure<Refusal>> {
    if let Some(id) = under_way(connection, step, month)? {
        return Ok(id);
    }
    match step {
        RunStep::Close if act.today() < month.end() => return Err(Failure::Refused(Refusal::NotOver)),
        RunStep::Send | RunStep::Post if waiting(connection, step, month, act.at)?.is_empty() => {
            return Err(Failure::Refused(Refusal::NoneWaits));
        }
        _ => {}
    }
    let id = SettlementRunId::generate();
    diesel::insert_into(t::table)
        .values((
            (t::id.eq(id), t::step.eq(step), t::month.eq(month), t::started_at.eq(act.at), t::taken.eq(0)),
            (
                t::actor_kind.eq(act.who.kind),
                t::actor_id.eq(act.who.id.map(ObjectId::from_uuid)),
                t::actor_name.eq(&act.who.name),
                t::address.eq(&act.who.address),
            ),
        ))
        .execute(connection)?;
    let job = NewJob { kind: JobKind::SettleMonth, subject: id.into(), month: Some(month) };
    jobs::store::enqueue(connection, &job, act.at)?;
    Ok(id)
}

fn under_way(
    connection: &mut AnyConnection,
    step: RunStep,
    month: Month,
) -> QueryResult<Option<SettlementRunId>> {
    let busy = j::table
        .filter(j::kind.eq(JobKind::SettleMonth))
        .filter(j::state.eq_any([JobState::Queued, JobState::Running]))
        .filter(j::month.eq(month))
        .select(j::subject);
    let busy: Vec<Option<ObjectId>> = busy.load(connection)?;
    let busy = busy.into_iter().flatten().map(|id| SettlementRunId::from_uuid(id.as_uuid()));
    t::table
        .filter(t::id.eq_any(busy.collect::<Vec<_>>()))
        .filter(t::step.eq(step))
        .select(t::id)
        .first(connection)
        .optional()
}

/// A run and the job that carries it; none where its job was not kept.
pub fn find(connection: &mut AnyConnection, id: SettlementRunId) -> QueryResult<(Run, Option<Job>)> {
    let found = t::table.find(id).select(RUN).first::<Row>(connection)?;
    Ok((run(found), jobs::store::newest_about(connection, id)?))
}

/// The last runs of a month, the newest first, each with the state of its job.
pub fn of_month(connection: &mut AnyConnection, month: Month) -> QueryResult<Vec<(Run, Option<JobState>)>> {
    let rows: Vec<(Row, Option<JobState>)> = t::table
        .left_join(j::table.on(j::subject.eq(t::id.nullable())))
        .filter(t::month.eq(month))
        .order(t::id.desc())
        .limit(20)
        .select((RUN, j::state.nullable()))
        .load(connection)?;
    Ok(rows.into_iter().map(|(row, state)| (run(row), state)).collect())
}

/// How many statements of a month stand in each state.
pub fn counts(connection: &mut AnyConnection, month: Month) -> QueryResult<Vec<(StatementState, i64)>> {
    let counted = s::table
        .filter(s::month.eq(month))
        .group_by(s::state)
        .select((s::state, diesel::dsl::count_star()))
        .load::<(StatementState, i64)>(connection)?;
    let of = |state: &StatementState| counted.iter().find(|one| one.0 == *state).map_or(0, |one| one.1);
    Ok(StatementState::ALL.iter().map(|state| (*state, of(state))).collect())
}

/// The statements that have waited for a step since a moment, by channel: what comes to wait later, whoever asked for
/// the step has not seen.
pub(super) fn waiting(
    connection: &mut AnyConnection,
    step: RunStep,
    month: Month,
    since: Timestamp,
) -> QueryResult<Vec<(StatementId, ChannelId)>> {
    let all = s::table
        .inner_join(channels::table.on(channels::id.eq(s::channel_id)))
        .filter(s::month.eq(month))
        .filter(s::state.eq(step.waiting()))
        .order((channels::name_key, s::currency, s::id))
        .select((s::id, s::channel_id))
        .into_boxed();
    let all = match step {
        RunStep::Close => all,
        RunStep::Send => all.filter(s::closed_at.le(since)),
        RunStep::Post => all.filter(s::agreed_at.le(since)),
    };
    all.load(connection)
}

/// Forgets what was passed over: what is left is tried again.
pub(super) fn begin(connection: &mut AnyConnection, id: SettlementRunId) -> QueryResult<()> {
    diesel::delete(r::table.filter(r::run_id.eq(id))).execute(connection)?;
    Ok(())
}

pub(super) fn note_taken(connection: &mut AnyConnection, id: SettlementRunId, more: i64) -> QueryResult<()> {
    diesel::update(t::table.find(id)).set(t::taken.eq(t::taken + more)).execute(connection)?;
    Ok(())
}

pub(super) fn pass_over(
    connection: &mut AnyConnection,
    id: SettlementRunId,
    one: &PassedOver,
) -> QueryResult<()> {
    diesel::insert_into(r::table)
        .values((
            r::id.eq(ObjectId::from_uuid(Uuid::now_v7())),
            r::run_id.eq(id),
            r::channel_id.eq(one.channel),
            r::statement_id.eq(one.statement),
            r::what.eq(&one.what),
            r::reason.eq(&one.reason),
        ))
        .execute(connection)?;
    Ok(())
}

/// What a run passed over, in its order, and no more than 1,000 of it.
pub fn passed_over(connection: &mut AnyConnection, id: SettlementRunId) -> QueryResult<Vec<PassedOver>> {
    let rows: Vec<(ChannelId, Option<StatementId>, String, String)> = r::table
        .filter(r::run_id.eq(id))
        .order(r::id)
        .limit(1_000)
        .select((r::channel_id, r::statement_id, r::what, r::reason))
        .load(connection)?;
    let one = |(channel, statement, what, reason)| PassedOver { channel, statement, what, reason };
    Ok(rows.into_iter().map(one).collect())
}
