//! The second factor: required of root, once for each code, with recovery codes for the day the device is lost.

use chrono::Duration;
use diesel::prelude::*;
use reseller_portal::access::totp;
use reseller_portal::db::schema::{recovery_codes, second_factors};
use reseller_portal::values::UserId;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, PASSWORD, Page, World};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const WRONG: &str = "This code is not right, or was used; take the one that is shown now";
const RESTS: &str = "Too many wrong codes; codes are taken again in a quarter of an hour";

fn rosa(world: &World) -> UserId {
    an_account("rosa@northgate.example").named("Rosa Root").with_password().with_factor(SECRET).build(world)
}

fn code(world: &World) -> String {
    totp::code(SECRET, world.now()).unwrap()
}

/// Gives the right password; the code is awaited.
fn half_way(world: &World) -> Client {
    let client = world.anonymous();
    let answer = client.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD), ("next", "/audit")]);
    assert_eq!(answer.location(), "/sign-in/code");
    client
}

fn give(client: &Client, code: &str) -> Page {
    client.post("/sign-in/code", &[("code", code)])
}

on_both! {
    fn the_password_alone_opens_nothing(world) {
        rosa(world);
        let client = half_way(world);
        assert_eq!(client.get("/audit").location(), "/sign-in?next=%2Faudit");
        assert_eq!(give(&client, "000000").expect(422).error_of("code"), WRONG);
        assert_eq!(give(&client, &code(world)).location(), "/audit");
        client.get("/audit").expect(200);
    }

    fn a_portal_can_require_it_of_everybody(world) {
        let strict = World::with(world.database(), |parts| {
            let mut config = (*parts.config).clone();
            config.everyone_needs_factor = true;
            parts.config = config.into();
        });
        let kestrel = a_reseller("Kestrel").build(&strict).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).build(&strict);
        let without = strict.session_since(kim, false, strict.now());
        assert_eq!(without.get("/statements").location(), "/account/second-factor");
        assert!(without.get("/account/second-factor").expect(200).main().contains("need one before anything else"));
        let with = strict.session_of(kim);
        with.get("/statements").expect(200);
        with.post("/account/second-factor/removal", &[]).expect(409);
    }

    fn without_the_password_no_code_is_asked_for(world) {
        rosa(world);
        let client = world.anonymous();
        assert_eq!(client.get("/sign-in/code").location(), "/sign-in");
        assert_eq!(give(&client, &code(world)).location(), "/sign-in");
        let late = half_way(world);
        world.clock.advance(Duration::minutes(10));
        assert_eq!(give(&late, &code(world)).location(), "/sign-in");
    }

    fn a_code_serves_once_and_the_next_one_again(world) {
        rosa(world);
        let (first, second) = (half_way(world), half_way(world));
        let told = code(world);
        assert_eq!(give(&first, &told).status, 303);
        assert_eq!(give(&second, &told).expect(422).error_of("code"), WRONG);
        world.clock.advance(Duration::seconds(30));
        assert_eq!(give(&second, &told).status, 422);
        assert_eq!(give(&second, &code(world)).status, 303);
    }

    fn twenty_who_send_one_code_at_once_are_one(world) {
        rosa(world);
        let clients: Vec<Client> = (0..20).map(|_| half_way(world)).collect();
        let told = code(world);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let senders: Vec<_> = clients.iter().map(|client| scope.spawn(|| give(client, &told).status)).collect();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 303 | 422 | 503)), "{statuses:?}");
    }

    fn after_five_wrong_codes_the_factor_rests(world) {
        rosa(world);
        let client = half_way(world);
        for _ in 0..4 {
            assert_eq!(give(&client, "000000").error_of("code"), WRONG);
        }
        assert_eq!(give(&client, "000000").error_of("code"), RESTS);
        assert_eq!(give(&client, &code(world)).error_of("code"), RESTS);
        world.clock.advance(Duration::minutes(14));
        assert_eq!(give(&half_way(world), &code(world)).status, 422);
        world.clock.advance(Duration::minutes(1));
        assert_eq!(give(&half_way(world), &code(world)).status, 303);
    }

    fn roots_people_set_it_up_before_anything_else(world) {
        an_account("rosa@northgate.example").with_password().build(world);
        let client = world.anonymous();
        assert_eq!(client.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]).location(), "/");
        for path in ["/", "/audit", "/account", "/requests"] {
            assert_eq!(client.get(path).location(), "/account/second-factor");
        }
        assert_eq!(client.post("/people/new", &[]).location(), "/account/second-factor");

        let page = client.get("/account/second-factor").expect(200);
        let secret = page.text(".secret").replace(' ', "");
        assert!(page.attributes("a[href^='otpauth:']", "href")[0].contains(&secret));
        assert!(page.has("svg.qr path.ink"));
        let page = client.press(&page, "Set up", &[("code", "123456")]).expect(422);
        assert_eq!(page.text(".secret").replace(' ', ""), secret, "the picture that was scanned stays");
        let told = totp::code(&secret, world.now()).unwrap();
        let page = client.press(&page, "Set up", &[("code", &told)]).expect(200);
        assert_eq!(page.texts(".codes code").len(), 10);
        client.get("/audit").expect(200);

        world.clock.advance(Duration::seconds(30));
        let again = half_way(world);
        assert_eq!(give(&again, &totp::code(&secret, world.now()).unwrap()).location(), "/audit");
    }

    fn a_recovery_code_opens_once_and_new_ones_end_the_old(world) {
        let kim = an_account("rosa@kestrel.example").of(a_reseller("Kestrel").build(world).id).with_password().build(world);
        let client = world.session_of(kim);
        let page = client.get("/account/second-factor");
        let secret = page.text(".secret").replace(' ', "");
        let told = totp::code(&secret, world.now()).unwrap();
        let codes = client.press(&page, "Set up", &[("code", &told)]).expect(200).texts(".codes code");

        let lost = half_way(world);
        assert_eq!(give(&lost, &codes[0].to_lowercase().replace('-', " ")).status, 303);
        assert_eq!(give(&half_way(world), &codes[0]).expect(422).error_of("code"), WRONG);
        assert!(lost.get("/account").main().contains("9 recovery codes are left"));
        lost.post("/account/recovery-codes", &[]).expect(200);
        assert_eq!(give(&half_way(world), &codes[1]).expect(422).error_of("code"), WRONG);
    }

    fn setting_a_factor_up_ends_the_other_sessions_and_changes_this_ones_key(world) {
        let kim = an_account("rosa@kestrel.example").of(a_reseller("Kestrel").build(world).id).build(world);
        let (client, other) = (world.session_of(kim), world.session_of(kim));
        let before = client.cookie("session");
        let page = client.get("/account/second-factor");
        let told = totp::code(&page.text(".secret").replace(' ', ""), world.now()).unwrap();
        client.press(&page, "Set up", &[("code", &told)]).expect(200);
        assert_ne!(client.cookie("session"), before);
        client.get("/people").expect(200);
        assert_eq!(other.get("/people").location(), "/sign-in?next=%2Fpeople");
    }

    fn a_reseller_removes_it_and_root_does_not(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).with_factor(SECRET).build(world);
        let own = world.session_of(kim);
        assert_eq!(own.submit("/account/second-factor/removal", &[]).expect(200).flash(), "The second factor is removed; your other sessions are ended");
        world.session_of(rosa(world)).post("/account/second-factor/removal", &[]).expect(409);
        let left: i64 = world.read(|connection| second_factors::table.count().get_result(connection));
        assert_eq!(left, 1);
    }

    fn the_database_alone_gives_no_code(world) {
        rosa(world);
        let secret: String = world.read(|connection| second_factors::table.select(second_factors::secret).first(connection));
        let hashes: Vec<String> = world.read(|connection| recovery_codes::table.select(recovery_codes::code_hash).load(connection));
        assert!(!secret.contains(SECRET) && totp::code(&secret, world.now()).is_err());
        assert!(hashes.len() == 10 && hashes.iter().all(|hash| hash.len() == 64));
    }
}
