//! Tries to sign in are limited, and strangers lock nobody out.

use chrono::Duration;
use diesel::prelude::*;
use reqwest::Method;
use reseller_portal::db::schema::users;
use reseller_portal::values::UserId;
use reseller_portal::web::Proxies;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, PASSWORD, Page, World};

fn a_seller(world: &World, name: &str) -> UserId {
    let reseller = a_reseller("Kestrel").build(world).id;
    an_account(&format!("{name}@kestrel.example")).of(reseller).with_password().build(world)
}

/// A world that believes its peer about where requests come from.
fn behind_a_proxy(world: &World) -> World {
    World::with(world.database(), |parts| {
        let mut config = (*parts.config).clone();
        config.trusted_proxies = Proxies::parse("127.0.0.1").unwrap();
        parts.config = config.into();
    })
}

fn try_from(client: &Client, address: &str, name: &str, password: &str) -> Page {
    let token = client.token();
    let fields = [("csrf", token.as_str()), ("name", name), ("password", password)];
    let request = client.request(Method::POST, "/sign-in").form(&fields).header("X-Forwarded-For", address);
    client.send("/sign-in", request)
}

on_both! {
    fn an_account_takes_five_tries_at_once_then_one_a_minute(world) {
        let world = &behind_a_proxy(world);
        a_seller(world, "rosa");
        let stranger = world.anonymous();
        let tries = |count: u8| (0..count).map(|at| try_from(&stranger, &format!("203.0.113.{at}"), "rosa", "wrong").status).collect::<Vec<_>>();
        assert_eq!(tries(6), [422, 422, 422, 422, 422, 429]);
        world.clock.advance(Duration::seconds(59));
        assert_eq!(tries(1), [429]);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(tries(2), [422, 429]);
        let refused = try_from(&stranger, "203.0.113.99", "rosa", PASSWORD).expect(429);
        assert_eq!(refused.header("retry-after"), "60");
        assert_eq!(refused.error_of("password"), "Too many tries. Wait 60 seconds, or ask for a link by mail");
        assert_eq!(refused.field_value("name"), "rosa");
    }

    fn an_account_that_does_not_exist_is_limited_alike(world) {
        let world = &behind_a_proxy(world);
        a_seller(world, "rosa");
        let statuses = |name: &str| (0..7).map(|at| try_from(&world.anonymous(), &format!("198.51.100.{at}"), name, "wrong").status).collect::<Vec<_>>();
        assert_eq!(statuses("rosa"), statuses("nobody"));
    }

    fn the_owners_browser_still_gets_in_while_strangers_try(world) {
        let world = &behind_a_proxy(world);
        a_seller(world, "rosa");
        let owner = world.anonymous();
        assert_eq!(try_from(&owner, "192.0.2.1", "rosa", PASSWORD).location(), "/");
        owner.post("/sign-out", &[]);
        for at in 0..20 {
            try_from(&world.anonymous(), &format!("203.0.113.{at}"), "rosa", "wrong");
        }
        assert_eq!(try_from(&world.anonymous(), "192.0.2.1", "rosa", PASSWORD).status, 429);
        assert_eq!(try_from(&owner, "192.0.2.1", "rosa", PASSWORD).location(), "/");
        let (forged, other) = (world.anonymous(), a_seller(world, "otto"));
        forged.set_cookie(&format!("known={other}.abc.abc"));
        assert_eq!(try_from(&forged, "192.0.2.1", "rosa", PASSWORD).status, 429);
    }

    fn a_browser_that_is_known_has_limits_of_its_own(world) {
        a_seller(world, "rosa");
        let owner = world.anonymous();
        owner.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]);
        let statuses: Vec<u16> =
            (0..6).map(|_| owner.post("/sign-in", &[("name", "rosa"), ("password", "wrong")]).status).collect();
        assert_eq!(statuses, [422, 422, 422, 422, 422, 429]);
    }

    fn an_address_takes_ten_tries_and_success_elsewhere_gives_none_back(world) {
        let world = &behind_a_proxy(world);
        a_seller(world, "rosa");
        let from = |address: &str, name: &str, password: &str| try_from(&world.anonymous(), address, name, password).status;
        for at in 0..9 {
            assert_eq!(from("203.0.113.7", &format!("name{at}"), "wrong"), 422);
        }
        assert_eq!(from("203.0.113.7", "rosa", PASSWORD), 303);
        assert_eq!(from("203.0.113.7", "name9", "wrong"), 422);
        assert_eq!(from("203.0.113.7", "name10", "wrong"), 429);
        assert_eq!(from("203.0.113.8", "name10", "wrong"), 422);
    }

    fn fifteen_distinct_pairs_in_three_hours_block_an_address_for_a_day(world) {
        let world = &behind_a_proxy(world);
        a_seller(world, "rosa");
        let from = |name: &str, password: &str| try_from(&world.anonymous(), "203.0.113.7", name, password).status;
        for at in 0..14 {
            assert_eq!(from("rosa", &format!("wrong {at}")), 422);
            assert_eq!(from("rosa", &format!("wrong {at}")), 422, "one pair twice counts once");
            world.clock.advance(Duration::minutes(5));
        }
        assert_eq!(from("rosa", "wrong 14"), 422);
        world.clock.advance(Duration::hours(23));
        assert_eq!(from("rosa", PASSWORD), 429);
        assert_eq!(try_from(&world.anonymous(), "203.0.113.8", "rosa", PASSWORD).status, 303);
        world.clock.advance(Duration::hours(1));
        assert_eq!(from("rosa", PASSWORD), 303);
    }

    fn what_a_client_claims_about_its_address_is_not_believed(world) {
        a_seller(world, "rosa");
        let statuses: Vec<u16> = (0..12)
            .map(|at| try_from(&world.anonymous(), &format!("203.0.113.{at}"), &format!("name{at}"), "wrong").status)
            .collect();
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 2, "{statuses:?}");
    }

    fn after_a_hundred_wrong_passwords_in_a_row_only_a_link_or_a_known_browser_opens(world) {
        let rosa = a_seller(world, "rosa");
        let owner = world.anonymous();
        owner.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]);
        world.write(|connection| diesel::update(users::table.find(rosa)).set(users::failures.eq(100)).execute(connection));
        let stranger = world.anonymous().post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]);
        assert_eq!(stranger.expect(422).errors(), ["The name or the password is not right"]);
        assert_eq!(owner.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]).location(), "/");
        let failures: i64 = world.read(|connection| users::table.find(rosa).select(users::failures).first(connection));
        assert_eq!(failures, 0);
    }

    fn a_weak_hash_is_made_anew_at_sign_in(world) {
        use argon2::password_hash::{PasswordHasher, SaltString};
        let rosa = a_seller(world, "rosa");
        let weak = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, argon2::Params::new(19_456, 2, 1, None).unwrap());
        let salt = SaltString::from_b64("c29tZXNhbHRzb21l").unwrap();
        let old = weak.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string();
        world.write(|connection| diesel::update(users::table.find(rosa)).set(users::password_hash.eq(&old)).execute(connection));
        assert_eq!(world.anonymous().post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]).location(), "/");
        let kept: Option<String> = world.read(|connection| users::table.find(rosa).select(users::password_hash).first(connection));
        assert!(kept.is_some_and(|kept| kept.starts_with("$argon2id$v=19$m=47104,t=1,p=1$")));
        assert_eq!(world.anonymous().post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]).location(), "/");
    }
}
