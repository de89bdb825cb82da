//! The same scenario in the portal: its rows, the file through the importer, and the lines that rating made of it.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use reseller_portal::channels::store as channel_store;
use reseller_portal::db::schema::{charge_lines as l, usage_records};
use reseller_portal::usage::resolve::Target;
use reseller_portal::usage::store::{MappingWish, save_mappings};
use reseller_portal::usage::{MappingKind, UnratedCause};
use reseller_portal::values::{
    Amount, ChannelId, ChargeId, Cost, Currency, Percent, ProductId, Quantity, ResellerId, Scope,
    SubscriptionId, UnitPrice,
};

use super::fraction::{Fraction, fraction, ten_to};
use super::scenario::*;
use super::share::Basis;
use crate::support::World;
use crate::support::builders::{
    Bundle, Customer, Subscription, a_bundle, a_channel, a_customer, a_price, a_product, a_reseller,
    a_subscription,
};

pub const CHANNEL: &str = "ORACLE";

/// When a name of the file is mapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mapped {
    BeforeTheImport,
    Late,
}

pub struct Portal {
    pub reseller: ResellerId,
    pub channel: ChannelId,
    sales: Vec<SubscriptionId>,
    rules: HashMap<ChargeId, Rule>,
    wishes: Vec<MappingWish>,
}

pub fn build(world: &World, basis: Basis) -> Portal {
    let products: HashMap<&str, ProductId> =
        ITEMS.iter().map(|item| (item.sku, product(world, item))).collect();
    let bundles: HashMap<&str, Bundle> =
        OFFERS.iter().map(|offer| (offer.code, bundle(world, offer, &products))).collect();
    let (resale, network) = (bundles["RESALE"].clone(), bundles["NETWORK"].clone());
    let reseller = a_reseller("Kestrel").terms(move |terms| {
        let terms = terms.from("2024-01").share(GENERAL);
        let terms = terms.for_bundle(resale.id, OF_RESALE).for_category("Network", OF_NETWORK_USAGE);
        if basis == Basis::Margin { terms.of_margin() } else { terms }
    });
    let reseller = reseller.build(world).id;
    let channel = a_channel(reseller).code(CHANNEL).currencies(&["JPY", "KWD", "USD"]);
    let channel = channel.sells(&bundles["RESALE"]).sells(&network).build(world);
    for price in &PRICES {
        let made = a_price(&bundles[price.offer], price.values).currency(price.currency).from(price.from);
        if price.is_own { made.of(channel) } else { made }.build(world);
    }
    let buyers: HashMap<&str, Customer> =
        BUYERS.iter().map(|buyer| (buyer.id, customer(world, channel, buyer))).collect();
    let sales =
        SALES.iter().map(|sale| sell(world, sale, &bundles[sale.offer], buyers[sale.buyer]).id).collect();
    let rules = OFFERS
        .iter()
        .flat_map(|offer| bundles[offer.code].charges.iter().copied().zip(offer.rules.iter().copied()));
    Portal { reseller, channel, sales, rules: rules.collect(), wishes: wishes(&buyers, &products) }
}

fn product(world: &World, item: &Item) -> ProductId {
    a_product(item.sku).unit(item.unit).category(item.category).build(world)
}

fn bundle(world: &World, offer: &Offer, products: &HashMap<&str, ProductId>) -> Bundle {
    let included = offer.included.iter();
    let new = included.fold(a_bundle(offer.code), |new, (sku, units)| new.includes(products[sku], units));
    let with_rules = offer.rules.iter().fold(new, |new, rule| match rule {
        Rule::OneTime => new.one_time("0"),
        Rule::Recurring => new.recurring("0"),
        Rule::PerUnit(sku) => new.usage(products[sku], "0"),
        Rule::CostPlus(sku) => new.cost_plus(products[sku], "0"),
    });
    with_rules.without_prices().build(world)
}

fn customer(world: &World, channel: ChannelId, buyer: &Buyer) -> Customer {
    a_customer(channel, buyer.id).external(buyer.id).currency(buyer.currency).build(world)
}

fn sell(world: &World, sale: &Sale, bundle: &Bundle, customer: Customer) -> Subscription {
    let (start, units) = sale.quantities[0];
    let mut new = a_subscription(customer, bundle).from(start).quantity(units);
    for (from, units) in &sale.quantities[1..] {
        new = new.then(from, *units);
    }
    if let Some(end) = sale.end {
        new = new.until(end);
    }
    if sale.is_frozen { new.frozen() } else { new }.build(world)
}

