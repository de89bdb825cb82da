//! Second factors and recovery codes in the database.

use diesel::prelude::*;

use super::{throttle, totp};
use crate::audit::{self, Event};
use crate::db::schema::{recovery_codes, second_factors, sessions};
use crate::db::{AnyConnection, Failure};
use crate::keyring::Keyring;
use crate::values::{Act, Timestamp, UserId};

/// What the secrets are sealed for.
const PURPOSE: &str = "second factor";

/// Why a code was refused; `Display` is the message beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorRefusal {
    #[error("This code is not right, or was used; take the one that is shown now")]
    Wrong,
    #[error("Too many wrong codes; codes are taken again in a quarter of an hour")]
    Rests,
    #[error("Something went wrong with the second factor; ask an administrator to remove it")]
    Unreadable,
}

/// What is kept of an account's factor.
type Kept = (String, i64, i64, Option<Timestamp>);

pub fn has_factor(connection: &mut AnyConnection, user: UserId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(second_factors::table.find(user))).get_result(connection)
}

/// How many recovery codes are left.
pub fn codes_left(connection: &mut AnyConnection, user: UserId) -> QueryResult<i64> {
    let own = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
    own.filter(recovery_codes::used_at.is_null()).count().get_result(connection)
}

/// Sets a factor up, whose first code was right, in place of any earlier one; returns new recovery codes, which are
/// shown once. Every other session of the account ends.
pub fn enrol(
    connection: &mut AnyConnection,
    keys: &Keyring,
    user: UserId,
    secret: &str,
    step: i64,
    act: &Act,
) -> Result<Vec<String>, Failure<FactorRefusal>> {
    let sealed = keys.seal(PURPOSE, secret).map_err(|_| Failure::Refused(FactorRefusal::Unreadable))?;
    diesel::delete(second_factors::table.find(user)).execute(connection)?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user),
            second_factors::secret.eq(sealed),
            second_factors::enrolled_at.eq(act.at),
            second_factors::last_step.eq(step),
            second_factors::failures.eq(0),
        ))
        .execute(connection)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(connection)?;
    let event = Event::on("user", user, "user.factor_enrolled", "Second factor set up".into());
    audit::record(connection, act, event)?;
    Ok(replace_codes(connection, user)?)
}

/// New recovery codes in place of all earlier ones, for who has a factor.
pub fn renew_codes(connection: &mut AnyConnection, user: UserId, act: &Act) -> QueryResult<Vec<String>> {
    second_factors::table.find(user).select(second_factors::user_id).first::<UserId>(connection)?;
    let event = Event::on("user", user, "user.recovery_codes", "New recovery codes made".into());
    audit::record(connection, act, event)?;
    replace_codes(connection, user)
}

fn replace_codes(connection: &mut AnyConnection, user: UserId) -> QueryResult<Vec<String>> {
    let codes = totp::new_recovery_codes();
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(connection)?;
    for code in &codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user),
                recovery_codes::code_hash.eq(totp::recovery_hash(code)),
            ))
            .execute(connection)?;
    }
    Ok(codes)
}

/// Removes the factor and its recovery codes; every session of the account ends.
pub fn remove(connection: &mut AnyConnection, user: UserId, act: &Act) -> QueryResult<()> {
    let removed = diesel::delete(second_factors::table.find(user)).execute(connection)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(connection)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(connection)?;
    if removed > 0 {
        let event = Event::on("user", user, "user.factor_removed", "Second factor removed".into());
        audit::record(connection, act, event)?;
    }
    Ok(())
}

/// Uses up a code of the device or a recovery code. What is refused is an answer, not a failure, because the count of
/// wrong codes must be kept.
pub fn use_code(
    connection: &mut AnyConnection,
    keys: &Keyring,
    user: UserId,
    code: &str,
    now: Timestamp,
) -> QueryResult<Result<(), FactorRefusal>> {
    let kept: Option<Kept> = second_factors::table
        .find(user)
        .select((
            second_factors::secret,
            second_factors::last_step,
            second_factors::failures,
            second_factors::locked_until,
        ))
        .first(connection)
        .optional()?;
    let Some((sealed, last_step, failures, locked_until)) = kept else {
        return Ok(Err(FactorRefusal::Wrong));
    };
    if locked_until.is_some_and(|until| now < until) {
        return Ok(Err(FactorRefusal::Rests));
    }
    let Some(secret) = keys.open(PURPOSE, &sealed) else { return Ok(Err(FactorRefusal::Unreadable)) };
    let step = totp::step_of(&secret, code, now).filter(|step| *step > last_step);
    if step.is_some() || use_recovery_code(connection, user, code, now)? {
        // Sealed again, so that a replaced secret key is needed no longer.
        let sealed = keys.seal(PURPOSE, &secret).unwrap_or(sealed);
        diesel::update(second_factors::table.find(user))
            .set((
                second_factors::last_step.eq(step.unwrap_or(last_step)),
                second_factors::secret.eq(sealed),
                second_factors::failures.eq(0),
                second_factors::locked_until.eq(None::<Timestamp>),
            ))
            .execute(connection)?;
        return Ok(Ok(()));
    }
    let failures = failures + 1;
    let rests = failures >= throttle::WRONG_CODES;
    diesel::update(second_factors::table.find(user))
        .set((
            second_factors::failures.eq(if rests { 0 } else { failures }),
            second_factors::locked_until.eq(rests.then(|| now.plus(throttle::FACTOR_RESTS))),
        ))
        .execute(connection)?;
    Ok(Err(if rests { FactorRefusal::Rests } else { FactorRefusal::Wrong }))
}

fn use_recovery_code(
    connection: &mut AnyConnection,
    user: UserId,
    code: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    let used = diesel::update(recovery_codes::table)
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::code_hash.eq(totp::recovery_hash(code)))
        .filter(recovery_codes::used_at.is_null())
        .set(recovery_codes::used_at.eq(now))
        .execute(connection)?;
    Ok(used == 1)
}

/// The factor's secret, for the demonstration's sign-in page.
pub(super) fn secret(
    connection: &mut AnyConnection,
    keys: &Keyring,
    user: UserId,
) -> QueryResult<Option<String>> {
    let sealed: Option<String> =
        second_factors::table.find(user).select(second_factors::secret).first(connection).optional()?;
    Ok(sealed.and_then(|sealed| keys.open(PURPOSE, &sealed)))
}
