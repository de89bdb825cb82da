//! The backup file: lines of JSON, compressed, and behind them the SHA-256 of every byte before it.
//!
//! A head, then for each table its columns, its rows and its digest. The checksum is looked at before anything is read,
//! so that a file that was cut off or changed by a single bit is refused as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Digest;
use super::digest::Digesting;
use super::load::Loader;
use super::walk::Part;
use crate::db::tables::{self, Table};
use crate::private;
use crate::values::Timestamp;

const FORMAT: &str = "reseller-portal backup 1";
const CHECKSUM: u64 = 32;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    format: String,
    /// The program that made it.
    pub version: String,
    /// The newest migration that its database had.
    pub migration: String,
    pub made_at: Timestamp,
}

impl Head {
    pub fn new(migration: &str, made_at: Timestamp) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT.to_owned(), version, migration: migration.to_owned(), made_at }
    }
}

#[derive(Serialize, Deserialize)]
struct TableHead {
    table: String,
    columns: Vec<String>,
}

impl TableHead {
    fn of(table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Self { table: table.name.clone(), columns }
    }
}

/// Passes bytes on and adds them up.
struct Summed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A backup that is being written.
pub struct Writer {
    out: GzEncoder<Summed<BufWriter<File>>>,
}

impl Writer {
    /// Begins a file that must not be there yet.
    pub fn create(path: &Path, head: &Head) -> anyhow::Result<Self> {
        let file = private::new_file(path).with_context(|| format!("cannot make {}", path.display()))?;
        let summed = Summed { inner: BufWriter::new(file), hash: Sha256::new() };
        let mut writer = Self { out: GzEncoder::new(summed, Compression::fast()) };
        writer.line(&serde_json::to_string(head)?)?;
        Ok(writer)
    }

    pub fn write(&mut self, part: &Part<'_>) -> anyhow::Result<()> {
        match part {
            Part::Table(table) => self.line(&serde_json::to_string(&TableHead::of(table))?),
            Part::Row(row) => self.line(row),
            Part::End(digest) => self.line(&serde_json::to_string(digest)?),
        }
    }

    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        self.out.write_all(line.as_bytes())?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// Adds the checksum; the file is on the disk when this returns.
    pub fn finish(self) -> anyhow::Result<()> {
        let Summed { mut inner, hash } = self.out.finish()?;
        inner.write_all(&hash.finalize())?;
        Ok(inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?)
    }
}

/// A backup whose checksum is right.
pub struct Reader {
    pub head: Head,
    lines: io::Lines<BufReader<GzDecoder<io::Take<BufReader<File>>>>>,
}

impl Reader {
    /// Refuses what is no backup, or not whole.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let length = content_length(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        let content = BufReader::new(file).take(length);
        let mut lines = BufReader::new(GzDecoder::new(content)).lines();
        let head = lines.next().context("the backup is empty")?.context("this is no backup")?;
        let head: Head = serde_json::from_str(&head).context("this is no backup")?;
        ensure!(head.format == FORMAT, "this backup has another format: {}", head.format);
        Ok(Self { head, lines })
    }

    /// Loads everything; what each table holds.
    pub fn pour(&mut self, loader: &mut Loader<'_>, tell: super::Tell<'_>) -> anyhow::Result<Vec<Digest>> {
        let mut digests = Vec::new();
        while let Some(line) = self.lines.next() {
            let head: TableHead = serde_json::from_str(&line?).context("a table was expected")?;
            let table = tables::all().iter().find(|table| table.name == head.table);
            let table = table.with_context(|| format!("there is no table {}", head.table))?;
            ensure!(TableHead::of(table).columns == head.columns, "{} has other columns", head.table);
            loader.take(&Part::Table(table))?;
            let digest = self.rows(table, loader)?;
            loader.take(&Part::End(&digest))?;
            tell(&format!("{}: {} rows", digest.table, digest.rows));
            digests.push(digest);
        }
        Ok(digests)
    }

    /// The rows of a table, up to the digest behind them.
    fn rows(&mut self, table: &Table, loader: &mut Loader<'_>) -> anyhow::Result<Digest> {
        let mut digesting = Digesting::begin(table);
        for line in self.lines.by_ref() {
            let line = line?;
            if line.starts_with('[') {
                digesting.add(&line, &serde_json::from_str(&line)?)?;
                loader.take(&Part::Row(&line))?;
                continue;
            }
            let expected: Digest = serde_json::from_str(&line)?;
            let found = digesting.end();
            ensure!(found == expected, "the rows of {} are not those that were saved", table.name);
            return Ok(found);
        }
        bail!("the backup ends within {}", table.name)
    }
}

/// How long the content is, once its checksum was found to be right.
fn content_length(file: &mut File) -> anyhow::Result<u64> {
    let length = file.metadata()?.len().checked_sub(CHECKSUM).context("this is no backup")?;
    let mut hash = Sha256::new();
    let mut content = BufReader::new(&mut *file).take(length);
    io::copy(&mut content, &mut hash)?;
    let mut kept = Vec::new();
    content.into_inner().read_to_end(&mut kept)?;
    ensure!(
        hash.finalize().as_slice() == kept,
        "the backup is not whole: its checksum is not that of its content"
    );
    Ok(length)
}
