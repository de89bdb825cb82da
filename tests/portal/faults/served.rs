//! The server is killed while people work.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use reseller_portal::db::AnyConnection;
use reseller_portal::settlement::store;
use reseller_portal::values::{ChannelId, Month, ResellerId, Scope};

use super::cases::numbers;
use super::setting::*;
use crate::settlement::setting::{said, waive_all};
use crate::support::builders::{a_request, some_terms};
use crate::support::{Client, Place, Program, World};

/// Forms that are sent one after the other, each of which does something as a whole.
struct Deeds {
    original: Original,
    paths: Vec<String>,
    fields: &'static [(&'static str, &'static str)],
    parts: fn(&mut AnyConnection) -> QueryResult<Parts>,
}

impl Deeds {
    /// Sends the forms that were not answered yet, until the program breaks off; which ones were answered as done.
    fn send(&self, client: &Client, done: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut answered = done.clone();
        for (number, path) in self.paths.iter().enumerate().filter(|(number, _)| !done.contains(number)) {
            let Ok(page) = client.try_post(path, self.fields) else { break };
            assert_eq!(page.status, 303, "{}", page.describe());
            answered.insert(number);
        }
        answered
    }

    /// A copy on which everything was done, and how long that took.
    fn undisturbed(&self) -> (Parts, Duration) {
        let place = self.original.copy();
        let program = Program::serve(&place);
        let root = signed_in(&program);
        let whole = timed(|| assert_eq!(self.send(&root, &BTreeSet::new()).len(), self.paths.len()));
        (look(&place, self.parts), whole)
    }

    fn killed_at(&self, moment: Duration, after: &Parts) {
        let place = self.original.copy();
        let program = Program::serve(&place);
        let root = signed_in(&program);
        let answered = std::thread::scope(|scope| {
            let work = scope.spawn(|| self.send(&root, &BTreeSet::new()));
            std::thread::sleep(moment);
            program.kill();
            work.join().unwrap()
        });
        let when = format!("killed after {moment:?}");
        is_sound(&place, &when);
        let done = self.done(&place, after, &when);
        assert!(done.is_superset(&answered), "{when}: {answered:?} were answered, {done:?} are there");
        assert!(done.len() <= answered.len() + 1, "{when}: {answered:?} were answered, {done:?} are there");

        self.send(&signed_in(&Program::serve(&place)), &done);
        assert_eq!(self.done(&place, after, &when).len(), self.paths.len());
        verifies(&place, &when);
    }

    /// Which ones are there; each is wholly there or wholly absent.
    fn done(&self, place: &Arc<Place>, after: &Parts, when: &str) -> BTreeSet<usize> {
        let found = look(place, self.parts);
        let pairs = || found.iter().zip(after).enumerate();
        for (number, (found, after)) in pairs() {
            let is_absent = found.iter().all(|count| *count == 0);
            assert!(is_absent || found == after, "{when}: {found:?} of {after:?} at {number}");
        }
        pairs().filter(|(_, (found, after))| found == after).map(|(number, _)| number).collect()
    }

    fn at_any_moment(&self) {
        let (after, whole) = self.undisturbed();
        assert!(after.iter().flatten().all(|count| *count > 0), "{after:?}");
        moments(whole).for_each(|moment| self.killed_at(moment, &after));
    }
}

fn signed_in(program: &Program) -> Client {
    let root = program.root();
    root.token();
    root
}

const COMPANIES: usize = 12;

#[test]
fn a_request_that_was_answered_as_accepted_is_and_no_other_is_half_accepted() {
    let (original, paths) = Original::of(|world| {
        let accept = |number| {
            let id = a_request(&format!("Company {number}")).state("negotiating").build(world);
            some_terms(id).build(world);
            format!("/requests/{id}/acceptance")
        };
        (0..COMPANIES).map(accept).collect()
    });
    Deeds { original, paths, fields: &[("revision", "1")], parts: accepted }.at_any_moment();
}

fn accepted(connection: &mut AnyConnection) -> QueryResult<Parts> {
    let of_company = |number| {
        let request = format!("reseller_request_info r WHERE r.legal_name = 'Company {number}'");
        let of_reseller = |table: &str, condition: &str| {
            format!(
                "SELECT count(*) FROM {table} x JOIN resellers s ON x.reseller_id = s.id
                 WHERE s.name = 'Company {number}'{condition}"
            )
        };
        let queries = [
            format!("SELECT count(*) FROM {request} AND r.state = 'accepted'"),
            format!("SELECT count(*) FROM resellers WHERE name = 'Company {number}'"),
            of_reseller("users", ""),
            of_reseller("audit_events", " AND x.action = 'reseller.created'"),
            format!("SELECT count(*) FROM mails WHERE recipient = 'owner@company-{number}.example'"),
        ];
        numbers(connection, &queries)
    };
    (0..COMPANIES).map(of_company).collect()
}

const MONTHS: [&str; 8] =
    ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08"];

#[test]
fn a_statement_that_was_answered_as_posted_is_and_no_other_is_half_posted() {
    let (original, paths) = Original::of(|world| {
        let partner = business(world)[0];
        MONTHS.iter().map(|month| format!("/statements/{}/posting", agreed(world, partner, month))).collect()
    });
    Deeds { original, paths, fields: &[], parts: posted }.at_any_moment();
}

/// A statement that both sides agree to.
fn agreed(world: &World, (reseller, channel): (ResellerId, ChannelId), month: &str) -> String {
    let (act, month) = (world.act(), month.parse::<Month>().unwrap());
    let id = said(world.try_write(|connection| store::close(connection, channel, month, &act))).unwrap()[0];
    waive_all(world, id);
    said(world.try_write(|connection| store::send(connection, id, &act))).unwrap();
    let scope = Scope::Reseller(reseller);
    said(world.try_write(|connection| store::agree(connection, scope, id, &act))).unwrap();
    id.to_string()
}

fn posted(connection: &mut AnyConnection) -> QueryResult<Parts> {
    let of_month = |month: &&str| {
        let statement = format!("statements WHERE month = '{month}'");
        let queries = [
            format!("SELECT count(*) FROM {statement} AND state = 'posted'"),
            format!("SELECT count(number) + count(seal) + count(closing) + count(due_on) FROM {statement}"),
            format!(
                "SELECT count(*) FROM audit_events WHERE action = 'statement.posted'
                 AND object_id = (SELECT id FROM {statement})"
            ),
        ];
        numbers(connection, &queries)
    };
    MONTHS.iter().map(of_month).collect()
}
