//! Which step leads from where to where, on the pages: each step from each state.

use reseller_portal::requests::RequestState;

use super::setting::{OFFER, complete, find, recorded, state};
use crate::on_both;
use crate::support::builders::{a_request, some_terms};

/// Who takes a step, its address after the request's own, and the fields beside the revision.
struct Step {
    is_root: bool,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    /// From where to where, and what the log gets.
    leads: &'static [(&'static str, &'static str, &'static [&'static str])],
}

const CHANGED: &[&str] = &["request.state_changed"];
const TEXT: &[(&str, &str)] = &[("text", "Because")];

const STEPS: [Step; 8] = [
    Step {
        is_root: true,
        path: "/review",
        fields: &[],
        leads: &[("submitted", "in_review", &["request.assigned", "request.state_changed"])],
    },
    Step {
        is_root: true,
        path: "/question",
        fields: TEXT,
        leads: &[("in_review", "info_requested", CHANGED), ("negotiating", "info_requested", CHANGED)],
    },
    Step {
        is_root: true,
        path: "/rejection",
        fields: TEXT,
        leads: &[
            ("submitted", "rejected", CHANGED),
            ("in_review", "rejected", CHANGED),
            ("info_requested", "rejected", CHANGED),
            ("negotiating", "rejected", CHANGED),
        ],
    },
    Step { is_root: true, path: "/reopening", fields: TEXT, leads: &[("rejected", "in_review", CHANGED)] },
    Step {
        is_root: true,
        path: "/acceptance",
        fields: &[],
        leads: &[("negotiating", "accepted", &["request.state_changed", "reseller.created", "user.created"])],
    },
    Step {
        is_root: true,
        path: "/offers",
        fields: &OFFER,
        leads: &[
            ("in_review", "negotiating", &["request.state_changed", "terms.offered"]),
            ("negotiating", "negotiating", &["terms.offered"]),
            ("accepted", "accepted", &["terms.offered"]),
        ],
    },
    Step {
        is_root: false,
        path: "/answer",
        fields: &[("answer", "Forty")],
        leads: &[("info_requested", "in_review", CHANGED)],
    },
    Step {
        is_root: false,
        path: "/withdrawal",
        fields: &[],
        leads: &[
            ("draft", "withdrawn", CHANGED),
            ("submitted", "withdrawn", CHANGED),
            ("in_review", "withdrawn", CHANGED),
            ("info_requested", "withdrawn", CHANGED),
            ("negotiating", "withdrawn", CHANGED),
        ],
    },
];

on_both! {
    fn each_step_leads_on_from_its_states_only_and_is_logged_once(world) {
        let root = world.root();
        for (number, step) in STEPS.iter().enumerate() {
            for from in RequestState::ALL.iter().map(|state| state.as_str()) {
                let email = format!("{}@company{number}.example", from.replace('_', ""));
                let id = a_request("Halden").state(from).from(&email).build(world);
                some_terms(id).build(world);
                let (client, base) = match step.is_root {
                    true => (&root, format!("/requests/{id}")),
                    false => (&world.applicant(&email), "/application".to_owned()),
                };
                let mut fields = step.fields.to_vec();
                fields.push(("revision", "1"));
                let mut status = 0;
                let log = recorded(world, || status = client.post(&format!("{base}{}", step.path), &fields).status);
                let led = step.leads.iter().find(|(start, _, _)| *start == from);
                let (expected, to, logged) = led.map_or((409, from, &[][..]), |(_, to, logged)| (303, *to, *logged));
                let told = format!("{} from {from}", step.path);
                assert_eq!((status, state(world, id)), (expected, to), "{told}");
                assert_eq!(log, logged, "{told}");
                assert_eq!(find(world, id).revision, if from == to { 1 } else { 2 }, "{told}");
            }
        }
    }

    fn only_a_draft_is_changed_or_submitted(world) {
        for from in RequestState::ALL.iter().map(|state| state.as_str()) {
            let email = format!("owner@{}.example", from.replace('_', ""));
            let id = a_request("Halden").state(from).from(&email).build(world);
            complete(world, id);
            let (applicant, before) = (world.applicant(&email), find(world, id));
            let company = [("legal_name", "Other"), ("registration_number", "1"), ("tax_id", "2"), ("country", "NO"), ("address", "3")];
            let mut answers = Vec::new();
            let log = recorded(world, || answers = vec![
                applicant.post("/application/company", &company).status,
                applicant.post("/application/review", &[]).status,
            ]);
            let is_draft = from == "draft";
            let expected = if is_draft { (vec![303, 303], 2) } else { (vec![409, 409], 0) };
            assert_eq!((answers, log.len()), expected, "{from}");
            assert_eq!(find(world, id) == before, !is_draft, "{from}");
        }
    }

    fn a_page_offers_the_steps_that_can_be_taken(world) {
        let offered = |state: &'static str| {
            let email = format!("{}@halden.example", state.replace('_', ""));
            let id = a_request("Halden").state(state).from(&email).build(world);
            let page = world.root().get(&format!("/requests/{id}")).expect(200);
            let mut offered = page.texts("#decision .actions button, #decision .actions a");
            offered.retain(|label| label != "Save owner");
            offered
        };
        assert_eq!(offered("submitted"), ["Start the review", "Reject request"]);
        assert_eq!(offered("in_review"), ["Offer terms", "Ask for information", "Reject request"]);
        assert_eq!(offered("info_requested"), ["Reject request"]);
        assert_eq!(offered("negotiating"), ["Offer terms", "Ask for information", "Reject request"]);
        assert_eq!(offered("rejected"), ["Reopen the request"]);
        assert_eq!((offered("accepted"), offered("withdrawn")), (vec![], vec![]));
    }
}
