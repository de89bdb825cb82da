//! Loads the demonstration, step by step.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{catalog, partners, sales, settlement, usage};
use crate::access::{NewUser, factors, hash_password, store as accounts, totp};
use crate::app::Parts;
use crate::clock::Clock;
use crate::db::schema::{applicants, bundles, products, users};
use crate::db::{AnyConnection, Failure};
use crate::jobs::Runner;
use crate::keyring::Keyring;
use crate::mail::Letterhead;
use crate::settings;
use crate::values::{AccountSide, Act, Actor, ActorKind, Month, ResellerId, StaffRole, Timestamp, UserId};
use crate::work;

/// The clock of work that was done at one moment of the past.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What every step needs.
pub(super) struct Stage {
    pub today: NaiveDate,
    pub root: UserId,
    pub letterhead: Letterhead,
}

impl Stage {
    /// Something that the provider's administrator did.
    pub fn root(&self, at: Timestamp) -> Act {
        let who = Actor {
            kind: ActorKind::Root,
            id: Some(self.root.as_uuid()),
            name: "Priya Raman".into(),
            address: None,
        };
        Act { who, at }
    }

    /// The month so many months before the running one.
    pub fn month(&self, months_ago: u32) -> Month {
        (0..months_ago).fold(Month::of(self.today), |month, _| month.previous())
    }
}

/// Whether the database has nothing yet that a demonstration could mix with.
pub fn is_empty(connection: &mut AnyConnection) -> QueryResult<bool> {
    let people: i64 = users::table.count().get_result(connection)?;
    let applicants: i64 = applicants::table.count().get_result(connection)?;
    let products: i64 = products::table.count().get_result(connection)?;
    let bundles: i64 = bundles::table.count().get_result(connection)?;
    Ok(people + applicants + products + bundles == 0)
}

/// Loads everything into an empty database; `tell` says how far it is.
pub fn load(parts: &Parts, tell: impl Fn(&str)) -> anyhow::Result<()> {
    let now = parts.clock.now();
    let letterhead = parts.config.letterhead();
    tell("catalog and accounts");
    let root = write(parts, |connection| first_root(connection, now))?;
    let stage = Stage { today: now.day(), root, letterhead };
    write(parts, |connection| catalog::load(connection, &stage))?;
    tell("requests, terms and channels");
    let channels = write(parts, |connection| partners::load(connection, &stage))?;
    tell("customers and subscriptions");
    for opened in &channels {
        write(parts, |connection| sales::load(connection, &stage, opened))?;
    }
    for opened in &channels {
        tell(&format!("usage of {}", opened.company.name));
        write(parts, |connection| usage::load(connection, &stage, opened))?;
    }
    write(parts, |connection| partners::leave(connection, &stage))?;
    tell("rating");
    let runner = Runner {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
        handler: work::handler(parts.config.office()),
    };
    runner.run_waiting()?;
    tell("statements");
    write(parts, |connection| settlement::load(connection, &stage, &channels))?;
    runner.run_waiting()?;
    let closed_at = write(parts, |connection| settlement::close_last(connection, &stage))?;
    Runner { clock: Arc::new(Stopped(closed_at)), ..runner.clone() }.run_waiting()?;
    write(parts, |connection| settlement::load_last(connection, &stage, &channels))?;
    runner.run_waiting()?;
    write(parts, |connection| colleagues(connection, now))?;
    write(parts, |connection| sign_ins(connection, &parts.config.keys, now))
}

fn write<T>(
    parts: &Parts,
    mut work: impl FnMut(&mut AnyConnection) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    // A query's failure stays one, so that PostgreSQL's wish to run the step again is heard.
    let written = parts.db.write_blocking(|connection| {
        work(connection).map_err(|error| match error.downcast() {
            Ok(query) => Failure::Query(query),
            Err(other) => Failure::Refused(other),
        })
    });
    written.map_err(|failure: Failure<anyhow::Error>| match failure {
        Failure::Refused(error) => error,
        other => anyhow::anyhow!("{other}"),
    })
}

/// A step that the portal's own rules refuse is a fault of the demonstration.
pub(super) fn ok<T, R: Debug + Display>(result: Result<T, Failure<R>>) -> anyhow::Result<T> {
    result.map_err(|failure| match failure {
        Failure::Query(error) => error.into(),
        other => anyhow::anyhow!("{other}"),
    })
}

fn first_root(connection: &mut AnyConnection, now: Timestamp) -> anyhow::Result<UserId> {
    let act = Act { who: Actor::system("Demonstration"), at: now.plus(-chrono::Duration::days(460)) };
    let new = NewUser {
        side: AccountSide::Root,
        reseller: None,
        role: StaffRole::Administrator,
        email: "priya.raman@northgate.example".parse()?,
        user_name: "root".parse()?,
        full_name: "Priya Raman".into(),
    };
    settings::mark_demo(connection)?;
    ok::<_, crate::db::Never>(accounts::create(connection, &new, &act))
}

/// Gives the demonstration's accounts their passwords.
fn sign_ins(connection: &mut AnyConnection, keys: &Keyring, now: Timestamp) -> anyhow::Result<()> {
    let act = Act { who: Actor::system("Demonstration"), at: now };
    for (name, password) in settings::DEMO_SIGN_INS {
        let id: UserId =
            users::table.filter(users::user_name.eq(name)).select(users::id).first(connection)?;
        ok::<_, crate::db::Never>(accounts::set_password(connection, id, &hash_password(password)?, &act))?;
    }
    let root = users::table.filter(users::user_name.eq("root")).select(users::id).first(connection)?;
    // No code of before serves, as for any device that is set up now.
    let secret = totp::new_secret();
    ok(factors::enrol(connection, keys, root, &secret, 0, &act))?;
    Ok(())
}

/// Colleagues of the two who sign in, in the other roles.
fn colleagues(connection: &mut AnyConnection, now: Timestamp) -> anyhow::Result<()> {
    let act = Act { who: Actor::system("Demonstration"), at: now.plus(-chrono::Duration::days(200)) };
    let seller: ResellerId = users::table
        .filter(users::user_name.eq("ingrid"))
        .select(users::reseller_id.assume_not_null())
        .first(connection)?;
    for (name, role, reseller) in [
        ("Tomas Lindqvist", StaffRole::Finance, None),
        ("Amara Okafor", StaffRole::ReadOnly, None),
        ("Sindre Berg", StaffRole::Seller, Some(seller)),
        ("Maren Dahl", StaffRole::ReadOnly, Some(seller)),
    ] {
        let first = name.split(' ').next().unwrap_or(name).to_lowercase();
        let domain = if reseller.is_some() { "kestrel.example" } else { "northgate.example" };
        let side = if reseller.is_some() { AccountSide::Reseller } else { AccountSide::Root };
        let (email, user_name) = (format!("{first}@{domain}").parse()?, first.parse()?);
        let new = NewUser { side, reseller, role, email, user_name, full_name: name.into() };
        ok::<_, crate::db::Never>(accounts::create(connection, &new, &act))?;
    }
    Ok(())
}
