//! Statements and what belongs to them.

use chrono::NaiveDate;

use crate::terms::Collector;
use crate::text_enum;
use crate::values::{
    Amount, ChannelId, ChargeLineId, Currency, DisputeId, Month, OutOfRange, PaymentId, ResellerId,
    StatementId, TermsId, Timestamp,
};

text_enum! {
    /// Where a statement stands.
    pub enum StatementState {
        /// Its month is rated again with every change.
        Open => "open",
        /// The content is frozen; root goes through the checklist.
        Closing => "closing",
        /// The re-seller reads it.
        Sent => "sent",
        Agreed => "agreed",
        /// A line was disputed.
        Disputed => "disputed",
        /// Numbered, sealed, and never changed.
        Posted => "posted",
    }
}

impl StatementState {
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Closing => "Closing",
            Self::Sent => "Sent",
            Self::Agreed => "Agreed",
            Self::Disputed => "Disputed",
            Self::Posted => "Posted",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Open => "plain",
            Self::Closing | Self::Sent => "info",
            Self::Agreed | Self::Posted => "ok",
            Self::Disputed => "warn",
        }
    }
}

/// A statement: one for each channel, currency and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub id: StatementId,
    pub channel: ChannelId,
    pub channel_code: String,
    pub channel_name: String,
    pub reseller: ResellerId,
    pub reseller_name: String,
    pub currency: Currency,
    pub month: Month,
    pub state: StatementState,
    /// Pinned by closing.
    pub terms: Option<TermsId>,
    pub collects: Collector,
    pub payment_days: i64,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub agreed_at: Option<Timestamp>,
    pub agreed_by: Option<String>,
    pub posted: Option<Posted>,
}

impl Statement {
    /// `ST-2026-000001`, or what it is about while it has no number.
    pub fn name(&self) -> String {
        match &self.posted {
            Some(posted) => posted.number.clone(),
            None => format!("{} {} {}", self.channel_code, self.month, self.currency),
        }
    }
}

/// What posting gave and sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub number: String,
    pub at: Timestamp,
    pub by: String,
    pub due_on: NaiveDate,
    pub totals: Totals,
    pub balance: Balance,
    /// The last payment that the balance counts.
    pub payments_through: i64,
    pub previous: Option<StatementId>,
    /// SHA-256 over the content and the previous seal, in hexadecimal.
    pub seal: String,
}

/// What the lines of a statement add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub gross: Amount,
    pub credits: Amount,
    pub reseller_share: Amount,
    pub provider_share: Amount,
}

impl Totals {
    /// Gross less credits: what both shares add up to.
    pub fn net(self) -> Result<Amount, OutOfRange> {
        self.gross.checked_sub(self.credits)
    }

    /// What the month adds to the balance: the provider owes the share, or the re-seller the rest, as collected.
    pub fn movement(self, collects: Collector) -> Amount {
        match collects {
            Collector::Provider => self.reseller_share,
            Collector::Reseller => Amount::from_micros(-self.provider_share.micros()),
        }
    }
}

/// The account with the re-seller: positive is what the provider owes, negative what the re-seller owes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Balance {
    /// The closing balance of the statement before.
    pub opening: Amount,
    /// Paid to the re-seller since then; negative when it paid.
    pub payments: Amount,
    pub movement: Amount,
    pub closing: Amount,
}

impl Balance {
    pub fn carried(opening: Amount, payments: Amount, movement: Amount) -> Result<Self, OutOfRange> {
        let closing = opening.checked_sub(payments)?.checked_add(movement)?;
        Ok(Self { opening, payments, movement, closing })
    }
}

text_enum! {
    /// Where a dispute of a line stands.
    pub enum DisputeState {
        Open => "open",
        /// Root kept the line and said why.
        Kept => "kept",
        /// Root credited some of the line.
        Credited => "credited",
        Withdrawn => "withdrawn",
    }
}

impl DisputeState {
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Waits for an answer",
            Self::Kept => "Kept",
            Self::Credited => "Credited",
            Self::Withdrawn => "Withdrawn",
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Kept | Self::Withdrawn => "plain",
            Self::Credited => "ok",
        }
    }
}

/// A line that the re-seller does not agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub id: DisputeId,
    pub statement: StatementId,
    pub line: ChargeLineId,
    /// The line in words, as it was disputed.
    pub line_text: String,
    pub reason: String,
    /// What the re-seller's books say that the line's net is.
    pub claimed: Option<Amount>,
    pub state: DisputeState,
    pub raised_at: Timestamp,
    pub raised_by: String,
    pub answer: String,
    pub answered_at: Option<Timestamp>,
    pub answered_by: Option<String>,
}

/// Money that changed hands for a posted statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    /// From 1 for each channel and currency.
    pub number: i64,
    /// To the re-seller; negative when the re-seller paid.
    pub amount: Amount,
    pub paid_on: NaiveDate,
    pub reference: String,
    pub recorded_at: Timestamp,
    pub recorded_by: String,
}

/// How far a posted statement is paid; derived from its payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    NothingDue,
    Due,
    Overdue,
    PartPaid,
    Paid,
    /// A later statement carries what was left.
    CarriedForward,
}

impl Paid {
    /// From the closing balance and what was paid of it, both signed towards the re-seller.
    pub fn of(closing: Amount, paid: Amount, is_last: bool, is_overdue: bool) -> Self {
        if closing.is_zero() {
            Self::NothingDue
        } else if closing == paid {
            Self::Paid
        } else if !is_last {
            Self::CarriedForward
        } else if !paid.is_zero() {
            Self::PartPaid
        } else if is_overdue {
            Self::Overdue
        } else {
            Self::Due
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::NothingDue => "Nothing due",
            Self::Due => "Due",
            Self::Overdue => "Overdue",
            Self::PartPaid => "Part-paid",
            Self::Paid => "Paid",
            Self::CarriedForward => "Carried forward",
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::NothingDue | Self::CarriedForward => "plain",
            Self::Due | Self::PartPaid => "info",
            Self::Overdue => "bad",
            Self::Paid => "ok",
        }
    }
}
