//! `/channels/{id}/prices/{bundle}/{currency}`: a new channel price: typed, previewed with who will notice, saved.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::prices::{category_of, percent_text, shares};
use crate::catalog::pages::wording::{Products, by_id, part_name, value_text};
use crate::catalog::{self, Charge, ChargeModel, PriceConcern, PriceRefusal, PriceValue};
use crate::channels::pricing::{self, Book, Refusal, Wished};
use crate::channels::{Channel, PricePolicy, policy, store};
use crate::db::{Db, Decided};
use crate::terms::{self, TermsVersion};
use crate::values::{BundleId, ChannelId, ChargeId, Currency, Exact, Month, Percent, Scope, UnitPrice};
use crate::web::{Answer, Error, Errors, Fields, Form, Go, Member, Shell, page, page_with};

/// A charge in the form, or one of its tiers.
struct Line {
    field: String,
    charge: String,
    /// `None` when the channel does not show it.
    reference: Option<String>,
    /// The plain number, for the live margin; empty when hidden.
    reference_number: String,
    now: String,
    typed: String,
    is_percent: bool,
    /// New price less reference price, and that in percent of the new price; `None` when hidden.
    margin: Option<(String, String)>,
    /// In the preview: what each side gets of a unit.
    shares: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "channels/set_price.html")]
struct SetPricePage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    book: Book,
    lines: Vec<Line>,
    fields: Fields,
    errors: Errors,
    /// In the preview: customers and subscriptions that notice.
    concerned: Option<(usize, usize)>,
}

impl SetPricePage {
    fn fault(&self, line: &Line) -> &str {
        self.errors.of(&line.field)
    }
}

struct Loaded {
    channel: Channel,
    book: Book,
    products: Products,
    terms: Option<TermsVersion>,
}

struct Place {
    channel: ChannelId,
    bundle: BundleId,
    currency: Currency,
}

fn place(path: &(String, String, String)) -> Result<Place, Error> {
    let (channel, bundle, currency) = path;
    Ok(Place {
        channel: channel.parse().map_err(|_| Error::NotFound)?,
        bundle: bundle.parse().map_err(|_| Error::NotFound)?,
        currency: currency.parse().map_err(|_| Error::NotFound)?,
    })
}

async fn load(db: &Db, scope: Scope, place: &Place, today: NaiveDate) -> Result<Loaded, Error> {
    let Place { channel, bundle, currency } = *place;
    let loaded = db.read(move |connection| {
        let row = store::find(connection, scope, channel)?;
        Ok(Loaded {
            book: pricing::book(connection, scope, channel, bundle, currency)?,
            products: by_id(catalog::store::products(connection)?),
            terms: terms::store::in_effect(connection, row.reseller, Month::of(today))?,
            channel: row,
        })
    });
    let loaded: Loaded = loaded.await?;
    let is_locked = !loaded.channel.price_editable || loaded.book.sold.policy == PricePolicy::Locked;
    if scope != Scope::Root && is_locked { Err(Error::Forbidden) } else { Ok(loaded) }
}

/// The field's name: `price.`, the charge's id, and a tier's number after it.
fn field(charge: ChargeId, tier: u32) -> String {
    if tier == 0 { format!("price.{charge}") } else { format!("price.{charge}.{tier}") }
}

/// Every price that the bundle's charges have.
fn places(book: &Book) -> impl Iterator<Item = (&Charge, u32)> {
    book.bundle.charges.iter().flat_map(|charge| charge.tiers().map(move |tier| (charge, tier)))
}

/// New price less reference price, and that in percent of the new price; of cost-plus both are about the factor.
fn margin(wished: &PriceValue, reference: &PriceValue) -> (String, String) {
    let more = wished.factor(0) - reference.factor(0);
    let (more, unit) = match wished {
        PriceValue::CostPlus(_) => (more * Exact::from_integer(100.into()), "%"),
        _ => (more, ""),
    };
    let margin = policy::margin(wished, reference);
    (format!("{}{unit}", signed(&more)), margin.map_or_else(|| "–".into(), |margin| percent_text(&margin)))
}

