//! What mails say: the words of every occasion in one place, so that they have one voice.

use super::Occasion;

/// What happened, as far as its mail tells it. Nothing here is internal to one side.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// What it is about, as people call it: `RR-2026-00042`. Empty for the portal itself.
    pub about: String,
    /// Who did it, or whom it concerns, as the other side knows them: a company, or the portal.
    pub who: String,
    pub facts: Vec<(&'static str, String)>,
    /// What somebody wrote, in their words.
    pub quote: String,
    /// Where the button leads, after the portal's address; empty for no button.
    pub path: String,
    /// How long the address lets somebody in, once; `None` when it is an address like any other.
    pub once: Option<&'static str>,
}

/// How long a link by which an applicant enters, or a first password is set, works.
pub const TWO_WEEKS: &str = "14 days";
/// How long a link for a forgotten password works.
pub const HALF_AN_HOUR: &str = "30 minutes";

/// The words of an occasion; `{who}` and `{portal}` stand for the names.
struct Words {
    occasion: Occasion,
    title: &'static str,
    said: &'static str,
    button: &'static str,
}

const fn words(occasion: Occasion, title: &'static str, said: &'static str, button: &'static str) -> Words {
    Words { occasion, title, said, button }
}

/// A row for each occasion, in the order of their declaration.
const WORDS: &[Words] = &[
    words(
        Occasion::RequestSubmitted,
        "A request was submitted",
        "{who} asks to become a re-seller. The request waits for its review.",
        "Review the request",
    ),
    words(
        Occasion::RequestAssigned,
        "A request was given to you",
        "You now own the request of {who}.",
        "Open the request",
    ),
    words(
        Occasion::QuestionAsked,
        "A question about your request",
        "{portal} needs to know more before your request goes on. Your answer is waited for.",
        "Answer the question",
    ),
    words(
        Occasion::QuestionAnswered,
        "A question was answered",
        "{who} has answered. The request goes on where it stood.",
        "Open the request",
    ),
    words(
        Occasion::RequestRejected,
        "The decision on your request",
        "{portal} does not go on with the request of {who}. The reason:",
        "Open the request",
    ),
    words(
        Occasion::RequestReopened,
        "Your request is in review again",
        "{portal} reviews the request of {who} again. Nothing is waited for from you.",
        "Open the request",
    ),
    words(
        Occasion::RequestWithdrawn,
        "A request was withdrawn",
        "{who} has withdrawn its request. Nothing is left to do.",
        "Open the request",
    ),
    words(
        Occasion::RequestAccepted,
        "Welcome as a re-seller",
        "{portal} has accepted {who}. Your channel is being set up; you get another mail with \
         the link to set your password once it is open.",
        "Open the request",
    ),
    words(
        Occasion::TermsOffered,
        "Terms are offered",
        "{who} offers these terms. Your answer is waited for.",
        "Answer the offer",
    ),
    words(Occasion::TermsAgreed, "Terms are agreed", "{who} has agreed to these terms.", "Open the terms"),
    words(
        Occasion::TermsDeclined,
        "Terms were declined",
        "{who} has declined these terms. Either side can make another offer.",
        "Open the terms",
    ),
    words(
        Occasion::ChannelOpened,
        "Your channel is open",
        "Your channel at {portal} is open. Set your password to sign in.",
        "Set the password",
    ),
    words(
        Occasion::ChannelSuspended,
        "Your account is suspended",
        "{portal} has suspended the account of {who}. It sells nothing new until it is \
         resumed; running subscriptions, reports and history stay.",
        "Open the portal",
    ),
    words(
        Occasion::ChannelResumed,
        "Your account is active again",
        "{portal} has resumed the account of {who}. It can sell again.",
        "Open the portal",
    ),
    words(
        Occasion::ChannelClosed,
        "Your account is closed",
        "{portal} has closed the account of {who}. Its people can no longer sign in.",
        "Open the portal",
    ),
    words(
        Occasion::BundleAdded,
        "Your channel sells one more bundle",
        "{portal} has added a bundle to your channel. It is sold at the reference price until a price is set.",
        "See your prices",
    ),
    words(
        Occasion::PricesSet,
        "Your prices change",
        "{portal} has changed prices of your channel, from the day below on.",
        "See your prices",
    ),
    words(
        Occasion::PriceAsked,
        "A price is asked for",
        "{who} asks for a price outside its limits. Your answer is waited for.",
        "Answer the price request",
    ),
    words(
        Occasion::PriceApproved,
        "Your price request is approved",
        "{portal} has approved the price you asked for and set it.",
        "Open the price request",
    ),
    words(
        Occasion::PriceDeclined,
        "Your price request is declined",
        "{portal} has declined the price you asked for. Your price stays as it is.",
        "Open the price request",
    ),
    words(
        Occasion::PriceWithdrawn,
        "A price request was withdrawn",
        "{who} no longer asks for this price. Nothing is left to do.",
        "Open the price request",
    ),
    words(
        Occasion::StatementSent,
        "Your statement is ready",
        "Agree to your statement, or dispute single lines. Without an answer it counts as \
         agreed.",
        "Check the statement",
    ),
    words(
        Occasion::LineDisputed,
        "A line is disputed",
        "{who} does not agree to a line of its statement. Your answer is waited for.",
        "Answer the dispute",
    ),
    words(
        Occasion::DisputeAnswered,
        "Your dispute was answered",
        "{portal} has answered your dispute.",
        "Open the statement",
    ),
    words(
        Occasion::DisputeWithdrawn,
        "A dispute was withdrawn",
        "{who} has taken a dispute back.",
        "Open the statement",
    ),
    words(
        Occasion::StatementAgreed,
        "A statement is agreed",
        "{who} has agreed to its statement. It can be posted.",
        "Post the statement",
    ),
    words(
        Occasion::StatementSilent,
        "A statement counts as agreed",
        "No answer of {who} came in time, so the statement counts as agreed.",
        "Open the statement",
    ),
    words(
        Occasion::StatementReopened,
        "A statement is open again",
        "{portal} has opened the statement again. Its amounts may change; you are sent it \
         anew.",
        "Open the statement",
    ),
    words(
        Occasion::StatementPosted,
        "A statement was posted",
        "{portal} has posted your statement. It never changes from now on.",
        "Open the statement",
    ),
    words(
        Occasion::StatementPaid,
        "A payment was recorded",
        "{portal} has recorded a payment for your statement.",
        "Open the statement",
    ),
    words(
        Occasion::PaymentReversed,
        "A payment was taken back",
        "{portal} has taken back a payment that was recorded for your statement.",
        "Open the statement",
    ),
    words(
        Occasion::CreditIssued,
        "A credit is issued",
        "{portal} gives back some of a line. The reason:",
        "See the line",
    ),
    words(
        Occasion::SignUpLink,
        "Your re-seller request",
        "Open this link to go on with your re-seller request at {portal}.",
        "Open the request",
    ),
    words(
        Occasion::AccountKnown,
        "You have an account",
        "You have an account at {portal} already. Sign in with it.",
        "Sign in",
    ),
    words(
        Occasion::PasswordLink,
        "Set your password",
        "{who} has made this link for you. It sets the password of your account at {portal}.",
        "Set the password",
    ),
    words(
        Occasion::PasswordForgotten,
        "Your password",
        "Somebody asked for a new password of your account at {portal}.",
        "Set the password",
    ),
];

