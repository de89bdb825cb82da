//! Logos in the database.

use diesel::prelude::*;

use crate::audit::{self, Event};
use crate::channels::store;
use crate::db::AnyConnection;
use crate::db::schema::channel_logos;
use crate::values::{Act, ChannelId, Scope, Timestamp};

/// The logo of a channel in scope, as a PNG; `NotFound` when it has none.
pub fn find(connection: &mut AnyConnection, scope: Scope, id: ChannelId) -> QueryResult<Vec<u8>> {
    let channel = store::find(connection, scope, id)?;
    channel_logos::table.find(channel.id).select(channel_logos::png).first(connection)
}

/// When the logo of a channel in scope was last set; `None` when it has none.
pub fn changed_at(
    connection: &mut AnyConnection,
    scope: Scope,
    id: ChannelId,
) -> QueryResult<Option<Timestamp>> {
    let channel = store::find(connection, scope, id)?;
    channel_logos::table.find(channel.id).select(channel_logos::changed_at).first(connection).optional()
}

/// Gives a channel this logo instead of the one it has.
pub fn put(
    connection: &mut AnyConnection,
    scope: Scope,
    id: ChannelId,
    png: &[u8],
    act: &Act,
) -> QueryResult<()> {
    let channel = store::find(connection, scope, id)?;
    diesel::delete(channel_logos::table.find(id)).execute(connection)?;
    let row =
        (channel_logos::channel_id.eq(id), channel_logos::png.eq(png), channel_logos::changed_at.eq(act.at));
    diesel::insert_into(channel_logos::table).values(row).execute(connection)?;
    let event = Event::on("channel", id, "channel.logo", format!("Logo of channel {} set", channel.code));
    audit::record(connection, act, event.of_reseller(channel.reseller))?;
    Ok(())
}

/// Takes the logo of a channel away, if it has one.
pub fn take(connection: &mut AnyConnection, scope: Scope, id: ChannelId, act: &Act) -> QueryResult<()> {
    let channel = store::find(connection, scope, id)?;
    if diesel::delete(channel_logos::table.find(id)).execute(connection)? == 0 {
        return Ok(());
    }
    let event =
        Event::on("channel", id, "channel.logo", format!("Logo of channel {} taken away", channel.code));
    audit::record(connection, act, event.of_reseller(channel.reseller))?;
    Ok(())
}
