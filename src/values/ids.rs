//! One id type for each table, so that a customer's id is never taken for a channel's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id; later ones sort after earlier ones.
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The same id for the same key, for rows that are computed again.
            pub fn derived(key: &str) -> Self {
                Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes()))
            }

            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub fn as_uuid(self) -> Uuid {
                self.0
            }

            /// Nothing for the id of zeros, which stands for none in keys of the database.
            pub fn or_none(self) -> Option<Self> {
                (!self.0.is_nil()).then_some(self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

macro_rules! objects {
    ($($name:ident),* $(,)?) => { $(
        impl From<$name> for ObjectId {
            fn from(id: $name) -> Self {
                Self(id.as_uuid())
            }
        }
    )* };
}

ids!(
    /// Any of the others, where the kind is named beside it, as in the audit log.
    ObjectId,
    ApplicantId,
    RequestId,
    ResellerId,
    UserId,
    TokenId,
    SessionId,
    TermsId,
    ProductId,
    BundleId,
    ComponentId,
    ChargeId,
    PriceVersionId,
    PriceRequestId,
    ChannelId,
    CustomerId,
    SubscriptionId,
    UsageFileId,
    /// A program that sends usage of a channel.
    UsageFeedId,
    UsageRecordId,
    ChargeLineId,
    JobId,
    /// One run of the program, among those that share a database.
    ProcessId,
    MailId,
    EventId,
    StatementId,
    DisputeId,
    PaymentId,
    SettlementRunId,
);

objects!(
    ApplicantId,
    RequestId,
    ResellerId,
    UserId,
    TermsId,
    ProductId,
    BundleId,
    PriceVersionId,
    PriceRequestId,
    ChannelId,
    CustomerId,
    SubscriptionId,
    UsageFileId,
    UsageFeedId,
    JobId,
    StatementId,
    SettlementRunId,
);