/// With its sign, and up to ten decimals.
fn signed(number: &Exact) -> String {
    let sign = if number.is_negative() { "\u{2212}" } else { "+" };
    let units = (number.abs() * BigInt::from(10).pow(10)).round().to_integer();
    let price = units.to_i128().and_then(|units| UnitPrice::from_mantissa(units).ok());
    price.map_or_else(
        || "–".into(),
        |price| if price.mantissa() == 0 { "0".into() } else { format!("{sign}{price}") },
    )
}

fn number(part: &PriceValue) -> String {
    match part {
        PriceValue::CostPlus(percent) => percent.to_string(),
        part => part.price(0).map(|price| price.to_string()).unwrap_or_default(),
    }
}

fn lines(loaded: &Loaded, fields: &Fields, today: NaiveDate, is_root: bool, preview: bool) -> Vec<Line> {
    let Loaded { channel, book, products, terms } = loaded;
    let shows_reference = is_root || channel.shows_reference;
    let line = |(charge, tier): (&Charge, u32)| {
        let value_of = |version: Option<&catalog::PriceVersion>| {
            version.and_then(|version| version.values.get(&charge.id)).and_then(|value| value.part(tier))
        };
        let (now, reference) = (value_of(book.in_effect(today)), value_of(book.reference(today)));
        let wished = parse_value(charge, fields.get(&field(charge.id, tier))).ok();
        let category = category_of(charge, products);
        let text = |value: &Option<PriceValue>| {
            value.as_ref().map_or_else(|| "–".into(), |value| value_text(value, book.currency))
        };
        Line {
            field: field(charge.id, tier),
            charge: part_name(charge, tier, products),
            reference: shows_reference.then(|| text(&reference)),
            reference_number: reference.as_ref().filter(|_| shows_reference).map(number).unwrap_or_default(),
            now: text(&now),
            typed: fields.get(&field(charge.id, tier)).to_owned(),
            is_percent: charge.model == ChargeModel::CostPlus,
            margin: wished
                .as_ref()
                .zip(reference.as_ref())
                .filter(|_| shows_reference)
                .map(|(wished, reference)| margin(wished, reference)),
            shares: wished
                .filter(|_| preview)
                .and_then(|wished| shares(terms.as_ref(), book, category, &wished, reference.as_ref())),
        }
    };
    places(book).map(line).collect()
}

fn parse_value(charge: &Charge, typed: &str) -> Result<PriceValue, String> {
    match charge.model {
        ChargeModel::CostPlus => {
            typed.parse::<Percent>().map(PriceValue::CostPlus).map_err(|error| error.to_string())
        }
        _ => typed.parse::<UnitPrice>().map(PriceValue::Unit).map_err(|error| error.to_string()),
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    path: Path<(String, String, String)>,
) -> Answer {
    let place = place(&path)?;
    let (today, is_root) = (member.act().today(), member.is_root());
    let loaded = load(&db, member.scope, &place, today).await?;
    let current = loaded.book.planned(today).or_else(|| loaded.book.in_effect(today));
    let mut fields = vec![("concerns".to_owned(), "existing".to_owned())];
    let from = loaded.book.planned(today).map_or(today, |planned| planned.effective_from);
    fields.push(("effective_from".into(), from.to_string()));
    if let Some(version) = current {
        for (charge, tier) in places(&loaded.book) {
            let part = version.values.get(&charge.id).and_then(|value| value.part(tier));
            fields.push((field(charge.id, tier), part.as_ref().map(number).unwrap_or_default()));
        }
    }
    let fields = Fields(fields);
    let lines = lines(&loaded, &fields, today, is_root, false);
    let Loaded { channel, book, .. } = loaded;
    page(&SetPricePage {
        shell,
        is_root,
        channel,
        book,
        lines,
        fields,
        errors: Errors::default(),
        concerned: None,
    })
}

pub async fn submit(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    path: Path<(String, String, String)>,
    form: Form<Fields>,
) -> Answer {
    let place = place(&path)?;
    let Form(fields) = form;
    let (scope, act, is_root) = (member.scope, member.act(), member.is_root());
    let today = act.today();
    let loaded = load(&db, scope, &place, today).await?;
    let mut errors = Errors::default();
    let wished = parse(&place, &loaded.book, &fields, &mut errors);
    if let Some(wished) = &wished {
        check(&loaded, scope, wished, today, &mut errors);
    }
    let preview = wished.is_some() && errors.is_empty();
    let lines_now = lines(&loaded, &fields, today, is_root, preview);
    let again = |concerned: Option<(usize, usize)>, errors: Errors| {
        let Loaded { channel, book, .. } = loaded;
        SetPricePage {
            shell,
            is_root,
            channel,
            book,
            lines: lines_now,
            fields: fields.clone(),
            errors,
            concerned,
        }
    };
    let (Some(wished), true) = (wished, preview) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &again(None, errors));
    };
    if fields.has("change") {
        return page(&again(None, errors));
    }
    let Wished { channel, bundle, currency, effective_from, .. } = wished.clone();
    if !fields.has("confirmed") {
        let counted = db.read(move |connection| {
            pricing::concerned(connection, channel, bundle, currency, effective_from)
        });
        return page(&again(Some(counted.await?), errors));
    }
    match db.write(move |connection| pricing::set(connection, scope, &wished, &act)).await.decided()? {
        Ok(_) => {
            let when = effective_from.format("%-d %B %Y");
            go.to(format!("/channels/{channel}/prices"), format!("The channel price is set from {when}"))
        }
        Err(refusal) => {
            add_refusal(refusal, &mut errors);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again(None, errors))
        }
    }
}

