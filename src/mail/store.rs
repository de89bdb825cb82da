//! The outbox in the database.

use diesel::prelude::*;

use super::{Letterhead, Mail, NewMail};
use crate::db::AnyConnection;
use crate::db::schema::mails;
use crate::values::{Email, MailId, Timestamp};

/// After this many failures a mail waits for root.
pub(super) const ATTEMPTS: i64 = 10;

type Row = (MailId, Email, String, String, Timestamp, Option<Timestamp>, i64, Option<String>);

fn mail((id, recipient, subject, body, created_at, sent_at, attempts, last_error): Row) -> Mail {
    Mail { id, recipient, subject, body, created_at, sent_at, attempts, last_error }
}

/// Puts one mail about an object into the outbox for each of some people: what is said, the object's address, and who
/// says it. The path begins with a slash.
pub fn post_about(
    connection: &mut AnyConnection,
    people: Vec<Email>,
    subject: &str,
    (said, path): (&str, &str),
    Letterhead { portal, public_url }: &Letterhead,
    now: Timestamp,
) -> QueryResult<()> {
    for recipient in people {
        let body = format!("{said}\n\n{public_url}{path}\n\n{portal}\n");
        post(connection, &NewMail { recipient, subject: subject.to_owned(), body }, now)?;
    }
    Ok(())
}

/// Puts a mail into the outbox, in the caller's transaction.
pub fn post(connection: &mut AnyConnection, new: &NewMail, now: Timestamp) -> QueryResult<MailId> {
    let id = MailId::generate();
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(id),
            mails::recipient.eq(&new.recipient),
            mails::subject.eq(&new.subject),
            mails::body.eq(&new.body),
            mails::created_at.eq(now),
            mails::attempts.eq(0),
        ))
        .execute(connection)?;
    Ok(id)
}

/// The newest mails, at most `limit`.
pub fn newest(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<Mail>> {
    let rows = mails::table.order(mails::id.desc()).limit(limit).load::<Row>(connection)?;
    Ok(rows.into_iter().map(mail).collect())
}

/// The newest mail to an address; the demonstration shows it to the applicant.
pub fn newest_to(connection: &mut AnyConnection, recipient: &Email) -> QueryResult<Option<Mail>> {
    let row =
        mails::table.filter(mails::recipient.eq(recipient)).order(mails::id.desc()).first::<Row>(connection);
    Ok(row.optional()?.map(mail))
}

pub fn find(connection: &mut AnyConnection, id: MailId) -> QueryResult<Mail> {
    mails::table.find(id).first::<Row>(connection).map(mail)
}

pub(super) fn waiting(connection: &mut AnyConnection) -> QueryResult<Vec<Mail>> {
    let rows = mails::table
        .filter(mails::sent_at.is_null())
        .filter(mails::attempts.lt(ATTEMPTS))
        .order(mails::id)
        .limit(50)
        .load::<Row>(connection)?;
    Ok(rows.into_iter().map(mail).collect())
}

/// Notes how sending went; of a mail that is sent, no link that lets somebody in is kept.
pub(super) fn note_outcome(
    connection: &mut AnyConnection,
    mail: &Mail,
    outcome: &Result<(), String>,
    now: Timestamp,
) -> QueryResult<()> {
    let sent_at = outcome.is_ok().then_some(now);
    let body = outcome.is_ok().then(|| mail.without_secrets());
    diesel::update(mails::table.find(mail.id))
        .set((
            body.map(|body| mails::body.eq(body)),
            mails::attempts.eq(mails::attempts + 1),
            mails::sent_at.eq(sent_at),
            mails::last_error.eq(outcome.as_ref().err()),
        ))
        .execute(connection)?;
    Ok(())
}
