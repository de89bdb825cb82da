//! The counts beside the menu: what waits for this person, never totals.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::AnyConnection;
use crate::db::query::{CountOf, Fixed, RecordsOf, Written};
use crate::db::schema::{
    channels, reseller_request_info as requests, resellers, statements, terms_versions, usage_files,
    usage_unrated,
};
use crate::terms::Side;
use crate::values::{ApplicantId, ResellerId};
use crate::web::Role;
use crate::web::shell::Waiting;

/// What waits for a visitor.
pub fn waiting(connection: &mut AnyConnection, role: &Role) -> QueryResult<Waiting> {
    match role {
        Role::Anonymous => Ok(Waiting::default()),
        Role::Applicant { id, .. } => {
            Ok(Waiting { application: for_applicant(connection, *id)?, ..Waiting::default() })
        }
        Role::Root { .. } => for_root(connection),
        Role::Reseller { reseller, .. } => for_reseller(connection, *reseller),
    }
}

/// More than these are not counted: the menu says 99+.
const COUNTED: i64 = 100;

/// Counts what a query finds, as a part of one query for all counts.
macro_rules! some {
    ($rows:literal) => {
        Written::<BigInt>::new(concat!(
            "(SELECT count(*) FROM (SELECT 1 FROM ",
            $rows,
            " LIMIT 100) AS counted)"
        ))
    };
    ($query:expr, $id:expr) => {
        CountOf($query.select($id).limit(COUNTED))
    };
}

fn for_root(connection: &mut AnyConnection) -> QueryResult<Waiting> {
    let unrated = RecordsOf(usage_unrated::table.select(usage_unrated::record_count).limit(COUNTED));
    let counts = (
        some!(
            "reseller_request_info r WHERE r.state = 'submitted' OR (r.state = 'negotiating' AND EXISTS \
            (SELECT 1 FROM terms_versions t \
            WHERE t.request_id = r.id AND t.state = 'proposed' AND t.proposed_by = 'reseller'))"
        ),
        some!("resellers WHERE state = 'awaiting_channel'"),
        some!("price_requests WHERE state = 'open'"),
        some!("usage_files WHERE state = 'checked'"),
        unrated,
        some!("mails WHERE sent_at IS NULL AND last_error IS NOT NULL"),
        some!("statements WHERE state IN ('closing', 'disputed', 'agreed')"),
    );
    let (requests, channels, prices, usage_files, unrated, outbox, statements) =
        diesel::select(counts).get_result(connection)?;
    Ok(Waiting { requests, channels, prices, usage_files, unrated, outbox, statements, ..Waiting::default() })
}

fn for_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Waiting> {
    let offered = terms_versions::table
        .inner_join(resellers::table.on(resellers::request_id.eq(terms_versions::request_id)))
        .filter(resellers::id.eq(reseller))
        .filter(terms_versions::state.eq(Fixed("proposed")))
        .filter(terms_versions::proposed_by.eq(Fixed(Side::Provider.as_str())));
    let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
    let files = usage_files::table
        .filter(usage_files::channel_id.eq_any(own))
        .filter(usage_files::state.eq(Fixed("checked")));
    let unrated = usage_unrated::table.filter(usage_unrated::channel_id.eq_any(own));
    let sent = statements::table
        .filter(statements::channel_id.eq_any(own))
        .filter(statements::state.eq(Fixed("sent")));
    let counts = (
        some!(offered, terms_versions::id),
        some!(files, usage_files::id),
        RecordsOf(unrated.select(usage_unrated::record_count).limit(COUNTED)),
        some!(sent, statements::id),
    );
    let (agreement, usage_files, unrated, statements) = diesel::select(counts).get_result(connection)?;
    Ok(Waiting { agreement, usage_files, unrated, statements, ..Waiting::default() })
}

fn for_applicant(connection: &mut AnyConnection, applicant: ApplicantId) -> QueryResult<i64> {
    let offered = terms_versions::table
        .filter(terms_versions::request_id.eq(requests::id))
        .filter(terms_versions::state.eq(Fixed("proposed")))
        .filter(terms_versions::proposed_by.eq(Fixed(Side::Provider.as_str())));
    requests::table
        .filter(requests::applicant_id.eq(applicant))
        .filter(
            requests::state
                .eq(Fixed("draft"))
                .or(requests::state.eq(Fixed("info_requested")))
                .or(requests::state.eq(Fixed("negotiating")).and(exists(offered))),
        )
        .count()
        .get_result(connection)
}
