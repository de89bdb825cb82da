//! Numbers, balances, seals and payments.

use diesel::connection::SimpleConnection;
use reseller_portal::db::AnyConnection;
use reseller_portal::settlement::Posted;
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store::{self, payments};
use reseller_portal::values::{PaymentId, StatementId};

use super::setting::{find, kestrel, lines, post, said, with_terms};
use crate::on_both;
use crate::support::World;
use crate::support::builders::day;

fn posted(world: &World, id: StatementId) -> Posted {
    find(world, id).posted.unwrap()
}

/// Each payment has a reference of its own.
static PAID: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1);

fn pay(world: &World, id: StatementId, amount: &str) -> Result<PaymentId, Refusal> {
    let payment = payments::NewPayment {
        amount: amount.parse().unwrap(),
        paid_on: day("2026-11-20"),
        reference: format!("Bank {}", PAID.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
    };
    said(world.try_write(|connection| payments::record(connection, id, &payment, &world.act())))
}

/// Runs a statement against the database as somebody with its password would.
fn tampers(world: &World, sql: &str) -> Result<(), diesel::result::Error> {
    world.tamper(|connection| match connection {
        AnyConnection::Postgres(inner) => inner.batch_execute(sql),
        AnyConnection::Sqlite(inner) => inner.batch_execute(sql),
    })
}

fn differences(world: &World) -> Vec<String> {
    world.read(store::verify).differences
}

on_both! {
    fn the_opening_balance_is_the_closing_balance_before_it(world) {
        let kestrel = kestrel(world);
        let september = kestrel.posted(world, "2026-09");
        assert!(pay(world, september, "20.01").is_err());
        pay(world, september, "5").unwrap();
        let october = kestrel.posted(world, "2026-10");
        let (first, second) = (posted(world, september), posted(world, october));
        let figures = |one: &Posted| {
            let balance = one.balance;
            [balance.opening, balance.payments, balance.movement, balance.closing].map(|amount| amount.to_string())
        };
        assert_eq!(figures(&first), ["0", "0", "20", "20"]);
        assert_eq!(figures(&second), ["20", "5", "20", "35"]);
        assert_eq!((first.number.as_str(), second.number.as_str()), ("ST-2026-000001", "ST-2026-000002"));
        assert_eq!(second.due_on, day("2026-12-23"));
        assert_eq!(pay(world, september, "1"), Err(Refusal::Carried));
        pay(world, october, "35").unwrap();
        assert!(pay(world, october, "0.01").is_err());
    }

    fn a_month_in_dispute_holds_up_no_later_one(world) {
        let kestrel = kestrel(world);
        let september = kestrel.agreed(world, "2026-09");
        let october = kestrel.posted(world, "2026-10");
        post(world, september).unwrap();
        let openings = [october, september].map(|id| posted(world, id).balance.opening.to_string());
        assert_eq!(openings, ["0", "20"]);
        assert_eq!(pay(world, october, "1"), Err(Refusal::Carried));
        pay(world, september, "40").unwrap();
        assert_eq!(differences(world), [""; 0]);
    }

    fn what_the_reseller_collects_it_owes_to_the_provider(world) {
        let kestrel = with_terms(world, |terms| terms.share("20").reseller_collects());
        let october = kestrel.posted(world, "2026-10");
        assert_eq!(posted(world, october).balance.closing.to_string(), "-80");
        pay(world, october, "80").unwrap();
        let paid = world.read(|connection| store::payments_of(connection, october));
        assert_eq!(paid[0].amount.to_string(), "-80");
    }

    fn a_payment_is_taken_back_by_its_opposite(world) {
        let kestrel = kestrel(world);
        let october = kestrel.posted(world, "2026-10");
        let payment = pay(world, october, "20").unwrap();
        let reverse = |id| said(world.try_write(|connection| payments::reverse(connection, october, id, &world.act())));
        reverse(payment).unwrap();
        let amounts: Vec<_> =
            world.read(|connection| store::payments_of(connection, october)).iter().map(|one| one.amount.to_string()).collect();
        assert_eq!(amounts, ["20", "-20"]);
        assert_eq!(reverse(payment), Err(Refusal::NotReversible));
        let last = world.read(|connection| store::payments_of(connection, october))[1].id;
        assert_eq!(reverse(last), Err(Refusal::NotReversible));
    }

    fn a_payment_that_is_sent_twice_counts_once(world) {
        let kestrel = kestrel(world);
        let october = kestrel.posted(world, "2026-10");
        let root = world.root();
        let path = format!("/statements/{october}/payments");
        let fields = [("amount", "5"), ("paid_on", "2026-11-20"), ("reference", "Bank 7")];
        root.post(&path, &fields).expect(303);
        let again = root.post(&path, &fields).expect(422);
        assert_eq!(again.error_of("reference"), "A payment with this reference is recorded already");
        assert_eq!(world.read(|connection| store::payments_of(connection, october)).len(), 1);
    }

    fn a_statement_is_posted_once(world) {
        let kestrel = kestrel(world);
        let id = kestrel.agreed(world, "2026-10");
        let start = std::sync::Barrier::new(2);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| {
                start.wait();
                post(world, id).is_ok()
            })).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|ok| **ok).count(), 1);
        assert!(differences(world).is_empty());
    }

    fn posted_rows_refuse_every_change(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let id = kestrel.posted(world, "2026-10");
        pay(world, id, "1").unwrap();
        for sql in [
            "UPDATE statements SET closed_by = 'x'",
            "DELETE FROM statements",
            "UPDATE charge_lines SET gross = gross + 1",
            "DELETE FROM charge_lines",
            "INSERT INTO charge_lines SELECT * FROM charge_lines",
            "UPDATE payments SET amount = 2",
            "DELETE FROM payments",
        ] {
            assert!(tampers(world, sql).is_err(), "{sql}");
        }
        assert_eq!(lines(world, id).len(), 2);
        assert!(differences(world).is_empty());
    }

    fn verifying_finds_every_figure_that_was_changed_behind_the_portal(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let september = kestrel.posted(world, "2026-09");
        kestrel.posted(world, "2026-10");
        assert_eq!(world.read(store::verify).statements, 2);
        let off = match world.database() {
            crate::support::Database::Postgres => "SET session_replication_role = replica;",
            crate::support::Database::Sqlite => "DROP TRIGGER statements_posted_no_update; DROP TRIGGER charge_lines_posted_no_update;",
        };
        let minor = if off.starts_with("SET") { "0.01" } else { "10000" };
        tampers(world, &format!("{off} UPDATE charge_lines SET gross = gross + {minor} WHERE month = '2026-09';")).unwrap();
        let found = differences(world);
        assert!(found[0].starts_with("ST-2026-000001: line"), "{found:?}");
        assert!(found.iter().any(|one| one == "ST-2026-000001: the totals are not the sums of the lines"), "{found:?}");
        assert!(found.iter().any(|one| one == "ST-2026-000001: the seal is not that of the content"), "{found:?}");
        let again = format!("UPDATE charge_lines SET gross = gross - {minor} WHERE month = '2026-09';
            UPDATE statements SET due_on = '2030-01-01' WHERE number = 'ST-2026-000001';");
        let again = if off.starts_with("SET") { format!("{off} {again}") } else { again };
        tampers(world, &again).unwrap();
        assert_eq!(differences(world), ["ST-2026-000001: the seal is not that of the content"]);
        assert_eq!(posted(world, september).due_on, day("2030-01-01"));
    }
}
