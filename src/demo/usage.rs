//! A year of the invented customers' usage, imported as files of the portal's own format, one for each month.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::load::{Stage, ok};
use super::partners::{Opened, by_reseller};
use super::season::{Series, office_hour};
use crate::catalog::{self, Charge, ChargeKind, ChargeModel, Product};
use crate::channels;
use crate::customers::{self, Customer, Subscription};
use crate::db::AnyConnection;
use crate::usage::Format;
use crate::usage::store::{self, Import, NewFile};
use crate::values::{CustomerId, Month, ProductId, Scope};
use crate::web::random_token;

/// Typical units a day of one subscription unit, in thousandths, by SKU.
const DAILY: &[(&str, i64)] = &[
    ("CPU-H", 61_500),
    ("NET-GB", 11_250),
    ("STO-GD", 640_000),
    ("BAK-GD", 590_000),
    ("DB-H", 18_750),
    ("OBJ-REQ", 42_125),
    ("PUB-CLOUD", 1_000),
    ("CDN-GB", 52_300),
    ("EDGE-REQ", 910_000),
    ("SMS", 140_000),
];

const HEADER: &str = "id,customer,product,subscription,quantity,unit,start,end,list_cost,currency\n";

/// List cost of a day of public cloud, in thousandths of the currency.
const PUBLIC_CLOUD: i64 = 18_370;

pub(super) fn load(connection: &mut AnyConnection, stage: &Stage, opened: &Opened) -> anyhow::Result<()> {
    let channel = channels::store::find(connection, Scope::Root, opened.channel)?;
    let products = catalog::store::products(connection)?;
    let bundles = catalog::store::bundles(connection)?;
    let charges: HashMap<_, _> = bundles.into_iter().map(|bundle| (bundle.id, bundle.charges)).collect();
    let subscriptions = customers::store::subscriptions_of(connection, opened.channel)?;
    let customers = customers::store::customers_of(connection, opened.channel)?;
    let names: HashMap<CustomerId, &Customer> = customers.iter().map(|one| (one.id, one)).collect();
    let known: HashMap<ProductId, &Product> = products.iter().map(|one| (one.id, one)).collect();
    for month in stage.month(11).max(opened.since).through(Month::of(stage.today)) {
        let mut text = String::from(HEADER);
        for subscription in &subscriptions {
            let Some(customer) = names.get(&subscription.customer) else { continue };
            let of_bundle = charges.get(&subscription.bundle).map(Vec::as_slice).unwrap_or_default();
            for charge in of_bundle.iter().filter(|charge| charge.kind == ChargeKind::Usage) {
                if let Some(product) = charge.product.and_then(|id| known.get(&id)) {
                    rows(&mut text, stage, month, subscription, customer, charge, product);
                }
            }
        }
        if opened.company.channel == "OPAL" && month == Month::of(stage.today) {
            text.push_str(&unknown_tenant(month, stage.today));
        }
        if text == HEADER {
            continue;
        }
        let day = month.end().min(stage.today);
        let act = stage.root(office_hour(day - chrono::Days::new(1), opened.company.name));
        let name = format!("{}-{month}.csv", opened.company.channel.to_lowercase());
        let new = NewFile { name, format: Format::Portal };
        let file = store::add_file(connection, opened.channel, &new, &act)?;
        let import = Import {
            channel: opened.channel,
            file,
            format: new.format,
            content: &text.as_bytes(),
            rejected: 0,
        };
        let imported = store::import(connection, &import, act.at);
        let tally = ok(imported.map_err(|failure| failure.map_refusal(|refusal| format!("{refusal:?}"))))?;
        store::finish_acceptance(connection, file, &tally, &channel, &act)?;
    }
    if channel.may_import {
        // Nobody has its token; who tries feeds makes a new one.
        let at = office_hour(stage.today - chrono::Days::new(9), opened.company.name);
        let act = by_reseller(opened.company, at);
        store::add_feed(connection, &channel, false, "Meter of the data centre", &random_token(), &act)?;
    }
    Ok(())
}

/// A month of one subscription's usage of a product, a record a day up to yesterday.
fn rows(
    text: &mut String,
    stage: &Stage,
    month: Month,
    subscription: &Subscription,
    customer: &Customer,
    charge: &Charge,
    product: &Product,
) {
    let daily = DAILY.iter().find(|(sku, _)| *sku == product.sku.as_str()).map_or(1_000, |(_, daily)| *daily);
    let seed = format!("{} {}", subscription.reference, product.sku);
    let (reference, sku, unit) = (&subscription.reference, &product.sku, &product.unit);
    for offset in 0..u64::from(month.days()) {
        let day = month.first_day() + chrono::Days::new(offset);
        if day >= stage.today || !subscription.runs_on(day) {
            continue;
        }
        let units = i64::from(subscription.quantity_on(day));
        let series = Series { seed: &seed, daily: daily * units, start: subscription.start };
        let quantity = series.on(day);
        let cost = if charge.model == ChargeModel::CostPlus {
            let cost = Series { seed: &seed, daily: PUBLIC_CLOUD * units, start: subscription.start }.on(day);
            format!("{cost},{}", subscription.currency)
        } else {
            ",".into()
        };
        let (id, next) = (format!("{reference}-{sku}-{day}"), next(day));
        let customer = &customer.external_id;
        text.push_str(&format!("{id},{customer},{sku},{reference},{quantity},{unit},{day},{next},{cost}\n"));
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day + chrono::Days::new(1)
}

/// Usage of a tenant that nobody has told the portal about: it stands in the unrated list.
fn unknown_tenant(month: Month, today: NaiveDate) -> String {
    let first = month.first_day();
    let days = (today - first).num_days().clamp(1, 12);
    (0..days)
        .map(|offset| {
            let day = first + chrono::Duration::days(offset);
            format!(
                "new-tenant-{day},tenant-9042,CPU-H,,{}.5,vCPU-hours,{day},{},,\n",
                20 + offset,
                next(day)
            )
        })
        .collect()
}
