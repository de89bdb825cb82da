//! The pages of requests: the applicant's, root's, and those of re-seller accounts.

pub mod agreement;
pub mod answer;
pub mod application;
pub mod decide;
pub mod list;
pub mod offers;
pub mod reseller;
pub mod resellers;
pub mod review;
pub mod steps;

use std::borrow::Borrow;
use std::collections::BTreeMap;

use crate::catalog;
use crate::db::{AnyConnection, QueryResult};
use crate::requests::Request;
use crate::terms::difference::{self, Row};
use crate::terms::{Side, TermsState, TermsVersion};
use crate::values::{BundleId, ChannelId};
use crate::web::Error;
use crate::web::filters::money_text;

/// The terms of a request as pages show them: the newest version beside the one before.
pub struct Table {
    pub versions: Vec<TermsVersion>,
    pub rows: Vec<Row>,
    /// What the change means at the forecast; empty when it means nothing or cannot be said.
    pub money: String,
    /// The re-seller's channel, once there is one.
    pub channel: Option<ChannelId>,
}

impl Table {
    pub(super) fn load(connection: &mut AnyConnection, request: &Request) -> QueryResult<Self> {
        let versions = crate::terms::store::of_request(connection, request.id)?;
        let names: BTreeMap<BundleId, String> =
            catalog::store::bundles(connection)?.into_iter().map(|bundle| (bundle.id, bundle.name)).collect();
        let name = |bundle: BundleId| names.get(&bundle).cloned().unwrap_or_default();
        let mut newest = versions.iter();
        let (new, old) = (newest.next(), newest.next());
        let rows =
            new.map(|new| difference::rows(old.map(|old| &old.offer), &new.offer, name)).unwrap_or_default();
        let money = new.zip(old).map(|(new, old)| money(request, old, new)).unwrap_or_default();
        let channel = crate::requests::resellers::channel_of(connection, request.id)?;
        Ok(Self { versions, rows, money, channel })
    }

    pub fn newest(&self) -> Option<&TermsVersion> {
        self.versions.first()
    }

    pub fn older(&self) -> Option<&TermsVersion> {
        self.versions.get(1)
    }

    /// The open offer that `side` is to answer.
    pub fn to_answer(&self, side: impl Borrow<Side>) -> Option<&TermsVersion> {
        self.newest()
            .filter(|newest| newest.state == TermsState::Proposed && newest.proposed_by != *side.borrow())
    }

    /// Who made the newest offer, as `side` calls them.
    pub fn author(&self, side: impl Borrow<Side>) -> &'static str {
        let own = *side.borrow();
        match self.newest().map(|newest| newest.proposed_by) {
            Some(author) if author == own => "You",
            Some(Side::Reseller) => "The re-seller",
            Some(Side::Provider) => "The provider",
            None => "Nobody",
        }
    }

    /// The open offer that the other side is to answer.
    pub fn awaiting(&self, side: impl Borrow<Side>) -> Option<&TermsVersion> {
        self.newest()
            .filter(|newest| newest.state == TermsState::Proposed && newest.proposed_by == *side.borrow())
    }

    pub fn agreed(&self) -> Option<&TermsVersion> {
        self.versions.iter().find(|version| version.state == TermsState::Agreed)
    }
}

fn money(request: &Request, old: &TermsVersion, new: &TermsVersion) -> String {
    let Some((revenue, currency)) = request.forecast() else { return String::new() };
    let moved = difference::at_forecast(&old.offer, &new.offer, revenue, currency).ok().flatten();
    let Some(moved) = moved.filter(|moved| !moved.is_zero()) else { return String::new() };
    let direction = if moved.is_negative() { "less" } else { "more" };
    let amount = crate::values::Amount::from_micros(moved.micros().abs());
    format!(
        "At the forecast of {} a month, {}% gives the re-seller {} {direction} each month than {}%.",
        money_text(revenue, currency),
        new.offer.rule.general,
        money_text(amount, currency),
        old.offer.rule.general
    )
}

/// A use case that cannot go on from here becomes a page that says what happened.
fn conflict(refusal: impl std::fmt::Display) -> Error {
    Error::Conflict(refusal.to_string())
}
