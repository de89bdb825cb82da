//! The people of a side: invited, given a role, deactivated. A side always keeps an administrator, and nobody changes
//! their own role or deactivates themselves.

use diesel::prelude::*;

use super::{AccountState, NewUser, User, factors, store, tokens};
use crate::audit::{self, Event};
use crate::db::query::ForUpdate;
use crate::db::schema::{sessions, users};
use crate::db::{AnyConnection, Failure};
use crate::mail::{self, Letterhead, News, Occasion, Recipient, TWO_WEEKS};
use crate::values::{AccountSide, Act, Email, ResellerId, Scope, StaffRole, UserId};

/// Why a change of people was refused; `Display` is the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeopleRefusal {
    #[error("Somebody has an account with this address already")]
    Known,
    #[error("Nobody changes their own account here; ask another administrator")]
    Own,
    #[error("This is the last administrator; make somebody else one first")]
    LastAdministrator,
    #[error("Choose a role")]
    Role,
    #[error("The account is deactivated; activate it first")]
    Disabled,
}

type Refused = Failure<PeopleRefusal>;

/// An account in scope: root sees everybody's, a re-seller its own people's.
pub fn find(connection: &mut AnyConnection, scope: Scope, id: UserId) -> QueryResult<User> {
    let user = store::find(connection, id)?;
    let is_visible = scope.reseller().is_none_or(|own| user.reseller == Some(own));
    if is_visible { Ok(user) } else { Err(diesel::result::Error::NotFound) }
}

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub email: Email,
    pub full_name: String,
    pub role: StaffRole,
}

/// Makes an account on the side of whoever invites, and mails the link that sets its password.
pub fn invite(
    connection: &mut AnyConnection,
    reseller: Option<ResellerId>,
    invitation: &Invitation,
    letterhead: &Letterhead,
    act: &Act,
) -> Result<UserId, Refused> {
    let side = if reseller.is_some() { AccountSide::Reseller } else { AccountSide::Root };
    if !StaffRole::of(side).contains(&invitation.role) {
        return Err(Failure::Refused(PeopleRefusal::Role));
    }
    if store::has_account(connection, &invitation.email)? {
        return Err(Failure::Refused(PeopleRefusal::Known));
    }
    let name = invitation.email.as_str().split('@').next().unwrap_or_default();
    let user_name =
        name.parse().or_else(|_| "member".parse()).map_err(|_| Failure::Refused(PeopleRefusal::Role))?;
    let Invitation { email, full_name, role } = invitation.clone();
    let id = store::create(connection, &NewUser { side, reseller, role, email, user_name, full_name }, act)?;
    let user = store::find(connection, id)?;
    send_link(connection, &user, letterhead, act)?;
    Ok(id)
}

/// Mails a link that sets the password: the first one, or a new one in place of one that was forgotten.
pub fn send_link(
    connection: &mut AnyConnection,
    user: &User,
    letterhead: &Letterhead,
    act: &Act,
) -> Result<(), Refused> {
    if user.state == AccountState::Disabled {
        return Err(Failure::Refused(PeopleRefusal::Disabled));
    }
    let path = tokens::set_password_path(connection, user.id, act.at)?;
    let news = News {
        who: act.who.name.clone(),
        facts: vec![("User name", user.user_name.to_string())],
        path,
        once: Some(TWO_WEEKS),
        ..News::default()
    };
    let to = [Recipient::Member(user.email.clone())];
    mail::tell(connection, Occasion::PasswordLink, &to, &news, letterhead, act.at)?;
    let event = Event::on(
        "user",
        user.id,
        "user.link_sent",
        format!("Link to set a password sent to {}", user.full_name),
    );
    audit::record(connection, act, event.of_reseller(user.reseller))?;
    Ok(())
}

/// Gives somebody another role; their sessions end, so that the next one has it.
pub fn set_role(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UserId,
    role: StaffRole,
    act: &Act,
) -> Result<User, Refused> {
    let user = changeable(connection, scope, id, act)?;
    if !StaffRole::of(user.side).contains(&role) {
        return Err(Failure::Refused(PeopleRefusal::Role));
    }
    if role == user.role {
        return Ok(user);
    }
    if role != StaffRole::Administrator {
        keep_an_administrator(connection, &user)?;
    }
    diesel::update(users::table.find(id)).set(users::role.eq(role)).execute(connection)?;
    end_sessions(connection, id)?;
    let summary = format!("{} is now {}", user.full_name, role.words().to_lowercase());
    let event = Event::on("user", id, "user.role_changed", summary)
        .of_reseller(user.reseller)
        .before(serde_json::json!({ "role": user.role }))
        .after(serde_json::json!({ "role": role }));
    audit::record(connection, act, event)?;
    Ok(User { role, ..user })
}

/// Deactivates an account, which is out at its next request, or activates it again.
pub fn set_state(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UserId,
    state: AccountState,
    act: &Act,
) -> Result<User, Refused> {
    let user = changeable(connection, scope, id, act)?;
    if state == user.state {
        return Ok(user);
    }
    if state == AccountState::Disabled {
        keep_an_administrator(connection, &user)?;
        end_sessions(connection, id)?;
        tokens::void_all(connection, id, act.at)?;
    }
    diesel::update(users::table.find(id)).set(users::state.eq(state)).execute(connection)?;
    let (action, done) = match state {
        AccountState::Active => ("user.activated", "activated"),
        AccountState::Disabled => ("user.deactivated", "deactivated"),
    };
    let event = Event::on("user", id, action, format!("Account of {} {done}", user.full_name));
    audit::record(connection, act, event.of_reseller(user.reseller))?;
    Ok(User { state, ..user })
}

/// Ends every session of somebody.
pub fn sign_out_everywhere(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UserId,
    act: &Act,
) -> Result<User, Refused> {
    let user = find(connection, scope, id)?;
    end_sessions(connection, id)?;
    let event = Event::on("user", id, "user.sessions_ended", format!("Sessions of {} ended", user.full_name));
    audit::record(connection, act, event.of_reseller(user.reseller))?;
    Ok(user)
}

/// Takes the second factor from somebody who lost the device and the recovery codes.
pub fn remove_factor(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UserId,
    act: &Act,
) -> Result<User, Refused> {
    let user = changeable(connection, scope, id, act)?;
    factors::remove(connection, id, act)?;
    Ok(user)
}

fn end_sessions(connection: &mut AnyConnection, id: UserId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(connection)
}

fn changeable(connection: &mut AnyConnection, scope: Scope, id: UserId, act: &Act) -> Result<User, Refused> {
    let user = find(connection, scope, id)?;
    if act.who.id == Some(id.as_uuid()) {
        return Err(Failure::Refused(PeopleRefusal::Own));
    }
    Ok(user)
}

/// Refuses when nobody else of the same side is an active administrator. The rows are locked, so that two who remove
/// each other do not both succeed.
fn keep_an_administrator(connection: &mut AnyConnection, user: &User) -> Result<(), Refused> {
    if user.role != StaffRole::Administrator || user.state == AccountState::Disabled {
        return Ok(());
    }
    let administrators = users::table
        .filter(users::side.eq(user.side))
        .filter(users::role.eq(StaffRole::Administrator))
        .filter(users::state.eq(AccountState::Active))
        .select((users::id, users::reseller_id));
    let active: Vec<(UserId, Option<ResellerId>)> = ForUpdate(administrators).load(connection)?;
    if active.iter().any(|(other, reseller)| *other != user.id && *reseller == user.reseller) {
        Ok(())
    } else {
        Err(Failure::Refused(PeopleRefusal::LastAdministrator))
    }
}
