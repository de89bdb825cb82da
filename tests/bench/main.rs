//! How fast the portal is, as ratios measured in one run on one machine: `tests/nightly speed` builds and runs it.
//!
//! A database of a size is filled, the release program serves it, and each page is asked for by `wrk`. In the same
//! run the limits are measured: a bare handler that answers the same bytes, the same SQL alone, a plain load of the
//! same rows. What is printed is a table for the README.

#![expect(clippy::float_arithmetic, reason = "times and rates are measured; no money is counted")]

mod limits;
mod load;
mod pages;
mod seed;
mod size;
#[path = "../portal/support/mod.rs"]
mod support;
mod table;
mod upkeep;
mod work;

use clap::Parser;

use size::Size;
use support::Database;
use table::Table;

/// A part of a run: its name, and what measures it.
type Part = (&'static str, fn(&Options, &seed::Seeded, &mut Table));

/// Measures the portal.
#[derive(Debug, Parser)]
struct Options {
    /// The sizes: s, m, l
    #[arg(long, value_delimiter = ',', default_value = "s,m")]
    size: Vec<Size>,
    /// The databases: sqlite, postgres
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    on: Vec<String>,
    /// Seconds for each page
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Only parts whose name contains this: pages, work, upkeep
    #[arg(long, default_value = "")]
    only: String,
    /// Only pages whose name contains this
    #[arg(long, default_value = "")]
    page: String,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    let mut table = Table::default();
    for size in &options.size {
        for name in &options.on {
            let database = if name == "postgres" { Database::Postgres } else { Database::Sqlite };
            measure(&options, *size, database, &mut table);
        }
    }
    table.print();
}

fn measure(options: &Options, size: Size, database: Database, table: &mut Table) {
    let seeded = seed::fill(size, database);
    // A program that was killed holds its leases for some time; imports come before any is.
    let parts: [Part; 3] = [("work", work::measure), ("pages", pages::measure), ("upkeep", upkeep::measure)];
    for (_, measure) in parts.iter().filter(|(name, _)| name.contains(&options.only)) {
        measure(options, &seeded, table);
    }
}
