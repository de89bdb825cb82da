//! `close` and `verify` on the command line.

use super::setting::{kestrel, state, statement_of};
use crate::on_both;
use crate::reports::setting::run;
use crate::support::Database;
use diesel::connection::SimpleConnection;
use reseller_portal::db::AnyConnection;
use reseller_portal::settlement::StatementState;

on_both! {
    fn a_month_is_closed_and_told_with_its_checklist(world) {
        let kestrel = kestrel(world);
        kestrel.used(world, "2026-10-05", "10");
        let told = run(world, &["close", "--month", "2026-10", "--channel", "kestrel"]);
        let text = String::from_utf8(told.stdout).unwrap();
        assert!(told.status.success(), "{text} {}", String::from_utf8_lossy(&told.stderr));
        assert!(text.contains("KESTREL 2026-10 USD: closed, net 105.00"), "{text}");
        assert!(text.contains("blocks: 30 days of the month without usage"), "{text}");
        assert_eq!(state(world, statement_of(world, kestrel.channel, "2026-10")), StatementState::Closing);
        let again = run(world, &["close", "--month", "2026-10"]);
        assert!(!again.status.success());
        assert!(String::from_utf8(again.stdout).unwrap().contains("The statement is closing by now"));
    }

    fn verify_exits_with_1_and_names_the_first_difference(world) {
        let kestrel = kestrel(world);
        kestrel.posted(world, "2026-10");
        assert!(run(world, &["verify"]).status.success());
        let (off, cents) = match world.database() {
            Database::Postgres => ("SET session_replication_role = replica;", "0.01"),
            Database::Sqlite => ("DROP TRIGGER charge_lines_posted_no_update;", "10000"),
        };
        let sql = format!("{off} UPDATE charge_lines SET reseller_share = reseller_share + {cents} WHERE month = '2026-10'");
        world.tamper(|connection| match connection {
            AnyConnection::Postgres(inner) => inner.batch_execute(&sql),
            AnyConnection::Sqlite(inner) => inner.batch_execute(&sql),
        }).unwrap();
        let told = run(world, &["verify"]);
        assert_eq!(told.status.code(), Some(1));
        assert!(String::from_utf8(told.stdout).unwrap().contains("ST-2026-000001: line"));
    }
}
