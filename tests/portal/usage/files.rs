//! A file's way: uploaded, checked, then imported or rejected.

use diesel::prelude::*;
use reseller_portal::db::schema::{usage_file_errors, usage_file_parts};

use super::setting::*;
use crate::on_both;
use crate::support::builders::{a_channel, a_reseller};
use crate::support::{Client, Page, Upload, World};

const GOOD: &str = "a,NORD,DISK,1.5,GB,2026-10-01,2026-10-02\nb,NOBODY,DISK,2,GB,2026-10-03,2026-10-04\n";
const BAD: &str = "c,NORD,DISK,\"1,5\",GB,5/1/25,2026-10-02\n=1+1,NORD,DISK,x,GB,2026-10-01,2026-10-02\n";

fn upload(client: &Client, fields: &[(&str, &str)], content: &str) -> Page {
    let file = Upload { field: "usage", name: "october.csv", content: content.as_bytes() };
    client.post_file("/usage/files/new", fields, &file)
}

/// Uploads rows of the portal's format and waits for their check; the file's address.
fn checked(world: &World, client: &Client, channel: &str, rows: &str) -> String {
    let answer = upload(client, &[("channel", channel), ("format", "portal")], &format!("{HEADER}{rows}"));
    let address = answer.location().to_owned();
    world.settle();
    address
}

fn contents(world: &World) -> i64 {
    world.read(|connection| usage_file_parts::table.count().get_result(connection))
}

