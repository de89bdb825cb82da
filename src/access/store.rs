//! Accounts in the database.

use diesel::prelude::*;

use super::{AccountState, NewUser, Purpose, User, tokens};
use crate::audit::{self, Event};
use crate::db::schema::{applicants, channel_logos, channels, second_factors, sessions, users};
use crate::db::{AnyConnection, Failure};
use crate::on_backend;
use crate::values::{
    AccountSide, Act, ApplicantId, ChannelId, Email, ResellerId, StaffRole, Timestamp, UserId, UserName,
};

crate::text_columns!(AccountSide, StaffRole, AccountState, Purpose);

pub(super) type UserRow = (
    UserId,
    AccountSide,
    Option<ResellerId>,
    StaffRole,
    Email,
    UserName,
    String,
    AccountState,
    Option<Timestamp>,
);

pub(super) type UserColumns = (
    users::id,
    users::side,
    users::reseller_id,
    users::role,
    users::email,
    users::user_name,
    users::full_name,
    users::state,
    users::last_sign_in_at,
);

pub(super) const USER: UserColumns = (
    users::id,
    users::side,
    users::reseller_id,
    users::role,
    users::email,
    users::user_name,
    users::full_name,
    users::state,
    users::last_sign_in_at,
);

pub(super) fn user(
    (id, side, reseller, role, email, user_name, full_name, state, last_sign_in_at): UserRow,
) -> User {
    User { id, side, reseller, role, email, user_name, full_name, state, last_sign_in_at }
}

/// Whether any root administrator exists; without one the portal waits for its first.
pub fn has_root(connection: &mut AnyConnection) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(users::table.filter(users::side.eq(AccountSide::Root))))
        .get_result(connection)
}

/// Root's people, by name.
pub fn roots(connection: &mut AnyConnection) -> QueryResult<Vec<User>> {
    let rows: Vec<UserRow> = users::table
        .filter(users::side.eq(AccountSide::Root))
        .order(users::full_name)
        .select(USER)
        .load(connection)?;
    Ok(rows.into_iter().map(user).collect())
}

/// A re-seller's people, by name.
pub fn of_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<User>> {
    let rows: Vec<UserRow> = users::table
        .filter(users::reseller_id.eq(reseller))
        .order(users::full_name)
        .select(USER)
        .load(connection)?;
    Ok(rows.into_iter().map(user).collect())
}

/// The account that signs in with this address, active or not.
pub fn by_email(connection: &mut AnyConnection, email: &Email) -> QueryResult<Option<User>> {
    let row = users::table.filter(users::email.eq(email)).select(USER).first::<UserRow>(connection);
    Ok(row.optional()?.map(user))
}

pub fn find(connection: &mut AnyConnection, id: UserId) -> QueryResult<User> {
    users::table.find(id).select(USER).first::<UserRow>(connection).map(user)
}

/// Makes an account without a password; under a numbered user name when the wished one is taken.
pub fn create<R>(connection: &mut AnyConnection, new: &NewUser, act: &Act) -> Result<UserId, Failure<R>> {
    let id = UserId::generate();
    let user_name = free_user_name(connection, &new.user_name)?;
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::side.eq(new.side),
            users::reseller_id.eq(new.reseller),
            users::role.eq(new.role),
            users::email.eq(&new.email),
            users::user_name.eq(&user_name),
            users::full_name.eq(&new.full_name),
            users::state.eq(AccountState::Active),
            users::created_at.eq(act.at),
        ))
        .execute(connection)?;
    audit::record(
        connection,
        act,
        Event::on("user", id, "user.created", format!("Account {user_name} made for {}", new.full_name))
            .of_reseller(new.reseller)
            .after(serde_json::json!({ "email": new.email, "user_name": user_name, "side": new.side, "role": new.role })),
    )?;
    Ok(id)
}

fn free_user_name(connection: &mut AnyConnection, wished: &UserName) -> QueryResult<UserName> {
    let is_taken = |connection: &mut AnyConnection, name: &UserName| -> QueryResult<bool> {
        diesel::select(diesel::dsl::exists(users::table.filter(users::user_name.eq(name))))
            .get_result(connection)
    };
    let mut name = wished.clone();
    let mut number = 2;
    while is_taken(connection, &name)? {
        let stem: String = wished.as_str().chars().take(34).collect();
        name = format!("{stem}-{number}").parse().map_err(|_| diesel::result::Error::NotFound)?;
        number += 1;
    }
    Ok(name)
}

