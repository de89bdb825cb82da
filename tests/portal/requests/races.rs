//! Two people who decide at the same moment: one does it, the other is told what happened.

use diesel::prelude::*;
use reseller_portal::db::schema::{reseller_request_info, resellers, users};
use reseller_portal::terms::{self, TermsState};
use reseller_portal::values::RequestId;

use super::setting::{OFFER, actions, at_once, find, recorded, state, statuses};
use crate::on_both;
use crate::support::builders::{a_request, an_account, some_terms};
use crate::support::{Client, World};

const SEEN: [(&str, &str); 2] = [("revision", "1"), ("text", "Because")];

/// Two root administrators, each with a page open.
fn two_roots(world: &World) -> [Client; 2] {
    let clients = ["ada", "bert"].map(|name| {
        let account = an_account(&format!("{name}@northgate.example")).named(name).build(world);
        world.session_of(account)
    });
    clients.iter().for_each(|client| drop(client.token()));
    clients
}

fn negotiated(world: &World, name: &str) -> RequestId {
    let id = a_request(name).state("negotiating").build(world);
    some_terms(id).build(world);
    id
}

fn count_of(world: &World, action: &str) -> usize {
    actions(world).iter().filter(|found| *found == action).count()
}

on_both! {
    fn of_two_decisions_from_the_same_page_one_counts(world) {
        let [ada, bert] = two_roots(world);
        let pairs = [("acceptance", "acceptance"), ("acceptance", "rejection"), ("acceptance", "question"), ("rejection", "question")];
        for (number, (one, other)) in pairs.into_iter().enumerate() {
            let id = negotiated(world, &format!("Company {number}"));
            let path = |step: &str| format!("/requests/{id}/{step}");
            let mut pages = Vec::new();
            let log = recorded(world, || pages = at_once(vec![
                Box::new(|| ada.post(&path(one), &SEEN)),
                Box::new(|| bert.post(&path(other), &SEEN)),
            ]));
            assert_eq!(statuses(&pages), [303, 409], "{one} and {other}");
            let slower = pages.iter().find(|page| page.status == 409).expect("one is refused");
            let told = ["Somebody changed this request since you opened it", "The request is"];
            assert!(told.iter().any(|words| slower.main().contains(words)), "{}", slower.main());
            assert_eq!(log.iter().filter(|action| *action == "request.state_changed").count(), 1, "{one} and {other}");
            assert_eq!(find(world, id).revision, 2);
        }
        let made: (i64, i64) = world.read(|connection| Ok((
            resellers::table.count().get_result(connection)?,
            users::table.filter(users::reseller_id.is_not_null()).count().get_result(connection)?,
        )));
        let accepted = count_of(world, "reseller.created") as i64;
        assert_eq!(made, (accepted, accepted));
    }

    fn a_page_that_is_out_of_date_decides_nothing_until_it_is_read_again(world) {
        let id = negotiated(world, "Halden");
        let [ada, bert] = two_roots(world);
        let address = format!("/requests/{id}");
        let stale = ada.get(&address);
        bert.submit(&format!("{address}/question"), &SEEN).expect(200);
        world.applicant("owner@halden.example").submit("/application/answer", &[("answer", "Forty")]).expect(200);
        let refused = ada.press(&stale, "Accept the request", &[]).expect(409);
        assert!(refused.main().contains("Somebody changed this request since you opened it; look at what happened"));
        assert_eq!((state(world, id), count_of(world, "reseller.created")), ("negotiating", 0));
        let fresh = ada.get(&address);
        assert!(fresh.main().contains("Forty"));
        assert!(ada.press(&fresh, "Accept the request", &[]).location().starts_with("/resellers/"));
        // The other one's page offers acceptance still, and tells that it has happened.
        let late = bert.press(&stale, "Accept the request", &[]).expect(409);
        assert!(late.main().contains("Somebody changed this request"));
        assert_eq!(count_of(world, "reseller.created"), 1);
    }

    fn an_acceptance_and_a_withdrawal_at_once_leave_one_of_them(world) {
        let id = negotiated(world, "Halden");
        let ([ada, _], applicant) = (two_roots(world), world.applicant("owner@halden.example"));
        applicant.token();
        let pages = at_once(vec![
            Box::new(|| ada.post(&format!("/requests/{id}/acceptance"), &SEEN)),
            Box::new(|| applicant.post("/application/withdrawal", &[])),
        ]);
        assert_eq!(statuses(&pages), [303, 409]);
        let accepted = usize::from(pages[0].status == 303);
        assert_eq!((state(world, id) == "accepted", count_of(world, "reseller.created")), (accepted == 1, accepted));
    }

    fn an_acceptance_and_a_new_offer_at_once_leave_one_of_them(world) {
        let id = negotiated(world, "Halden");
        let ([ada, _], applicant) = (two_roots(world), world.applicant("owner@halden.example"));
        applicant.token();
        let pages = at_once(vec![
            Box::new(|| ada.post(&format!("/requests/{id}/acceptance"), &SEEN)),
            Box::new(|| applicant.post("/application/offers", &OFFER)),
        ]);
        assert_eq!(statuses(&pages), [303, 409]);
        let versions = world.read(|connection| terms::store::of_request(connection, id));
        let is_accepted = pages[0].status == 303;
        assert_eq!((state(world, id) == "accepted", versions[0].state == TermsState::Agreed), (is_accepted, is_accepted));
    }

    fn offers_made_at_once_are_numbered_and_one_stays_open(world) {
        let id = a_request("Halden").state("negotiating").build(world);
        let ([ada, bert], applicant) = (two_roots(world), world.applicant("owner@halden.example"));
        applicant.token();
        let path = format!("/requests/{id}/offers");
        let pages = at_once(vec![
            Box::new(|| ada.post(&path, &OFFER)),
            Box::new(|| bert.post(&path, &OFFER)),
            Box::new(|| applicant.post("/application/offers", &OFFER)),
        ]);
        assert_eq!(statuses(&pages), [303, 303, 303]);
        let versions = world.read(|connection| terms::store::of_request(connection, id));
        let found: Vec<_> = versions.iter().map(|version| (version.number, version.state)).collect();
        assert_eq!(found, [(3, TermsState::Proposed), (2, TermsState::Countered), (1, TermsState::Countered)]);
    }

    fn an_answer_and_a_new_offer_at_once_never_agree_to_what_was_not_read(world) {
        for number in 0..4 {
            let name = format!("Company {number}");
            let id = a_request(&name).state("negotiating").build(world);
            some_terms(id).state("proposed").share("40").build(world);
            let applicant = world.applicant(&format!("owner@company-{number}.example"));
            let ([ada, _], _) = (two_roots(world), applicant.token());
            let pages = at_once(vec![
                Box::new(|| applicant.post("/application/offers/1/agreement", &[])),
                Box::new(|| ada.post(&format!("/requests/{id}/offers"), &OFFER)),
            ]);
            assert_eq!(pages[1].status, 303);
            let agreed = world.read(|connection| terms::store::of_request(connection, id));
            let agreed: Vec<_> = agreed.iter().filter(|one| one.state == TermsState::Agreed).map(|one| one.number).collect();
            let expected = if pages[0].status == 303 { vec![1] } else { vec![] };
            assert_eq!(agreed, expected, "{}", pages[0].describe());
            assert!(matches!(pages[0].status, 303 | 409), "{}", pages[0].describe());
        }
    }

    fn a_request_that_is_begun_twice_at_once_is_one(world) {
        let windows = [0, 1].map(|_| world.applicant("mara@halden.example"));
        windows.iter().for_each(|window| drop(window.token()));
        let pages = at_once(windows.iter().map(|window| {
            let begin: Box<dyn FnOnce() -> crate::support::Page + Send> = Box::new(|| window.post("/application", &[]));
            begin
        }).collect());
        assert_eq!(statuses(&pages), [303, 303]);
        let begun: i64 = world.read(|connection| reseller_request_info::table.count().get_result(connection));
        assert_eq!((begun, count_of(world, "request.begun")), (1, 1));
    }

    fn a_review_that_two_start_at_once_has_one_owner(world) {
        let id = a_request("Halden").build(world);
        let [ada, bert] = two_roots(world);
        let path = format!("/requests/{id}/review");
        let pages = at_once(vec![Box::new(|| ada.post(&path, &SEEN)), Box::new(|| bert.post(&path, &SEEN))]);
        assert_eq!(statuses(&pages), [303, 409]);
        assert_eq!(count_of(world, "request.assigned"), 1);
        let first = if pages[0].status == 303 { "ada" } else { "bert" };
        assert_eq!(world.root().get("/requests").row("Halden")[2], first);
    }
}
