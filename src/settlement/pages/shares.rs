//! `/statements/{id}/shares`: how the month's shares came about, rate by rate and slice by slice. For both sides.

use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::line::{exact_text, nearly_text};
use super::statement::Search;
use crate::db::Db;
use crate::settlement::store::{self, SharesTold};
use crate::terms::split::{ExplainedLine, Group, Rate, SliceShare};
use crate::values::{Exact, StatementId};
use crate::web::filters::money_text;
use crate::web::{Answer, Member, Shell, page};

#[derive(Template)]
#[template(path = "settlement/shares.html")]
struct SharesPage {
    shell: Shell,
    told: SharesTold,
}

impl SharesPage {
    /// What a group's lines have in common.
    fn rate(&self, group: &Group) -> String {
        match &group.rate {
            Rate::General => "General share".to_owned(),
            Rate::Category(category) => format!("Category {category}"),
            Rate::Bundle(id) => self.told.bundles.get(id).cloned().unwrap_or_default(),
        }
    }

    fn exact(&self, exact: &Exact) -> String {
        exact_text(exact)
    }

    fn nearly(&self, exact: &Exact) -> String {
        nearly_text(exact)
    }

    /// `10,000.00 at 15% = 1,500`.
    fn slice(&self, slice: &SliceShare) -> String {
        let currency = self.told.statement.currency;
        let range = match (slice.slice.from.is_zero(), slice.slice.up_to) {
            (true, None) => String::new(),
            (_, Some(end)) => format!(" up to {}", money_text(end, currency)),
            (false, None) => format!(" above {}", money_text(slice.slice.from, currency)),
        };
        format!(
            "{} at {}%{range} = {}",
            exact_text(&slice.amount),
            slice.slice.share,
            exact_text(&slice.share)
        )
    }

    /// The lines of a group, among those of this page.
    fn members(&self, place: &usize) -> Vec<(&store::Told, &ExplainedLine)> {
        let all = &self.told.explained.lines;
        let shared = self.told.charges.iter().filter_map(|(line, told)| Some((told, all.get(*line)?)));
        shared.filter(|(_, line)| line.group == *place).collect()
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    id: Path<StatementId>,
    search: Query<Search>,
) -> Answer {
    let (scope, id, skipped) = (member.scope, id.into_inner(), search.skipped());
    let told = db.read(move |connection| store::shares(connection, scope, id, skipped)).await?;
    page(&SharesPage { shell, told })
}
