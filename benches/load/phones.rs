//! Virtual phones without pause: each dials, presses six keys, and dials again, over one
//! connection kept open, as Africa's Talking calls. Written on plain sockets: the load must cost
//! less than what it measures.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the answers must be.
#[derive(Clone, Copy, PartialEq)]
pub enum Script {
    /// The ceiling's: any 200.
    Fixed,
    /// The shipped feedback menu's: the right screens, own words, unique codes.
    Feedback,
}

/// What came of a run.
#[derive(Default)]
pub struct Outcome {
    pub steps: u64,
    pub filed: u64,
    pub wrong: u64,
    pub cpu: u64,
    pub resident: u64,
    length: Duration,
    latencies: Vec<u32>,
}

impl Outcome {
    pub fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.length.as_secs_f64()
    }

    pub fn cpu_per_step(&self) -> f64 {
        self.cpu as f64 / self.steps.max(1) as f64
    }

    /// Milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        self.latencies
            .get(at.min(self.latencies.len().saturating_sub(1)))
            .map_or(0.0, |us| f64::from(*us) / 1000.0)
    }
}

/// Plays sessions for a while.
pub async fn play(url: &str, script: Script, phones: usize, length: Duration) -> Outcome {
    let address = url.trim_start_matches("http://").to_owned();
    let codes = Arc::new(Mutex::new(HashSet::new()));
    let began = Instant::now();
    let tasks: Vec<_> = (0..phones)
        .map(|phone| {
            tokio::spawn(phone_alone(
                address.clone(),
                script,
                phone,
                began + length,
                Arc::clone(&codes),
            ))
        })
        .collect();
    let mut all = Outcome::default();
    for task in tasks {
        let one = task.await.expect("a phone");
        all.steps += one.steps;
        all.filed += one.filed;
        all.wrong += one.wrong;
        all.latencies.extend(one.latencies);
    }
    all.length = began.elapsed();
    all.latencies.sort_unstable();
    all
}

async fn phone_alone(
    address: String,
    script: Script,
    phone: usize,
    until: Instant,
    codes: Arc<Mutex<HashSet<String>>>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut socket = TcpStream::connect(&address).await.expect("connects");
    socket.set_nodelay(true).expect("no delay");
    let mut session = 0_u32;
    let mut buffer = Vec::with_capacity(4096);
    while Instant::now() < until {
        session += 1;
        let words = format!("mots {phone} {session}");
        let keys = ["2", "2", "1", "1", "1", words.as_str(), "1"];
        for typed in 0..=keys.len() {
            let text = keys[..typed].join("*").replace(' ', "+");
            let body = format!(
                "sessionId=ATUid_{phone}_{session}&phoneNumber=%2B2507883{phone:05}&networkCode=63510&serviceCode=*384*7344%23&text={text}"
            );
            let request = format!(
                "POST /callbacks/at-rw/ussd HTTP/1.1\r\nHost: load\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let asked = Instant::now();
            socket.write_all(request.as_bytes()).await.expect("written");
            let answer = read(&mut socket, &mut buffer).await;
            outcome
                .latencies
                .push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            outcome.steps += 1;
            if script == Script::Feedback && !right(&answer, typed, &words, &codes) {
                outcome.wrong += 1;
            }
        }
        outcome.filed += u64::from(script == Script::Feedback);
    }
    outcome
}

/// Whether this is the screen of this step.
fn right(answer: &str, typed: usize, words: &str, codes: &Mutex<HashSet<String>>) -> bool {
    match typed {
        0 => answer.starts_with("CON ") && answer.contains("Kinyarwanda"),
        1 => answer.contains("The service was"),
        6 => answer.contains(&format!("\"{words}\"")),
        7 => {
            let code = answer
                .split("code: ")
                .nth(1)
                .and_then(|a| a.split('.').next())
                .unwrap_or_default();
            answer.starts_with("END ")
                && code.len() == 9
                && codes.lock().expect("codes").insert(code.to_owned())
        }
        _ => answer.starts_with("CON "),
    }
}

/// One HTTP answer's body; the connection stays open.
async fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> String {
    buffer.clear();
    loop {
        if let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let headers = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length: usize = headers
                .split("content-length: ")
                .nth(1)
                .and_then(|l| l.split("\r\n").next())
                .and_then(|l| l.parse().ok())
                .unwrap_or(0);
            if buffer.len() >= head + 4 + length {
                return String::from_utf8_lossy(&buffer[head + 4..head + 4 + length]).into_owned();
            }
        }
        let read = socket.read_buf(buffer).await.expect("an answer");
        assert!(read > 0, "the server hung up");
    }
}
