//! Finds whose usage a record is: customer, product, subscription, price, unit, currency, in that order. The first
//! thing that is missing is the cause why the record stays unrated.
//!
//! A customer is named by its external id, a product by its SKU; else a remembered mapping tells. A mapping of the
//! product itself wins over one of its group. Among several subscriptions the one that started first takes the usage,
//! then the one with the lower reference.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{RawRecord, UnratedCause};
use crate::catalog::prices::paid;
use crate::catalog::{Charge, ChargeKind, ChargeModel, PriceVersion, Product};
use crate::customers::{Customer, PriceRule, Subscription};
use crate::values::{BundleId, ChargeId, Currency, CustomerId, ProductId, SubscriptionId};

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
            Target::Customer(id) => {
                self.mapped_customers.entry(source).or_default().insert(external, id).map(drop)
            }
            Target::Product(id) => {
                self.mapped_products.entry(source).or_default().insert(external, id).map(drop)
            }
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
            ChargeModel::Flat
            | ChargeModel::PerUnit
            | ChargeModel::Graduated
            | ChargeModel::Volume
            | ChargeModel::Package => {
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
        let [channel, reference] = [&self.channel_prices, &self.reference_prices]
            .map(|book| book.get(&key).map(Vec::as_slice).unwrap_or_default());
        paid(channel, reference, day, subscription.start)
            .is_some_and(|version| version.values.contains_key(&charge))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{PriceConcern, PriceValue};
    use crate::values::{ChannelId, PriceVersionId, Timestamp};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    fn customer() -> Customer {
        let (country, currency) = ("NO".parse().unwrap(), usd());
        let (id, channel) = (CustomerId::derived("nord"), ChannelId::derived("channel"));
        Customer { id, channel, external_id: "NORD".into(), name: "Nord".into(), country, currency }
    }

    fn product(sku: &str) -> Product {
        let id = ProductId::derived(sku);
        let (name, category, unit) = (sku.to_owned(), "Compute".to_owned(), "GB".to_owned());
        Product { id, sku: sku.to_owned(), name, category, unit, metered: true }
    }

    fn subscription(reference: &str, start: &str, end: Option<&str>) -> Subscription {
        Subscription {
            id: SubscriptionId::derived(reference),
            reference: reference.into(),
            channel: ChannelId::derived("channel"),
            customer: CustomerId::derived("nord"),
            bundle: BundleId::derived("bundle"),
            currency: usd(),
            start: day(start),
            end: end.map(day),
            price_rule: PriceRule::Follow,
            quantities: vec![(day(start), 1)],
        }
    }

    fn charge(sku: &str, model: ChargeModel) -> Charge {
        let (id, product) = (ChargeId::derived(sku), Some(ProductId::derived(sku)));
        let (kind, edges, package) = (ChargeKind::Usage, Vec::new(), None);
        Charge { id, kind, model, product, position: 1, edges, package }
    }

    fn version(from: &str, charges: &[&str]) -> PriceVersion {
        let value = PriceValue::Unit("0.1".parse().unwrap());
        PriceVersion {
            id: PriceVersionId::derived(from),
            channel: None,
            bundle: BundleId::derived("bundle"),
            currency: usd(),
            effective_from: day(from),
            concerns: PriceConcern::Existing,
            reason: String::new(),
            values: charges.iter().map(|sku| (ChargeId::derived(sku), value.clone())).collect(),
            created_at: Timestamp::start_of(day(from)),
            created_by: String::new(),
        }
    }

    /// One customer, a product by unit and one at cost plus, a subscription from November and prices from October on.
    fn knowledge() -> Knowledge {
        let mut knowledge = Knowledge::default();
        knowledge.add_customers([customer()]);
        knowledge.add_products([product("VM"), product("RESOLD"), product("FREE")]);
        knowledge.add_subscriptions([subscription("S-000002", "2026-11-01", None)]);
        let charges = [charge("VM", ChargeModel::PerUnit), charge("RESOLD", ChargeModel::CostPlus)];
        knowledge.add_charges(BundleId::derived("bundle"), &charges);
        knowledge.add_prices([version("2026-10-01", &["VM", "RESOLD"])]);
        knowledge
    }

    const SOUGHT: Sought<'static> = Sought {
        source: "focus",
        customer: "NORD",
        product: "VM",
        product_group: "Compute",
        subscription: "",
        unit: "gb",
        day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        cost_currency: None,
    };

    fn cause(sought: &Sought<'_>) -> Option<UnratedCause> {
        knowledge().find(sought).cause
    }

    #[test]
    fn a_record_finds_customer_product_subscription_and_price() {
        let found = knowledge().find(&SOUGHT);
        assert_eq!(found.cause, None);
        assert_eq!(found.subscription, Some(SubscriptionId::derived("S-000002")));
    }

    #[test]
    fn the_first_thing_missing_is_the_cause() {
        use UnratedCause as Cause;
        let nobody = Sought { customer: "x", product: "x", ..SOUGHT };
        assert_eq!(cause(&nobody), Some(Cause::Customer));
        assert_eq!(cause(&Sought { product: "x", ..SOUGHT }), Some(Cause::Product));
        assert_eq!(cause(&Sought { product: "FREE", ..SOUGHT }), Some(Cause::Subscription));
        assert_eq!(cause(&Sought { day: day("2026-10-31"), ..SOUGHT }), Some(Cause::Subscription));
        assert_eq!(cause(&Sought { subscription: "S-9", ..SOUGHT }), Some(Cause::Subscription));
        assert_eq!(cause(&Sought { unit: "TB", ..SOUGHT }), Some(Cause::Unit));
        let half_found = knowledge().find(&Sought { customer: "x", ..SOUGHT });
        assert_eq!(half_found.product, Some(ProductId::derived("VM")));
    }

    #[test]
    fn without_a_price_of_that_day_and_charge_there_is_no_rating() {
        let mut knowledge = knowledge();
        knowledge.add_subscriptions([subscription("S-000001", "2026-09-01", Some("2026-10-15"))]);
        let sought = |day: &str| Sought { day: day.parse().unwrap(), ..SOUGHT };
        assert_eq!(knowledge.find(&sought("2026-09-30")).cause, Some(UnratedCause::Price));
        assert_eq!(knowledge.find(&sought("2026-10-01")).cause, None);
        knowledge.add_prices([version("2026-11-10", &["RESOLD"])]);
        assert_eq!(knowledge.find(&SOUGHT).cause, Some(UnratedCause::Price));
    }

    #[test]
    fn cost_plus_takes_any_unit_but_only_the_subscriptions_currency() {
        let resold = Sought { product: "RESOLD", unit: "", ..SOUGHT };
        let in_currency = |code: &str| Sought { cost_currency: Some(code.parse().unwrap()), ..resold };
        assert_eq!(cause(&resold), Some(UnratedCause::Currency));
        assert_eq!(cause(&in_currency("EUR")), Some(UnratedCause::Currency));
        assert_eq!(cause(&in_currency("USD")), None);
    }

    #[test]
    fn among_several_subscriptions_the_earliest_start_then_the_lowest_reference_wins() {
        let mut knowledge = knowledge();
        knowledge.add_subscriptions([
            subscription("S-000009", "2026-11-01", None),
            subscription("S-000001", "2026-11-01", None),
        ]);
        assert_eq!(knowledge.find(&SOUGHT).subscription, Some(SubscriptionId::derived("S-000001")));
        knowledge.add_subscriptions([subscription("S-000010", "2026-10-31", None)]);
        assert_eq!(knowledge.find(&SOUGHT).subscription, Some(SubscriptionId::derived("S-000010")));
        let named = Sought { subscription: "S-000009", ..SOUGHT };
        assert_eq!(knowledge.find(&named).subscription, Some(SubscriptionId::derived("S-000009")));
    }

    #[test]
    fn a_mapping_of_the_product_wins_over_one_of_its_group_and_counts_for_its_source_only() {
        let mut knowledge = knowledge();
        let sku = |sku| Target::Product(ProductId::derived(sku));
        knowledge.add_mapping("focus".into(), "Compute".into(), sku("VM"));
        let sought = Sought { product: "K-77", ..SOUGHT };
        assert_eq!(knowledge.find(&sought).product, Some(ProductId::derived("VM")));
        knowledge.add_mapping("focus".into(), "K-77".into(), sku("RESOLD"));
        assert_eq!(knowledge.find(&sought).product, Some(ProductId::derived("RESOLD")));
        assert_eq!(knowledge.find(&Sought { source: "portal", ..sought }).product, None);
        knowledge.add_mapping(
            "focus".into(),
            "51738928782".into(),
            Target::Customer(CustomerId::derived("nord")),
        );
        let account = Sought { customer: "51738928782", ..SOUGHT };
        assert_eq!(knowledge.find(&account).customer, Some(CustomerId::derived("nord")));
    }

    #[test]
    fn usage_counts_in_the_products_own_spelling_of_the_unit() {
        let knowledge = knowledge();
        assert_eq!(knowledge.unit_of(ProductId::derived("VM"), "gb"), "GB");
        assert_eq!(knowledge.unit_of(ProductId::derived("VM"), "Hours"), "Hours");
    }
}
