//! `cargo bench --bench load`: whole sessions over HTTP against the real service, with its own
//! ceiling in the same run, since the machine is shared and only ratios mean something.
//!
//! The ceiling is what any service of this kind has to do and no more (`ceiling.rs`). Both run as
//! processes of their own; the load, and the receiver of webhooks, run here. Every answer and every
//! signature is checked: a fast wrong answer is a failure.
//!
//! `LOAD_PARTS` names what is measured, with commas between:
//!
//! * `steps`, `postgres`: whole sessions without pause; `texts`: texts, and their webhooks;
//! * `arrivals`: latency at fixed paces; `key`: from the last key to the webhook;
//! * `small`: memory a session, memory idle, time to start; `growth`: cost against size;
//! * `soak`: half load for `LOAD_MINUTES` (10); not among those that are measured if none is named.
//!
//! `LOAD_SECONDS` (4) a run, `LOAD_ROUNDS` (3), `LOAD_PHONES` (64), `LOAD_MOST` (1,000,000 sessions,
//! and records) change the runs. Plots go to `docs/images`.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "figures of a benchmark, not of the service, and it stops at what is wrong"
)]

mod arrivals;
mod ceiling;
mod goals;
mod growth;
mod phones;
mod plot;
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/gateway/support/postgres.rs"]
mod postgres;
mod process;
mod settings;
mod sink;
mod steps;
mod texts;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use goals::Goals;
use postgres::Postgres;
use process::Redis;
use sink::Sink;

/// How a run is made.
struct Run {
    redis: Redis,
    sink: Sink,
    phones: usize,
    length: Duration,
    rounds: u64,
    runs: AtomicU64,
}

impl Run {
    /// A number that no load before had.
    fn next(&self) -> u64 {
        self.runs.fetch_add(1, Ordering::Relaxed)
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|v| v.parse().ok()).unwrap_or(usual)
}

fn main() {
    // The ceiling is this very program under another name.
    if let Ok(redis) = std::env::var("LOAD_CEILING_REDIS") {
        let sink = std::env::var("LOAD_CEILING_SINK").unwrap_or_default();
        ceiling::serve(&redis, sink);
        return;
    }
    let parts = std::env::var("LOAD_PARTS").unwrap_or_else(|_| USUAL.to_owned());
    let run = Run {
        redis: Redis::start(),
        sink: Sink::start(),
        phones: usize::try_from(setting("LOAD_PHONES", 64)).unwrap_or(64),
        length: Duration::from_secs(setting("LOAD_SECONDS", 4)),
        rounds: setting("LOAD_ROUNDS", 3),
        runs: AtomicU64::new(1),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut goals = Goals::default();
    runtime.block_on(async {
        for part in parts.split(',') {
            measure(part, &run, &mut goals).await;
        }
    });
    goals.print();
}

/// What is measured if nothing is named.
const USUAL: &str = "steps,postgres,texts,arrivals,key,small,growth";

async fn measure(part: &str, run: &Run, goals: &mut Goals) {
    match part {
        "steps" => steps::measure(run, None, goals).await,
        "postgres" => steps::measure(run, Some(&Postgres::durable()), goals).await,
        "texts" => steps::texts(run, goals).await,
        "arrivals" => arrivals::measure(run, goals).await,
        "key" => arrivals::last_key(run, goals).await,
        "small" => growth::small(run, goals).await,
        "growth" => growth::measure(run, setting("LOAD_MOST", 1_000_000), goals).await,
        "soak" => arrivals::soak(run, setting("LOAD_MINUTES", 10), goals).await,
        other => panic!("there is no part {other}"),
    }
}

/// The middle one.
fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = of.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}
