//! Statements that were sent, with a disputed line.

use reseller_portal::db::Failure;
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store::{self, checklist, disputes};
use reseller_portal::values::{ChannelId, ChargeLineId, DisputeId, Month, ResellerId, Scope, StatementId};

use crate::support::World;

/// A statement that a re-seller was sent, and of which it disputes the first line.
#[derive(Debug, Clone, Copy)]
pub struct SentStatement {
    pub id: StatementId,
    pub line: ChargeLineId,
    pub dispute: DisputeId,
}

/// Closes a month of a channel that has charges in it, sends its first statement and disputes its first line.
pub fn a_disputed_statement(
    world: &World,
    reseller: ResellerId,
    channel: ChannelId,
    month: &str,
) -> SentStatement {
    let month: Month = month.parse().unwrap();
    let made: Result<_, Failure<Refusal>> = world.try_write(|connection| {
        let act = world.act();
        let id = store::close(connection, channel, month, &act)?[0];
        let statement = store::find(connection, Scope::Root, id)?;
        for item in checklist::of(connection, &statement)?.into_iter().filter(|item| item.stops()) {
            checklist::waive(connection, id, item.key, "Known", &act)?;
        }
        store::send(connection, id, &act)?;
        let line = store::lines(connection, &statement)?[0].id;
        let (line_text, reason) = ("The first line".to_owned(), "Too much".to_owned());
        let raised = disputes::Raised { line, line_text, reason, claimed: None };
        let dispute = disputes::raise(connection, Scope::Reseller(reseller), id, &raised, &act)?;
        Ok(SentStatement { id, line, dispute })
    });
    made.unwrap()
}
