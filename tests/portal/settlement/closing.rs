//! Closing freezes a month; reopening takes that back; silence is agreement.

use reseller_portal::db::{Failure, Never};
use reseller_portal::settlement::DisputeState;
use reseller_portal::settlement::StatementState::{Agreed, Closing, Disputed, Open, Posted, Sent};
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store::{self, disputes};
use reseller_portal::values::{DisputeId, Scope, StatementId};

use super::setting::{Setting, find, kestrel, lines, post, said, state, statement_of, told, waive_all};
use crate::on_both;
use crate::support::World;
use crate::support::builders::some_terms;

fn dispute(world: &World, kestrel: &Setting, id: StatementId) -> DisputeId {
    let raised = disputes::Raised {
        line: lines(world, id)[0].id,
        line_text: "The first line".into(),
        reason: "Too much".into(),
        claimed: None,
    };
    let scope = Scope::Reseller(kestrel.reseller);
    said(world.try_write(|connection| disputes::raise(connection, scope, id, &raised, &world.act()))).unwrap()
}

fn answer(world: &World, id: StatementId, dispute: DisputeId, credit: Option<&str>) {
    let answer =
        disputes::Answer { text: "Looked at it".into(), credit: credit.map(|one| one.parse().unwrap()) };
    said(world.try_write(|connection| disputes::answer(connection, id, dispute, &answer, &world.act())))
        .unwrap();
}

