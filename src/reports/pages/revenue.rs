//! `/reports/revenue` and its CSV.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;
use rust_decimal::Decimal;

use super::{Asked, Choices, csv_answer, groups, period_words};
use crate::db::Db;
use crate::reports::revenue::{Money, Row, totals};
use crate::reports::{Filter, Group, export, store};
use crate::values::{Currency, Month, Scope, Timestamp};
use crate::web::charts::{self, Chart, Figures, Label, Measure, Series, Size};
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
    charts: Vec<Chart>,
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

    /// The same report of one re-seller.
    fn open(&self, row: &Row) -> String {
        let channel = self.choices.channels.iter().find(|(_, name)| *name == row.channel_name);
        let asked =
            Asked { channel: channel.map(|(id, _)| id.clone()).unwrap_or_default(), ..self.asked.clone() };
        asked.address("/reports/revenue", &self.filter)
    }
}

struct Loaded {
    choices: Choices,
    rows: Vec<Row>,
    monthly: Vec<Row>,
    rated_at: Option<Timestamp>,
}

async fn load(db: &Db, scope: Scope, filter: Filter) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let names = store::names(connection, scope)?;
        let monthly = Filter { group: Group::Month, from: chart_start(&filter), ..filter.clone() };
        Ok(Loaded {
            rows: store::revenue(connection, &names, &filter)?,
            monthly: store::revenue(connection, &names, &monthly)?,
            rated_at: store::rated_at(connection, &names, &filter)?,
            choices: Choices::of(&names),
        })
    });
    Ok(loaded.await?)
}

/// The chart shows a year at least.
fn chart_start(filter: &Filter) -> Month {
    (0..11).fold(filter.to, |month, _| month.previous()).min(filter.from)
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let this_month = Month::of(member.act().today());
    let filter = asked.filter(this_month, Group::Bundle, Group::OF_REVENUE);
    let Loaded { choices, rows, monthly, rated_at } = load(&db, member.scope, filter.clone()).await?;
    let totals = totals(&rows).map_err(|error| Error::Internal(error.to_string()))?;
    let is_partial = filter.to >= this_month;
    let charts = totals.keys().map(|currency| chart(&monthly, &filter, *currency, is_partial)).collect();
    let ranking = if member.is_root() { ranking(&rows) } else { Vec::new() };
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

/// Net revenue by month, split into both sides' shares.
fn chart(monthly: &[Row], filter: &Filter, currency: Currency, is_partial: bool) -> Chart {
    let months: Vec<Month> = chart_start(filter).through(filter.to).collect();
    let sum = |month: Month, part: fn(&Money) -> Decimal| -> Decimal {
        let name = month.to_string();
        monthly
            .iter()
            .filter(|row| row.currency == currency && row.name == name)
            .map(|row| part(&row.money))
            .sum()
    };
    let series = |name: &str, part: fn(&Money) -> Decimal| {
        Series::new(name, months.iter().map(|month| sum(*month, part)).collect())
    };
    let figures = Figures {
        title: format!("Net revenue by month in {currency}"),
        labels: months.iter().map(|month| Label::month(*month)).collect(),
        series: vec![
            series("Provider share", |money| money.provider_share.decimal()),
            series("Re-seller share", |money| money.reseller_share.decimal()),
        ],
        measure: Measure::Money(currency),
        last_is_partial: is_partial,
    };
    charts::stacked_bars(figures, Size::ACROSS)
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
