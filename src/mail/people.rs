//! Whom a mail goes to.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::users;
use crate::values::{Email, ResellerId};

/// The provider's people who act: not those who only read.
pub fn roots(connection: &mut AnyConnection) -> QueryResult<Vec<Email>> {
    let active = users::table.filter(users::side.eq("root")).filter(users::state.eq("active"));
    active.filter(users::role.ne("read_only")).select(users::email).load(connection)
}

/// A re-seller's people who act: not those who only read.
pub fn of_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<Email>> {
    let active = users::table.filter(users::reseller_id.eq(reseller)).filter(users::state.eq("active"));
    active.filter(users::role.ne("read_only")).select(users::email).load(connection)
}
