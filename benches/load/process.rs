//! Processes of the run: a Redis, the ceiling, the service; each ends with its value.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A Redis of this run.
pub struct Redis {
    child: Child,
    pub url: String,
}

impl Redis {
    pub fn start() -> Self {
        let port = free_port();
        let child = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-server is installed");
        let mut redis = Self {
            child,
            url: format!("redis://127.0.0.1:{port}"),
        };
        let out = BufReader::new(redis.child.stdout.take().expect("its log"));
        // The log is read on, or the server would stop when the pipe is full.
        let mut lines = out.lines();
        lines
            .find(|l| l.as_ref().is_ok_and(|l| l.contains("Ready to accept")))
            .expect("ready")
            .expect("a line");
        std::thread::spawn(move || lines.for_each(drop));
        redis
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Nothing of it is wanted any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server under load.
pub struct Process {
    child: Child,
    pub url: String,
    folder: Option<PathBuf>,
}

impl Process {
    pub fn ceiling(redis: &Redis) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .env("LOAD_CEILING_REDIS", &redis.url)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("an address");
        Self {
            child,
            url: line.trim().to_owned(),
            folder: None,
        }
    }

    /// `passerelle serve` on the shipped configuration, records on disk. Its webhooks lead to an
    /// address where nobody listens until receivers are part of this load.
    pub fn passerelle(redis: &Redis) -> Self {
        let folder = std::env::temp_dir().join(format!("passerelle-load-{}", free_port()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let config = concat!(env!("CARGO_MANIFEST_DIR"), "/config");
        let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
        command.args(["serve", "--config", config]).env_clear();
        for (name, value) in secrets(config) {
            command.env(name, value);
        }
        let mut child = command
            .env("PASSERELLE_SERVER__LISTEN", "127.0.0.1:0")
            .env("PASSERELLE_SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("PASSERELLE_SESSIONS__URL", &redis.url)
            .env(
                "PASSERELLE_RECORDS__URL",
                format!("sqlite:{}", folder.join("load.db").display()),
            )
            .env(
                "PASSERELLE_PRIVACY__KEY",
                "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            )
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let ready = lines
            .find_map(|l| l.ok().filter(|l| l.contains("passerelle is ready")))
            .expect("ready");
        std::thread::spawn(move || lines.for_each(drop));
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("a JSON line");
        let url = format!("http://{}", ready["public"].as_str().expect("an address"));
        Self {
            child,
            url,
            folder: Some(folder),
        }
    }

    /// CPU time used so far, in microseconds (`/proc/PID/stat`, fields 14 and 15, in hundredths).
    pub fn cpu(&self) -> u64 {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|t| t.parse::<u64>().ok())
            .sum();
        ticks * 10_000
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        let statm =
            std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap_or_default();
        statm
            .split_whitespace()
            .nth(1)
            .and_then(|p| p.parse::<u64>().ok())
            .unwrap_or(0)
            * 4096
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// A value for every secret that the shipped files ask for.
fn secrets(config: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for below in ["channels", "institutions"] {
        for entry in std::fs::read_dir(format!("{config}/{below}"))
            .expect("a folder")
            .flatten()
        {
            let text = std::fs::read_to_string(entry.path()).expect("a file");
            for after in text.split("\"env:").skip(1) {
                let name = after.split('"').next().unwrap_or_default().to_owned();
                let signs = below == "institutions" && name.ends_with("_SECRET");
                let value = if signs {
                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()
                } else {
                    format!("token of {name}")
                };
                found.push((name, value));
            }
        }
    }
    found
}
