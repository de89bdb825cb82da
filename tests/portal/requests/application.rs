//! What the applicant does: sign-up, drafts, submission, answers, withdrawal.

use reseller_portal::mail;

use crate::on_both;
use crate::support::builders::{a_request, an_account};
use crate::support::{Client, World};

const COMPANY: [(&str, &str); 5] = [
    ("legal_name", "Halden Systems AS"),
    ("registration_number", "912 345 678"),
    ("tax_id", "NO912345678MVA"),
    ("country", "NO"),
    ("address", "Storgata 1, Halden"),
];
const CONTACT: [(&str, &str); 4] = [
    ("contact_name", "Mara Halden"),
    ("job_title", "Partner lead"),
    ("phone", "+47 22 12 34 56"),
    ("user_name", "mara"),
];
const INTEREST: [(&str, &str); 6] = [
    ("sells_today", "Hosting"),
    ("target_market", "Norway"),
    ("expected_customers", "1,400"),
    ("expected_revenue", "12000"),
    ("expected_currency", "USD"),
    ("conditions", "2026-01"),
];

/// The path of the newest link that was sent to an address.
fn link_to(world: &World, email: &str) -> String {
    let mail = world.read(|connection| mail::store::newest_to(connection, &email.parse().unwrap())).unwrap();
    let link = mail.body.split_whitespace().find_map(|word| word.strip_prefix(&world.url())).unwrap();
    link.to_owned()
}

fn with_a_draft(world: &World) -> Client {
    let client = world.applicant("mara@halden.example");
    client.post("/application", &[]).expect(303);
    client
}

on_both! {
    fn the_link_in_the_mail_proves_the_address_and_works_once(world) {
        let client = world.anonymous();
        client.post("/sign-up", &[("email", "mara@halden.example")]).expect(200);
        let link = link_to(world, "mara@halden.example");
        // Looking at the link, as mail scanners do, does not use it up.
        world.anonymous().get(&link).expect(200);
        assert_eq!(client.post(&link, &[]).location(), "/application");
        assert_eq!(client.get("/application").expect(200).h1(), "Request a re-seller account");
        let thief = world.anonymous();
        assert_eq!(thief.post(&link, &[]).h1(), "This link is over");
        assert!(thief.get("/application").location().starts_with("/sign-in"));
    }

    fn a_sign_up_tells_nobody_which_addresses_have_accounts(world) {
        an_account("rosa@northgate.example").build(world);
        let answers = ["rosa@northgate.example", "new@halden.example"].map(|email| {
            let page = world.anonymous().post("/sign-up", &[("email", email)]).expect(200);
            page.main().replace(email, "ADDRESS")
        });
        assert_eq!(answers[0], answers[1]);
        let page = world.anonymous().post("/sign-up", &[("email", "not an address")]).expect(422);
        assert_eq!(page.field_value("email"), "not an address");
    }

    fn each_step_says_what_is_missing_and_keeps_what_was_typed(world) {
        let client = with_a_draft(world);
        let page = client.post("/application/company", &[("legal_name", "Halden"), ("website", "nonsense")]).expect(422);
        assert_eq!(page.errors().len(), 5);
        assert_eq!((page.field_value("legal_name"), page.field_value("website")), ("Halden".into(), "nonsense".into()));
        assert!(!page.error_of("website").is_empty() && page.error_of("legal_name").is_empty());
        let page = client.post("/application/interest", &[("expected_customers", "many")]).expect(422);
        assert_eq!(page.field_value("expected_customers"), "many");
        assert!(page.error_of("conditions").contains("Accept the conditions"));
    }

    fn a_draft_may_be_incomplete_but_what_cannot_be_kept_comes_back(world) {
        let client = with_a_draft(world);
        let page = client.submit("/application/company", &[("legal_name", "Halden"), ("later", "1")]).expect(200);
        assert_eq!((page.flash().as_str(), page.field_value("legal_name").as_str()), ("The draft is saved", "Halden"));
        let page = client.post("/application/interest", &[("expected_customers", "many"), ("later", "1")]).expect(422);
        assert_eq!(page.errors(), ["Enter how many customers you expect, such as 140"]);
    }

    fn a_complete_request_is_submitted_once_and_then_closed(world) {
        let client = with_a_draft(world);
        client.submit("/application/company", &COMPANY).expect(200);
        let page = client.post("/application/review", &[]).expect(422);
        assert!(page.main().contains("Something is missing"));
        client.submit("/application/contact", &CONTACT).expect(200);
        let page = client.submit("/application/interest", &INTEREST).expect(200);
        assert!(page.main().contains("1,400") || page.main().contains("1400"));
        assert!(client.submit("/application/review", &[]).expect(200).main().contains("waits for its review"));
        client.post("/application/review", &[]).expect(409);
        client.post("/application/company", &COMPANY).expect(409);
        let page = world.root().get("/requests").expect(200);
        assert_eq!(page.row("Halden Systems AS")[1], "Submitted");
    }

    fn a_withdrawn_request_is_closed_and_a_new_one_can_begin(world) {
        a_request("Halden").state("in_review").build(world);
        let client = world.applicant("owner@halden.example");
        client.get("/application/withdrawal").expect(200);
        client.submit("/application/withdrawal", &[]).expect(200);
        client.post("/application/withdrawal", &[]).expect(409);
        assert_eq!(client.get("/application").expect(200).h1(), "Your request is closed");
        client.post("/application", &[]).expect(303);
        client.get("/application/company").expect(200);
    }
}
