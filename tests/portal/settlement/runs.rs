//! A step for all statements of a month at once.

use chrono::Duration;
use diesel::prelude::*;
use reseller_portal::db::schema::{audit_events, mails, users};
use reseller_portal::jobs::{self, JobKind, NewJob};
use reseller_portal::settlement::StatementState::{Agreed, Closing, Open, Posted, Sent};
use reseller_portal::settlement::runs::{RunStep, store};
use reseller_portal::settlement::store as settled;
use reseller_portal::values::StaffRole::Finance;
use reseller_portal::values::{Act, Actor, ActorKind, ChannelId, Scope, SettlementRunId, StatementId};

use super::setting::{Setting, find, kestrel, said, state, statement_of, waive_all};
use crate::on_both;
use crate::support::builders::{a_channel, a_customer, a_record, a_reseller, a_subscription, an_account};
use crate::support::{Client, Page, World};

/// Brightline sells the same bundle beside Kestrel; of the most days of October it has no usage.
fn brightline(world: &World, kestrel: &Setting) -> ChannelId {
    let reseller = a_reseller("Brightline").terms(|terms| terms.share("10")).build(world).id;
    let channel = a_channel(reseller).code("BRIGHT").currencies(&["USD"]).sells(&kestrel.bundle).build(world);
    let customer = a_customer(channel, "Xylos").build(world);
    let subscription = a_subscription(customer, &kestrel.bundle).from("2026-09-01").build(world);
    a_record(customer, &subscription, kestrel.vm, "2026-10-05").build(world);
    channel
}

/// A channel's closed statement of October.
fn closed(world: &World, channel: ChannelId) -> StatementId {
    let month = "2026-10".parse().unwrap();
    said(world.try_write(|connection| settled::close(connection, channel, month, &world.act()))).unwrap()[0]
}

fn desk(root: &Client) -> Page {
    root.get("/statements/settling?month=2026-10").expect(200)
}

/// Presses a button of the month's page, and waits for what comes of it.
fn run(world: &World, root: &Client, button: &str) -> Page {
    let started = root.press(&desk(root), button, &[]).expect(303);
    world.settle();
    root.get(started.location()).expect(200)
}

fn agree(world: &World, kestrel: &Setting, id: StatementId) {
    let own = world.reseller(kestrel.reseller);
    own.press(&own.get(&format!("/statements/{id}")).expect(200), "Agree to the statement", &[]).expect(303);
}

fn start(world: &World, step: RunStep, month: &str) -> Result<SettlementRunId, String> {
    let (month, act) = (month.parse().unwrap(), world.act());
    said(world.try_write(|connection| store::start(connection, step, month, &act)))
        .map_err(|refusal| refusal.to_string())
}

