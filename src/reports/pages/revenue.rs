//! `/reports/revenue` and its CSV.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;

use super::revenue_charts::{self, chart_start};
use super::{Asked, Choices, csv_answer, groups, period_words};
use crate::db::Db;
use crate::reports::revenue::{Charged, Money, Row, totals};
use crate::reports::{Filter, Group, export, store};
use crate::values::{Currency, Month, Scope, Timestamp};
use crate::web::charts::{Chart, Ranked, Split};
use crate::web::{Answer, Error, Member, Shell, page};

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
    totals: BTreeMap<Currency, Money>,
    /// Over time, one for each currency.
    charts: Vec<Chart>,
    splits: BTreeMap<Currency, Split>,
    rankings: Vec<Ranked>,
    /// Each re-seller's net revenue, largest first; for root when there are several.
    ranking: Vec<Row>,
    rated_at: Option<Timestamp>,
    csv: String,
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
    fn open(&self, row: &Row) -> String {
        open(&self.asked, &self.filter, &self.choices, row)
    }
}

fn open(asked: &Asked, filter: &Filter, choices: &Choices, row: &Row) -> String {
    let channel = choices.channels.iter().find(|(_, name)| *name == row.channel_name);
    let asked = Asked { channel: channel.map(|(id, _)| id.clone()).unwrap_or_default(), ..asked.clone() };
    asked.address("/reports/revenue", filter)
}

struct Loaded {
    choices: Choices,
    rows: Vec<Row>,
    monthly: Vec<Charged>,
    rated_at: Option<Timestamp>,
}

async fn load(db: &Db, scope: Scope, filter: Filter) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let names = store::names(connection, scope)?;
        let monthly = Filter { from: chart_start(&filter), ..filter.clone() };
        Ok(Loaded {
            rows: store::revenue(connection, &names, &filter)?,
            monthly: store::charged(connection, &names, &monthly)?,
            rated_at: store::rated_at(connection, &names, &filter)?,
            choices: Choices::of(&names),
        })
    });
    Ok(loaded.await?)
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let this_month = Month::of(member.act().today());
    let filter = asked.filter(this_month, Group::Bundle, Group::OF_REVENUE);
    let Loaded { choices, rows, monthly, rated_at } = load(&db, member.scope, filter.clone()).await?;
    let totals = totals(&rows).map_err(|error| Error::Internal(error.to_string()))?;
    let is_partial = filter.to >= this_month;
    let months = revenue_charts::Months { filter: &filter, last_is_partial: is_partial };
    let charts = totals.keys().map(|currency| months.chart(&monthly, *currency)).collect();
    let splits =
        totals.iter().map(|(currency, total)| (*currency, months.split(*total, *currency))).collect();
    let ranking = if member.is_root() { ranking(&rows) } else { Vec::new() };
    let rankings = months.rankings(&ranking, |row| open(&asked, &filter, &choices, row));
    let csv = asked.address("/reports/revenue.csv", &filter);
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
        totals,
        charts,
        splits,
        rankings,
        ranking,
        rated_at,
        csv,
        is_partial,
    })
}

pub async fn csv(member: Member, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let filter = asked.filter(Month::of(member.act().today()), Group::Bundle, Group::OF_REVENUE);
    let loaded = load(&db, member.scope, filter.clone()).await?;
    let content = export::revenue_csv(&loaded.rows).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(csv_answer("revenue", &filter, content))
}

fn ranking(rows: &[Row]) -> Vec<Row> {
    let mut by_reseller: BTreeMap<(String, Currency), Row> = BTreeMap::new();
    for row in rows {
        let key = (row.reseller.clone(), row.currency);
        match by_reseller.get_mut(&key) {
            Some(sum) => sum.money = sum.money.checked_add(row.money).unwrap_or(sum.money),
            None => {
                by_reseller.insert(key, row.clone());
            }
        }
    }
    let mut ranked: Vec<Row> = by_reseller.into_values().collect();
    ranked.sort_by(|a, b| (a.currency, b.money.net).cmp(&(b.currency, a.money.net)));
    if ranked.len() > 1 { ranked } else { Vec::new() }
}
