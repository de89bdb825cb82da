//! What the invented provider sells.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::load::{Stage, ok};
use super::season::office_hour;
use crate::catalog::{
    BundleKind, Charge, ChargeKind, ChargeModel, Component, NewBundle, NewCharge, NewPriceVersion,
    NewProduct, PriceConcern, PriceValue, bundle_store, draft_store, price_store, product_store, store,
};
use crate::db::AnyConnection;
use crate::values::{Act, BundleId, ChargeId, Currency, ProductId, Quantity, UnitPrice};

/// SKU, name, category, unit, metered.
pub(super) const PRODUCTS: &[(&str, &str, &str, &str, bool)] = &[
    ("CPU-H", "vCPU hours", "Compute", "vCPU-hours", true),
    ("NET-GB", "Traffic out", "Network", "GB", true),
    ("STO-GD", "Block storage", "Storage", "GiB-days", true),
    ("BAK-GD", "Backup storage", "Storage", "GiB-days", true),
    ("DB-H", "Managed database", "Database", "Hours", true),
    ("OBJ-REQ", "Object storage requests", "Storage", "Thousand requests", true),
    ("PUB-CLOUD", "Public cloud at cost", "Resale", "Charges", true),
    ("CDN-GB", "Content delivery", "Network", "GB", true),
    ("EDGE-REQ", "Edge requests", "Network", "Thousand requests", true),
    ("SMS", "Text messages", "Messaging", "Messages", true),
    ("SEAT", "Office seat", "Workplace", "Seats", false),
];

/// A bundle to sell. Prices are USD; EUR ones are derived with a fixed list ratio.
pub(super) struct DemoBundle {
    pub code: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    /// Bundles of a package.
    pub members: &'static [&'static str],
    /// SKU and included units a month.
    pub included: &'static [(&'static str, &'static str)],
    pub one_time: Option<&'static str>,
    pub recurring: Option<&'static str>,
    /// SKU and price for each unit above what is included.
    pub per_unit: &'static [(&'static str, &'static str)],
    /// SKU and percent on top of the list cost.
    pub cost_plus: &'static [(&'static str, &'static str)],
    pub stepped: &'static [Stepped],
}

/// A usage charge with tiers, or one of packages.
pub(super) struct Stepped {
    sku: &'static str,
    model: ChargeModel,
    /// The upper edges of the tiers, or the units of a package.
    steps: &'static [&'static str],
    prices: &'static [&'static str],
}

const EMPTY: DemoBundle = DemoBundle {
    code: "",
    name: "",
    description: "",
    members: &[],
    included: &[],
    one_time: None,
    recurring: None,
    per_unit: &[],
    cost_plus: &[],
    stepped: &[],
};

pub(super) const BUNDLES: &[DemoBundle] = &[
    DemoBundle {
        code: "COMPUTE-M",
        name: "Compute M",
        description: "Two virtual machines with traffic, for web shops and line-of-business applications.",
        included: &[("CPU-H", "1400"), ("NET-GB", "250")],
        one_time: Some("49"),
        recurring: Some("36"),
        per_unit: &[("CPU-H", "0.0312"), ("NET-GB", "0.08")],
        ..EMPTY
    },
    DemoBundle {
        code: "STORAGE-PLUS",
        name: "Storage Plus",
        description: "Block storage with nightly backup.",
        included: &[("STO-GD", "15000"), ("BAK-GD", "15000")],
        recurring: Some("19"),
        per_unit: &[("STO-GD", "0.00214"), ("BAK-GD", "0.00092"), ("OBJ-REQ", "0.0045")],
        ..EMPTY
    },
    DemoBundle {
        code: "DATABASE-S",
        name: "Database S",
        description: "A managed database with point-in-time recovery.",
        included: &[("DB-H", "300")],
        one_time: Some("25"),
        recurring: Some("59"),
        per_unit: &[("DB-H", "0.094")],
        ..EMPTY
    },
    DemoBundle {
        code: "OFFICE-SEAT",
        name: "Office seat",
        description: "Mail, calendar and files for one person.",
        recurring: Some("8.5"),
        ..EMPTY
    },
    DemoBundle {
        code: "CLOUD-RESALE",
        name: "Public cloud resale",
        description: "The customer's own public cloud account, charged at list cost with a service percent on top.",
        recurring: Some("15"),
        cost_plus: &[("PUB-CLOUD", "9")],
        ..EMPTY
    },
    DemoBundle {
        code: "BUSINESS-START",
        name: "Business start",
        description: "Compute M and Storage Plus in one package.",
        members: &["COMPUTE-M", "STORAGE-PLUS"],
        recurring: Some("49"),
        per_unit: &[("CPU-H", "0.0298"), ("NET-GB", "0.075"), ("STO-GD", "0.00205"), ("BAK-GD", "0.00088")],
        ..EMPTY
    },
    DemoBundle {
        code: "WEB-DELIVERY",
        name: "Web delivery",
        description: "Pages and downloads from the nearest location, with text messages for sign-in codes.",
        included: &[("CDN-GB", "100")],
        recurring: Some("29"),
        stepped: &[
            Stepped {
                sku: "CDN-GB",
                model: ChargeModel::Graduated,
                steps: &["500", "2000"],
                prices: &["0.06", "0.045", "0.032"],
            },
            Stepped {
                sku: "EDGE-REQ",
                model: ChargeModel::Volume,
                steps: &["10000", "50000"],
                prices: &["0.0075", "0.0062", "0.0051"],
            },
            Stepped { sku: "SMS", model: ChargeModel::Package, steps: &["1000"], prices: &["45"] },
        ],
        ..EMPTY
    },
];

