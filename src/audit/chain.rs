//! The chain over the log, by which a changed, missing or moved entry is found.
//!
//! Each seal is an HMAC of the seal before it and of one entry's whole content, with a key that is not in the
//! database. Entries are sealed moments after their change is committed, in the order in which they are found, so that
//! changes do not wait for each other. Several processes may seal: a number and an entry have one seal each, so that of
//! two that seal the same entries one is told so by the database, and looks again. What the chain cannot tell is that its newest end was cut off, seals and all:
//! for that, verifying takes a seal that was noted down elsewhere.

use std::collections::HashSet;

use chrono::Duration;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::{CONTENT, Content};
use crate::db::schema::{audit_events, audit_seals};
use crate::db::{AnyConnection, Db, Failure};
use crate::keyring::Keyring;
use crate::values::{EventId, Timestamp};

const PURPOSE: &str = "audit log";
/// How many entries are sealed or verified at a time.
const PAGE: i64 = 500;
/// An entry may be committed this much later than it was made.
const LONGEST_WRITE: Duration = Duration::hours(24);
/// An entry older than this has been sealed, unless something is wrong.
const SEALED_WITHIN: Duration = Duration::minutes(5);

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Seal {
    /// From 1, without a gap.
    pub number: i64,
    pub event: EventId,
    pub seal: String,
}

/// What verifying the log found.
#[derive(Debug, Clone, Default)]
pub struct LogVerified {
    pub entries: i64,
    /// The newest seal, to be noted down elsewhere.
    pub head: Option<Seal>,
    pub faults: Vec<String>,
}

/// Seals every entry that has none yet; says how many.
pub fn seal_new(db: &Db, keys: &Keyring) -> Result<usize, Failure> {
    let mut sealed = 0;
    loop {
        // Read outside of the writing transaction, so that sealing never makes a change run again.
        let (head, entries) = db.read_blocking(|connection| {
            let head = head(connection)?;
            let entries = unsealed(connection, head.as_ref())?;
            Ok((head, entries))
        })?;
        if entries.is_empty() {
            return Ok(sealed);
        }
        let seals = links(keys, head, &entries);
        let stored = db.write_blocking(|connection| store(connection, &seals));
        match stored {
            Ok(()) => {
                sealed += seals.len();
                tell(&seals, &entries);
            }
            // Another process was faster; what it left is found by looking again.
            Err(failure) if failure.is_unique_violation() => {}
            Err(failure) => return Err(failure),
        }
    }
}

/// Repeats each entry in the process log under the target `audit`, so that a collector keeps the log elsewhere too.
fn tell(seals: &[Seal], entries: &[Content]) {
    for (seal, entry) in seals.iter().zip(entries) {
        let text = serde_json::to_string(entry).unwrap_or_default();
        tracing::info!(target: "audit", number = seal.number, seal = %seal.seal, entry = %text, "logged");
    }
}

fn store(connection: &mut AnyConnection, seals: &[Seal]) -> Result<(), Failure> {
    for Seal { number, event, seal } in seals {
        diesel::insert_into(audit_seals::table)
            .values((
                audit_seals::number.eq(number),
                audit_seals::event_id.eq(event),
                audit_seals::seal.eq(seal),
            ))
            .execute(connection)?;
    }
    Ok(())
}

fn head(connection: &mut AnyConnection) -> QueryResult<Option<Seal>> {
    audit_seals::table.order(audit_seals::number.desc()).first(connection).optional()
}

/// Entries without a seal, in the order in which they were made; old ones are not looked for again and again.
fn unsealed(connection: &mut AnyConnection, head: Option<&Seal>) -> QueryResult<Vec<Content>> {
    let missing = diesel::dsl::not(diesel::dsl::exists(
        audit_seals::table.filter(audit_seals::event_id.eq(audit_events::id)),
    ));
    let entries =
        audit_events::table.filter(missing).order(audit_events::id).limit(PAGE).select(CONTENT).into_boxed();
    match head.and_then(|head| earliest_beside(head.event)) {
        Some(earliest) => entries.filter(audit_events::id.ge(earliest)).load(connection),
        None => entries.load(connection),
    }
}

