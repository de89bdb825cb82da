//! Terms on the table: offers and answers of both sides, with their entries in the timeline.

use super::notices;
use super::state::Step;
use super::store::{self, Outcome, Refusal};
use super::{EntryKind, RequestState};
use crate::db::{AnyConnection, Failure};
use crate::mail::{Letterhead, Occasion};
use crate::terms::{self, Offer, Side};
use crate::values::{Act, ActorKind, RequestId};

/// Makes an offer. The provider's first one begins the negotiation; for an accepted request it is a renegotiation.
pub fn offer(
    connection: &mut AnyConnection,
    id: RequestId,
    side: Side,
    offer: &Offer,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<i64> {
    let request = store::find(connection, id)?;
    if request.state != RequestState::Accepted || is_applicant(act) {
        let step = if side == Side::Provider { Step::Negotiate } else { keeps_negotiating(request.state)? };
        if request.state != RequestState::Negotiating {
            store::take_step(connection, id, None, step, "", act)?;
        }
    }
    let number = terms::store::propose(connection, id, side, offer, act)
        .map_err(|failure| failure.map_refusal(Refusal::Terms))?;
    let text = format!("Offered version {number}: a share of {}%. {}", offer.rule.general, offer.note);
    store::note(connection, id, EntryKind::Terms, None, text.trim(), act)?;
    let told = (number, offer);
    notices::terms(connection, id, side, Occasion::TermsOffered, told, letterhead, act)?;
    Ok(number)
}

/// Agrees to the other side's offer, as the version that was read.
pub fn agree(
    connection: &mut AnyConnection,
    id: RequestId,
    side: Side,
    number: i64,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<()> {
    keeps_open(connection, id, act)?;
    let answered = terms::store::agree(connection, id, side, number, act)
        .map_err(|failure| failure.map_refusal(Refusal::Terms))?;
    store::note(connection, id, EntryKind::Terms, None, &format!("Agreed to version {number}"), act)?;
    let told = (number, &answered.offer);
    notices::terms(connection, id, side, Occasion::TermsAgreed, told, letterhead, act)?;
    Ok(())
}

/// Declines the other side's offer.
pub fn decline(
    connection: &mut AnyConnection,
    id: RequestId,
    side: Side,
    number: i64,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<()> {
    keeps_open(connection, id, act)?;
    let answered = terms::store::decline(connection, id, side, number, act)
        .map_err(|failure| failure.map_refusal(Refusal::Terms))?;
    store::note(connection, id, EntryKind::Terms, None, &format!("Declined version {number}"), act)?;
    let told = (number, &answered.offer);
    notices::terms(connection, id, side, Occasion::TermsDeclined, told, letterhead, act)?;
    Ok(())
}

/// The other side answers while the table is there: in negotiation, or later in the running agreement.
fn keeps_open(connection: &mut AnyConnection, id: RequestId, act: &Act) -> Outcome<()> {
    let request = store::find(connection, id)?;
    match request.state {
        RequestState::Negotiating => Ok(()),
        RequestState::Accepted if !is_applicant(act) => Ok(()),
        state => Err(Failure::Refused(Refusal::NotFromHere(super::state::NotFromHere { state }))),
    }
}

/// After acceptance the re-seller's account speaks for the company, so that closing it ends its say.
fn is_applicant(act: &Act) -> bool {
    act.who.kind == ActorKind::Applicant
}

fn keeps_negotiating(state: RequestState) -> Outcome<Step> {
    match state {
        RequestState::Negotiating => Ok(Step::Negotiate),
        state => Err(Failure::Refused(Refusal::NotFromHere(super::state::NotFromHere { state }))),
    }
}
