//! The real program, on a free port with a database of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;

use super::world::SECRET;
use super::{Client, Place, World, wait_for};

/// The program, serving; killed with this value.
pub struct Program {
    child: Child,
    address: SocketAddr,
    place: Arc<Place>,
}

/// The program with a command, on this database.
pub fn command(place: &Place, arguments: &[&str]) -> Command {
    command_under(&[], place, arguments)
}

/// The same, run by another program.
pub fn command_under(wrapper: &[&str], place: &Place, arguments: &[&str]) -> Command {
    let all = [wrapper, &[env!("CARGO_BIN_EXE_reseller-portal")], arguments].concat();
    let mut command = Command::new(all[0]);
    command.current_dir(place.folder.path()).env("DATABASE_URL", &place.url).env("SECRET_KEY", SECRET);
    // A test server may be anywhere, and tests are faster than people.
    command.env("ALLOW_PLAIN_CONNECTIONS", "true").env("REQUESTS_A_MINUTE", "0");
    command.args(&all[1..]);
    command
}

/// The program with a command, on a world's database.
pub fn command_for(world: &World, arguments: &[&str]) -> Command {
    command(world.place(), arguments)
}

impl Program {
    /// Starts it, and waits until it answers.
    pub fn serve(place: &Arc<Place>) -> Self {
        Self::serve_with(place, |_| {})
    }

    /// The same with other settings.
    pub fn serve_with(place: &Arc<Place>, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = command(place, &["serve", "--listen", "127.0.0.1:0"]);
        change(&mut command);
        let open = |name: &str| {
            let path = place.folder.path().join(name);
            File::options().create(true).append(true).open(path).unwrap()
        };
        let told_before = said(place, "out.txt").len();
        let child = command.stdout(open("out.txt")).stderr(open("log.txt")).spawn().unwrap();
        let mut program = Self { child, address: ([127, 0, 0, 1], 0).into(), place: place.clone() };
        wait_for("the program tells its address", || {
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none(), "the program ended: {}", program.said());
            let told = said(place, "out.txt").split_off(told_before);
            let line = told.split_once(" is at http://").and_then(|(_, rest)| rest.split_once('\n'));
            line.map(|(address, _)| program.address = address.parse().unwrap()).is_some()
        });
        let health = program.anonymous();
        wait_for("the program answers", || {
            let answer = health.try_get("/healthz");
            answer.is_ok_and(|page| page.status == 200)
        });
        program
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Rows and sessions of its database.
    pub fn world(&self) -> World {
        World::beside(&self.place, self.address)
    }

    pub fn anonymous(&self) -> Client {
        Client::at(format!("http://{}", self.address))
    }

    /// The root administrator, in a new session.
    pub fn root(&self) -> Client {
        self.world().root()
    }

    /// All that it has written so far, to people and to its log.
    pub fn said(&self) -> String {
        [said(&self.place, "out.txt"), said(&self.place, "log.txt")].concat()
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        said(&self.place, "log.txt")
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(told.unwrap().success());
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        wait_for("the program has ended", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.folder.path().join(name)).unwrap_or_default()
}