/// In preparation: without prices and not active.
const DRAFT: DemoBundle = DemoBundle {
    code: "ARCHIVE",
    name: "Archive",
    description: "Backups kept for seven years, for records that the law asks for.",
    included: &[("BAK-GD", "30000")],
    recurring: Some(""),
    ..EMPTY
};

/// Euro prices are this part of the dollar's, in hundredths.
const EURO: i64 = 93;

/// Products, bundles, and reference prices with a history and a planned change.
pub(super) fn load(connection: &mut AnyConnection, stage: &Stage) -> anyhow::Result<()> {
    let act = stage.root(office_hour(stage.month(15).first_day(), "catalog"));
    let mut products: HashMap<&str, ProductId> = HashMap::new();
    for (sku, name, category, unit, metered) in PRODUCTS {
        let new = NewProduct {
            sku: sku.parse()?,
            name: (*name).to_owned(),
            category: (*category).to_owned(),
            unit: (*unit).to_owned(),
            metered: *metered,
        };
        products.insert(*sku, ok(product_store::create(connection, &new, &act))?);
    }
    let mut bundles: HashMap<&str, BundleId> = HashMap::new();
    for demo in BUNDLES {
        let id = bundle(connection, demo, &products, &bundles, &act)?;
        bundles.insert(demo.code, id);
        for (currency, ratio) in [("USD", 100), ("EUR", EURO)] {
            prices(connection, id, demo, currency.parse()?, ratio, stage)?;
        }
        ok(bundle_store::activate(connection, id, &act))?;
    }
    bundle(connection, &DRAFT, &products, &bundles, &act)?;
    Ok(())
}

fn bundle(
    connection: &mut AnyConnection,
    demo: &DemoBundle,
    products: &HashMap<&str, ProductId>,
    bundles: &HashMap<&str, BundleId>,
    act: &Act,
) -> anyhow::Result<BundleId> {
    let kind = if demo.members.is_empty() { BundleKind::Bundle } else { BundleKind::Package };
    let new = NewBundle {
        code: demo.code.parse()?,
        name: demo.name.into(),
        description: demo.description.into(),
        kind,
    };
    let id = ok(bundle_store::create(connection, &new, act))?;
    for (sku, included) in demo.included {
        let component = Component::Product { product: found(products, sku)?, included: included.parse()? };
        ok(draft_store::put_component(connection, id, &component, act))?;
    }
    for member in demo.members {
        ok(draft_store::put_component(connection, id, &Component::Bundle(found(bundles, member)?), act))?;
    }
    let mut charge = |kind, model, product| -> anyhow::Result<()> {
        let new = NewCharge { kind, model, product, edges: Vec::new(), package: None };
        ok(draft_store::add_charge(connection, id, &new, act))?;
        Ok(())
    };
    if demo.one_time.is_some() {
        charge(ChargeKind::OneTime, ChargeModel::Flat, None)?;
    }
    if demo.recurring.is_some() {
        charge(ChargeKind::Recurring, ChargeModel::Flat, None)?;
    }
    for (sku, _) in demo.per_unit {
        charge(ChargeKind::Usage, ChargeModel::PerUnit, Some(found(products, sku)?))?;
    }
    for (sku, _) in demo.cost_plus {
        charge(ChargeKind::Usage, ChargeModel::CostPlus, Some(found(products, sku)?))?;
    }
    for stepped in demo.stepped {
        let steps: Vec<Quantity> = stepped.steps.iter().map(|step| step.parse()).collect::<Result<_, _>>()?;
        let is_package = stepped.model == ChargeModel::Package;
        let new = NewCharge {
            kind: ChargeKind::Usage,
            model: stepped.model,
            product: Some(found(products, stepped.sku)?),
            package: steps.first().copied().filter(|_| is_package),
            edges: if is_package { Vec::new() } else { steps },
        };
        ok(draft_store::add_charge(connection, id, &new, act))?;
    }
    Ok(id)
}

