//! Each change of a request is in the log once, and without its row in the log it does not happen.

use diesel::prelude::*;
use reseller_portal::db::schema::{
    mails, request_assessments, request_events, reseller_request_info, resellers, terms_versions, users,
};
use reseller_portal::values::RequestId;

use super::setting::{OFFER, break_the_log, complete, find, recorded};
use crate::on_both;
use crate::support::builders::{a_request, an_account, some_terms};
use crate::support::{Client, World};

const COMPANY: [(&str, &str); 5] = [
    ("legal_name", "Halden"),
    ("registration_number", "1"),
    ("tax_id", "2"),
    ("country", "NO"),
    ("address", "3"),
];
const CONTACT: [(&str, &str); 4] =
    [("contact_name", "Mara"), ("job_title", "Lead"), ("phone", "+47 22 12 34 56"), ("user_name", "mara")];
const INTEREST: [(&str, &str); 6] = [
    ("sells_today", "Hosting"),
    ("target_market", "Norway"),
    ("expected_customers", "140"),
    ("expected_revenue", "12000"),
    ("expected_currency", "USD"),
    ("conditions", "2026-01"),
];
const CALL: [(&str, &str); 4] =
    [("contact_kind", "call"), ("contact_on", "2026-11-20"), ("people", "Mara"), ("summary", "Eager")];

/// A request that is under negotiation, with agreed terms.
fn negotiated(world: &World, name: &str) -> RequestId {
    let id = a_request(name).state("negotiating").build(world);
    some_terms(id).build(world);
    id
}

/// How many rows each table has that a request touches, and where the requests stand.
fn everything(world: &World) -> (Vec<i64>, Vec<(String, i64)>) {
    use reseller_request_info::{assignee_id, id, legal_name, revision, table};
    world.read(|connection| {
        let rows = vec![
            mails::table.count().get_result(connection)?,
            request_assessments::table.count().get_result(connection)?,
            request_events::table.count().get_result(connection)?,
            resellers::table.count().get_result(connection)?,
            terms_versions::table
                .filter(terms_versions::state.eq("proposed"))
                .count()
                .get_result(connection)?,
            terms_versions::table.count().get_result(connection)?,
            users::table.count().get_result(connection)?,
            table.filter(assignee_id.is_not_null()).count().get_result(connection)?,
        ];
        let standing = table.order(id).select((legal_name, revision)).load(connection)?;
        Ok((rows, standing))
    })
}

/// Who sends which fields where.
type Change<'a> = (&'a Client, String, &'a [(&'a str, &'a str)]);

