//! The pages of usage: files, their bad rows, what is not rated yet, and the mapping of a source's names.
//!
//! Root sees every channel. A re-seller sees its own, and imports only when its channel allows it.

pub mod bad_rows;
pub mod decision;
pub mod events;
pub mod feeds;
pub mod file;
pub mod files;
pub mod mapping;
mod mapping_lines;
pub mod unrated;
pub mod upload;
pub mod wording;

use crate::channels::choice::{self, Choice};
use crate::channels::{self, Channel};
use crate::db::Db;
use crate::values::Right;
use crate::web::{Error, Member};

/// The re-seller's own channel; root has none of its own.
async fn own_channel(db: &Db, member: &Member) -> Result<Option<Channel>, Error> {
    let Some(reseller) = member.scope.reseller() else { return Ok(None) };
    Ok(db.read(move |connection| channels::store::of_reseller(connection, reseller)).await?)
}

/// The channel to work in: the re-seller's own, or the one that root named.
async fn chosen(db: &Db, member: &Member, named: &str) -> Result<Option<Channel>, Error> {
    let (scope, named) = (member.scope, named.to_owned());
    Ok(db.read(move |connection| choice::chosen(connection, scope, &named)).await?)
}

/// What root chooses a channel with; nothing for a re-seller.
async fn choice(db: &Db, member: &Member, named: &str) -> Result<Choice, Error> {
    let (scope, named) = (member.scope, named.to_owned());
    Ok(db.read(move |connection| Choice::of(connection, scope, &named)).await?)
}

/// Whether a member may import usage into a channel and decide on its files.
fn may_import(member: &Member, channel: &Channel) -> bool {
    may_import_some(member, Some(channel))
}

/// Whether a member may import usage at all: root into any channel, a re-seller into its own while that permits it.
fn may_import_some(member: &Member, own: Option<&Channel>) -> bool {
    member.may(Right::Usage) && (member.is_root() || own.is_some_and(|channel| channel.may_import))
}
