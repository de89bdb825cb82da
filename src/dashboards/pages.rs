//! `/`: each role's home.

use actix_web::HttpRequest;
use actix_web::web::Data;
use askama::Template;
use rust_decimal::Decimal;

use super::first_steps::{self, FirstStep};
use super::store::{self, MonthMoney, Part};
use super::tasks::{self, Task};
use crate::audit::{self, Entry};
use crate::channels::Channel;
use crate::db::Db;
use crate::values::{Currency, Month, Right, Scope, Timestamp};
use crate::web::charts::{self, Chart, Figures, Label, Measure, Series, Size};
use crate::web::filters;
use crate::web::{Answer, Error, Role, Shell, Visitor, page, see_other};

/// How many months the chart shows, the running one included.
const MONTHS: usize = 12;

#[derive(Template)]
#[template(path = "dashboards/root.html")]
struct RootPage {
    shell: Shell,
    now: Timestamp,
    month: Month,
    first_steps: Vec<FirstStep>,
    tasks: Vec<Task>,
    money: Vec<MonthMoney>,
    running: i64,
    rated_at: Option<Timestamp>,
    chart: Option<Chart>,
    ranking: Vec<Rank>,
    changes: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "dashboards/reseller.html")]
struct ResellerPage {
    shell: Shell,
    now: Timestamp,
    month: Month,
    first_steps: Vec<FirstStep>,
    tasks: Vec<Task>,
    channel: Option<Channel>,
    money: Vec<MonthMoney>,
    running: i64,
    rated_at: Option<Timestamp>,
    chart: Option<Chart>,
}

/// A re-seller's part of a month's revenue.
struct Rank {
    name: String,
    part: Part,
    /// Whole percent of the currency's total.
    percent: u32,
}

/// Everything that both home pages show.
struct Home {
    first_steps: Vec<FirstStep>,
    tasks: Vec<Task>,
    channel: Option<Channel>,
    money: Vec<MonthMoney>,
    running: i64,
    rated_at: Option<Timestamp>,
    parts: Vec<Part>,
    changes: Vec<Entry>,
}

/// **Permissions**: anyone; who is not a member is sent to where they belong.
pub async fn show(request: HttpRequest, shell: Shell, db: Data<Db>) -> Answer {
    let visitor = Visitor::of(&request);
    match visitor.role {
        Role::Anonymous => Ok(see_other("/sign-in")),
        Role::Applicant { .. } => Ok(see_other("/application")),
        Role::Root { .. } | Role::Reseller { .. } => home_page(visitor, shell, &db).await,
    }
}

async fn home_page(visitor: Visitor, shell: Shell, db: &Db) -> Answer {
    let scope = visitor.scope().ok_or(Error::Forbidden)?;
    let now = visitor.at;
    let month = Month::of(now.day());
    let rights = shell.rights.clone();
    let Home { first_steps, tasks, channel, money, running, rated_at, parts, changes } =
        load(db, visitor, scope, rights, shell.portal_name.clone()).await?;
    let chart = chart(&parts, month, scope);
    if scope == Scope::Root {
        let ranking = ranking(parts, month);
        return page(&RootPage {
            shell,
            now,
            month,
            first_steps,
            tasks,
            money,
            running,
            rated_at,
            chart,
            ranking,
            changes,
        });
    }
    page(&ResellerPage { shell, now, month, first_steps, tasks, channel, money, running, rated_at, chart })
}

async fn load(
    db: &Db,
    visitor: Visitor,
    scope: Scope,
    rights: Vec<Right>,
    portal: String,
) -> Result<Home, Error> {
    let today = visitor.at.day();
    let month = Month::of(today);
    let first = first_month(month);
    let loaded = db.read(move |connection| {
        let (tasks, channel) = match visitor.role {
            Role::Reseller { reseller, .. } => {
                let own = crate::channels::store::of_reseller(connection, reseller)?;
                (tasks::for_reseller(connection, &rights, reseller)?, own)
            }
            _ => (tasks::for_root(connection, &rights, scope, today)?, None),
        };
        let first_steps = match &channel {
            Some(channel) => first_steps::of_reseller(connection, channel)?,
            None if scope == Scope::Root => first_steps::of_root(connection, &portal)?,
            None => Vec::new(),
        };
        let changes = match scope {
            Scope::Root => audit::list(connection, &audit::Filter { limit: 8, ..audit::Filter::default() })?,
            Scope::Reseller(_) => Vec::new(),
        };
        Ok(Home {
            first_steps,
            tasks,
            channel,
            changes,
            money: store::month_money(connection, scope, month)?,
            running: store::running_subscriptions(connection, scope, today)?,
            rated_at: store::rated_at(connection, scope, month)?,
            parts: store::parts(connection, scope, first, month)?,
        })
    });
    Ok(loaded.await?)
}