on_both! {
    fn a_month_of_all_channels_is_closed_sent_and_posted(world) {
        let kestrel = kestrel(world);
        let other = brightline(world, &kestrel);
        an_account("kim@kestrel.example").of(kestrel.reseller).build(world);
        let root = world.root();
        let closed = run(world, &root, "Close every channel");
        assert!(closed.main().contains("2 statements closed"), "{}", closed.main());
        let [own, others] = [kestrel.channel, other].map(|channel| statement_of(world, channel, "2026-10"));
        assert_eq!([state(world, own), state(world, others)], [Closing, Closing]);

        waive_all(world, own);
        let sent = run(world, &root, "Send 2 statements");
        assert_eq!([state(world, own), state(world, others)], [Sent, Closing]);
        assert!(sent.main().contains("1 statement sent"), "{}", sent.main());
        let why = "The checklist has an item that is neither mended nor waived";
        assert_eq!(sent.row("BRIGHT 2026-10 USD"), ["BRIGHT 2026-10 USD", why]);
        assert_eq!(sent.link("BRIGHT 2026-10 USD"), format!("/statements/{others}"));
        let subjects: Vec<String> = world.read(|connection| mails::table.select(mails::subject).load(connection));
        assert!(subjects.contains(&"Your statement is ready: KESTREL 2026-10 USD".to_owned()), "{subjects:?}");

        agree(world, &kestrel, own);
        assert_eq!(state(world, own), Agreed);
        let posted = run(world, &root, "Post 1 statement");
        assert!(posted.main().contains("1 statement posted"), "{}", posted.main());
        assert_eq!([state(world, own), state(world, others)], [Posted, Closing]);
        assert_eq!(desk(&root).texts("[aria-labelledby=runs] tbody th"), ["Post", "Send", "Close"]);
        // Each act stands in the log under the name of who asked for it.
        let who: Vec<String> = world.read(|connection| {
            let steps = ["statement.closed", "statement.sent", "statement.posted"];
            let of = audit_events::table.filter(audit_events::action.eq_any(steps));
            of.select(audit_events::actor_name).distinct().load(connection)
        });
        assert_eq!(who, ["Rosa Root"]);
    }

    fn a_step_is_offered_and_taken_only_when_something_waits_for_it(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        assert!(desk(&root).has_button("Close every channel"));
        assert!(!desk(&root).main().contains("Send "), "{}", desk(&root).main());
        let of = |step: &str, month: &str| {
            root.post(&format!("/statements/settling/{step}"), &[("month", month)])
        };
        assert!(of("sending", "2026-10").expect(409).main().contains("No statement of this month waits for that"));
        assert!(of("posting", "2026-10").expect(409).main().contains("No statement of this month waits for that"));
        assert!(of("closing", "2026-11").expect(409).main().contains("The month is not over yet"));
        of("closing", "October").expect(404);
        root.get("/statements/settling?month=October").expect(404);
        kestrel.rate(world, "2026-11");
        let running = root.get("/statements/settling?month=2026-11").expect(200);
        assert!(!running.has_button("Close every channel"));
        assert!(running.main().contains("until the month is over"));
        let refused = root.post("/statements/closing", &[("month", "2026-11")]).expect(422);
        assert_eq!(refused.error_of("month"), "The month is not over yet");
        assert_eq!(state(world, statement_of(world, kestrel.channel, "2026-11")), Open);
    }

    fn what_is_under_way_is_not_begun_a_second_time(world) {
        let (october, september, act) = ("2026-10".parse().unwrap(), "2026-09".parse().unwrap(), world.act());
        let started = world.try_write(|connection| {
            let mut start = |step, month| store::start(connection, step, month, &act);
            Ok([start(RunStep::Close, october)?, start(RunStep::Close, october)?, start(RunStep::Close, september)?])
        });
        let [first, second, other] = said(started).unwrap();
        assert_eq!(first, second);
        assert_ne!(first, other);
        world.settle();
        assert_ne!(start(world, RunStep::Close, "2026-10").unwrap(), first);
    }

    fn a_run_that_is_taken_up_again_goes_on_with_what_is_left(world) {
        let kestrel = kestrel(world);
        let other = brightline(world, &kestrel);
        let root = world.root();
        run(world, &root, "Close every channel");
        let [own, others] = [kestrel.channel, other].map(|channel| statement_of(world, channel, "2026-10"));
        waive_all(world, own);
        let id = start(world, RunStep::Send, "2026-10").unwrap();
        world.settle();
        waive_all(world, others);
        world.write(|connection| {
            let again = NewJob { kind: JobKind::SettleMonth, subject: id.into(), month: None };
            jobs::store::enqueue(connection, &again, world.now())
        });
        world.settle();
        assert_eq!([state(world, own), state(world, others)], [Sent, Sent]);
        let page = root.get(&format!("/statements/runs/{id}")).expect(200);
        assert!(page.main().contains("2 statements sent"), "{}", page.main());
        assert!(!page.main().contains("Passed over"));
    }

    fn what_comes_to_wait_after_a_run_was_asked_for_is_not_posted_by_it(world) {
        let kestrel = kestrel(world);
        let other = brightline(world, &kestrel);
        let [own, others] = [kestrel.agreed(world, "2026-10"), {
            let id = closed(world, other);
            waive_all(world, id);
            id
        }];
        let asked = world.now();
        world.clock.advance(Duration::seconds(60));
        said(world.try_write(|connection| settled::send(connection, others, &world.act()))).unwrap();
        let reseller = find(world, others).reseller;
        said(world.try_write(|connection| settled::agree(connection, Scope::Reseller(reseller), others, &world.act()))).unwrap();
        let act = Act { at: asked, ..world.act() };
        let month = "2026-10".parse().unwrap();
        said(world.try_write(|connection| store::start(connection, RunStep::Post, month, &act))).unwrap();
        world.settle();
        assert_eq!([state(world, own), state(world, others)], [Posted, Agreed]);
    }

    fn who_may_settle_no_longer_posts_nothing(world) {
        let kestrel = kestrel(world);
        let own = kestrel.agreed(world, "2026-10");
        let finn = an_account("finn@northgate.example").role(Finance).build(world);
        world.write(|connection| {
            diesel::update(users::table.find(finn)).set(users::state.eq("disabled")).execute(connection)
        });
        let who = Actor { kind: ActorKind::Root, id: Some(finn.as_uuid()), ..Actor::system("Finn") };
        let (act, month) = (Act { who, at: world.now() }, "2026-10".parse().unwrap());
        let id = said(world.try_write(|connection| store::start(connection, RunStep::Post, month, &act))).unwrap();
        world.settle();
        assert_eq!(state(world, own), Agreed);
        let page = world.root().get(&format!("/statements/runs/{id}")).expect(200);
        assert!(page.main().contains("Broken off"), "{}", page.main());
    }
}
