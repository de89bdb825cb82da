//! Several processes on one database: each here is a handle of its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use diesel::prelude::*;
use reseller_portal::audit::{self, Event, chain};
use reseller_portal::clock::SharedClock;
use reseller_portal::db::schema::{audit_seals, leases};
use reseller_portal::db::{Db, Never};
use reseller_portal::jobs::{Handler, JobKind, JobState, NewJob, Runner, store};
use reseller_portal::keyring::Keyring;
use reseller_portal::mail::{self, Letterhead, News, Occasion, Recipient, Sender};
use reseller_portal::values::{Act, Actor, Month, ObjectId, ProcessId, ResellerId};

use crate::faults::mail_server;
use crate::support::{Database, FixedClock, NOW, Place, Program, SECRET, wait_for};

/// A test on each database.
macro_rules! on_each {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(crate::support::Database::Sqlite); })*
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(crate::support::Database::Postgres); })*
        }
    };
}

on_each! {
    jobs_of_one_lane_follow_each_other_and_each_runs_once
    who_loses_a_job_does_not_say_how_it_ended
    one_process_sends_the_mails_and_another_relieves_it
    two_that_seal_at_once_make_one_chain
    the_hourly_work_is_done_by_one_and_what_a_process_was_at_is_free_when_it_ends
}

fn enqueue(db: &Db, subject: ObjectId, month: &str, clock: &FixedClock) {
    let new = NewJob { kind: JobKind::RateMonth, subject, month: Some(month.parse().unwrap()) };
    let now = now(clock);
    db.write_blocking::<_, Never>(|connection| Ok(store::enqueue(connection, &new, now)?)).unwrap();
}

fn now(clock: &FixedClock) -> reseller_portal::values::Timestamp {
    reseller_portal::clock::Clock::now(clock)
}

fn runner(place: &Place, clock: &Arc<FixedClock>, handler: Handler) -> Runner {
    let clock: SharedClock = clock.clone();
    Runner { db: place.open(), clock, handler }
}

/// What ran, how often, and how many at most at once: in a lane, and in all.
#[derive(Default)]
struct Seen {
    ran: BTreeMap<(ObjectId, Option<Month>), usize>,
    running: BTreeMap<ObjectId, usize>,
    most_in_a_lane: usize,
    most: usize,
}

fn jobs_of_one_lane_follow_each_other_and_each_runs_once(database: Database) {
    let (place, clock) = (Place::migrated(database), Arc::new(FixedClock::at(NOW)));
    let db = place.open();
    let channels: Vec<ObjectId> = (0..4).map(|_| ResellerId::generate().into()).collect();
    let months = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"];
    for month in months {
        channels.iter().for_each(|channel| enqueue(&db, *channel, month, &clock));
    }
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let noting = seen.clone();
    let handler: Handler = Arc::new(move |_, job, _| {
        {
            let mut seen = noting.lock().unwrap();
            *seen.ran.entry((job.subject, job.month)).or_default() += 1;
            *seen.running.entry(job.subject).or_default() += 1;
            seen.most_in_a_lane = seen.most_in_a_lane.max(seen.running[&job.subject]);
            seen.most = seen.most.max(seen.running.values().sum());
        }
        std::thread::sleep(Duration::from_millis(20));
        *noting.lock().unwrap().running.get_mut(&job.subject).unwrap() -= 1;
        Ok(String::new())
    });
    let (begin, count) = (Barrier::new(4), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let runner = runner(&place, &clock, handler.clone());
                begin.wait();
                *count.lock().unwrap() += runner.run_waiting().unwrap();
            });
        }
    });
    let seen = seen.lock().unwrap();
    assert_eq!((*count.lock().unwrap(), seen.ran.len()), (20, 20));
    assert!(seen.ran.values().all(|times| *times == 1), "{:?}", seen.ran);
    assert_eq!(seen.most_in_a_lane, 1);
    assert!(seen.most > 1, "never two lanes at once");
    let left = db.read_blocking(|connection| leases::table.count().get_result::<i64>(connection)).unwrap();
    assert_eq!(left, 0);
}

