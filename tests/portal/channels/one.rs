//! Two administrators at the same moment.

use std::sync::Barrier;

use diesel::prelude::*;
use reseller_portal::db::schema::mails;
use reseller_portal::values::ResellerId;

use super::setting::{channels, create, editor, field, prices};
use crate::on_both;
use crate::support::builders::{Bundle, a_bundle, a_channel, a_reseller, an_account};
use crate::support::{Client, World};

/// What came of a wish: status, location or message on the code, and what the next page says.
type Told = (u16, String, String);

/// Root with the token of a page, so that all that is left is to send the form.
fn signed_in(world: &World) -> Client {
    let root = world.root();
    root.get("/channels").expect(200);
    root
}

/// Both send the wizard's last step at once.
fn both_create(world: &World, bundle: &Bundle, wishes: [(ResellerId, &'static str); 2]) -> Vec<Told> {
    let start = Barrier::new(2);
    let wish = |root: Client, (reseller, code)| -> Told {
        start.wait();
        let answer = create(&root, reseller, code, bundle);
        match answer.status {
            303 => (303, answer.location().to_owned(), root.follow(&answer).flash()),
            status => (status, answer.error_of("code"), String::new()),
        }
    };
    std::thread::scope(|scope| {
        let wish = &wish;
        let runs = wishes.map(|one| {
            let root = signed_in(world);
            scope.spawn(move || wish(root, one))
        });
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

on_both! {
    fn two_at_once_make_one_channel_and_the_other_is_led_to_it(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        for round in 1..=3 {
            let reseller = a_reseller(&format!("Re-seller {round}")).build(world).id;
            an_account(&format!("owner{round}@kestrel.example")).of(reseller).build(world);
            let mut answers = both_create(world, &bundle, [(reseller, "CODE-A"), (reseller, "CODE-B")]);
            answers.sort_by(|one, other| one.2.cmp(&other.2));
            let made: Vec<_> = channels(world).into_iter().filter(|one| one.reseller == reseller).collect();
            assert_eq!(made.len(), 1, "{answers:?}");
            let location = format!("/channels/{}", made[0].id);
            let expected = ["The channel is open and the re-seller has its mail", "This re-seller has its channel already; nothing was made"];
            assert_eq!(answers, expected.map(|said| (303, location.clone(), said.to_owned())));
            let mailed: i64 = world.read(|connection| {
                mails::table.filter(mails::recipient.eq(format!("owner{round}@kestrel.example"))).count().get_result(connection)
            });
            assert_eq!(mailed, 1);
            // The codes are free for the next round.
            world.write(|connection| {
                use reseller_portal::db::schema::channels;
                diesel::update(channels::table.find(made[0].id)).set(channels::code.eq(format!("DONE-{round}"))).execute(connection)
            });
        }
    }

    fn one_code_goes_to_one_of_two_channels_made_at_once(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let [one, other] = ["Kestrel", "Halden"].map(|name| a_reseller(name).build(world).id);
        let mut answers = both_create(world, &bundle, [(one, "SAME"), (other, "SAME")]);
        answers.sort();
        assert_eq!((answers[0].0, answers[1].0), (303, 422), "{answers:?}");
        assert_eq!(answers[1].1, "Another channel has this code");
        assert_eq!(channels(world).len(), 1);
    }

    fn the_database_itself_refuses_a_second_channel(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        a_channel(kestrel).build(world);
        let second = world.try_write::<_, reseller_portal::db::Never>(|connection| {
            use reseller_portal::db::schema::channels;
            let row = (
                channels::id.eq(reseller_portal::values::ChannelId::generate()),
                channels::reseller_id.eq(kestrel),
                channels::code.eq("SECOND"),
                channels::name.eq("Second"),
                channels::name_key.eq("second"),
                channels::price_editable.eq(true),
                channels::shows_reference.eq(true),
                channels::may_import.eq(true),
                channels::revision.eq(1),
                channels::created_at.eq(world.now()),
            );
            Ok(diesel::insert_into(channels::table).values(row).execute(connection)?)
        });
        assert!(second.unwrap_err().is_unique_violation());
    }

    fn two_prices_for_one_day_at_once_leave_one_version_and_no_failure(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells(&bundle).build(world);
        let start = Barrier::new(2);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let runs = ["110", "120"].map(|price| {
                let (start, bundle, root) = (&start, &bundle, signed_in(world));
                scope.spawn(move || {
                    let name = field(bundle, 0);
                    start.wait();
                    let typed = [("effective_from", "2026-12-01"), ("concerns", "existing"), ("confirmed", "1"), (name.as_str(), price)];
                    root.post(&editor(channel, bundle), &typed).status
                })
            });
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        // Both were told that it is saved: the later one replaced what was planned.
        assert_eq!(statuses, [303, 303]);
        let saved = prices(world, channel, &bundle);
        assert!(saved == ["2026-12-01 110"] || saved == ["2026-12-01 120"], "{saved:?}");
    }
}