fn wishes(buyers: &HashMap<&str, Customer>, products: &HashMap<&str, ProductId>) -> Vec<MappingWish> {
    let accounts = BUYERS.iter().flat_map(|buyer| {
        let target = Some(Target::Customer(buyers[buyer.id].id));
        buyer.accounts.iter().map(move |name| (MappingKind::Customer, name, target))
    });
    let names = ITEMS.iter().flat_map(|item| {
        let target = Some(Target::Product(products[item.sku]));
        item.names.iter().map(move |name| (MappingKind::Product, name, target))
    });
    let wish =
        |(kind, name, target): (_, &&str, _)| MappingWish { kind, external: (*name).to_owned(), target };
    accounts.chain(names).map(wish).collect()
}

impl Portal {
    /// Maps products and every other sub-account: those of the import, or those that are mapped after it.
    pub fn map(&self, world: &World, when: Mapped) {
        let is_late = |place: usize, wish: &MappingWish| wish.kind == MappingKind::Customer && place % 2 == 1;
        let all = self.wishes.iter().enumerate();
        let wishes: Vec<MappingWish> = all
            .filter(|(place, wish)| is_late(*place, wish) == (when == Mapped::Late))
            .map(|(_, wish)| wish.clone())
            .collect();
        world.write(|connection| {
            let channel = channel_store::find(connection, Scope::Root, self.channel)?;
            save_mappings(connection, &channel, "focus", &wishes, &world.act())
        });
    }

    /// How many records wait for what, and how many do not wait.
    pub fn waiting(&self, world: &World) -> (BTreeMap<String, i64>, i64) {
        let causes: Vec<Option<UnratedCause>> = world
            .read(|connection| usage_records::table.select(usage_records::unrated_cause).load(connection));
        let mut waiting = BTreeMap::new();
        for cause in causes.iter().flatten() {
            *waiting.entry(cause.to_string()).or_default() += 1;
        }
        (waiting, i64::try_from(causes.iter().flatten().count()).unwrap())
    }

    pub fn lines(&self, world: &World) -> Vec<Stored> {
        let rows: Vec<Row> = world.read(|connection| {
            l::table
                .filter(l::channel_id.eq(self.channel))
                .filter(l::month.eq(MONTH))
                .order(l::position)
                .select((
                    (
                        l::subscription_id.assume_not_null(),
                        l::charge_id.assume_not_null(),
                        l::currency,
                        l::day_from,
                        l::day_until,
                    ),
                    (l::quantity, l::included, l::billable, l::cost, l::unit_price, l::percent),
                    (l::gross, l::reference, l::reseller_share, l::provider_share),
                ))
                .load(connection)
        });
        rows.into_iter().map(|row| self.stored(row)).collect()
    }

    fn stored(&self, (whose, what, money): Row) -> Stored {
        let (subscription, charge, currency, first, until) = whose;
        let (quantity, included, billable, cost, price, percent) = what;
        let (gross, reference, reseller, provider) = money;
        let minor = |amount: Amount| {
            let units = fraction(&amount.to_string()) * ten_to(decimals(currency.code()));
            assert!(units.is_integer(), "{amount} has more decimals than {currency}");
            units.to_integer()
        };
        let price = price.map(|price| price.to_string()).or(percent.map(|percent| percent.to_string()));
        Stored {
            sale: self.sales.iter().position(|id| *id == subscription).unwrap(),
            rule: self.rules[&charge],
            price: fraction(&price.unwrap()),
            days: (first, until - Days::new(1)),
            units: [quantity.to_string(), included, billable].map(|text| fraction(&text)),
            cost: cost.map(|cost| fraction(&cost.to_string())),
            amounts: [gross, reference, reseller, provider].map(|amount| minor(amount).to_string()),
        }
    }
}

type Row = (
    (SubscriptionId, ChargeId, Currency, NaiveDate, NaiveDate),
    (Quantity, String, String, Option<Cost>, Option<UnitPrice>, Option<Percent>),
    (Amount, Amount, Amount, Amount),
);

/// A charge line as it is stored; amounts in minor units: gross, reference, re-seller, provider.
#[derive(Debug, PartialEq)]
pub struct Stored {
    pub sale: usize,
    pub rule: Rule,
    pub price: Fraction,
    pub days: (NaiveDate, NaiveDate),
    /// What was used, what of it was included, what is charged for.
    pub units: [Fraction; 3],
    pub cost: Option<Fraction>,
    pub amounts: [String; 4],
}
