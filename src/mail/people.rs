//! Whom a mail goes to: whoever it concerns by side and right, has not switched it off, and did not do it themselves.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Occasion, Recipient};
use crate::db::AnyConnection;
use crate::db::schema::{mail_choices, users};
use crate::values::{AccountSide, Act, Email, ResellerId, StaffRole, UserId};

type Row = (UserId, Email, AccountSide, StaffRole);

/// The provider's people whom it concerns.
pub fn roots(connection: &mut AnyConnection, occasion: Occasion, act: &Act) -> QueryResult<Vec<Recipient>> {
    let active = users::table.filter(users::side.eq(AccountSide::Root)).filter(users::state.eq("active"));
    let rows = active.select((users::id, users::email, users::side, users::role)).load(connection)?;
    reached(connection, rows, occasion, act)
}

/// A re-seller's people whom it concerns.
pub fn of_reseller(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    occasion: Occasion,
    act: &Act,
) -> QueryResult<Vec<Recipient>> {
    let active = users::table.filter(users::reseller_id.eq(reseller)).filter(users::state.eq("active"));
    let rows = active.select((users::id, users::email, users::side, users::role)).load(connection)?;
    reached(connection, rows, occasion, act)
}

/// Everybody of a re-seller who can sign in, for what nobody chooses.
pub fn all_of_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<Recipient>> {
    let active = users::table.filter(users::reseller_id.eq(reseller)).filter(users::state.eq("active"));
    let emails: Vec<Email> = active.select(users::email).load(connection)?;
    Ok(emails.into_iter().map(Recipient::Member).collect())
}

/// One account, when the occasion concerns it.
pub fn one(
    connection: &mut AnyConnection,
    user: UserId,
    occasion: Occasion,
    act: &Act,
) -> QueryResult<Vec<Recipient>> {
    let active = users::table.filter(users::id.eq(user)).filter(users::state.eq("active"));
    let rows = active.select((users::id, users::email, users::side, users::role)).load(connection)?;
    reached(connection, rows, occasion, act)
}

fn reached(
    connection: &mut AnyConnection,
    people: Vec<Row>,
    occasion: Occasion,
    act: &Act,
) -> QueryResult<Vec<Recipient>> {
    let chosen: HashMap<UserId, bool> = mail_choices::table
        .filter(mail_choices::occasion.eq(occasion))
        .select((mail_choices::user_id, mail_choices::wanted))
        .load(connection)?
        .into_iter()
        .collect();
    let is_reached = |(id, _, side, role): &Row| {
        act.who.id != Some(id.as_uuid()) && occasion.reaches(*side, *role, chosen.get(id).copied())
    };
    let reached = people.into_iter().filter(is_reached);
    Ok(reached.map(|(_, email, _, _)| Recipient::Member(email)).collect())
}
