//! `/lines`: the charge lines behind an amount of the Revenue Report or the overview; each opens its own chain.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;

use crate::db::Db;
use crate::rating::ChargeLine;
use crate::reports::pages::{Asked, period_words};
use crate::reports::revenue::Money;
use crate::reports::{self, Group};
use crate::settlement::store::{self, Told};
use crate::values::{Currency, Month, OutOfRange};
use crate::web::filters::counted;
use crate::web::{Answer, Error, Member, Shell, page};

/// More lines than this are not shown; the totals count all of them.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "settlement/lines.html")]
struct LinesPage {
    shell: Shell,
    period: String,
    /// The row of the report that they are behind; empty for all of it.
    row: String,
    lines: Vec<Told>,
    count: usize,
    totals: BTreeMap<Currency, Money>,
    report: String,
}

impl LinesPage {
    fn said(&self) -> String {
        let all = counted(i64::try_from(self.count).unwrap_or(i64::MAX), "line");
        if self.count > self.lines.len() { format!("The first {} of {all}", self.lines.len()) } else { all }
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let filter = asked.filter(Month::of(member.act().today()), Group::Bundle, Group::OF_REVENUE);
    let (scope, row, wanted) = (member.scope, asked.row(), filter.clone());
    let (lines, count, totals) = db
        .read(move |connection| {
            let names = reports::store::names(connection, scope)?;
            let mut lines = reports::store::lines(connection, &names, &wanted, row.as_ref())?;
            let (count, totals) = (lines.len(), totals(&lines));
            lines.truncate(SHOWN);
            Ok((store::told(connection, lines)?, count, totals))
        })
        .await?;
    let totals = totals.map_err(|error| Error::Internal(error.to_string()))?;
    let row = asked.row().map(|row| row.name).unwrap_or_default();
    let (period, report) = (period_words(&filter), asked.address("/reports/revenue", &filter));
    page(&LinesPage { shell, period, row, lines, count, totals, report })
}

fn totals(lines: &[ChargeLine]) -> Result<BTreeMap<Currency, Money>, OutOfRange> {
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for line in lines {
        let money = Money {
            gross: line.gross,
            credits: line.credited,
            net: line.net()?,
            reseller_share: line.reseller_share,
            provider_share: line.provider_share,
        };
        let sum = totals.entry(line.currency).or_default();
        *sum = sum.checked_add(money)?;
    }
    Ok(totals)
}
