//! An oracle: a real file imported and rated by the portal, and worked out again in exact fractions by code that
//! shares nothing with it. Both must agree to the last digit, and all ways to a report with each other.

mod fraction;
mod portal;
mod rate;
mod read;
mod scenario;
mod share;
mod shown;

use num_bigint::BigInt;
use serde_json::Value;

use self::fraction::fraction;
use self::portal::{CHANNEL, Mapped, Portal, Stored};
use self::rate::Line;
use self::read::{FILE, Sorted};
use self::scenario::{MONTH, Rule};
use self::share::Basis;
use super::setting::{json, run, said};
use crate::on_both;
use crate::support::World;

/// The file lies beside the crate.
fn path() -> String {
    format!("{}/../shared/data/{FILE}", env!("CARGO_MANIFEST_DIR"))
}

fn import(world: &World) -> [i64; 5] {
    let output = run(world, &["import", "--channel", CHANNEL, "--format", "focus", "--json", &path()]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    ["rows", "accepted", "duplicate", "rejected", "unrated"].map(|name| said[name].as_i64().unwrap())
}

fn rate(world: &World) {
    world.settle();
    said(world, &["rate", "--month", MONTH, "--channel", CHANNEL]);
}

/// The file imported with half of its names mapped, the others mapped afterwards, and the month rated.
fn rated(world: &World, basis: Basis) -> (Portal, Sorted) {
    let portal = portal::build(world, basis);
    portal.map(world, Mapped::BeforeTheImport);
    import(world);
    portal.map(world, Mapped::Late);
    rate(world);
    (portal, read::sorted(&std::fs::read(path()).unwrap()))
}

/// What the oracle expects to be stored.
fn expected(lines: &[Line], basis: Basis) -> Vec<Stored> {
    let both = lines.iter().zip(share::shares(lines, basis));
    both.map(|(line, reseller)| {
        let provider: BigInt = line.gross() - &reseller;
        Stored {
            sale: line.sale,
            rule: line.rule,
            price: fraction(line.price),
            days: (line.first, line.last),
            units: [line.quantity.clone(), line.included.clone(), line.billable.clone()],
            cost: matches!(line.rule, Rule::CostPlus(_)).then(|| line.cost.clone()),
            amounts: [line.gross(), line.reference(), reseller, provider].map(|units| units.to_string()),
        }
    })
    .collect()
}

#[track_caller]
fn assert_lines(portal: &Portal, world: &World, lines: &[Line], basis: Basis) {
    let (stored, expected) = (portal.lines(world), expected(lines, basis));
    for (one, other) in stored.iter().zip(&expected) {
        assert_eq!(one, other);
    }
    assert_eq!(stored.len(), expected.len());
}

on_both! {
    fn every_line_of_a_real_month_is_what_exact_fractions_say(world) {
        let (portal, sorted) = rated(world, Basis::Revenue);
        let lines = rate::lines(&sorted);
        assert_lines(&portal, world, &lines, Basis::Revenue);
        // The scenario is worth its name: included units, prices that change, three currencies, corrections.
        assert!(lines.iter().any(|line| line.included > fraction("0") && line.billable > fraction("0")));
        assert!(lines.iter().any(|line| line.gross() < 0.into()));
        assert_eq!(shown::currencies(&lines), ["JPY", "KWD", "USD"]);
    }

    fn a_share_of_the_margin_is_what_exact_fractions_say(world) {
        let (portal, sorted) = rated(world, Basis::Margin);
        let lines = rate::lines(&sorted);
        assert_lines(&portal, world, &lines, Basis::Margin);
        let shares = share::shares(&lines, Basis::Margin);
        assert!(lines.iter().zip(shares).any(|(line, share)| share > 0.into() && line.gross() > line.reference()));
    }

    fn every_row_is_rated_or_waits_with_its_cause(world) {
        let (portal, sorted) = rated(world, Basis::Revenue);
        let (waiting, count) = portal.waiting(world);
        let expected = sorted.unrated.iter().map(|(cause, count)| ((*cause).to_owned(), *count));
        assert_eq!(waiting, expected.collect());
        // All six causes that there are.
        assert_eq!(waiting.len(), 6, "{waiting:?}");
        let rated: usize = sorted.rated.values().map(Vec::len).sum();
        assert_eq!((sorted.count, rated + usize::try_from(count).unwrap()), (580, 580));
        let page = world.reseller(portal.reseller).get("/usage/unrated").expect(200);
        assert_eq!(page.h1(), format!("{count} rows cannot be rated yet"));
    }

    fn the_same_file_again_is_580_duplicates_and_no_figure_moves(world) {
        let (portal, sorted) = rated(world, Basis::Revenue);
        let lines = rate::lines(&sorted);
        let before = shown::reports(world);
        assert_eq!(import(world), [580, 0, 580, 0, 0]);
        rate(world);
        assert_lines(&portal, world, &lines, Basis::Revenue);
        assert_eq!(shown::reports(world), before);
    }

    fn the_usage_report_has_every_digit_on_the_page_in_csv_and_in_json(world) {
        let (portal, sorted) = rated(world, Basis::Revenue);
        let expected = shown::expected_usage(&sorted);
        let client = world.reseller(portal.reseller);
        let asked = format!("from={MONTH}&to={MONTH}&group=bundle");
        let page = client.get(&format!("/reports/usage?{asked}")).expect(200);
        assert_eq!(shown::usage_of_page(&page), expected);
        let csv = client.get(&format!("/reports/usage.csv?{asked}")).expect(200);
        assert_eq!(shown::usage_of_csv(&csv.html()), expected);
        let command = ["report", "usage", "--month", MONTH, "--group-by", "bundle", "--format"];
        assert_eq!(shown::usage_of_csv(&said(world, &[&command[..], &["csv"]].concat())), expected);
        assert_eq!(shown::usage_of_json(&json(world, &[&command[..], &["json"]].concat())), expected);
    }

    fn the_revenue_report_has_the_same_totals_everywhere(world) {
        let (portal, sorted) = rated(world, Basis::Revenue);
        let lines = rate::lines(&sorted);
        let expected = shown::expected_revenue(&lines);
        // So that the oracle itself does not drift.
        let pinned = [
            ("JPY", ["15435", "2707", "12728"]), ("KWD", ["1.572", "0.118", "1.454"]),
            ("USD", ["510.7", "90.18", "420.52"]),
        ];
        let pinned = pinned.map(|(currency, parts)| (currency.to_owned(), parts.map(fraction)));
        assert_eq!((lines.len(), &expected), (45, &pinned.into()));
        let client = world.reseller(portal.reseller);
        for group in ["bundle", "product", "customer", "charge-type", "month"] {
            let asked = format!("from={MONTH}&to={MONTH}&group={group}");
            let page = client.get(&format!("/reports/revenue?{asked}")).expect(200);
            assert_eq!(shown::totals_of_page(&page), expected, "{group}");
            let csv = client.get(&format!("/reports/revenue.csv?{asked}")).expect(200);
            assert_eq!(shown::revenue_of_csv(&csv.html()), expected, "{group}");
            let command = ["report", "revenue", "--month", MONTH, "--group-by", group, "--format", "json"];
            assert_eq!(shown::revenue_of_json(&json(world, &command)), expected, "{group}");
        }
    }
}
