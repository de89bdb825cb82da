//! The program is killed at any moment of a command.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use super::cases::{Case, close, import};
use super::setting::moments;
use crate::support::{Place, command};

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

#[test]
fn a_month_whose_closing_is_killed_is_closed_or_open_for_each_channel() {
    at_any_moment(&close());
}
