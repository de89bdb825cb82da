//! The re-seller's own books beside the statement: only what differs, each a dispute with one click.

use super::setting::{Setting, kestrel};
use crate::on_both;
use crate::support::builders::{a_channel, a_customer, a_reseller, a_subscription};
use crate::support::{Client, Page, Upload, World};
use diesel::prelude::*;
use reseller_portal::db::schema::disputes;
use reseller_portal::values::{Amount, StatementId};

fn address(id: StatementId) -> String {
    format!("/statements/{id}/comparison")
}

fn compare(own: &Client, id: StatementId, content: &str) -> Page {
    let file = Upload { field: "file", name: "books.csv", content: content.as_bytes() };
    own.post_file(&address(id), &[], &file)
}

/// September: 100.00 a month and 20 hours for Aldous, 100.00 for Brix; sent.
fn sent(world: &World) -> (Setting, StatementId, Client) {
    let setting = kestrel(world);
    let brix = a_customer(setting.channel, "Brix").external("B-2").build(world);
    a_subscription(brix, &setting.bundle).from("2026-09-01").build(world);
    setting.used(world, "2026-09-10", "20");
    setting.rate(world, "2026-09");
    let id = setting.sent(world, "2026-09");
    let own = world.reseller(setting.reseller);
    (setting, id, own)
}

on_both! {
    fn the_statements_own_csv_has_no_differences(world) {
        let (_, id, own) = sent(world);
        let page = own.get(&format!("/statements/{id}")).expect(200);
        assert_eq!(page.link("Compare with my books"), address(id));
        own.get(&address(id)).expect(200);
        let csv = own.get(&format!("/statements/{id}/lines.csv")).expect(200).html().to_owned();
        let page = compare(&own, id, &csv).expect(200);
        assert!(page.main().contains("Your books agree with the statement"), "{}", page.main());
    }

    fn a_difference_becomes_a_dispute_with_one_click(world) {
        let (_, id, own) = sent(world);
        let books = "customer,net\nAldous,105\nBrix,100\nCorvin,7\n";
        let page = compare(&own, id, books).expect(200);
        assert_eq!(page.rows().len(), 2, "Brix agrees");
        assert!(page.main().contains("In all your books have USD 2.00 more than the statement."));
        assert_eq!(page.row("Aldous")[1..4], ["USD 110.00", "USD 105.00", "USD -5.00"]);
        assert!(page.row("Corvin")[4].starts_with("Not in the statement"), "{:?}", page.row("Corvin"));
        let table = page.form("Dispute it");
        let fields: Vec<(&str, &str)> = table.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let nothing = Upload { field: "file", name: "", content: b"" };
        for said in ["The line is disputed", "The line is disputed already"] {
            let page = own.post_file(&address(id), &fields, &nothing).expect(200);
            assert!(page.main().contains(said), "{}", page.main());
            assert_eq!(page.row("Aldous")[4], "Disputed");
        }
        let page = own.get(&format!("/statements/{id}")).expect(200);
        assert!(page.main().contains("Our books hold USD 105.00, the statement USD 110.00, for 2 lines together"));
        // Of several lines together no claim is made; of one, what its net should be.
        let claims = |world: &World| -> Vec<Option<String>> {
            let of = disputes::table.order(disputes::raised_at).select(disputes::claimed);
            let claims: Vec<Option<Amount>> = world.read(|connection| of.load(connection));
            claims.into_iter().map(|claim| claim.map(|amount| amount.to_string())).collect()
        };
        assert_eq!(claims(world), [None]);
        world.clock.advance(chrono::Duration::seconds(1));
        let page = compare(&own, id, "customer,net\nAldous,110\nBrix,90\n").expect(200);
        let table = page.form("Dispute it");
        let fields: Vec<(&str, &str)> = table.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        own.post_file(&address(id), &fields, &nothing).expect(200);
        assert_eq!(claims(world), [None, Some("90".to_owned())]);
        let root = world.root().get(&format!("/statements/{id}")).expect(200);
        assert!(root.main().contains("Our books hold USD 105.00") && !root.has_link("Compare with my books"));
    }

    fn a_file_that_cannot_be_compared_is_told_and_disputes_nothing(world) {
        let (_, id, own) = sent(world);
        for (content, said) in [
            ("", "Choose a file that is not empty"),
            ("a,b\n1,2\n", "Line 1, header: no column tells the lines, such as customer or subscription"),
            ("customer,net\nAldous,dear\n", "Line 2, net: \"dear\""),
            ("customer,net,currency\nAldous,1,EUR\n", "Line 2, currency: \"EUR\" is not the statement's USD"),
            ("customer,net,Net\nAldous,1,2\n", "Line 1, row: The column \"Net\" stands there twice"),
            ("customer,net,note\nAldous,1,\"x\nBrix,2,y\n", "Line 2, row: The quote that opens here is never closed"),
            ("customer,net\nAldous\n", "Line 2, row: CSV error"),
            ("customer,net\n", "Line 2, row: there is no row below the header"),
            ("sep=;\ncustomer;net\nAldous;1\n", "Line 1, header: no column tells the lines"),
        ] {
            let page = compare(&own, id, content).expect(422);
            assert!(page.error_of("file").starts_with(said), "{}", page.error_of("file"));
        }
        let latin = Upload { field: "file", name: "b.csv", content: b"customer,net\n\xe9,1\n" };
        let wide: Vec<u8> = "\u{feff}customer,net\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let zipped = [0x1f, 0x8b, 8, 0];
        for content in [latin.content, &wide, &zipped] {
            let file = Upload { content, ..latin };
            assert_eq!(own.post_file(&address(id), &[], &file).expect(422).error_of("file"), "Save your books as CSV in UTF-8");
        }
        let marked = "\u{feff}customer,net\nAldous,110\nBrix,100\n";
        assert!(compare(&own, id, marked).expect(200).main().contains("Your books agree with the statement"));
        assert!(!own.get(&format!("/statements/{id}")).expect(200).main().contains("Our books"));
    }

    fn another_resellers_statement_is_not_compared(world) {
        let (_, id, _) = sent(world);
        let halden = a_reseller("Halden").build(world).id;
        a_channel(halden).build(world);
        let stranger = world.reseller(halden);
        stranger.get(&address(id)).expect(404);
        compare(&stranger, id, "customer,net\nAldous,1\n").expect(404);
    }
}
