//! Whom a mail goes to.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::users;
use crate::values::{Email, ResellerId};

/// The provider's administrators.
pub fn roots(connection: &mut AnyConnection) -> QueryResult<Vec<Email>> {
    let active = users::table.filter(users::role.eq("root")).filter(users::state.eq("active"));
    active.select(users::email).load(connection)
}

/// A re-seller's administrators.
pub fn of_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<Email>> {
    let active = users::table.filter(users::reseller_id.eq(reseller)).filter(users::state.eq("active"));
    active.select(users::email).load(connection)
}