on_both! {
    fn a_draft_logs_its_beginning_each_saved_step_and_its_submission(world) {
        let client = world.applicant("mara@halden.example");
        let log = |path: &str, fields: &[(&str, &str)]| recorded(world, || drop(client.post(path, fields).expect(303)));
        assert_eq!(log("/application", &[]), ["request.begun"]);
        // A second press begins nothing.
        assert_eq!(log("/application", &[]), Vec::<String>::new());
        assert_eq!(log("/application/company", &COMPANY), ["request.drafted"]);
        assert_eq!(log("/application/contact", &CONTACT), ["request.drafted"]);
        assert_eq!(log("/application/interest", &INTEREST), ["request.drafted"]);
        assert_eq!(log("/application/review", &[]), ["request.state_changed"]);
    }

    fn contacts_assessments_owners_and_answers_to_terms_are_logged_once(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, applicant) = (world.root(), world.applicant("owner@halden.example"));
        let owner = an_account("owen@northgate.example").build(world).to_string();
        let log = |client: &Client, path: &str, fields: &[(&str, &str)], status: u16| {
            recorded(world, || drop(client.post(&path.replace("ID", &id.to_string()), fields).expect(status)))
        };
        assert_eq!(log(&root, "/requests/ID/contacts", &CALL, 303), ["request.contacted"]);
        assert_eq!(log(&root, "/requests/ID/assessment", &[("interest", "4")], 303), ["request.assessed"]);
        assert_eq!(log(&root, "/requests/ID/assignee", &[("assignee", &owner)], 303), ["request.assigned"]);
        log(&root, "/requests/ID/offers", &OFFER, 303);
        assert_eq!(log(&applicant, "/application/offers/1/refusal", &[], 303), ["terms.declined"]);
        log(&root, "/requests/ID/offers", &OFFER, 303);
        assert_eq!(log(&applicant, "/application/offers/2/agreement", &[], 303), ["terms.agreed"]);
        // What is refused leaves no row.
        let nothing = Vec::<String>::new();
        assert_eq!(log(&root, "/requests/ID/contacts", &CALL[..3], 422), nothing);
        assert_eq!(log(&root, "/requests/ID/assessment", &[("due_on", "soon")], 422), nothing);
        assert_eq!(log(&applicant, "/application/offers/2/agreement", &[], 409), nothing);
        assert_eq!(log(&root, "/requests/ID/rejection", &[("revision", "1"), ("text", "No")], 409), nothing);
        assert_eq!(log(&root, "/requests/ID/offers", &[("share", "200")], 422), nothing);
    }

    fn the_log_says_who_from_where_and_what_it_was_before(world) {
        let id = a_request("Halden").state("in_review").build(world);
        world.root().submit(&format!("/requests/{id}/rejection"), &[("revision", "1"), ("text", "Too far")]).expect(200);
        let log = world.read(|connection| reseller_portal::audit::of_object(connection, id));
        let [entry] = log.as_slice() else { panic!("{log:?}") };
        assert_eq!((entry.actor_name.as_str(), entry.address.as_deref()), ("Rosa Root", Some("127.0.0.1")));
        assert_eq!(entry.before.as_deref(), Some(r#"{"state":"in_review"}"#));
        assert_eq!(entry.after.as_deref(), Some(r#"{"state":"rejected","text":"Too far"}"#));
        assert!(world.root().get("/audit").expect(200).main().contains(&entry.summary));
    }

    fn without_its_row_in_the_log_no_change_happens(world) {
        let (agreed, reviewed, asked) = (negotiated(world, "Alder"),
            a_request("Birch").state("in_review").build(world), a_request("Cedar").state("info_requested").build(world));
        let draft = a_request("Dogwood").state("draft").build(world);
        complete(world, draft);
        let offered = a_request("Elm").state("negotiating").build(world);
        some_terms(offered).state("proposed").build(world);
        let (root, owner) = (world.root(), an_account("owen@northgate.example").build(world).to_string());
        let applicant = |name: &str| world.applicant(&format!("owner@{name}.example"));
        let (cedar, dogwood, elm) = (applicant("cedar"), applicant("dogwood"), applicant("elm"));
        let revised = [("revision", "1"), ("text", "Because")];
        let assignee = [("assignee", owner.as_str())];
        let changes: Vec<Change<'_>> = vec![
            (&root, format!("/requests/{agreed}/acceptance"), &revised),
            (&root, format!("/requests/{reviewed}/rejection"), &revised),
            (&root, format!("/requests/{reviewed}/question"), &revised),
            (&root, format!("/requests/{reviewed}/offers"), &OFFER),
            (&root, format!("/requests/{reviewed}/contacts"), &CALL),
            (&root, format!("/requests/{reviewed}/assessment"), &[("interest", "4")]),
            (&root, format!("/requests/{reviewed}/assignee"), &assignee),
            (&cedar, "/application/answer".into(), &[("answer", "Forty")]),
            (&cedar, "/application/withdrawal".into(), &[]),
            (&dogwood, "/application/company".into(), &COMPANY),
            (&dogwood, "/application/review".into(), &[]),
            (&elm, "/application/offers/1/agreement".into(), &[]),
            (&elm, "/application/offers/1/refusal".into(), &[]),
            (&elm, "/application/offers".into(), &OFFER),
        ];
        break_the_log(world);
        let before = everything(world);
        for (client, path, fields) in changes {
            assert_eq!(client.post(&path, fields).status, 500, "{path}");
            assert_eq!(everything(world), before, "{path}");
        }
        assert_eq!(find(world, asked).state.as_str(), "info_requested");
    }
}
