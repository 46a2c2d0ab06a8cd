//! Drills: what the relay promises, under load, while things die. Short within `make test`, long
//! with `DRILL=full` (`make drill`). Each prints one line with its figures; docs/drills.md says
//! what each proves and what it last showed.

mod crash;
mod instances;
mod receivers;
mod redis;
mod silence;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::support::gateway::WEBHOOK_SECRET;
use super::support::load::{Phone, STEPS, Told};
use super::support::partner::Partner;
use super::support::phone::code;
use super::support::served::Shipped;

/// No drill waits longer for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

/// The long form or the short one.
fn full() -> bool {
    std::env::var("DRILL").is_ok_and(|v| v == "full")
}

/// One line of the table.
fn line(drill: &str, figures: &str) {
    println!("drill {drill}: {figures}");
}

/// The shipped service, with real secrets, sessions in this Redis and all events to this sink.
/// With SQLite in a folder of its own, or this PostgreSQL database.
fn shipped(sessions: &str, sink: &str, database: Option<&str>) -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.set("PASSERELLE_SESSIONS__URL", sessions);
    if let Some(database) = database {
        shipped.unset("PASSERELLE_RECORDS__URL");
        shipped.set("PASSERELLE_RECORDS__URL", database);
    }
    shipped.webhooks_to(sink);
    shipped
}

/// Phones without pause, which call wherever `urls` says a gateway is, and come again with the
/// same callback until they have an answer, as an aggregator does.
struct Load {
    phones: Vec<JoinHandle<Vec<Told>>>,
    stop: watch::Sender<bool>,
    seen: Arc<Seen>,
}

/// What the phones have met.
#[derive(Default)]
struct Seen {
    /// Polite endings in place of a screen, and when the last one came.
    polite: Mutex<(u64, Option<Instant>)>,
    /// The slowest answer.
    slowest: Mutex<Duration>,
}

impl Load {
    /// `first`: these phones' numbers begin there, so that no two loads say the same.
    fn start(urls: &Arc<Mutex<Vec<String>>>, phones: u32, first: u32) -> Self {
        let (stop, stopped) = watch::channel(false);
        let seen = Arc::new(Seen::default());
        let phones = (first..first + phones)
            .map(|phone| {
                let (urls, stopped, seen) = (Arc::clone(urls), stopped.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let http = reqwest::Client::new();
                    let mut told = Vec::new();
                    for session in 1.. {
                        if *stopped.borrow() {
                            break;
                        }
                        let phone = Phone::new(phone, session);
                        told.extend(dial(phone, &http, &urls, &seen).await);
                    }
                    told
                })
            })
            .collect();
        Self { phones, stop, seen }
    }

    /// Lets every phone finish its session; answers what their citizens were told.
    async fn finish(self) -> (Vec<Told>, Arc<Seen>) {
        // An error says that all have finished by themselves.
        let _ = self.stop.send(true);
        let mut all = Vec::new();
        for phone in self.phones {
            all.extend(phone.await.expect("a phone"));
        }
        let codes: BTreeSet<&str> = all.iter().map(|t| t.code.as_str()).collect();
        assert_eq!(codes.len(), all.len(), "every code is its feedback's alone");
        (all, self.seen)
    }
}

/// One session: the feedback, or none where a polite ending cut it short.
async fn dial(
    phone: Phone,
    http: &reqwest::Client,
    urls: &Mutex<Vec<String>>,
    seen: &Seen,
) -> Option<Told> {
    let mut screen = String::new();
    for step in 0..STEPS {
        let began = Instant::now();
        screen = loop {
            let url = {
                let urls = lock(urls);
                // Another instance each time, as behind a proxy.
                let at = (began.elapsed().subsec_micros() as usize + step) % urls.len().max(1);
                urls.get(at).cloned()
            };
            let asked = Instant::now();
            let answer = match url {
                Some(url) => phone.step(http, &url, step).await,
                None => None,
            };
            if let Some(screen) = answer {
                let mut slowest = lock(&seen.slowest);
                *slowest = asked.elapsed().max(*slowest);
                break screen;
            }
            assert!(began.elapsed() < PATIENCE, "no gateway answers");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        if ["not available", "indisponible", "ntiboneka"]
            .iter()
            .any(|w| screen.contains(w))
        {
            let mut polite = lock(&seen.polite);
            *polite = (polite.0 + 1, Some(Instant::now()));
            return None;
        }
        assert!(phone.is_right(step, &screen), "step {step}: {screen}");
    }
    Some(Told {
        words: phone.words(),
        code: code(&screen),
    })
}

/// What a sink was sent, by the citizen's words: webhook ids and feedback ids.
#[derive(Default)]
struct Sink {
    events: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>, String)>,
}

/// The account of a drill.
struct Account {
    acknowledged: usize,
    delivered: usize,
    lost: usize,
    doubled: usize,
}

impl Sink {
    fn take(&mut self, partner: &Partner) {
        for received in partner.all() {
            let event = received.json();
            if event["type"] != "feedback.received" {
                continue;
            }
            let data = &event["data"];
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let (letters, feedbacks, code) = self.events.entry(text(&data["text"])).or_default();
            letters.insert(received.header("webhook-id").to_owned());
            feedbacks.insert(text(&data["id"]));
            *code = text(&data["code"]);
        }
    }

    /// Waits until all that was acknowledged has come, and then a little for what should not.
    async fn account(&mut self, partner: &Partner, told: &[Told]) -> Account {
        let began = Instant::now();
        loop {
            self.take(partner);
            let missing = told.iter().filter(|t| !self.has(t)).count();
            if missing == 0 || began.elapsed() > PATIENCE * 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let delivered = told.iter().filter(|t| self.has(t)).count();
        let doubled = self
            .events
            .values()
            .filter(|e| e.0.len() > 1 || e.1.len() > 1);
        Account {
            acknowledged: told.len(),
            delivered,
            lost: told.len() - delivered,
            doubled: doubled.count(),
        }
    }

    fn has(&self, told: &Told) -> bool {
        self.events
            .get(&told.words)
            .is_some_and(|e| e.2 == told.code)
    }
}

impl Account {
    fn figures(&self) -> String {
        format!(
            "acknowledged {}, delivered {}, lost {}, doubled {}",
            self.acknowledged, self.delivered, self.lost, self.doubled
        )
    }

    fn is_clean(&self) {
        assert!(self.acknowledged > 0, "nothing was said");
        assert_eq!((self.lost, self.doubled), (0, 0), "{}", self.figures());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
