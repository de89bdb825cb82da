//! The job of a run.

use std::collections::VecDeque;

use diesel::{OptionalExtension, QueryResult};

use super::store as runs;
use super::{PassedOver, Run, RunStep};
use crate::access::{self, AccountState};
use crate::channels;
use crate::clock::SharedClock;
use crate::db::{AnyConnection, Db, Decided, Failure, Never};
use crate::jobs::{self, Job};
use crate::mail::Letterhead;
use crate::settlement::state::Refusal;
use crate::settlement::{notices, store};
use crate::values::{Act, Actor, ChannelId, Right, Scope, SettlementRunId, StatementId, UserId};

/// In whose name re-sellers are written to.
#[derive(Debug, Clone)]
pub struct Office {
    pub letterhead: Letterhead,
    /// After how many days silence is agreement.
    pub agree_after_days: u32,
}

/// What is told of a statement whose step failed by no rule.
const FAILED: &str = "It failed; the log has the reason";
/// What is told of one that other work stood in the way of.
const BUSY: &str = "Other work was at its channel; start the step again";

/// One thing to do: a channel's month to close, or a statement to send or post.
#[derive(Debug, Clone, Copy)]
struct Item {
    channel: ChannelId,
    statement: Option<StatementId>,
}

/// Takes the step of a run for everything that is left.
pub fn take_steps(db: &Db, job: &Job, clock: &SharedClock, office: &Office) -> Result<String, String> {
    run(db, job, clock, office).map_err(|failure| failure.to_string())
}

fn run(db: &Db, job: &Job, clock: &SharedClock, office: &Office) -> Result<String, Failure> {
    let id = SettlementRunId::from_uuid(job.subject.as_uuid());
    let (run, left) = db.write_blocking::<_, Never>(|connection| {
        let (run, _) = runs::find(connection, id)?;
        if !may_settle(connection, &run.started_by)? {
            return Err(Failure::Unavailable("who started it may no longer settle".to_owned()));
        }
        runs::begin(connection, id)?;
        let left = left(connection, &run)?;
        Ok((run, left))
    })?;
    let total = count(left.len());
    let mut done = 0;
    let mut queue: VecDeque<(Item, Try)> = left.into_iter().map(|item| (item, Try::First)).collect();
    while let Some((item, at)) = queue.pop_front() {
        let act = Act { who: run.started_by.clone(), at: clock.now() };
        let outcome = db.write_blocking(|connection| {
            let more = take(connection, &run, item, &act, office)?;
            runs::note_taken(connection, id, more)?;
            Ok(jobs::store::note_progress(connection, job.id, done + 1, total)?)
        });
        if at == Try::First && outcome.as_ref().is_err_and(Failure::asks_to_retry) {
            queue.push_back((item, Try::Last));
            continue;
        }
        done += 1;
        let Some(reason) = refused(&run, item, outcome.decided())? else { continue };
        db.write_blocking::<_, Never>(|connection| {
            pass_over(connection, &run, item, &reason)?;
            Ok(jobs::store::note_progress(connection, job.id, done, total)?)
        })?;
    }
    Ok(format!("{done} looked at"))
}

/// What met other work on the same channel, again and again, is tried once more after the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Last,
}

/// Whether somebody still has the right that they had when they started the run; the program itself always has.
fn may_settle(connection: &mut AnyConnection, who: &Actor) -> QueryResult<bool> {
    let Some(id) = who.id else { return Ok(true) };
    let user = access::store::find(connection, UserId::from_uuid(id)).optional()?;
    Ok(user
        .is_none_or(|user| user.state == AccountState::Active && Right::Settling.is_of(user.side, user.role)))
}

/// Why something did not take the step, for people; a database that is away ends the try.
fn refused(
    run: &Run,
    item: Item,
    outcome: Result<Result<(), Refusal>, Failure>,
) -> Result<Option<String>, Failure> {
    match outcome {
        // Nothing to tell of a channel that has nothing to close, or of what somebody took further meanwhile.
        Ok(Ok(()) | Err(Refusal::State(_))) => Ok(None),
        Ok(Err(Refusal::NothingRated)) if item.statement.is_none() => Ok(None),
        Ok(Err(refusal)) => Ok(Some(refusal.to_string())),
        Err(failure) if failure.asks_to_retry() => Ok(Some(BUSY.to_owned())),
        Err(failure) if failure.is_passing() => Err(failure),
        Err(failure) => {
            tracing::error!(run = %run.id, channel = %item.channel, "{failure}");
            Ok(Some(FAILED.to_owned()))
        }
    }
}

