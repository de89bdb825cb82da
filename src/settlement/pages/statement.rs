//! `/statements/{id}`: the statement with its lines, checklist, disputes, payments and history.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::{balance_rows, net_total, owed};
use crate::db::Db;
use crate::settlement::checklist::Item;
use crate::settlement::store::{self, Loaded, load};
use crate::settlement::{DisputeState, Paid, StatementState};
use crate::values::{Act, Amount, StatementId};
use crate::web::{Answer, Errors, Member, Shell, Site, page};

#[derive(Template)]
#[template(path = "settlement/statement.html")]
pub(super) struct StatementPage {
    pub shell: Shell,
    pub is_root: bool,
    pub loaded: Loaded,
    pub today: chrono::NaiveDate,
    /// On which day silence is agreement, once it is sent.
    pub silent_on: Option<chrono::NaiveDate>,
    pub errors: Errors,
    /// What was typed as the reason of a waiver.
    pub reason: String,
}

impl StatementPage {
    pub(super) fn new(shell: Shell, is_root: bool, loaded: Loaded, act: &Act, site: &Site) -> Self {
        let days = site.agree_after_days;
        let silent_on = loaded.statement.sent_at.map(|at| store::silent_on(at, days));
        let silent_on = silent_on.filter(|_| loaded.statement.state == StatementState::Sent);
        let (errors, reason) = (Errors::default(), String::new());
        Self { shell, is_root, loaded, today: act.today(), silent_on, errors, reason }
    }

    fn href(&self, step: &str) -> String {
        format!("/statements/{}/{step}", self.loaded.statement.id)
    }

    fn title(&self) -> String {
        let statement = &self.loaded.statement;
        format!("{} in {}", statement.month.first_day().format("%B %Y"), statement.currency)
    }

    fn net(&self) -> String {
        net_total(&self.loaded.totals, &self.loaded.statement.currency)
    }

    fn paid(&self) -> Option<Paid> {
        let posted = self.loaded.statement.posted.as_ref()?;
        let paid = posted.balance.closing.checked_sub(self.loaded.due?).ok()?;
        Some(Paid::of(posted.balance.closing, paid, self.loaded.is_last, posted.due_on < self.today))
    }

    fn balance(&self) -> Vec<(&'static str, String, String)> {
        balance_rows(&self.loaded.balance, &self.loaded.statement, &self.shell.portal_name)
    }

    fn owed(&self, amount: &Amount) -> String {
        owed(*amount, &self.loaded.statement, &self.shell.portal_name)
    }

    /// Whether the checklist lets it be sent.
    fn is_clear(&self) -> bool {
        !self.loaded.checklist.iter().any(Item::stops)
    }

    fn is_over(&self) -> bool {
        self.loaded.statement.month.end() <= self.today
    }

    fn all_answered(&self) -> bool {
        self.loaded.disputes.iter().all(|dispute| dispute.state != DisputeState::Open)
    }

    /// The steps of its life, each done, now, or to do.
    fn track(&self) -> Vec<(&'static str, &'static str)> {
        const STEPS: [(StatementState, &str); 5] = [
            (StatementState::Open, "Open"),
            (StatementState::Closing, "Closing"),
            (StatementState::Sent, "Sent"),
            (StatementState::Agreed, "Agreed"),
            (StatementState::Posted, "Posted"),
        ];
        let state = self.loaded.statement.state;
        let is_disputed = state == StatementState::Disputed;
        let now = if is_disputed { StatementState::Agreed } else { state };
        let at = STEPS.iter().position(|(step, _)| *step == now).unwrap_or_default();
        let label = |step, label| if is_disputed && step == now { "Disputed" } else { label };
        let stand = |place: usize| match place.cmp(&at) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal if state == StatementState::Posted => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "todo",
        };
        (0..).zip(STEPS).map(|(place, (step, words))| (stand(place), label(step, words))).collect()
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    /// How many lines come before those to show.
    skipped: String,
}

impl Search {
    pub fn skipped(&self) -> i64 {
        self.skipped.parse().unwrap_or_default()
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    search: Query<Search>,
) -> Answer {
    let (scope, id, skipped) = (member.scope, id.into_inner(), search.skipped());
    let loaded = db.read(move |connection| load(connection, scope, id, skipped)).await?;
    page(&StatementPage::new(shell, member.is_root(), loaded, &member.act(), &site))
}
