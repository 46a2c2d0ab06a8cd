//! Virtual phones: each dials, presses seven keys, and dials again, over one connection kept open,
//! as Africa's Talking calls. Without pause, or each step at a time that was fixed beforehand: then
//! a step that has to wait for the one before it has waited, and its latency says so.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::wire;

/// What the answers must be.
#[derive(Clone, Copy, PartialEq)]
pub enum Script {
    /// The ceiling's: any 200.
    Fixed,
    /// The shipped feedback menu's: the right screens, own words, unique codes.
    Feedback,
}

/// When steps are made.
#[derive(Clone, Copy, PartialEq)]
pub enum Pace {
    /// As soon as the last one is answered.
    WithoutPause,
    /// So many a second, all phones together.
    Fixed(f64),
}

/// The steps of one session: it is dialled, and these keys follow; the words stand for the sixth.
const KEYS: [&str; 7] = ["2", "2", "1", "1", "1", "", "1"];
/// Steps of one session.
pub const STEPS: u64 = KEYS.len() as u64 + 1;

/// What came of a run.
#[derive(Default)]
pub struct Outcome {
    pub steps: u64,
    pub filed: u64,
    pub wrong: u64,
    /// CPU time of the server, microseconds.
    pub cpu: u64,
    /// Memory of the server, bytes.
    pub resident: u64,
    /// From the first step to the last.
    pub length: Duration,
    latencies: Vec<u32>,
    /// The words of each feedback, and when its last key was due.
    pub said: Vec<(String, Instant)>,
}

impl Outcome {
    pub fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.length.as_secs_f64()
    }

    pub fn steps_per_second(&self) -> f64 {
        self.per_second(self.steps)
    }

    pub fn cpu_per_step(&self) -> f64 {
        self.cpu as f64 / self.steps.max(1) as f64
    }

    /// Milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.latencies, share)
    }
}

/// Milliseconds, of sorted microseconds.
pub fn percentile(sorted: &[u32], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .map_or(0.0, |us| f64::from(*us) / 1000.0)
}

/// A load.
#[derive(Clone, Copy)]
pub struct Load {
    pub script: Script,
    pub phones: usize,
    pub length: Duration,
    pub pace: Pace,
    /// Tells the sessions of one run on a server from those of another.
    pub run: u64,
}

/// Plays sessions for a while.
pub async fn play(url: &str, load: Load) -> Outcome {
    let address = url.trim_start_matches("http://").to_owned();
    let codes = Arc::new(Mutex::new(HashSet::new()));
    let began = Instant::now();
    let mut ticks = Vec::new();
    let mut tasks = Vec::new();
    for phone in 0..load.phones {
        let (tick, due) = mpsc::unbounded_channel();
        ticks.push(tick);
        let phone = Phone {
            address: address.clone(),
            load,
            nth: phone,
            until: began + load.length,
            codes: Arc::clone(&codes),
            due,
        };
        tasks.push(tokio::spawn(phone.alone()));
    }
    match load.pace {
        Pace::WithoutPause => drop(ticks),
        Pace::Fixed(rate) => {
            std::thread::spawn(move || pace(&ticks, rate, load.length));
        }
    }
    let mut all = Outcome::default();
    for task in tasks {
        let one = task.await.expect("a phone");
        all.steps += one.steps;
        all.filed += one.filed;
        all.wrong += one.wrong;
        all.latencies.extend(one.latencies);
        all.said.extend(one.said);
    }
    all.length = began.elapsed();
    all.latencies.sort_unstable();
    all
}

/// Tells each phone in turn that its step is due, on a thread of its own: timers of a runtime are
/// as coarse as what is measured.
fn pace(ticks: &[mpsc::UnboundedSender<Instant>], rate: f64, length: Duration) {
    let began = Instant::now();
    for nth in 0_u32.. {
        let after = Duration::from_secs_f64(f64::from(nth) / rate);
        if after > length {
            return;
        }
        std::thread::sleep((began + after).saturating_duration_since(Instant::now()));
        // A phone that has given up is not told.
        let _ = ticks[nth as usize % ticks.len()].send(began + after);
    }
}

struct Phone {
    address: String,
    load: Load,
    nth: usize,
    until: Instant,
    codes: Arc<Mutex<HashSet<String>>>,
    due: mpsc::UnboundedReceiver<Instant>,
}

impl Phone {
    async fn alone(mut self) -> Outcome {
        let mut outcome = Outcome::default();
        let mut socket = TcpStream::connect(&self.address).await.expect("connects");
        socket.set_nodelay(true).expect("no delay");
        let mut buffer = Vec::with_capacity(4096);
        for session in 0_u32.. {
            let (phone, run) = (self.nth, self.load.run);
            let words = format!("mots {run} {phone} {session}");
            for typed in 0..=KEYS.len() {
                let Some(due) = self.due().await else {
                    return outcome;
                };
                let request = self.request(session, typed, &words);
                socket.write_all(request.as_bytes()).await.expect("written");
                let answer = wire::read(&mut socket, &mut buffer).await;
                let answer = answer.expect("the server hung up").body;
                let took = u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX);
                outcome.latencies.push(took);
                outcome.steps += 1;
                if self.load.script == Script::Feedback {
                    outcome.wrong += u64::from(!right(&answer, typed, &words, &self.codes));
                    if typed == KEYS.len() {
                        outcome.filed += 1;
                        outcome.said.push((words.clone(), due));
                    }
                }
            }
        }
        outcome
    }

    /// When the next step is due; none once the time is over.
    async fn due(&mut self) -> Option<Instant> {
        match self.load.pace {
            Pace::WithoutPause => Some(Instant::now()).filter(|now| *now < self.until),
            Pace::Fixed(_) => self.due.recv().await,
        }
    }

    fn request(&self, session: u32, typed: usize, words: &str) -> String {
        let (phone, run) = (self.nth, self.load.run);
        let mut text = String::new();
        for (at, key) in KEYS[..typed].iter().enumerate() {
            if at > 0 {
                text.push('*');
            }
            match *key {
                "" => text.push_str(&words.replace(' ', "+")),
                key => text.push_str(key),
            }
        }
        let form = format!(
            "sessionId=ATUid_{run}_{phone}_{session}&phoneNumber=%2B2507883{phone:05}&networkCode=63510&serviceCode=*384*7344%23&text={text}"
        );
        wire::post("/callbacks/at-rw/ussd", &form)
    }
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
