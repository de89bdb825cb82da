//! `/statements/{id}/comparison`: the re-seller's own books beside the statement; each difference becomes a dispute
//! with one click.
//!
//! The books are not kept: they travel with the page, so the provider never sees them.

use std::collections::BTreeMap;

use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::with_code;
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::settlement::compare::{self, Books, COLUMNS, Cells, Difference, Stated};
use crate::settlement::store::disputes::{self, Raised};
use crate::settlement::store::{self, Told};
use crate::settlement::{Dispute, DisputeState, Statement, StatementState, notices};
use crate::values::{Amount, ChargeLineId, Currency, Scope, StatementId};
use crate::web::upload::{named_csv, read, typed};
use crate::web::{Answer, Error, Errors, ResellerStaff, Shell, Site, csrf, page, page_with};

/// The form as sent.
#[derive(Debug, MultipartForm)]
pub struct Sent {
    csrf: Option<Text<String>>,
    table: Option<Text<String>>,
    file: Option<TempFile>,
    /// The line that is to be disputed.
    dispute: Option<Text<String>>,
}

/// A difference as the page shows it.
struct Row {
    /// What tells it: each column with its cell.
    cells: Vec<(&'static str, String)>,
    stated: String,
    booked: String,
    more: String,
    /// The line that a dispute would name; empty when there is none.
    line: String,
    is_disputed: bool,
}

#[derive(Template)]
#[template(path = "settlement/comparison.html")]
struct ComparisonPage {
    shell: Shell,
    statement: Statement,
    table: String,
    /// The file's columns, as they were understood; empty before there is one.
    columns: Vec<&'static str>,
    amount: String,
    rows: Vec<Row>,
    /// What all differences come to, in a sentence.
    total: String,
    said: String,
    errors: Errors,
}

impl ComparisonPage {
    /// Whether lines of the statement can be disputed now.
    fn is_open(&self) -> bool {
        matches!(self.statement.state, StatementState::Sent | StatementState::Disputed)
    }

    fn understood(&self) -> String {
        format!("Lines are told by {}; amounts are in {}.", self.columns.join(", "), self.amount)
    }
}

struct Loaded {
    statement: Statement,
    lines: Vec<Told>,
    disputes: Vec<Dispute>,
}

async fn load(db: &Db, scope: Scope, id: StatementId) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let statement = store::find(connection, scope, id)?;
        let lines = store::lines(connection, &statement)?;
        let disputes = disputes::of(connection, id)?;
        Ok(Loaded { lines: store::told(connection, lines)?, disputes, statement })
    });
    Ok(loaded.await?)
}

fn empty_page(shell: Shell, statement: Statement) -> ComparisonPage {
    let (table, amount, total, said) = Default::default();
    let (columns, rows, errors) = Default::default();
    ComparisonPage { shell, statement, table, columns, amount, rows, total, said, errors }
}

pub async fn show(reseller: ResellerStaff, shell: Shell, db: Data<Db>, id: Path<StatementId>) -> Answer {
    let Loaded { statement, .. } = load(&db, reseller.scope(), *id).await?;
    page(&empty_page(shell, statement))
}

pub async fn submit(
    reseller: ResellerStaff,
    request: HttpRequest,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    form: MultipartForm<Sent>,
) -> Answer {
    let form = form.into_inner();
    csrf::verify(&request, &typed(form.csrf)?, csrf::length(&request))?;
    let mut loaded = load(&db, reseller.scope(), *id).await?;
    let mut shown = empty_page(shell, loaded.statement.clone());
    shown.table = typed(form.table)?;
    if let Some(file) = named_csv(form.file, "file", &mut shown.errors) {
        shown.table = text_of(file, &mut shown.errors).await?;
    }
    if shown.errors.is_empty() && shown.table.trim().is_empty() {
        shown.errors.add("file", "Choose a file that is not empty");
    }
    let books = match shown.errors.is_empty() {
        true => shown.errors.take("file", compare::read(&shown.table, loaded.statement.currency)),
        false => None,
    };
    let Some(books) = books else { return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown) };
    let stated: Vec<Stated> = loaded.lines.iter().map(stated).collect();
    let differences =
        compare::compare(&stated, &books).map_err(|error| Error::Internal(error.to_string()))?;
    let wanted = typed(form.dispute)?;
    let found = differences.iter().find_map(|one| {
        let told = largest(one, &loaded.lines)?;
        (told.line.id.to_string() == wanted).then_some((one, told))
    });
    if let Some((difference, told)) = found {
        let raised = raised(difference, told, &loaded.statement);
        shown.said = raise(&reseller, &db, &site, *id, raised).await?;
        loaded = load(&db, reseller.scope(), *id).await?;
    }
    fill(&mut shown, &books, &differences, &loaded);
    page(&shown)
}

