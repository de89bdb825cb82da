//! By what two copies of a table are compared.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::db::tables::{Kind, Table};

/// A row: the text of each column, or nothing.
pub type Cells = Vec<Option<String>>;

/// What a table holds, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub table: String,
    pub rows: u64,
    /// Of all rows in the order of their key.
    pub sha256: String,
    /// Of each column of amounts, in millionths, over all currencies: only good for comparing.
    pub sums: BTreeMap<String, i128>,
}

/// A digest in the making.
pub struct Digesting<'a> {
    table: &'a Table,
    rows: u64,
    hash: Sha256,
    sums: BTreeMap<String, i128>,
}

impl<'a> Digesting<'a> {
    pub fn begin(table: &'a Table) -> Self {
        Self { table, rows: 0, hash: Sha256::new(), sums: BTreeMap::new() }
    }

    /// The next row, as it is written and read.
    pub fn add(&mut self, written: &str, cells: &Cells) -> anyhow::Result<()> {
        let Table { name, columns, .. } = self.table;
        anyhow::ensure!(cells.len() == columns.len(), "a row of {name} has {} columns", cells.len());
        self.rows += 1;
        self.hash.update(written.as_bytes());
        self.hash.update(b"\n");
        let amounts = columns.iter().zip(cells).filter(|(column, _)| column.kind == Kind::Amount);
        for (column, cell) in amounts {
            let amount: i128 = match cell {
                Some(text) => text.parse().with_context(|| format!("an amount of {name}.{}", column.name))?,
                None => 0,
            };
            *self.sums.entry(column.name.clone()).or_default() += amount;
        }
        Ok(())
    }

    pub fn end(self) -> Digest {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Digest { table: self.table.name.clone(), rows: self.rows, sha256, sums: self.sums }
    }
}
