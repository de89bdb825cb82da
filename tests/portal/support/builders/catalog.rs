//! Products, bundles with their charges, and price versions of both books.

use diesel::prelude::*;
use reseller_portal::db::AnyConnection;
use reseller_portal::db::schema::{
    bundle_components, bundles, charge_tiers, charges, price_values, price_versions, products,
};
use reseller_portal::values::{
    BundleId, ChannelId, ChargeId, ComponentId, Percent, PriceVersionId, ProductId, Quantity, UnitPrice,
    search_key,
};

use super::{day, parsed};
use crate::support::World;

/// A product to make: metered, of the category Compute, counted in hours.
pub struct Product {
    sku: String,
    name: String,
    category: String,
    unit: String,
    metered: bool,
}

pub fn a_product(sku: &str) -> Product {
    Product {
        sku: sku.to_owned(),
        name: format!("Product {sku}"),
        category: "Compute".into(),
        unit: "hour".into(),
        metered: true,
    }
}

impl Product {
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub fn category(self, category: &str) -> Self {
        Self { category: category.to_owned(), ..self }
    }

    pub fn unit(self, unit: &str) -> Self {
        Self { unit: unit.to_owned(), ..self }
    }

    pub fn unmetered(self) -> Self {
        Self { metered: false, ..self }
    }

    pub fn build(self, world: &World) -> ProductId {
        world.write(|connection| {
            diesel::insert_into(products::table)
                .values((
                    products::id.eq(ProductId::generate()),
                    products::sku.eq(&self.sku),
                    products::name.eq(&self.name),
                    products::category.eq(&self.category),
                    products::unit.eq(&self.unit),
                    products::metered.eq(self.metered),
                    products::name_key.eq(search_key(&self.name)),
                    products::created_at.eq(world.now()),
                ))
                .returning(products::id)
                .get_result(connection)
        })
    }
}

/// A charge with its reference price: a price for each unit, a percent for cost-plus, or one price a tier.
#[derive(Clone)]
struct Charge {
    kind: &'static str,
    model: &'static str,
    product: Option<ProductId>,
    price: String,
    edges: Vec<Quantity>,
    package: Option<Quantity>,
}

enum Part {
    Product(ProductId, Quantity),
    Bundle(BundleId),
}

/// An active bundle to make; its reference prices are in USD from 2025-01-01 on.
pub struct NewBundle {
    code: String,
    name: String,
    state: &'static str,
    parts: Vec<Part>,
    charges: Vec<Charge>,
    currencies: Vec<String>,
    priced_from: Option<String>,
}

/// A bundle that was made.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub id: BundleId,
    /// In the order in which they were given.
    pub charges: Vec<ChargeId>,
    models: Vec<&'static str>,
}

pub fn a_bundle(code: &str) -> NewBundle {
    NewBundle {
        code: code.to_owned(),
        name: format!("Bundle {code}"),
        state: "active",
        parts: Vec::new(),
        charges: Vec::new(),
        currencies: vec!["USD".into()],
        priced_from: Some("2025-01-01".into()),
    }
}

impl NewBundle {
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    /// Units a month of a product that one unit of the bundle includes.
    pub fn includes(mut self, product: ProductId, quantity: &str) -> Self {
        self.parts.push(Part::Product(product, parsed(quantity)));
        self
    }

    /// Makes it a package.
    pub fn contains(mut self, bundle: &Bundle) -> Self {
        self.parts.push(Part::Bundle(bundle.id));
        self
    }

    pub fn one_time(self, price: &str) -> Self {
        self.charge("one_time", "flat", None, price)
    }

    pub fn recurring(self, price: &str) -> Self {
        self.charge("recurring", "flat", None, price)
    }

    /// Charges each unit above what is included.
    pub fn usage(self, product: ProductId, price: &str) -> Self {
        self.charge("usage", "per_unit", Some(product), price)
    }

