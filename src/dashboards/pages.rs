//! `/`: each role's home.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::Data;
use askama::Template;

use super::first_steps::{self, FirstStep};
use super::store::{self, MonthMoney, Part};
use super::tasks::{self, Task};
use super::{KeptFunnel, by_reseller, figures};
use crate::audit::{self, Entry};
use crate::channels::Channel;
use crate::db::{Db, Reported};
use crate::requests::funnel::Funnel;
use crate::values::{Currency, Month, Right, Scope, Timestamp};
use crate::web::charts::{Chart, Ranked, Split};
use crate::web::filters;
use crate::web::{Answer, Error, Role, Shell, Visitor, page, see_other};

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
    /// How each currency of the month is shared, so far.
    splits: BTreeMap<Currency, Split>,
    /// The month's re-sellers, for each currency.
    rankings: Vec<Ranked>,
    /// How far the requests of the last twelve months came, if there are any.
    funnel: Option<Ranked>,
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
    splits: BTreeMap<Currency, Split>,
}

/// What the charts show.
struct Figures {
    money: Vec<MonthMoney>,
    parts: Vec<Part>,
    /// The month's first re-sellers; root's alone.
    ranking: Vec<Part>,
    /// Root's alone.
    funnel: Option<Funnel>,
}

/// Everything else that both home pages show.
struct Home {
    first_steps: Vec<FirstStep>,
    tasks: Vec<Task>,
    channel: Option<Channel>,
    running: i64,
    rated_at: Option<Timestamp>,
    changes: Vec<Entry>,
}

/// **Permissions**: anyone; who is not a member is sent to where they belong.
pub async fn show(request: HttpRequest, shell: Shell, db: Data<Db>, kept: Data<KeptFunnel>) -> Answer {
    let visitor = Visitor::of(&request);
    match visitor.role {
        Role::Anonymous => Ok(see_other("/sign-in")),
        Role::Applicant { .. } => Ok(see_other("/application")),
        Role::Root { .. } | Role::Reseller { .. } => home_page(visitor, shell, &db, kept).await,
    }
}

async fn home_page(visitor: Visitor, mut shell: Shell, db: &Db, kept: Data<KeptFunnel>) -> Answer {
    let scope = visitor.scope().ok_or(Error::Forbidden)?;
    let now = visitor.at;
    let month = Month::of(now.day());
    let rights = shell.rights.clone();
    let Reported { value, as_of } = load_figures(db, kept, scope, now).await?;
    let Figures { money, parts, ranking, funnel } = value;
    shell.as_of = as_of;
    let Home { first_steps, tasks, channel, running, rated_at, changes } =
        load(db, visitor, scope, rights, shell.portal_name.clone()).await?;
    let chart = figures::revenue(&parts, month, scope);
    let splits = figures::splits(&money, month, scope);
    if scope != Scope::Root {
        return page(&ResellerPage {
            shell,
            now,
            month,
            first_steps,
            tasks,
            channel,
            money,
            running,
            rated_at,
            chart,
            splits,
        });
    }
    let rankings = figures::rankings(&ranking, &money, month);
    page(&RootPage {
        shell,
        now,
        month,
        first_steps,
        tasks,
        money,
        running,
        rated_at,
        chart,
        splits,
        rankings,
        funnel: funnel.as_ref().and_then(figures::funnel),
        changes,
    })
}

async fn load_figures(
    db: &Db,
    kept: Data<KeptFunnel>,
    scope: Scope,
    now: Timestamp,
) -> Result<Reported<Figures>, Error> {
    let month = Month::of(now.day());
    let first = figures::first_month(month);
    let loaded = db.report(move |connection| {
        let money = store::month_money(connection, scope, month)?;
        let currencies: Vec<Currency> = money.iter().map(|row| row.currency).collect();
        // Only the provider sees its re-sellers side by side, and what became of its requests.
        let (ranking, funnel) = match scope {
            Scope::Root => {
                (by_reseller::ranking(connection, &currencies, month)?, Some(kept.get(connection, now)?))
            }
            Scope::Reseller(_) => (Vec::new(), None),
        };
        Ok(Figures { parts: store::parts(connection, scope, first, month)?, money, ranking, funnel })
    });
    Ok(loaded.await?)
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
        // Only the provider sees what others did.
        let changes = match scope {
            Scope::Root => audit::newest(connection, 8)?,
            Scope::Reseller(_) => Vec::new(),
        };
        Ok(Home {
            first_steps,
            tasks,
            channel,
            changes,
            running: store::running_subscriptions(connection, scope, today)?,
            rated_at: store::rated_at(connection, scope, month)?,
        })
    });
    Ok(loaded.await?)
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
}
