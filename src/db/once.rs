//! A form's work is done once: the form's key is stored in the very transaction that does it, so that of any number of
//! equal requests, together or one after the other, one writes and the others find that it was done.
//!
//! The request's [`Sending`] travels beside the request; the first write on its way takes the key with it. A write that
//! a rule refuses takes nothing, so that the form can be mended and sent again.

use std::future::Future;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

use super::schema::sent_forms;
use super::{AnyConnection, Failure};
use crate::values::{Sending, SentForm, Timestamp};

tokio::task_local! {
    static SENDING: Sending;
}

/// Does the work of a request; its first write takes the form's key with it.
pub async fn within<F: Future>(sending: Sending, work: F) -> F::Output {
    SENDING.scope(sending, work).await
}

/// What the running request brings, unless its form's work is done; nothing outside of a request.
pub(super) fn to_do() -> Option<Sending> {
    SENDING.try_with(Sending::clone).ok().filter(|sending| sending.form().is_some() && !sending.is_done())
}

/// Takes the form's key; refused when it is taken.
pub(super) fn take<R>(connection: &mut AnyConnection, form: &SentForm) -> Result<(), Failure<R>> {
    let taken = diesel::insert_into(sent_forms::table)
        .values((
            sent_forms::key.eq(&form.key),
            sent_forms::content.eq(&form.content),
            sent_forms::sent_at.eq(form.at),
        ))
        .execute(connection);
    match taken {
        Ok(_) => Ok(()),
        Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(Failure::SentBefore),
        Err(error) => Err(error.into()),
    }
}

/// What became of a form that was sent before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Before {
    pub content: String,
    /// Status and address of its answer; absent until they are known, and the address of what was no redirect.
    pub status: Option<i64>,
    pub location: Option<String>,
}

/// The earlier request with this form, if there was one.
pub fn before(connection: &mut AnyConnection, key: &str) -> QueryResult<Option<Before>> {
    sent_forms::table
        .find(key)
        .select((sent_forms::content, sent_forms::status, sent_forms::location))
        .first(connection)
        .optional()
}

/// Keeps what the form was answered.
pub fn keep_answer(
    connection: &mut AnyConnection,
    key: &str,
    status: i64,
    location: Option<&str>,
) -> QueryResult<()> {
    diesel::update(sent_forms::table.find(key))
        .set((sent_forms::status.eq(Some(status)), sent_forms::location.eq(location)))
        .execute(connection)?;
    Ok(())
}

/// Forgets a form whose answer was that something is wrong with it, so that it can be sent again.
pub fn forget(connection: &mut AnyConnection, key: &str) -> QueryResult<()> {
    diesel::delete(sent_forms::table.find(key)).execute(connection)?;
    Ok(())
}

/// Forgets what was sent before that time; nobody sends it again.
pub fn forget_old(connection: &mut AnyConnection, before: Timestamp) -> QueryResult<()> {
    diesel::delete(sent_forms::table.filter(sent_forms::sent_at.lt(before))).execute(connection)?;
    Ok(())
}