fn found<T: Copy>(known: &HashMap<&str, T>, key: &str) -> anyhow::Result<T> {
    known.get(key).copied().ok_or_else(|| anyhow::anyhow!("the demonstration has no {key}"))
}

/// A price from long ago, one raised five months ago, and for Compute M one planned for the next month.
fn prices(
    connection: &mut AnyConnection,
    id: BundleId,
    demo: &DemoBundle,
    currency: Currency,
    ratio: i64,
    stage: &Stage,
) -> anyhow::Result<()> {
    let charges = store::bundle(connection, id)?.charges;
    let mut steps = vec![(stage.month(15), 100, "First price"), (stage.month(5), 104, "Energy costs")];
    if demo.code == "COMPUTE-M" {
        steps.push((stage.month(0).next(), 109, "New hardware generation"));
    }
    for (from, step, reason) in steps {
        let values = values(demo, &charges, ratio * step, currency)?;
        let at = office_hour(from.first_day().min(stage.today) - chrono::Days::new(9), reason);
        let new = NewPriceVersion {
            channel: None,
            bundle: id,
            currency,
            effective_from: from.first_day(),
            concerns: PriceConcern::Existing,
            reason: reason.into(),
            values,
        };
        ok(price_store::save(connection, &new, &stage.root(at)))?;
    }
    Ok(())
}

/// The list prices times `ratio` ten-thousandths; flat ones rounded to the currency.
fn values(
    demo: &DemoBundle,
    charges: &[Charge],
    ratio: i64,
    currency: Currency,
) -> anyhow::Result<BTreeMap<ChargeId, PriceValue>> {
    let stepped = demo.stepped.iter().map(|stepped| stepped.prices);
    let single = demo.per_unit.iter().chain(demo.cost_plus).map(|(_, price)| std::slice::from_ref(price));
    let mut listed = single.chain(stepped);
    let mut values = BTreeMap::new();
    for charge in charges {
        let prices = match charge.kind {
            ChargeKind::OneTime => demo.one_time.as_slice(),
            ChargeKind::Recurring => demo.recurring.as_slice(),
            ChargeKind::Usage => listed.next().unwrap_or_default(),
        };
        let part = |(tier, price): (u32, &&str)| -> anyhow::Result<_> {
            Ok((tier, part(charge, price, ratio, currency)?))
        };
        let parts: Vec<_> = charge.tiers().zip(prices).map(part).collect::<Result<_, _>>()?;
        values.extend(PriceValue::joined(&parts).map(|value| (charge.id, value)));
    }
    Ok(values)
}

fn part(charge: &Charge, price: &str, ratio: i64, currency: Currency) -> anyhow::Result<PriceValue> {
    if charge.model == ChargeModel::CostPlus {
        return Ok(PriceValue::CostPlus(price.parse()?));
    }
    let scaled = price.parse::<Decimal>()? * Decimal::new(ratio, 4);
    let decimals = if charge.kind == ChargeKind::Usage { 6 } else { currency.minor_digits() };
    Ok(PriceValue::Unit(UnitPrice::new(scaled.round_dp(decimals))?))
}
