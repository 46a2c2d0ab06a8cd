//! `passerelle serve` itself: the binary, a folder of files, an environment, a log.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

use super::partner::PATIENCE;

/// The shipped configuration in a folder of its own, to be changed.
pub struct Shipped {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Shipped {
    pub fn new() -> Self {
        // These tests call over HTTP without a gateway of their own process.
        passerelle::client::install_tls();
        let folder = TempDir::new().expect("a folder");
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("config"),
            &folder.path().join("config"),
        );
        let mut shipped = Self {
            folder,
            environment: Vec::new(),
        };
        let database = format!(
            "sqlite:{}",
            shipped.folder.path().join("passerelle.db").display()
        );
        shipped.set("PASSERELLE_SERVER__LISTEN", "127.0.0.1:0");
        shipped.set("PASSERELLE_SERVER__ADMIN_LISTEN", "127.0.0.1:0");
        shipped.set("PASSERELLE_RECORDS__URL", &database);
        // Phones of a load test say more than a person would.
        shipped.set("PASSERELLE_LIMITS__AT_ONCE", "0");
        shipped.set("PASSERELLE_LIMITS__SAME_TEXT", "0");
        shipped.set(
            "PASSERELLE_PRIVACY__KEY",
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        );
        shipped
    }

    /// Sets a variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a variable away again.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(n, _)| n != name);
    }

    /// Gives every secret that the files ask for a value, secrets that sign a signing one.
    pub fn set_secrets(&mut self, webhook_secret: &str) {
        for path in files(&self.folder.path().join("config")) {
            let text = fs::read_to_string(path).expect("a file");
            let is_institution = text.contains("[[webhooks]]");
            for after in text.split("\"env:").skip(1) {
                let name = after.split('"').next().unwrap_or_default();
                let signs = is_institution && name.ends_with("_SECRET");
                let value = if signs {
                    webhook_secret.to_owned()
                } else {
                    format!("value of {name}")
                };
                self.set(name, &value);
            }
        }
    }

    /// Replaces text in a file.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.folder.path().join("config").join(path);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{} has no {from}", path.display());
        fs::write(path, text.replace(from, to)).expect("written");
    }

    /// Every institution's events go to this address, below its own id.
    pub fn webhooks_to(&self, url: &str) {
        for path in files(&self.folder.path().join("config/institutions")) {
            let text = fs::read_to_string(&path).expect("a file");
            let lines = text.lines().map(|line| {
                let own = line.strip_prefix("url = \"https://hooks.example.org");
                own.map_or_else(
                    || line.to_owned(),
                    |own| format!("url = \"{url}{own}\nprivate = true"),
                )
            });
            let text = lines.collect::<Vec<_>>().join("\n");
            fs::write(path, text).expect("written");
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these files and this environment, and nothing else of ours.
    pub fn command(&self, command: &str) -> Command {
        let mut program = self.bare();
        program
            .arg(command)
            .arg("--config")
            .arg(self.folder.path().join("config"));
        program
    }

    /// The same before anything is said to it: it finds `config` where it runs.
    pub fn bare(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_passerelle"));
        program
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(n, v)| (n, v)));
        program
    }

    /// Starts `passerelle serve` and waits until it is ready.
    pub fn serve(&self) -> Served {
        let mut child = self
            .command("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let (ready, is_ready) = channel();
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = BufReader::new(child.stderr.take().expect("a log"));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if line.contains("passerelle is ready") {
                    // Nobody waits any more once it is known.
                    let _ = ready.send(line.clone());
                }
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let (url, admin) = addresses(&is_ready, &log);
        Served {
            url,
            admin,
            child,
            log,
        }
    }
}

/// The addresses in the line that says that it is ready.
fn addresses(ready: &Receiver<String>, log: &Mutex<String>) -> (String, String) {
    let line = ready.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        panic!(
            "never ready:\n{}",
            log.lock().unwrap_or_else(PoisonError::into_inner)
        )
    });
    let line: serde_json::Value = serde_json::from_str(&line).expect("a JSON line");
    let url = |field: &str| format!("http://{}", line[field].as_str().expect("an address"));
    (url("public"), url("admin"))
}

/// A running `passerelle serve`.
pub struct Served {
    pub url: String,
    pub admin: String,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Served {
    /// Files a text of a citizen's with bj-sante: `sante eau`, from +22963271828.
    pub async fn text_sante(&self, id: &str) {
        let body = format!("from=%2B22963271828&to=7344&id={id}&text=sante+eau");
        let request = reqwest::Client::new()
            .post(format!("{}/callbacks/sms-bj/sms", self.url))
            .header("X-Passerelle-Secret", "value of SMS_BJ_SECRET")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// Has it load its files again.
    pub async fn reload(&self) {
        let request = reqwest::Client::new().post(format!("{}/reload", self.admin));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How much memory it holds now, in bytes.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a running process");
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        let kib = line.and_then(|l| l.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse::<u64>().ok())
            .map_or_else(|| panic!("no VmRSS in\n{status}"), |kib| kib * 1024)
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .expect("kill");
        assert!(sent.success());
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        self.log()
    }

    /// Asks it to end; answers whether it ended well.
    pub fn stop(mut self) -> (bool, String) {
        self.signal("TERM");
        let ended = self.child.wait().expect("ends").success();
        (ended, self.log())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
