//! Many prices at once: by percent and from a table, each row shown, all saved or none.

use reseller_portal::values::ChannelId;

use super::setting::prices;
use crate::on_both;
use crate::support::builders::{Bundle, a_bundle, a_channel, a_price, a_product, a_reseller};
use crate::support::{Client, Page, Upload, World};

pub const NO_FILE: Upload<'static> = Upload { field: "file", name: "", content: b"" };

fn address(channel: ChannelId) -> String {
    format!("/channels/{channel}/bulk-prices")
}

pub fn send(client: &Client, channel: ChannelId, changes: &[(&str, &str)], file: &Upload<'_>) -> Page {
    let mut fields = vec![("from", "2026-12-01"), ("concerns", "existing"), ("reason", "New year")];
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes);
    client.post_file(&address(channel), &fields, file)
}

/// Sends the review's form with one of its buttons.
fn go_on(client: &Client, channel: ChannelId, review: &Page, button: &str) -> Page {
    let fields = review.form(button);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post_file(&address(channel), &fields, &NO_FILE)
}

/// Two bundles; the first is within a band of 90 to 150 percent.
fn two(world: &World) -> (ChannelId, [Bundle; 2], Client) {
    let cdn = a_product("CDN").unit("GB").build(world);
    let web = a_bundle("WEB").recurring("30").graduated(cdn, &["100"], &["1", "0.5"]).build(world);
    let cloud = a_bundle("CLOUD").recurring("100").cost_plus(cdn, "10").build(world);
    let kestrel = a_reseller("Kestrel").build(world).id;
    let channel = a_channel(kestrel).sells_within(&web, "90", "150", "").sells(&cloud).build(world);
    (channel, [web, cloud], world.reseller(kestrel))
}

