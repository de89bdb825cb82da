//! What root does with a request, and who wins when two decide at once.

use diesel::prelude::*;
use reseller_portal::db::schema::{audit_events, mails, resellers};
use reseller_portal::values::RequestId;

use super::setting::{at_once, statuses};
use crate::on_both;
use crate::support::builders::{a_request, a_reseller, an_account, some_terms};
use crate::support::{Client, Page, World};

fn with_agreed_terms(world: &World, name: &str) -> RequestId {
    let id = a_request(name).state("negotiating").build(world);
    some_terms(id).build(world);
    id
}

fn resellers(world: &World) -> i64 {
    world.read(|connection| resellers::table.count().get_result(connection))
}

fn audited(world: &World, action: &str) -> i64 {
    world.read(|connection| {
        audit_events::table.filter(audit_events::action.eq(action)).count().get_result(connection)
    })
}

fn mails_to(world: &World, email: &str) -> i64 {
    world.read(|connection| mails::table.filter(mails::recipient.eq(email)).count().get_result(connection))
}

on_both! {
    fn a_review_begins_with_an_owner(world) {
        let id = a_request("Halden").build(world);
        let root = world.root();
        let page = root.get(&format!("/requests/{id}"));
        let page = root.press(&page, "Start the review", &[]);
        assert_eq!(page.location(), format!("/requests/{id}"));
        let row = root.get("/requests").row("Halden");
        assert_eq!((row[1].as_str(), row[2].as_str()), ("In review", "Rosa Root"));
        assert_eq!(audited(world, "request.state_changed"), 1);
    }

    fn a_question_and_its_answer_lead_back_to_where_it_was_asked(world) {
        for (name, state, words) in [("Halden", "in_review", "In review"), ("Kestrel", "negotiating", "Negotiating")] {
            let id = a_request(name).state(state).build(world);
            let (root, path) = (world.root(), format!("/requests/{id}/question"));
            root.post(&path, &[("revision", "1"), ("text", " ")]).expect(422);
            root.submit(&path, &[("revision", "1"), ("text", "How many?")]).expect(200);
            let owner = format!("owner@{}.example", name.to_lowercase());
            assert_eq!(mails_to(world, &owner), 1);
            let applicant = world.applicant(&owner);
            assert!(applicant.get("/application").main().contains("How many?"));
            applicant.post("/application/answer", &[("answer", "")]).expect(422);
            applicant.submit("/application/answer", &[("answer", "Forty")]).expect(200);
            assert_eq!(root.get("/requests").row(name)[1], words);
            assert!(root.get(&format!("/requests/{id}")).main().contains("Forty"));
        }
    }

    fn contacts_are_roots_and_not_the_applicants_to_read(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, path) = (world.root(), format!("/requests/{id}/contacts"));
        let fields = [("contact_kind", "call"), ("contact_on", "2026-11-20"), ("people", "Mara"), ("summary", "Eager")];
        let page = root.post(&path, &[fields[0], ("contact_on", "soon"), fields[2], fields[3]]).expect(422);
        assert_eq!((page.error_of("contact_on").is_empty(), page.field_value("summary")), (false, "Eager".into()));
        assert!(root.submit(&path, &fields).expect(200).main().contains("Eager"));
        assert!(!world.applicant("owner@halden.example").get("/application").main().contains("Eager"));
    }

    fn the_assessment_and_the_owner_are_kept(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, base) = (world.root(), format!("/requests/{id}"));
        let wrong = [("interest", "4"), ("feasibility", "9"), ("due_on", "soon"), ("note", "Solid")];
        let page = root.post(&format!("{base}/assessment"), &wrong).expect(422);
        assert_eq!(page.errors().len(), 2, "{:?}", page.errors());
        assert_eq!((page.field_value("note"), page.field_value("due_on")), ("Solid".to_owned(), "soon".to_owned()));
        let fields = [("interest", "4"), ("feasibility", ""), ("recommendation", "negotiate"), ("note", "Solid")];
        root.submit(&format!("{base}/assessment"), &fields).expect(200);
        let page = root.get(&base);
        let checked = page.attributes("input[name=interest][checked]", "value");
        assert_eq!((checked, page.has("input[name=feasibility][checked]")), (vec!["4".to_owned()], false));
        assert_eq!(page.field_value("note"), "Solid");
        let stranger = an_account("kim@kestrel.example").of(a_reseller("Kestrel").build(world).id).build(world);
        root.post(&format!("{base}/assignee"), &[("assignee", &stranger.to_string())]).expect(409);
    }

    fn a_request_that_looks_like_another_says_so(world) {
        let id = a_request("Halden Systems AS").build(world);
        a_request("Halden System").from("other@elsewhere.example").build(world);
        let page = world.root().get(&format!("/requests/{id}"));
        assert!(page.main().contains("This may be a duplicate") && page.has_link("Halden System"));
    }

    fn a_rejection_needs_a_reason_which_the_applicant_reads_and_can_be_reopened(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, base) = (world.root(), format!("/requests/{id}"));
        let page = root.post(&format!("{base}/rejection"), &[("revision", "1"), ("text", "")]).expect(422);
        assert!(!page.error_of("text").is_empty());
        root.submit(&format!("{base}/rejection"), &[("revision", "1"), ("text", "Out of our region")]).expect(200);
        assert_eq!(mails_to(world, "owner@halden.example"), 1);
        root.post(&format!("{base}/reopening"), &[("revision", "1"), ("text", "New facts")]).expect(409);
        root.submit(&format!("{base}/reopening"), &[("revision", "2"), ("text", "New facts")]).expect(200);
        assert_eq!(root.get("/requests").row("Halden")[1], "In review");
    }

    fn acceptance_needs_terms_that_are_agreed_and_no_open_offer(world) {
        let id = a_request("Halden").state("negotiating").build(world);
        let (root, path) = (world.root(), format!("/requests/{id}/acceptance"));
        let told = |page: Page| page.expect(409).main();
        assert!(told(root.post(&path, &[("revision", "1")])).contains("needs terms that both sides have agreed"));
        some_terms(id).build(world);
        some_terms(id).number(2).state("proposed").proposed_by("reseller").build(world);
        assert!(told(root.post(&path, &[("revision", "1")])).contains("waits for its answer"));
        assert_eq!((resellers(world), audited(world, "reseller.created")), (0, 0));
        some_terms(id).number(3).build(world);
        root.submit(&path, &[("revision", "1")]).expect(200);
        assert_eq!((resellers(world), audited(world, "reseller.created")), (1, 1));
    }

    fn of_two_administrators_who_accept_at_once_one_does_and_one_is_told(world) {
        let id = with_agreed_terms(world, "Halden");
        let (path, clients) = (format!("/requests/{id}/acceptance"), [(); 4].map(|()| world.root()));
        let accept = |client: &Client| client.post(&path, &[("revision", "1")]);
        let accept = &accept;
        let sends = clients.iter().map(|client| -> Box<dyn FnOnce() -> Page + Send> { Box::new(move || accept(client)) });
        let statuses = statuses(&at_once(sends.collect()));
        assert_eq!(statuses, [303, 409, 409, 409]);
        assert_eq!((resellers(world), audited(world, "reseller.created"), mails_to(world, "owner@halden.example")), (1, 1, 1));
    }
}