/// What signing in needs to know of an account.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Credentials {
    pub user: UserId,
    pub side: AccountSide,
    pub password_hash: Option<String>,
    /// Wrong passwords in a row.
    pub failures: i64,
    pub has_factor: bool,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_everybody() -> _ {
    let factor = second_factors::table.on(second_factors::user_id.eq(users::id));
    users::table.left_join(factor).select((
        users::id,
        users::side,
        users::password_hash,
        users::failures,
        second_factors::user_id.nullable().is_not_null(),
    ))
}

/// The active account of an e-mail address or user name as typed. One query, so that a name that none has costs as
/// much as one that somebody has.
pub(super) fn credentials(connection: &mut AnyConnection, name: &str) -> QueryResult<Option<Credentials>> {
    let name = name.trim().to_lowercase();
    let named = of_everybody().filter(users::email.eq(&name).or(users::user_name.eq(&name)));
    named.filter(users::state.eq(AccountState::Active)).first(connection).optional()
}

pub(super) fn credentials_of(connection: &mut AnyConnection, user: UserId) -> QueryResult<Credentials> {
    of_everybody().filter(users::id.eq(user)).first(connection)
}

/// Notes a sign-in; a password that was hashed more weakly than new ones is hashed again.
pub(super) fn signed_in(
    connection: &mut AnyConnection,
    id: UserId,
    renewed_hash: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(users::table.find(id)).set(users::last_sign_in_at.eq(now)).execute(connection)?;
    if let Some(hash) = renewed_hash {
        diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(connection)?;
    }
    Ok(())
}

/// Sets a password by its hash; every session of the account ends, and every link to set another.
pub fn set_password<R>(
    connection: &mut AnyConnection,
    id: UserId,
    hash: &str,
    act: &Act,
) -> Result<(), Failure<R>> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(hash), users::failures.eq(0)))
        .execute(connection)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(connection)?;
    tokens::void_all(connection, id, act.at)?;
    audit::record(connection, act, Event::on("user", id, "user.password_set", "Password set".into()))?;
    Ok(())
}

/// The account behind a session.
pub(super) struct Known {
    pub user: User,
    pub channel: Option<ChannelId>,
    /// Since when its channel has the logo that it has.
    pub logo: Option<Timestamp>,
    pub has_factor: bool,
}

type KnownRow = (UserRow, Option<ChannelId>, Option<Timestamp>, Option<UserId>);

/// The account behind a session, with its channel; `None` when it is disabled or gone.
pub(super) fn visitor(connection: &mut AnyConnection, id: UserId) -> QueryResult<Option<Known>> {
    let found = users::table
        .left_join(channels::table.on(channels::reseller_id.nullable().eq(users::reseller_id)))
        .left_join(channel_logos::table.on(channel_logos::channel_id.eq(channels::id)))
        .left_join(second_factors::table.on(second_factors::user_id.eq(users::id)))
        .filter(users::id.eq(id))
        .filter(users::state.eq(AccountState::Active))
        .select((
            USER,
            channels::id.nullable(),
            channel_logos::changed_at.nullable(),
            second_factors::user_id.nullable(),
        ));
    // Asked by each request: what diesel knows the type of, it need not put together anew.
    let row: Option<KnownRow> = on_backend!(connection, |inner| found.first(inner)).optional()?;
    Ok(row.map(|(row, channel, logo, factor)| {
        let has_factor = factor.is_some();
        Known { user: user(row), channel, logo, has_factor }
    }))
}

/// The applicant with this address, made when new.
pub fn applicant(connection: &mut AnyConnection, email: &Email, now: Timestamp) -> QueryResult<ApplicantId> {
    let known =
        applicants::table.filter(applicants::email.eq(email)).select(applicants::id).first(connection);
    if let Some(id) = known.optional()? {
        return Ok(id);
    }
    diesel::insert_into(applicants::table)
        .values((
            applicants::id.eq(ApplicantId::generate()),
            applicants::email.eq(email),
            applicants::created_at.eq(now),
        ))
        .returning(applicants::id)
        .get_result(connection)
}

/// Notes that the applicant has opened a link that only the address' owner gets.
pub fn verify_applicant(
    connection: &mut AnyConnection,
    id: ApplicantId,
    now: Timestamp,
) -> QueryResult<Email> {
    diesel::update(applicants::table.filter(applicants::id.eq(id)).filter(applicants::verified_at.is_null()))
        .set(applicants::verified_at.eq(now))
        .execute(connection)?;
    applicants::table.find(id).select(applicants::email).first(connection)
}

/// Whether an account signs in with this address already.
pub fn has_account(connection: &mut AnyConnection, email: &Email) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(users::table.filter(users::email.eq(email)))).get_result(connection)
}
