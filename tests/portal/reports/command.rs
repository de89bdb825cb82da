//! `reseller-portal rate` and `reseller-portal report`.

use diesel::prelude::*;
use reseller_portal::db::schema::charge_lines;

use super::setting::{json, run, said};
use super::sold::sold;
use crate::on_both;

on_both! {
    fn rate_tells_each_channels_lines_and_gross(world) {
        sold(world);
        world.settle();
        world.write(|connection| diesel::delete(charge_lines::table).execute(connection));
        let told = said(world, &["rate", "--month", "2026-10"]);
        let mut lines: Vec<&str> = told.lines().collect();
        // Whichever channel is done first.
        lines.sort_unstable();
        assert_eq!(lines, ["HALD 2026-10: 2 charge lines, USD 130", "KEST 2026-10: 3 charge lines, USD 34.55"]);
        let told = said(world, &["rate", "--month", "2020-01", "--channel", "kest"]);
        assert_eq!(told.trim(), "KEST 2020-01: 0 charge lines, nothing");
    }

    fn report_prints_the_bytes_of_the_pages_csv(world) {
        let sold = sold(world);
        let root = world.root();
        for (report, group) in [("usage", "customer"), ("usage", "week"), ("revenue", "product"), ("revenue", "charge-type")] {
            let command = ["report", report, "--month", "2026-10", "--group-by", group, "--format", "csv"];
            let asked = format!("/reports/{report}.csv?from=2026-10&to=2026-10&group={group}");
            assert_eq!(said(world, &command), root.get(&asked).expect(200).html());
            let of_one = [&command[..], &["--channel", "kest"]].concat();
            let asked = format!("{asked}&channel={}", sold.channels[0]);
            assert_eq!(said(world, &of_one), root.get(&asked).expect(200).html());
        }
    }

    fn report_as_json_keeps_numbers_exact_and_names_the_rows(world) {
        sold(world);
        let rows = json(world, &["report", "usage", "--month", "2026-10", "--channel", "KEST", "--format", "json"]);
        let disk = &rows[0];
        let texts = ["reseller", "channel_name", "channel_code", "bundle", "product", "sku", "category", "unit", "quantity", "from", "to"];
        assert_eq!(texts.map(|name| disk[name].as_str().unwrap()), [
            "Kestrel", "Kestrel Cloud", "KEST", "Disks", "Disk", "DISK", "Storage", "GB", "3.000000000000000001", "2026-10-01", "2026-10-31",
        ]);
        let rows = json(world, &["report", "revenue", "--month", "2026-10", "--channel", "KEST", "--format", "json"]);
        let cloud = &rows[0];
        let texts = ["name", "currency", "gross", "credits", "net", "reseller_share", "provider_share"];
        assert_eq!(texts.map(|name| cloud[name].as_str().unwrap()), ["Cloud", "USD", "33.05", "0.00", "33.05", "6.61", "26.44"]);
    }

    fn what_cannot_be_asked_fails_with_a_reason(world) {
        sold(world);
        for (arguments, reason) in [
            (["report", "usage", "--month", "2026-10", "--group-by", "charge-type", "--format", "csv"].as_slice(), "not grouped by charge-type"),
            (&["report", "revenue", "--month", "2026-10", "--channel", "NONE", "--format", "csv"], "no channel has the code NONE; known are HALD, KEST"),
            (&["rate", "--month", "2026-10", "--channel", "NONE"], "no channel has the code NONE"),
            (&["rate", "--month", "2026-13"], "2026-13"),
            (&["archive", "2026-10"], "2026-10 is not archived: statements of "),
            (&["report", "usage", "--month", "October", "--format", "csv"], "October"),
        ] {
            let output = run(world, arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
            assert!(told.contains(reason), "{told}");
            assert!(!told.contains("panicked"), "{told}");
        }
    }
}