fn left(connection: &mut AnyConnection, run: &Run) -> QueryResult<Vec<Item>> {
    if run.step == RunStep::Close {
        let all = channels::store::ids(connection)?;
        return Ok(all.into_iter().map(|channel| Item { channel, statement: None }).collect());
    }
    let all = runs::waiting(connection, run.step, run.month, run.started_at)?;
    Ok(all.into_iter().map(|(id, channel)| Item { channel, statement: Some(id) }).collect())
}

/// How many statements took the step.
fn take(
    connection: &mut AnyConnection,
    run: &Run,
    item: Item,
    act: &Act,
    office: &Office,
) -> Result<i64, Failure<Refusal>> {
    let Office { letterhead, agree_after_days } = office;
    match (run.step, item.statement) {
        (RunStep::Close, _) => {
            let closed = store::close(connection, item.channel, run.month, act)?;
            return Ok(count(closed.len()));
        }
        (RunStep::Send, Some(id)) => {
            let statement = store::send(connection, id, act)?;
            notices::sent(connection, &statement, letterhead, *agree_after_days, act)?;
        }
        (RunStep::Post, Some(id)) => {
            store::post(connection, id, act)?;
            let statement = store::find(connection, Scope::Root, id)?;
            notices::posted(connection, &statement, letterhead, act)?;
        }
        (RunStep::Send | RunStep::Post, None) => return Ok(0),
    }
    Ok(1)
}

fn pass_over(connection: &mut AnyConnection, run: &Run, item: Item, reason: &str) -> QueryResult<()> {
    let what = match item.statement {
        None => {
            let channel = channels::store::find(connection, Scope::Root, item.channel)?;
            format!("{} {}", channel.code, run.month)
        }
        Some(id) => match store::find(connection, Scope::Root, id).optional()? {
            Some(statement) => statement.name(),
            // Opened again and rated away meanwhile.
            None => return Ok(()),
        },
    };
    let Item { channel, statement } = item;
    let one = PassedOver { channel, statement, what, reason: reason.to_owned() };
    runs::pass_over(connection, run.id, &one)
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error};

    use super::*;
    use crate::settlement::StatementState;
    use crate::values::Timestamp;

    fn told(step: RunStep, outcome: Result<Result<(), Refusal>, Failure>) -> Result<Option<String>, Failure> {
        let run = Run {
            id: SettlementRunId::generate(),
            step,
            month: "2026-10".parse().unwrap(),
            started_by: Actor::system("Test"),
            started_at: Timestamp::from_micros(0).unwrap(),
            taken: 0,
        };
        let statement = (step != RunStep::Close).then(StatementId::generate);
        refused(&run, Item { channel: ChannelId::generate(), statement }, outcome)
    }

    #[test]
    fn what_has_nothing_to_do_or_did_it_meanwhile_is_not_told_of() {
        let of = |step| told(step, Ok(Err(Refusal::NothingRated))).unwrap();
        assert_eq!(of(RunStep::Close), None);
        assert_eq!(of(RunStep::Send), Some("Nothing was rated in this month yet".to_owned()));
        assert_eq!(told(RunStep::Send, Ok(Err(Refusal::State(StatementState::Sent)))).unwrap(), None);
    }

    #[test]
    fn what_may_succeed_in_a_moment_ends_the_try_and_nothing_else_does() {
        assert!(told(RunStep::Post, Err(Failure::Unavailable("away".into()))).is_err());
        let busy = DatabaseErrorKind::SerializationFailure;
        let met = Failure::Query(Error::DatabaseError(busy, Box::new(String::new())));
        assert_eq!(told(RunStep::Post, Err(met)).unwrap().as_deref(), Some(BUSY));
        let other = told(RunStep::Post, Err(Failure::Query(Error::RollbackTransaction))).unwrap();
        assert_eq!(other.as_deref(), Some(FAILED));
    }
}
