//! `/reports/usage` and its files.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;
use num_traits::Zero;

use super::usage_charts::{Time, decimal};
use super::{Asked, Pages, file_name, groups, period_words};
use crate::db::paging::Slice;
use crate::db::{Db, Reported};
use crate::reports::store::{self, Choices, Figures, Within};
use crate::reports::usage::{Row, totals};
use crate::reports::{Filter, Group, export};
use crate::values::{ChannelId, Month, Quantity, Scope, Timestamp, rounded};
use crate::web::charts::Chart;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Error, Member, Shell, page};

const PATH: &str = "/reports/usage";

#[derive(Template)]
#[template(path = "reports/usage.html")]
struct UsagePage {
    shell: Shell,
    is_root: bool,
    asked: Asked,
    filter: Filter,
    choices: Choices,
    groups: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    pages: Pages,
    /// The same rows of the period before, by their labels.
    before: BTreeMap<String, Quantity>,
    totals: BTreeMap<String, Quantity>,
    charts: Vec<Chart>,
    rated_at: Option<Timestamp>,
    csv: String,
    xlsx: String,
    is_partial: bool,
}

impl UsagePage {
    fn period(&self) -> String {
        period_words(&self.filter)
    }

    fn nothing(&self) -> String {
        format!(
            "Nothing was used: {} for this filter. Usage whose customer or product is not known is listed as unrated.",
            self.period()
        )
    }

    /// The same report of one re-seller.
    fn of_channel(&self, row: &Row) -> String {
        self.asked.of_channel(PATH, &self.filter, &row.labels.channel_code)
    }

    fn table_title(&self) -> String {
        format!("Usage by {}", self.filter.group.words().to_lowercase())
    }

    /// What a unit is called above its total.
    fn unit_words<'u>(&self, unit: &'u str) -> &'u str {
        if unit.is_empty() { "Without unit" } else { unit }
    }

    /// A total as a figure: at most four decimals, the exact one is in the table.
    fn rounded(&self, total: &Quantity) -> String {
        crate::web::filters::grouped(decimal(*total).round_dp(4), 0)
    }

    /// Whether a row stands for a day, a week or a month.
    fn is_timed(&self) -> bool {
        matches!(self.filter.group, Group::Day | Group::Week | Group::Month)
    }

    /// The change against the period before, in percent: `+12.5%`; `new` when there was none.
    fn change(&self, row: &Row) -> String {
        let Some(before) = self.before.get(&key(row)).filter(|before| !before.exact().is_zero()) else {
            return "new".into();
        };
        let ratio = (row.quantity.exact() - before.exact()) / before.exact();
        let tenths = rounded(&ratio, 3);
        let Ok(tenths) = i64::try_from(tenths) else { return "–".into() };
        let sign = if tenths < 0 { "\u{2212}" } else { "+" };
        format!("{sign}{}.{}%", tenths.abs() / 10, tenths.abs() % 10)
    }
}

/// What makes two rows of two periods the same one.
fn key(row: &Row) -> String {
    let labels = &row.labels;
    [&labels.channel_code, &labels.customer, &labels.bundle, &labels.sku, &labels.unit]
        .map(String::as_str)
        .join("|")
}

struct Loaded {
    choices: Choices,
    channels: Slice<ChannelId>,
    rows: Vec<Row>,
    before: Vec<Row>,
    /// The quantities over time, and those of the period before.
    timed: [Vec<Row>; 2],
    rated_at: Option<Timestamp>,
}

async fn load(db: &Db, scope: Scope, filter: Filter, asked: &Asked) -> Result<Reported<Loaded>, Error> {
    let cursor = asked.cursor();
    let loaded = db.report(move |connection| {
        let within = store::within(connection, scope, &filter)?;
        let channels = store::some_channels(connection, &within, Figures::Usage, &filter, cursor)?;
        let shown = Within::These(channels.rows.clone());
        let is_timed = matches!(filter.group, Group::Day | Group::Week | Group::Month);
        let before = if is_timed { Vec::new() } else { store::usage(connection, &shown, &filter.before())? };
        let timed = Filter { group: Time::group(&filter), ..filter.clone() };
        Ok(Loaded {
            rows: store::usage(connection, &shown, &filter)?,
            before,
            timed: [
                store::over_time(connection, &within, &timed)?,
                store::over_time(connection, &within, &timed.before())?,
            ],
            rated_at: store::rated_at(connection, &within, &filter)?,
            choices: Choices::of(connection, &within, scope)?,
            channels,
        })
    });
    Ok(loaded.await?)
}

pub async fn show(member: Member, mut shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let this_month = Month::of(member.act().today());
    let filter = asked.filter(this_month, Group::Product, Group::OF_USAGE);
    let Reported { value, as_of } = load(&db, member.scope, filter.clone(), &asked).await?;
    shell.as_of = as_of;
    let Loaded { choices, channels, rows, before, timed, rated_at } = value;
    let totals = totals(&timed[0]).map_err(|error| Error::Internal(error.to_string()))?;
    let mut earlier: BTreeMap<String, Quantity> = BTreeMap::new();
    for row in &before {
        let sum = earlier.entry(key(row)).or_default();
        *sum = sum.checked_add(row.quantity).unwrap_or(*sum);
    }
    let is_partial = filter.to >= this_month;
    let charts = Time::new(&filter, member.act().today()).charts(&timed, &totals);
    let pages = Pages::of(&asked, PATH, &filter, &channels);
    let [csv, xlsx] = ["csv", "xlsx"].map(|ending| asked.address(&format!("{PATH}.{ending}"), &filter));
    let groups = groups(Group::OF_USAGE);
    let is_root = member.is_root();
    let before = earlier;
    page(&UsagePage {
        shell,
        is_root,
        asked,
        filter,
        choices,
        groups,
        rows,
        pages,
        before,
        totals,
        charts,
        rated_at,
        csv,
        xlsx,
        is_partial,
    })
}

/// The report as a file: the rows of every page.
pub async fn download(member: Member, db: Data<Db>, kind: FileKind, asked: Query<Asked>) -> Answer {
    let made = member.act().at;
    let filter = asked.filter(Month::of(member.act().today()), Group::Product, Group::OF_USAGE);
    let (scope, wanted) = (member.scope, filter.clone());
    let content = db.report(move |connection| {
        let within = store::within(connection, scope, &wanted)?;
        Ok(export::usage(kind, &store::usage(connection, &within, &wanted)?, made))
    });
    Ok(kind.attachment(&file_name("usage", &filter), content.await?.value?))
}
