//! What an import stores: each record once, and exact sums by day.

use std::sync::Barrier;

use diesel::prelude::*;
use reseller_portal::db::schema::{jobs, usage_records};
use reseller_portal::usage::Format;
use reseller_portal::usage::resolve::Target;
use reseller_portal::usage::store::{self, ImportRefusal, MappingWish};
use reseller_portal::usage::{MappingKind, UnratedCause};
use reseller_portal::values::Scope;

use super::setting::*;
use crate::on_both;
use crate::support::World;

fn rows(count: usize) -> String {
    (0..count)
        .map(|row| {
            let day = 1 + row % 28;
            format!("r-{row},NORD,DISK,{row}.000000000000000001,GB,2026-10-{day:02},2026-11-30\n")
        })
        .collect()
}

/// The months that wait to be rated, but the current one, which is rated every day anyway.
fn months(world: &World) -> Vec<Option<String>> {
    let mut months: Vec<Option<String>> = world.read(|connection| {
        jobs::table.filter(jobs::kind.eq("rate_month")).select(jobs::month).distinct().load(connection)
    });
    months.retain(|month| month.as_deref() != Some("2026-11"));
    months.sort();
    months
}

on_both! {
    fn records_are_added_up_exactly_by_the_utc_day_of_their_start(world) {
        let kestrel = kestrel(world);
        let tally = import_rows(world, kestrel.channel, "\
            a,NORD,DISK,0.000000000000000001,GB,2026-10-01,2026-10-02\n\
            b,NORD,DISK,5.2E-9,gb,2026-10-02T01:00:00+02:00,2026-10-02\n\
            c,NORD,DISK,-0.5,GB,2026-10-02T00:00:00Z,2026-10-03\n");
        assert_eq!((tally.accepted, tally.unrated), (3, 0));
        let sums = daily(world, kestrel.channel);
        let told: Vec<_> = sums
            .iter()
            .map(|sum| format!("{} {} {} {}", sum.day, sum.quantity, sum.unit, sum.records))
            .collect();
        assert_eq!(told, ["2026-10-01 0.000000005200000001 GB 2", "2026-10-02 -0.5 GB 1"]);
        assert!(sums.iter().all(|sum| sum.product == kestrel.disk && sum.currency.is_none()));
        assert_eq!(months(world), [Some("2026-10".to_owned())]);
    }

    fn a_second_import_adds_to_the_sums_of_the_first(world) {
        let kestrel = kestrel(world);
        import_rows(world, kestrel.channel, "a,NORD,DISK,0.1,GB,2026-10-01,2026-10-02\n");
        import_rows(world, kestrel.channel, "b,NORD,DISK,0.2,GB,2026-10-01,2026-10-02\n");
        let sums = daily(world, kestrel.channel);
        assert_eq!((sums.len(), quantity(&sums).to_string().as_str(), records(&sums)), (1, "0.3", 2));
    }

    fn importing_a_file_twice_adds_nothing(world) {
        let kestrel = kestrel(world);
        let rows = rows(2_000);
        assert_eq!(import_rows(world, kestrel.channel, &rows).accepted, 2_000);
        let once = daily(world, kestrel.channel);
        let again = import_rows(world, kestrel.channel, &rows);
        assert_eq!((again.accepted, again.duplicate, again.rows()), (0, 2_000, 2_000));
        assert_eq!(daily(world, kestrel.channel), once);
        assert_eq!(quantity(&once).to_string(), "1999000.000000000000002");
    }

    fn two_imports_of_one_file_at_the_same_time_add_it_once(world) {
        let kestrel = kestrel(world);
        let rows = rows(300);
        let start = Barrier::new(2);
        let accepted: i64 = std::thread::scope(|scope| {
            let runs = [(); 2].map(|()| scope.spawn(|| {
                start.wait();
                import_rows(world, kestrel.channel, &rows).accepted
            }));
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(accepted, 300);
        assert_eq!(records(&daily(world, kestrel.channel)), 300);
    }

    fn other_content_under_a_known_id_is_rejected_and_nothing_is_imported(world) {
        let kestrel = kestrel(world);
        import_rows(world, kestrel.channel, "a,NORD,DISK,1,GB,2026-10-01,2026-10-02\n");
        let before = row_counts(world);
        let rows = "b,NORD,DISK,1,GB,2026-10-01,2026-10-02\na,NORD,DISK,2,GB,2026-10-01,2026-10-02\n";
        let content = format!("{HEADER}{rows}");
        let refused = import(world, kestrel.channel, Format::Portal, content.as_bytes(), 0);
        assert_eq!(refused.unwrap_err(), ImportRefusal::Changed);
        assert_eq!(row_counts(world), before);
        let agreed = import(world, kestrel.channel, Format::Portal, content.as_bytes(), 1).unwrap();
        assert_eq!((agreed.accepted, agreed.rejected), (1, 1));
    }

    fn a_file_that_breaks_off_changes_nothing(world) {
        let kestrel = kestrel(world);
        let before = row_counts(world);
        let content = format!("{HEADER}{}z,NORD,\"DISK,1,GB,2026-10-01,2026-10-02\n", rows(3_100));
        let refused = import(world, kestrel.channel, Format::Portal, content.as_bytes(), 0).unwrap_err();
        let ImportRefusal::Fault(fault) = refused else { panic!("{refused:?}") };
        assert_eq!(fault.line, Some(3_102));
        assert_eq!(row_counts(world), before);
    }

    fn the_same_id_of_another_source_or_channel_is_another_record(world) {
        let kestrel = kestrel(world);
        let (_, other) = halden(world);
        let header = "id,customer,product,quantity,unit,start,end,source\n";
        let content = format!("{header}\
            a,NORD,DISK,1,GB,2026-10-01,2026-10-02,meter\n\
            a,NORD,DISK,1,GB,2026-10-01,2026-10-02,\n");
        let tally = import(world, kestrel.channel, Format::Portal, content.as_bytes(), 0).unwrap();
        assert_eq!(tally.accepted, 2);
        let elsewhere = import(world, other, Format::Portal, content.as_bytes(), 0).unwrap();
        assert_eq!((elsewhere.accepted, elsewhere.unrated), (2, 2));
        assert!(daily(world, other).is_empty());
    }

    fn what_cannot_be_rated_is_kept_with_its_cause(world) {
        let kestrel = kestrel(world);
        let tally = import_rows(world, kestrel.channel, "\
            a,NOBODY,DISK,1,GB,2026-10-01,2026-10-02\n\
            b,NORD,NOTHING,1,GB,2026-10-01,2026-10-02\n\
            c,NORD,DISK,1,GB,2023-12-31,2024-01-01\n\
            d,NORD,DISK,1,TB,2026-10-01,2026-10-02\n\
            e,NORD,RESOLD,1,GB,2026-10-01,2026-10-02\n");
        assert_eq!((tally.accepted, tally.unrated), (5, 5));
        let causes: Vec<Option<UnratedCause>> = world.read(|connection| {
            usage_records::table.order(usage_records::record_key).select(usage_records::unrated_cause).load(connection)
        });
        let told: Vec<_> = causes.into_iter().map(|cause| cause.unwrap().as_str()).collect();
        assert_eq!(told, ["customer", "product", "subscription", "unit", "currency"]);
        assert!(daily(world, kestrel.channel).is_empty());
    }

    fn mended_records_are_added_once_and_to_the_last_digit(world) {
        let kestrel = kestrel(world);
        let content = real_file("focus/focus_1_0_sample.csv");
        let tally = import(world, kestrel.channel, Format::Focus, &content, 0).unwrap();
        assert_eq!((tally.accepted, tally.unrated), (580, 580));
        let mended = world.write(|connection| map_everything(connection, world, &kestrel));
        assert_eq!(mended, 580);
        let sums = daily(world, kestrel.channel);
        assert_eq!((cost(&sums).to_string().as_str(), records(&sums)), ("13.21726888309", 580));
        assert_eq!(world.write(|connection| store::retry_unrated(connection, kestrel.channel, world.now())), 0);
        assert_eq!(daily(world, kestrel.channel), sums);
        assert_eq!(months(world), [Some("2024-09".to_owned())]);
        let again = import(world, kestrel.channel, Format::Focus, &content, 0).unwrap();
        assert_eq!((again.duplicate, again.unrated), (580, 0));
    }
}

/// Maps every sub-account to the one customer and every SKU to the product at cost plus.
fn map_everything(
    connection: &mut reseller_portal::db::AnyConnection,
    world: &World,
    kestrel: &Setting,
) -> QueryResult<i64> {
    let channel = reseller_portal::channels::store::find(connection, Scope::Root, kestrel.channel)?;
    let resold = reseller_portal::catalog::store::products(connection)?
        .into_iter()
        .find(|product| product.sku == "RESOLD")
        .unwrap();
    let mut wishes = Vec::new();
    for name in store::waiting_customers(connection, kestrel.channel, "focus", 1_000)? {
        let target = Some(Target::Customer(kestrel.customer));
        wishes.push(MappingWish { kind: MappingKind::Customer, external: name.name, target });
    }
    for name in store::waiting_products(connection, kestrel.channel, "focus", 1_000)? {
        let target = Some(Target::Product(resold.id));
        wishes.push(MappingWish { kind: MappingKind::Product, external: name.name, target });
    }
    store::save_mappings(connection, &channel, "focus", &wishes, &world.act())
}
