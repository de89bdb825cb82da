//! One's own account: the password and the sessions that are open.

use chrono::Duration;
use reseller_portal::access::tokens;
use reseller_portal::values::UserId;

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{PASSWORD, World};

const NEW: &str = "quite another sentence";
const SPACED: &str = "  Blanks  around It, and within ";

fn kim(world: &World) -> UserId {
    let kestrel = a_reseller("Kestrel").build(world).id;
    an_account("kim@kestrel.example").of(kestrel).named("Kim Kestrel").with_password().build(world)
}

on_both! {
    fn the_sessions_are_listed_and_each_is_ended(world) {
        let user = kim(world);
        let (here, there) = (world.session_of(user), world.session_of(user));
        let page = here.get("/account").expect(200);
        assert_eq!(page.texts("tbody tr").len(), 2);
        assert_eq!(page.texts("tbody tr").iter().filter(|row| row.contains("This one")).count(), 1);
        assert_eq!(here.follow(&here.press(&page, "End", &[])).flash(), "The session is ended");
        assert_eq!(there.get("/account").location(), "/sign-in?next=%2Faccount");
        here.get("/account").expect(200);
    }

    fn all_others_end_at_once_and_nobody_elses(world) {
        let user = kim(world);
        let (here, there, yonder, root) = (world.session_of(user), world.session_of(user), world.session_of(user), world.root());
        assert_eq!(here.submit("/account/sessions/ending", &[]).expect(200).flash(), "2 sessions are ended");
        assert_eq!(here.get("/account").expect(200).texts("tbody tr").len(), 1);
        assert!(there.get("/account").status == 303 && yonder.get("/account").status == 303);
        root.get("/account").expect(200);
    }

    fn a_new_password_needs_the_present_one_and_ends_the_other_sessions(world) {
        let user = kim(world);
        let (here, there) = (world.session_of(user), world.session_of(user));
        let before = here.cookie("session");
        let change = |present: &str, new: &str, again: &str| {
            here.post("/account/password", &[("present", present), ("password", new), ("again", again)])
        };
        assert_eq!(change("wrong", NEW, NEW).expect(422).error_of("present"), "The password is not right");
        assert!(!change(PASSWORD, "kim-kestrel-2026", "kim-kestrel-2026").expect(422).error_of("password").is_empty());
        assert!(!change(PASSWORD, NEW, "another").expect(422).error_of("password").is_empty());
        there.get("/account").expect(200);
        assert_eq!(change(PASSWORD, NEW, NEW).location(), "/account");
        assert_ne!(here.cookie("session"), before);
        here.get("/account").expect(200);
        assert_eq!(there.get("/account").status, 303);
        assert_eq!(world.anonymous().post("/sign-in", &[("name", "kim"), ("password", NEW)]).location(), "/");
    }

    fn a_password_counts_as_it_was_typed_and_for_as_long_as_its_owner_keeps_it(world) {
        let here = world.session_of(kim(world));
        let fields = [("present", PASSWORD), ("password", SPACED), ("again", SPACED)];
        assert_eq!(here.post("/account/password", &fields).location(), "/account");
        let tries = |password: &str| world.anonymous().post("/sign-in", &[("name", "kim"), ("password", password)]).status;
        assert_eq!([tries(SPACED.trim()), tries(&SPACED.to_lowercase()), tries(SPACED)], [422, 422, 303]);
        world.clock.advance(Duration::days(3_000));
        let late = world.anonymous();
        assert_eq!(late.post("/sign-in", &[("name", "kim"), ("password", SPACED)]).location(), "/");
        late.get("/people").expect(200);
    }

    fn passwords_are_covered_while_they_are_typed_and_may_be_pasted_or_filled_in(world) {
        let user = kim(world);
        let link = world.write(|connection| tokens::set_password_path(connection, user, world.now()));
        let old = world.session_since(user, false, world.now().plus(-Duration::minutes(11)));
        let asked = [world.anonymous().get("/sign-in"), world.anonymous().get(&link), old.get("/account/password"),
            old.post("/people/new", &[])];
        for (page, count) in asked.iter().zip([1, 2, 3, 1]) {
            let covered = "input[type='password'][autocomplete$='-password']:not([readonly]):not([maxlength])";
            assert_eq!(page.attributes(covered, "name").len(), count, "{}", page.asked);
            assert!(["password", "again", "present", "proof"].iter().all(|name| {
                !page.has(&format!("input[name='{name}']:not([type='password'])"))
            }), "{}", page.asked);
            assert!(!page.html().contains("onpaste"), "{}", page.asked);
        }
        assert!(!include_str!("../../../static/portal.js").contains("paste"));
    }

    fn a_session_ends_twelve_hours_after_it_began_and_roots_after_eight(world) {
        let (seller, root) = (world.session_of(kim(world)), world.root());
        let mut left = Vec::new();
        for minute in (0..720).step_by(10) {
            left.push((minute, seller.get("/account").status, root.get("/account").status));
            world.clock.advance(Duration::minutes(10));
        }
        let last = |find: fn(&(i32, u16, u16)) -> u16| left.iter().filter(|row| find(row) == 200).map(|row| row.0).max();
        assert_eq!((last(|row| row.1), last(|row| row.2)), (Some(710), Some(470)));
        assert_eq!(seller.get("/account").status, 303);
    }

    fn roots_session_ends_after_a_quarter_of_an_hour_without_use_and_a_sellers_after_half(world) {
        let (seller, root) = (world.session_of(kim(world)), world.root());
        world.clock.advance(Duration::seconds(15 * 60 - 1));
        root.get("/account").expect(200);
        world.clock.advance(Duration::seconds(15 * 60));
        assert_eq!((root.get("/account").status, seller.get("/account").status), (303, 200));
        world.clock.advance(Duration::seconds(30 * 60 - 1));
        seller.get("/account").expect(200);
        world.clock.advance(Duration::seconds(30 * 60));
        assert_eq!(seller.get("/account").status, 303);
    }
}
