//! `cargo bench --bench load`: whole sessions over HTTP against the real service, with its own
//! ceiling in the same run, since the machine is shared and only ratios mean something.
//!
//! The ceiling is what any service of this kind has to do: actix-web, the same form, one Redis
//! round trip, a fixed answer. Both run as processes of their own; the load runs here. Every answer
//! is checked: a fast wrong answer is a failure.
//!
//! `LOAD_SECONDS` (5) and `LOAD_PHONES` (64) change the run.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures of a benchmark, not of the service"
)]

mod ceiling;
mod phones;
mod process;

use std::time::Duration;

use phones::{Outcome, Script};
use process::{Process, Redis};

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(usual)
}

fn main() {
    // The ceiling is this very program under another name.
    if let Some(redis) = std::env::var_os("LOAD_CEILING_REDIS") {
        ceiling::serve(&redis.to_string_lossy());
        return;
    }
    let length = Duration::from_secs(setting("LOAD_SECONDS", 5));
    let phones = usize::try_from(setting("LOAD_PHONES", 64)).unwrap_or(64);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let redis = Redis::start();
        let mut rows = Vec::new();
        for _ in 0..3 {
            let limit = Process::ceiling(&redis);
            rows.push((
                "the limit",
                measure(&limit, Script::Fixed, phones, length).await,
            ));
            drop(limit);
            let ours = Process::passerelle(&redis);
            rows.push((
                "passerelle",
                measure(&ours, Script::Feedback, phones, length).await,
            ));
        }
        print(&rows);
    });
}

async fn measure(process: &Process, script: Script, phones: usize, length: Duration) -> Outcome {
    let before = process.cpu();
    let mut outcome = phones::play(&process.url, script, phones, length).await;
    outcome.cpu = process.cpu().saturating_sub(before);
    outcome.resident = process.resident();
    outcome
}

fn print(rows: &[(&str, Outcome)]) {
    println!("| | steps/s | filed/s | p50 ms | p99 ms | CPU µs/step | MB | wrong |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, o) in rows {
        println!(
            "| {name} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1} | {} | {} |",
            o.per_second(o.steps),
            o.per_second(o.filed),
            o.percentile(0.50),
            o.percentile(0.99),
            o.cpu_per_step(),
            o.resident / 1_048_576,
            o.wrong
        );
    }
    let median = |name: &str, of: fn(&Outcome) -> f64| {
        let mut all: Vec<f64> = rows
            .iter()
            .filter(|(n, _)| *n == name)
            .map(|(_, o)| of(o))
            .collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let ratio = |of: fn(&Outcome) -> f64| median("passerelle", of) / median("the limit", of);
    println!(
        "\nof the limit (medians): steps/s {:.2}, CPU per step {:.2} x, p99 {:.2} x",
        ratio(|o| o.per_second(o.steps)),
        ratio(Outcome::cpu_per_step),
        ratio(|o| o.percentile(0.99))
    );
    assert!(rows.iter().all(|(_, o)| o.wrong == 0), "wrong answers");
}
