//! Why a use case did not happen: its own rule refused, or the database did.

use diesel::result::{DatabaseErrorKind, Error as QueryError};

/// The refusal of a use case that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {}

/// Why a store's use case did not happen. `R` is the rule's own small enum.
#[derive(Debug)]
pub enum Failure<R = Never> {
    /// The rule said no; nothing was written.
    Refused(R),
    /// The query failed; `NotFound` means that the row is absent or out of scope.
    Query(QueryError),
    /// No connection was to be had in time.
    Unavailable(String),
    /// The form that asked for it did its work before.
    SentBefore,
}

impl<R> Failure<R> {
    /// Whether PostgreSQL asks to run the same transaction again.
    pub fn asks_to_retry(&self) -> bool {
        matches!(self, Self::Query(QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)))
    }

    /// Whether a unique constraint refused the row.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// Whether the same may succeed in a moment: the connection broke, or somebody else held what was needed too long.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused(_) | Self::SentBefore => false,
            Self::Query(error) => passes(error),
            Self::Unavailable(_) => true,
        }
    }

    /// The same, or as that of a connection that broke if this does not answer any more. A server that goes away is told of
    /// in many words, some of which are of no kind that diesel knows.
    pub(super) fn explained(self, answers: impl FnOnce() -> bool) -> Self {
        match self {
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::Unknown, said)) if !answers() => {
                Self::Unavailable(said.message().to_owned())
            }
            other => other,
        }
    }

    /// Whether the database has no space left to write to.
    pub fn is_out_of_space(&self) -> bool {
        let Self::Query(error) = self else { return false };
        let said = error.to_string();
        ["disk is full", "No space left on device"].iter().any(|words| said.contains(words))
    }

    /// The same failure where another refusal is expected; a refusal itself is translated.
    pub fn map_refusal<S>(self, translate: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::Refused(translate(refusal)),
            Self::Query(error) => Failure::Query(error),
            Self::Unavailable(why) => Failure::Unavailable(why),
            Self::SentBefore => Failure::SentBefore,
        }
    }
}

fn passes(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(kind, said) => {
            matches!(
                kind,
                DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::SerializationFailure
                    // A server that led until a moment ago.
                    | DatabaseErrorKind::ReadOnlyTransaction
            ) || said.message() == "database is locked"
        }
        QueryError::RollbackErrorOnCommit { commit_error, .. } => passes(commit_error),
        QueryError::BrokenTransactionManager => true,
        _ => false,
    }
}

impl<R> From<QueryError> for Failure<R> {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// Separates what a rule refused, which the page shows, from what failed, which the error page shows.
pub trait Decided<T, R> {
    /// `Ok(Err(refusal))` when the rule said no.
    fn decided(self) -> Result<Result<T, R>, Failure>;
}

impl<T, R> Decided<T, R> for Result<T, Failure<R>> {
    fn decided(self) -> Result<Result<T, R>, Failure> {
        match self {
            Ok(value) => Ok(Ok(value)),
            Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
            Err(Failure::Query(error)) => Err(Failure::Query(error)),
            Err(Failure::Unavailable(why)) => Err(Failure::Unavailable(why)),
            Err(Failure::SentBefore) => Err(Failure::SentBefore),
        }
    }
}

impl<R: std::fmt::Display> std::fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Query(error) => error.fmt(f),
            Self::Unavailable(why) => f.write_str(why),
            Self::SentBefore => f.write_str("this form was sent before"),
        }
    }
}

impl std::fmt::Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl<R: std::fmt::Debug + std::fmt::Display> std::error::Error for Failure<R> {}
