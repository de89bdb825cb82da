//! What mails are about: one occasion for each change that somebody is told of, whom it concerns, and whether they may
//! choose.
//!
//! What lets somebody in, or ends that, is always sent. Everything else an account may switch off; unless it does, it
//! gets what waits on it, what answers it and what is about its account.

use crate::text_enum;
use crate::values::{AccountSide, Right, StaffRole};

text_enum! {
    /// What an occasion belongs to.
    pub enum Group {
        Request => "request",
        Terms => "terms",
        Channel => "channel",
        PriceRequest => "price_request",
        Statement => "statement",
        /// Carries a way in.
        Access => "access",
    }
}

impl Group {
    pub fn words(self) -> &'static str {
        match self {
            Self::Request => "Requests",
            Self::Terms => "Terms",
            Self::Channel => "Channel and account",
            Self::PriceRequest => "Price requests",
            Self::Statement => "Statements",
            Self::Access => "Getting in",
        }
    }
}

text_enum! {
    /// What a mail is about.
    pub enum Occasion {
        RequestSubmitted => "request_submitted",
        RequestAssigned => "request_assigned",
        QuestionAsked => "question_asked",
        QuestionAnswered => "question_answered",
        RequestRejected => "request_rejected",
        RequestReopened => "request_reopened",
        RequestWithdrawn => "request_withdrawn",
        RequestAccepted => "request_accepted",
        TermsOffered => "terms_offered",
        TermsAgreed => "terms_agreed",
        TermsDeclined => "terms_declined",
        ChannelOpened => "channel_opened",
        ChannelSuspended => "channel_suspended",
        ChannelResumed => "channel_resumed",
        ChannelClosed => "channel_closed",
        BundleAdded => "bundle_added",
        /// By the provider, without having been asked.
        PricesSet => "prices_set",
        PriceAsked => "price_asked",
        PriceApproved => "price_approved",
        PriceDeclined => "price_declined",
        PriceWithdrawn => "price_withdrawn",
        StatementSent => "statement_sent",
        LineDisputed => "line_disputed",
        DisputeAnswered => "dispute_answered",
        DisputeWithdrawn => "dispute_withdrawn",
        StatementAgreed => "statement_agreed",
        /// Nobody answered in time.
        StatementSilent => "statement_silent",
        StatementReopened => "statement_reopened",
        StatementPosted => "statement_posted",
        StatementPaid => "statement_paid",
        PaymentReversed => "payment_reversed",
        /// Outside of a dispute.
        CreditIssued => "credit_issued",
        /// An applicant's way in.
        SignUpLink => "sign_up_link",
        /// Somebody with an account asked for an applicant's way in.
        AccountKnown => "account_known",
        /// An administrator made a link to set a password.
        PasswordLink => "password_link",
        PasswordForgotten => "password_forgotten",
    }
}

crate::text_columns!(Occasion);

/// Whose people an occasion concerns: those of a side with a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Concern {
    side: AccountSide,
    right: Right,
    /// Whether they get it without having chosen.
    unasked: bool,
}

const fn of(side: AccountSide, right: Right) -> Concern {
    Concern { side, right, unasked: true }
}

/// Nothing is to be done, and nobody waited for it.
const fn on_request(side: AccountSide, right: Right) -> Concern {
    Concern { side, right, unasked: false }
}

const DECIDING: Concern = of(AccountSide::Root, Right::Requests);
const PRICING: Concern = of(AccountSide::Root, Right::Prices);
const SETTLING: Concern = of(AccountSide::Root, Right::Settling);
const AGREEING: Concern = of(AccountSide::Reseller, Right::Agreeing);
const ASKING: Concern = of(AccountSide::Reseller, Right::Prices);
const SELLING: Concern = of(AccountSide::Reseller, Right::Selling);

impl Occasion {
    pub fn group(self) -> Group {
        match self {
            Self::RequestSubmitted
            | Self::RequestAssigned
            | Self::QuestionAsked
            | Self::QuestionAnswered
            | Self::RequestRejected
            | Self::RequestReopened
            | Self::RequestWithdrawn
            | Self::RequestAccepted => Group::Request,
            Self::TermsOffered | Self::TermsAgreed | Self::TermsDeclined => Group::Terms,
            Self::ChannelOpened
            | Self::ChannelSuspended
            | Self::ChannelResumed
            | Self::ChannelClosed
            | Self::BundleAdded
            | Self::PricesSet => Group::Channel,
            Self::PriceAsked | Self::PriceApproved | Self::PriceDeclined | Self::PriceWithdrawn => {
                Group::PriceRequest
            }
            Self::StatementSent
            | Self::LineDisputed
            | Self::DisputeAnswered
            | Self::DisputeWithdrawn
            | Self::StatementAgreed
            | Self::StatementSilent
            | Self::StatementReopened
            | Self::StatementPosted
            | Self::StatementPaid
            | Self::PaymentReversed
            | Self::CreditIssued => Group::Statement,
            Self::SignUpLink | Self::AccountKnown | Self::PasswordLink | Self::PasswordForgotten => {
                Group::Access
            }
        }
    }

