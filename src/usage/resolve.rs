//! Finds whose usage a record is: customer, product, subscription, price, unit, currency, in that order. The first
//! thing that is missing is the cause why the record stays unrated.
//!
//! A customer is named by its external id, a product by its SKU; else a remembered mapping tells. A mapping of the
//! product itself wins over one of its group. Among several subscriptions the one that started first takes the usage,
//! then the one with the lower reference.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{RawRecord, UnratedCause};
use crate::catalog::prices::in_effect;
use crate::catalog::{Charge, ChargeKind, ChargeModel, PriceVersion, Product};
use crate::customers::{Customer, PriceRule, Subscription};
use crate::values::{
    BundleId, ChargeId, Currency, CustomerId, ProductId, SubscriptionId,
};

/// What is looked for; the same for a new record and for one that waits.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub source: &'a str,
    pub customer: &'a str,
    pub product: &'a str,
    pub product_group: &'a str,
    /// Empty when the record does not name it.
    pub subscription: &'a str,
    pub unit: &'a str,
    pub day: NaiveDate,
    /// The currency of the record's list cost; `None` when it has none.
    pub cost_currency: Option<Currency>,
}

impl<'a> From<&'a RawRecord> for Sought<'a> {
    fn from(record: &'a RawRecord) -> Self {
        Self {
            source: &record.source,
            customer: &record.customer,
            product: &record.product,
            product_group: &record.product_group,
            subscription: &record.subscription,
            unit: &record.unit,
            day: record.day(),
            cost_currency: record.list_cost.and(record.currency),
        }
    }
}

/// What was found, as far as the search came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Found {
    pub customer: Option<CustomerId>,
    pub product: Option<ProductId>,
    pub subscription: Option<SubscriptionId>,
    /// The first thing that is missing; `None` when the record can be rated.
    pub cause: Option<UnratedCause>,
}

/// A remembered mapping of one source's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Customer(CustomerId),
    Product(ProductId),
}

/// Everything about a channel that the search asks for.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    customers: HashMap<String, CustomerId>,
    products: HashMap<String, ProductId>,
    units: HashMap<ProductId, String>,
    mapped_customers: HashMap<String, HashMap<String, CustomerId>>,
    mapped_products: HashMap<String, HashMap<String, ProductId>>,
    /// Of each customer, by start and reference.
    subscriptions: HashMap<CustomerId, Vec<Subscription>>,
    usage_charges: HashMap<(BundleId, ProductId), (ChargeId, ChargeModel)>,
    channel_prices: HashMap<(BundleId, Currency), Vec<PriceVersion>>,
    reference_prices: HashMap<(BundleId, Currency), Vec<PriceVersion>>,
}

impl Knowledge {
    pub fn add_customers(&mut self, customers: impl IntoIterator<Item = Customer>) {
        self.customers.extend(customers.into_iter().map(|customer| (customer.external_id, customer.id)));
    }

    pub fn add_products(&mut self, products: impl IntoIterator<Item = Product>) {
        for product in products {
            self.products.insert(product.sku, product.id);
            self.units.insert(product.id, product.unit);
        }
    }

    pub fn add_mapping(&mut self, source: String, external: String, target: Target) {
        match target {
            Target::Customer(id) => self.mapped_customers.entry(source).or_default().insert(external, id).map(drop),
            Target::Product(id) => self.mapped_products.entry(source).or_default().insert(external, id).map(drop),
        };
    }

    pub fn add_subscriptions(&mut self, subscriptions: impl IntoIterator<Item = Subscription>) {
        for subscription in subscriptions {
            self.subscriptions.entry(subscription.customer).or_default().push(subscription);
        }
        for list in self.subscriptions.values_mut() {
            list.sort_by(|one, other| (one.start, &one.reference).cmp(&(other.start, &other.reference)));
        }
    }

