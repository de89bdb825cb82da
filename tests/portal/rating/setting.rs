//! A channel to rate, and its charge lines in a few words.

use diesel::prelude::*;
use reseller_portal::db::schema::charge_lines as l;
use reseller_portal::db::{Failure, Never};
use reseller_portal::settlement::store::rate_month;
use reseller_portal::values::{Amount, ChannelId};

use crate::support::World;
use crate::support::builders::{Bundle, Customer, a_channel, a_customer, a_reseller};

pub struct Setting {
    pub channel: ChannelId,
    pub customer: Customer,
}

/// Kestrel gets 20 percent of revenue and has one customer, Aldous.
pub fn kestrel(world: &World, bundle: &Bundle) -> Setting {
    let reseller = a_reseller("Kestrel").share("20").build(world).id;
    let channel = a_channel(reseller).currencies(&["JPY", "KWD", "USD"]).sells(bundle).build(world);
    Setting { channel, customer: a_customer(channel, "Aldous").build(world) }
}

impl Setting {
    /// Rates a month and tells the gross of each line, in their order.
    pub fn rated(&self, world: &World, month: &str) -> Vec<String> {
        self.rate(world, month);
        self.gross(world, month)
    }

    pub fn rate(&self, world: &World, month: &str) {
        let month = month.parse().unwrap();
        let rated: Result<_, Failure<Never>> =
            world.try_write(|connection| rate_month(connection, self.channel, month, world.now()));
        rated.unwrap();
    }

    /// The gross of each line as it stands.
    pub fn gross(&self, world: &World, month: &str) -> Vec<String> {
        self.amounts(world, month).into_iter().map(|[gross, _, _]| gross).collect()
    }

    /// Gross, the re-seller's share and the provider's of each line as it stands.
    pub fn amounts(&self, world: &World, month: &str) -> Vec<[String; 3]> {
        let rows: Vec<(Amount, Amount, Amount)> = world.read(|connection| {
            l::table
                .filter(l::channel_id.eq(self.channel))
                .filter(l::month.eq(month))
                .order(l::position)
                .select((l::gross, l::reseller_share, l::provider_share))
                .load(connection)
        });
        rows.into_iter()
            .map(|(gross, ours, theirs)| [gross, ours, theirs].map(|one| one.to_string()))
            .collect()
    }

    /// Included and billable units of each line, as exact fractions.
    pub fn units(&self, world: &World, month: &str) -> Vec<(String, String)> {
        world.read(|connection| {
            l::table
                .filter(l::channel_id.eq(self.channel))
                .filter(l::month.eq(month))
                .order(l::position)
                .select((l::included, l::billable))
                .load(connection)
        })
    }
}