async fn text_of(file: TempFile, errors: &mut Errors) -> Result<String, Error> {
    if file.size > compare::LARGEST {
        errors.add("file", "Choose a file of at most 512 KiB");
        return Ok(String::new());
    }
    let text = String::from_utf8(read(file).await?);
    Ok(errors.take("file", text.map_err(|_| "Save your books as CSV in UTF-8")).unwrap_or_default())
}

/// A line with what tells it, as its CSV has it.
fn stated(told: &Told) -> Stated {
    let line = &told.line;
    let cells: Cells = [
        told.customer_ref.clone(),
        told.customer.clone(),
        told.subscription.clone(),
        told.bundle.clone(),
        told.sku.clone(),
        line.kind.clone(),
        line.role.to_string(),
        line.origin_month.to_string(),
    ];
    Stated {
        line: line.id,
        cells: cells.map(|cell| cell.trim().to_owned()),
        net: line.net().unwrap_or_default(),
    }
}

/// The line that a dispute of a difference names: its largest.
fn largest<'t>(difference: &Difference, lines: &'t [Told]) -> Option<&'t Told> {
    let own = |told: &&Told| difference.lines.contains(&told.line.id);
    lines.iter().filter(own).max_by_key(|told| (told.line.net().unwrap_or_default(), told.line.id))
}

/// The dispute of a difference, in words and with what the line's net should be.
fn raised(difference: &Difference, told: &Told, statement: &Statement) -> Raised {
    let currency = statement.currency;
    let stated = with_code(difference.stated, currency);
    let reason = match difference.booked {
        Some(booked) => format!("Our books hold {}, the statement {stated}", with_code(booked, currency)),
        None => format!("Our books do not have it; the statement has {stated}"),
    };
    let many = difference.lines.len();
    let reason = if many > 1 { format!("{reason}, for {many} lines together") } else { reason };
    let net = told.line.net().unwrap_or_default();
    // Of several lines together nobody can say which one is wrong.
    let claimed = difference.more().and_then(|more| net.checked_add(more)).ok().filter(|_| many == 1);
    Raised { line: told.line.id, line_text: told.words(), reason, claimed }
}

async fn raise(
    reseller: &ResellerStaff,
    db: &Db,
    site: &Site,
    id: StatementId,
    raised: Raised,
) -> Result<String, Error> {
    let (scope, act, letterhead) = (reseller.scope(), reseller.act(), Letterhead::from(site));
    let outcome = db.write(move |connection| {
        disputes::raise(connection, scope, id, &raised, &act)?;
        let statement = store::find(connection, scope, id)?;
        notices::disputed(connection, &statement, &raised.line_text, &raised.reason, &letterhead, &act)?;
        Ok(())
    });
    Ok(match outcome.await.decided()? {
        Ok(()) => "The line is disputed".to_owned(),
        Err(refusal) => refusal.to_string(),
    })
}

/// What the books have in all, beside the statement.
fn compared(more: Amount, currency: Currency) -> String {
    let size = with_code(Amount::from_micros(more.micros().abs()), currency);
    match more {
        Amount::ZERO => "In all your books have as much as the statement.".to_owned(),
        more if more.is_negative() => format!("In all your books have {size} less than the statement."),
        _ => format!("In all your books have {size} more than the statement."),
    }
}

fn fill(shown: &mut ComparisonPage, books: &Books, differences: &[Difference], loaded: &Loaded) {
    let currency = loaded.statement.currency;
    let open: BTreeMap<ChargeLineId, ()> = loaded
        .disputes
        .iter()
        .filter(|dispute| dispute.state == DisputeState::Open)
        .map(|dispute| (dispute.line, ()))
        .collect();
    shown.columns =
        books.columns.iter().filter_map(|place| COLUMNS.get(*place)).map(|(name, _)| *name).collect();
    let row = |one: &Difference| Row {
        cells: shown.columns.iter().copied().zip(one.cells.iter().cloned()).collect(),
        stated: if one.lines.is_empty() { "–".into() } else { with_code(one.stated, currency) },
        booked: one.booked.map_or_else(|| "–".into(), |booked| with_code(booked, currency)),
        more: with_code(one.more().unwrap_or_default(), currency),
        line: largest(one, &loaded.lines).map(|told| told.line.id.to_string()).unwrap_or_default(),
        is_disputed: one.lines.iter().any(|line| open.contains_key(line)),
    };
    shown.rows = differences.iter().map(row).collect();
    let more = Amount::sum(differences.iter().filter_map(|one| one.more().ok())).unwrap_or_default();
    shown.total = compared(more, currency);
    shown.amount.clone_from(&books.amount);
}
