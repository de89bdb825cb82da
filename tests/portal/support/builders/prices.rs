//! Prices that are asked for.

use std::collections::BTreeMap;

use reseller_portal::catalog::{PriceConcern, PriceValue};
use reseller_portal::channels::price_requests::Refusal;
use reseller_portal::channels::price_requests::store;
use reseller_portal::channels::pricing::Wished;
use reseller_portal::db::Failure;
use reseller_portal::mail::Letterhead;
use reseller_portal::values::{ChannelId, PriceRequestId, ResellerId, Scope};

use super::{Bundle, day, parsed};
use crate::support::World;

/// A re-seller asks for a price of a bundle's first charge in USD from December 2026 on.
pub fn a_price_request(
    world: &World,
    reseller: ResellerId,
    channel: ChannelId,
    bundle: &Bundle,
    price: &str,
) -> PriceRequestId {
    let wished = Wished {
        channel,
        bundle: bundle.id,
        currency: parsed("USD"),
        effective_from: day("2026-12-01"),
        concerns: PriceConcern::Existing,
        reason: "A competitor is cheaper".into(),
        values: BTreeMap::from([(bundle.charges[0], PriceValue::Unit(parsed(price)))]),
    };
    let letterhead = Letterhead { portal: "Portal".into(), public_url: "http://portal.example".into() };
    let asked: Result<_, Failure<Refusal>> = world.try_write(|connection| {
        store::ask(connection, Scope::Reseller(reseller), &wished, &letterhead, &world.act())
    });
    asked.unwrap()
}
