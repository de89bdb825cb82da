//! Accounts and applicants.

use diesel::prelude::*;
use reseller_portal::access::{factors, hash_password, store};
use reseller_portal::db::schema::users;
use reseller_portal::values::{ApplicantId, ResellerId, StaffRole, UserId};

use crate::support::{PASSWORD, World};

/// An account to make; root's unless it is given a re-seller, and without a password.
pub struct Account {
    email: String,
    name: String,
    reseller: Option<ResellerId>,
    role: StaffRole,
    state: &'static str,
    password: bool,
    factor: Option<&'static str>,
}

pub fn an_account(email: &str) -> Account {
    let name = email.to_owned();
    Account {
        email: email.to_owned(),
        name,
        reseller: None,
        role: StaffRole::Administrator,
        state: "active",
        password: false,
        factor: None,
    }
}

impl Account {
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub fn of(self, reseller: ResellerId) -> Self {
        Self { reseller: Some(reseller), ..self }
    }

    pub fn role(self, role: StaffRole) -> Self {
        Self { role, ..self }
    }

    /// Sets a second factor up with this secret.
    pub fn with_factor(self, secret: &'static str) -> Self {
        Self { factor: Some(secret), ..self }
    }

    pub fn disabled(self) -> Self {
        Self { state: "disabled", ..self }
    }

    /// Gives it [`PASSWORD`]; the hash takes its time.
    pub fn with_password(self) -> Self {
        Self { password: true, ..self }
    }

    /// The account of this address, made when it is new. The user name is what stands before the @.
    pub fn build(self, world: &World) -> UserId {
        let known = |connection: &mut _| {
            users::table.filter(users::email.eq(&self.email)).select(users::id).first(connection).optional()
        };
        if let Some(id) = world.read(known) {
            return id;
        }
        let hash = self.password.then(|| hash_password(PASSWORD).unwrap());
        let user_name = self.email.split('@').next().unwrap_or_default();
        let id = world.write(|connection| {
            diesel::insert_into(users::table)
                .values((
                    users::id.eq(UserId::generate()),
                    users::side.eq(if self.reseller.is_some() { "reseller" } else { "root" }),
                    users::role.eq(self.role.as_str()),
                    users::reseller_id.eq(self.reseller),
                    users::email.eq(&self.email),
                    users::user_name.eq(user_name),
                    users::full_name.eq(&self.name),
                    users::password_hash.eq(&hash),
                    users::state.eq(self.state),
                    users::created_at.eq(world.now()),
                ))
                .returning(users::id)
                .get_result(connection)
        });
        if let Some(secret) = self.factor {
            let enrol = |connection: &mut _| {
                factors::enrol(connection, &world.config.keys, id, secret, 0, &world.act())
            };
            world.try_write(enrol).unwrap();
        }
        id
    }
}

/// The applicant with this address, verified, made when new.
pub fn an_applicant(world: &World, email: &str) -> ApplicantId {
    let address = super::parsed(email);
    world.write(|connection| {
        let id = store::applicant(connection, &address, world.now())?;
        store::verify_applicant(connection, id, world.now())?;
        Ok(id)
    })
}
