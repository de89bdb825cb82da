//! Signing in and out.

use chrono::Duration;
use diesel::prelude::*;
use reseller_portal::db::schema::{sessions, users};
use reseller_portal::values::UserId;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, PASSWORD, Page, World};

/// One of a re-seller's people, who needs no second factor.
fn a_seller(world: &World, name: &str) -> UserId {
    let reseller = a_reseller("Kestrel").build(world).id;
    an_account(&format!("{name}@kestrel.example")).of(reseller).with_password().build(world)
}

fn sign_in(client: &Client, name: &str, password: &str) -> Page {
    client.post("/sign-in", &[("name", name), ("password", password)])
}

/// A page without what differs at each request.
fn without_tokens(page: &Page) -> String {
    let token = page.csrf().unwrap_or_default();
    page.html().replace(&token, "TOKEN")
}

on_both! {
    fn what_a_browser_kept_is_cleared_at_sign_out_and_pages_know_when_they_end(world) {
        let root = world.root();
        let page = root.get("/account").expect(200);
        assert_eq!(page.attributes("body", "data-idle"), ["900"]);
        assert_eq!(page.attributes("body", "data-longest"), ["28800"]);
        assert!(!world.anonymous().get("/sign-in").has("body[data-idle]"));
        let answer = root.post("/sign-out", &[]).expect(303);
        assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    }

    fn the_right_password_opens_the_portal_by_e_mail_or_user_name(world) {
        a_seller(world, "rosa");
        for name in ["rosa@kestrel.example", "  Rosa@Kestrel.Example ", "rosa"] {
            let client = world.anonymous();
            assert_eq!(sign_in(&client, name, PASSWORD).location(), "/");
            client.get("/people").expect(200);
        }
    }

    fn an_unknown_name_a_wrong_password_and_a_disabled_account_get_the_same_answer(world) {
        a_seller(world, "rosa");
        an_account("gone@kestrel.example").with_password().disabled().build(world);
        let tries = [("rosa@kestrel.example", "not the right sentence"),
            ("nobo@kestrel.example", PASSWORD), ("gone@kestrel.example", PASSWORD)];
        let answers = tries.map(|(name, password)| {
            let page = sign_in(&world.anonymous(), name, password).expect(422);
            assert_eq!(page.errors(), ["The name or the password is not right"]);
            assert_eq!(page.field_value("name"), name);
            without_tokens(&page).replace(name, "NAME")
        });
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }

    fn signing_in_changes_the_session_and_signing_out_kills_the_old_cookie(world) {
        a_seller(world, "rosa");
        let client = world.anonymous();
        sign_in(&client, "rosa", PASSWORD);
        let first = client.cookie("session").expect("a session");
        client.get("/people").expect(200);
        sign_in(&client, "rosa", PASSWORD);
        assert_ne!(client.cookie("session"), Some(first.clone()));

        let last = client.cookie("session").expect("a session");
        assert_eq!(client.post("/sign-out", &[]).location(), "/sign-in");
        for old in [first, last] {
            let thief = world.anonymous();
            thief.set_cookie(&format!("session={old}"));
            assert_eq!(thief.get("/people").location(), "/sign-in?next=%2Fpeople");
        }
    }

    fn a_session_that_somebody_planted_is_not_the_one_that_signs_in(world) {
        a_seller(world, "rosa");
        let attacker = world.applicant("attacker@elsewhere.example");
        let planted = attacker.cookie("session").expect("a session");
        let victim = world.anonymous();
        victim.set_cookie(&format!("session={planted}"));
        sign_in(&victim, "rosa", PASSWORD);
        victim.get("/people").expect(200);
        assert_ne!(victim.cookie("session"), Some(planted));
        assert_ne!(attacker.get("/people").status, 200);
    }

    fn a_disabled_account_is_out_at_its_next_request(world) {
        let user = a_seller(world, "rosa");
        let client = world.session_of(user);
        client.get("/people").expect(200);
        world.write(|connection| {
            diesel::update(users::table.find(user)).set(users::state.eq("disabled")).execute(connection)
        });
        assert_eq!(client.get("/people").location(), "/sign-in?next=%2Fpeople");
    }

    fn a_session_ends_after_thirty_minutes_without_use(world) {
        let user = a_seller(world, "rosa");
        let (idle, busy) = (world.session_of(user), world.session_of(user));
        for _ in 0..3 {
            world.clock.advance(Duration::minutes(20));
            busy.get("/people").expect(200);
        }
        assert_eq!(idle.get("/people").location(), "/sign-in?next=%2Fpeople");
        world.clock.advance(Duration::minutes(30));
        assert_eq!(busy.get("/people").location(), "/sign-in?next=%2Fpeople");
    }

    fn after_signing_in_the_page_that_was_asked_for_is_shown(world) {
        a_seller(world, "rosa");
        let client = world.anonymous();
        let page = client.follow(&client.get("/people?page=2"));
        assert_eq!(page.field_value("next"), "/people?page=2");
        let fields = [("name", "rosa"), ("password", PASSWORD)];
        assert_eq!(client.press(&page, "Sign in", &fields).location(), "/people?page=2");
        let away = [("name", "rosa"), ("password", PASSWORD), ("next", "//evil.example/")];
        assert_eq!(client.post("/sign-in", &away).location(), "/");
    }

    fn the_session_table_opens_no_session(world) {
        world.root();
        let kept: Vec<String> = world.read(|connection| sessions::table.select(sessions::key_hash).load(connection));
        for key in kept {
            let thief = world.anonymous();
            thief.set_cookie(&format!("session={key}"));
            assert_eq!(thief.get("/people").status, 303);
        }
    }
}