    /// Whose people may choose; nobody's where it goes to an applicant or is always sent.
    fn concerns(self) -> &'static [Concern] {
        const WITHDRAWN: Concern = on_request(AccountSide::Root, Right::Requests);
        const UNASKED_PRICE: Concern = on_request(AccountSide::Root, Right::Prices);
        const UNDISPUTED: Concern = on_request(AccountSide::Root, Right::Settling);
        match self {
            Self::RequestSubmitted | Self::RequestAssigned | Self::QuestionAnswered => &[DECIDING],
            Self::RequestWithdrawn => &[WITHDRAWN],
            Self::TermsOffered | Self::TermsAgreed | Self::TermsDeclined => &[DECIDING, AGREEING],
            Self::ChannelSuspended | Self::ChannelResumed | Self::BundleAdded | Self::PricesSet => &[SELLING],
            Self::PriceAsked => &[PRICING],
            Self::PriceWithdrawn => &[UNASKED_PRICE],
            Self::PriceApproved | Self::PriceDeclined => &[ASKING],
            Self::LineDisputed | Self::StatementAgreed => &[SETTLING],
            Self::DisputeWithdrawn => &[UNDISPUTED],
            Self::StatementSilent => &[SETTLING, AGREEING],
            Self::StatementSent
            | Self::DisputeAnswered
            | Self::StatementReopened
            | Self::StatementPosted
            | Self::StatementPaid
            | Self::PaymentReversed
            | Self::CreditIssued => &[AGREEING],
            Self::QuestionAsked
            | Self::RequestRejected
            | Self::RequestReopened
            | Self::RequestAccepted
            | Self::ChannelOpened
            | Self::ChannelClosed
            | Self::SignUpLink
            | Self::AccountKnown
            | Self::PasswordLink
            | Self::PasswordForgotten => &[],
        }
    }

    fn concern(self, side: AccountSide, role: StaffRole) -> Option<Concern> {
        let all = self.concerns().iter().copied();
        all.into_iter().find(|concern| concern.side == side && concern.right.is_of(side, role))
    }

    /// Whether it concerns people of this role, so that they may choose it.
    pub fn is_offered(self, side: AccountSide, role: StaffRole) -> bool {
        self.concern(side, role).is_some()
    }

    /// Whether somebody in this role gets it, by their choice or without one.
    pub fn reaches(self, side: AccountSide, role: StaffRole, chosen: Option<bool>) -> bool {
        self.concern(side, role).is_some_and(|concern| chosen.unwrap_or(concern.unasked))
    }

    /// Whether it goes to accounts whatever they chose.
    pub fn is_always_sent(self) -> bool {
        matches!(
            self,
            Self::ChannelOpened | Self::ChannelClosed | Self::PasswordLink | Self::PasswordForgotten
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_waits_on_somebody_reaches_whoever_can_do_it_without_being_chosen() {
        use AccountSide::{Reseller, Root};
        use StaffRole::{Administrator, Finance, ReadOnly, Seller};
        let waiting = [
            (Occasion::RequestSubmitted, Root, Administrator),
            (Occasion::QuestionAnswered, Root, Administrator),
            (Occasion::TermsOffered, Root, Administrator),
            (Occasion::TermsOffered, Reseller, Administrator),
            (Occasion::PriceAsked, Root, Administrator),
            (Occasion::StatementSent, Reseller, Administrator),
            (Occasion::LineDisputed, Root, Finance),
            (Occasion::StatementAgreed, Root, Finance),
            (Occasion::ChannelSuspended, Reseller, Seller),
        ];
        for (occasion, side, role) in waiting {
            assert!(occasion.reaches(side, role, None), "{occasion}");
            assert!(!occasion.reaches(side, role, Some(false)), "{occasion}");
            assert!(!occasion.reaches(side, ReadOnly, Some(true)), "{occasion}");
        }
        assert!(!Occasion::PriceWithdrawn.reaches(Root, Administrator, None));
        assert!(Occasion::PriceWithdrawn.reaches(Root, Administrator, Some(true)));
        assert!(!Occasion::RequestSubmitted.reaches(Root, Finance, Some(true)));
    }

    #[test]
    fn what_is_always_sent_cannot_be_chosen() {
        for occasion in Occasion::ALL {
            let is_offered = [AccountSide::Root, AccountSide::Reseller]
                .into_iter()
                .any(|side| StaffRole::of(side).iter().any(|role| occasion.is_offered(side, *role)));
            let must_come = occasion.is_always_sent() || occasion.group() == Group::Access;
            assert!(!(is_offered && must_come), "{occasion}");
        }
    }
}
