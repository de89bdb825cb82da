//! The wizard's and the price editor's forms, filled in.

use reseller_portal::catalog::{PriceValue, PriceVersion, price_store};
use reseller_portal::channels::{Channel, store};
use reseller_portal::values::{ChannelId, ResellerId};

use crate::support::builders::Bundle;
use crate::support::{Client, Page, World};

pub fn address(reseller: ResellerId) -> String {
    format!("/resellers/{reseller}/channel")
}

/// The wizard's last step with everything that was typed before.
pub fn create(client: &Client, reseller: ResellerId, code: &str, bundle: &Bundle) -> Page {
    let bundle = bundle.id.to_string();
    let policy = format!("policy.{bundle}");
    let fields = [
        ("step", "review"),
        ("name", "Kestrel"),
        ("code", code),
        ("price_editable", "on"),
        ("currency", "USD"),
        ("bundle", bundle.as_str()),
        (policy.as_str(), "free"),
    ];
    client.post(&address(reseller), &fields)
}

pub fn channels(world: &World) -> Vec<Channel> {
    world.read(|connection| store::list(connection, reseller_portal::values::Scope::Root))
}

pub fn editor(channel: ChannelId, bundle: &Bundle) -> String {
    format!("/channels/{channel}/prices/{}/USD", bundle.id)
}

/// The name of a charge's field in the price editor.
pub fn field(bundle: &Bundle, place: usize) -> String {
    format!("price.{}", bundle.charges[place])
}

/// Types prices from a day on and asks to review them.
#[track_caller]
pub fn review(client: &Client, channel: ChannelId, bundle: &Bundle, from: &str, prices: &[&str]) -> Page {
    let page = client.get(&editor(channel, bundle)).expect(200);
    let names: Vec<String> = (0..prices.len()).map(|place| field(bundle, place)).collect();
    let mut fields = vec![("effective_from", from), ("reason", "Market moved")];
    fields.extend(names.iter().map(String::as_str).zip(prices.iter().copied()));
    client.press(&page, "Review the price", &fields)
}

/// The same, and sets them.
#[track_caller]
pub fn set(client: &Client, channel: ChannelId, bundle: &Bundle, from: &str, prices: &[&str]) -> Page {
    let preview = review(client, channel, bundle, from, prices).expect(200);
    client.press(&preview, "Set the price", &[])
}

/// The channel's own price versions, by day.
pub fn versions(world: &World, channel: ChannelId, bundle: &Bundle) -> Vec<PriceVersion> {
    let usd = "USD".parse().unwrap();
    world.read(|connection| price_store::versions(connection, Some(channel), bundle.id, usd))
}

/// Their days and the first charge's price.
pub fn prices(world: &World, channel: ChannelId, bundle: &Bundle) -> Vec<String> {
    let told = |version: PriceVersion| {
        let price = match &version.values[&bundle.charges[0]] {
            PriceValue::Unit(price) => price.to_string(),
            PriceValue::CostPlus(percent) => format!("{percent}%"),
            PriceValue::Tiers(prices) => format!("{prices:?}"),
        };
        format!("{} {price}", version.effective_from)
    };
    versions(world, channel, bundle).into_iter().map(told).collect()
}
