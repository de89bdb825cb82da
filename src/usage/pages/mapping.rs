//! `/usage/mapping`: which of a source's sub-accounts and products are which customers and products of the portal.
//! What is saved is remembered for the next file, and rows that waited for it are rated.
//!
//! **Permissions**: as for uploading.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::mapping_lines::{Line, Section, lines};
use super::{choice, chosen, may_import};
use crate::catalog::{self, Product};
use crate::channels::Channel;
use crate::channels::choice::Choice;
use crate::customers::{self, Customer};
use crate::db::{AnyConnection, Db, Never, QueryResult};
use crate::usage::MappingKind;
use crate::usage::resolve::Target;
use crate::usage::store::{self, MappingWish};
use crate::web::filters::counted;
use crate::web::{Answer, Error, Errors, Fields, Form, Go, Member, Shell, links, page_with};

/// Names of a section that are shown; the ones with the most rows come first.
const SHOWN: i64 = 200;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    channel: String,
    source: String,
}

/// What the page knows of a channel and a source.
#[derive(Default)]
struct Loaded {
    sources: Vec<(String, String)>,
    source: String,
    customers: Vec<Customer>,
    products: Vec<Product>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "usage/mapping.html")]
struct MappingPage {
    shell: Shell,
    is_root: bool,
    choice: Choice,
    channel: Option<Channel>,
    loaded: Loaded,
    errors: Errors,
}

impl MappingPage {
    fn channel_id(&self) -> String {
        self.channel.as_ref().map(|channel| channel.id.to_string()).unwrap_or_default()
    }

    /// Products are folded away while their services can be mapped, unless one of them needs a look.
    fn shows_products(&self) -> bool {
        let has_error = |number: usize| !self.errors.of(&format!("to.{number}")).is_empty();
        self.section(Section::Services).is_empty()
            || self.section(Section::Products).iter().any(|(number, _)| has_error(*number))
    }

    /// The lines of a section with their number in the form.
    fn section(&self, section: Section) -> Vec<(usize, &Line)> {
        self.loaded.lines.iter().enumerate().filter(|(_, line)| line.section == section).collect()
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, place: Query<Place>) -> Answer {
    respond(&member, shell, &db, &place, &Fields::default(), Errors::default()).await
}

pub async fn save(member: Member, shell: Shell, go: Go, db: Data<Db>, Form(fields): Form<Fields>) -> Answer {
    let place = Place { channel: fields.get("channel").to_owned(), source: fields.get("source").to_owned() };
    let channel = chosen(&db, &member, &place.channel).await?.ok_or(Error::NotFound)?;
    if !may_import(&member, &channel) {
        return Err(Error::Forbidden);
    }
    let (id, source) = (channel.id, place.source.clone());
    let loaded = db.read(move |connection| load(connection, id, &source)).await?;
    let mut errors = Errors::default();
    let wishes = wishes(&fields, &loaded, &mut errors);
    if !errors.is_empty() {
        return respond(&member, shell, &db, &place, &fields, errors).await;
    }
    let (act, source) = (member.act(), place.source.clone());
    let mended = db
        .write::<_, Never>(move |connection| {
            Ok(store::save_mappings(connection, &channel, &source, &wishes, &act)?)
        })
        .await?;
    let back = links::address("/usage/mapping", &[("channel", &place.channel), ("source", &place.source)]);
    let said = match mended {
        0 => "Mapping saved; no waiting row can be rated by it yet".to_owned(),
        mended => format!("Mapping saved; {} can be rated now", counted(mended, "row")),
    };
    go.to(back, said)
}

async fn respond(
    member: &Member,
    shell: Shell,
    db: &Db,
    place: &Place,
    fields: &Fields,
    errors: Errors,
) -> Answer {
    let mut choice = choice(db, member, &place.channel).await?;
    if place.channel.is_empty()
        && let Some(only) = choice.only()
    {
        choice.value = only.to_owned();
    }
    let channel = chosen(db, member, &choice.value).await?;
    if channel.as_ref().is_some_and(|channel| !may_import(member, channel)) {
        return Err(Error::Forbidden);
    }
    let loaded = match &channel {
        Some(channel) => {
            let (id, source) = (channel.id, place.source.clone());
            let mut loaded = db.read(move |connection| load(connection, id, &source)).await?;
            retype(&mut loaded.lines, fields);
            loaded
        }
        None => Loaded::default(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_root = member.is_root();
    page_with(status, &MappingPage { shell, is_root, choice, channel, loaded, errors })
}

fn load(
    connection: &mut AnyConnection,
    channel: crate::values::ChannelId,
    source: &str,
) -> QueryResult<Loaded> {
    let sources = store::sources(connection, channel)?;
    let source =
        if source.is_empty() { sources.first().cloned().unwrap_or_default() } else { source.to_owned() };
    let customers = customers::store::customers_of(connection, channel)?;
    let products = catalog::store::products(connection)?;
    let mappings = store::mappings(connection, channel, &source)?;
    let waiting_customers = store::waiting_customers(connection, channel, &source, SHOWN)?;
    let waiting_products = store::waiting_products(connection, channel, &source, SHOWN)?;
    let lines = lines(&waiting_customers, &waiting_products, &mappings, &customers, &products);
    Ok(Loaded {
        sources: sources.into_iter().map(|name| (name.clone(), name)).collect(),
        source,
        customers,
        products,
        lines,
    })
}

/// The lines of the form, as `kind.3`, `name.3` and `to.3`.
fn typed(fields: &Fields) -> impl Iterator<Item = (usize, MappingKind, &str, &str)> {
    (0..).map_while(|number| {
        let kind = fields.get(&format!("kind.{number}")).parse().ok()?;
        let name = fields.get(&format!("name.{number}"));
        Some((number, kind, name, fields.get(&format!("to.{number}")).trim()))
    })
}

fn wishes(fields: &Fields, loaded: &Loaded, errors: &mut Errors) -> Vec<MappingWish> {
    let mut wishes = Vec::new();
    for (number, kind, name, to) in typed(fields) {
        let target = match kind {
            _ if to.is_empty() => Ok(None),
            MappingKind::Customer => customer(&loaded.customers, to).map(Some),
            MappingKind::Product => product(&loaded.products, to).map(Some),
        };
        if let Some(target) = errors.take(&format!("to.{number}"), target) {
            wishes.push(MappingWish { kind, external: name.to_owned(), target });
        }
    }
    wishes
}

fn customer(customers: &[Customer], typed: &str) -> Result<Target, String> {
    let by_id = customers.iter().find(|customer| customer.external_id == typed);
    let by_name = || customers.iter().find(|customer| customer.name.eq_ignore_ascii_case(typed));
    by_id
        .or_else(by_name)
        .map(|customer| Target::Customer(customer.id))
        .ok_or_else(|| format!("No customer has the id or the name “{typed}”"))
}

fn product(products: &[Product], typed: &str) -> Result<Target, String> {
    let by_sku = products.iter().find(|product| product.sku == typed);
    let by_name = || products.iter().find(|product| product.name.eq_ignore_ascii_case(typed));
    by_sku
        .or_else(by_name)
        .map(|product| Target::Product(product.id))
        .ok_or_else(|| format!("No product has the SKU or the name “{typed}”"))
}

/// Puts back what was typed when the form comes back with errors.
fn retype(lines: &mut [Line], fields: &Fields) {
    for (_, kind, name, to) in typed(fields) {
        if let Some(line) = lines.iter_mut().find(|line| line.kind() == kind && line.name == name) {
            to.clone_into(&mut line.to);
        }
    }
}