fn first_month(last: Month) -> Month {
    (1..MONTHS).fold(last, |month, _| month.previous())
}

/// The currency with most revenue; a chart never adds two.
fn main_currency(parts: &[Part]) -> Option<Currency> {
    let mut totals: Vec<(Currency, Decimal)> = Vec::new();
    for part in parts {
        match totals.iter_mut().find(|(currency, _)| *currency == part.currency) {
            Some((_, total)) => *total += part.net.decimal(),
            None => totals.push((part.currency, part.net.decimal())),
        }
    }
    totals.into_iter().max_by_key(|(_, total)| *total).map(|(currency, _)| currency)
}

fn chart(parts: &[Part], last: Month, scope: Scope) -> Option<Chart> {
    let currency = main_currency(parts)?;
    let months: Vec<Month> = first_month(last).through(last).collect();
    let mut names: Vec<&str> =
        parts.iter().filter(|part| part.currency == currency).map(|part| part.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let value = |name: &str, month: Month| {
        let is_it = |part: &&Part| part.name == name && part.month == month && part.currency == currency;
        parts.iter().filter(is_it).map(|part| part.net.decimal()).sum()
    };
    let series = names
        .into_iter()
        .map(|name| Series::new(name, months.iter().map(|month| value(name, *month)).collect()))
        .collect();
    let by = if scope == Scope::Root { "re-seller" } else { "bundle" };
    let figures = Figures {
        title: format!("Net revenue by {by} and month in {currency}"),
        labels: months.iter().map(|month| Label::month(*month)).collect(),
        series,
        measure: Measure::Money(currency),
        last_is_partial: true,
    };
    Some(charts::stacked_bars(figures, Size::HALF))
}

/// The month's re-sellers, the largest first within each currency.
fn ranking(parts: Vec<Part>, month: Month) -> Vec<Rank> {
    let mut parts: Vec<Part> = parts.into_iter().filter(|part| part.month == month).collect();
    parts.sort_by(|a, b| (a.currency, b.net).cmp(&(b.currency, a.net)));
    let total = |currency: Currency| -> Decimal {
        parts.iter().filter(|part| part.currency == currency).map(|part| part.net.decimal()).sum()
    };
    let percents: Vec<u32> =
        parts.iter().map(|part| whole_percent(part.net.decimal(), total(part.currency))).collect();
    parts
        .into_iter()
        .zip(percents)
        .map(|(part, percent)| Rank { name: part.name.clone(), part, percent })
        .take(8)
        .collect()
}

fn whole_percent(part: Decimal, total: Decimal) -> u32 {
    if total.is_zero() {
        return 0;
    }
    let percent = (part * Decimal::ONE_HUNDRED / total).round();
    u32::try_from(percent.mantissa() / 10i128.pow(percent.scale())).unwrap_or(0).min(100)
}

impl Task {
    fn age(&self, now: &Timestamp) -> String {
        self.since.map(|since| filters::age(since, *now)).unwrap_or_default()
    }
}

/// `Four things need you today`, or an honest nothing.
fn headline(count: usize) -> String {
    const WORDS: [&str; 10] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    match count {
        0 => "Nothing needs you".into(),
        1 => "One thing needs you".into(),
        _ => match WORDS.get(count) {
            Some(word) => format!("{word} things need you"),
            None => format!("{count} things need you"),
        },
    }
}

/// The lines behind a month's amounts in a currency.
pub fn why(month: impl std::fmt::Display, currency: impl std::fmt::Display) -> String {
    format!("/lines?from={month}&to={month}&currency={currency}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, currency: &str, net: &str) -> Part {
        Part {
            month: "2026-11".parse().unwrap(),
            currency: currency.parse().unwrap(),
            name: name.into(),
            net: net.parse().unwrap(),
        }
    }

    #[test]
    fn the_headline_says_how_many_things_wait() {
        assert_eq!(
            (headline(0), headline(1), headline(4), headline(12)),
            (
                "Nothing needs you".into(),
                "One thing needs you".into(),
                "Four things need you".into(),
                "12 things need you".into()
            )
        );
    }

    #[test]
    fn the_ranking_never_compares_two_currencies() {
        let parts = vec![part("A", "USD", "30"), part("B", "EUR", "900"), part("C", "USD", "70")];
        let ranking = ranking(parts, "2026-11".parse().unwrap());
        let shown: Vec<_> = ranking.iter().map(|rank| (rank.name.as_str(), rank.percent)).collect();
        assert_eq!(shown, [("B", 100), ("C", 70), ("A", 30)]);
    }
}
