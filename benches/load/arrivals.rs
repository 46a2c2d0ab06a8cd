//! Steps that arrive at a fixed pace, whether or not the last ones were answered: latency against
//! load, and from the last key to the webhook.

use std::time::Duration;

use crate::goals::Goals;
use crate::phones::{self, Load, Outcome, Pace, STEPS, Script};
use crate::plot::{Line, Plot};
use crate::process::{Plan, Process};
use crate::{Run, median, steps};

/// Shares of the rate at which the service is saturated.
const SHARES: [f64; 6] = [0.1, 0.25, HALF, 0.7, 0.85, 1.0];
/// The share at which both are compared by medians.
const HALF: f64 = 0.5;
/// Feedbacks a second at which the way from the last key to the webhook is measured.
const FEEDBACKS: f64 = 500.0;

/// Steps at this pace.
pub async fn paced(
    run: &Run,
    server: &Process,
    script: Script,
    rate: f64,
    length: Duration,
) -> Outcome {
    let load = Load {
        script,
        phones: run.phones,
        length,
        pace: Pace::Fixed(rate),
        run: run.next(),
    };
    let webhooks = run.sink.webhooks();
    let outcome = phones::play(&server.url, load).await;
    run.sink.wait_for(webhooks + outcome.filed).await;
    outcome
}

/// Latency at several paces, by turns with the limit's at the same.
pub async fn measure(run: &Run, goals: &mut Goals) {
    let server = Process::passerelle(Plan::shipped(&run.redis, &run.sink));
    let saturated = steps::without_pause(run, &server, Script::Feedback).await;
    drop(server);
    let saturated = saturated.steps_per_second();
    println!("\nfixed arrivals; saturated at {saturated:.0} steps/s without pause");
    println!("| of it | steps/s | made | p50 ms | p99 ms | the limit: p50 | p99 | wrong |");
    println!("|---|---|---|---|---|---|---|---|");
    let (mut ours, mut limit, mut reached) = (Vec::new(), Vec::new(), Vec::new());
    for share in SHARES {
        let rate = saturated * share;
        let is_half = (share - HALF).abs() < f64::EPSILON;
        let rounds = if is_half { run.rounds } else { 1 };
        let mut all = Vec::new();
        for _ in 0..rounds {
            let server = Process::passerelle(Plan::shipped(&run.redis, &run.sink));
            let one = paced(run, &server, Script::Feedback, rate, run.length).await;
            drop(server);
            let server = Process::ceiling(&run.redis, &run.sink);
            all.push((
                one,
                paced(run, &server, Script::Fixed, rate, run.length).await,
            ));
        }
        let of = |f: &dyn Fn(&(Outcome, Outcome)) -> f64| median(all.iter().map(f));
        let (p99, theirs) = (of(&|a| a.0.percentile(0.99)), of(&|a| a.1.percentile(0.99)));
        let made = of(&|a| a.0.steps_per_second());
        println!(
            "| {share} | {rate:.0} | {made:.0} | {:.2} | {p99:.2} | {:.2} | {theirs:.2} | {} |",
            of(&|a| a.0.percentile(0.5)),
            of(&|a| a.1.percentile(0.5)),
            all.iter().map(|a| a.0.wrong).sum::<u64>()
        );
        if is_half {
            let what = "p99 at half of the saturation rate, against the limit's";
            goals.most(what, "≤ 2 ×", 2.0, p99 / theirs);
        }
        ours.push((rate, p99));
        limit.push((rate, theirs));
        reached.push((rate, made));
    }
    let plot = Plot {
        title: "p99 against load",
        across: "steps a second that arrive",
        up: "ms",
        logarithmic: false,
        lines: vec![Line::new("passerelle", ours), Line::new("the limit", limit)],
    };
    plot.write("latency.svg");
    let plot = Plot {
        title: "throughput against load",
        across: "steps a second that arrive",
        up: "steps a second that are answered",
        logarithmic: false,
        lines: vec![Line::new("passerelle", reached)],
    };
    plot.write("throughput.svg");
}

/// From the last key to the webhook.
pub async fn last_key(run: &Run, goals: &mut Goals) {
    let server = Process::passerelle(Plan::shipped(&run.redis, &run.sink));
    let outcome = paced(
        run,
        &server,
        Script::Feedback,
        FEEDBACKS * STEPS as f64,
        run.length,
    )
    .await;
    let mut took: Vec<u32> = Vec::new();
    let mut missing = 0;
    for (words, due) in &outcome.said {
        match run.sink.heard(words) {
            Some(at) => {
                let after = at.saturating_duration_since(*due);
                took.push(u32::try_from(after.as_micros()).unwrap_or(u32::MAX));
            }
            None => missing += 1,
        }
    }
    took.sort_unstable();
    let (p50, p99) = (
        phones::percentile(&took, 0.5),
        phones::percentile(&took, 0.99),
    );
    println!(
        "\nlast key to webhook: {:.0} feedbacks/s, p50 {p50:.2} ms, p99 {p99:.2} ms, missing {missing}, wrong {}",
        outcome.per_second(outcome.filed),
        outcome.wrong
    );
    goals.add(
        "last key → webhook at 500 feedbacks/s, p50 / p99 ms",
        "≤ 3 / ≤ 20",
        format!("{p50:.2} / {p99:.2}"),
        p50 <= 3.0 && p99 <= 20.0 && missing == 0,
    );
}

/// Half of what the service can carry, for long: memory and latency must not creep.
pub async fn soak(run: &Run, minutes: u64, goals: &mut Goals) {
    let server = Process::passerelle(Plan::shipped(&run.redis, &run.sink));
    let saturated = steps::without_pause(run, &server, Script::Feedback).await;
    let rate = saturated.steps_per_second() / 2.0;
    println!("\nsoak: {rate:.0} steps/s for {minutes} min");
    println!("| after s | steps/s | p50 ms | p99 ms | MB | wrong |");
    println!("|---|---|---|---|---|---|");
    let slice = Duration::from_secs((minutes * 60 / 20).max(3));
    let mut rows = Vec::new();
    for nth in 0..20_u64 {
        let one = paced(run, &server, Script::Feedback, rate, slice).await;
        let resident = server.resident() as f64 / 1_048_576.0;
        println!(
            "| {} | {:.0} | {:.2} | {:.2} | {resident:.0} | {} |",
            (nth + 1) * slice.as_secs(),
            one.steps_per_second(),
            one.percentile(0.5),
            one.percentile(0.99),
            one.wrong
        );
        rows.push((one.percentile(0.5), resident));
    }
    // The first quarter warms up: caches, the allocator's pages.
    let part =
        |from: usize, of: fn(&(f64, f64)) -> f64| median(rows[from..from + 5].iter().map(of));
    let memory = part(15, |r| r.1) / part(5, |r| r.1);
    let latency = part(15, |r| r.0) / part(5, |r| r.0);
    goals.most(
        "soak: memory, last quarter against second",
        "flat (≤ 1.1)",
        1.1,
        memory,
    );
    goals.most(
        "soak: p50, last quarter against second",
        "no drift (≤ 1.5)",
        1.5,
        latency,
    );
}
