//! A forgotten password: a link by mail that works once and soon ends; root's people need another administrator.

use std::process::Command;

use chrono::Duration;
use diesel::prelude::*;
use reseller_portal::access::totp;
use reseller_portal::db::schema::mails;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{self as portal, PASSWORD, World};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const CHOSEN: [(&str, &str); 2] = [("password", "another long sentence"), ("again", "another long sentence")];

fn bodies(world: &World) -> Vec<String> {
    world.read(|connection| mails::table.order(mails::id).select(mails::body).load(connection))
}

fn asked(world: &World, email: &str) -> Vec<String> {
    world.anonymous().post("/recovery", &[("email", email)]).expect(200);
    let links = bodies(world).into_iter().flat_map(|body| {
        body.split_whitespace()
            .filter(|word| word.contains("/welcome/"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    links.map(|link| format!("/welcome/{}", link.rsplit('/').next().unwrap())).collect()
}

on_both! {
    fn a_mailed_link_sets_a_new_password_once(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).with_password().build(world);
        let before = world.session_of(kim);
        let link = asked(world, "kim@kestrel.example").remove(0);
        assert_eq!(world.anonymous().post(&link, &CHOSEN).location(), "/");
        assert_eq!(before.get("/people").location(), "/sign-in?next=%2Fpeople");
        world.anonymous().post(&link, &CHOSEN).expect(410);
        let old = world.anonymous().post("/sign-in", &[("name", "kim"), ("password", PASSWORD)]);
        assert_eq!(old.status, 422);
    }

    fn a_link_is_over_after_half_an_hour_or_when_another_was_used(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        an_account("kim@kestrel.example").of(kestrel).build(world);
        let late = asked(world, "kim@kestrel.example").remove(0);
        world.clock.advance(Duration::minutes(30));
        world.anonymous().post(&late, &CHOSEN).expect(410);
        asked(world, "kim@kestrel.example");
        let both = asked(world, "kim@kestrel.example");
        assert_eq!(world.anonymous().post(&both[2], &CHOSEN).location(), "/");
        world.anonymous().post(&both[1], &CHOSEN).expect(410);
    }

    fn with_a_second_factor_the_new_password_alone_opens_nothing(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        an_account("kim@kestrel.example").of(kestrel).with_factor(SECRET).build(world);
        let link = asked(world, "kim@kestrel.example").remove(0);
        let client = world.anonymous();
        assert_eq!(client.post(&link, &CHOSEN).location(), "/sign-in");
        assert_eq!(client.get("/people").location(), "/sign-in?next=%2Fpeople");
        client.post("/sign-in", &[("name", "kim"), ("password", "another long sentence")]);
        let code = totp::code(SECRET, world.now()).unwrap();
        assert_eq!(client.post("/sign-in/code", &[("code", &code)]).location(), "/");
    }

    fn roots_people_get_no_link_by_mail(world) {
        an_account("rosa@northgate.example").build(world);
        assert!(asked(world, "rosa@northgate.example").is_empty());
        assert!(bodies(world)[0].contains("another root administrator"));
    }

    fn the_command_line_helps_root_in_who_lost_password_and_device(world) {
        an_account("rosa@northgate.example").with_factor(SECRET).build(world);
        let recover = |extra: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_reseller-portal"));
            command.current_dir(world.folder()).env("DATABASE_URL", &world.config.database_url).env("SECRET_KEY", portal::SECRET);
            let output = command.args(["user", "recover", "--email"]).args(extra).output().unwrap();
            (output.status.success(), String::from_utf8(output.stdout).unwrap())
        };
        assert!(!recover(&["nobody@northgate.example"]).0);
        let (_, said) = recover(&["rosa@northgate.example", "--without-factor"]);
        let link = format!("/welcome/{}", said.trim().rsplit('/').next().unwrap());
        // The command's clock is the machine's, which may be ahead of the world's.
        let client = world.anonymous();
        assert_eq!(client.post(&link, &CHOSEN).location(), "/");
        assert_eq!(client.get("/audit").location(), "/account/second-factor");
    }

    fn the_answer_is_the_same_for_every_address_and_mails_are_few(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        an_account("kim@kestrel.example").of(kestrel).build(world);
        an_account("gone@kestrel.example").of(kestrel).disabled().build(world);
        let said = |email: &str| {
            let page = world.anonymous().post("/recovery", &[("email", email)]).expect(200);
            page.main().replace(email, "ADDRESS")
        };
        let known = said("kim@kestrel.example");
        assert_eq!((said("nobody@kestrel.example"), said("gone@kestrel.example")), (known.clone(), known.clone()));
        for _ in 0..5 {
            assert_eq!(said("kim@kestrel.example"), known);
        }
        assert_eq!(bodies(world).len(), 3);
        world.anonymous().post("/recovery", &[("email", "nonsense")]).expect(422);
    }
}
