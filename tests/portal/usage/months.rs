//! What PostgreSQL keeps by month, what waits to be rated by day, and what leaves when a month is archived.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::db::schema::{usage_records as r, usage_unrated as u};
use reseller_portal::db::{Decided, Failure};
use reseller_portal::settlement::store::{NotArchived, archive_usage};
use reseller_portal::usage::Format;
use reseller_portal::usage::store::{self, Import, NewFile};
use reseller_portal::values::ChannelId;

use super::setting::{HEADER, halden, import, import_rows, kestrel, row_counts};
use crate::on_both;
use crate::reports::setting::said;
use crate::settlement::setting as settled;
use crate::support::builders::day;
use crate::support::catalogue::texts;
use crate::support::{Database, World};

type ByDay = BTreeMap<(ChannelId, NaiveDate), i64>;

/// The records that cannot be rated, counted one by one.
fn counted(world: &World) -> ByDay {
    let days: Vec<(ChannelId, NaiveDate)> = world.read(|connection| {
        r::table.filter(r::unrated_cause.is_not_null()).select((r::channel_id, r::day)).load(connection)
    });
    days.into_iter().fold(ByDay::new(), |mut counts, day| {
        *counts.entry(day).or_default() += 1;
        counts
    })
}

fn kept(world: &World) -> ByDay {
    let rows: Vec<(ChannelId, NaiveDate, i64)> =
        world.read(|connection| u::table.select((u::channel_id, u::day, u::record_count)).load(connection));
    rows.into_iter().map(|(channel, day, count)| ((channel, day), count)).collect()
}

on_both! {
    fn what_cannot_be_rated_is_counted_through_every_change(world) {
        let setting = kestrel(world);
        let (_, other) = halden(world);
        let rows = "1,NORD,DISK,1,GB,2026-10-01,2026-10-02\n2,WEST,DISK,1,GB,2026-10-01,2026-10-02\n\
            3,WEST,DISK,1,GB,2026-10-01,2026-10-02\n4,NORD,TAPE,1,GB,2026-11-05,2026-11-06\n";
        import_rows(world, setting.channel, rows);
        import_rows(world, other, "1,SOUTH,DISK,1,GB,2026-10-01,2026-10-02\n");
        let first = ByDay::from([
            ((setting.channel, day("2026-10-01")), 2),
            ((setting.channel, day("2026-11-05")), 1),
            ((other, day("2026-10-01")), 1),
        ]);
        assert_eq!((counted(world), kept(world)), (first.clone(), first));
        let rated = |key: &'static str| {
            let one = r::table.filter(r::record_key.eq(key));
            world.tamper(|connection| diesel::update(one).set(r::unrated_cause.eq(None::<String>)).execute(connection).map(drop)).unwrap();
        };
        rated("2");
        rated("4");
        let waits = r::table.filter(r::record_key.eq("1")).filter(r::channel_id.eq(setting.channel));
        world.tamper(|connection| diesel::update(waits).set(r::unrated_cause.eq(Some("price"))).execute(connection).map(drop)).unwrap();
        let changed = ByDay::from([((setting.channel, day("2026-10-01")), 2), ((other, day("2026-10-01")), 1)]);
        assert_eq!((counted(world), kept(world)), (changed.clone(), changed));
        let gone = r::table.filter(r::channel_id.eq(other));
        world.tamper(|connection| diesel::delete(gone).execute(connection).map(drop)).unwrap();
        assert_eq!(kept(world), counted(world));
        assert_eq!(kept(world).len(), 1);
    }

    fn a_month_is_archived_when_all_of_it_is_posted(world) {
        let setting = settled::kestrel(world);
        setting.used(world, "2026-10-05", "10");
        setting.used(world, "2026-11-05", "20");
        setting.rate(world, "2026-10");
        let archive = || match world.try_write(|connection| archive_usage(connection, "2026-10".parse().unwrap(), &world.act())) {
            Ok(records) => Ok(records),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(failure) => panic!("{failure}"),
        };
        assert_eq!(archive(), Err(NotArchived::NotPosted(vec!["KESTREL".into()], 0)));
        let statement = setting.posted(world, "2026-10");
        let waiting = r::table.filter(r::day.eq(day("2026-10-05")));
        let cause = |cause: Option<&'static str>| {
            world.tamper(|connection| diesel::update(waiting).set(r::unrated_cause.eq(cause)).execute(connection).map(drop)).unwrap();
        };
        cause(Some("price"));
        assert_eq!(archive(), Err(NotArchived::Unrated(1)));
        cause(None);
        if world.database() == Database::Sqlite {
            assert_eq!(archive(), Err(NotArchived::InOneTable));
            return;
        }
        sort(world);
        let lines = settled::lines(world, statement);
        let line = lines.iter().find(|line| line.product_id.is_some()).unwrap();
        let page = || world.root().get(&format!("/lines/{}", line.id)).expect(200).main();
        assert!(!page().contains("archived"));
        let told = said(world, &["archive", "2026-10"]);
        assert_eq!(told.trim(), "archived 1 usage record of 2026-10: the table archived_usage_2026_10, which nothing reads");
        assert_eq!(texts_of(world, "SELECT record_key AS content FROM archived_usage_2026_10").len(), 1);
        assert_eq!(row_counts(world)[0], 1);
        assert_eq!(row_counts(world)[2], 2);
        assert!(page().contains("archived"), "{}", page());
        assert_eq!(archive(), Ok(0));
        assert_eq!(said(world, &["archive", "2026-10"]).trim(), "no usage records of 2026-10 are kept");
        assert_eq!(settled::lines(world, statement), lines);
    }
}

