//! The same done by two at once, in two processes: it is done once.

use std::process::{Child, Output, Stdio};

use super::setting::{business, number, usage};
use crate::channels::setting::{field, review, versions};
use crate::on_both;
use crate::requests::setting::{at_once, statuses};
use crate::support::builders::{a_bundle, a_channel, a_product, a_reseller};
use crate::support::{Client, Page, World, command_for};

/// What two say who give the same command at once.
fn both(world: &World, arguments: &[&str]) -> [Output; 2] {
    let start = |()| -> Child {
        let mut command = command_for(world, arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    [(); 2].map(start).map(|child| child.wait_with_output().unwrap())
}

fn count(world: &World, query: &str) -> i64 {
    world.read(|connection| number(connection, query))
}

on_both! {
    fn one_file_that_two_import_at_once_is_there_once(world) {
        business(world);
        std::fs::write(world.folder().join("usage.csv"), usage(800)).unwrap();
        let said = both(world, &["import", "--format", "portal", "--channel", "ASKER", "usage.csv"]);
        assert!(said.iter().any(|output| output.status.success()), "{said:?}");
        world.settle();
        for query in ["SELECT count(*) FROM usage_records", "SELECT count(*) FROM usage_keys", "SELECT CAST(sum(record_count) AS BIGINT) FROM usage_daily"] {
            assert_eq!(count(world, query), 800, "{query}: {said:?}");
        }
        assert_eq!(count(world, "SELECT count(*) FROM usage_files"), 1);
        assert_eq!(count(world, "SELECT count(*) FROM audit_events WHERE action = 'usage_file.imported'"), 1);
    }

    fn a_month_that_two_close_at_once_has_one_statement_for_each_channel(world) {
        business(world);
        let said = both(world, &["close", "--month", "2025-10"]);
        assert!(said.iter().any(|output| output.status.success()), "{said:?}");
        let closed = "FROM statements WHERE month = '2025-10' AND state = 'closing'";
        assert_eq!(count(world, &format!("SELECT count(*) {closed}")), 3, "{said:?}");
        assert_eq!(count(world, &format!("SELECT count(DISTINCT channel_id) {closed}")), 3);
        assert_eq!(count(world, "SELECT count(*) FROM audit_events WHERE action = 'statement.closed'"), 3);
        assert_eq!(count(world, "SELECT count(*) FROM charge_lines WHERE month = '2025-10'"), 15);
    }

    fn of_two_channel_prices_set_at_once_none_is_lost(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("ONE").recurring("100").usage(vm, "0.10").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells(&bundle).build(world);
        let [ada, bert] = [world.root(), world.root()];
        let day = "2026-12-01";
        let (dearer, cheaper) = (review(&ada, channel, &bundle, day, &["110", "0.10"]), review(&bert, channel, &bundle, day, &["100", "0.08"]));
        let pages = at_once(vec![
            Box::new(|| ada.press(&dearer, "Set the price", &[])),
            Box::new(|| bert.press(&cheaper, "Set the price", &[])),
        ]);
        assert_eq!(statuses(&pages), [303, 422]);
        let (slower, page) = if pages[0].status == 422 { (&ada, &pages[0]) } else { (&bert, &pages[1]) };
        assert!(page.error_of("effective_from").starts_with("Somebody else changed these prices"), "{}", page.describe());
        // What was typed stays; who has seen what the other did sends both together.
        let both = [(field(&bundle, 0), "110"), (field(&bundle, 1), "0.08")];
        let both: Vec<(&str, &str)> = both.iter().map(|(name, price)| (name.as_str(), *price)).collect();
        let preview = slower.press(page, "Review the price", &both).expect(200);
        slower.press(&preview, "Set the price", &[]).expect(303);
        let found = versions(world, channel, &bundle);
        let told: Vec<String> = bundle.charges.iter().map(|charge| format!("{:?}", found[0].values[charge])).collect();
        assert!(found.len() == 1 && told[0].contains("110") && told[1].contains("0.08"), "{told:?}");
    }

    fn of_two_reference_prices_set_at_once_none_is_lost(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let [ada, bert] = [world.root(), world.root()];
        let address = format!("/bundles/{}/prices/USD", bundle.id);
        let [first, second] = [ada.get(&address), bert.get(&address)];
        let name = format!("price-{}", bundle.charges[0]);
        let send = |client: &Client, page: &Page, price: &str| {
            client.press(page, "Save prices", &[("from", "2026-12-01"), ("reason", "Power"), (&name, price)])
        };
        let pages = at_once(vec![
            Box::new(|| send(&ada, &first, "110")),
            Box::new(|| send(&bert, &second, "120")),
        ]);
        assert_eq!(statuses(&pages), [303, 422]);
        let slower = if pages[0].status == 422 { &pages[0] } else { &pages[1] };
        assert!(slower.error_of("from").starts_with("Somebody else changed these prices"), "{}", slower.describe());
        send(&ada, slower, "130").expect(303);
    }
}
