//! `/subscriptions/{id}`: a subscription, and what can be done with it; for members.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::sell::parse_quantity;
use crate::audit::{self, Entry};
use crate::catalog::pages::wording::{self, Products};
use crate::catalog::{self, Bundle, PriceVersion, price_store, prices};
use crate::customers::{Customer, PriceRule, SaleRefusal, Subscription, sales, store};
use crate::db::{AnyConnection, Db, Decided, QueryResult};
use crate::values::{Scope, SubscriptionId, parse_day};
use crate::web::{Answer, Error, Errors, Form, Go, Member, NoFields, Shell, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct QuantityTyped {
    from: String,
    quantity: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CancelTyped {
    end: String,
}

/// A price that applies today.
struct AppliedPrice {
    charge: String,
    price: String,
    effective_from: NaiveDate,
    /// The channel's own price, or the reference price.
    is_channel_price: bool,
}

struct Loaded {
    subscription: Subscription,
    customer: Customer,
    bundle: Bundle,
    prices: Vec<AppliedPrice>,
    history: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "customers/subscription.html")]
struct SubscriptionPage {
    shell: Shell,
    today: NaiveDate,
    loaded: Loaded,
    form: QuantityTyped,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "customers/cancel.html")]
struct CancelPage {
    shell: Shell,
    loaded: Loaded,
    form: CancelTyped,
    errors: Errors,
}

impl Loaded {
    fn has_ended(&self, today: &NaiveDate) -> bool {
        self.subscription.end.is_some_and(|end| end <= *today)
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: SubscriptionId = id.parse().map_err(|_| Error::NotFound)?;
    let today = member.act().today();
    let loaded = load(&db, member.scope, id, today).await?;
    let form = QuantityTyped { from: today.to_string(), ..QuantityTyped::default() };
    page(&SubscriptionPage { shell, today, loaded, form, errors: Errors::default() })
}

pub async fn change_quantity(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<QuantityTyped>,
) -> Answer {
    let id: SubscriptionId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(form) = form;
    let (scope, act) = (member.scope, member.act());
    let today = act.today();
    let loaded = load(&db, scope, id, today).await?;
    let mut errors = Errors::default();
    let quantity = errors.take("quantity", parse_quantity(&form.quantity));
    let from = errors.take("from", parse_day(&form.from));
    let (Some(quantity), Some(from)) = (quantity, from) else {
        let refused = SubscriptionPage { shell, today, loaded, form, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let changed =
        db.write(move |connection| sales::change_quantity(connection, scope, id, from, quantity, &act));
    match changed.await.decided()? {
        Ok(()) => go.to(
            format!("/subscriptions/{id}"),
            format!("The quantity is {quantity} from {}", from.format("%-d %B %Y")),
        ),
        Err(refusal) => {
            let field = if matches!(refusal, SaleRefusal::SameQuantity) { "quantity" } else { "from" };
            errors.add(field, refusal);
            let refused = SubscriptionPage { shell, today, loaded, form, errors };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
    }
}

pub async fn confirm_cancel(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: SubscriptionId = id.parse().map_err(|_| Error::NotFound)?;
    let today = member.act().today();
    let loaded = load(&db, member.scope, id, today).await?;
    let form = CancelTyped { end: crate::values::Month::of(today).end().to_string() };
    page(&CancelPage { shell, loaded, form, errors: Errors::default() })
}

pub async fn cancel(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<CancelTyped>,
) -> Answer {
    let id: SubscriptionId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(form) = form;
    let (scope, act) = (member.scope, member.act());
    let loaded = load(&db, scope, id, act.today()).await?;
    let mut errors = Errors::default();
    let Some(end) = errors.take("end", parse_day(&form.end)) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &CancelPage { shell, loaded, form, errors });
    };
    match db.write(move |connection| sales::cancel(connection, scope, id, end, &act)).await.decided()? {
        Ok(()) => go.to(
            format!("/subscriptions/{id}"),
            format!("The subscription ends on {}", end.format("%-d %B %Y")),
        ),
        Err(refusal) => {
            errors.add("end", refusal);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &CancelPage { shell, loaded, form, errors })
        }
    }
}

pub async fn keep(member: Member, go: Go, db: Data<Db>, id: Path<String>, _form: Form<NoFields>) -> Answer {
    let id: SubscriptionId = id.parse().map_err(|_| Error::NotFound)?;
    let (scope, act) = (member.scope, member.act());
    match db.write(move |connection| sales::resume(connection, scope, id, &act)).await.decided()? {
        Ok(()) => go.to(format!("/subscriptions/{id}"), "The subscription goes on"),
        Err(refusal) => Err(conflict(&refusal)),
    }
}

fn conflict(refusal: &SaleRefusal) -> Error {
    Error::Conflict(refusal.to_string())
}

async fn load(db: &Db, scope: Scope, id: SubscriptionId, today: NaiveDate) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let subscription = store::subscription(connection, scope, id)?;
        let customer = store::customer(connection, scope, subscription.customer)?;
        let bundle = catalog::store::bundle(connection, subscription.bundle)?;
        let products = wording::by_id(catalog::store::products(connection)?);
        let prices = applied(connection, &subscription, &bundle, &products, today)?;
        let history = audit::of_object(connection, id)?;
        Ok(Loaded { subscription, customer, bundle, prices, history })
    });
    Ok(loaded.await?)
}

/// The prices on a day: of the first day when frozen or not begun.
fn applied(
    connection: &mut AnyConnection,
    subscription: &Subscription,
    bundle: &Bundle,
    products: &Products,
    today: NaiveDate,
) -> QueryResult<Vec<AppliedPrice>> {
    let day = match subscription.price_rule {
        PriceRule::Frozen => subscription.start,
        PriceRule::Follow => today.max(subscription.start),
    };
    let own =
        price_store::versions(connection, Some(subscription.channel), bundle.id, subscription.currency)?;
    let reference = price_store::versions(connection, None, bundle.id, subscription.currency)?;
    let version = prices::paid(&own, &reference, day, subscription.start);
    Ok(version.map(|version| rows(version, bundle, products)).unwrap_or_default())
}

fn rows(version: &PriceVersion, bundle: &Bundle, products: &Products) -> Vec<AppliedPrice> {
    bundle
        .charges
        .iter()
        .filter_map(|charge| {
            Some(wording::price_lines(charge, version.values.get(&charge.id)?, products, version.currency))
        })
        .flatten()
        .map(|(charge, price)| AppliedPrice {
            charge,
            price,
            effective_from: version.effective_from,
            is_channel_price: version.channel.is_some(),
        })
        .collect()
}
