//! Rows of another re-seller in the tables that the demonstration leaves empty, and the ids of what it has.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::db::schema::{
    channels, charge_lines, customers, price_requests, resellers, statements, subscriptions, usage_files,
    users,
};
use reseller_portal::values::{
    ChannelId, ChargeLineId, CustomerId, PriceRequestId, RequestId, ResellerId, StatementId, SubscriptionId,
    UsageFileId, UserId,
};

use super::super::forms::session;
use super::hidden::spelled;
use super::visit::Ids;
use crate::support::{Database, Upload, World};

/// A re-seller that is not Kestrel.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    pub reseller: ResellerId,
    pub channel: ChannelId,
    pub person: UserId,
}

const STATEMENTS: [&str; 8] = [
    "INSERT INTO kept_prices (channel_id, bundle_id, currency, reference_from, kept_at, kept_by)
     SELECT channel_id, bundle_id, min(currency), min(effective_from), min(created_at), min(created_by)
     FROM price_versions WHERE channel_id IS NOT NULL GROUP BY channel_id, bundle_id",
    "INSERT INTO price_requests (id, reference, channel_id, bundle_id, currency, effective_from, concerns, wished,
     reason, state, answer, asked_at, asked_by, decided_at, decided_by)
     SELECT NEW_ID, 'PR-OTHER', CHANNEL, bundle_id, currency, effective_from, concerns, wished, reason, 'declined',
     'No', asked_at, asked_by, asked_at, 'Rosa Root' FROM price_requests LIMIT 1",
    "INSERT INTO terms_rates (id, terms_id, category, share)
     SELECT NEW_ID, id, 'Compute', 100000 FROM terms_versions WHERE request_id <> OWN_REQUEST",
    "INSERT INTO usage_mappings (channel_id, source, kind, external, customer_id, updated_at)
     SELECT channel_id, 'portal', 'customer', external_id, id, created_at FROM customers WHERE channel_id <> OWN_CHANNEL",
    "INSERT INTO usage_feeds (id, channel_id, is_providers, name, token_hash, created_at, created_by)
     SELECT NEW_ID, id, 1 = 0, 'Meter', 'a hash', created_at, 'Somebody' FROM channels WHERE id <> OWN_CHANNEL LIMIT 1",
    "UPDATE mails SET last_error = 'Nobody there'",
    "INSERT INTO settlement_refusals (id, run_id, channel_id, what, reason)
     SELECT NEW_ID, id, CHANNEL, 'BRIGHTLINE 2026-10', 'Not yet' FROM settlement_runs",
    "UPDATE settlement_runs SET address = '192.0.2.1'",
];

/// Gives the other re-seller a row where the demonstration has none.
pub fn more_rows(world: &World, other: &Other) {
    let (new_id, channel) = match world.database() {
        Database::Sqlite => ("randomblob(16)", format!("x'{}'", other.channel.as_uuid().simple())),
        Database::Postgres => ("gen_random_uuid()", format!("'{}'::uuid", other.channel.as_uuid())),
    };
    for statement in STATEMENTS {
        let statement = spelled(statement).replace("NEW_ID", new_id).replace("CHANNEL", &channel);
        world.tamper(|connection| connection.batch_execute(&statement)).unwrap();
    }
    let root = session(world, "root");
    let rows =
        "id,customer,product,quantity,unit,start,end\nz,NOBODY,NOTHING,much,GB,2026-10-01,2026-10-02\n";
    let file = Upload { field: "usage", name: "theirs.csv", content: rows.as_bytes() };
    let channel = other.channel.to_string();
    root.post_file("/usage/files/new", &[("channel", &channel), ("format", "portal")], &file).expect(303);
    world.anonymous().post("/sign-in", &[("name", "nobody"), ("password", "a wrong one")]).expect(422);
    world.session_of(other.person);
    world.settle();
}

/// What the other re-seller has, by the addresses and the filters that take it.
pub fn ids(world: &World, other: &Other) -> Ids {
    let channel = other.channel;
    world.read(|connection| {
        let customer: CustomerId = customers::table
            .filter(customers::channel_id.eq(channel))
            .select(customers::id)
            .first(connection)?;
        let subscription: SubscriptionId = subscriptions::table
            .filter(subscriptions::channel_id.eq(channel))
            .select(subscriptions::id)
            .first(connection)?;
        let request: RequestId =
            resellers::table.find(other.reseller).select(resellers::request_id).first(connection)?;
        let wish: PriceRequestId = price_requests::table
            .filter(price_requests::channel_id.eq(channel))
            .select(price_requests::id)
            .first(connection)?;
        let file: UsageFileId = usage_files::table
            .filter(usage_files::channel_id.eq(channel))
            .select(usage_files::id)
            .first(connection)?;
        let statement: StatementId = statements::table
            .filter(statements::channel_id.eq(channel))
            .select(statements::id)
            .first(connection)?;
        let line: ChargeLineId = charge_lines::table
            .filter(charge_lines::channel_id.eq(channel))
            .select(charge_lines::id)
            .first(connection)?;
        Ok(vec![
            ("/people/", "person", other.person.to_string()),
            ("/customers/", "customer", customer.to_string()),
            ("/subscriptions/", "subscription", subscription.to_string()),
            ("/channels/", "channel", channel.to_string()),
            ("/requests/", "request", request.to_string()),
            ("/resellers/", "reseller", other.reseller.to_string()),
            ("/price-requests/", "wish", wish.to_string()),
            ("/usage/files/", "file", file.to_string()),
            ("/statements/", "statement", statement.to_string()),
            ("/lines/", "line", line.to_string()),
        ])
    })
}

/// Brightline, which has everything that Kestrel has.
pub fn other(world: &World) -> Other {
    world.read(|connection| {
        let (channel, reseller): (ChannelId, ResellerId) = channels::table
            .filter(channels::code.eq("BRIGHTLINE"))
            .select((channels::id, channels::reseller_id))
            .first(connection)?;
        let of = users::table.filter(users::reseller_id.eq(Some(reseller)));
        Ok(Other { reseller, channel, person: of.select(users::id).first(connection)? })
    })
}
