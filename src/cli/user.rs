//! `user`: makes accounts from the command line.

use std::process::ExitCode;

use anyhow::bail;
use clap::ValueEnum;

use crate::access::{NewUser, store, tokens};
use crate::app::Parts;
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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Role {
    /// The provider's administrator
    Root,
}

pub(super) fn run(parts: &Parts, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Create { role: Role::Root, email } = command;
    if parts.db.read_blocking(|connection| store::has_account(connection, email))? {
        bail!("{email} has an account already");
    }
    let act = Act { who: Actor::system("Command line"), at: parts.clock.now() };
    let name = email.as_str().split('@').next().unwrap_or("root");
    let new = NewUser {
        side: AccountSide::Root,
        reseller: None,
        role: StaffRole::Administrator,
        email: email.clone(),
        user_name: name.parse().or_else(|_| "root".parse())?,
        full_name: name.to_owned(),
    };
    let path = parts.db.write_blocking::<_, Never>(|connection| {
        let user = store::create(connection, &new, &act)?;
        Ok(tokens::set_password_path(connection, user, act.at)?)
    })?;
    println!("{}{path}", parts.config.public_url);
    Ok(ExitCode::SUCCESS)
}
