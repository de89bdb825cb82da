//! `/customers/new` and `/customers/{id}/edit`, for members.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels;
use crate::channels::choice::{Choice, chosen, missing};
use crate::customers::{Customer, NewCustomer, SaleRefusal, sales, store};
use crate::db::{Db, Decided};
use crate::values::{ChannelId, Country, Currency, CustomerId, Scope};
use crate::web::{Answer, Error, Errors, Form, Go, Member, Shell, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    channel: String,
    external_id: String,
    name: String,
    country: String,
    currency: String,
}

#[derive(Template)]
#[template(path = "customers/edit_customer.html")]
struct EditPage {
    shell: Shell,
    /// `None` for a new customer.
    id: Option<CustomerId>,
    /// Where a new one goes: what root chooses from.
    channel: Choice,
    is_root: bool,
    countries: Vec<(&'static str, &'static str)>,
    currencies: Vec<Currency>,
    /// It has subscriptions.
    currency_is_fixed: bool,
    form: Typed,
    errors: Errors,
}

impl EditPage {
    fn currency_options(&self) -> Vec<(&'static str, &'static str)> {
        self.currencies.iter().map(|currency| (currency.code(), currency.code())).collect()
    }
}

impl Typed {
    fn parse(&self, channel: ChannelId, errors: &mut Errors) -> Option<NewCustomer> {
        let required = |errors: &mut Errors, field: &str, text: &str, message: &str| {
            let text = text.trim().to_owned();
            match text.chars().count() {
                0 => errors.add(field, message),
                201.. => errors.add(field, "Enter 200 characters or fewer"),
                _ => {}
            }
            text
        };
        let external_id =
            required(errors, "external_id", &self.external_id, "Enter your own id of the customer");
        let name = required(errors, "name", &self.name, "Enter the customer's name");
        let country = errors.take("country", self.country.parse::<Country>());
        let currency = errors.take("currency", self.currency.parse::<Currency>());
        if !errors.is_empty() {
            return None;
        }
        Some(NewCustomer { channel, external_id, name, country: country?, currency: currency? })
    }
}

fn beside_field(errors: &mut Errors, refusal: &SaleRefusal) {
    let field = match refusal {
        SaleRefusal::ExternalIdTaken => "external_id",
        SaleRefusal::NotACurrency | SaleRefusal::CurrencyFixed => "currency",
        _ => "",
    };
    errors.add(field, refusal);
}

/// What a form says beside what is typed.
struct Places {
    channel: Choice,
    currencies: Vec<Currency>,
}

/// Where a new customer can go, with the channel that root named or the only one; in which currencies.
async fn places(db: &Db, scope: Scope, named: &str) -> Result<Places, Error> {
    let named = named.to_owned();
    let found = db.read(move |connection| {
        let mut channel = Choice::of(connection, scope, &named)?;
        if named.is_empty()
            && let Some(only) = channel.only().map(str::to_owned)
        {
            channel.value = only;
        }
        Ok(Places { channel, currencies: channels::store::currencies(connection, scope)? })
    });
    Ok(found.await?)
}

/// For a customer that is in its channel: its currencies.
async fn place(db: &Db, scope: Scope, channel: ChannelId) -> Result<Places, Error> {
    let found = db.read(move |connection| channels::store::find(connection, scope, channel)).await?;
    Ok(Places { channel: Choice::default(), currencies: found.currencies })
}

fn edit_page(
    shell: Shell,
    id: Option<CustomerId>,
    is_root: bool,
    places: Places,
    form: Typed,
    errors: Errors,
) -> EditPage {
    let countries = Country::all().map(|country| (country.code(), country.name())).collect();
    let Places { channel, currencies } = places;
    EditPage { shell, id, channel, is_root, countries, currencies, currency_is_fixed: false, form, errors }
}

pub async fn new(member: Member, shell: Shell, db: Data<Db>, typed: Query<Typed>) -> Answer {
    let typed = typed.into_inner();
    let places = places(&db, member.scope, &typed.channel).await?;
    page(&edit_page(shell, None, member.is_root(), places, typed, Errors::default()))
}

pub async fn create(member: Member, shell: Shell, go: Go, db: Data<Db>, form: Form<Typed>) -> Answer {
    let (form, scope) = (form.0, member.scope);
    let mut errors = Errors::default();
    let named = form.channel.clone();
    let channel = db.read(move |connection| chosen(connection, scope, &named)).await?.map(|one| one.id);
    if channel.is_none() {
        errors.add("channel", missing(&form.channel));
    }
    let placeholder = channel.unwrap_or_else(|| ChannelId::derived(""));
    if let (Some(_), Some(details)) = (channel, form.parse(placeholder, &mut errors)) {
        let (act, name) = (member.act(), details.name.clone());
        let created = db.write(move |connection| sales::create_customer(connection, scope, &details, &act));
        match created.await.decided()? {
            Ok(id) => return go.to(format!("/customers/{id}"), format!("Customer {name} added")),
            Err(refusal) => beside_field(&mut errors, &refusal),
        }
    }
    let places = places(&db, scope, &form.channel).await?;
    let refused = edit_page(shell, None, member.is_root(), places, form, errors);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
}

pub async fn edit(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: CustomerId = id.parse().map_err(|_| Error::NotFound)?;
    let scope = member.scope;
    let (customer, is_fixed) = read(&db, scope, id).await?;
    let place = place(&db, scope, customer.channel).await?;
    let form = Typed {
        channel: customer.channel.to_string(),
        external_id: customer.external_id,
        name: customer.name,
        country: customer.country.to_string(),
        currency: customer.currency.to_string(),
    };
    let edit_page = edit_page(shell, Some(id), member.is_root(), place, form, Errors::default());
    page(&EditPage { currency_is_fixed: is_fixed, ..edit_page })
}

/// The customer, and whether its currency is fixed.
async fn read(db: &Db, scope: Scope, id: CustomerId) -> Result<(Customer, bool), Error> {
    let read = db.read(move |connection| {
        let customer = store::customer(connection, scope, id)?;
        Ok((customer, sales::has_subscriptions(connection, id)?))
    });
    Ok(read.await?)
}

pub async fn save(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Typed>,
) -> Answer {
    let id: CustomerId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(mut form) = form;
    let scope = member.scope;
    let (customer, is_fixed) = read(&db, scope, id).await?;
    if is_fixed {
        form.currency = customer.currency.to_string();
    }
    let mut errors = Errors::default();
    if let Some(new) = form.parse(customer.channel, &mut errors) {
        let act = member.act();
        let NewCustomer { channel, external_id, name, country, currency } = new;
        let changed = Customer { id, channel, external_id, name, country, currency };
        let saved = db.write(move |connection| sales::change_customer(connection, scope, &changed, &act));
        match saved.await.decided()? {
            Ok(()) => return go.to(format!("/customers/{id}"), "Customer saved"),
            Err(refusal) => beside_field(&mut errors, &refusal),
        }
    }
    let place = place(&db, scope, customer.channel).await?;
    let refused = edit_page(shell, Some(id), member.is_root(), place, form, errors);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &EditPage { currency_is_fixed: is_fixed, ..refused })
}
