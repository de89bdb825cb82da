//! Tries to sign in, counted in the database so that all processes count together.

use diesel::prelude::*;

use super::throttle::{self, Limit};
use crate::db::AnyConnection;
use crate::db::query::Both;
use crate::db::schema::{failed_pairs, throttles, users};
use crate::values::{Timestamp, UserId};

/// Somebody who tries, and whose allowance that uses.
#[derive(Debug, Clone)]
pub struct Try {
    /// The account, or the hash of a name that none has.
    pub account: String,
    pub address: String,
    /// The browser, when it has signed in to the account before: then it has an allowance of its own.
    pub known_browser: Option<String>,
    /// A few bits of name and password, so that repeating one pair counts once.
    pub pair: String,
}

impl Try {
    fn allowances(&self) -> Vec<(String, Limit)> {
        match &self.known_browser {
            Some(browser) => vec![(format!("browser {browser}"), throttle::PER_KNOWN_BROWSER)],
            None => vec![
                (format!("account {}", self.account), throttle::PER_ACCOUNT),
                (format!("address {}", self.address), throttle::PER_ADDRESS),
            ],
        }
    }

    fn block(&self) -> String {
        format!("block {}", self.address)
    }
}

/// Takes a try from every allowance it counts against, or says when the next one is let through.
pub fn take(
    connection: &mut AnyConnection,
    attempt: &Try,
    now: Timestamp,
) -> QueryResult<Result<(), Timestamp>> {
    if attempt.known_browser.is_none()
        && let Some(until) = spent_until(connection, &attempt.block())?.filter(|until| now < *until)
    {
        return Ok(Err(until));
    }
    let mut taken = Vec::new();
    for (name, limit) in attempt.allowances() {
        match limit.take(spent_until(connection, &name)?, now) {
            Ok(spent) => taken.push((name, spent)),
            Err(next) => return Ok(Err(next)),
        }
    }
    for (name, spent) in taken {
        set(connection, &name, spent)?;
    }
    Ok(Ok(()))
}

/// Takes one from a single allowance, such as of mails to an address.
pub fn take_one(
    connection: &mut AnyConnection,
    name: &str,
    limit: Limit,
    now: Timestamp,
) -> QueryResult<Result<(), Timestamp>> {
    let taken = limit.take(spent_until(connection, name)?, now);
    if let Ok(spent) = taken {
        set(connection, name, spent)?;
    }
    Ok(taken.map(|_| ()))
}

/// After a right password: the account's and the browser's allowances are whole again, the address' is as before.
pub fn give_back(connection: &mut AnyConnection, attempt: &Try, user: UserId) -> QueryResult<()> {
    for (name, limit) in attempt.allowances() {
        match spent_until(connection, &name)? {
            Some(spent) if name.starts_with("address ") => set(connection, &name, spent.plus(-limit.every))?,
            _ => drop(diesel::delete(throttles::table.find(&name)).execute(connection)?),
        }
    }
    diesel::update(users::table.find(user)).set(users::failures.eq(0)).execute(connection)?;
    Ok(())
}

/// After a wrong one: counts it for the account, and blocks an address that tries many different pairs.
pub fn failed(
    connection: &mut AnyConnection,
    attempt: &Try,
    user: Option<UserId>,
    now: Timestamp,
) -> QueryResult<()> {
    // Without an account as well, since the time must not tell whether there is one: nothing equals NULL.
    let account = users::table.filter(users::id.nullable().eq(user));
    diesel::update(account).set(users::failures.eq(users::failures + 1)).execute(connection)?;
    let since = now.plus(-throttle::PAIRS_WITHIN);
    diesel::delete(failed_pairs::table.filter(failed_pairs::at.le(since))).execute(connection)?;
    let row = (
        failed_pairs::address.eq(&attempt.address),
        failed_pairs::pair.eq(&attempt.pair),
        failed_pairs::at.eq(now),
    );
    Both(diesel::insert_into(failed_pairs::table).values(row).on_conflict_do_nothing())
        .execute(connection)?;
    let distinct: i64 = failed_pairs::table
        .filter(failed_pairs::address.eq(&attempt.address))
        .count()
        .get_result(connection)?;
    if distinct >= throttle::PAIRS {
        set(connection, &attempt.block(), now.plus(throttle::BLOCKED_FOR))?;
    }
    Ok(())
}

fn spent_until(connection: &mut AnyConnection, name: &str) -> QueryResult<Option<Timestamp>> {
    throttles::table.find(name).select(throttles::spent_until).first(connection).optional()
}

fn set(connection: &mut AnyConnection, name: &str, until: Timestamp) -> QueryResult<()> {
    Both(
        diesel::insert_into(throttles::table)
            .values((throttles::name.eq(name), throttles::spent_until.eq(until)))
            .on_conflict(throttles::name)
            .do_update()
            .set(throttles::spent_until.eq(until)),
    )
    .execute(connection)?;
    Ok(())
}
