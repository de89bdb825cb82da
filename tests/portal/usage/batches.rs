//! Large files: imported batch by batch, from where the import was broken off, and alone in their channel.

use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use reseller_portal::clock::SharedClock;
use reseller_portal::db::schema::{usage_file_errors, usage_file_parts, usage_files};
use reseller_portal::db::{Decided, Failure};
use reseller_portal::jobs::store::lane_of;
use reseller_portal::usage::check::survey;
use reseller_portal::usage::formats::Limits;
use reseller_portal::usage::importing::{self, Order};
use reseller_portal::usage::reading::AT_ONCE;
use reseller_portal::usage::store::{self, ImportRefusal, NewFile, Origin, Task};
use reseller_portal::usage::{Content, FileState, Format, RowFault, Tally, digest};
use reseller_portal::values::{ChannelId, Scope, UsageFileId};
use reseller_portal::{channels, leases};

use super::setting::*;
use crate::on_both;
use crate::support::{World, wait_for};

/// Two batches and a part of a third.
const ROWS: usize = AT_ONCE * 2 + 5;

fn rows(count: usize) -> String {
    let row = |number: usize| {
        format!("r-{number},NORD,DISK,{number},GB,2026-10-{:02},2026-11-30\n", 1 + number % 28)
    };
    std::iter::once(HEADER.to_owned()).chain((0..count).map(row)).collect()
}

/// A file of any size that can break off.
struct File {
    text: String,
    /// After so many bytes, when it does.
    breaks_after: Option<usize>,
}

impl Content for File {
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        Ok(match self.breaks_after {
            Some(bytes) => Box::new(self.text.as_bytes()[..bytes].chain(Broken)),
            None => Box::new(Cursor::new(&self.text)),
        })
    }

    fn limits(&self) -> Limits {
        Limits::NONE
    }
}

fn whole(text: String) -> File {
    File { text, breaks_after: None }
}

fn task(world: &World, channel: ChannelId, skips_rejected: bool) -> Task {
    let new = NewFile { name: "large.csv".into(), format: Format::Portal };
    Task {
        channel: world.read(|connection| channels::store::find(connection, Scope::Root, channel)),
        file: UsageFileId::generate(),
        origin: Origin::Given { new, digest: "digest".into(), skips_rejected },
        job: None,
        rows: 0,
        act: world.act(),
    }
}

/// Imports what was checked as it is, and is told of each batch.
fn import_told(
    world: &World,
    task: &Task,
    content: &File,
    rejected: i64,
    note: impl FnMut(&Tally, &[RowFault]),
) -> Result<Tally, Failure<ImportRefusal>> {
    let rows_before = world.read(|connection| store::rows_of_files(connection, task.channel.id));
    let order = Order { task, format: Format::Portal, content, rejected, rows_before };
    importing::import(world.db(), &order, note)
}

/// Another file, whole.
fn import_given(world: &World, channel: ChannelId, rows: &str) {
    let content = whole(format!("{HEADER}{rows}"));
    import_told(world, &task(world, channel, false), &content, 0, |_, _| {}).unwrap();
}

fn is_soundly_imported(world: &World, channel: ChannelId, tally: &Tally) {
    let count = i64::try_from(ROWS).unwrap();
    assert_eq!((tally.accepted, tally.rows()), (count, count));
    let sums = daily(world, channel);
    let expected = count * (count - 1) / 2;
    assert_eq!((records(&sums), quantity(&sums).to_string()), (count, expected.to_string()));
    assert_eq!(row_counts(world)[..2], [count; 2]);
    let (state, rows, accepted): (String, i64, i64) = world.read(|connection| {
        usage_files::table
            .select((usage_files::state, usage_files::row_count, usage_files::accepted_count))
            .first(connection)
    });
    assert_eq!((state.as_str(), rows, accepted), ("accepted", count, count));
    assert_eq!(world.months_to_rate(channel).iter().filter(|month| *month == "2026-10").count(), 1);
}

