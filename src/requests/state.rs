//! Which step leads from where to where.
//!
//! ```text
//! draft -> submitted -> in_review -> negotiating -> accepted
//! in_review, negotiating -> info_requested -> back where it came from
//! any open state -> rejected (reason) | withdrawn; rejected -> in_review (reason)
//! ```

use super::RequestState;

/// A step that somebody takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Submit,
    StartReview,
    AskInformation,
    AnswerQuestion,
    /// The first offer of terms is made.
    Negotiate,
    Accept,
    Reject,
    Reopen,
    Withdraw,
}

/// The step does not lead on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The request is {}; this cannot be done now", state.words().to_lowercase())]
pub struct NotFromHere {
    pub state: RequestState,
}

/// The state after a step. `resume` is where asked information was asked from.
pub fn after(
    state: RequestState,
    resume: Option<RequestState>,
    step: Step,
) -> Result<RequestState, NotFromHere> {
    use RequestState as S;
    match (step, state) {
        (Step::Submit, S::Draft) => Ok(S::Submitted),
        (Step::StartReview, S::Submitted) | (Step::Reopen, S::Rejected) => Ok(S::InReview),
        (Step::AskInformation, S::InReview | S::Negotiating) => Ok(S::InfoRequested),
        (Step::AnswerQuestion, S::InfoRequested) => Ok(resume.unwrap_or(S::InReview)),
        (Step::Negotiate, S::InReview | S::Negotiating) => Ok(S::Negotiating),
        (Step::Accept, S::Negotiating) => Ok(S::Accepted),
        (Step::Reject, S::Submitted | S::InReview | S::InfoRequested | S::Negotiating) => Ok(S::Rejected),
        (Step::Withdraw, S::Draft | S::Submitted | S::InReview | S::InfoRequested | S::Negotiating) => {
            Ok(S::Withdrawn)
        }
        _ => Err(NotFromHere { state }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEPS: [Step; 9] = [
        Step::Submit,
        Step::StartReview,
        Step::AskInformation,
        Step::AnswerQuestion,
        Step::Negotiate,
        Step::Accept,
        Step::Reject,
        Step::Reopen,
        Step::Withdraw,
    ];

    #[test]
    fn asked_information_returns_to_where_it_was_asked() {
        for from in [RequestState::InReview, RequestState::Negotiating] {
            let asked = after(from, None, Step::AskInformation).unwrap();
            assert_eq!(after(asked, Some(from), Step::AnswerQuestion), Ok(from));
        }
    }

    #[test]
    fn an_accepted_or_withdrawn_request_is_final() {
        for state in [RequestState::Accepted, RequestState::Withdrawn] {
            assert!(STEPS.iter().all(|step| after(state, None, *step).is_err()));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_accepted_without_negotiation(steps in prop::collection::vec(0usize..9, 0..40)) {
            let (mut state, mut resume, mut negotiated) = (RequestState::Draft, None, false);
            for step in steps.into_iter().filter_map(|index| STEPS.get(index)) {
                if let Ok(next) = after(state, resume, *step) {
                    if next == RequestState::InfoRequested {
                        resume = Some(state);
                    }
                    negotiated |= next == RequestState::Negotiating;
                    state = next;
                }
                prop_assert!(state != RequestState::Accepted || negotiated);
            }
        }
    }
}
