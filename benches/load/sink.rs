//! Where webhooks arrive: a receiver that is as fast as one can be, looks at every signature, and
//! knows when what was heard first. It also answers what our messages to phones ask of the
//! aggregator.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::wire;

/// What every webhook of this run is signed with.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver of this run.
#[derive(Clone)]
pub struct Sink {
    pub url: String,
    seen: Arc<Seen>,
}

/// What has arrived.
#[derive(Default)]
struct Seen {
    webhooks: AtomicU64,
    forged: AtomicU64,
    again: AtomicU64,
    messages: AtomicU64,
    /// The words of each feedback, and when they came first.
    words: Mutex<HashMap<String, Instant>>,
}

impl Sink {
    /// Listens, with its own thread: what it costs falls on nobody's runtime.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::<Seen>::default();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(serve(listener, shared));
        });
        Self { url, seen }
    }

    /// Webhooks taken so far, those with words that had come before included.
    pub fn webhooks(&self) -> u64 {
        self.seen.webhooks.load(Ordering::Relaxed)
    }

    /// Those that nobody may have sent: their signatures are wrong.
    pub fn forged(&self) -> u64 {
        self.seen.forged.load(Ordering::Relaxed)
    }

    /// Those whose words had come before.
    pub fn again(&self) -> u64 {
        self.seen.again.load(Ordering::Relaxed)
    }

    /// Messages to phones.
    pub fn messages(&self) -> u64 {
        self.seen.messages.load(Ordering::Relaxed)
    }

    /// When these words came, once they have.
    pub fn heard(&self, words: &str) -> Option<Instant> {
        self.seen.words.lock().expect("words").get(words).copied()
    }

    /// Waits until so many webhooks have come; how long nothing came decides when to give up.
    pub async fn wait_for(&self, count: u64) -> bool {
        let mut last = (self.webhooks(), Instant::now());
        while self.webhooks() < count {
            if self.webhooks() > last.0 {
                last = (self.webhooks(), Instant::now());
            }
            if last.1.elapsed() > Duration::from_secs(15) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        true
    }
}

async fn serve(listener: std::net::TcpListener, seen: Arc<Seen>) {
    let listener = TcpListener::from_std(listener).expect("a socket");
    let key = STANDARD
        .decode(SECRET.trim_start_matches("whsec_"))
        .expect("a secret");
    let key = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        tokio::spawn(one(socket, Arc::clone(&seen), key.clone()));
    }
}

async fn one(mut socket: TcpStream, seen: Arc<Seen>, key: Hmac<Sha256>) {
    let mut buffer = Vec::with_capacity(8192);
    while let Some(message) = wire::read(&mut socket, &mut buffer).await {
        let answer = if message.head.starts_with("POST /version1/messaging") {
            let nth = seen.messages.fetch_add(1, Ordering::Relaxed);
            let body = format!(
                r#"{{"SMSMessageData":{{"Message":"Sent","Recipients":[{{"statusCode":101,"number":"","cost":"0","status":"Success","messageId":"ATX{nth}"}}]}}}}"#
            );
            format!(
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        } else {
            seen.webhook(&message, key.clone());
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned()
        };
        if socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

impl Seen {
    fn webhook(&self, message: &wire::Message, mut key: Hmac<Sha256>) {
        let header = |name| message.header(name).unwrap_or_default();
        let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
        key.update(format!("{id}.{at}.").as_bytes());
        key.update(message.body.as_bytes());
        let ours = format!("v1,{}", STANDARD.encode(key.finalize().into_bytes()));
        if !header("webhook-signature").split(' ').any(|s| s == ours) {
            self.forged.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let words = message.body.split(r#""text":""#).nth(1);
        let words = words.and_then(|rest| rest.split('"').next());
        let mut all = self.words.lock().expect("words");
        let before = all.insert(words.unwrap_or_default().to_owned(), Instant::now());
        if let Some(first) = before {
            all.insert(words.unwrap_or_default().to_owned(), first);
            self.again.fetch_add(1, Ordering::Relaxed);
        }
        drop(all);
        self.webhooks.fetch_add(1, Ordering::Relaxed);
    }
}