    /// Charges the list cost and that many percent more.
    pub fn cost_plus(self, product: ProductId, percent: &str) -> Self {
        self.charge("usage", "cost_plus", Some(product), percent)
    }

    /// Charges each unit by its tier; one price more than edges.
    pub fn graduated(self, product: ProductId, edges: &[&str], prices: &[&str]) -> Self {
        self.tiers("graduated", product, edges, prices)
    }

    /// Charges all units by the tier of the month's total; one price more than edges.
    pub fn volume(self, product: ProductId, edges: &[&str], prices: &[&str]) -> Self {
        self.tiers("volume", product, edges, prices)
    }

    /// Charges packages of that many units.
    pub fn package(self, product: ProductId, units: &str, price: &str) -> Self {
        let mut with = self.charge("usage", "package", Some(product), price);
        with.charges.last_mut().expect("just added").package = Some(parsed(units));
        with
    }

    fn tiers(self, model: &'static str, product: ProductId, edges: &[&str], prices: &[&str]) -> Self {
        assert_eq!(prices.len(), edges.len() + 1, "one price a tier");
        let mut with = self.charge("usage", model, Some(product), &prices.join(" "));
        with.charges.last_mut().expect("just added").edges = edges.iter().map(|edge| parsed(edge)).collect();
        with
    }

    /// The currencies of its reference prices, each with the same numbers.
    pub fn currencies(self, currencies: &[&str]) -> Self {
        Self { currencies: currencies.iter().map(|code| (*code).to_owned()).collect(), ..self }
    }

    pub fn priced_from(self, day: &str) -> Self {
        Self { priced_from: Some(day.to_owned()), ..self }
    }

    pub fn without_prices(self) -> Self {
        Self { priced_from: None, ..self }
    }

    fn charge(
        mut self,
        kind: &'static str,
        model: &'static str,
        product: Option<ProductId>,
        price: &str,
    ) -> Self {
        let (edges, package) = (Vec::new(), None);
        self.charges.push(Charge { kind, model, product, price: price.to_owned(), edges, package });
        self
    }

    pub fn build(self, world: &World) -> Bundle {
        let bundle = world.write(|connection| self.insert(connection, world));
        let prices: Vec<&str> = self.charges.iter().map(|charge| charge.price.as_str()).collect();
        if let Some(from) = self.priced_from.as_deref().filter(|_| !prices.is_empty()) {
            for currency in &self.currencies {
                a_price(&bundle, &prices).currency(currency).from(from).build(world);
            }
        }
        bundle
    }

    fn insert(&self, connection: &mut AnyConnection, world: &World) -> QueryResult<Bundle> {
        let is_package = self.parts.iter().any(|part| matches!(part, Part::Bundle(_)));
        let id: BundleId = diesel::insert_into(bundles::table)
            .values((
                bundles::id.eq(BundleId::generate()),
                bundles::code.eq(&self.code),
                bundles::name.eq(&self.name),
                bundles::description.eq(""),
                bundles::kind.eq(if is_package { "package" } else { "bundle" }),
                bundles::state.eq(self.state),
                bundles::name_key.eq(search_key(&self.name)),
                bundles::created_at.eq(world.now()),
            ))
            .returning(bundles::id)
            .get_result(connection)?;
        for part in &self.parts {
            let (product, member, included) = match part {
                Part::Product(product, included) => (Some(*product), None, *included),
                Part::Bundle(member) => (None, Some(*member), Quantity::ZERO),
            };
            diesel::insert_into(bundle_components::table)
                .values((
                    bundle_components::id.eq(ComponentId::generate()),
                    bundle_components::bundle_id.eq(id),
                    bundle_components::product_id.eq(product),
                    bundle_components::member_id.eq(member),
                    bundle_components::included.eq(included),
                ))
                .execute(connection)?;
        }
        let mut ids = Vec::new();
        for (charge, position) in self.charges.iter().zip(0i64..) {
            let id: ChargeId = diesel::insert_into(charges::table)
                .values((
                    charges::id.eq(ChargeId::generate()),
                    charges::bundle_id.eq(id),
                    charges::kind.eq(charge.kind),
                    charges::model.eq(charge.model),
                    charges::product_id.eq(charge.product),
                    charges::position.eq(position),
                    charges::package_size.eq(charge.package),
                ))
                .returning(charges::id)
                .get_result(connection)?;
            insert_tiers(connection, id, &charge.edges)?;
            ids.push(id);
        }
        let models = self.charges.iter().map(|charge| charge.model).collect();
        Ok(Bundle { id, charges: ids, models })
    }
}