on_both! {
    fn an_import_that_breaks_off_goes_on_behind_the_last_batch_and_comes_to_the_same(world) {
        let kestrel = kestrel(world);
        let task = task(world, kestrel.channel, false);
        let text = rows(ROWS);
        let breaks_after = Some(text.len() - 10);
        let broken = import_told(world, &task, &File { text: text.clone(), breaks_after }, 0, |_, _| {});
        assert!(broken.unwrap_err().to_string().contains("the disk is gone"));
        let so_far = world.read(|connection| store::progress(connection, task.file)).unwrap();
        assert_eq!(so_far.tally.rows(), i64::try_from(AT_ONCE).unwrap());
        assert_eq!(records(&daily(world, kestrel.channel)), so_far.tally.rows());
        assert!(!world.months_to_rate(kestrel.channel).contains(&"2026-10".to_owned()));

        let mut told = Vec::new();
        let tally = import_told(world, &task, &whole(text), 0, |tally, _| told.push(tally.rows())).unwrap();
        assert_eq!(told, [AT_ONCE * 2, ROWS].map(|rows| i64::try_from(rows).unwrap()));
        is_soundly_imported(world, kestrel.channel, &tally);
    }

    fn a_record_that_came_another_way_meanwhile_is_counted_once_and_a_contradiction_is_left_out_and_told(world) {
        let kestrel = kestrel(world);
        let task = task(world, kestrel.channel, false);
        let last = ROWS - 1;
        let mut told = Vec::new();
        let tally = import_told(world, &task, &whole(rows(ROWS)), 0, |tally, faults| {
            if tally.rows() == i64::try_from(AT_ONCE).unwrap() {
                let day = |number: usize| 1 + number % 28;
                import_rows(world, kestrel.channel, &format!(
                    "r-{last},NORD,DISK,77,GB,2026-10-01,2026-11-30\nr-{},NORD,DISK,{0},GB,2026-10-{:02},2026-11-30\n",
                    last - 1, day(last - 1)
                ));
            }
            told.extend(faults.to_vec());
        }).unwrap();
        let count = i64::try_from(ROWS).unwrap();
        assert_eq!((tally.accepted, tally.duplicate, tally.rejected), (count - 2, 1, 1));
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].line, told[0].column.as_str()), (u64::try_from(ROWS).unwrap() + 1, "id"));
        let (message, listed): (String, i64) = world.read(|connection| {
            let message = usage_files::table.find(task.file).select(usage_files::message).first(connection)?;
            Ok((message, usage_file_errors::table.count().get_result(connection)?))
        });
        assert!(message.contains("were left out"), "{message}");
        assert_eq!(listed, 1);
        assert_eq!(records(&daily(world, kestrel.channel)), count);
    }

    fn an_import_that_another_one_made_wrong_since_the_check_is_refused(world) {
        let kestrel = kestrel(world);
        let content = whole(rows(10));
        let checked = survey(world.db(), kestrel.channel, Format::Portal, &content, |_, _| Ok(())).unwrap();
        let task = task(world, kestrel.channel, false);
        let order = Order { task: &task, format: Format::Portal, content: &content, rejected: 0, rows_before: checked.rows_before };
        import_given(world, kestrel.channel, "r-3,NORD,DISK,77,GB,2026-10-01,2026-11-30\n");
        let before = row_counts(world);
        let refused = importing::import(world.db(), &order, |_, _| {}).decided().unwrap();
        assert_eq!(refused.unwrap_err(), ImportRefusal::Changed);
        assert_eq!(row_counts(world), before);
        // A duplicate changes nothing that somebody has to look at.
        let harmless = whole(rows(2));
        let checked = survey(world.db(), kestrel.channel, Format::Portal, &harmless, |_, _| Ok(())).unwrap();
        import_given(world, kestrel.channel, "r-0,NORD,DISK,0,GB,2026-10-01,2026-11-30\n");
        let order = Order { content: &harmless, rows_before: checked.rows_before, ..order };
        let tally = importing::import(world.db(), &order, |_, _| {}).unwrap();
        assert_eq!((tally.accepted, tally.duplicate), (1, 1));
    }

    fn a_key_that_stands_twice_is_found_however_far_apart_it_stands(world) {
        let kestrel = kestrel(world);
        let text = format!("{}r-7,NORD,DISK,7,GB,2026-10-08,2026-11-30\nr-9,NORD,DISK,1,GB,2026-10-01,2026-11-30\n", rows(ROWS));
        let mut faults = Vec::new();
        let content = whole(text);
        let checked = survey(world.db(), kestrel.channel, Format::Portal, &content, |_, of_part| {
            faults.extend(of_part.to_vec());
            Ok(())
        }).unwrap();
        let count = i64::try_from(ROWS).unwrap();
        let tally = checked.tally;
        assert_eq!((tally.accepted, tally.duplicate, tally.rejected), (count, 1, 1));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].reason, "The id stands on line 11 with other content");
        let imported = import_told(world, &task(world, kestrel.channel, true), &content, 1, |_, _| {}).unwrap();
        assert_eq!(imported, tally);
    }

    fn an_upload_is_kept_and_read_in_parts(world) {
        let kestrel = kestrel(world);
        let text = rows(60_000);
        let new = NewFile { name: "large.csv".into(), format: Format::Portal };
        let channel = world.read(|connection| channels::store::find(connection, Scope::Root, kestrel.channel));
        let file = world.write(|connection| {
            store::upload(connection, &channel, &new, &mut text.as_bytes(), &world.act())
        });
        let parts: i64 = world.read(|connection| usage_file_parts::table.count().get_result(connection));
        assert_eq!(parts, i64::try_from(text.len()).unwrap() / (1024 * 1024) + 1);
        let upload = store::Upload { db: world.db().clone(), file };
        assert_eq!(digest(&upload).unwrap(), digest(&whole(text)).unwrap());
    }

    fn two_imports_into_one_channel_do_not_interleave(world) {
        let kestrel = kestrel(world);
        let clock: SharedClock = world.clock.clone();
        let (at_work, waited) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let lane = lane_of(kestrel.channel);
        let waits = || {
            waited.fetch_add(1, Ordering::SeqCst);
        };
        let alone = || {
            leases::holding(world.db(), &clock, &lane, waits, || {
                assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0);
                wait_for("the others wait", || waited.load(Ordering::SeqCst) == 2);
                at_work.fetch_sub(1, Ordering::SeqCst);
            }).unwrap();
        };
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(alone))));
        // Another channel waits for none of it.
        let (_, other) = halden(world);
        let waits = || panic!("nobody else is there");
        leases::holding(world.db(), &clock, &lane, waits, || {
            leases::holding(world.db(), &clock, &lane_of(other), waits, || {}).unwrap();
        }).unwrap();
    }

    fn the_page_of_an_import_that_was_broken_off_lets_it_go_on(world) {
        let kestrel = kestrel(world);
        let root = world.root();
        let channel = world.read(|connection| channels::store::find(connection, Scope::Root, kestrel.channel));
        let new = NewFile { name: "october.csv".into(), format: Format::Portal };
        let text = format!("{HEADER}a,NORD,DISK,1,GB,2026-10-01,2026-10-02\nb,NORD,DISK,1,GB,2026-10-01,2026-10-02\n");
        let file = world.write(|connection| {
            store::upload(connection, &channel, &new, &mut text.as_bytes(), &world.act())
        });
        world.settle();
        // As if its first batch had been the first row.
        import_rows(world, kestrel.channel, "a,NORD,DISK,1,GB,2026-10-01,2026-10-02\n");
        world.write(|connection| {
            diesel::update(usage_files::table.find(file))
                .set((usage_files::state.eq(FileState::Importing), usage_files::row_count.eq(1), usage_files::accepted_count.eq(1)))
                .execute(connection)
        });
        let address = format!("/usage/files/{file}");
        let page = root.get(&address).expect(200);
        assert!(page.main().contains("The import was broken off after 1 row"), "{}", page.main());
        root.post(&format!("{address}/rejection"), &[]).expect(409);
        root.press(&page, "Go on with the import", &[]).expect(303);
        world.settle();
        let page = root.get(&address).expect(200);
        assert!(page.main().contains("2 rows imported"), "{}", page.main());
        assert_eq!(records(&daily(world, kestrel.channel)), 2);
    }
}
