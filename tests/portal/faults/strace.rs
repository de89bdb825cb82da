//! Faults that `strace` injects into system calls.

use std::fs::File;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{Place, Program, command_under, wait_for};

const HELP: &str = "strace is not installed. Install it (Debian, Ubuntu: apt-get install strace).";

/// What a command says that meets a fault in some calls: `signal=KILL:when=3`, `error=ENOSPC:when=5+`.
pub fn under(place: &Place, calls: &str, fault: &str, arguments: &[&str]) -> Output {
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{fault}"));
    let strace = ["strace", "-f", "-qq", "-o", "calls.txt", "-e", &trace, "-e", &inject, "--"];
    command_under(&strace, place, arguments).output().expect(HELP)
}

/// A fault in calls of a running program, until it is over.
pub struct Fault(Child);

impl Fault {
    pub fn of(program: &Program, calls: &str, fault: &str) -> Self {
        let told = tempfile::NamedTempFile::new().unwrap();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
        strace.args(["-e", &format!("inject={calls}:{fault}"), "-p", &program.id().to_string()]);
        strace.stdout(Stdio::null()).stderr(File::create(told.path()).unwrap());
        let mut strace = strace.spawn().expect(HELP);
        wait_for("strace is attached", || {
            let told = std::fs::read_to_string(told.path()).unwrap();
            let has_ended = strace.try_wait().unwrap().is_some();
            assert!(
                !has_ended,
                "strace must be allowed to attach (root, or kernel.yama.ptrace_scope=0): {told}"
            );
            told.contains("attached")
        });
        Self(strace)
    }

    /// Lets the program go on without it.
    pub fn end(self) {}
}

impl Drop for Fault {
    fn drop(&mut self) {
        // Asked to end, it lets go of the program; killed, it would as well, but not of a call that it has changed.
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.0.id())]).status();
        assert!(told.is_ok_and(|told| told.success()) || std::thread::panicking());
        self.0.wait().unwrap();
    }
}
