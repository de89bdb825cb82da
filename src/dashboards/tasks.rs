//! The work queue: each row one sentence, its age and one action.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{price_tasks, statement_tasks};
use crate::db::AnyConnection;
use crate::db::query::RecordsOf;
use crate::db::schema::{
    channels, reseller_request_info as requests, resellers, terms_versions, usage_files, usage_unrated,
};
use crate::terms::Side;
use crate::values::{Month, Percent, RequestId, ResellerId, Right, Scope, Timestamp, UsageFileId};
use crate::web::filters::counted;

/// Something that waits for a person.
#[derive(Debug, Clone)]
pub struct Task {
    pub icon: &'static str,
    pub tone: &'static str,
    pub href: String,
    pub title: String,
    pub text: String,
    pub since: Option<Timestamp>,
    pub action: &'static str,
}

const SHOWN: i64 = 8;

/// What waits for somebody of root's people, the oldest first within each kind; only what their role lets them do.
pub(super) fn for_root(
    connection: &mut AnyConnection,
    rights: &[Right],
    scope: Scope,
    today: NaiveDate,
) -> QueryResult<Vec<Task>> {
    let may = |right: Right| rights.contains(&right);
    let mut tasks = Vec::new();
    if may(Right::Requests) {
        tasks.extend(answered_terms(connection)?);
        tasks.extend(outlived_terms(connection, today)?);
        tasks.extend(new_requests(connection)?);
    }
    if may(Right::Channels) {
        tasks.extend(without_channel(connection)?);
    }
    if may(Right::Prices) {
        tasks.extend(price_tasks::asked(connection, scope)?);
    }
    if may(Right::Settling) {
        tasks.extend(statement_tasks::for_root(connection)?);
        tasks.extend(statement_tasks::overdue(connection, today)?);
    }
    if may(Right::Usage) {
        tasks.extend(undecided_files(connection, scope)?);
        tasks.extend(unrated(connection, scope)?);
    }
    Ok(tasks)
}

/// What waits for somebody of a re-seller's people; only what their role lets them do.
pub(super) fn for_reseller(
    connection: &mut AnyConnection,
    rights: &[Right],
    reseller: ResellerId,
) -> QueryResult<Vec<Task>> {
    let may = |right: Right| rights.contains(&right);
    let mut tasks = Vec::new();
    if may(Right::Agreeing) {
        tasks.extend(offered_terms(connection, reseller)?);
        tasks.extend(statement_tasks::for_reseller(connection, reseller)?);
    }
    if may(Right::Usage) {
        tasks.extend(undecided_files(connection, Scope::Reseller(reseller))?);
        tasks.extend(unrated(connection, Scope::Reseller(reseller))?);
    }
    Ok(tasks)
}

fn answered_terms(connection: &mut AnyConnection) -> QueryResult<Vec<Task>> {
    let rows: Vec<(RequestId, String, i64, Percent, Timestamp)> = terms_versions::table
        .inner_join(requests::table.on(requests::id.eq(terms_versions::request_id)))
        .filter(terms_versions::state.eq("proposed"))
        .filter(terms_versions::proposed_by.eq(Side::Reseller.as_str()))
        .filter(requests::state.ne_all(["rejected", "withdrawn"]))
        .order(terms_versions::created_at)
        .limit(SHOWN)
        .select((
            requests::id,
            requests::legal_name,
            terms_versions::number,
            terms_versions::share,
            terms_versions::created_at,
        ))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, number, share, since)| Task {
            icon: "handshake",
            tone: "accent",
            href: format!("/requests/{id}"),
            title: format!("{name} answered your terms"),
            text: format!("Version {number} asks for a share of {share}%."),
            since: Some(since),
            action: "Review terms",
        })
        .collect())
}

