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

use crate::channels::{self, Channel};
use crate::db::Db;
use crate::values::Right;
use crate::web::{Error, Member};

/// The channels within a member's scope.
async fn channels(db: &Db, member: &Member) -> Result<Vec<Channel>, Error> {
    let scope = member.scope;
    Ok(db.read(move |connection| channels::store::list(connection, scope)).await?)
}

/// The channels as options of a form.
fn options(channels: &[Channel]) -> Vec<(String, String)> {
    channels.iter().map(|channel| (channel.id.to_string(), channel.name.clone())).collect()
}

/// The channel to work in: the re-seller's own, or the one that root chose.
fn chosen<'a>(member: &Member, channels: &'a [Channel], typed: &str) -> Option<&'a Channel> {
    match member.channel {
        Some(own) => channels.iter().find(|channel| channel.id == own),
        None => channels.iter().find(|channel| channel.id.to_string() == typed),
    }
}

/// Whether a member may import usage into a channel and decide on its files.
fn may_import(member: &Member, channel: &Channel) -> bool {
    member.may(Right::Usage) && (member.is_root() || channel.may_import)
}
