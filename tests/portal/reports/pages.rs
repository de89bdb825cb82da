//! Both reports over HTTP: grouping, filters in the address, and the CSV of what is shown.

use diesel::prelude::*;
use reseller_portal::db::schema::resellers;

use super::setting::cells;
use super::sold::{Sold, rate, sold, table};
use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_record, a_reseller, a_subscription,
};
use crate::support::{Client, Page, World};

const OCTOBER: &str = "from=2026-10&to=2026-10";

fn own(world: &World, sold: &Sold) -> Client {
    world.reseller(sold.kestrel)
}

/// What a report says of a quantity or of net revenue, by what it is grouped by.
fn told(page: &Page, columns: [&str; 2]) -> Vec<[String; 2]> {
    table(page, &columns).into_iter().map(|row| row.try_into().unwrap()).collect()
}

/// A number of a page as a CSV has it.
fn plain(shown: &str) -> String {
    shown.replace(['$', ','], "").replace('\u{2212}', "-")
}

on_both! {
    fn usage_is_grouped_by_whatever_is_asked(world) {
        let sold = sold(world);
        let own = own(world, &sold);
        let by = |months: &str, group: &str, column: &str| {
            told(&own.get(&format!("/reports/usage?{months}&group={group}")).expect(200), [column, "Quantity"])
        };
        let gigabytes = "3.000000000000000001";
        assert_eq!(by(OCTOBER, "product", "Product"), [["Disk", gigabytes], ["Virtual machine", "30.5"]]);
        assert_eq!(by(OCTOBER, "bundle", "Bundle"), [["Cloud", "30.5"], ["Disks", gigabytes]]);
        assert_eq!(by(OCTOBER, "customer", "Customer"), [["Aldous", "30.5"], ["Berit", gigabytes]]);
        assert_eq!(by(OCTOBER, "day", "Day"), [["2026-10-31", gigabytes], ["2026-10-04", "10"], ["2026-10-05", "20.5"]]);
        // 4 October is a Sunday, the 5th a Monday.
        assert_eq!(by(OCTOBER, "week", "Week"), [["2026-W44", gigabytes], ["2026-W40", "10"], ["2026-W41", "20.5"]]);
        let both = "from=2026-10&to=2026-11";
        assert_eq!(by(both, "month", "Month"), [["2026-10", gigabytes], ["2026-10", "30.5"], ["2026-11", "40"]]);
        assert_eq!(by(both, "product", "Product"), [["Disk", gigabytes], ["Virtual machine", "70.5"]]);
    }

    fn revenue_is_grouped_by_whatever_is_asked(world) {
        let sold = sold(world);
        let own = own(world, &sold);
        let by = |months: &str, group: &str, column: &str| {
            told(&own.get(&format!("/reports/revenue?{months}&group={group}")).expect(200), [column, "Net"])
        };
        assert_eq!(by(OCTOBER, "bundle", "Bundle"), [["Cloud", "$33.05"], ["Disks", "$1.50"]]);
        assert_eq!(by(OCTOBER, "product", "Product"), [["Disk", "$1.50"], ["Virtual machine", "$3.05"], ["Without product", "$30.00"]]);
        assert_eq!(by(OCTOBER, "customer", "Customer"), [["Aldous", "$33.05"], ["Berit", "$1.50"]]);
        assert_eq!(by(OCTOBER, "charge-type", "Charge type"), [["Recurring", "$30.00"], ["Usage", "$4.55"]]);
        assert_eq!(by("from=2026-10&to=2026-11", "month", "Month"), [["2026-10", "$34.55"], ["2026-11", "$34.00"]]);
        // 20 percent of 34.55.
        let page = own.get(&format!("/reports/revenue?{OCTOBER}"));
        assert_eq!(page.row("Total")[2..], ["$34.55", "$0.00", "$34.55", "$6.91", "$27.64"]);
    }

    fn the_address_holds_every_filter_and_the_form_shows_it(world) {
        let sold = sold(world);
        let own = own(world, &sold);
        let (vm, cloud, aldous) = (sold.vm, sold.cloud, sold.aldous.id);
        let page = own.get(&format!("/reports/usage?{OCTOBER}&group=day&product={vm}")).expect(200);
        let held = ["from", "to", "group", "product"].map(|name| page.field_value(name));
        assert_eq!(held, ["2026-10".to_owned(), "2026-10".to_owned(), "day".to_owned(), vm.to_string()]);
        assert_eq!(table(&page, &["Quantity"]), [["10"], ["20.5"]]);
        for (filter, net) in [
            (format!("bundle={cloud}"), vec!["$33.05"]),
            (format!("product={vm}"), vec!["$3.05"]),
            (format!("customer={aldous}"), vec!["$33.05"]),
            ("currency=USD".into(), vec!["$33.05", "$1.50"]),
            ("currency=EUR".into(), vec![]),
        ] {
            let page = own.get(&format!("/reports/revenue?{OCTOBER}&{filter}")).expect(200);
            let shown: Vec<String> = if net.is_empty() { vec![] } else { table(&page, &["Net"]).concat() };
            assert_eq!(shown, net, "{filter}");
            let csv = own.get(&page.link("CSV")).expect(200);
            let exported: Vec<String> = cells(&csv.html()).into_iter().map(|row| row["net"].clone()).collect();
            assert_eq!(exported, net.iter().map(|net| plain(net)).collect::<Vec<_>>(), "{filter}");
        }
        // Without months: this one and the one before.
        let page = own.get("/reports/revenue").expect(200);
        assert_eq!(["from", "to"].map(|name| page.field_value(name)), ["2026-10", "2026-11"]);
        assert!(page.main().contains("$68.55"), "{}", page.main());
    }

    fn the_csv_has_the_rows_of_the_table(world) {
        let sold = sold(world);
        for client in [own(world, &sold), world.root()] {
            for group in ["product", "bundle", "customer", "day", "week", "month"] {
                let asked = format!("from=2026-10&to=2026-11&group={group}");
                let page = client.get(&format!("/reports/usage?{asked}")).expect(200);
                let csv = client.get(&page.link("CSV")).expect(200);
                assert!(csv.header("content-type").starts_with("text/csv"));
                assert!(csv.header("content-disposition").contains("usage-2026-10-2026-11.csv"));
                let columns = ["product", "sku", "category", "bundle", "quantity", "unit"];
                let exported: Vec<Vec<String>> = cells(&csv.html())
                    .into_iter()
                    .map(|row| columns.map(|name| row[name].clone()).to_vec())
                    .collect();
                let shown: Vec<Vec<String>> = table(&page, &["Product", "SKU", "Category", "Bundle", "Quantity", "Unit"])
                    .into_iter()
                    .map(|row| row.into_iter().map(|cell| plain(&cell)).collect())
                    .collect();
                assert!(shown.len() > 1);
                assert_eq!(exported, shown, "{group}");
            }
            let page = client.get(&format!("/reports/revenue?{OCTOBER}&group=charge-type"));
            let csv = client.get(&page.link("CSV")).expect(200);
            let columns = ["name", "currency", "gross", "credits", "net", "reseller_share", "provider_share"];
            let exported: Vec<Vec<String>> =
                cells(&csv.html()).into_iter().map(|row| columns.map(|name| row[name].clone()).to_vec()).collect();
            let shown = table(&page, &["Charge type", "Currency", "Gross", "Credits", "Net", "Re-seller share", "Provider share"]);
            let shown: Vec<Vec<String>> =
                shown.into_iter().map(|row| row.into_iter().map(|cell| plain(&cell)).collect()).collect();
            assert_eq!(exported, shown);
        }
    }

    fn a_usage_row_tells_the_change_against_as_many_months_before(world) {
        let sold = sold(world);
        let own = own(world, &sold);
        let page = own.get("/reports/usage?from=2026-11&to=2026-11").expect(200);
        // 40 after 30.5 hours.
        assert_eq!(table(&page, &["Product", "Change"]), [["Virtual machine", "+31.1%"]]);
        let page = own.get(&format!("/reports/usage?{OCTOBER}"));
        assert_eq!(table(&page, &["Change"]), [["new"], ["new"]]);
    }

    fn without_figures_the_page_says_so_and_the_csv_has_its_header(world) {
        let sold = sold(world);
        let own = own(world, &sold);
        let nobody = world.reseller(a_reseller("Opal").build(world).id);
        for (client, months) in [(&own, "from=2020-01&to=2020-02"), (&nobody, OCTOBER)] {
            let page = client.get(&format!("/reports/usage?{months}")).expect(200);
            assert!(page.main().contains("No usage") && !page.has("section[aria-labelledby='usage-rows']"));
            let page = client.get(&format!("/reports/revenue?{months}")).expect(200);
            assert!(page.main().contains("No revenue") && !page.has("section[aria-labelledby='revenue-rows']"));
            for report in ["usage", "revenue"] {
                let csv = client.get(&format!("/reports/{report}.csv?{months}")).expect(200);
                assert!(csv.html().starts_with("reseller,channel_name,channel_code,"));
                assert_eq!(csv.html().lines().count(), 1);
            }
        }
    }

    fn filters_that_cannot_be_read_break_nothing(world) {
        let sold = sold(world);
        let root = world.root();
        let mut asked: Vec<String> = [
            "from=soon", "from=2026-13", "to=0000-00", "from=2026-10-01", "from=2026-11&to=2026-10", "from=9999-12",
            "to=0001-01", "to=9999-12", "from=-1&to=%F0%9F%98%80", "from=2026-10&from=2026-11", "unknown=1",
            "group=", "group=colour", "group=charge-type", "group=day", "currency=ZZZ", "currency=%00",
        ].map(str::to_owned).into();
        for name in ["reseller", "channel", "bundle", "product", "customer"] {
            for value in ["x", "1", "'%20OR%201=1--", "00000000-0000-0000-0000-000000000000", "%00", "%FF"] {
                asked.push(format!("{OCTOBER}&{name}={value}"));
            }
        }
        for report in ["usage", "revenue"] {
            for asked in &asked {
                for end in ["", ".csv"] {
                    let page = root.get(&format!("/reports/{report}{end}?{asked}"));
                    assert!([200, 400, 422].contains(&page.status), "{}", page.describe());
                }
            }
        }
        // Months the wrong way round are the later one alone; a group that is none is the usual one.
        let page = own(world, &sold).get("/reports/revenue?from=2026-11&to=2026-10&group=colour").expect(200);
        assert_eq!(table(&page, &["Bundle", "Net"]), [["Cloud", "$33.05"], ["Disks", "$1.50"]]);
    }

    fn all_months_that_there_are_make_a_page_of_a_sane_size(world) {
        sold(world);
        let root = world.root();
        for report in ["usage", "revenue"] {
            let page = root.get(&format!("/reports/{report}?from=0001-01&to=9999-12")).expect(200);
            assert!(page.bytes.len() < 500_000, "{} bytes", page.bytes.len());
            assert!(page.main().contains("Cloud"));
        }
    }

    fn names_that_look_like_formulas_are_exported_as_text_and_numbers_stay_numbers(world) {
        let vm = a_product("+SUM(A1)").named("@evil").build(world);
        let bundle = a_bundle("CLOUD").named("-2+3").usage(vm, "0.10").build(world);
        let reseller = a_reseller("Kestrel").build(world).id;
        world.write(|connection| {
            diesel::update(resellers::table.find(reseller)).set(resellers::name.eq("=Kestrel")).execute(connection)
        });
        let channel = a_channel(reseller).named("=HYPERLINK(1)").sells(&bundle).build(world);
        let customer = a_customer(channel, "=cmd|' /C calc'!A0").external("+1").build(world);
        let sale = a_subscription(customer, &bundle).build(world);
        a_record(customer, &sale, vm, "2026-10-05").quantity("-5").build(world);
        rate(world, channel, "2026-10");
        let own = world.reseller(reseller);
        let row = cells(&own.get(&format!("/reports/usage.csv?{OCTOBER}&group=customer")).html()).remove(0);
        let texts = ["reseller", "channel_name", "customer", "bundle", "product", "sku"].map(|name| row[name].as_str());
        assert_eq!(texts, ["'=Kestrel", "'=HYPERLINK(1)", "'=cmd|' /C calc'!A0", "'-2+3", "'@evil", "'+SUM(A1)"]);
        assert_eq!(row["quantity"], "-5");
        let row = cells(&own.get(&format!("/reports/revenue.csv?{OCTOBER}&group=customer")).html()).remove(0);
        let texts = ["reseller", "channel_name", "name", "code"].map(|name| row[name].as_str());
        assert_eq!(texts, ["'=Kestrel", "'=HYPERLINK(1)", "'=cmd|' /C calc'!A0", "'+1"]);
        assert_eq!(row["net"], "-0.50");
    }
}