/// Terms that go on although their last month is over, because nothing replaced them.
fn outlived_terms(connection: &mut AnyConnection, today: NaiveDate) -> QueryResult<Vec<Task>> {
    let month = Month::of(today);
    let newer = diesel::alias!(terms_versions as newer);
    let replacing = newer
        .filter(newer.field(terms_versions::request_id).eq(terms_versions::request_id))
        .filter(newer.field(terms_versions::state).eq("agreed"))
        .filter(newer.field(terms_versions::number).gt(terms_versions::number));
    let rows: Vec<(ResellerId, String, i64, Option<Month>)> = terms_versions::table
        .inner_join(resellers::table.on(resellers::request_id.eq(terms_versions::request_id)))
        .filter(resellers::state.eq("active"))
        .filter(terms_versions::state.eq("agreed"))
        .filter(terms_versions::valid_until.lt(month))
        .filter(diesel::dsl::not(diesel::dsl::exists(replacing)))
        .order(terms_versions::valid_until)
        .limit(SHOWN)
        .select((resellers::id, resellers::name, terms_versions::number, terms_versions::valid_until))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, number, until)| Task {
            icon: "signature",
            tone: "warn",
            href: format!("/resellers/{id}"),
            title: format!("The terms of {name} are past their last month"),
            text: format!("Version {number} goes on until new terms are agreed."),
            since: until.map(|until| Timestamp::start_of(until.end())),
            action: "See terms",
        })
        .collect())
}

fn new_requests(connection: &mut AnyConnection) -> QueryResult<Vec<Task>> {
    let rows: Vec<(RequestId, String, String, Option<Timestamp>)> = requests::table
        .filter(requests::state.eq("submitted"))
        .order(requests::submitted_at)
        .limit(SHOWN)
        .select((requests::id, requests::legal_name, requests::reference, requests::submitted_at))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, reference, since)| Task {
            icon: "inbox",
            tone: "info",
            href: format!("/requests/{id}"),
            title: format!("{name} asks for a re-seller account"),
            text: format!("Request {reference} waits for its review."),
            since,
            action: "Review request",
        })
        .collect())
}

fn without_channel(connection: &mut AnyConnection) -> QueryResult<Vec<Task>> {
    let rows: Vec<(ResellerId, String, Timestamp)> = resellers::table
        .filter(resellers::state.eq("awaiting_channel"))
        .order(resellers::created_at)
        .limit(SHOWN)
        .select((resellers::id, resellers::name, resellers::created_at))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, since)| Task {
            icon: "store",
            tone: "warn",
            href: format!("/resellers/{id}/channel"),
            title: format!("{name} has no channel yet"),
            text: "It cannot sell until you create its channel.".into(),
            since: Some(since),
            action: "Create channel",
        })
        .collect())
}

fn undecided_files(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Task>> {
    let mut query = usage_files::table
        .inner_join(channels::table.on(channels::id.eq(usage_files::channel_id)))
        .filter(usage_files::state.eq("checked"))
        .order(usage_files::created_at)
        .limit(SHOWN)
        .select((usage_files::id, usage_files::name, channels::name, usage_files::created_at))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let rows: Vec<(UsageFileId, String, String, Timestamp)> = query.load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, file, channel, since)| Task {
            icon: "file-check",
            tone: "plain",
            href: format!("/usage/files/{id}"),
            title: format!("{file} is checked"),
            text: format!("Usage of {channel} counts once you accept it."),
            since: Some(since),
            action: "Decide",
        })
        .collect())
}

fn unrated(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Option<Task>> {
    let own = || {
        let mut days = usage_unrated::table.into_boxed();
        if let Some(reseller) = scope.reseller() {
            let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
            days = days.filter(usage_unrated::channel_id.eq_any(own));
        }
        days
    };
    let count: i64 =
        diesel::select(RecordsOf(own().select(usage_unrated::record_count))).get_result(connection)?;
    let first_day: Option<NaiveDate> =
        own().select(diesel::dsl::min(usage_unrated::day)).first(connection)?;
    Ok((count > 0).then(|| Task {
        icon: "circle-question-mark",
        tone: "bad",
        href: "/usage/unrated".into(),
        title: format!("{} cannot be rated yet", counted(count, "usage record")),
        text: "A customer, product, subscription or price is missing. Nothing is lost.".into(),
        since: first_day.map(Timestamp::start_of),
        action: "See causes",
    }))
}

fn offered_terms(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<Task>> {
    let rows: Vec<(i64, Percent, Timestamp)> = terms_versions::table
        .inner_join(resellers::table.on(resellers::request_id.eq(terms_versions::request_id)))
        .filter(resellers::id.eq(reseller))
        .filter(terms_versions::state.eq("proposed"))
        .filter(terms_versions::proposed_by.eq(Side::Provider.as_str()))
        .select((terms_versions::number, terms_versions::share, terms_versions::created_at))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(number, share, since)| Task {
            icon: "handshake",
            tone: "accent",
            href: "/agreement".into(),
            title: "New terms are offered to you".into(),
            text: format!("Version {number} offers a share of {share}%."),
            since: Some(since),
            action: "Review terms",
        })
        .collect())
}
