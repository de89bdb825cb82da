//! One-use links.

use chrono::Duration;
use diesel::prelude::*;
use reseller_portal::access::{Purpose, tokens};
use reseller_portal::db::schema::{mails, users};

use crate::on_both;
use crate::support::builders::{a_reseller, an_account, an_applicant};
use crate::support::{PASSWORD, World};

const FIRST_ROOT: [(&str, &str); 4] = [
    ("full_name", "Rosa Root"),
    ("email", "rosa@northgate.example"),
    ("password", PASSWORD),
    ("again", PASSWORD),
];

fn first_root_link(world: &World) -> String {
    let issue = |connection: &mut _| tokens::issue(connection, Purpose::FirstRoot, None, world.now());
    format!("/welcome/{}", world.write(issue))
}

on_both! {
    fn a_new_portal_has_no_account_that_anybody_could_guess(world) {
        let people: i64 = world.read(|connection| users::table.count().get_result(connection));
        assert_eq!(people, 0);
        for (name, password) in [("root", "root"), ("admin", "admin"), ("root", ""), ("demo", "demo")] {
            world.anonymous().post("/sign-in", &[("name", name), ("password", password)]).expect(422);
        }
    }

    fn the_first_root_link_works_once(world) {
        let link = first_root_link(world);
        let client = world.anonymous();
        assert_eq!(client.get(&link).expect(200).h1(), "Create the first root administrator");
        assert_eq!(client.post(&link, &FIRST_ROOT).location(), "/");
        assert_eq!(client.get("/audit").location(), "/account/second-factor");

        let second = world.anonymous();
        assert_eq!(second.get(&link).h1(), "This link is over");
        second.post(&link, &FIRST_ROOT).expect(410);
    }

    fn nobody_has_mails_sent_without_end(world) {
        let sent = || -> i64 { world.read(|connection| mails::table.count().get_result(connection)) };
        let ask = |email: &str| world.anonymous().post("/sign-up", &[("email", email)]).expect(200);
        for _ in 0..5 {
            ask("mara@halden.example");
        }
        assert_eq!(sent(), 3, "to one recipient");
        for number in 0..30 {
            assert!(ask(&format!("p{number}@halden.example")).main().contains("A link is on its way"));
        }
        assert_eq!(sent(), 3 + 15, "from one address, which has asked for five already");
        world.clock.advance(Duration::minutes(10));
        ask("mara@halden.example");
        assert_eq!(sent(), 19);
    }

    fn a_second_first_root_link_is_over_once_root_exists(world) {
        let (used, spare) = (first_root_link(world), first_root_link(world));
        assert_eq!(world.anonymous().post(&used, &FIRST_ROOT).status, 303);
        world.anonymous().post(&spare, &FIRST_ROOT).expect(410);
    }

    fn a_link_to_set_a_password_works_once_and_ends_the_sessions_before(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let user = an_account("kim@kestrel.example").of(kestrel).build(world);
        let before = world.session_of(user);
        let link = world.write(|connection| tokens::set_password_path(connection, user, world.now()));
        let client = world.anonymous();
        let page = client.post(&link, &[("password", "short"), ("again", "short")]).expect(422);
        assert_eq!(page.error_of("password"), "Enter 15 characters or more; a sentence is easy to remember");
        let chosen = [("password", "another long sentence"), ("again", "another long sentence")];
        assert_eq!(client.post(&link, &chosen).location(), "/");
        assert_eq!(before.get("/people").status, 303);
        world.anonymous().post(&link, &chosen).expect(410);
        let answer = world.anonymous().post("/sign-in", &[("name", "kim"), ("password", "another long sentence")]);
        assert_eq!(answer.location(), "/");
    }

    fn a_link_is_over_after_its_time(world) {
        let user = an_account("kim@kestrel.example").build(world);
        let link = world.write(|connection| tokens::set_password_path(connection, user, world.now()));
        world.clock.advance(Duration::days(15));
        world.anonymous().post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).expect(410);
    }

    fn opening_an_applicants_link_does_not_use_it_up(world) {
        let applicant = an_applicant(world, "owner@kestrel.example");
        let link = world.write(|connection| tokens::applicant_path(connection, applicant, world.now()));
        world.anonymous().get(&link).expect(200);
        let client = world.anonymous();
        assert_eq!(client.post(&link, &[]).location(), "/application");
        client.get("/application").expect(200);
        world.anonymous().post(&link, &[]).expect(410);
    }

    fn a_link_of_one_purpose_does_not_serve_another(world) {
        let applicant = an_applicant(world, "owner@kestrel.example");
        let link = world.write(|connection| tokens::applicant_path(connection, applicant, world.now()));
        let wrong = link.replace("/enter/", "/welcome/");
        assert_eq!(world.anonymous().get(&wrong).h1(), "This link is over");
        world.anonymous().post(&wrong, &FIRST_ROOT).expect(410);
    }

    fn signing_up_tells_nobody_which_addresses_are_known(world) {
        an_account("kim@kestrel.example").build(world);
        let said = |email: &str| world.anonymous().post("/sign-up", &[("email", email)]).expect(200).main();
        let known = said("kim@kestrel.example").replace("kim@kestrel.example", "ADDRESS");
        assert_eq!(known, said("new@kestrel.example").replace("new@kestrel.example", "ADDRESS"));
    }
}