on_both! {
    fn all_prices_move_by_percent_after_a_look_at_each(world) {
        let (channel, [web, cloud], own) = two(world);
        let page = own.get("/prices").expect(200);
        assert_eq!(page.link("Change many"), address(channel));
        let review = send(&own, channel, &[("percent", "5")], &NO_FILE).expect(200);
        assert_eq!(review.h1(), "Review 5 prices");
        assert!(review.main().contains("All of them are set from 1 December 2026 on, or none."));
        assert_eq!(review.row("Bundle WEB, USD")[1..], ["Monthly", "$30.00", "$31.50", "4.8%"]);
        assert!(prices(world, channel, &web).is_empty(), "a look saves nothing");
        let kept = go_on(&own, channel, &review, "Change them").expect(200);
        assert_eq!((kept.field_value("percent").as_str(), kept.field_value("reason").as_str()), ("5", "New year"));
        assert_eq!(kept.field_value("table").trim(), "", "the percent can be changed");
        let page = own.follow(&go_on(&own, channel, &review, "Set 5 prices"));
        assert_eq!(page.flash(), "5 prices set from 1 December 2026");
        assert_eq!(prices(world, channel, &web), ["2026-12-01 31.5"]);
        assert_eq!(prices(world, channel, &cloud), ["2026-12-01 105"]);
        // 1.1 x 1.05 = 1.155.
        assert!(page.main().contains("cost + 15.5%") && page.main().contains("$0.525"), "{}", page.main());
    }

    fn a_price_outside_its_limits_holds_all_back(world) {
        let (channel, [web, cloud], own) = two(world);
        let review = send(&own, channel, &[("percent", "-15"), ("step", "save")], &NO_FILE).expect(422);
        assert!(review.main().contains("Enter USD 27 or more: the floor is 90% of the reference price"), "{}", review.main());
        assert!(!review.main().contains("Set 5 prices"));
        assert!(prices(world, channel, &web).is_empty() && prices(world, channel, &cloud).is_empty());
        // Root is not bound, and a currency that nothing is sold in changes nothing.
        send(&world.root(), channel, &[("percent", "-15"), ("step", "save")], &NO_FILE).expect(303);
        assert_eq!(prices(world, channel, &web), ["2026-12-01 25.5"]);
        let none = send(&own, channel, &[("percent", "5"), ("currency", "EUR")], &NO_FILE).expect(422);
        assert_eq!(none.error_of("percent"), "Nothing would change by this");
    }

    fn the_prices_of_a_day_come_back_as_a_table(world) {
        let (channel, [web, cloud], own) = two(world);
        a_price(&cloud, &["120", "12"]).of(channel).from("2026-03-01").build(world);
        let csv = own.get(&format!("/channels/{channel}/as-of.csv?on=2026-12-01")).expect(200).html().to_owned();
        let table = |content: &str| {
            let file = Upload { field: "file", name: "prices.csv", content: content.as_bytes() };
            send(&own, channel, &[], &file)
        };
        assert_eq!(table(&csv).expect(422).error_of("file"), "Nothing would change by this");
        let edited = csv.replacen(",120,", ",125,", 1).replacen(",,12,", ",,13.5,", 1);
        assert_ne!(edited, csv);
        let review = table(&edited).expect(200);
        assert_eq!(review.h1(), "Review 2 prices");
        own.follow(&go_on(&own, channel, &review, "Set 2 prices"));
        assert_eq!(prices(world, channel, &cloud), ["2026-03-01 120", "2026-12-01 125"]);
        assert!(prices(world, channel, &web).is_empty(), "what does not change gets no version");
    }

    fn a_table_with_a_wrong_row_changes_nothing_and_names_every_fault(world) {
        let (channel, [web, _], own) = two(world);
        let table = "bundle_code,currency,charge,price\nWEB,USD,Monthly,31\nNONE,USD,Monthly,1\nWEB,EUR,Monthly,1\n\
            WEB,USD,Yearly,1\nWEB,USD,Monthly,32\nCLOUD,USD,Monthly,cheap\n\"CLOUD\",USD,\"Product CDN, on top of list cost\",5\n";
        let page = send(&own, channel, &[("table", table), ("step", "save")], &NO_FILE).expect(422);
        let lines: Vec<String> = page.rows().into_iter().map(|row| row[..2].join(" ")).collect();
        assert_eq!(lines, ["3 bundle_code", "4 currency", "5 charge", "6 charge", "7 price", "8 price"]);
        assert_eq!(page.field_value("table").trim(), table.trim());
        assert!(prices(world, channel, &web).is_empty());
        let no_column = send(&own, channel, &[("table", "bundle,price\nWEB,1\n")], &NO_FILE).expect(422);
        assert!(no_column.main().contains("The table has no such column"));
        let latin = Upload { field: "file", name: "p.csv", content: b"bundle_code,currency\n\xe9" };
        assert_eq!(send(&own, channel, &[], &latin).expect(422).error_of("file"), "Save the table as CSV in UTF-8");
        for (name, value) in [("from", "2026-11-01"), ("from", "soon"), ("concerns", "all"), ("percent", "much")] {
            let page = send(&own, channel, &[("percent", "5"), (name, value)].iter().rev().fold(Vec::new(), |mut all, field| {
                if !all.iter().any(|(known, _)| known == &field.0) { all.push(*field); }
                all
            }), &NO_FILE).expect(422);
            assert!(!page.error_of(name).is_empty(), "{name}={value}");
        }
    }

    fn locked_prices_are_not_in_reach_of_the_reseller(world) {
        let web = a_bundle("WEB").recurring("30").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells_locked(&web).build(world);
        let own = world.reseller(kestrel);
        let none = send(&own, channel, &[("percent", "5"), ("step", "save")], &NO_FILE).expect(422);
        assert_eq!(none.error_of("percent"), "Nothing would change by this");
        let table = "bundle_code,currency,charge,price\nWEB,USD,Monthly,31\n";
        let page = send(&own, channel, &[("table", table)], &NO_FILE).expect(422);
        assert!(page.main().contains("whose price you may change here"));
        send(&world.root(), channel, &[("percent", "5"), ("step", "save")], &NO_FILE).expect(303);
        assert_eq!(prices(world, channel, &web), ["2026-12-01 31.5"]);
    }

    fn a_table_with_names_like_formulas_comes_back_as_it_was(world) {
        let [odd, marked] = ["=CDN", "'=CDN"].map(|name| a_product(&format!("P{}", name.len())).named(name).unit("GB").build(world));
        let web = a_bundle("WEB").recurring("30").usage(odd, "1").usage(marked, "2").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&web).build(world);
        let own = world.reseller(kestrel);
        let csv = own.get(&format!("/channels/{channel}/as-of.csv?on=2026-12-01")).expect(200).html();
        assert!(csv.contains("'=CDN") && csv.contains("''=CDN"), "{csv}");
        let table = |content: &str| {
            let file = Upload { field: "file", name: "prices.csv", content: content.as_bytes() };
            send(&own, channel, &[], &file)
        };
        assert_eq!(table(&csv).expect(422).error_of("file"), "Nothing would change by this");
        let review = table(&csv.replace(",1,", ",1.5,").replace(",2,", ",2.5,")).expect(200);
        assert_eq!(review.h1(), "Review 2 prices");
        own.follow(&go_on(&own, channel, &review, "Set 2 prices"));
        assert_eq!(prices(world, channel, &web).len(), 1);
    }

    fn a_table_that_is_not_what_it_seems_changes_nothing(world) {
        let (channel, [web, _], own) = two(world);
        let head = "bundle_code,currency,charge,price";
        let upload = |content: &[u8]| send(&own, channel, &[("step", "save")], &Upload { field: "file", name: "p.csv", content });
        let wide: Vec<u8> = "\u{feff}bundle_code".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let large = format!("{head}\n{}", "WEB,USD,Monthly,31\n".repeat(14_000));
        for (content, said) in [
            (wide.as_slice(), "Save the table as CSV in UTF-8"),
            (&[0x1f, 0x8b, 8, 0], "Save the table as CSV in UTF-8"),
            (b"PK\x03\x04\xff", "Save the table as CSV in UTF-8"),
            (large.as_bytes(), "Choose a table of at most 256 KiB"),
            (head.as_bytes(), "Nothing would change by this"),
        ] {
            assert_eq!(upload(content).expect(422).error_of("file"), said);
        }
        for (content, line, said) in [
            (format!("{head},note\nWEB,USD,Monthly,31,\"x\nWEB,USD,Monthly,32,y\n"), "2", "The quote that opens here is never closed"),
            (format!("{head},Price\nWEB,USD,Monthly,31,32\n"), "1", "The column \"Price\" stands there twice"),
            (format!("{head}\nWEB,USD,Monthly\n"), "2", "3 fields"),
            (format!("{head}\nWEB,USD,Monthly,31,5\n"), "2", "5 fields"),
            (format!("{head}\nWEB,USD,Mon\0thly,31\n"), "2", "The bundle has no charge"),
            (format!("sep=;\n{head}\n").replace(',', ";"), "1", "The table has no such column"),
        ] {
            let row = upload(content.as_bytes()).expect(422).rows().remove(0);
            assert!(row[0] == line && row[2].contains(said), "{said}: {row:?}");
        }
        assert!(upload(b"").expect(422).errors().contains(&"Enter a percent, such as 17.5".to_owned()));
        assert!(prices(world, channel, &web).is_empty());
        upload(format!("\u{feff}{head}\nWEB,USD,Monthly,31\n").as_bytes()).expect(303);
    }
}
