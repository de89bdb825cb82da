//! Credits against a line.

use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store::credits;
use reseller_portal::values::{ChargeLineId, StatementId};

use super::setting::{kestrel, lines, said, statement_of, told};
use crate::on_both;
use crate::support::World;

fn issue(world: &World, line: ChargeLineId, amount: &str) -> Result<ChargeLineId, Refusal> {
    let amount = amount.parse().unwrap();
    said(world.try_write(|connection| credits::issue(connection, line, amount, "Outage", &world.act())))
}

fn first(world: &World, id: StatementId) -> ChargeLineId {
    lines(world, id)[0].id
}

on_both! {
    fn a_credit_of_a_posted_line_stands_in_the_next_open_statement(world) {
        let kestrel = kestrel(world);
        let october = kestrel.posted(world, "2026-10");
        let before = told(world, october);
        issue(world, first(world, october), "33.33").unwrap();
        assert_eq!(told(world, october), before);
        let november = statement_of(world, kestrel.channel, "2026-11");
        kestrel.rate(world, "2026-11");
        assert_eq!(told(world, november), ["charge 100 0 20 80", "credit 0 33.33 -6.67 -26.66"]);
    }

    fn a_line_is_never_credited_past_what_is_left_of_it(world) {
        let kestrel = kestrel(world);
        let october = kestrel.sent(world, "2026-10");
        let line = first(world, october);
        assert!(matches!(issue(world, line, "100.01"), Err(Refusal::NotLeft { .. })));
        issue(world, line, "99.99").unwrap();
        let Err(Refusal::NotLeft { left }) = issue(world, line, "0.02") else { panic!("credited past its line") };
        assert_eq!(left.to_string(), "0.01");
        issue(world, line, "0.01").unwrap();
        assert_eq!(issue(world, line, "99.99"), Err(Refusal::SameCredit), "sent twice");
        assert!(issue(world, line, "0.01").is_err() && issue(world, line, "0").is_err() && issue(world, line, "-1").is_err());
        assert_eq!(told(world, october), ["charge 100 0 20 80", "credit 0 99.99 -20 -79.99", "credit 0 0.01 0 -0.01"]);
    }

    fn open_lines_and_credits_themselves_are_not_credited(world) {
        let kestrel = kestrel(world);
        kestrel.rate(world, "2026-10");
        let open = statement_of(world, kestrel.channel, "2026-10");
        assert_eq!(issue(world, first(world, open), "1"), Err(Refusal::NotCreditable));
        kestrel.sent(world, "2026-10");
        let credit = issue(world, first(world, open), "1").unwrap();
        assert_eq!(issue(world, credit, "1"), Err(Refusal::NotCreditable));
    }
}
