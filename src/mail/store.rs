//! The outbox in the database.

use diesel::prelude::*;
use diesel::result::Error as QueryError;

use super::letter::one_line;
use super::{Letter, Letterhead, Mail, News, Occasion, Recipient};
use crate::db::AnyConnection;
use crate::db::schema::mails;
use crate::values::{Email, MailId, Timestamp};

/// After this many failures a mail waits for root.
pub const ATTEMPTS: i64 = 10;

pub(super) type Row = (
    (MailId, Email, String, String, Timestamp),
    (Option<Timestamp>, i64, Option<String>, Option<Occasion>, Option<String>),
);
pub(super) type Columns = (
    (mails::id, mails::recipient, mails::subject, mails::body, mails::created_at),
    (mails::sent_at, mails::attempts, mails::last_error, mails::occasion, mails::letter),
);
pub(super) const MAIL: Columns = (
    (mails::id, mails::recipient, mails::subject, mails::body, mails::created_at),
    (mails::sent_at, mails::attempts, mails::last_error, mails::occasion, mails::letter),
);

pub(super) fn mail((what, how): Row) -> QueryResult<Mail> {
    let (id, recipient, subject, body, created_at) = what;
    let (sent_at, attempts, last_error, occasion, letter) = how;
    let letter = letter.map(|letter| serde_json::from_str(&letter)).transpose();
    let letter = letter.map_err(|error| QueryError::DeserializationError(error.into()))?;
    Ok(Mail { id, recipient, subject, body, created_at, sent_at, attempts, last_error, occasion, letter })
}

/// Puts one mail for each of some people into the outbox, in the caller's transaction.
pub fn tell(
    connection: &mut AnyConnection,
    occasion: Occasion,
    people: &[Recipient],
    news: &News,
    letterhead: &Letterhead,
    now: Timestamp,
) -> QueryResult<()> {
    let about = if news.about.is_empty() { &letterhead.portal } else { &news.about };
    let subject = format!("{}: {}", occasion.title(), one_line(about));
    for to in people {
        let letter = Letter::of(occasion, news, to, letterhead);
        let body = letter.text().map_err(|error| QueryError::SerializationError(error.into()))?;
        diesel::insert_into(mails::table)
            .values((
                mails::id.eq(MailId::generate()),
                mails::recipient.eq(to.address()),
                mails::subject.eq(&subject),
                mails::body.eq(body),
                mails::created_at.eq(now),
                mails::attempts.eq(0),
                mails::occasion.eq(occasion),
                mails::letter.eq(written(&letter)?),
            ))
            .execute(connection)?;
    }
    Ok(())
}

fn written(letter: &Letter) -> QueryResult<String> {
    serde_json::to_string(letter).map_err(|error| QueryError::SerializationError(error.into()))
}

/// The newest mail to an address; the demonstration shows it to the applicant.
pub fn newest_to(connection: &mut AnyConnection, recipient: &Email) -> QueryResult<Option<Mail>> {
    let own = mails::table.filter(mails::recipient.eq(recipient)).order(mails::id.desc()).select(MAIL);
    own.first::<Row>(connection).optional()?.map(mail).transpose()
}

pub fn find(connection: &mut AnyConnection, id: MailId) -> QueryResult<Mail> {
    mails::table.find(id).select(MAIL).first::<Row>(connection).and_then(mail)
}

pub(super) fn waiting(connection: &mut AnyConnection) -> QueryResult<Vec<Mail>> {
    let rows = mails::table
        .filter(mails::sent_at.is_null())
        .filter(mails::attempts.lt(ATTEMPTS))
        .order(mails::id)
        .limit(50)
        .select(MAIL)
        .load::<Row>(connection)?;
    rows.into_iter().map(mail).collect()
}

/// Notes how sending went; of a mail that is sent, no link that lets somebody in is kept.
pub(super) fn note_outcome(
    connection: &mut AnyConnection,
    mail: &Mail,
    outcome: &Result<(), String>,
    now: Timestamp,
) -> QueryResult<()> {
    let sent_at = outcome.is_ok().then_some(now);
    let (body, letter) = mail.without_secrets();
    let letter = letter.as_ref().map(written).transpose()?;
    let closed = outcome.is_ok().then(|| (mails::body.eq(body), mails::letter.eq(letter)));
    diesel::update(mails::table.find(mail.id))
        .set((
            closed,
            mails::attempts.eq(mails::attempts + 1),
            mails::sent_at.eq(sent_at),
            mails::last_error.eq(outcome.as_ref().err()),
        ))
        .execute(connection)?;
    Ok(())
}