    pub fn add_charges<'a>(&mut self, bundle: BundleId, charges: impl IntoIterator<Item = &'a Charge>) {
        for charge in charges {
            if let (ChargeKind::Usage, Some(product)) = (charge.kind, charge.product) {
                self.usage_charges.insert((bundle, product), (charge.id, charge.model));
            }
        }
    }

    /// Adds versions of the channel's price book and of the reference price book.
    pub fn add_prices(&mut self, versions: impl IntoIterator<Item = PriceVersion>) {
        for version in versions {
            let book = match version.channel {
                Some(_) => &mut self.channel_prices,
                None => &mut self.reference_prices,
            };
            book.entry((version.bundle, version.currency)).or_default().push(version);
        }
    }

    /// How the product counts: in its own unit when that is what the record's says, else as the record does.
    pub fn unit_of<'a>(&'a self, product: ProductId, unit: &'a str) -> &'a str {
        self.units.get(&product).filter(|own| own.eq_ignore_ascii_case(unit)).map_or(unit, String::as_str)
    }

    /// Searches as far as it can.
    pub fn find(&self, sought: &Sought<'_>) -> Found {
        let customer = self.customer(sought);
        let product = self.product(sought);
        let mut found = Found { customer, product, subscription: None, cause: None };
        found.cause = self.rest(sought, &mut found).err();
        found
    }

    fn rest(&self, sought: &Sought<'_>, found: &mut Found) -> Result<(), UnratedCause> {
        let customer = found.customer.ok_or(UnratedCause::Customer)?;
        let product = found.product.ok_or(UnratedCause::Product)?;
        let (subscription, charge, model) =
            self.subscription(sought, customer, product).ok_or(UnratedCause::Subscription)?;
        found.subscription = Some(subscription.id);
        if !self.has_price(subscription, charge, sought.day) {
            return Err(UnratedCause::Price);
        }
        match model {
            ChargeModel::CostPlus if sought.cost_currency != Some(subscription.currency) => {
                Err(UnratedCause::Currency)
            }
            ChargeModel::CostPlus => Ok(()),
            ChargeModel::PerUnit | ChargeModel::Flat => {
                let unit = self.units.get(&product).map_or("", String::as_str);
                if unit.eq_ignore_ascii_case(sought.unit) { Ok(()) } else { Err(UnratedCause::Unit) }
            }
        }
    }

    fn customer(&self, sought: &Sought<'_>) -> Option<CustomerId> {
        let mapped = || self.mapped_customers.get(sought.source)?.get(sought.customer);
        self.customers.get(sought.customer).or_else(mapped).copied()
    }

    fn product(&self, sought: &Sought<'_>) -> Option<ProductId> {
        let mapped = |name: &str| self.mapped_products.get(sought.source)?.get(name);
        let own = self.products.get(sought.product).or_else(|| mapped(sought.product));
        own.or_else(|| mapped(sought.product_group)).copied()
    }

    fn subscription(
        &self,
        sought: &Sought<'_>,
        customer: CustomerId,
        product: ProductId,
    ) -> Option<(&Subscription, ChargeId, ChargeModel)> {
        self.subscriptions
            .get(&customer)?
            .iter()
            .filter(|one| sought.subscription.is_empty() || one.reference == sought.subscription)
            .filter(|one| one.runs_on(sought.day))
            .find_map(|one| {
                let (charge, model) = self.usage_charges.get(&(one.bundle, product))?;
                Some((one, *charge, *model))
            })
    }

    fn has_price(&self, subscription: &Subscription, charge: ChargeId, day: NaiveDate) -> bool {
        let day = match subscription.price_rule {
            PriceRule::Follow => day,
            PriceRule::Frozen => subscription.start,
        };
        let key = (subscription.bundle, subscription.currency);
        [&self.channel_prices, &self.reference_prices]
            .into_iter()
            .filter_map(|book| in_effect(book.get(&key)?, day, subscription.start))
            .any(|version| version.values.contains_key(&charge))
    }
}
