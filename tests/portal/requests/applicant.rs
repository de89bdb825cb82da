//! What the applicant reads and does after the form: the decision, a second try, the steps kept as a draft.

use crate::on_both;
use crate::support::builders::a_request;

const SEEN: [(&str, &str); 2] = [("revision", "1"), ("text", "Outside of our region")];

on_both! {
    fn the_reason_of_a_rejection_stands_on_the_applicants_page(world) {
        let id = a_request("Halden").state("in_review").build(world);
        world.root().submit(&format!("/requests/{id}/rejection"), &SEEN).expect(200);
        let page = world.applicant("owner@halden.example").get("/application").expect(200);
        assert_eq!(page.h1(), "Your request is closed");
        assert!(page.main().contains("Rejected") && page.main().contains("Outside of our region"), "{}", page.main());
    }

    fn what_root_writes_for_itself_stays_with_root(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let root = world.root();
        let call = [("contact_kind", "call"), ("contact_on", "2026-11-20"), ("people", "Mara"), ("summary", "Sounded tired")];
        root.submit(&format!("/requests/{id}/contacts"), &call).expect(200);
        root.submit(&format!("/requests/{id}/assessment"), &[("note", "Rather not"), ("interest", "2")]).expect(200);
        let page = root.get(&format!("/requests/{id}"));
        assert!(page.main().contains("logged a call of 20 Nov 2026 with Mara") && page.main().contains("Sounded tired"));
        let own = world.applicant("owner@halden.example").get("/application").expect(200);
        assert!(!own.html().contains("Sounded tired") && !own.html().contains("Rather not"));
    }

    fn a_rejected_request_whose_applicant_began_another_is_not_reopened(world) {
        let id = a_request("Halden").state("in_review").build(world);
        let (root, applicant) = (world.root(), world.applicant("owner@halden.example"));
        root.submit(&format!("/requests/{id}/rejection"), &SEEN).expect(200);
        applicant.post("/application", &[]).expect(303);
        let again = [("revision", "2"), ("text", "New facts")];
        let told = root.post(&format!("/requests/{id}/reopening"), &again).expect(409).main();
        assert!(told.contains("The applicant has another request in progress"), "{told}");
        applicant.submit("/application/withdrawal", &[]).expect(200);
        root.submit(&format!("/requests/{id}/reopening"), &again).expect(200);
        assert!(applicant.get("/application").expect(200).main().contains("The provider reviews your request"));
    }

    fn a_draft_is_there_again_in_another_session_and_goes_on_where_it_was_left(world) {
        let first = world.applicant("mara@halden.example");
        first.post("/application", &[]).expect(303);
        let company = [("legal_name", "Halden"), ("registration_number", "912"), ("tax_id", "NO912"), ("country", "NO"), ("address", "Storgata 1")];
        assert_eq!(first.post("/application/company", &company).location(), "/application/contact");
        let again = world.applicant("mara@halden.example");
        assert_eq!(again.get("/application").location(), "/application/contact");
        let page = again.get("/application/company").expect(200);
        for (field, value) in company {
            assert_eq!(page.field_value(field), value);
        }
        let contact = [("contact_name", "Mara"), ("job_title", "Lead"), ("phone", "0047 22 12 34 56"), ("user_name", "Mara")];
        let refused = again.post("/application/contact", &[contact[0], contact[1], ("phone", "none"), ("user_name", "m m")]).expect(422);
        assert_eq!((refused.field_value("phone"), refused.field_value("user_name")), ("none".into(), "m m".into()));
        assert_eq!(refused.errors().len(), 2);
        assert!(page.html().contains("mara@halden.example"));
    }
}
