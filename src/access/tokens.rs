//! One-use links. Only the hash of the secret is kept, and using one is a single update, so that it works once.

use chrono::Duration;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::Purpose;
use crate::db::AnyConnection;
use crate::db::schema::tokens;
use crate::values::{ApplicantId, ObjectId, Timestamp, TokenId, UserId};
use crate::web::random_token;

/// How long a link works: a fortnight for people who were invited, as mails lie around; half an hour for one that
/// somebody has just asked for.
fn lifetime(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::Recovery => Duration::minutes(30),
        Purpose::FirstRoot | Purpose::SetPassword | Purpose::Applicant => Duration::days(14),
    }
}

/// Makes a link's secret; the link is `/welcome/{secret}` or `/enter/{secret}`.
pub fn issue(
    connection: &mut AnyConnection,
    purpose: Purpose,
    subject: Option<ObjectId>,
    now: Timestamp,
) -> QueryResult<String> {
    let secret = random_token();
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(TokenId::generate()),
            tokens::purpose.eq(purpose),
            tokens::secret_hash.eq(hash(&secret)),
            tokens::subject.eq(subject),
            tokens::created_at.eq(now),
            tokens::expires_at.eq(now.plus(lifetime(purpose))),
        ))
        .execute(connection)?;
    Ok(secret)
}

/// What a link is for, while it works; using it is another matter.
pub fn look_up(
    connection: &mut AnyConnection,
    secret: &str,
    now: Timestamp,
) -> QueryResult<Option<(Purpose, Option<ObjectId>)>> {
    tokens::table
        .filter(tokens::secret_hash.eq(hash(secret)))
        .filter(tokens::used_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .select((tokens::purpose, tokens::subject))
        .first(connection)
        .optional()
}

/// Uses a link up; `None` when it was used, is over, or never was.
pub fn redeem(
    connection: &mut AnyConnection,
    secret: &str,
    purposes: &[Purpose],
    now: Timestamp,
) -> QueryResult<Option<Option<ObjectId>>> {
    diesel::update(tokens::table)
        .filter(tokens::secret_hash.eq(hash(secret)))
        .filter(tokens::purpose.eq_any(purposes.to_vec()))
        .filter(tokens::used_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .set(tokens::used_at.eq(now))
        .returning(tokens::subject)
        .get_result(connection)
        .optional()
}

/// The link that lets an account's owner set the password, to be put after the portal's address.
pub fn set_password_path(
    connection: &mut AnyConnection,
    user: UserId,
    now: Timestamp,
) -> QueryResult<String> {
    let secret = issue(connection, Purpose::SetPassword, Some(user.into()), now)?;
    Ok(format!("/welcome/{secret}"))
}

/// The link that lets somebody who forgot it set a new password, to be put after the portal's address.
pub fn recovery_path(connection: &mut AnyConnection, user: UserId, now: Timestamp) -> QueryResult<String> {
    let secret = issue(connection, Purpose::Recovery, Some(user.into()), now)?;
    Ok(format!("/welcome/{secret}"))
}

/// Ends the links by which an account's password could be set.
pub fn void_all(connection: &mut AnyConnection, user: UserId, now: Timestamp) -> QueryResult<()> {
    diesel::update(tokens::table)
        .filter(tokens::subject.eq(Some(ObjectId::from(user))))
        .filter(tokens::purpose.eq_any([Purpose::SetPassword, Purpose::Recovery]))
        .filter(tokens::used_at.is_null())
        .set(tokens::used_at.eq(now))
        .execute(connection)?;
    Ok(())
}

/// The link by which an applicant enters, to be put after the portal's address.
pub fn applicant_path(
    connection: &mut AnyConnection,
    applicant: ApplicantId,
    now: Timestamp,
) -> QueryResult<String> {
    let secret = issue(connection, Purpose::Applicant, Some(applicant.into()), now)?;
    Ok(format!("/enter/{secret}"))
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
