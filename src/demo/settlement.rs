//! Settles the invented months: what is long past is posted and paid, the last month stands in every state.

use super::load::{Stage, ok};
use super::partners::{Opened, by_reseller};
use super::season::office_hour;
use crate::db::AnyConnection;
use crate::rating::LineRole;
use crate::settlement::runs::{self, RunStep};
use crate::settlement::store::{self, checklist, credits, disputes, payments};
use crate::settlement::{Statement, StatementState};
use crate::values::{Act, Amount, Month, Scope, StatementId, Timestamp};

/// How far the last month of a channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Closing,
    Sent,
    Disputed,
    Answered,
    Agreed,
}

/// Posts what is long past.
pub(super) fn load(connection: &mut AnyConnection, stage: &Stage, opened: &[Opened]) -> anyhow::Result<()> {
    for one in opened {
        let settled = Settled { stage, opened: one };
        for month in one.since.max(stage.month(11)).through(stage.month(2)) {
            settled.post(connection, month)?;
        }
    }
    Ok(())
}

/// Lets root close the last month of every channel at once; when.
pub(super) fn close_last(connection: &mut AnyConnection, stage: &Stage) -> anyhow::Result<Timestamp> {
    let month = stage.month(1);
    let recent = (stage.today - chrono::Days::new(9)).max(month.end());
    let at = office_hour((recent + chrono::Days::new(2)).min(stage.today), "root");
    ok(runs::store::start(connection, RunStep::Close, month, &stage.root(at)))?;
    Ok(at)
}

/// Takes the last month, which is closed, into every state.
pub(super) fn load_last(
    connection: &mut AnyConnection,
    stage: &Stage,
    opened: &[Opened],
) -> anyhow::Result<()> {
    let states = [Last::Sent, Last::Closing, Last::Agreed, Last::Disputed, Last::Answered];
    for (one, last) in opened.iter().zip(states.iter().cycle()) {
        Settled { stage, opened: one }.last(connection, *last)?;
    }
    if let Some(one) = opened.first() {
        Settled { stage, opened: one }.credit(connection)?;
    }
    Ok(())
}

/// A channel whose months are settled.
struct Settled<'a> {
    stage: &'a Stage,
    opened: &'a Opened,
}

