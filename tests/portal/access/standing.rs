//! A re-seller's account: suspended it sells nothing new, closed its people are out; each step with its reason.

use diesel::prelude::*;
use reseller_portal::access::tokens;
use reseller_portal::audit;
use reseller_portal::db::schema::{audit_events, resellers};
use reseller_portal::values::ResellerId;

use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_reseller, a_subscription, an_account, some_terms,
};
use crate::support::{PASSWORD, World};

const REASON: [(&str, &str); 1] = [("reason", "Unpaid since March")];
const STEPS: [&str; 3] = ["suspension", "resumption", "closure"];

fn state_of(world: &World, id: ResellerId) -> String {
    world.read(|connection| resellers::table.find(id).select(resellers::state).first(connection))
}

fn changes(world: &World) -> i64 {
    world.read(|connection| audit_events::table.count().get_result(connection))
}

on_both! {
    fn each_step_leads_on_from_its_states_and_is_audited_once(world) {
        let leads = [("awaiting_channel", "closure", "closed"), ("active", "suspension", "suspended"),
            ("active", "closure", "closed"), ("suspended", "resumption", "active"), ("suspended", "closure", "closed")];
        let root = world.root();
        for from in ["awaiting_channel", "active", "suspended", "closed"] {
            for step in STEPS {
                let id = a_reseller(&format!("{} {step}", from.replace('_', " "))).state(from).build(world).id;
                let (path, before) = (format!("/resellers/{id}/{step}"), changes(world));
                root.get(&path).expect(200);
                let answer = root.post(&path, &REASON);
                let led = leads.iter().find(|(state, taken, _)| (*state, *taken) == (from, step));
                let expected = led.map_or((409, from, 0), |(_, _, to)| (303, *to, 1));
                let state = state_of(world, id);
                assert_eq!((answer.status, state.as_str(), changes(world) - before), expected, "{step} from {from}");
            }
        }
    }

    fn each_step_needs_a_reason_which_the_history_keeps(world) {
        let id = a_reseller("Kestrel").state("active").build(world).id;
        let root = world.root();
        for step in STEPS {
            let page = root.post(&format!("/resellers/{id}/{step}"), &[("reason", " \n")]).expect(422);
            assert_eq!(page.error_of("reason"), "Enter the reason; it is kept in the history", "{step}");
        }
        assert_eq!((state_of(world, id).as_str(), changes(world)), ("active", 0));
        let page = root.submit(&format!("/resellers/{id}/suspension"), &REASON).expect(200);
        assert_eq!(page.flash(), "Kestrel is suspended");
        let kept = world.read(|connection| audit::of_object(connection, id));
        assert_eq!((kept.len(), kept[0].actor_name.as_str()), (1, "Rosa Root"));
        assert!(kept[0].after.as_ref().is_some_and(|after| after.contains("Unpaid since March")));
    }

    fn a_suspended_reseller_still_reads_and_sells_again_when_resumed(world) {
        let bundle = a_bundle("CLOUD").recurring("10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let customer = a_customer(a_channel(kestrel).sells(&bundle).build(world), "Aldous").build(world);
        a_subscription(customer, &bundle).build(world);
        let (root, own) = (world.root(), world.reseller(kestrel));
        let (path, id) = (format!("/customers/{}/subscriptions/new", customer.id), bundle.id.to_string());
        let sale = [("bundle", id.as_str()), ("quantity", "1"), ("start", "2026-11-01"), ("price_rule", "follow")];
        root.submit(&format!("/resellers/{kestrel}/suspension"), &REASON).expect(200);
        own.post(&path, &sale).expect(422);
        let facts = [("external_id", "N"), ("name", "New"), ("country", "NO"), ("currency", "USD")];
        own.post("/customers/new", &facts).expect(422);
        for read in ["/", "/customers", "/subscriptions", "/prices", "/agreement", "/reports/usage", "/usage/files"] {
            own.get(read).expect(200);
        }
        root.submit(&format!("/resellers/{kestrel}/resumption"), &REASON).expect(200);
        own.post(&path, &sale).expect(303);
        own.post("/customers/new", &facts).expect(303);
    }

    fn closing_an_account_ends_its_sessions_passwords_and_links(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).with_password().build(world);
        let other = world.reseller(a_reseller("Halden").state("active").build(world).id);
        let link = world.write(|connection| tokens::set_password_path(connection, kim, world.now()));
        let own = world.session_of(kim);
        own.get("/customers").expect(200);
        world.root().submit(&format!("/resellers/{kestrel}/closure"), &REASON).expect(200);
        assert_eq!(own.get("/customers").location(), "/sign-in?next=%2Fcustomers");
        world.anonymous().post("/sign-in", &[("name", "kim"), ("password", PASSWORD)]).expect(422);
        let late = world.anonymous();
        late.post(&link, &[("password", "another long sentence"), ("again", "another long sentence")]);
        assert_eq!(late.get("/customers").location(), "/sign-in?next=%2Fcustomers");
        other.get("/customers").expect(200);
    }

    fn nobody_agrees_to_terms_in_the_name_of_a_closed_reseller(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world);
        some_terms(kestrel.request).number(2).state("proposed").share("90").build(world);
        world.root().submit(&format!("/resellers/{}/closure", kestrel.id), &REASON).expect(200);
        let (applicant, before) = (world.applicant("owner@kestrel.example"), changes(world));
        applicant.post("/application/offers/2/agreement", &[]).expect(409);
        applicant.post("/application/offers/2/refusal", &[]).expect(409);
        let offer = [("share", "90"), ("basis", "revenue"), ("collects", "provider"), ("payment_days", "30"), ("valid_from", "2026-12")];
        applicant.post("/application/offers", &offer).expect(409);
        assert_eq!(changes(world), before);
    }
}
