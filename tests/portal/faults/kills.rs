//! The program is killed at any moment of a command.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use super::cases::{Case, close, import};
use super::setting::{look, moments, number};
use crate::support::{Place, command, wait_for};

/// Kills the command after a time; whether it had ended well by then.
fn killed(place: &Arc<Place>, arguments: &[&str], moment: Duration) -> bool {
    let mut child = command(place, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap().success()
}

fn at_any_moment(case: &Case) {
    for moment in moments(case.whole) {
        let place = case.place();
        let was_done = killed(&place, case.arguments, moment);
        case.check(&place, was_done, &format!("killed after {moment:?} of {:?}", case.whole));
    }
}

#[test]
fn an_import_that_is_killed_is_wholly_there_or_wholly_absent() {
    at_any_moment(&import(5_000));
}

/// More than the first of three batches is there, and less than all.
fn is_half_imported(place: &Arc<Place>) -> bool {
    let rows = "SELECT coalesce(max(row_count), 0) FROM usage_files WHERE state = 'importing'";
    look(place, |connection| number(connection, rows)) > 0
}

#[test]
fn a_large_import_that_is_killed_goes_on_when_it_is_given_again_and_comes_to_the_same() {
    let case = import(45_000);
    let place = case.place();
    let mut child =
        command(&place, case.arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("a batch is stored", || is_half_imported(&place) || child.try_wait().unwrap().is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_half_imported(&place));
    case.goes_on(&place, "killed between batches");
}

#[test]
fn a_month_whose_closing_is_killed_is_closed_or_open_for_each_channel() {
    at_any_moment(&close());
}
