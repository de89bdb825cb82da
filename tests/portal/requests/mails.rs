//! Who is told by mail of what happens to a request, its terms and its account.

use reseller_portal::values::StaffRole::{Finance, ReadOnly, Seller};

use super::setting::{OFFER, complete, refuse_rows, state};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_channel, a_request, a_reseller, an_account, some_terms};

const OWNER: &str = "owner@halden.example";

/// Two who decide, one who settles and one who reads.
fn people(world: &World) {
    an_account("rita@northgate.example").build(world);
    an_account("finn@northgate.example").role(Finance).build(world);
    an_account("rolf@northgate.example").role(ReadOnly).build(world);
}

fn to_root(occasion: &str) -> Vec<String> {
    ["rita", "root"].map(|name| format!("{name}@northgate.example {occasion}")).to_vec()
}

fn to_owner(occasion: &str) -> Vec<String> {
    vec![format!("{OWNER} {occasion}")]
}

on_both! {
    fn a_request_tells_root_what_the_applicant_did_and_the_applicant_what_root_did(world) {
        people(world);
        let id = a_request("Halden").state("draft").build(world);
        complete(world, id);
        let (root, applicant) = (world.root(), world.applicant(OWNER));
        let to = |path: &str, text: &str, revision: &str| {
            root.post(&format!("/requests/{id}/{path}"), &[("revision", revision), ("text", text)]).expect(303);
        };
        let told = world.told(|| { applicant.post("/application/review", &[]).expect(303); });
        assert_eq!(told, to_root("request_submitted"));
        assert!(world.told(|| to("review", "", "2")).is_empty());
        assert_eq!(world.told(|| to("question", "How many?", "3")), to_owner("question_asked"));
        let told = world.told(|| { applicant.post("/application/answer", &[("answer", "Forty")]).expect(303); });
        assert_eq!(told, to_root("question_answered"));
        assert_eq!(world.told(|| to("rejection", "Not now", "5")), to_owner("request_rejected"));
        assert_eq!(world.told(|| to("reopening", "The board insists", "6")), to_owner("request_reopened"));
        // That nothing is left to do is told to who asked for it.
        world.root().submit("/account/mail", &[("request", "request_withdrawn")]).expect(200);
        let told = world.told(|| { applicant.post("/application/withdrawal", &[]).expect(303); });
        assert_eq!(told, ["root@northgate.example request_withdrawn"]);
        for (to, text) in world.written() {
            assert!(!text.contains("The board insists"), "to {to}: {text}");
        }
        let asked: Vec<String> = world.written().into_iter().filter(|(to, _)| to == OWNER).map(|(_, text)| text).collect();
        assert!(asked[0].contains("How many?") && asked[1].contains("Not now"), "{asked:?}");
    }

    fn change_and_mail_happen_together_or_not_at_all(world) {
        people(world);
        let id = a_request("Halden").state("draft").build(world);
        complete(world, id);
        let (root, applicant) = (world.root(), world.applicant(OWNER));
        let fields = [("revision", "7"), ("text", "Not now")];
        assert!(world.told(|| { root.post(&format!("/requests/{id}/rejection"), &fields).expect(409); }).is_empty());
        refuse_rows(world, "mails");
        let told = world.told(|| assert!(applicant.post("/application/review", &[]).status >= 500));
        assert_eq!((told.len(), state(world, id)), (0, "draft"));
    }

    fn a_draft_that_is_withdrawn_is_nobodys_news(world) {
        let root = world.root();
        root.submit("/account/mail", &[("request", "request_withdrawn")]).expect(200);
        a_request("Halden").state("draft").build(world);
        let told = world.told(|| { world.applicant(OWNER).post("/application/withdrawal", &[]).expect(303); });
        assert!(told.is_empty(), "{told:?}");
    }

    fn who_is_given_a_request_by_somebody_else_is_told(world) {
        people(world);
        let id = a_request("Halden").state("in_review").build(world);
        let rita = an_account("rita@northgate.example").build(world).to_string();
        let root = world.root();
        let own = an_account("root@northgate.example").build(world).to_string();
        let give = |to: &str| world.told(|| { root.post(&format!("/requests/{id}/assignee"), &[("assignee", to)]).expect(303); });
        assert_eq!(give(&rita), ["rita@northgate.example request_assigned"]);
        assert!(give(&own).is_empty() && give("").is_empty());
    }

    fn terms_tell_the_other_side(world) {
        people(world);
        let id = a_request("Halden").state("in_review").build(world);
        let (root, applicant, offers) = (world.root(), world.applicant(OWNER), format!("/requests/{id}/offers"));
        let told = world.told(|| { root.post(&offers, &OFFER).expect(303); });
        assert_eq!(told, to_owner("terms_offered"));
        let told = world.told(|| { applicant.post("/application/offers", &OFFER).expect(303); });
        assert_eq!(told, to_root("terms_offered"));
        let told = world.told(|| { root.post(&format!("{offers}/2/refusal"), &[]).expect(303); });
        assert_eq!(told, to_owner("terms_declined"));
        root.post(&offers, &OFFER).expect(303);
        let told = world.told(|| { applicant.post("/application/offers/3/agreement", &[]).expect(303); });
        assert_eq!(told, to_root("terms_agreed"));
        let text = world.written().into_iter().find(|(to, _)| to == OWNER).unwrap().1;
        assert!(text.contains("Re-seller share: 20% of revenue") && text.contains("/enter/"), "{text}");
        let revision = super::setting::find(world, id).revision.to_string();
        let told = world.told(|| { root.post(&format!("/requests/{id}/acceptance"), &[("revision", &revision)]).expect(303); });
        assert_eq!(told, to_owner("request_accepted"));
    }

    fn new_terms_of_a_running_account_tell_its_people_and_no_others(world) {
        people(world);
        let kestrel = a_reseller("Kestrel").build(world);
        a_channel(kestrel.id).build(world);
        a_channel(a_reseller("Osprey").build(world).id).build(world);
        an_account("kim@kestrel.example").of(kestrel.id).build(world);
        an_account("sam@kestrel.example").of(kestrel.id).role(Seller).build(world);
        an_account("olga@osprey.example").of(a_reseller("Osprey").build(world).id).build(world);
        let kim = world.session_of(an_account("kim@kestrel.example").build(world));
        let root = world.root();
        let told = world.told(|| { root.post(&format!("/requests/{}/offers", kestrel.request), &OFFER).expect(303); });
        assert_eq!(told, ["kim@kestrel.example terms_offered"]);
        let told = world.told(|| { kim.post("/agreement/offers/2/refusal", &[]).expect(303); });
        assert_eq!(told, to_root("terms_declined"));
        let told = world.told(|| { kim.post("/agreement/offers", &OFFER).expect(303); });
        assert_eq!(told, to_root("terms_offered"));
    }

    fn an_account_that_is_suspended_resumed_or_closed_tells_its_people_but_not_why(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        some_terms(a_request("Other").build(world)).build(world);
        for (name, role) in [("kim", None), ("sam", Some(Seller)), ("ron", Some(ReadOnly))] {
            let account = an_account(&format!("{name}@kestrel.example")).of(kestrel);
            role.into_iter().fold(account, |account, role| account.role(role)).build(world);
        }
        an_account("gone@kestrel.example").of(kestrel).disabled().build(world);
        let root = world.root();
        let change = |path: &str| {
            world.told(|| { root.post(&format!("/resellers/{kestrel}/{path}"), &[("reason", "Unpaid invoices")]).expect(303); })
        };
        let to = |names: &[&str], occasion: &str| -> Vec<String> {
            names.iter().map(|name| format!("{name}@kestrel.example {occasion}")).collect()
        };
        assert_eq!(change("suspension"), to(&["kim", "sam"], "channel_suspended"));
        assert_eq!(change("resumption"), to(&["kim", "sam"], "channel_resumed"));
        assert_eq!(change("closure"), to(&["kim", "ron", "sam"], "channel_closed"));
        assert!(world.written().iter().all(|(_, text)| !text.contains("Unpaid")));
    }
}
