//! `/channels/{id}/bulk-prices`: many channel prices at once, by percent or from a table, with every row shown before
//! anything is saved.
//!
//! **Permissions**: root; the channel's re-seller within its limits.

use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::bulk_rows::{Row, rows};
use crate::catalog::pages::wording::{Products, by_id};
use crate::catalog::{self, PriceConcern};
use crate::channels::bulk::store::{self as bulk_store, Common};
use crate::channels::bulk::table::{self, RowFault};
use crate::channels::bulk::{self, Change};
use crate::channels::pricing::{self, Book};
use crate::channels::{Channel, notices, store};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{ChannelId, Currency, Percent, Scope, parse_day};
use crate::web::upload::{named_csv, read, typed};
use crate::web::{Answer, Error, Errors, Go, Member, Shell, Site, csrf, optional_text, page, page_with};

/// The form as sent, in its first step and in its second, which carries the table.
#[derive(Debug, MultipartForm)]
pub struct Sent {
    csrf: Option<Text<String>>,
    percent: Option<Text<String>>,
    currency: Option<Text<String>>,
    table: Option<Text<String>>,
    file: Option<TempFile>,
    from: Option<Text<String>>,
    concerns: Option<Text<String>>,
    reason: Option<Text<String>>,
    step: Option<Text<String>>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    percent: String,
    currency: String,
    table: String,
    from: String,
    concerns: String,
    reason: String,
}

impl Typed {
    /// A table goes before a percent. A review carries both: its table came from the percent, and goes when the
    /// percent is to be changed.
    fn choose(&mut self, step: &str) {
        let has_both = !self.percent.trim().is_empty() && !self.table.trim().is_empty();
        match step {
            "change" if has_both => self.table.clear(),
            "save" | "change" => {}
            _ if has_both => self.percent.clear(),
            _ => {}
        }
    }
}

#[derive(Template)]
#[template(path = "channels/bulk.html")]
struct BulkPage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    currencies: Vec<(&'static str, &'static str)>,
    typed: Typed,
    errors: Errors,
    row_faults: Vec<RowFault>,
    /// In the review.
    rows: Vec<Row>,
    has_faults: bool,
}

impl BulkPage {
    fn is_review(&self) -> bool {
        !self.rows.is_empty()
    }

    fn first_day(&self) -> String {
        parse_day(&self.typed.from).map(|day| day.format("%-d %B %Y").to_string()).unwrap_or_default()
    }

    fn prices(&self) -> String {
        crate::web::filters::counted(i64::try_from(self.rows.len()).unwrap_or(i64::MAX), "price")
    }
}

struct Loaded {
    channel: Channel,
    books: Vec<Book>,
    products: Products,
}

async fn load(db: &Db, scope: Scope, id: ChannelId) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let channel = store::find(connection, scope, id)?;
        let books = pricing::books(connection, &channel)?;
        let books = bulk::open_books(books, scope == Scope::Root, channel.price_editable);
        Ok(Loaded { channel, books, products: by_id(catalog::store::products(connection)?) })
    });
    Ok(loaded.await?)
}

fn page_of(shell: Shell, is_root: bool, channel: Channel, typed: Typed) -> BulkPage {
    let currencies = channel.currencies.iter().map(|one| (one.code(), one.code())).collect();
    let (errors, row_faults, rows) = (Errors::default(), Vec::new(), Vec::new());
    BulkPage { shell, is_root, channel, currencies, typed, errors, row_faults, rows, has_faults: false }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<ChannelId>) -> Answer {
    let Loaded { channel, .. } = load(&db, member.scope, *id).await?;
    let (from, concerns) = (member.act().today().to_string(), "existing".to_owned());
    let typed = Typed { from, concerns, ..Typed::default() };
    page(&page_of(shell, member.is_root(), channel, typed))
}

