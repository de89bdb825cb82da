//! PostgreSQL servers for the tests: the one that all share, which `TEST_DATABASE_URL` names or this process starts
//! from the installed binaries, and servers of a test's own, which it may stop and start. All that are started here
//! end with this process.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection};

use super::wait_for;

const PATIENCE: Duration = Duration::from_secs(60);

const HELP: &str = "PostgreSQL is not installed. Install it (Debian, Ubuntu: apt-get install postgresql), or name a \
    server whose user may create databases in TEST_DATABASE_URL.";

/// Starts a server, obeys what is said to it, and ends the server and takes its files away when its own input ends,
/// which is when this process does.
const KEEPER: &str = r#"
serve() {
    programs=$1 folder=$2
    shift 2
    "$programs/postgres" -D "$folder/data" -c listen_addresses= -c unix_socket_directories="$folder" \
        -c max_connections=400 -c timezone=UTC "$@" >>"$folder/log" 2>&1 &
    server=$!
}
serve "$@"
while read -r order; do
    case $order in
        quit) kill -QUIT "$server"; wait "$server" ;;
        start) serve "$@" ;;
    esac
done
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

/// What makes a server fast whose data need not outlive it.
const CARELESS: [&str; 6] = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];

static SERVER: LazyLock<Server> = LazyLock::new(Server::shared);

/// A server, and the pipe to its keeper when it is ours.
pub struct Server {
    url: String,
    folder: PathBuf,
    keeper: Option<ChildStdin>,
    /// What it says is kept here when it is ours.
    log: PathBuf,
}

/// The address of a database of the server.
pub fn url(database: &str) -> String {
    SERVER.url_of(database)
}

/// Runs statements that concern the server as a whole.
pub fn administer(statements: &str) {
    SERVER.administer(statements);
}

impl Server {
    fn shared() -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => Self { url, folder: PathBuf::new(), keeper: None, log: PathBuf::new() },
            Err(_) => Self::start(&CARELESS),
        }
    }

    /// A server of the test's own, gone with this value. It keeps what was committed when it is stopped at once.
    pub fn durable() -> Self {
        Self::start(&[])
    }

    /// A server that follows this one, change by change.
    pub fn follower(&self) -> Self {
        let binaries = binaries().expect(HELP);
        let copy = |folder: &Path| {
            let mut copy = Command::new(binaries.join("pg_basebackup"));
            copy.args([
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--no-sync",
                "--username=postgres",
                "-h",
            ]);
            copy.arg(&self.folder).arg("-D").arg(folder.join("data"));
            copy
        };
        Self::start_with(&[], copy)
    }

    /// Makes a follower a server of its own, which takes changes.
    pub fn promote(&self) {
        self.administer("SELECT pg_promote()");
    }

    /// A commit counts only once a follower has it.
    pub fn commits_with_follower(&self) {
        self.administer("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.administer("SELECT pg_reload_conf()");
    }

    /// The address of a database of whichever of both servers takes changes.
    pub fn url_with(&self, other: &Self, database: &str) -> String {
        let hosts = [&self.folder, &other.folder].map(|folder| folder.to_string_lossy().replace('/', "%2F"));
        format!("postgres://postgres@{}/{database}?target_session_attrs=read-write", hosts.join(","))
    }

    /// Where its socket is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of a database of the server.
    pub fn url_of(&self, database: &str) -> String {
        let (login, _) = self.url.rsplit_once('/').expect("the server's address ends in /database");
        format!("{login}/{database}")
    }

    /// Runs statements that concern the server as a whole.
    pub fn administer(&self, statements: &str) {
        use diesel::connection::SimpleConnection;
        let mut connection = PgConnection::establish(&self.url).expect("the server answers");
        connection.batch_execute(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// A new database without any table; its address.
    pub fn database(&self, name: &str) -> String {
        self.administer(&format!("CREATE DATABASE {name}"));
        self.url_of(name)
    }

    /// All that it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Stops it as a crash would: nobody is waited for, nothing is written.
    pub fn stop_at_once(&mut self) {
        self.order("quit");
        wait_for("the server is down", || PgConnection::establish(&self.url).is_err());
    }

    /// Starts it after a stop; it answers when this returns.
    pub fn start_again(&mut self) {
        self.order("start");
        wait_for("the server answers", || PgConnection::establish(&self.url).is_ok());
    }

    fn order(&mut self, order: &str) {
        writeln!(self.keeper.as_mut().expect("a server of its own"), "{order}").expect("its keeper listens");
    }

    fn start(settings: &[&str]) -> Self {
        let binaries = binaries().expect(HELP);
        Self::start_with(settings, |folder| {
            let mut initdb = Command::new(binaries.join("initdb"));
            initdb.args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]);
            initdb.arg("-D").arg(folder.join("data"));
            initdb
        })
    }

    fn start_with(settings: &[&str], make: impl FnOnce(&Path) -> Command) -> Self {
        let binaries = binaries().expect(HELP);
        let folder = tempfile::Builder::new().prefix("portal-pg-").tempdir().unwrap().keep();
        let owner = owner(&folder);
        let made = owner.applied(&mut make(&folder)).output().expect("PostgreSQL's programs run");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&binaries).arg(&folder).args(settings);
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let keeper = owner.applied(&mut keeper).spawn().expect("sh runs").stdin;
        let socket = folder.to_string_lossy().replace('/', "%2F");
        let url = format!("postgres://postgres@{socket}/postgres");
        let log = folder.join("log");
        let server = Self { url, folder, keeper, log };
        server.wait();
        server
    }

    fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = PgConnection::establish(&self.url) {
            assert!(Instant::now() < deadline, "PostgreSQL did not start: {error}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The folder that holds PostgreSQL's programs.
fn binaries() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    for shelf in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"] {
        let versions = std::fs::read_dir(shelf).into_iter().flatten().flatten();
        folders.extend(versions.map(|version| version.path().join("bin")));
    }
    let programs = ["initdb", "postgres", "pg_basebackup"];
    folders.into_iter().find(|folder| programs.iter().all(|program| folder.join(program).is_file()))
}

/// Whom the server, and what stands before it, runs as: it refuses root.
pub struct Owner(Option<(u32, u32)>);

impl Owner {
    /// The command, run as that user.
    pub fn applied<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Gives the folder to the user `postgres`, or else `nobody`, when this process is root's.
pub fn owner(folder: &Path) -> Owner {
    if folder.metadata().unwrap().uid() != 0 {
        return Owner(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the list of users");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let (user, group) = find("postgres").or_else(|| find("nobody")).expect("a user other than root");
    chown(folder, Some(user), Some(group)).expect("root gives its folder away");
    Owner(Some((user, group)))
}
