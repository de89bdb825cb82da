//! The invented re-sellers' prices, customers and subscriptions.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::companies::{COMPANIES, CUSTOMERS, Stage as Reached};
use super::load::{Stage, ok};
use super::partners::Opened;
use super::season::{office_hour, pick};
use crate::catalog::{Bundle, ChargeKind, PriceConcern, PriceValue, store as catalog};
use crate::channels::pricing::{self, Wished};
use crate::customers::{NewCustomer, NewSubscription, PriceRule, sales};
use crate::db::AnyConnection;
use crate::values::{ChargeId, Scope, UnitPrice};

/// Which bundles customers take, the first of them most often.
const TAKEN: [&str; 8] = [
    "COMPUTE-M",
    "STORAGE-PLUS",
    "OFFICE-SEAT",
    "COMPUTE-M",
    "DATABASE-S",
    "BUSINESS-START",
    "CLOUD-RESALE",
    "WEB-DELIVERY",
];

pub(super) fn load(connection: &mut AnyConnection, stage: &Stage, opened: &Opened) -> anyhow::Result<()> {
    let bundles = catalog::bundles(connection)?;
    own_prices(connection, stage, opened, &bundles)?;
    let before: usize =
        COMPANIES.iter().take_while(|one| one.name != opened.company.name).map(|one| one.customers).sum();
    let names = CUSTOMERS.iter().skip(before).take(opened.company.customers);
    for (index, name) in names.enumerate() {
        customer(connection, stage, opened, &bundles, index, name)?;
    }
    Ok(())
}

/// A higher recurring price for Compute M than the reference, from the start; Kestrel plans another one.
fn own_prices(
    connection: &mut AnyConnection,
    stage: &Stage,
    opened: &Opened,
    bundles: &[Bundle],
) -> anyhow::Result<()> {
    let Some(bundle) = bundles.iter().find(|bundle| bundle.code == "COMPUTE-M") else { return Ok(()) };
    let mut steps = vec![(opened.since.first_day(), 44 + pick(opened.company.name, 6), "Our own list price")];
    if opened.company.channel == "KESTREL" {
        steps.push((stage.month(0).next().next().first_day(), 52, "Price round of the new year"));
    }
    for currency in opened.company.currencies {
        for (from, price, reason) in &steps {
            let currency = currency.parse()?;
            let book = pricing::book(connection, Scope::Root, opened.channel, bundle.id, currency)?;
            let Some(now) = book.in_effect((*from).min(stage.today)) else { continue };
            let mut values: BTreeMap<ChargeId, PriceValue> = now.values.clone();
            for charge in bundle.charges.iter().filter(|charge| charge.kind == ChargeKind::Recurring) {
                let own = UnitPrice::new((*price).into())?;
                values.insert(charge.id, PriceValue::Unit(own));
            }
            let wished = Wished {
                channel: opened.channel,
                bundle: bundle.id,
                currency,
                effective_from: *from,
                concerns: PriceConcern::Existing,
                reason: (*reason).into(),
                values,
            };
            let act = stage.root(office_hour((*from).min(stage.today) - chrono::Days::new(3), reason));
            ok(pricing::set(connection, Scope::Root, &wished, &act)
                .map_err(|failure| failure.map_refusal(|refusal| format!("{refusal:?}"))))?;
        }
    }
    Ok(())
}

fn customer(
    connection: &mut AnyConnection,
    stage: &Stage,
    opened: &Opened,
    bundles: &[Bundle],
    index: usize,
    name: &str,
) -> anyhow::Result<()> {
    let company = opened.company;
    let currency = company.currencies.get(index % company.currencies.len().max(1)).unwrap_or(&"USD");
    let months = u64::try_from(index % 4).unwrap_or_default() * 30;
    let start = (opened.since.first_day() + chrono::Days::new(months + u64::try_from(pick(name, 20))?))
        .min(stage.today - chrono::Days::new(20));
    let act = stage.root(office_hour(start - chrono::Days::new(2), name));
    let new = NewCustomer {
        channel: opened.channel,
        external_id: format!("{}-{:03}", company.channel, index + 1),
        name: name.to_owned(),
        country: company.country.parse()?,
        currency: currency.parse()?,
    };
    let id = ok(sales::create_customer(connection, Scope::Root, &new, &act))?;
    for number in 0..=pick(name, 3) {
        let code = TAKEN.get((pick(name, TAKEN.len()) + number * 3) % TAKEN.len()).unwrap_or(&"COMPUTE-M");
        let Some(bundle) = bundles.iter().find(|bundle| bundle.code == *code) else { continue };
        let quantity = if *code == "OFFICE-SEAT" { 8 + pick(name, 60) } else { 1 + pick(name, 3) };
        let price_rule = if pick(name, 5) == 0 { PriceRule::Frozen } else { PriceRule::Follow };
        let quantity = u32::try_from(quantity)?;
        let new = NewSubscription { customer: id, bundle: bundle.id, quantity, start, price_rule };
        let subscription = ok(sales::subscribe(connection, Scope::Root, &new, &act))?;
        let grown = start + chrono::Days::new(120);
        if pick(name, 4) == 1 && grown < stage.today {
            let act = stage.root(office_hour(grown, name));
            ok(sales::change_quantity(connection, Scope::Root, subscription, grown, quantity + 1, &act))?;
        }
        if let Some(end) = end(stage, opened, name, number) {
            let act = stage.root(office_hour(end.min(stage.today) - chrono::Days::new(10), name));
            ok(sales::cancel(connection, Scope::Root, subscription, end, &act))?;
        }
    }
    Ok(())
}

/// Some subscriptions have ended or will; all of a closed re-seller's have.
fn end(stage: &Stage, opened: &Opened, name: &str, number: usize) -> Option<NaiveDate> {
    if opened.company.stage == Reached::Closed {
        return Some(stage.month(3).first_day());
    }
    match (pick(name, 9), number) {
        (3, 0) => Some(stage.month(1).first_day()),
        (5, 0) => Some(stage.month(0).next().first_day()),
        _ => None,
    }
}