fn parse(place: &Place, book: &Book, fields: &Fields, errors: &mut Errors) -> Option<Wished> {
    let day = fields.get("effective_from").trim().parse::<NaiveDate>().map_err(|_| "Enter the first day");
    let effective_from = errors.take("effective_from", day);
    let concerns =
        fields.get("concerns").parse::<PriceConcern>().map_err(|_| "Choose whom the price concerns");
    let concerns = errors.take("concerns", concerns);
    let mut values: BTreeMap<ChargeId, PriceValue> = BTreeMap::new();
    for charge in &book.bundle.charges {
        let mut parts = Vec::new();
        for tier in charge.tiers() {
            let name = field(charge.id, tier);
            parts.extend(errors.take(&name, parse_value(charge, fields.get(&name))).map(|part| (tier, part)));
        }
        values.extend(PriceValue::joined(&parts).map(|value| (charge.id, value)));
    }
    if !errors.is_empty() {
        return None;
    }
    let reason = fields.get("reason").trim().chars().take(400).collect();
    let Place { channel, bundle, currency } = *place;
    Some(Wished {
        channel,
        bundle,
        currency,
        effective_from: effective_from?,
        concerns: concerns?,
        reason,
        values,
    })
}

/// Tells all faults at once, before anything is previewed; the transaction asks again.
fn check(loaded: &Loaded, scope: Scope, wished: &Wished, today: NaiveDate, errors: &mut Errors) {
    if scope != Scope::Root && wished.effective_from < today {
        add_refusal(Refusal::InThePast, errors);
    }
    if let Err(faults) = pricing::check(&loaded.book, loaded.channel.price_editable, scope, wished) {
        add_refusal(Refusal::Policy(faults), errors);
    }
    let charges = &loaded.book.bundle.charges;
    if let Err(faults) = catalog::pricing::check(charges, &wished.values, wished.currency) {
        add_refusal(Refusal::Price(PriceRefusal::Values(faults)), errors);
    }
}

fn add_refusal(refusal: Refusal, errors: &mut Errors) {
    match refusal {
        Refusal::Policy(faults) => {
            let mut by_field: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (charge, fault) in faults {
                by_field.entry(field(charge, fault.tier)).or_default().push(fault.to_string());
            }
            for (name, messages) in by_field {
                errors.add(name, messages.join(". "));
            }
        }
        Refusal::InThePast => errors.add("effective_from", "Choose today or a later day"),
        Refusal::Price(PriceRefusal::Values(faults)) => {
            for (charge, fault) in faults {
                errors.add(field(charge, 0), fault);
            }
        }
        Refusal::Price(refusal) => errors.add("effective_from", refusal),
    }
}
