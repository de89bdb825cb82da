//! Files of each supplier's format: recognised, read to the last digit, and refused row by row.

use diesel::prelude::*;
use reseller_portal::db::schema::usage_files;
use reseller_portal::usage::Format;
use reseller_portal::usage::store;
use reseller_portal::values::{Scope, UsageFileId};

use super::setting::*;
use crate::on_both;
use crate::support::Upload;

/// A file of our own making in each format, its rows by what became of them, and its list costs. The sums were
/// computed apart, in exact fractions.
const FIXTURES: [(&str, Format, [i64; 3], &str); 9] = [
    ("portal.csv", Format::Portal, [2, 0, 0], "USD 0.000000000000000001"),
    ("focus.csv", Format::Focus, [2, 0, 0], "USD -0.9"),
    ("aws-cur.csv", Format::AwsCur, [3, 0, 0], "USD 0.5000000128"),
    ("azure.csv", Format::Azure, [2, 0, 1], "CAD 3.2500564902"),
    ("oci.csv", Format::Oci, [2, 0, 0], "USD 0.024528557323661886"),
    ("cloudstack.json", Format::CloudStack, [1, 0, 1], ""),
    ("cloudstack.xml", Format::CloudStack, [1, 0, 0], ""),
    ("cloudevents.jsonl", Format::CloudEvents, [2, 0, 0], ""),
    ("cloudevents.json", Format::CloudEvents, [1, 1, 0], ""),
];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/portal/usage/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

on_both! {
    fn each_format_is_recognised_and_imported_to_the_last_digit(world) {
        let kestrel = kestrel(world);
        let (root, channel) = (world.root(), kestrel.channel.to_string());
        for (name, format, counts, costs) in FIXTURES {
            let file = Upload { field: "usage", name, content: &fixture(name) };
            let fields = [("channel", channel.as_str()), ("format", "auto")];
            let address = root.post_file("/usage/files/new", &fields, &file).expect(303).location().to_owned();
            world.settle();
            let decision = if counts[2] == 0 { "acceptance" } else { "partial-acceptance" };
            root.post(&format!("{address}/{decision}"), &[]).expect(303);
            world.settle();
            let id: UsageFileId = address.rsplit('/').next().unwrap().parse().unwrap();
            let file = world.read(|connection| store::file(connection, Scope::Root, id));
            let tally = &file.tally;
            assert_eq!((file.format, [tally.accepted, tally.duplicate, tally.rejected]), (format, counts), "{name}");
            let sums: Vec<_> = tally.costs.iter().map(|(currency, cost)| format!("{currency} {cost}")).collect();
            assert_eq!(sums.join(", "), costs, "{name}");
        }
        let page = root.get("/usage/files").expect(200);
        assert!(page.main().contains("cloudstack.xml"));
    }

    fn real_bills_of_each_supplier_are_imported_once_and_to_the_last_digit(world) {
        let kestrel = kestrel(world);
        for (name, format, count, cost) in [
            ("aws/cur_2023_11_canada.csv", Format::AwsCur, 554, "1.5262521571"),
            ("oci/oci_cost_2023_11_13.csv", Format::Oci, 317, "1.544251360734384074"),
            ("azure/ea_export_cad_2023_09.csv", Format::Azure, 27, "1.26136926505726"),
            ("azure/EA_ActualCost_Small.csv", Format::Azure, 11, "8.5450077867419368"),
            ("focus/synthetic_focus_1_2_gcp.csv", Format::Focus, 100, "921.53514741259345"),
        ] {
            let content = real_file(name);
            let tally = import(world, kestrel.channel, format, &content, 0).unwrap();
            assert_eq!(tally.accepted, count, "{name}");
            assert_eq!(tally.costs.values().map(ToString::to_string).collect::<Vec<_>>(), [cost], "{name}");
            let again = import(world, kestrel.channel, format, &content, 0).unwrap();
            assert_eq!((again.accepted, again.duplicate), (0, count), "{name}");
        }
    }

    fn names_of_each_source_can_be_mapped(world) {
        let kestrel = kestrel(world);
        import(world, kestrel.channel, Format::AwsCur, &fixture("aws-cur.csv"), 0).unwrap();
        import(world, kestrel.channel, Format::CloudEvents, &fixture("cloudevents.jsonl"), 0).unwrap();
        let page = world.root().get(&format!("/usage/mapping?channel={}&source=aws-cur", kestrel.channel)).expect(200);
        for name in ["100000000001", "ObjectStore", "Tax", "meter-1"] {
            assert!(page.main().contains(name), "{name}");
        }
    }

    fn a_file_that_is_not_recognised_asks_for_its_format(world) {
        let kestrel = kestrel(world);
        let file = Upload { field: "usage", name: "what.csv", content: b"a,b\n1,2\n" };
        let fields = [("channel", kestrel.channel.to_string()), ("format", "auto".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let page = world.root().post_file("/usage/files/new", &fields, &file).expect(422);
        assert!(page.main().contains("choose its format"), "{}", page.main());
        let files: i64 = world.read(|connection| usage_files::table.count().get_result(connection));
        assert_eq!(files, 0);
    }
}
