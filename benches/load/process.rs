//! Processes of the run: a Redis, the ceiling, the service; each ends with its value.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::settings::{self, Folder};
use crate::sink::Sink;

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
    /// From its start until it said that it was ready.
    pub ready: Duration,
    _files: Option<Folder>,
}

/// What the service works on.
pub struct Plan<'a> {
    pub redis: &'a Redis,
    /// Where records are kept; none: in a file of its own.
    pub records: Option<&'a str>,
    pub files: Folder,
}

impl<'a> Plan<'a> {
    /// The shipped files, records in a file.
    pub fn shipped(redis: &'a Redis, sink: &Sink) -> Self {
        Self {
            redis,
            records: None,
            files: settings::shipped(&sink.url),
        }
    }
}

impl Process {
    pub fn ceiling(redis: &Redis, sink: &Sink) -> Self {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .env("LOAD_CEILING_REDIS", &redis.url)
            .env("LOAD_CEILING_SINK", &sink.url)
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
            ready: began.elapsed(),
            _files: None,
        }
    }

    /// `passerelle serve`, logging as shipped.
    pub fn passerelle(plan: Plan<'_>) -> Self {
        let file = format!("sqlite:{}", plan.files.path().join("load.db").display());
        // Another build of the service can be measured, for comparing: LOAD_PROGRAM=PATH.
        let program = std::env::var_os("LOAD_PROGRAM");
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_passerelle").into());
        let mut command = Command::new(program);
        let config = plan.files.path().join("config");
        command.arg("serve").arg("--config").arg(config).env_clear();
        command
            .envs(settings::secrets(&plan.files))
            .env("PASSERELLE_SERVER__LISTEN", "127.0.0.1:0")
            .env("PASSERELLE_SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("PASSERELLE_SESSIONS__URL", &plan.redis.url)
            .env("PASSERELLE_RECORDS__URL", plan.records.unwrap_or(&file))
            // Its phones say more than people do.
            .env("PASSERELLE_LIMITS__AT_ONCE", "0")
            .env(
                "PASSERELLE_PRIVACY__KEY",
                "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            )
            .stderr(Stdio::piped());
        // Whoever tunes the service tries its settings here: LOAD_SET=NAME=VALUE,NAME=VALUE.
        let tuned = std::env::var("LOAD_SET").unwrap_or_default();
        command.envs(tuned.split(',').filter_map(|pair| pair.split_once('=')));
        let began = Instant::now();
        let mut child = command.spawn().expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut log = String::new();
        let ready = lines.by_ref().map_while(Result::ok).find(|line| {
            log.push_str(line);
            line.contains("passerelle is ready")
        });
        let after = began.elapsed();
        let ready = ready.unwrap_or_else(|| panic!("never ready: {log}"));
        std::thread::spawn(move || lines.for_each(drop));
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("a JSON line");
        let url = format!("http://{}", ready["public"].as_str().expect("an address"));
        Self {
            child,
            url,
            ready: after,
            _files: Some(plan.files),
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
        // Nothing of it is wanted any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
