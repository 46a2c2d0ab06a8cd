//! A real Redis for tests: on a free port, in a folder of its own, gone with the test binary.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// The server is a child of a shell that waits for its own standard input to close. That happens
/// when we drop it, and also when the test binary ends in whatever way, so nothing is left behind.
const WATCHER: &str = r#"
redis-server --port "$1" --bind 127.0.0.1 --unixsocket "$2/s" --dir "$2" --logfile "" \
    --save "" --appendonly no &
server=$!
echo "pid $server"
read -r _
kill -9 $server
wait $server 2>/dev/null
rm -rf "$2"
"#;

/// A port can be taken between our looking and the server's binding it.
const TRIES: usize = 5;

/// A running `redis-server`.
pub struct Redis {
    port: u16,
    folder: PathBuf,
    running: Option<Running>,
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
        assert!(
            Command::new("redis-server")
                .arg("--version")
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
            "these tests need redis-server: apt-get install -y redis-server"
        );
        for _ in 0..TRIES {
            let port = free_port();
            if let Some(redis) = Self::start_at(port) {
                return redis;
            }
        }
        panic!("redis-server did not start, {TRIES} times");
    }

    fn start_at(port: u16) -> Option<Self> {
        let folder = tempfile::Builder::new()
            .prefix("passerelle-redis-")
            .tempdir()
            .expect("a folder for redis")
            .keep();
        let running = Running::start(port, &folder)?;
        Some(Self {
            port,
            folder,
            running: Some(running),
        })
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
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
        self.running = Running::start(self.port, &self.folder);
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
    fn start(port: u16, folder: &std::path::Path) -> Option<Self> {
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "sh", &port.to_string()])
            .arg(folder)
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
        let mut ready = false;
        // The shell and the server write one after the other or the other way round; and process 0
        // would be all of ours.
        while !ready || running.pid == 0 {
            // A server that cannot bind says so and ends; the shell still waits for us.
            let line = lines.next()?.ok()?;
            if let Some(pid) = line.strip_prefix("pid ") {
                running.pid = pid.parse().expect("a process id");
            }
            ready |= line.contains("Ready to accept connections");
            if line.contains("Failed listening") {
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
