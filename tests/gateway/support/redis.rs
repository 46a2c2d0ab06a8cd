//! A real Redis for tests: on a free port, in a folder of its own, gone with the test binary.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// The server is a child of a shell that waits for its own standard input to close. That happens
/// when we drop it, and also when the test binary ends in whatever way, so nothing is left behind.
const WATCHER: &str = r#"
folder=$1
shift
redis-server "$@" &
server=$!
echo "pid $server"
exec >&-
read -r _
kill -9 $server
wait $server 2>/dev/null
rm -rf "$folder"
"#;

/// A port can be taken between our looking and the server's binding it.
const TRIES: usize = 5;

/// A running `redis-server`.
pub struct Redis {
    port: u16,
    folder: PathBuf,
    kind: Kind,
    more: Vec<String>,
    running: Option<Running>,
}

/// What it is started as.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    /// Only over TLS, with the certificate in its folder.
    Tls,
    /// A Sentinel, with the file in its folder.
    Sentinel,
}

struct Running {
    pid: u32,
    watcher: Child,
    lifeline: Option<ChildStdin>,
}

/// The one that all tests share which do not harm it.
pub fn shared() -> &'static Redis {
    static SHARED: OnceLock<Redis> = OnceLock::new();
    SHARED.get_or_init(Redis::start)
}

impl Redis {
    /// Starts one of one's own, to stop or kill.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further options, as on its command line.
    pub fn start_with(more: &[&str]) -> Self {
        let more: Vec<String> = more.iter().map(|m| (*m).to_owned()).collect();
        Self::start_as(Kind::Plain, &more, |_| {})
    }

    /// Starts one that speaks TLS only; `ready` puts `cert.pem` and `key.pem` into its folder.
    pub fn start_tls(ready: impl Fn(&Path)) -> Self {
        Self::start_as(Kind::Tls, &[], ready)
    }

    /// Starts a Sentinel with this configuration.
    pub fn start_sentinel(file: &str) -> Self {
        Self::start_as(Kind::Sentinel, &[], |folder| {
            std::fs::write(folder.join("sentinel.conf"), file).expect("written");
        })
    }

    fn start_as(kind: Kind, more: &[String], ready: impl Fn(&Path)) -> Self {
        assert!(
            Command::new("redis-server")
                .arg("--version")
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
            "these tests need redis-server: apt-get install -y redis-server"
        );
        for _ in 0..TRIES {
            let folder = tempfile::Builder::new()
                .prefix("passerelle-redis-")
                .tempdir()
                .expect("a folder for redis")
                .keep();
            ready(&folder);
            let mut redis = Self {
                port: free_port(),
                folder,
                kind,
                more: more.to_vec(),
                running: None,
            };
            redis.running = Running::start(&redis.folder, &redis.options());
            if redis.running.is_some() {
                return redis;
            }
        }
        panic!("redis-server did not start, {TRIES} times");
    }

    fn options(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let port = self.port.to_string();
        let mut options = Vec::new();
        if self.kind == Kind::Sentinel {
            options.push(format!("{folder}/sentinel.conf"));
            options.push("--sentinel".into());
        }
        let plain_port = if self.kind == Kind::Tls { "0" } else { &port };
        for pair in [
            ["--port", plain_port],
            ["--bind", "127.0.0.1"],
            ["--dir", &folder],
            ["--logfile", ""],
        ] {
            options.extend(pair.map(str::to_owned));
        }
        if self.kind != Kind::Sentinel {
            let socket = format!("{folder}/s");
            for pair in [
                ["--unixsocket", &socket],
                ["--save", ""],
                ["--appendonly", "no"],
            ] {
                options.extend(pair.map(str::to_owned));
            }
        }
        if self.kind == Kind::Tls {
            let (cert, key) = (format!("{folder}/cert.pem"), format!("{folder}/key.pem"));
            for pair in [
                ["--tls-port", &port],
                ["--tls-cert-file", &cert],
                ["--tls-key-file", &key],
                ["--tls-ca-cert-file", &cert],
                ["--tls-auth-clients", "no"],
            ] {
                options.extend(pair.map(str::to_owned));
            }
        }
        options.extend(self.more.iter().cloned());
        options
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn unix_url(&self) -> String {
        format!("unix://{}/s", self.folder.display())
    }

    /// Ends the server as a power cut would.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it again, empty, at the same address.
    pub fn restart(&mut self) {
        self.kill();
        std::fs::create_dir_all(&self.folder).expect("the folder again");
        self.running = Running::start(&self.folder, &self.options());
        assert!(self.running.is_some(), "redis-server did not start again");
    }

    /// Makes it hold its breath: connections stay, answers do not come.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it breathe again.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.running.as_ref().expect("a running server").pid;
        let done = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {pid}")])
            .status();
        assert!(done.is_ok_and(|status| status.success()), "kill -{signal}");
    }

    /// A connection of the test's own, to look behind the store's back.
    pub async fn raw(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url()).expect("an address");
        client
            .get_multiplexed_async_connection()
            .await
            .expect("a connection")
    }
}

impl Running {
    /// Waits until the server takes connections; none if it ended instead.
    fn start(folder: &Path, options: &[String]) -> Option<Self> {
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "sh"])
            .arg(folder)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let lifeline = watcher.stdin.take();
        let mut lines = BufReader::new(watcher.stdout.take().expect("its output")).lines();
        let mut running = Self {
            pid: 0,
            watcher,
            lifeline,
        };
        loop {
            // A server that cannot bind says so and ends; the shell still waits for us.
            let line = lines.next()?.ok()?;
            if let Some(pid) = line.strip_prefix("pid ") {
                running.pid = pid.parse().expect("a process id");
            }
            if line.contains("Ready to accept connections") || line.contains("+monitor master") {
                break;
            }
            if line.contains("Failed listening") || line.contains("Fatal") {
                return None;
            }
        }
        // Somebody has to go on reading, or the server would in time wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        Some(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.watcher.wait();
    }
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
