//! What root thinks of a request.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::{Outcome, find};
use crate::audit::{self, Event};
use crate::db::AnyConnection;
use crate::db::schema::request_assessments as a;
use crate::requests::{Assessment, Recommendation};
use crate::values::{Act, RequestId};

/// A request's assessment; empty when there is none yet.
pub fn assessment(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Assessment> {
    type Row = (Option<i64>, Option<i64>, String, Option<NaiveDate>, Option<Recommendation>, String);
    let row: Option<Row> = a::table
        .find(id)
        .select((a::interest, a::feasibility, a::checklist, a::due_on, a::recommendation, a::note))
        .first(connection)
        .optional()?;
    Ok(row
        .map(|(interest, feasibility, checklist, due_on, recommendation, note)| Assessment {
            interest,
            feasibility,
            checklist: checklist.split_whitespace().map(str::to_owned).collect(),
            due_on,
            recommendation,
            note,
        })
        .unwrap_or_default())
}

/// Keeps what root thinks of a request.
pub fn assess(
    connection: &mut AnyConnection,
    id: RequestId,
    assessment: &Assessment,
    act: &Act,
) -> Outcome<()> {
    let request = find(connection, id)?;
    diesel::delete(a::table.find(id)).execute(connection)?;
    diesel::insert_into(a::table)
        .values((
            a::request_id.eq(id),
            a::interest.eq(assessment.interest),
            a::feasibility.eq(assessment.feasibility),
            a::checklist.eq(assessment.checklist.join(" ")),
            a::due_on.eq(assessment.due_on),
            a::recommendation.eq(assessment.recommendation),
            a::note.eq(&assessment.note),
            a::updated_at.eq(act.at),
            a::updated_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let event =
        Event::on("request", id, "request.assessed", format!("Request {} assessed", request.reference))
            .after(json!({ "interest": assessment.interest, "feasibility": assessment.feasibility,
                       "recommendation": assessment.recommendation }));
    audit::record(connection, act, event)?;
    Ok(())
}
