//! A real PostgreSQL for tests: on a free port, in a folder of its own, gone with the test binary.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{ConnectOptions as _, Executor as _};

/// Makes a cluster in `$1` and runs it on port `$2` until our end of its standard input closes:
/// when we drop it, or when the test binary ends in whatever way. The server refuses to be root.
/// `$3`: its programs; `$4`: further settings.
const WATCHER: &str = r#"
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
cd "$1" || exit 1
[ "$(id -u)" -ne 0 ] || chown postgres "$1"
if [ ! -e "$1/data" ]; then
    as_postgres "$3/initdb" -D "$1/data" -U passerelle -A trust --no-sync --locale=C.UTF-8 \
        >"$1/initdb.log" 2>&1 || { echo "initdb failed:"; cat "$1/initdb.log"; exit 1; }
fi
as_postgres "$3/postgres" -D "$1/data" -p "$2" -k "$1" -c listen_addresses=127.0.0.1 \
    -c max_connections=300 $4 2>&1 &
server=$!
read -r how
if [ "$how" = keep ]; then as_postgres "$3/pg_ctl" -D "$1/data" -m immediate stop
else as_postgres "$3/pg_ctl" -D "$1/data" -m immediate stop; cd /; rm -rf "$1"; fi >/dev/null 2>&1
wait $server 2>/dev/null
"#;

/// What the tests that are not about durability do without.
const QUICK: &str = "-c fsync=off -c full_page_writes=off -c synchronous_commit=on";
/// As it is shipped.
const DURABLE: &str = "";

/// A running PostgreSQL server.
pub struct Postgres {
    port: u16,
    folder: PathBuf,
    settings: &'static str,
    running: Option<Running>,
}

struct Running {
    watcher: Child,
    lifeline: Option<ChildStdin>,
}

/// The one that all tests share which do not harm it.
pub fn shared() -> &'static Postgres {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(Postgres::quick)
}

impl Postgres {
    /// One of one's own, for what is not about durability.
    pub fn quick() -> Self {
        Self::start(QUICK)
    }

    /// One of one's own, as durable as it is shipped.
    pub fn durable() -> Self {
        Self::start(DURABLE)
    }

    fn start(settings: &'static str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("passerelle-postgres-")
            .tempdir()
            .expect("a folder for PostgreSQL")
            .keep();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let running = Some(Running::start(port, &folder, settings));
        Self {
            port,
            folder,
            settings,
            running,
        }
    }

    /// A new, empty database; its address.
    pub async fn database(&self) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let mut conn = self.raw("postgres").await;
        let make = format!("CREATE DATABASE {name}");
        conn.execute(sqlx::AssertSqlSafe(make))
            .await
            .expect("a database");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://passerelle@127.0.0.1:{}/{database}", self.port)
    }

    /// A connection of the test's own, to look behind the store's back.
    pub async fn raw(&self, database: &str) -> sqlx::PgConnection {
        let options: sqlx::postgres::PgConnectOptions =
            self.url(database).parse().expect("an address");
        options.connect().await.expect("a connection")
    }

    /// Ends the server as a power cut would; its data stay.
    pub fn stop(&mut self) {
        if let Some(running) = &mut self.running
            && let Some(lifeline) = &mut running.lifeline
        {
            use std::io::Write as _;
            let _ = writeln!(lifeline, "keep");
        }
        self.running = None;
    }

    /// Starts it again at the same address, with its data.
    pub fn restart(&mut self) {
        self.stop();
        self.running = Some(Running::start(self.port, &self.folder, self.settings));
    }
}

impl Running {
    /// Waits until the server takes connections.
    fn start(port: u16, folder: &Path, settings: &str) -> Self {
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "sh"])
            .arg(folder)
            .arg(port.to_string())
            .arg(programs())
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let lifeline = watcher.stdin.take();
        let mut lines = BufReader::new(watcher.stdout.take().expect("its output")).lines();
        let mut said = Vec::new();
        loop {
            let line = lines.next().and_then(Result::ok);
            let Some(line) = line else {
                panic!("PostgreSQL did not start:\n{}", said.join("\n"));
            };
            if line.contains("database system is ready to accept connections") {
                break;
            }
            said.push(line);
        }
        // Somebody has to go on reading, or the server would in time wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { watcher, lifeline }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.watcher.wait();
    }
}

/// Where Debian keeps the newest server's programs.
pub fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found
        .pop()
        .expect("these tests need PostgreSQL: scripts/install-test-tools")
}
