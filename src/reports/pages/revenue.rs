//! `/reports/revenue` and its files.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;

use super::revenue_charts::{self, chart_start};
use super::{Asked, Pages, file_name, groups, period_words};
use crate::db::paging::Slice;
use crate::db::{Db, Reported};
use crate::reports::revenue::{Charged, Row, Totals, totals};
use crate::reports::store::{self, Choices, Figures, Ranked, Within};
use crate::reports::{Filter, Group, export};
use crate::values::{ChannelId, Currency, Month, Scope, Timestamp};
use crate::web::charts::{self, Chart, Split};
use crate::web::sheet::FileKind;
use crate::web::{Answer, Error, Member, Shell, page};

const PATH: &str = "/reports/revenue";

#[derive(Template)]
#[template(path = "reports/revenue.html")]
struct RevenuePage {
    shell: Shell,
    is_root: bool,
    asked: Asked,
    filter: Filter,
    choices: Choices,
    groups: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    pages: Pages,
    totals: Totals,
    /// Over time, one for each currency.
    charts: Vec<Chart>,
    splits: BTreeMap<Currency, Split>,
    rankings: Vec<charts::Ranked>,
    /// The first re-sellers by net revenue; for root when there are several.
    ranking: Vec<Ranked>,
    rated_at: Option<Timestamp>,
    csv: String,
    xlsx: String,
    /// The last month is not over.
    is_partial: bool,
}

impl RevenuePage {
    fn period(&self) -> String {
        period_words(&self.filter)
    }

    fn nothing(&self) -> String {
        format!("Nothing was charged: {} for this filter.", self.period())
    }

    fn table_title(&self) -> String {
        format!("Revenue by {}", self.filter.group.words().to_lowercase())
    }

    /// The lines behind a row.
    fn why(&self, row: &Row) -> String {
        self.asked.lines(&self.filter, row.currency, Some(row))
    }

    fn why_total(&self, currency: &Currency) -> String {
        self.asked.lines(&self.filter, *currency, None)
    }

    /// How a currency's total is shared.
    fn split(&self, currency: &Currency) -> Option<&Split> {
        self.splits.get(currency)
    }

    /// The same report of one re-seller.
    fn open(&self, ranked: &Ranked) -> String {
        self.asked.of_channel(PATH, &self.filter, &ranked.channel.to_string())
    }

    fn of_channel(&self, row: &Row) -> String {
        self.asked.of_channel(PATH, &self.filter, &row.channel_code)
    }
}

struct Loaded {
    choices: Choices,
    channels: Slice<ChannelId>,
    rows: Vec<Row>,
    monthly: Vec<Charged>,
    totals: Totals,
    ranking: Vec<Ranked>,
    rated_at: Option<Timestamp>,
}

async fn load(db: &Db, scope: Scope, filter: Filter, asked: &Asked) -> Result<Reported<Loaded>, Error> {
    let cursor = asked.cursor();
    let loaded = db.report(move |connection| {
        let within = store::within(connection, scope, &filter)?;
        let channels = store::some_channels(connection, &within, Figures::Revenue, &filter, cursor)?;
        let shown = Within::These(channels.rows.clone());
        let monthly = Filter { from: chart_start(&filter), ..filter.clone() };
        let monthly = store::by_month(connection, &within, &monthly)?;
        let totals = totals(&monthly, filter.from).map_err(store::out_of_range)?;
        let mut ranking = Vec::new();
        if within == Within::All {
            for currency in totals.keys() {
                ranking.extend(store::ranking(connection, &filter, *currency)?);
            }
        }
        Ok(Loaded {
            rows: store::revenue(connection, &shown, &filter)?,
            monthly,
            totals,
            ranking,
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
    let filter = asked.filter(this_month, Group::Bundle, Group::OF_REVENUE);
    let Reported { value, as_of } = load(&db, member.scope, filter.clone(), &asked).await?;
    shell.as_of = as_of;
    let Loaded { choices, channels, rows, monthly, totals, ranking, rated_at } = value;
    let is_partial = filter.to >= this_month;
    let months = revenue_charts::Months { filter: &filter, last_is_partial: is_partial };
    let charts = totals.keys().map(|currency| months.chart(&monthly, *currency)).collect();
    let splits =
        totals.iter().map(|(currency, total)| (*currency, months.split(*total, *currency))).collect();
    let ranking = if ranking.len() > 1 { ranking } else { Vec::new() };
    let open = |ranked: &Ranked| asked.of_channel(PATH, &filter, &ranked.channel.to_string());
    let rankings = months.rankings(&ranking, &totals, open);
    let pages = Pages::of(&asked, PATH, &filter, &channels);
    let [csv, xlsx] = ["csv", "xlsx"].map(|ending| asked.address(&format!("{PATH}.{ending}"), &filter));
    let groups = groups(Group::OF_REVENUE);
    let is_root = member.is_root();
    page(&RevenuePage {
        shell,
        is_root,
        asked,
        filter,
        choices,
        groups,
        rows,
        pages,
        totals,
        charts,
        splits,
        rankings,
        ranking,
        rated_at,
        csv,
        xlsx,
        is_partial,
    })
}

/// The report as a file: the rows of every page.
pub async fn download(member: Member, db: Data<Db>, kind: FileKind, asked: Query<Asked>) -> Answer {
    let made = member.act().at;
    let filter = asked.filter(Month::of(member.act().today()), Group::Bundle, Group::OF_REVENUE);
    let (scope, wanted) = (member.scope, filter.clone());
    let content = db.report(move |connection| {
        let within = store::within(connection, scope, &wanted)?;
        Ok(export::revenue(kind, &store::revenue(connection, &within, &wanted)?, made))
    });
    Ok(kind.attachment(&file_name("revenue", &filter), content.await?.value?))
}