on_both! {
    fn a_month_that_is_not_over_stays_open(world) {
        let kestrel = kestrel(world);
        kestrel.rate(world, "2026-11");
        assert_eq!(kestrel.close(world, "2026-11"), Err(Refusal::NotOver));
        assert_eq!(state(world, statement_of(world, kestrel.channel, "2026-11")), Open);
    }

    fn a_month_without_anything_has_no_statement_to_close(world) {
        let kestrel = kestrel(world);
        assert_eq!(kestrel.close(world, "2026-08"), Err(Refusal::NothingRated));
    }

    fn closing_rates_once_more_and_pins_the_terms(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let id = kestrel.close(world, "2026-10").unwrap();
        assert_eq!(told(world, id), ["charge 100 0 20 80", "charge 5 0 1 4"]);
        let closed = find(world, id);
        assert_eq!((closed.state, closed.payment_days), (Closing, 30));
        assert!(closed.terms.is_some());
        assert_eq!(kestrel.close(world, "2026-10"), Err(Refusal::State(Closing)));
    }

    fn newer_terms_do_not_touch_a_closed_month(world) {
        let kestrel = kestrel(world);
        let id = kestrel.close(world, "2026-10").unwrap();
        let request = world.read(|connection| {
            reseller_portal::requests::resellers::find(connection, kestrel.reseller)
        }).request;
        some_terms(request).number(2).share("50").from("2026-09").build(world);
        kestrel.rate(world, "2026-10");
        assert_eq!(told(world, id), ["charge 100 0 20 80"]);
        kestrel.rate(world, "2026-11");
        let later = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, later), ["charge 100 0 50 50"]);
    }

    fn a_statement_is_sent_only_with_a_clear_checklist(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let id = kestrel.close(world, "2026-10").unwrap();
        let send = || said(world.try_write(|connection| store::send(connection, id, &world.act())).map(|sent| sent.id));
        assert_eq!(send(), Err(Refusal::Checklist));
        waive_all(world, id);
        assert_eq!(send(), Ok(id));
        assert_eq!(state(world, id), Sent);
    }

    fn a_reseller_sees_a_statement_from_when_it_was_sent(world) {
        let kestrel = kestrel(world);
        let id = kestrel.close(world, "2026-10").unwrap();
        let scope = Scope::Reseller(kestrel.reseller);
        let client = world.reseller(kestrel.reseller);
        client.get(&format!("/statements/{id}")).expect(404);
        waive_all(world, id);
        said(world.try_write(|connection| store::send(connection, id, &world.act()))).unwrap();
        client.get(&format!("/statements/{id}")).expect(200);
        assert_eq!(world.read(|connection| store::find(connection, scope, id)).id, id);
    }

    fn silence_is_agreement_after_the_days_and_not_before(world) {
        let kestrel = kestrel(world);
        let id = kestrel.sent(world, "2026-10");
        let agreed_on = |day: &str| {
            world.clock.set(&format!("{day}T00:00:00Z"));
            let agreed: Result<usize, Failure<Never>> =
                world.try_write(|connection| store::agree_by_silence(connection, 14, &world.config.letterhead(), world.now()));
            agreed.unwrap()
        };
        // Sent on 23 November: fourteen full days end with 7 December.
        assert_eq!(agreed_on("2026-12-07"), 0);
        assert_eq!(agreed_on("2026-12-08"), 1);
        assert_eq!((state(world, id), find(world, id).agreed_by.as_deref()), (Agreed, Some("Silence")));
    }

    fn a_disputed_statement_is_not_agreed_to_by_silence_and_not_posted_before_the_answer(world) {
        let kestrel = kestrel(world);
        let id = kestrel.sent(world, "2026-10");
        let raised = dispute(world, &kestrel, id);
        assert_eq!(state(world, id), Disputed);
        world.clock.set("2027-01-23T00:00:00Z");
        let agreed: Result<usize, Failure<Never>> =
            world.try_write(|connection| store::agree_by_silence(connection, 14, &world.config.letterhead(), world.now()));
        assert_eq!(agreed.unwrap(), 0);
        assert_eq!(post(world, id).unwrap_err(), Refusal::OpenDispute);
        answer(world, id, raised, None);
        post(world, id).unwrap();
        assert_eq!(state(world, id), Posted);
    }

    fn an_answer_with_a_credit_stands_in_the_same_statement(world) {
        let kestrel = kestrel(world);
        let id = kestrel.sent(world, "2026-10");
        let raised = dispute(world, &kestrel, id);
        answer(world, id, raised, Some("30"));
        assert_eq!(told(world, id), ["charge 100 0 20 80", "credit 0 30 -6 -24"]);
    }

    fn reopening_takes_credits_and_disputes_back_and_rates_anew(world) {
        let kestrel = kestrel(world);
        let id = kestrel.sent(world, "2026-10");
        let raised = dispute(world, &kestrel, id);
        answer(world, id, raised, Some("30"));
        kestrel.used(world, "2026-10-20", "4");
        kestrel.rate(world, "2026-10");
        kestrel.rate(world, "2026-11");
        let later = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, later), ["charge 100 0 20 80", "correction 2 0 0.4 1.6"]);
        said(world.try_write(|connection| store::reopen(connection, id, "More usage", &world.act()))).unwrap();
        assert_eq!(state(world, id), Open);
        assert_eq!(told(world, id), ["charge 100 0 20 80", "charge 2 0 0.4 1.6"]);
        assert_eq!(told(world, later), ["charge 100 0 20 80"]);
    }

    fn a_month_before_a_closed_one_stays_closed(world) {
        let kestrel = kestrel(world);
        let september = kestrel.sent(world, "2026-09");
        kestrel.close(world, "2026-10").unwrap();
        let reopened = said(world.try_write(|connection| store::reopen(connection, september, "Why", &world.act())));
        assert_eq!(reopened.unwrap_err(), Refusal::LaterClosed("2026-10".parse().unwrap()));
    }

    fn two_who_close_at_once_make_one_statement(world) {
        let kestrel = kestrel(world);
        let start = std::sync::Barrier::new(2);
        let closed: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| {
                start.wait();
                kestrel.close(world, "2026-10")
            })).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(closed.iter().filter(|one| one.is_ok()).count(), 1, "{closed:?}");
        assert!(closed.contains(&Err(Refusal::State(Closing))), "{closed:?}");
        let month = "2026-10".parse().unwrap();
        assert_eq!(world.read(|connection| store::of_month(connection, kestrel.channel, month)).len(), 1);
    }

    fn reopening_keeps_what_the_statement_credits_of_an_earlier_one(world) {
        let kestrel = kestrel(world);
        let september = kestrel.posted(world, "2026-09");
        let line = lines(world, september)[0].id;
        let amount = "30".parse().unwrap();
        said(world.try_write(|connection| store::credits::issue(connection, line, amount, "Outage", &world.act()))).unwrap();
        let october = kestrel.sent(world, "2026-10");
        let raised = dispute(world, &kestrel, october);
        answer(world, october, raised, Some("10"));
        assert_eq!(told(world, october), ["charge 100 0 20 80", "credit 0 30 -6 -24", "credit 0 10 -2 -8"]);
        said(world.try_write(|connection| store::reopen(connection, october, "Why", &world.act()))).unwrap();
        assert_eq!(told(world, october), ["charge 100 0 20 80", "credit 0 30 -6 -24"]);
        let disputes = world.read(|connection| disputes::of(connection, october));
        assert_eq!(disputes[0].state, DisputeState::Withdrawn);
    }
}