/// The first id that could have been made while this one's change was under way. An id tells when it was made, also
/// where the entry is dated otherwise.
fn earliest_beside(event: EventId) -> Option<EventId> {
    let (seconds, _) = event.as_uuid().get_timestamp()?.to_unix();
    let earliest = u128::from(seconds.saturating_sub(LONGEST_WRITE.num_seconds().unsigned_abs())) * 1000;
    Some(EventId::from_uuid(Uuid::from_u128(earliest << 80)))
}

fn links(keys: &Keyring, head: Option<Seal>, entries: &[Content]) -> Vec<Seal> {
    let (mut number, mut before) = head.map_or((0, String::new()), |head| (head.number, head.seal));
    let mut seals = Vec::with_capacity(entries.len());
    for entry in entries {
        number += 1;
        before = hex(&keys.mac(PURPOSE, &message(&before, entry)));
        seals.push(Seal { number, event: entry.0, seal: before.clone() });
    }
    seals
}

/// What a seal is made of: the seal before it and the entry, each field in its place.
fn message(before: &str, entry: &Content) -> Vec<u8> {
    serde_json::to_vec(&(before, entry)).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).filter_map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}

/// Goes through the whole chain and the whole log. `noted` is the number and seal of a link that was noted down
/// elsewhere.
pub fn verify(
    connection: &mut AnyConnection,
    keys: &Keyring,
    noted: Option<&(i64, String)>,
    now: Timestamp,
) -> QueryResult<LogVerified> {
    let mut found =
        LogVerified { entries: audit_events::table.count().get_result(connection)?, ..Default::default() };
    let (mut expected, mut before, mut sealed) = (1, String::new(), HashSet::new());
    let mut is_noted = noted.is_none();
    loop {
        let page: Vec<Seal> = audit_seals::table
            .filter(audit_seals::number.ge(expected))
            .order(audit_seals::number)
            .limit(PAGE)
            .load(connection)?;
        let Some(last) = page.last().map(|seal| seal.number) else { break };
        let entries = contents(connection, &page)?;
        for link in page {
            if link.number != expected {
                found
                    .faults
                    .push(format!("entry {expected} to {} of the chain are missing", link.number - 1));
            }
            match entries.iter().find(|entry| entry.0 == link.event) {
                None => found.faults.push(format!("entry {} of the log is missing", link.number)),
                Some(entry) if !keys.is_mac(PURPOSE, &message(&before, entry), &unhex(&link.seal)) => {
                    found.faults.push(format!("entry {} is not what was sealed: {}", link.number, entry.10));
                }
                Some(_) => {}
            }
            is_noted |= noted.is_some_and(|(number, seal)| *number == link.number && *seal == link.seal);
            sealed.insert(link.event);
            expected = link.number + 1;
            before.clone_from(&link.seal);
            found.head = Some(link);
        }
        expected = last + 1;
    }
    if !is_noted {
        found
            .faults
            .push("the seal that was noted down is not in the chain: its end was cut off or replaced".into());
    }
    found.faults.extend(forgotten(connection, &sealed, now)?);
    Ok(found)
}

fn contents(connection: &mut AnyConnection, page: &[Seal]) -> QueryResult<Vec<Content>> {
    let ids: Vec<EventId> = page.iter().map(|seal| seal.event).collect();
    audit_events::table.filter(audit_events::id.eq_any(ids)).select(CONTENT).load(connection)
}

/// Entries that are too old to have no seal.
fn forgotten(
    connection: &mut AnyConnection,
    sealed: &HashSet<EventId>,
    now: Timestamp,
) -> QueryResult<Option<String>> {
    let old: Vec<EventId> = audit_events::table
        .filter(audit_events::at.lt(now.plus(-SEALED_WITHIN)))
        .select(audit_events::id)
        .load(connection)?;
    let without = old.iter().filter(|id| !sealed.contains(id)).count();
    Ok(match without {
        0 => None,
        1 => Some("1 entry of the log has no seal".into()),
        more => Some(format!("{more} entries of the log have no seal")),
    })
}