fn insert_tiers(connection: &mut AnyConnection, charge: ChargeId, edges: &[Quantity]) -> QueryResult<()> {
    for (edge, tier) in edges.iter().zip(1i64..) {
        diesel::insert_into(charge_tiers::table)
            .values((
                charge_tiers::charge_id.eq(charge),
                charge_tiers::tier.eq(tier),
                charge_tiers::up_to.eq(*edge),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// A price version to make: of the reference book, in USD, from 2025-01-01 on, for existing subscriptions too.
pub struct Prices {
    bundle: Bundle,
    values: Vec<String>,
    channel: Option<ChannelId>,
    currency: String,
    from: String,
    concerns: &'static str,
}

/// One value for each charge of the bundle, in their order; the prices of tiers with a blank between them.
pub fn a_price(bundle: &Bundle, values: &[&str]) -> Prices {
    assert_eq!(values.len(), bundle.charges.len(), "one value for each charge");
    Prices {
        bundle: bundle.clone(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        channel: None,
        currency: "USD".into(),
        from: "2025-01-01".into(),
        concerns: "existing",
    }
}

impl Prices {
    pub fn of(self, channel: ChannelId) -> Self {
        Self { channel: Some(channel), ..self }
    }

    pub fn currency(self, code: &str) -> Self {
        Self { currency: code.to_owned(), ..self }
    }

    pub fn from(self, day: &str) -> Self {
        Self { from: day.to_owned(), ..self }
    }

    /// Only subscriptions that start on its day or later.
    pub fn for_new_ones(self) -> Self {
        Self { concerns: "new", ..self }
    }

    pub fn build(self, world: &World) -> PriceVersionId {
        world.write(|connection| {
            let id: PriceVersionId = diesel::insert_into(price_versions::table)
                .values((
                    price_versions::id.eq(PriceVersionId::generate()),
                    price_versions::channel_id.eq(self.channel),
                    price_versions::bundle_id.eq(self.bundle.id),
                    price_versions::currency.eq(&self.currency),
                    price_versions::effective_from.eq(day(&self.from)),
                    price_versions::concerns.eq(self.concerns),
                    price_versions::reason.eq("Agreed"),
                    price_versions::created_at.eq(world.now()),
                    price_versions::created_by.eq("Rosa Root"),
                ))
                .returning(price_versions::id)
                .get_result(connection)?;
            let charges = self.bundle.charges.iter().zip(&self.bundle.models);
            for ((charge, model), value) in charges.zip(&self.values) {
                insert_value(connection, id, *charge, model, value)?;
            }
            Ok(id)
        })
    }
}

fn insert_value(
    connection: &mut AnyConnection,
    version: PriceVersionId,
    charge: ChargeId,
    model: &str,
    value: &str,
) -> QueryResult<()> {
    let first_tier = if matches!(model, "graduated" | "volume") { 1i64 } else { 0 };
    for (part, tier) in value.split(' ').zip(first_tier..) {
        let is_percent = model == "cost_plus";
        diesel::insert_into(price_values::table)
            .values((
                price_values::version_id.eq(version),
                price_values::charge_id.eq(charge),
                price_values::tier.eq(tier),
                price_values::unit_price.eq((!is_percent).then(|| parsed::<UnitPrice>(part))),
                price_values::percent.eq(is_percent.then(|| parsed::<Percent>(part))),
            ))
            .execute(connection)?;
    }
    Ok(())
}