pub async fn submit(
    member: Member,
    request: HttpRequest,
    shell: Shell,
    go: Go,
    (db, site): (Data<Db>, Data<Site>),
    id: Path<ChannelId>,
    form: MultipartForm<Sent>,
) -> Answer {
    let form = form.into_inner();
    csrf::verify(&request, &typed(form.csrf)?, csrf::length(&request))?;
    let step = typed(form.step)?;
    let Loaded { channel, books, products } = load(&db, member.scope, *id).await?;
    let mut errors = Errors::default();
    let mut wish = Typed {
        percent: typed(form.percent)?,
        currency: typed(form.currency)?,
        table: typed(form.table)?,
        from: typed(form.from)?,
        concerns: typed(form.concerns)?,
        reason: typed(form.reason)?,
    };
    if let Some(file) = named_csv(form.file, "file", &mut errors) {
        wish.table = text_of(file, &mut errors).await?;
    }
    wish.choose(&step);
    let common = common(*id, &wish, &member, &mut errors);
    let mut row_faults = Vec::new();
    let changes = common.as_ref().and_then(|common| {
        let books = (books.as_slice(), &products);
        changes(&wish, books, common.from, &mut errors, &mut row_faults)
    });
    let mut shown = page_of(shell, member.is_root(), channel, wish);
    (shown.errors, shown.row_faults) = (errors, row_faults);
    let (Some(common), Some(changes)) = (common, changes) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    shown.rows = rows(&books, &products, &shown.channel, member.scope, &common, &changes);
    shown.has_faults = shown.rows.iter().any(|row| !row.fault.is_empty());
    if step == "change" {
        shown.rows.clear();
        return page(&shown);
    }
    shown.typed.table = table::written(&changes, &books, &products)
        .map_err(|error| Error::Internal(format!("a table of prices: {error}")))?;
    match step.as_str() {
        "save" if !shown.has_faults => {
            save(&member, &go, &db, Letterhead::from(site.get_ref()), (books, common, changes), shown).await
        }
        _ if shown.has_faults => page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown),
        _ => page(&shown),
    }
}

async fn save(
    member: &Member,
    go: &Go,
    db: &Db,
    letterhead: Letterhead,
    (books, common, changes): (Vec<Book>, Common, Vec<Change>),
    mut shown: BulkPage,
) -> Answer {
    let (scope, act, from, channel) = (member.scope, member.act(), common.from, common.channel);
    let said = format!("{} set from {}", shown.prices(), from.format("%-d %B %Y"));
    let (prices, channel_itself) = (shown.prices(), shown.channel.clone());
    let saved = db.write(move |connection| {
        bulk_store::set_all(connection, scope, &books, &common, &changes, &act)?;
        Ok(notices::prices_set(connection, &channel_itself, prices.clone(), from, &letterhead, &act)?)
    });
    match saved.await.decided()? {
        Ok(_) => go.to(format!("/channels/{channel}/prices"), said),
        Err(refused) => {
            shown.errors.add("from", format!("{}: {}", refused.bundle, refused.refusal));
            shown.rows.clear();
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn text_of(file: TempFile, errors: &mut Errors) -> Result<String, Error> {
    if file.size > table::LARGEST {
        errors.add("file", "Choose a table of at most 256 KiB");
        return Ok(String::new());
    }
    let text = String::from_utf8(read(file).await?);
    Ok(errors.take("file", text.map_err(|_| "Save the table as CSV in UTF-8")).unwrap_or_default())
}

fn common(channel: ChannelId, typed: &Typed, member: &Member, errors: &mut Errors) -> Option<Common> {
    let day = parse_day(&typed.from).map_err(|_| "Enter the first day");
    let from = errors.take("from", day);
    if from.is_some_and(|from| !member.is_root() && from < member.act().today()) {
        errors.add("from", pricing::Refusal::InThePast);
    }
    let concerns = typed.concerns.parse::<PriceConcern>().map_err(|_| "Choose whom the prices concern");
    let concerns = errors.take("concerns", concerns)?;
    let reason = optional_text(&typed.reason, 400, "reason", errors)?;
    from.filter(|_| errors.is_empty()).map(|from| Common { channel, from, concerns, reason })
}

/// What changes, by the table or else by percent; `None` with messages when nothing can be made of it.
fn changes(
    typed: &Typed,
    (books, products): (&[Book], &Products),
    day: NaiveDate,
    errors: &mut Errors,
    row_faults: &mut Vec<RowFault>,
) -> Option<Vec<Change>> {
    let changes = if typed.table.trim().is_empty() {
        let percent = errors.take("percent", typed.percent.parse::<Percent>())?;
        let only = match typed.currency.as_str() {
            "" => None,
            code => Some(errors.take("currency", code.parse::<Currency>())?),
        };
        errors.take("percent", bulk::by_percent(books, day, percent, only))?
    } else {
        match table::read(&typed.table, books, products, day) {
            Ok(changes) => changes,
            Err(faults) => {
                errors.add("file", "Mend the rows below; nothing is saved while one is wrong");
                *row_faults = faults;
                return None;
            }
        }
    };
    if changes.is_empty() {
        let field = if typed.table.trim().is_empty() { "percent" } else { "file" };
        errors.add(field, "Nothing would change by this");
        return None;
    }
    Some(changes)
}
