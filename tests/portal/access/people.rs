//! The people of a side: invited, given a role, deactivated.

use diesel::prelude::*;
use reseller_portal::access::people::{self, PeopleRefusal};
use reseller_portal::access::{AccountState, tokens};
use reseller_portal::db::Failure;
use reseller_portal::db::schema::{mails, users};
use reseller_portal::values::StaffRole::{Administrator, Finance, ReadOnly, Seller};
use reseller_portal::values::{Act, Actor, ActorKind, Scope, UserId};

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{PASSWORD, World};

fn link_in_the_newest_mail(world: &World) -> String {
    let body: String =
        world.read(|connection| mails::table.order(mails::id.desc()).select(mails::body).first(connection));
    let link = body.split_whitespace().find(|word| word.contains("/welcome/")).unwrap();
    format!("/welcome/{}", link.rsplit('/').next().unwrap())
}

fn act_of(world: &World, user: UserId) -> Act {
    let who = Actor { kind: ActorKind::Root, id: Some(user.as_uuid()), name: "Rosa".into(), address: None };
    Act { who, at: world.now() }
}

on_both! {
    fn an_invited_seller_sets_the_password_and_sells_but_sets_no_price(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let owner = world.reseller(kestrel);
        let page = owner.get("/people/new").expect(200);
        let fields = [("full_name", "Sam Seller"), ("email", "sam@kestrel.example"), ("role", "seller")];
        let page = owner.follow(&owner.press(&page, "Send the invitation", &fields));
        assert_eq!(page.flash(), "Sam Seller is invited; the mail has a link that works for 14 days");
        let sam = world.anonymous();
        let chosen = [("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(sam.post(&link_in_the_newest_mail(world), &chosen).location(), "/");
        sam.get("/customers").expect(200);
        sam.get("/people/new").expect(403);
        sam.get("/agreement/offers").expect(403);
        assert!(sam.get("/people").main().contains("Sam Seller"));
    }

    fn a_wrong_invitation_comes_back_with_what_was_typed(world) {
        let root = world.root();
        an_account("known@northgate.example").build(world);
        let fields = [("full_name", ""), ("email", "nonsense"), ("role", "seller")];
        let page = root.post("/people/new", &fields).expect(422);
        assert_eq!(page.field_value("email"), "nonsense");
        assert!(!page.error_of("email").is_empty() && !page.error_of("full_name").is_empty());
        let foreign = [("full_name", "Finn"), ("email", "finn@northgate.example"), ("role", "seller")];
        assert_eq!(root.post("/people/new", &foreign).expect(422).error_of("role"), "Choose a role");
        let known = [("full_name", "Kim"), ("email", "known@northgate.example"), ("role", "finance")];
        let page = root.post("/people/new", &known).expect(422);
        assert_eq!(page.error_of("email"), "Somebody has an account with this address already");
    }

    fn a_role_that_changes_ends_the_sessions_and_holds_at_once(world) {
        let root = world.root();
        let finn = an_account("finn@northgate.example").role(Finance).build(world);
        let before = world.session_of(finn);
        before.get("/statements/closing").expect(200);
        root.submit(&format!("/people/{finn}/role"), &[("role", "read_only")]).expect(200);
        assert_eq!(before.get("/statements").location(), "/sign-in?next=%2Fstatements");
        let after = world.session_of(finn);
        after.get("/statements").expect(200);
        after.get("/statements/closing").expect(403);
        assert!(root.get(&format!("/people/{finn}")).main().contains("is now read-only"));
    }

    fn a_deactivated_person_is_out_at_once_and_comes_back(world) {
        let root = world.root();
        let finn = an_account("finn@northgate.example").role(Finance).with_password().build(world);
        let (own, link) = (world.session_of(finn), world.write(|connection| tokens::set_password_path(connection, finn, world.now())));
        root.submit(&format!("/people/{finn}/deactivation"), &[]).expect(200);
        assert_eq!(own.get("/statements").location(), "/sign-in?next=%2Fstatements");
        let tries = world.anonymous().post("/sign-in", &[("name", "finn"), ("password", PASSWORD)]);
        assert_eq!(tries.status, 422);
        world.anonymous().post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).expect(410);
        root.post(&format!("/people/{finn}/links"), &[]).expect(409);
        root.submit(&format!("/people/{finn}/activation"), &[]).expect(200);
        assert_eq!(world.anonymous().post("/sign-in", &[("name", "finn"), ("password", PASSWORD)]).location(), "/");
    }

    fn nobody_changes_their_own_account_here(world) {
        let root = world.root();
        let own: UserId = world.read(|connection| users::table.select(users::id).first(connection));
        an_account("second@northgate.example").build(world);
        for (path, fields) in [("role", &[("role", "read_only")][..]), ("deactivation", &[]), ("second-factor/removal", &[])] {
            let page = root.post(&format!("/people/{own}/{path}"), fields).expect(409);
            assert!(page.main().contains("Nobody changes their own account here"), "{path}");
        }
    }

    fn two_administrators_who_remove_each_other_do_not_both_succeed(world) {
        for round in 0..10 {
            let [first, second] = ["ann", "bob"].map(|name| an_account(&format!("{name}{round}@northgate.example")).build(world));
            world.write(|connection| {
                let others = users::table.filter(users::id.ne_all([first, second]));
                diesel::update(others).set(users::state.eq("disabled")).execute(connection)
            });
            let remove = |who: UserId, whom: UserId| {
                world.try_write(|connection| {
                    people::set_state(connection, Scope::Root, whom, AccountState::Disabled, &act_of(world, who))
                })
            };
            let outcomes = std::thread::scope(|scope| {
                let (one, other) = (scope.spawn(|| remove(first, second)), scope.spawn(|| remove(second, first)));
                [one.join().unwrap(), other.join().unwrap()]
            });
            let left: i64 = world.read(|connection| {
                users::table.filter(users::id.eq_any([first, second])).filter(users::state.eq("active")).count().get_result(connection)
            });
            assert_eq!(left, 1, "{outcomes:?}");
        }
    }

    fn the_last_administrator_of_each_side_stays(world) {
        let (kestrel, halden) = (a_reseller("Kestrel").build(world).id, a_reseller("Halden").build(world).id);
        let boss = an_account("boss@kestrel.example").of(kestrel).build(world);
        an_account("chief@halden.example").of(halden).build(world);
        an_account("sam@kestrel.example").of(kestrel).role(Seller).build(world);
        let act = world.act();
        let refused = |result: Result<_, Failure<PeopleRefusal>>| match result {
            Err(Failure::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        let last = PeopleRefusal::LastAdministrator;
        let lower = world.try_write(|connection| people::set_role(connection, Scope::Root, boss, ReadOnly, &act));
        assert_eq!(refused(lower), last);
        let out = world.try_write(|connection| people::set_state(connection, Scope::Root, boss, AccountState::Disabled, &act));
        assert_eq!(refused(out), last);
        an_account("other@kestrel.example").of(kestrel).role(Administrator).build(world);
        world.try_write(|connection| people::set_role(connection, Scope::Root, boss, ReadOnly, &act)).unwrap();
    }

    fn the_table_of_roles_shows_the_own_side_and_root_both(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let own = world.reseller_as(kestrel, ReadOnly).get("/people/roles").expect(200);
        assert!(own.main().contains("A re-seller's people") && !own.main().contains("Root's people"));
        let all = world.root().get("/people/roles").expect(200).main();
        assert!(all.contains("A re-seller's people") && all.contains("Root's people"));
    }

    fn an_administrator_ends_sessions_and_removes_a_lost_factor(world) {
        let root = world.root();
        let finn = an_account("finn@northgate.example").role(Finance).with_factor("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").build(world);
        let own = world.session_of(finn);
        root.submit(&format!("/people/{finn}/sessions/ending"), &[]).expect(200);
        assert_eq!(own.get("/account").location(), "/sign-in?next=%2Faccount");
        let page = root.submit(&format!("/people/{finn}/second-factor/removal"), &[]).expect(200);
        assert!(page.main().contains("Second factor: not set up"));
    }
}
