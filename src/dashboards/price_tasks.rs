//! Prices in the work queue.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::tasks::Task;
use crate::channels::price_requests::PriceRequestState;
use crate::channels::price_requests::store::newest;
use crate::db::AnyConnection;
use crate::values::Scope;

const SHOWN: i64 = 8;

/// Prices that re-sellers ask for.
pub(super) fn asked(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Task>> {
    let task = |request: crate::channels::price_requests::PriceRequest| Task {
        icon: "tag",
        tone: "warn",
        href: format!("/price-requests/{}", request.id),
        title: format!("{} asks for a price of {}", request.reseller_name, request.bundle_name),
        text: format!("{}, from {}.", request.currency, day(request.effective_from)),
        since: Some(request.asked_at),
        action: "Decide",
    };
    let open = newest(connection, scope, PriceRequestState::Open, SHOWN)?;
    Ok(open.into_iter().map(task).collect())
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
