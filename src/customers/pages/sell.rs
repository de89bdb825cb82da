//! `/customers/{id}/subscriptions/new`: sell a bundle to a customer, for members.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::catalog::pages::wording::{self, Products};
use crate::catalog::{self, Bundle, BundleState, price_store, prices};
use crate::channels;
use crate::customers::{Customer, NewSubscription, PriceRule, SaleRefusal, sales, store};
use crate::db::{AnyConnection, Db, Decided};
use crate::values::{BundleId, CustomerId, Scope, parse_day, whole_number};
use crate::web::{Answer, Error, Errors, Form, Go, Member, Shell, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    bundle: String,
    quantity: String,
    start: String,
    price_rule: String,
}

/// A bundle that can be sold to the customer, with today's prices in its currency.
struct Choice {
    bundle: BundleId,
    name: String,
    description: String,
    /// What is charged, and the price as people read it; empty when there is no price.
    prices: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "customers/sell.html")]
struct SellPage {
    shell: Shell,
    customer: Customer,
    /// Why nothing new is sold to it.
    stopped: Option<SaleRefusal>,
    choices: Vec<Choice>,
    rules: &'static [(&'static str, &'static str)],
    form: Typed,
    errors: Errors,
}

impl SellPage {
    fn options(&self) -> Vec<(String, &str)> {
        self.choices.iter().map(|choice| (choice.bundle.to_string(), choice.name.as_str())).collect()
    }
}

const RULES: &[(&str, &str)] =
    &[("follow", "Follows price changes"), ("frozen", "Keeps the prices of its first day, for good")];

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: CustomerId = id.parse().map_err(|_| Error::NotFound)?;
    let today = member.act().today();
    let form = Typed {
        quantity: "1".into(),
        start: today.to_string(),
        price_rule: "follow".into(),
        ..Typed::default()
    };
    let (customer, stopped, choices) = load(&db, member.scope, id, today).await?;
    page(&SellPage { shell, customer, stopped, choices, rules: RULES, form, errors: Errors::default() })
}

pub async fn submit(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Typed>,
) -> Answer {
    let id: CustomerId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(form) = form;
    let (scope, act) = (member.scope, member.act());
    let (customer, stopped, choices) = load(&db, scope, id, act.today()).await?;
    let mut errors = Errors::default();
    let Some(new) = form.parse(id, &mut errors) else {
        let refused = SellPage { shell, customer, stopped, choices, rules: RULES, form, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    match db.write(move |connection| sales::subscribe(connection, scope, &new, &act)).await.decided()? {
        Ok(subscription) => {
            go.to(format!("/subscriptions/{subscription}"), format!("Subscription sold to {}", customer.name))
        }
        Err(refusal) => {
            let field = match refusal {
                SaleRefusal::NoPrice { .. } | SaleRefusal::Posted { .. } => "start",
                SaleRefusal::NotSold => "bundle",
                _ => "",
            };
            errors.add(field, refusal);
            let refused = SellPage { shell, customer, stopped, choices, rules: RULES, form, errors };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
    }
}

impl Typed {
    fn parse(&self, customer: CustomerId, errors: &mut Errors) -> Option<NewSubscription> {
        let bundle = self.bundle.parse::<BundleId>().map_err(|_| "Choose a bundle");
        let bundle = errors.take("bundle", bundle);
        let quantity = errors.take("quantity", parse_quantity(&self.quantity));
        let start = errors.take("start", parse_day(&self.start));
        let price_rule = self.price_rule.parse::<PriceRule>().map_err(|_| "Choose which prices apply");
        let price_rule = errors.take("price_rule", price_rule);
        Some(NewSubscription {
            customer,
            bundle: bundle?,
            quantity: quantity?,
            start: start?,
            price_rule: price_rule?,
        })
    }
}

/// A whole number from 1 to 1,000,000.
pub(super) fn parse_quantity(typed: &str) -> Result<u32, &'static str> {
    let quantity = whole_number(typed).filter(|quantity| (1..=1_000_000).contains(quantity));
    quantity
        .and_then(|quantity| u32::try_from(quantity).ok())
        .ok_or("Enter a whole number from 1 to 1,000,000")
}

async fn load(
    db: &Db,
    scope: Scope,
    id: CustomerId,
    today: NaiveDate,
) -> Result<(Customer, Option<SaleRefusal>, Vec<Choice>), Error> {
    let loaded = db.read(move |connection| {
        let customer = store::customer(connection, scope, id)?;
        let products = wording::by_id(catalog::store::products(connection)?);
        let sold = channels::store::bundles(connection, customer.channel)?;
        let mut choices = Vec::new();
        for bundle in catalog::store::bundles(connection)? {
            let is_sold = sold.iter().any(|one| one.bundle == bundle.id && one.enabled);
            if is_sold && bundle.state == BundleState::Active {
                choices.push(choice(connection, &customer, bundle, &products, today)?);
            }
        }
        let stopped = sales::stopped(connection, scope, customer.channel)?;
        Ok((customer, stopped, choices))
    });
    Ok(loaded.await?)
}

fn choice(
    connection: &mut AnyConnection,
    customer: &Customer,
    bundle: Bundle,
    products: &Products,
    today: NaiveDate,
) -> crate::db::QueryResult<Choice> {
    let own = price_store::versions(connection, Some(customer.channel), bundle.id, customer.currency)?;
    let reference = price_store::versions(connection, None, bundle.id, customer.currency)?;
    let version = prices::paid(&own, &reference, today, today);
    let prices = bundle
        .charges
        .iter()
        .filter_map(|charge| {
            let value = version?.values.get(&charge.id)?;
            Some(wording::price_lines(charge, value, products, customer.currency))
        })
        .flatten()
        .collect();
    Ok(Choice { bundle: bundle.id, name: bundle.name, description: bundle.description, prices })
}
