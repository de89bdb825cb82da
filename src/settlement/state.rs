//! Which step a statement may take next.

use super::StatementState::{self, Agreed, Closing, Disputed, Open, Posted, Sent};
use crate::values::{Amount, Month};

/// A step of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Close,
    Send,
    Agree,
    Dispute,
    Post,
    Reopen,
}

/// Why a step is refused; `Display` is the message for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The statement is {} by now", .0.words().to_lowercase())]
    State(StatementState),
    #[error("The month is not over yet")]
    NotOver,
    #[error("No statement of this month waits for that")]
    NoneWaits,
    #[error("Nothing was rated in this month yet")]
    NothingRated,
    #[error("The checklist has an item that is neither mended nor waived")]
    Checklist,
    #[error("A dispute waits for its answer")]
    OpenDispute,
    #[error("The statement of {0} is closed already; reopen that one first")]
    LaterClosed(Month),
    #[error("The line is disputed already")]
    DisputedAlready,
    #[error("Only a line of this statement can be disputed")]
    NotItsLine,
    #[error("Only a charge with something left of it can be credited, once its statement is sent")]
    NotCreditable,
    #[error("Enter an amount above zero and up to {left}, which is left of the line")]
    NotLeft { left: Amount },
    #[error("A later statement carries this balance forward; record the payment there")]
    Carried,
    #[error("Enter an amount above zero and up to {due}, which is due")]
    NotDue { due: Amount },
    #[error("A payment with this reference is recorded already")]
    SameReference,
    #[error("The same credit, with this amount and reason, is issued already")]
    SameCredit,
    #[error("Only the last payment of a statement can be taken back, and only once")]
    NotReversible,
}

/// The state after a step. `all_answered` tells whether no dispute of the statement is open.
pub fn after(state: StatementState, step: Step, all_answered: bool) -> Result<StatementState, Refusal> {
    match (step, state) {
        (Step::Close, Open) => Ok(Closing),
        (Step::Send, Closing) => Ok(Sent),
        (Step::Dispute, Sent | Disputed) => Ok(Disputed),
        (Step::Agree, Sent) => Ok(Agreed),
        (Step::Agree | Step::Post, Disputed) if !all_answered => Err(Refusal::OpenDispute),
        (Step::Agree, Disputed) => Ok(Agreed),
        (Step::Post, Agreed | Disputed) => Ok(Posted),
        (Step::Reopen, Closing | Sent | Agreed | Disputed) => Ok(Open),
        _ => Err(Refusal::State(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every step that is allowed, as a person would list them.
    const ALLOWED: [(StatementState, Step, bool, StatementState); 18] = [
        (Open, Step::Close, true, Closing),
        (Open, Step::Close, false, Closing),
        (Closing, Step::Send, true, Sent),
        (Closing, Step::Send, false, Sent),
        (Closing, Step::Reopen, true, Open),
        (Closing, Step::Reopen, false, Open),
        (Sent, Step::Agree, true, Agreed),
        (Sent, Step::Agree, false, Agreed),
        (Sent, Step::Dispute, true, Disputed),
        (Sent, Step::Dispute, false, Disputed),
        (Sent, Step::Reopen, true, Open),
        (Sent, Step::Reopen, false, Open),
        (Agreed, Step::Post, true, Posted),
        (Agreed, Step::Post, false, Posted),
        (Agreed, Step::Reopen, true, Open),
        (Agreed, Step::Reopen, false, Open),
        (Disputed, Step::Agree, true, Agreed),
        (Disputed, Step::Post, true, Posted),
    ];
    const ALSO: [(StatementState, Step, StatementState); 2] =
        [(Disputed, Step::Dispute, Disputed), (Disputed, Step::Reopen, Open)];

    #[test]
    fn a_statement_takes_the_steps_of_its_life_and_no_others() {
        let steps = [Step::Close, Step::Send, Step::Agree, Step::Dispute, Step::Post, Step::Reopen];
        for state in StatementState::ALL {
            for step in steps {
                for answered in [true, false] {
                    let listed = ALLOWED
                        .iter()
                        .find(|(from, taken, all, _)| (from, taken, all) == (state, &step, &answered))
                        .map(|(.., to)| *to);
                    let also = ALSO.iter().find(|(from, taken, _)| (from, taken) == (state, &step));
                    let expected = listed.or(also.map(|(.., to)| *to));
                    assert_eq!(after(*state, step, answered).ok(), expected, "{state} {step:?} {answered}");
                }
            }
        }
    }
}
