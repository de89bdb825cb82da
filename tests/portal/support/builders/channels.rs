//! Channels and what they sell.

use diesel::prelude::*;
use reseller_portal::db::schema::{channel_bundles, channel_currencies, channels, resellers};
use reseller_portal::values::{BundleId, ChannelId, Percent, ResellerId, search_key};

use super::{Bundle, next_number, parsed};
use crate::support::World;

/// A channel's id; the builders of customers ask for it.
pub type Channel = ChannelId;

/// A channel to make: in USD, price editable; its re-seller becomes active.
pub struct NewChannel {
    reseller: ResellerId,
    code: String,
    name: String,
    currencies: Vec<String>,
    price_editable: bool,
    shows_reference: bool,
    may_import: bool,
    bundles: Vec<Sold>,
}

struct Sold {
    bundle: BundleId,
    enabled: bool,
    policy: &'static str,
    band: [Option<String>; 3],
}

pub fn a_channel(reseller: ResellerId) -> NewChannel {
    let number = next_number();
    NewChannel {
        reseller,
        code: format!("CH-{number:04}"),
        name: format!("Channel {number}"),
        currencies: vec!["USD".into()],
        price_editable: true,
        shows_reference: true,
        may_import: true,
        bundles: Vec::new(),
    }
}

impl NewChannel {
    pub fn code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub fn currencies(self, codes: &[&str]) -> Self {
        Self { currencies: codes.iter().map(|code| (*code).to_owned()).collect(), ..self }
    }

    /// Not price editable: every bundle is locked.
    pub fn locked(self) -> Self {
        Self { price_editable: false, ..self }
    }

    pub fn hides_reference(self) -> Self {
        Self { shows_reference: false, ..self }
    }

    pub fn may_not_import(self) -> Self {
        Self { may_import: false, ..self }
    }

    /// Sells a bundle that the re-seller prices at will.
    pub fn sells(self, bundle: &Bundle) -> Self {
        self.with(bundle, "free", [None, None, None])
    }

    /// Sells a bundle whose price the re-seller may not change.
    pub fn sells_locked(self, bundle: &Bundle) -> Self {
        self.with(bundle, "locked", [None, None, None])
    }

    /// Sells a bundle within limits: floor and ceiling in percent of the reference price, margin of the price.
    pub fn sells_within(self, bundle: &Bundle, floor: &str, ceiling: &str, min_margin: &str) -> Self {
        let limit = |percent: &str| (!percent.is_empty()).then(|| percent.to_owned());
        self.with(bundle, "band", [limit(floor), limit(ceiling), limit(min_margin)])
    }

    fn with(mut self, bundle: &Bundle, policy: &'static str, band: [Option<String>; 3]) -> Self {
        self.bundles.push(Sold { bundle: bundle.id, enabled: true, policy, band });
        self
    }

    pub fn build(self, world: &World) -> Channel {
        world.write(|connection| {
            diesel::update(resellers::table.find(self.reseller))
                .filter(resellers::state.eq("awaiting_channel"))
                .set(resellers::state.eq("active"))
                .execute(connection)?;
            let id: ChannelId = diesel::insert_into(channels::table)
                .values((
                    channels::id.eq(ChannelId::generate()),
                    channels::reseller_id.eq(self.reseller),
                    channels::code.eq(&self.code),
                    channels::name.eq(&self.name),
                    channels::name_key.eq(search_key(&self.name)),
                    channels::price_editable.eq(self.price_editable),
                    channels::shows_reference.eq(self.shows_reference),
                    channels::may_import.eq(self.may_import),
                    channels::revision.eq(1),
                    channels::created_at.eq(world.now()),
                ))
                .returning(channels::id)
                .get_result(connection)?;
            for currency in &self.currencies {
                diesel::insert_into(channel_currencies::table)
                    .values((
                        channel_currencies::channel_id.eq(id),
                        channel_currencies::currency.eq(currency),
                    ))
                    .execute(connection)?;
            }
            for sold in &self.bundles {
                let [floor, ceiling, min_margin] =
                    sold.band.each_ref().map(|limit| limit.as_deref().map(parsed::<Percent>));
                diesel::insert_into(channel_bundles::table)
                    .values((
                        channel_bundles::channel_id.eq(id),
                        channel_bundles::bundle_id.eq(sold.bundle),
                        channel_bundles::enabled.eq(sold.enabled),
                        channel_bundles::policy.eq(sold.policy),
                        channel_bundles::floor.eq(floor),
                        channel_bundles::ceiling.eq(ceiling),
                        channel_bundles::min_margin.eq(min_margin),
                    ))
                    .execute(connection)?;
            }
            Ok(id)
        })
    }
}
