//! PgBouncer before a server, giving each transaction any of a few connections.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};

use diesel::{Connection, PgConnection};

use super::postgres::owner;
use super::{Server, wait_for};

/// Runs it until its own input ends, which is when the test does.
const KEEPER: &str = r#"
"$1" -q "$2/pgbouncer.ini" >>"$2/log" 2>&1 &
pooler=$!
read -r _
kill -KILL "$pooler"
rm -rf "$2"
"#;

/// A pooler, gone with this value.
pub struct Pooler {
    port: u16,
    _keeper: ChildStdin,
}

impl Pooler {
    /// Starts it with so many connections to the server, each of which serves anybody between two transactions.
    pub fn before(server: &Server, connections: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("portal-pooler-").tempdir().unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]\n* = host={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = {connections}\n\
             max_client_conn = 200\nquery_wait_timeout = 20\n",
            server.folder().display()
        );
        std::fs::write(folder.join("pgbouncer.ini"), settings).unwrap();
        let owner = owner(&folder);
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(program()).arg(&folder);
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let keeper = owner.applied(&mut keeper).spawn().expect("sh runs").stdin.unwrap();
        let pooler = Self { port, _keeper: keeper };
        wait_for("the pooler answers", || PgConnection::establish(&pooler.plain("postgres")).is_ok());
        pooler
    }

    /// The address of a database behind it, for the portal.
    pub fn url(&self, database: &str) -> String {
        format!("{}?pgbouncer=true", self.plain(database))
    }

    fn plain(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

fn program() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&on_path).chain(["/usr/sbin".into()]);
    let found = folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file());
    found.expect("PgBouncer is not installed. Install it (Debian, Ubuntu: apt-get install pgbouncer).")
}
