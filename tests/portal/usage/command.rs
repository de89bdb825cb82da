//! `reseller-portal import`.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::setting::*;
use crate::on_both;
use crate::support::{SECRET, World};

fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseller-portal"));
    command
        .current_dir(world.folder())
        .env("DATABASE_URL", &world.config.database_url)
        .env("SECRET_KEY", SECRET)
        .args(["import", "--channel", "kest"])
        .args(arguments);
    command
}

fn run(world: &World, arguments: &[&str]) -> (Output, Value) {
    let output = command(world, arguments).arg("--json").output().unwrap();
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}{}", String::from_utf8_lossy(&output.stderr));
    let counts = serde_json::from_str(&said).unwrap();
    (output, counts)
}

fn file(world: &World, rows: &str) -> String {
    let path = world.folder().join("usage.csv");
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn counts(value: &Value) -> [i64; 5] {
    ["rows", "accepted", "duplicate", "rejected", "unrated"].map(|name| value[name].as_i64().unwrap())
}

on_both! {
    fn a_real_file_is_counted_to_the_last_row_and_imported_once(world) {
        let kestrel = kestrel(world);
        std::fs::write(world.folder().join("real.csv"), real_file("focus/focus_1_0_sample.csv")).unwrap();
        let (output, said) = run(world, &["--format", "focus", "--dry-run", "real.csv"]);
        assert_eq!((counts(&said), output.status.code()), ([580, 580, 0, 0, 580], Some(0)));
        assert_eq!(row_counts(world), [0; 4]);
        assert_eq!(counts(&run(world, &["--format", "focus", "real.csv"]).1), [580, 580, 0, 0, 580]);
        let (output, said) = run(world, &["--format", "focus", "real.csv"]);
        assert_eq!((counts(&said), output.status.code()), ([580, 0, 580, 0, 0], Some(0)));
        assert!(daily(world, kestrel.channel).is_empty());
    }

    fn with_a_bad_row_nothing_is_imported_unless_it_may_be_left_out(world) {
        let kestrel = kestrel(world);
        let path = file(world, "a,NORD,DISK,1,GB,2026-10-01,2026-10-02\nb,NORD,DISK,x,GB,2026-10-01,2026-10-02\n");
        let (output, said) = run(world, &["--format", "portal", &path]);
        assert_eq!((counts(&said), &said["withheld"]), ([2, 0, 0, 1, 0], &Value::from(1)));
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("line 3, quantity: Not a number"), "{told}");
        assert_eq!(row_counts(world), [0; 4]);

        let (output, said) = run(world, &["--format", "portal", "--skip-rejected", &path]);
        assert_eq!((counts(&said), output.status.code()), ([2, 1, 0, 1, 0], Some(1)));
        assert_eq!(quantity(&daily(world, kestrel.channel)).to_string(), "1");
    }

    fn the_months_of_an_import_are_rated_at_once(world) {
        kestrel(world);
        let path = file(world, "a,NORD,DISK,25,GB,2026-10-01,2026-10-02\n");
        run(world, &["--format", "portal", &path]);
        world.settle();
        let rated: i64 = world.read(|connection| {
            use diesel::prelude::*;
            use reseller_portal::db::schema::charge_lines;
            charge_lines::table.filter(charge_lines::month.eq("2026-10")).count().get_result(connection)
        });
        assert_eq!(rated, 1);
    }

    fn a_file_that_cannot_be_read_is_rejected_as_a_whole(world) {
        kestrel(world);
        std::fs::write(world.folder().join("no.csv"), "a,b\n1,2\n3,4\n").unwrap();
        let (output, said) = run(world, &["--format", "portal", "no.csv"]);
        assert_eq!((counts(&said), output.status.code()), ([2, 0, 0, 2, 0], Some(1)));
        assert!(said["fault"].as_str().unwrap().contains("missing"));
    }

    fn nobody_listening_is_no_failure(world) {
        kestrel(world);
        let path = file(world, "b,NORD,DISK,x,GB,2026-10-01,2026-10-02\n");
        let mut child = command(world, &["--format", "portal", &path])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
}
