//! What must not happen by a stolen session asks again who somebody is, and loses nothing of what was entered.

use chrono::Duration;
use reqwest::Method;
use reseller_portal::access::totp;
use reseller_portal::routes::ROUTES;
use reseller_portal::values::UserId;
use reseller_portal::web::proof::Proof;

use super::matrix::absent;
use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, PASSWORD, Page, World};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const INVITATION: [(&str, &str); 3] =
    [("full_name", "Ida <b>Invited</b>"), ("email", "ida@people.example"), ("role", "read_only")];

fn root(world: &World) -> UserId {
    an_account("rosa@northgate.example").with_factor(SECRET).build(world)
}

/// A session whose owner proved long ago who they are.
fn left_open(world: &World, user: UserId) -> Client {
    world.session_since(user, true, world.now().plus(-Duration::minutes(10)))
}

/// Sends the waiting form with a proof, as the page would; the answer leads on by keeping method and body.
fn prove(client: &Client, page: &Page, proof: &str) -> Page {
    let answer = client.press(page, "Confirm and go on", &[("proof", proof)]);
    if answer.status != 307 {
        return answer;
    }
    let mut fields = page.form("Confirm and go on");
    fields.push(("csrf".into(), client.token()));
    let path = answer.header("location").to_owned();
    client.send(&path, client.request(Method::POST, &path).form(&fields))
}

on_both! {
    fn roots_code_is_asked_for_and_the_form_goes_on(world) {
        let client = left_open(world, root(world));
        let page = client.post("/people/new", &INVITATION).expect(403);
        assert_eq!(page.h1(), "Confirm that it is you");
        let before = client.cookie("session");
        let page = client.press(&page, "Confirm and go on", &[("proof", "000000")]).expect(422);
        assert_eq!(page.error_of("proof"), "This code is not right, or was used; take the one that is shown now");
        let code = totp::code(SECRET, world.now()).unwrap();
        assert_eq!(prove(&client, &page, &code).location(), "/people");
        assert_ne!(client.cookie("session"), before, "more rights, another key");
        assert!(client.get("/people").main().contains("Ida <b>Invited</b>"));
        let next = [("full_name", "Ines"), ("email", "ines@people.example"), ("role", "read_only")];
        client.post("/people/new", &next).expect(303);
        world.clock.advance(Duration::minutes(10));
        let last = [("full_name", "Ivo"), ("email", "ivo@people.example"), ("role", "read_only")];
        client.post("/people/new", &last).expect(403);
    }

    fn the_key_from_before_a_proof_opens_nothing_any_more(world) {
        let client = left_open(world, root(world));
        let (page, before) = (client.post("/people/new", &INVITATION).expect(403), client.cookie("session").unwrap());
        let code = totp::code(SECRET, world.now()).unwrap();
        prove(&client, &page, &code).location();
        let thief = world.anonymous();
        thief.set_cookie(&format!("session={before}"));
        assert_eq!(thief.get("/people").location(), "/sign-in?next=%2Fpeople");
        client.get("/people").expect(200);
    }

    fn the_password_serves_where_there_is_no_factor(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).with_password().build(world);
        let client = world.session_since(kim, false, world.now().plus(-Duration::minutes(11)));
        let page = client.post("/people/new", &INVITATION).expect(403);
        let wrong = client.press(&page, "Confirm and go on", &[("proof", "not the right sentence")]).expect(422);
        assert_eq!(wrong.error_of("proof"), "The password is not right");
        assert_eq!(prove(&client, &wrong, PASSWORD).location(), "/people");
    }

    fn what_opens_an_account_asks_for_password_and_code(world) {
        let rosa = an_account("rosa@northgate.example").with_password().with_factor(SECRET).build(world);
        let client = left_open(world, rosa);
        let code = || totp::code(SECRET, world.now()).unwrap();
        let invitation = client.post("/people/new", &INVITATION).expect(403);
        assert!(!invitation.has("[name='proof_password']"));
        prove(&client, &invitation, &code()).expect(303);
        world.clock.advance(Duration::seconds(30));
        // The code alone was enough for that, and is not for this.
        let page = client.post("/account/recovery-codes", &[]).expect(403);
        let without = client.press(&page, "Confirm and go on", &[("proof", &code())]).expect(422);
        assert_eq!(without.error_of("proof"), "The password is not right");
        let given = [("proof", code()), ("proof_password", PASSWORD.to_owned())];
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = client.press(&without, "Confirm and go on", &given).expect(307);
        assert_eq!(answer.header("location"), "/account/recovery-codes");
        assert_eq!(client.post("/account/recovery-codes", &[]).expect(200).h1(), "Keep your recovery codes");
        world.clock.advance(Duration::minutes(10));
        client.post("/account/recovery-codes", &[]).expect(403);
    }

    fn a_code_given_without_the_password_field_does_not_pass_for_both(world) {
        let rosa = an_account("rosa@northgate.example").with_password().with_factor(SECRET).build(world);
        let client = left_open(world, rosa);
        let code = totp::code(SECRET, world.now()).unwrap();
        let fields = [("proof", code.as_str()), ("proof_for", "/account/recovery-codes")];
        client.post("/account/proof", &fields).expect(307);
        assert_eq!(client.post("/account/recovery-codes", &[]).expect(403).h1(), "Confirm that it is you");
    }

    fn nobody_tries_passwords_through_a_session_that_was_left_open(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).with_password().build(world);
        let client = world.session_since(kim, false, world.now().plus(-Duration::minutes(11)));
        let page = client.post("/people/new", &INVITATION).expect(403);
        let said: Vec<String> = (0..6)
            .map(|_| client.press(&page, "Confirm and go on", &[("proof", "wrong")]).error_of("proof"))
            .collect();
        assert_eq!((said[4].as_str(), said[5].as_str()), ("The password is not right", "Too many tries; wait a minute"));
        let right = client.press(&page, "Confirm and go on", &[("proof", PASSWORD)]);
        assert_eq!(right.expect(422).error_of("proof"), "Too many tries; wait a minute");
    }

    fn each_line_that_asks_for_a_proof_does_so(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).build(world);
        let (root, seller) = (left_open(world, root(world)), left_open(world, kim));
        let asking: Vec<_> = ROUTES.iter().filter(|route| route.proof != Proof::None).collect();
        for must in ["/statements/{id}/posting", "/statements/settling/posting", "/requests/{id}/offers", "/agreement/offers", "/people/{id}/role", "/account/second-factor", "/account/password", "/account/sessions/ending", "/account/sessions/{id}/ending"] {
            assert!(asking.iter().any(|route| route.path == must), "{must}");
        }
        for route in asking {
            let client = if format!("{:?}", route.access) == "Reseller" { &seller } else { &root };
            let page = client.post(&absent(route.path), &[]).expect(403);
            assert_eq!(page.h1(), "Confirm that it is you", "{}", route.path);
        }
    }

    fn a_proof_leads_nowhere_but_into_the_portal(world) {
        let client = left_open(world, root(world));
        let code = totp::code(SECRET, world.now()).unwrap();
        let fields = [("proof", code.as_str()), ("proof_for", "https://evil.example/")];
        let answer = client.post("/account/proof", &fields).expect(307);
        assert_eq!(answer.header("location"), "/");
    }
}
