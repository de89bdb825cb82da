//! The list of what cannot be rated yet.

use super::setting::*;
use crate::on_both;
use crate::support::builders::{a_bundle, a_customer, a_subscription};

const ROWS: &str = "\
    a,NOBODY,DISK,0.1,GB,2026-10-01,2026-10-02\n\
    b,NOBODY,DISK,0.2,GB,2026-10-05,2026-10-06\n\
    c,NORD,DISK,3,TB,2026-10-01,2026-10-02\n";

on_both! {
    fn rows_that_miss_the_same_stand_together_with_the_way_to_mend_it(world) {
        let kestrel = kestrel(world);
        import_rows(world, kestrel.channel, ROWS);
        let page = world.root().get("/usage/unrated").expect(200);
        assert_eq!(page.h1(), "3 rows cannot be rated yet");
        let row = page.row("No customer").join(" | ");
        assert!(row.contains("0.3 GB") && row.contains("1 Oct 2026 to 5 Oct 2026"), "{row}");
        assert!(page.link("Map names: NOBODY, DISK").contains(&format!("channel={}", kestrel.channel)));
        assert_eq!(page.link("Open product: NORD, DISK"), format!("/products/{}", kestrel.disk));
    }

    fn the_list_is_narrowed_by_cause_and_channel(world) {
        let kestrel = kestrel(world);
        let (_, other) = halden(world);
        import_rows(world, kestrel.channel, ROWS);
        let root = world.root();
        assert_eq!(root.get("/usage/unrated?cause=unit").rows().len(), 1);
        let elsewhere = root.get(&format!("/usage/unrated?channel={other}"));
        assert!(elsewhere.main().contains("No row matches"), "{}", elsewhere.main());
    }

    fn a_reseller_sees_only_its_own(world) {
        let kestrel = kestrel(world);
        let (halden, _) = halden(world);
        import_rows(world, kestrel.channel, ROWS);
        let stranger = world.reseller(halden);
        assert_eq!(stranger.get("/usage/unrated").h1(), "All usage is rated");
        let filtered = stranger.get(&format!("/usage/unrated?channel={}", kestrel.channel));
        assert!(!filtered.main().contains("NOBODY"));
        assert_eq!(world.reseller(kestrel.reseller).get("/usage/unrated").rows().len(), 2);
    }

    fn what_was_mended_elsewhere_is_found_by_searching_again(world) {
        let kestrel = kestrel(world);
        import_rows(world, kestrel.channel, ROWS);
        world.settle();
        let other = a_bundle("OTHER").usage(kestrel.disk, "0.2").build(world);
        let customer = a_customer(kestrel.channel, "Nobody AS").external("NOBODY").build(world);
        a_subscription(customer, &other).from("2026-10-02").build(world);
        let own = world.reseller(kestrel.reseller);
        let after = own.submit("/usage/unrated/retry", &[]);
        assert_eq!(after.flash(), "1 row can be rated now");
        assert_eq!(after.h1(), "2 rows cannot be rated yet");
        assert!(after.row("No subscription").join(" ").contains("1 Oct 2026"));
        assert_eq!(quantity(&daily(world, kestrel.channel)).to_string(), "0.2");
    }
}
