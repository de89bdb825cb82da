//! The program is killed at each point at which it waits for the disk.

use super::cases::{Case, close, import};
use super::setting::is_thorough;
use super::strace::under;

/// What SQLite calls to have its writes on the disk.
const SYNCS: &str = "fdatasync,fsync";
/// Fewer points than this, and the faults did not reach the program.
const FEWEST: usize = 6;

fn at_each_sync(case: &Case) {
    let stride = if is_thorough() { 1 } else { 3 };
    for point in (1..).step_by(stride) {
        let place = case.place();
        let told = under(&place, SYNCS, &format!("signal=KILL:when={point}"), case.arguments);
        let was_done = told.status.success();
        case.check(&place, was_done, &format!("killed at sync {point}"));
        if was_done {
            assert!(point > FEWEST, "it ended before sync {point}");
            return;
        }
    }
}

#[test]
fn an_import_that_is_killed_at_any_sync_is_whole_or_absent() {
    at_each_sync(&import(1_000));
}

#[test]
fn a_closing_that_is_killed_at_any_sync_is_whole_or_absent_for_each_channel() {
    at_each_sync(&close());
}
