//! `/audit` and `/audit.csv`: the log, for root, filtered by text, person, kind, object and time.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{Entry, Filter, store};
use crate::db::Db;
use crate::values::{ObjectId, Timestamp, parse_day};
use crate::web::csv::guarded;
use crate::web::{Answer, Error, RootStaff, Shell, page};

const PAGE: usize = 50;
/// The most entries that a download has.
const DOWNLOAD: i64 = 100_000;

/// The kinds of objects that people filter by.
const KINDS: &[(&str, &str)] = &[
    ("request", "Requests"),
    ("terms", "Terms"),
    ("reseller", "Re-sellers"),
    ("channel", "Channels"),
    ("product", "Products"),
    ("bundle", "Bundles"),
    ("price", "Prices"),
    ("customer", "Customers"),
    ("subscription", "Subscriptions"),
    ("usage_file", "Usage files"),
    ("mapping", "Usage mappings"),
    ("statement", "Statements"),
    ("user", "Accounts"),
];

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    person: String,
    kind: String,
    object: String,
    from: String,
    until: String,
    #[serde(skip_serializing)]
    before: String,
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    kinds: &'static [(&'static str, &'static str)],
    entries: Vec<Entry>,
    /// The address of the older entries; empty when there are none.
    older: String,
    /// The address of the file with exactly what is found.
    csv: String,
}

impl Search {
    /// What is not a day or an id filters nothing.
    fn filter(&self, limit: i64) -> Filter {
        let day = |typed: &str| parse_day(typed).ok();
        Filter {
            text: self.q.clone(),
            person: self.person.clone(),
            object_kind: (!self.kind.is_empty()).then(|| self.kind.clone()),
            object: self.object.trim().parse::<uuid::Uuid>().ok().map(ObjectId::from_uuid),
            from: day(&self.from).map(Timestamp::start_of),
            until: day(&self.until).and_then(|day| day.succ_opt()).map(Timestamp::start_of),
            before: self.before.parse().ok(),
            limit,
        }
    }

    fn address(&self, path: &str) -> String {
        serde_urlencoded::to_string(self).map(|query| format!("{path}?{query}")).unwrap_or_default()
    }
}

pub async fn list(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let filter = search.filter(i64::try_from(PAGE).unwrap_or(i64::MAX) + 1);
    let mut entries = db.read(move |connection| store::list(connection, &filter)).await?;
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let last = entries.last().filter(|_| has_more);
    let older =
        last.map(|last| format!("{}&before={}", search.address("/audit"), last.id)).unwrap_or_default();
    let csv = search.address("/audit.csv");
    page(&ListPage { shell, search, kinds: KINDS, entries, older, csv })
}

/// Everything that the filters find, as a file.
pub async fn csv(_root: RootStaff, db: Data<Db>, search: Query<Search>) -> Answer {
    let filter = search.filter(DOWNLOAD);
    let entries = db.read(move |connection| store::list(connection, &filter)).await?;
    let written = write(&entries).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .body(written))
}

fn write(entries: &[Entry]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "at",
        "person",
        "from",
        "action",
        "summary",
        "object kind",
        "object",
        "before",
        "after",
    ])?;
    for entry in entries {
        let (at, object) = (entry.at.to_string(), entry.object.as_uuid().to_string());
        let texts = [
            entry.actor_name.as_str(),
            entry.address.as_deref().unwrap_or_default(),
            &entry.action,
            &entry.summary,
            &entry.object_kind,
        ];
        let changes = [entry.before.as_deref(), entry.after.as_deref()].map(Option::unwrap_or_default);
        let row = std::iter::once(at).chain(texts.map(guarded)).chain([object]).chain(changes.map(guarded));
        writer.write_record(row)?;
    }
    Ok(writer.into_inner()?)
}
