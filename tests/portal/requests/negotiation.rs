//! Terms on the table: offered, countered, agreed, declined.

use reseller_portal::terms::{self, TermsState};
use reseller_portal::values::{Month, RequestId};

use crate::on_both;
use crate::support::builders::{a_bundle, a_request, a_reseller, some_terms};
use crate::support::{Client, World};

const OFFER: [(&str, &str); 5] = [
    ("share", "20"),
    ("basis", "revenue"),
    ("collects", "provider"),
    ("payment_days", "30"),
    ("valid_from", "2024-09"),
];

fn offer<'a>(share: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = OFFER.to_vec();
    fields[0].1 = share;
    fields.extend(more);
    fields
}

fn states(world: &World, id: RequestId) -> Vec<TermsState> {
    let versions = world.read(|connection| terms::store::of_request(connection, id));
    versions.into_iter().map(|version| version.state).collect()
}

fn both(world: &World) -> (RequestId, Client, Client) {
    let id = a_request("Halden").state("in_review").build(world);
    (id, world.root(), world.applicant("owner@halden.example"))
}

on_both! {
    fn terms_are_offered_countered_and_agreed_and_the_difference_is_shown(world) {
        let (id, root, applicant) = both(world);
        let bundle = a_bundle("CLOUD").named("Cloud Start").recurring("10").build(world);
        let path = format!("/requests/{id}/offers");
        root.submit(&path, &offer("20", &[])).expect(200);
        let field = format!("bundle_share.{}", bundle.id);
        let counter = offer("30", &[(&field, "35.5"), ("note", "Two rivals pay 30")]);
        applicant.submit("/application/offers", &counter).expect(200);
        assert_eq!(states(world, id), [TermsState::Proposed, TermsState::Countered]);
        let page = root.get(&format!("/requests/{id}"));
        assert_eq!(page.row("Re-seller share")[1..], ["20%", "30% Changed"]);
        assert_eq!(page.row("Share of")[1..], ["Net revenue", "Same"]);
        assert!(page.row("Cloud Start").join(" ").contains("35.5%"), "{:?}", page.row("Cloud Start"));
        root.submit(&format!("{path}/2/agreement"), &[]).expect(200);
        assert_eq!(states(world, id), [TermsState::Agreed, TermsState::Countered]);
    }

    fn nobody_answers_the_own_offer_nor_one_that_was_replaced(world) {
        let (id, root, applicant) = both(world);
        let path = format!("/requests/{id}/offers");
        root.submit(&path, &offer("20", &[])).expect(200);
        root.post(&format!("{path}/1/agreement"), &[]).expect(409);
        root.submit(&path, &offer("15", &[])).expect(200);
        // The applicant still looks at version 1.
        applicant.post("/application/offers/1/agreement", &[]).expect(409);
        applicant.submit("/application/offers/2/refusal", &[]).expect(200);
        applicant.post("/application/offers/2/agreement", &[]).expect(409);
        assert_eq!(states(world, id), [TermsState::Declined, TermsState::Countered]);
    }

    fn an_offer_that_cannot_be_comes_back_with_its_messages(world) {
        let (id, root, _) = both(world);
        let path = format!("/requests/{id}/offers");
        for (field, wrong) in [("share", "101"), ("share", "-1"), ("share", "much"), ("payment_days", "400"),
            ("valid_from", "soon"), ("basis", "luck")] {
            let fields: Vec<_> =
                OFFER.iter().map(|(name, value)| (*name, if *name == field { wrong } else { value })).collect();
            let page = root.post(&path, &fields).expect(422);
            assert!(!page.error_of(field).is_empty(), "{field} {wrong}");
            assert_eq!(page.errors().len(), 1, "{field} {wrong}");
        }
        let page = root.post(&path, &offer("20", &[("valid_until", "2024-08")])).expect(422);
        assert!(!page.error_of("valid_until").is_empty());
        assert!(states(world, id).is_empty());
    }

    fn an_applicant_offers_only_while_terms_are_negotiated(world) {
        let (_, _, applicant) = both(world);
        applicant.post("/application/offers", &offer("50", &[])).expect(409);
    }

    fn newer_terms_of_a_reseller_apply_from_their_month_on(world) {
        let kestrel = a_reseller("Kestrel").share("20").build(world);
        let (root, own) = (world.root(), world.reseller(kestrel.id));
        let fields = [("share", "25"), OFFER[1], OFFER[2], OFFER[3], ("valid_from", "2026-12")];
        own.submit("/agreement/offers", &fields).expect(200);
        own.post("/agreement/offers/2/agreement", &[]).expect(409);
        root.submit(&format!("/requests/{}/offers/2/agreement", kestrel.request), &[]).expect(200);
        let share = |month: &str| {
            let month: Month = month.parse().unwrap();
            let terms = world.read(|connection| terms::store::in_effect(connection, kestrel.id, month));
            terms.map(|terms| terms.offer.rule.general.to_string())
        };
        assert_eq!(["2024-12", "2025-01", "2026-11", "2026-12"].map(share),
            [None, Some("20".into()), Some("20".into()), Some("25".into())]);
        assert!(own.get("/agreement").expect(200).main().contains("25%"));
    }

    fn another_resellers_terms_are_not_to_be_answered(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        let halden = a_reseller("Halden").build(world);
        some_terms(kestrel.request).number(2).state("proposed").build(world);
        let answer = world.reseller(halden.id).post("/agreement/offers/2/agreement", &[]);
        assert!(matches!(answer.status, 404 | 409), "{}", answer.status);
        assert_eq!(states(world, kestrel.request)[0], TermsState::Proposed);
    }
}
