//! Lines with the names of what they are about.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{bundles, credits, customers, products, subscriptions};
use crate::rating::{ChargeLine, LineRole};
use crate::values::{BundleId, ChargeLineId, CustomerId, ProductId, SubscriptionId};

/// A line in people's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub line: ChargeLine,
    /// The bundle; what the line does, for commitment and cap.
    pub bundle: String,
    pub product: String,
    pub sku: String,
    pub unit: String,
    pub customer: String,
    pub customer_ref: String,
    pub subscription: String,
    /// Why a credit was issued.
    pub reason: String,
}

impl Told {
    /// `Compute M, monthly charge`, `Compute M, Virtual machine`, `Minimum commitment`.
    pub fn words(&self) -> String {
        let what = match (self.line.role, self.line.kind.as_str()) {
            (LineRole::Commitment | LineRole::Cap, _) => return self.bundle.clone(),
            (_, "one_time") => "one-time charge",
            (_, "recurring") => "monthly charge",
            _ => self.product.as_str(),
        };
        format!("{}, {what}", self.bundle)
    }

    /// What it does, where that is not to charge.
    pub fn role_words(&self) -> &'static str {
        match self.line.role {
            LineRole::Charge => "",
            LineRole::Correction => "Correction",
            LineRole::Credit => "Credit",
            LineRole::Commitment | LineRole::Cap => "By the terms",
        }
    }
}

/// The lines with their names, in the same order; they were found in scope before.
pub fn told(connection: &mut AnyConnection, lines: Vec<ChargeLine>) -> QueryResult<Vec<Told>> {
    let names = Names::of(connection, &lines)?;
    Ok(lines.into_iter().map(|line| names.tell(line)).collect())
}

struct Names {
    bundles: HashMap<BundleId, String>,
    products: HashMap<ProductId, (String, String, String)>,
    customers: HashMap<CustomerId, (String, String)>,
    subscriptions: HashMap<SubscriptionId, String>,
    reasons: HashMap<ChargeLineId, String>,
}

/// How many ids a query names at once.
const CHUNK: usize = 5_000;

/// The distinct ids that some of the lines have.
fn ids<I: Ord>(lines: &[ChargeLine], id: impl Fn(&ChargeLine) -> Option<I>) -> Vec<I> {
    let mut ids: Vec<I> = lines.iter().filter_map(id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Names {
    fn of(connection: &mut AnyConnection, lines: &[ChargeLine]) -> QueryResult<Self> {
        let bundles: Vec<(BundleId, String)> =
            bundles::table.select((bundles::id, bundles::name)).load(connection)?;
        let products: Vec<(ProductId, String, String, String)> = products::table
            .select((products::id, products::name, products::sku, products::unit))
            .load(connection)?;
        let mut found = Self {
            bundles: bundles.into_iter().collect(),
            products: products.into_iter().map(|(id, name, sku, unit)| (id, (name, sku, unit))).collect(),
            customers: HashMap::new(),
            subscriptions: HashMap::new(),
            reasons: HashMap::new(),
        };
        for some in ids(lines, |line| line.customer_id).chunks(CHUNK) {
            let rows: Vec<(CustomerId, String, String)> = customers::table
                .filter(among(customers::id, some.iter().copied()))
                .select((customers::id, customers::name, customers::external_id))
                .load(connection)?;
            found.customers.extend(rows.into_iter().map(|(id, name, external)| (id, (name, external))));
        }
        for some in ids(lines, |line| line.subscription_id).chunks(CHUNK) {
            let rows: Vec<(SubscriptionId, String)> = subscriptions::table
                .filter(among(subscriptions::id, some.iter().copied()))
                .select((subscriptions::id, subscriptions::reference))
                .load(connection)?;
            found.subscriptions.extend(rows);
        }
        for some in ids(lines, |line| (line.role == LineRole::Credit).then_some(line.id)).chunks(CHUNK) {
            let rows: Vec<(ChargeLineId, String)> = credits::table
                .filter(among(credits::line_id, some.iter().copied()))
                .select((credits::line_id, credits::reason))
                .load(connection)?;
            found.reasons.extend(rows);
        }
        Ok(found)
    }

    fn tell(&self, line: ChargeLine) -> Told {
        let bundle = match line.role {
            LineRole::Commitment => "Minimum commitment".to_owned(),
            LineRole::Cap => "Cap of the share".to_owned(),
            _ => line.bundle_id.and_then(|id| self.bundles.get(&id)).cloned().unwrap_or_default(),
        };
        let product = line.product_id.and_then(|id| self.products.get(&id)).cloned();
        let (product, sku, unit) = product.unwrap_or_default();
        let customer = line.customer_id.and_then(|id| self.customers.get(&id)).cloned();
        let (customer, customer_ref) = customer.unwrap_or_default();
        let subscription = line.subscription_id.and_then(|id| self.subscriptions.get(&id)).cloned();
        Told {
            reason: self.reasons.get(&line.id).cloned().unwrap_or_default(),
            line,
            bundle,
            product,
            sku,
            unit,
            customer,
            customer_ref,
            subscription: subscription.unwrap_or_default(),
        }
    }
}
