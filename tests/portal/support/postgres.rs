//! A PostgreSQL server for the tests: the one that `TEST_DATABASE_URL` names, else one that this process starts from
//! the installed binaries and that ends with it.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection};

const PATIENCE: Duration = Duration::from_secs(60);

const HELP: &str = "PostgreSQL is not installed. Install it (Debian, Ubuntu: apt-get install postgresql), or name a \
    server whose user may create databases in TEST_DATABASE_URL.";

/// Starts the server, and ends it and takes its files away when its own input ends, which is when this process does.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" -c max_connections=400 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=UTC >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// A server, and the pipe whose end stops it when it is ours.
struct Server {
    url: String,
    _alive: Option<ChildStdin>,
}

/// The address of a database of the server.
pub fn url(database: &str) -> String {
    let (login, _) = SERVER.url.rsplit_once('/').expect("the server's address ends in /database");
    format!("{login}/{database}")
}

/// Runs statements that concern the server as a whole.
pub fn administer(statements: &str) {
    use diesel::connection::SimpleConnection;
    let mut connection = PgConnection::establish(&SERVER.url).expect("the server answers");
    connection.batch_execute(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
}

impl Server {
    fn start() -> Self {
        if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
            return Self { url, _alive: None };
        }
        let binaries = binaries().expect(HELP);
        let folder = tempfile::Builder::new().prefix("portal-pg-").tempdir().unwrap().keep();
        let owner = owner(&folder);
        let mut initdb = Command::new(binaries.join("initdb"));
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("-D").arg(folder.join("data"));
        let made = owner.applied(&mut initdb).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&binaries).arg(&folder).stdin(Stdio::piped());
        keeper.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let alive = owner.applied(&mut keeper).spawn().expect("sh runs").stdin;
        let socket = folder.to_string_lossy().replace('/', "%2F");
        let server = Self { url: format!("postgres://postgres@{socket}/postgres"), _alive: alive };
        server.wait(&folder);
        server
    }

    fn wait(&self, folder: &Path) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = PgConnection::establish(&self.url) {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "PostgreSQL did not start: {error}\n{log}");
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
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// Whom the server runs as: it refuses root.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn applied<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Gives the folder to the user `postgres`, or else `nobody`, when this process is root's.
fn owner(folder: &Path) -> Owner {
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
