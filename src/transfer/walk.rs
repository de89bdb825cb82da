//! Reads every row of every table, as of one moment.

use anyhow::Context;

use super::digest::{Cells, Digest, Digesting};
use crate::db::tables::{self, Table};
use crate::db::{self, AnyConnection, transaction};

/// What is come across, in this order.
pub enum Part<'a> {
    Table(&'a Table),
    Row(&'a str),
    End(&'a Digest),
}

/// Opens a database to read all of it as it is now, whatever others write meanwhile.
pub fn snapshot(url: &str) -> anyhow::Result<AnyConnection> {
    let mut connection = db::connect(url)?;
    transaction::begin_snapshot(&mut connection)?;
    let applied = db::applied(&mut connection).context("this is no database of the portal")?;
    if applied != db::known()? {
        anyhow::bail!(
            "the schema is of {}, this program's of {}: use the program that serves the database",
            applied.last().map_or("no version", String::as_str),
            db::known()?.last().map_or("no version", String::as_str),
        );
    }
    Ok(connection)
}

/// Reads everything; what each table holds.
pub fn walk(
    connection: &mut AnyConnection,
    visit: &mut dyn FnMut(Part<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Digest>> {
    let mut digests = Vec::new();
    for table in tables::in_order(connection)? {
        visit(Part::Table(table))?;
        let digest = one(connection, table, visit).with_context(|| format!("the table {}", table.name))?;
        visit(Part::End(&digest))?;
        digests.push(digest);
    }
    Ok(digests)
}

fn one(
    connection: &mut AnyConnection,
    table: &Table,
    visit: &mut dyn FnMut(Part<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Digest> {
    let mut digesting = Digesting::begin(table);
    table.read(connection, |row| -> anyhow::Result<()> {
        // The two databases space their JSON differently.
        let cells: Cells = serde_json::from_str(row)?;
        let written = serde_json::to_string(&cells)?;
        digesting.add(&written, &cells)?;
        visit(Part::Row(&written))
    })?;
    Ok(digesting.end())
}