const UNSAID: Words = words(Occasion::RequestSubmitted, "", "", "");

impl Occasion {
    fn words(self) -> &'static Words {
        WORDS.iter().find(|words| words.occasion == self).unwrap_or(&UNSAID)
    }

    /// What happened, in a few words: the heading, the beginning of the subject, and the name of the choice.
    pub fn title(self) -> &'static str {
        self.words().title
    }

    /// What happened and what is waited for.
    pub(super) fn said(self, who: &str, portal: &str) -> String {
        // Names come last, so that one that looks like a placeholder stays as it is.
        let pieces = self.words().said.split("{who}");
        pieces.map(|piece| piece.replace("{portal}", portal)).collect::<Vec<_>>().join(who)
    }

    /// What the button does.
    pub(super) fn button(self) -> &'static str {
        self.words().button
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occasion_has_its_own_words() {
        let written: Vec<Occasion> = WORDS.iter().map(|words| words.occasion).collect();
        assert_eq!(written, Occasion::ALL);
        let mut titles: Vec<&str> = WORDS.iter().map(|words| words.title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), WORDS.len());
        for words in WORDS {
            for text in [words.title, words.said, words.button] {
                let is_plain = !text.is_empty() && !text.contains(['!', '\n']) && !text.contains("lease ");
                assert!(is_plain, "{}: {text}", words.occasion);
            }
        }
    }

    #[test]
    fn a_name_that_looks_like_a_placeholder_stays_a_name() {
        assert_eq!(
            Occasion::RequestAccepted.said("{portal}", "Northgate").split('.').next(),
            Some("Northgate has accepted {portal}")
        );
    }
}
