//! A real mail server in another language (npm's `smtp-server`), which tells what it was given.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use passerelle::domain::mail::{Relay, Security};
use passerelle::domain::redact::Secret;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::partner::PATIENCE;

/// Name and password that servers with a login want.
pub const LOGIN: (&str, &str) = ("passerelle", "open sesame");

/// A running mail server.
pub struct MailServer {
    child: Child,
    pub port: u16,
    security: Security,
    folder: TempDir,
    mails: Arc<(Mutex<Vec<Value>>, Notify)>,
}

impl MailServer {
    /// A server that talks so; one that talks in private wants a login too.
    pub fn start(security: Security) -> Self {
        let folder = TempDir::new().expect("a folder");
        let tls = match security {
            Security::None => "none",
            Security::StartTls => "starttls",
            Security::Implicit => "implicit",
        };
        let mut wanted = json!({ "tls": tls });
        if security != Security::None {
            certify(folder.path());
            wanted["folder"] = json!(folder.path());
            wanted["user"] = json!(LOGIN.0);
            wanted["password"] = json!(LOGIN.1);
        }
        let mut child = Command::new("node")
            .arg("mailbox.mjs")
            .arg(wanted.to_string())
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/receiver"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines
            .next()
            .expect("this test needs Node and its packages: scripts/install-test-tools");
        let first: Value = serde_json::from_str(&first.expect("a line")).expect("JSON");
        let port = u16::try_from(first["port"].as_u64().expect("a port")).expect("a port");
        let mails: Arc<(Mutex<Vec<Value>>, Notify)> = Arc::default();
        let told = Arc::clone(&mails);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mail = serde_json::from_str(&line).expect("JSON");
                let mut mails = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                mails.push(mail);
                told.1.notify_one();
            }
        });
        Self {
            child,
            port,
            security,
            folder,
            mails,
        }
    }

    /// How a gateway is told of it.
    pub fn relay(&self) -> Relay {
        let private = self.security != Security::None;
        let ca = || std::fs::read_to_string(self.ca()).expect("a certificate");
        Relay {
            host: "localhost".into(),
            port: self.port,
            security: self.security,
            login: private.then(|| (LOGIN.0.into(), Secret::new(LOGIN.1))),
            ca: private.then(ca),
            from: "passerelle@gateway.example".into(),
        }
    }

    /// The file of the certificate that signed its own.
    pub fn ca(&self) -> std::path::PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The next mail; waits for it.
    pub async fn next(&self) -> Value {
        let wait = async {
            loop {
                let news = self.mails.1.notified();
                if let Some(mail) = self.first() {
                    return mail;
                }
                news.await;
            }
        };
        let mail = tokio::time::timeout(PATIENCE, wait).await;
        mail.expect("a mail came in time")
    }

    fn first(&self) -> Option<Value> {
        let mut mails = self.mails.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!mails.is_empty()).then(|| mails.remove(0))
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority of our own, and a certificate of its for `localhost`.
fn certify(folder: &Path) {
    let openssl = |args: &str| {
        let made = Command::new("openssl")
            .args(args.split_whitespace())
            .current_dir(folder)
            .output()
            .expect("this test needs openssl: scripts/install-test-tools");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=authority -days 2 \
         -addext keyUsage=critical,keyCertSign"
    ));
    openssl(&format!(
        "req {key} -keyout server.key -out server.csr -subj /CN=localhost"
    ));
    std::fs::write(
        folder.join("ext"),
        "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n",
    )
    .expect("written");
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -out server.pem -extfile ext",
    );
}
