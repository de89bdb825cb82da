//! Import, rating and closing, by the program's commands.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::db::schema::{
    channels, charges, customers, products, statements, subscriptions, usage_records as r,
};
use reseller_portal::values::{
    BundleId, ChannelId, Cost, CustomerId, ProductId, Quantity, SubscriptionId, Timestamp, UsageFileId,
    UsageRecordId,
};

use crate::Options;
use crate::limits::{execute, psql};
use crate::pages::memory;
use crate::seed::{Seeded, run};
use crate::support::{Database, Place, command};
use crate::table::Table;

/// Rows of the plain load on SQLite.
const PLAIN_ROWS: i64 = 200_000;
/// A stored record.
#[derive(Queryable, Insertable)]
#[diesel(table_name = r, treat_none_as_default_value = false)]
struct Record {
    id: UsageRecordId,
    channel_id: ChannelId,
    file_id: Option<UsageFileId>,
    source: String,
    record_key: String,
    customer_ref: String,
    customer_label: String,
    product_ref: String,
    product_group: String,
    subscription_ref: String,
    quantity: Quantity,
    unit: String,
    list_cost: Option<Cost>,
    currency: Option<String>,
    started_at: Timestamp,
    ended_at: Timestamp,
    day: NaiveDate,
    customer_id: Option<CustomerId>,
    product_id: Option<ProductId>,
    subscription_id: Option<SubscriptionId>,
    unrated_cause: Option<String>,
}

/// Rows of one statement of 21 values each; SQLite takes 32,766 values in all.
const AT_ONCE: usize = 1_500;

pub fn measure(_: &Options, seeded: &Seeded, table: &mut Table) {
    let lines = seeded.rating.lines;
    let rate = lines as f64 / seeded.rating.seconds;
    let channels = seeded.size.resellers();
    table.add(
        seeded.at(),
        "rating of a month",
        format!("{rate:.0} lines/s"),
        format!("{lines} lines of {channels} channels in {:.1} s", seeded.rating.seconds),
    );
    import(seeded, table);
    close(seeded, table);
}

fn import(seeded: &Seeded, table: &mut Table) {
    let rows = seeded.size.file_rows();
    let (file, code) = write_file(seeded, rows);
    let began = Instant::now();
    let path = file.to_string_lossy().into_owned();
    let mut program =
        command(&seeded.place, &["import", "--format", "portal", "--channel", &code, "--json", &path]);
    let mut child = program.stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory(child.id(), "VmHWM:"));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "the import failed");
    let rate = rows as f64 / began.elapsed().as_secs_f64();
    let (limit, name) = match seeded.database {
        Database::Postgres => (copied(seeded), "of \\copy of the same rows"),
        Database::Sqlite => (loaded(seeded), "of a plain multi-row load"),
    };
    let measured = format!("{rate:.0} rows/s, {peak} MB at most");
    table.add(
        seeded.at(),
        &format!("import of {rows} rows"),
        measured,
        format!("{:.2} {name}", rate / limit),
    );
}

/// A usage file of a channel's first subscription, a row a second.
fn write_file(seeded: &Seeded, rows: u64) -> (PathBuf, String) {
    let (code, customer, sku): (String, String, String) = seeded.world.read(|connection| {
        let (code, customer, bundle): (String, String, BundleId) = subscriptions::table
            .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
            .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
            .order(subscriptions::reference)
            .select((channels::code, customers::external_id, subscriptions::bundle_id))
            .first(connection)?;
        let sku = charges::table
            .inner_join(products::table.on(charges::product_id.eq(products::id.nullable())))
            .filter(charges::bundle_id.eq(bundle))
            .select(products::sku)
            .first(connection)?;
        Ok((code, customer, sku))
    });
    let path = seeded.place.folder.path().join("usage.csv");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    writeln!(file, "id,customer,product,quantity,unit,start,end").unwrap();
    let first = seeded.month.first_day();
    for row in 0..rows {
        let day = first + chrono::Duration::days(i64::try_from(row % 28).unwrap());
        let (hour, minute) = (row / 28 % 23, row / 644 % 60);
        let quantity = row % 97;
        writeln!(
            file,
            "F-{row},{customer},{sku},{quantity}.25,hour,{day}T{hour:02}:{minute:02}:00Z,{day}T{:02}:{minute:02}:00Z",
            hour + 1
        )
        .unwrap();
    }
    file.flush().unwrap();
    (path, code)
}

/// What a record names; the portal's own table leaves these references out, as nothing named is ever deleted.
const REFERENCES: [(&str, &str); 5] = [
    ("channel_id", "channels"),
    ("file_id", "usage_files"),
    ("customer_id", "customers"),
    ("product_id", "products"),
    ("subscription_id", "subscriptions"),
];

/// `\copy` of what was imported into a table with the same indexes and with references: rows a second.
fn copied(seeded: &Seeded) -> f64 {
    let file = seeded.place.folder.path().join("copied.csv");
    let file = file.display();
    execute(seeded, "CREATE TABLE copied (LIKE usage_records INCLUDING ALL)");
    for (column, table) in REFERENCES {
        execute(seeded, &format!("ALTER TABLE copied ADD FOREIGN KEY ({column}) REFERENCES {table} (id)"));
    }
    psql(seeded, &format!("\\copy (SELECT * FROM usage_records WHERE file_id IS NOT NULL) TO '{file}' CSV"));
    let began = Instant::now();
    psql(seeded, &format!("\\copy copied FROM '{file}' CSV"));
    let seconds = began.elapsed().as_secs_f64();
    let rows: f64 = psql(seeded, "SELECT count(*) FROM copied").parse().unwrap();
    execute(seeded, "DROP TABLE copied");
    rows / seconds
}

/// Some of the imported rows inserted into an empty table of the same indexes in one transaction: rows a second.
fn loaded(seeded: &Seeded) -> f64 {
    let rows: Vec<Record> = seeded
        .world
        .read(|connection| r::table.filter(r::file_id.is_not_null()).limit(PLAIN_ROWS).load(connection));
    let place = Place::migrated(Database::Sqlite);
    let path = place.url.trim_start_matches("sqlite://").to_owned();
    let mut connection = SqliteConnection::establish(Path::new(&path).to_str().unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")
        .unwrap();
    let began = Instant::now();
    for some in rows.chunks(AT_ONCE) {
        diesel::insert_into(r::table).values(some).execute(&mut connection).unwrap();
    }
    connection.batch_execute("COMMIT").unwrap();
    rows.len() as f64 / began.elapsed().as_secs_f64()
}

fn close(seeded: &Seeded, table: &mut Table) {
    let began = Instant::now();
    run(&seeded.place, &["close", "--month", &seeded.month.to_string()]);
    let seconds = began.elapsed().as_secs_f64();
    let count: i64 = seeded.world.read(|connection| statements::table.count().get_result(connection));
    let rate = count as f64 / seconds;
    let measured = format!("{rate:.0} statements/s");
    table.add(seeded.at(), "closing of a month", measured, format!("{count} statements in {seconds:.1} s"));
}
