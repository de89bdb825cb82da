//! `/lines`: the charge lines behind an amount of the Revenue Report or the overview; each opens its own chain.

use actix_web::web::{Data, Query};
use askama::Template;

use crate::db::Db;
use crate::reports::Group;
use crate::reports::pages::{Asked, period_words};
use crate::reports::revenue::Totals;
use crate::reports::store::{Behind, behind};
use crate::settlement::store::{self, Told};
use crate::values::Month;
use crate::web::filters::counted;
use crate::web::{Answer, Member, Shell, page};

#[derive(Template)]
#[template(path = "settlement/lines.html")]
struct LinesPage {
    shell: Shell,
    period: String,
    /// The row of the report that they are behind; empty for all of it.
    row: String,
    lines: Vec<Told>,
    count: i64,
    totals: Totals,
    report: String,
}

impl LinesPage {
    fn said(&self) -> String {
        let (all, shown) = (counted(self.count, "line"), self.lines.len());
        let is_cut = i64::try_from(shown).is_ok_and(|shown| shown < self.count);
        if is_cut { format!("The first {shown} of {all}") } else { all }
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let filter = asked.filter(Month::of(member.act().today()), Group::Bundle, Group::OF_REVENUE);
    let (scope, row, wanted) = (member.scope, asked.row(), filter.clone());
    let (lines, count, totals) = db
        .read(move |connection| {
            let Behind { lines, count, totals } = behind(connection, scope, &wanted, row.as_ref())?;
            Ok((store::told(connection, lines)?, count, totals))
        })
        .await?;
    let row = asked.row().map(|row| row.name).unwrap_or_default();
    let (period, report) = (period_words(&filter), asked.address("/reports/revenue", &filter));
    page(&LinesPage { shell, period, row, lines, count, totals, report })
}
