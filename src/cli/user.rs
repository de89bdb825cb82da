//! `user`: makes accounts and helps people in who lost their password or device, from the command line.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::ValueEnum;

use crate::access::{AccountState, NewUser, factors, store, tokens};
use crate::app::Parts;
use crate::audit::{self, Event};
use crate::db::Never;
use crate::values::{AccountSide, Act, Actor, Email, StaffRole};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make an account and print the one-use link that sets its password
    Create {
        /// What the account may do
        #[arg(long, value_enum)]
        role: Role,
        /// The address the account signs in with
        #[arg(long)]
        email: Email,
    },
    /// Print a one-use link that sets a new password; it works for 30 minutes
    Recover {
        /// The address the account signs in with
        #[arg(long)]
        email: Email,
        /// Also remove the second factor, whose device is lost
        #[arg(long)]
        without_factor: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Role {
    /// The provider's administrator
    Root,
    /// The provider's finance: usage and settlement
    RootFinance,
    /// Sees what root sees and changes nothing
    RootReadOnly,
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Root => Self::Administrator,
            Role::RootFinance => Self::Finance,
            Role::RootReadOnly => Self::ReadOnly,
        }
    }
}

pub(super) fn run(parts: &Parts, command: &Command) -> anyhow::Result<ExitCode> {
    let act = Act { who: Actor::system("Command line"), at: parts.clock.now() };
    let path = match command {
        Command::Create { role, email } => create(parts, *role, email, &act)?,
        Command::Recover { email, without_factor } => recover(parts, email, *without_factor, &act)?,
    };
    println!("{}{path}", parts.config.public_url);
    Ok(ExitCode::SUCCESS)
}

fn create(parts: &Parts, role: Role, email: &Email, act: &Act) -> anyhow::Result<String> {
    if parts.db.read_blocking(|connection| store::has_account(connection, email))? {
        bail!("{email} has an account already");
    }
    let name = email.as_str().split('@').next().unwrap_or("root");
    let new = NewUser {
        side: AccountSide::Root,
        reseller: None,
        role: role.into(),
        email: email.clone(),
        user_name: name.parse().or_else(|_| "root".parse())?,
        full_name: name.to_owned(),
    };
    Ok(parts.db.write_blocking::<_, Never>(|connection| {
        let user = store::create(connection, &new, act)?;
        Ok(tokens::set_password_path(connection, user, act.at)?)
    })?)
}

fn recover(parts: &Parts, email: &Email, without_factor: bool, act: &Act) -> anyhow::Result<String> {
    let found = parts.db.read_blocking(|connection| store::by_email(connection, email))?;
    let user = found.ok_or_else(|| anyhow!("no account has the address {email}"))?;
    if user.state == AccountState::Disabled {
        bail!("the account of {email} is deactivated");
    }
    Ok(parts.db.write_blocking::<_, Never>(|connection| {
        if without_factor {
            factors::remove(connection, user.id, act)?;
        }
        let event = Event::on("user", user.id, "user.link_made", "Link to set a password made".into());
        audit::record(connection, act, event)?;
        Ok(tokens::recovery_path(connection, user.id, act.at)?)
    })?)
}