fn who_loses_a_job_does_not_say_how_it_ended(database: Database) {
    let (place, clock) = (Place::migrated(database), Arc::new(FixedClock::at(NOW)));
    let subject: ObjectId = ResellerId::generate().into();
    enqueue(&place.open(), subject, "2026-01", &clock);
    let (begun, begins) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let ends = Mutex::new(ends);
    let slow = runner(
        &place,
        &clock,
        Arc::new(move |_, _, _| {
            begun.send(()).unwrap();
            ends.lock().unwrap().recv().unwrap();
            Ok("from the first".to_owned())
        }),
    );
    // It is there from now on, so that the second one is not alone.
    let first = std::thread::spawn(move || slow.run_waiting().unwrap());
    begins.recv().unwrap();
    let quick = runner(&place, &clock, Arc::new(|_, _, _| Ok("from the second".to_owned())));
    assert_eq!(quick.run_waiting().unwrap(), 0, "somebody is at it");
    clock.advance(chrono::Duration::seconds(31));
    assert_eq!(quick.run_waiting().unwrap(), 1, "its time is up");
    end.send(()).unwrap();
    first.join().unwrap();
    let job =
        place.open().read_blocking(|connection| store::newest_about(connection, subject)).unwrap().unwrap();
    assert_eq!((job.state, job.message.as_str(), job.attempts), (JobState::Done, "from the second", 2));
}

fn one_process_sends_the_mails_and_another_relieves_it(database: Database) {
    let (place, clock) = (Place::migrated(database), Arc::new(FixedClock::at(NOW)));
    let server = mail_server::start();
    let sender = Sender::new(&format!("smtp://{server}"), "portal@northgate.example").unwrap();
    let (one, other) = (place.open(), place.open());
    let tell = || {
        let to = [Recipient::Applicant("kim@kestrel.example".parse().unwrap())];
        let letterhead = Letterhead { portal: "Northgate".into(), public_url: "https://p.example".into() };
        let now = now(&clock);
        one.write_blocking::<_, Never>(|connection| {
            Ok(mail::tell(connection, Occasion::SignUpLink, &to, &News::default(), &letterhead, now)?)
        })
        .unwrap();
    };
    let shared: SharedClock = clock.clone();
    let send = |db: &Db| mail::send_waiting(db, &sender, &shared).unwrap();
    tell();
    assert_eq!((send(&one), send(&other)), (1, 0));
    tell();
    assert_eq!((send(&other), send(&one)), (0, 1));
    tell();
    clock.advance(chrono::Duration::minutes(4));
    assert_eq!((send(&other), send(&one)), (1, 0));
}

fn two_that_seal_at_once_make_one_chain(database: Database) {
    let (place, clock) = (Place::migrated(database), FixedClock::at(NOW));
    let (db, keys) = (place.open(), Keyring::new(SECRET.to_owned(), std::iter::empty()));
    let act = Act { who: Actor::system("Test"), at: now(&clock) };
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let db = place.open();
                while !is_over.load(Ordering::Relaxed) {
                    chain::seal_new(&db, &keys).unwrap();
                }
            });
        }
        for number in 0..150 {
            let event =
                || Event::on("reseller", ResellerId::generate(), "reseller.test", format!("{number}"));
            db.write_blocking::<_, Never>(|connection| Ok(audit::record(connection, &act, event())?))
                .unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    chain::seal_new(&db, &keys).unwrap();
    let (sealed, found) = db
        .read_blocking(|connection| {
            let sealed: i64 = audit_seals::table.count().get_result(connection)?;
            Ok((sealed, chain::verify(connection, &keys, None, act.at)?))
        })
        .unwrap();
    assert_eq!((sealed, found.faults), (150, Vec::<String>::new()));
}

fn the_hourly_work_is_done_by_one_and_what_a_process_was_at_is_free_when_it_ends(database: Database) {
    let place = Arc::new(Place::migrated(database));
    let db = place.open();
    let owners = || {
        let owners: Vec<ProcessId> =
            db.read_blocking(|connection| leases::table.select(leases::owner).load(connection)).unwrap();
        owners
    };
    let mut first = Program::serve(&place);
    let owner = owners();
    assert_eq!(owner.len(), 1);
    let mut second = Program::serve(&place);
    assert_eq!(owners(), owner);
    second.terminate();
    second.ended();
    assert_eq!(owners(), owner, "what others are at stays theirs");
    first.terminate();
    first.ended();
    wait_for("it is free", || owners().is_empty());
}
