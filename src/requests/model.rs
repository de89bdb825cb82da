//! A request and what is recorded of it.

use chrono::NaiveDate;

use crate::text_enum;
use crate::values::{
    ActorKind, Amount, ApplicantId, Country, Currency, Email, EventId, RequestId, Timestamp, UserId,
};

text_enum! {
    /// Where a request stands.
    pub enum RequestState {
        Draft => "draft",
        Submitted => "submitted",
        InReview => "in_review",
        InfoRequested => "info_requested",
        Negotiating => "negotiating",
        Accepted => "accepted",
        Rejected => "rejected",
        Withdrawn => "withdrawn",
    }
}

impl RequestState {
    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::InReview => "In review",
            Self::InfoRequested => "Information asked",
            Self::Negotiating => "Negotiating",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Withdrawn => "plain",
            Self::Submitted | Self::InReview => "info",
            Self::InfoRequested | Self::Negotiating => "warn",
            Self::Accepted => "ok",
            Self::Rejected => "bad",
        }
    }
}

text_enum! {
    /// What an entry of the timeline is.
    pub enum EntryKind {
        State => "state",
        Contact => "contact",
        Question => "question",
        Answer => "answer",
        Note => "note",
        Terms => "terms",
    }
}

text_enum! {
    pub enum ContactKind { Call => "call", Meeting => "meeting", Email => "email" }
}

text_enum! {
    pub enum Recommendation { Accept => "accept", Negotiate => "negotiate", Reject => "reject" }
}

/// The first step of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Company {
    pub legal_name: String,
    pub trading_name: String,
    pub registration_number: String,
    pub tax_id: String,
    pub website: String,
    /// ISO 3166 alpha-2; empty while not chosen.
    pub country: String,
    pub address: String,
}

/// The second step. The e-mail address is that of the sign-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub job_title: String,
    pub phone: String,
    /// The wished user name.
    pub user_name: String,
}

/// The third step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    pub sells_today: String,
    pub target_market: String,
    pub expected_customers: Option<i64>,
    pub expected_revenue: Option<Amount>,
    pub expected_currency: Option<Currency>,
    /// Names of bundles, separated by commas.
    pub bundles: String,
    pub message: String,
}

/// A company's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    /// People's name for it: `RR-2026-00042`.
    pub reference: String,
    pub applicant: ApplicantId,
    pub state: RequestState,
    /// Where it goes on once the asked information is given.
    pub resume_state: Option<RequestState>,
    pub company: Company,
    pub contact: Contact,
    pub email: Email,
    pub interest: Interest,
    /// Which conditions were accepted, and when.
    pub conditions: Option<(String, Timestamp)>,
    pub assignee: Option<UserId>,
    /// Counts each change.
    pub revision: i64,
    pub created_at: Timestamp,
    pub submitted_at: Option<Timestamp>,
}

impl Request {
    /// The company's name, or what stands for it in a draft.
    pub fn name(&self) -> &str {
        if self.company.legal_name.is_empty() { self.email.as_str() } else { &self.company.legal_name }
    }

    pub fn country(&self) -> Option<Country> {
        self.company.country.parse().ok()
    }

    /// The forecast a month, when it was given.
    pub fn forecast(&self) -> Option<(Amount, Currency)> {
        self.interest.expected_revenue.zip(self.interest.expected_currency)
    }
}

/// An entry of a request's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    pub id: EventId,
    pub at: Timestamp,
    pub actor_kind: ActorKind,
    pub actor_name: String,
    pub kind: EntryKind,
    pub to_state: Option<RequestState>,
    pub text: String,
    pub contact: Option<(ContactKind, NaiveDate, String)>,
}

impl TimelineEntry {
    /// The icon of its kind.
    pub fn icon(&self) -> &'static str {
        match self.kind {
            EntryKind::State => "inbox",
            EntryKind::Contact => "phone",
            EntryKind::Question | EntryKind::Answer => "message-square",
            EntryKind::Note => "file-text",
            EntryKind::Terms => "handshake",
        }
    }

    /// What was done, after the name of who did it.
    pub fn words(&self) -> String {
        match (self.kind, self.to_state, &self.contact) {
            (EntryKind::Contact, _, Some((kind, on, people))) => {
                let how = match kind {
                    ContactKind::Call => "a call",
                    ContactKind::Meeting => "a meeting",
                    ContactKind::Email => "an e-mail",
                };
                format!("logged {how} of {} with {people}", on.format("%-d %b %Y"))
            }
            (EntryKind::Question, _, _) => "asked".into(),
            (EntryKind::Answer, _, _) => "answered".into(),
            (EntryKind::State, Some(state), _) => format!("moved it to “{}”", state.words()),
            (EntryKind::Terms, _, _) => "on the terms".into(),
            _ => "noted".into(),
        }
    }
}

/// What root thinks of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    /// From 1 to 5.
    pub interest: Option<i64>,
    /// From 1 to 5.
    pub feasibility: Option<i64>,
    /// Keys of [`CHECKLIST`] that are ticked.
    pub checklist: Vec<String>,
    pub due_on: Option<NaiveDate>,
    pub recommendation: Option<Recommendation>,
    pub note: String,
}

impl Assessment {
    pub fn is_complete(&self) -> bool {
        self.interest.is_some() && self.feasibility.is_some() && self.recommendation.is_some()
    }
}

/// What is looked at before a decision.
pub const CHECKLIST: &[(&str, &str)] = &[
    ("register", "Company register checked"),
    ("sanctions", "Sanctions lists checked"),
    ("credit", "Credit checked"),
    ("support", "Can give first-line support"),
];

/// The conditions that applicants accept.
pub const CONDITIONS_VERSION: &str = "2026-01";