fn texts_of(world: &World, query: &str) -> Vec<String> {
    world.read(|connection| texts(connection, query))
}

fn sort(world: &World) {
    world.write(store::sort_into_months);
}

/// In which tables the records lie, with how many there are.
fn tables(world: &World) -> Vec<String> {
    let by_table = "SELECT CAST(tableoid::regclass AS TEXT) || ' ' || CAST(count(*) AS TEXT) AS content \
        FROM usage_records GROUP BY tableoid ORDER BY 1";
    texts_of(world, by_table)
}

#[test]
fn postgresql_keeps_the_records_of_each_month_in_a_table_of_its_own() {
    let world = World::on(Database::Postgres);
    let setting = kestrel(&world);
    let rows = "1,NORD,DISK,1,GB,2026-10-01,2026-10-02\n2,NORD,DISK,1,GB,2026-10-31,2026-11-01\n\
        3,NORD,DISK,1,GB,2026-11-01,2026-11-02\n4,NORD,DISK,1,GB,1970-01-01,1970-01-02\n";
    import_rows(&world, setting.channel, rows);
    let expected = ["usage_records_2026_10 2", "usage_records_2026_11 1", "usage_records_rest 1"];
    assert_eq!(tables(&world), expected);
    let again = import(&world, setting.channel, Format::Portal, format!("{HEADER}{rows}").as_bytes(), 0);
    assert_eq!(again.unwrap().duplicate, 4);
    assert_eq!(tables(&world), expected);
}

#[test]
fn who_may_only_write_rows_begins_a_month_as_well() {
    let world = World::on(Database::Postgres);
    let setting = kestrel(&world);
    // Roles are of the whole server, which other tests use too.
    let clerk = format!("clerk_{}", setting.channel.as_uuid().simple());
    let grant = format!(
        "CREATE ROLE {clerk}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {clerk}"
    );
    world.tamper(|connection| connection.batch_execute(&grant)).unwrap();
    let new = NewFile { name: "usage.csv".into(), format: Format::Portal };
    let rows =
        format!("{HEADER}1,NORD,DISK,1,GB,2026-10-01,2026-10-02\n2,WEST,DISK,1,GB,2026-11-01,2026-11-02\n");
    let imported = world.try_write(|connection| {
        connection.batch_execute(&format!("SET LOCAL ROLE {clerk}")).map_err(Failure::from)?;
        let (channel, format, now) = (setting.channel, Format::Portal, world.now());
        let file = store::add_file(connection, channel, &new, &world.act()).map_err(Failure::from)?;
        store::import(
            connection,
            &Import { channel, file, format, content: &rows.as_bytes(), rejected: 0 },
            now,
        )
    });
    assert_eq!(imported.decided().unwrap().unwrap().accepted, 2);
    assert_eq!(tables(&world), ["usage_records_2026_10 1", "usage_records_2026_11 1"]);
    assert_eq!(kept(&world), counted(&world));
    let gone = format!("DROP OWNED BY {clerk}; DROP ROLE {clerk}");
    world.tamper(|connection| connection.batch_execute(&gone)).unwrap();
}

#[test]
fn what_came_past_the_import_is_put_into_the_tables_of_its_months() {
    let world = World::on(Database::Postgres);
    let setting = settled::kestrel(&world);
    setting.used(&world, "2026-10-05", "10");
    setting.used(&world, "2026-10-06", "10");
    setting.used(&world, "2026-12-01", "10");
    assert_eq!(tables(&world), ["usage_records_rest 3"]);
    sort(&world);
    assert_eq!(tables(&world), ["usage_records_2026_10 2", "usage_records_2026_12 1"]);
    setting.used(&world, "2026-10-07", "10");
    assert_eq!(tables(&world), ["usage_records_2026_10 3", "usage_records_2026_12 1"]);
}