impl Settled<'_> {
    /// So many days after a month, the last one of which was closed nine days ago, but never in the future.
    fn at(&self, month: Month, days: u64) -> Timestamp {
        let is_last = month == self.stage.month(1);
        let recent = if is_last { self.stage.today - chrono::Days::new(9) } else { month.end() };
        let day = (month.end().max(recent) + chrono::Days::new(days)).min(self.stage.today);
        office_hour(day, self.opened.company.name)
    }

    fn by_root(&self, month: Month, days: u64) -> Act {
        self.stage.root(self.at(month, days))
    }

    fn by_reseller(&self, month: Month, days: u64) -> Act {
        by_reseller(self.opened.company, self.at(month, days))
    }

    /// Closes a month; its statements in their currencies, none where nothing was charged.
    fn close(&self, connection: &mut AnyConnection, month: Month) -> anyhow::Result<Vec<StatementId>> {
        match store::close(connection, self.opened.channel, month, &self.by_root(month, 2)) {
            Err(crate::db::Failure::Refused(crate::settlement::state::Refusal::NothingRated)) => {
                Ok(Vec::new())
            }
            closed => ok(closed),
        }
    }

    fn send(
        &self,
        connection: &mut AnyConnection,
        id: StatementId,
        month: Month,
    ) -> anyhow::Result<Statement> {
        let statement = store::find(connection, Scope::Root, id)?;
        let act = self.by_root(month, 3);
        for item in checklist::of(connection, &statement)?.into_iter().filter(|item| item.stops()) {
            let reason = "The first days of a new channel";
            ok(checklist::waive(connection, id, item.key, reason, &act))?;
        }
        ok(store::send(connection, id, &act))?;
        Ok(statement)
    }

    fn agree(&self, connection: &mut AnyConnection, statement: &Statement) -> anyhow::Result<()> {
        let scope = Scope::Reseller(statement.reseller);
        ok(store::agree(connection, scope, statement.id, &self.by_reseller(statement.month, 7)))?;
        Ok(())
    }

    /// Takes a month to its end; what the one before left is paid first.
    fn post(&self, connection: &mut AnyConnection, month: Month) -> anyhow::Result<()> {
        for id in self.close(connection, month)? {
            let statement = self.send(connection, id, month)?;
            self.agree(connection, &statement)?;
            self.pay_before(connection, &statement)?;
            ok(store::post(connection, id, &self.by_root(month, 9)))?;
        }
        Ok(())
    }

    fn pay_before(&self, connection: &mut AnyConnection, statement: &Statement) -> anyhow::Result<()> {
        let before = store::of_channel(connection, Scope::Root, statement.channel, 200)?
            .into_iter()
            .find(|one| one.currency == statement.currency && one.state == StatementState::Posted);
        let Some((before, posted)) = before.and_then(|one| one.posted.clone().map(|posted| (one, posted)))
        else {
            return Ok(());
        };
        let due = payments::due(connection, &before, &posted)?;
        if due.is_zero() {
            return Ok(());
        }
        let act = self.by_root(statement.month, 8);
        let amount = Amount::from_micros(due.micros().abs());
        let reference = format!("Transfer {}", posted.number);
        let payment = payments::NewPayment { amount, paid_on: act.today(), reference };
        ok(payments::record(connection, before.id, &payment, &act))?;
        Ok(())
    }

    fn last(&self, connection: &mut AnyConnection, last: Last) -> anyhow::Result<()> {
        let month = self.stage.month(1);
        if last == Last::Closing {
            return Ok(());
        }
        let closed = store::of_month(connection, self.opened.channel, month)?;
        for (number, statement) in closed.into_iter().enumerate() {
            let statement = self.send(connection, statement.id, month)?;
            match last {
                Last::Closing => {}
                // The second currency of the first re-seller is disputed already.
                Last::Sent if number == 0 => {}
                Last::Agreed => self.agree(connection, &statement)?,
                Last::Sent | Last::Disputed | Last::Answered => self.dispute(connection, &statement, last)?,
            }
        }
        Ok(())
    }

    fn dispute(
        &self,
        connection: &mut AnyConnection,
        statement: &Statement,
        last: Last,
    ) -> anyhow::Result<()> {
        let lines = store::lines(connection, statement)?;
        let told = store::told(connection, lines)?;
        let Some(line) = told.iter().max_by_key(|told| told.line.gross) else { return Ok(()) };
        let raised = disputes::Raised {
            line: line.line.id,
            line_text: line.words(),
            reason: "The customer was moved to the smaller size in the middle of the month.".into(),
            claimed: Some(Amount::from_micros(line.line.gross.micros() / 2_000_000 * 1_000_000)),
        };
        let (scope, act) = (Scope::Reseller(statement.reseller), self.by_reseller(statement.month, 6));
        let dispute = ok(disputes::raise(connection, scope, statement.id, &raised, &act))?;
        if last == Last::Answered {
            let text = "You are right; half a day of it is credited.".to_owned();
            let credit = Some("10".parse::<Amount>()?.min(line.line.gross));
            let act = self.by_root(statement.month, 8);
            ok(disputes::answer(
                connection,
                statement.id,
                dispute,
                &disputes::Answer { text, credit },
                &act,
            ))?;
        }
        Ok(())
    }

    /// A credit of a posted line, which stands in the running month.
    fn credit(&self, connection: &mut AnyConnection) -> anyhow::Result<()> {
        let month = self.stage.month(2);
        for statement in store::of_month(connection, self.opened.channel, month)? {
            let lines = store::lines(connection, &statement)?;
            let largest =
                lines.iter().filter(|line| line.role == LineRole::Charge).max_by_key(|line| line.gross);
            if let Some(line) = largest.filter(|line| line.gross > Amount::ZERO) {
                let amount = "12.50".parse::<Amount>()?.min(line.gross);
                let reason = "Two hours without service on the 14th";
                ok(credits::issue(connection, line.id, amount, reason, &self.by_root(month, 40)))?;
            }
        }
        Ok(())
    }
}