on_both! {
    fn a_good_file_is_checked_then_imported_on_request(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let address = checked(world, &root, &kestrel.channel.to_string(), GOOD);
        let page = root.get(&address).expect(200);
        assert!(page.main().contains("Needs a decision") && page.main().contains("3.5"), "{}", page.main());
        assert!(page.main().contains("1 of them cannot be rated yet"));
        assert_eq!(row_counts(world)[0], 0);

        let after = root.follow(&root.press(&page, "Import file", &[]));
        assert_eq!(after.flash(), "october.csv is being imported");
        world.settle();
        let page = root.get(&address).expect(200);
        assert!(page.main().contains("2 rows imported") && !page.has("meta[http-equiv='refresh']"));
        assert_eq!((row_counts(world)[0], contents(world)), (2, 0));
        assert!(root.get("/audit?kind=usage_file").main().contains("Imported 2 records from october.csv"));
        root.post(&format!("{address}/acceptance"), &[]).expect(409);
        assert_eq!(row_counts(world)[0], 2);
    }

    fn bad_rows_are_told_by_line_and_column_and_can_be_left_out(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let address = checked(world, &root, &kestrel.channel.to_string(), &format!("{GOOD}{BAD}"));
        let page = root.get(&address).expect(200);
        let bad: Vec<Vec<String>> = page.rows().into_iter().filter(|row| row.len() == 4).collect();
        assert_eq!(bad.len(), 3, "{bad:?}");
        assert!(bad[0][0].ends_with('4') && bad[0][1..3] == ["quantity", "1,5"], "{bad:?}");

        let csv = root.get(&format!("{address}/errors.csv")).expect(200);
        let lines: Vec<_> = csv.html().lines().map(str::to_owned).collect();
        assert_eq!((lines.len(), lines[0].as_str()), (4, "line,column,value,reason"));
        assert!(lines[3].starts_with("5,quantity,x,"), "{lines:?}");

        root.post(&format!("{address}/acceptance"), &[]).expect(409);
        assert_eq!(row_counts(world)[0], 0);
        root.press(&page, "Import 2 good rows", &[]);
        world.settle();
        assert_eq!(row_counts(world)[0], 2);
        assert!(root.get(&address).main().contains("without 2 bad rows"));
    }

    fn a_formula_in_a_bad_row_is_downloaded_as_text(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let rows = "a,=cmd|calc,DISK,@x,GB,2026-10-01,2026-10-02\n";
        let address = checked(world, &root, &kestrel.channel.to_string(), rows);
        assert!(root.get(&format!("{address}/errors.csv")).html().contains(",'@x,"));
    }

    fn a_rejected_file_imports_nothing(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let address = checked(world, &root, &kestrel.channel.to_string(), GOOD);
        root.press(&root.get(&address), "Reject file", &[]);
        world.settle();
        assert!(root.get(&address).main().contains("Nothing of this file was imported"));
        assert_eq!((row_counts(world)[..3].to_vec(), contents(world)), (vec![0; 3], 0));
        root.post(&format!("{address}/acceptance"), &[]).expect(409);
    }

    fn the_same_file_again_has_nothing_to_import(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        import_rows(world, kestrel.channel, GOOD);
        let address = checked(world, &root, &kestrel.channel.to_string(), GOOD);
        assert!(root.get(&address).main().contains("No row of the file is new"));
        root.post(&format!("{address}/acceptance"), &[]).expect(409);
    }

    fn a_file_that_cannot_be_read_is_rejected_with_the_reason(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let fields = [("channel", kestrel.channel.to_string()), ("format", "focus".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let address = upload(&root, &fields, "a,b\n1,2\n").location().to_owned();
        world.settle();
        let page = root.get(&address).expect(200);
        assert!(page.main().contains("These columns are missing: ChargePeriodStart"), "{}", page.main());
        assert_eq!(contents(world), 0);
    }

    fn a_check_that_runs_again_starts_anew(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        checked(world, &root, &kestrel.channel.to_string(), BAD);
        let faults = || -> i64 { world.read(|connection| usage_file_errors::table.count().get_result(connection)) };
        assert_eq!(faults(), 3);
        world.write(|connection| {
            use reseller_portal::db::schema::{jobs, usage_files};
            diesel::update(usage_files::table).set(usage_files::state.eq("uploaded")).execute(connection)?;
            diesel::update(jobs::table).set(jobs::state.eq("queued")).execute(connection)
        });
        world.settle();
        assert_eq!(faults(), 3);
    }

    fn a_form_that_lacks_something_says_what(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let page = upload(&root, &[("channel", ""), ("format", "gold")], "").expect(422);
        assert_eq!(
            page.errors(),
            ["Choose a channel", "Choose how the file is written", "Choose a file that is not empty"]
        );
        let own = kestrel.channel.to_string();
        let page = upload(&root, &[("channel", &own), ("format", "focus")], "").expect(422);
        assert_eq!((page.field_value("channel"), page.error_of("channel")), ("KEST".into(), String::new()));
    }

    fn an_upload_without_the_visitors_token_is_refused(world) {
        let kestrel = kestrel(world);
        let (root, thief) = (world.root(), world.anonymous());
        let token = thief.token();
        let form = reqwest::blocking::multipart::Form::new()
            .text("csrf", token)
            .text("channel", kestrel.channel.to_string())
            .text("format", "portal")
            .part("usage", reqwest::blocking::multipart::Part::bytes(HEADER.as_bytes().to_vec()).file_name("a.csv"));
        let request = root.request(reqwest::Method::POST, "/usage/files/new").multipart(form);
        root.send("/usage/files/new", request).expect(403);
        root.send("/usage/files/new", root.request(reqwest::Method::POST, "/usage/files/new")).expect(400);
        assert_eq!(row_counts(world), [0; 4]);
    }

    fn another_resellers_file_is_as_absent(world) {
        let kestrel = kestrel(world);
        let (halden, own) = halden(world);
        let address = checked(world, &world.root(), &kestrel.channel.to_string(), GOOD);
        let stranger = world.reseller(halden);
        stranger.get(&address).expect(404);
        stranger.get(&format!("{address}/errors.csv")).expect(404);
        for decision in ["acceptance", "partial-acceptance", "rejection"] {
            stranger.post(&format!("{address}/{decision}"), &[]).expect(404);
        }
        assert!(!stranger.get("/usage/files").main().contains("october.csv"));
        // A channel named in the form does not lead to another re-seller's.
        let theirs = checked(world, &stranger, &kestrel.channel.to_string(), GOOD);
        world.root().get(&theirs).expect(200);
        let channels: Vec<reseller_portal::values::ChannelId> = world.read(|connection| {
            use reseller_portal::db::schema::usage_files;
            usage_files::table.order(usage_files::id.desc()).select(usage_files::channel_id).load(connection)
        });
        assert_eq!(channels, [own, kestrel.channel]);
    }

    fn a_reseller_that_may_not_import_sees_its_files_and_who_can_permit_it(world) {
        let reseller = a_reseller("Opal Digital").build(world).id;
        let channel = a_channel(reseller).may_not_import().build(world);
        let own = world.reseller(reseller);
        let address = checked(world, &world.root(), &channel.to_string(), GOOD);
        assert!(own.get("/usage/files").expect(200).main().contains("october.csv"));
        assert!(own.get("/usage/files/new").expect(403).main().contains("A root administrator can permit it"));
        assert!(own.get(&address).expect(200).main().contains("The provider decides on this file"));
        own.post(&format!("{address}/acceptance"), &[]).expect(403);
        upload(&own, &[("format", "portal")], HEADER).expect(403);
        own.get("/usage/mapping").expect(403);
        own.post("/usage/unrated/retry", &[]).expect(403);
        assert_eq!(row_counts(world)[0], 0);
    }
}
