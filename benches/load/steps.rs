//! Steps, and texts, without pause: the service beside the limit, by turns.

use crate::goals::Goals;
use crate::phones::{self, Load, Outcome, Pace, Script};
use crate::postgres::Postgres;
use crate::process::{Plan, Process};
use crate::texts::{self, Texted};
use crate::{Run, median};

/// Whole sessions without pause; records in a file, or in PostgreSQL.
pub async fn measure(run: &Run, postgres: Option<&Postgres>, goals: &mut Goals) {
    println!("\n| steps | steps/s | filed/s | p50 ms | p99 ms | CPU µs/step | MB | wrong |");
    println!("|---|---|---|---|---|---|---|---|");
    let (mut limit, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        let server = Process::ceiling(&run.redis, &run.sink);
        limit.push(without_pause(run, &server, Script::Fixed).await);
        print("the limit", &limit[limit.len() - 1]);
        drop(server);
        let url = match postgres {
            Some(server) => Some(server.database().await),
            None => None,
        };
        let plan = Plan {
            records: url.as_deref(),
            ..Plan::shipped(&run.redis, &run.sink)
        };
        let server = Process::passerelle(plan);
        ours.push(without_pause(run, &server, Script::Feedback).await);
        print("passerelle", &ours[ours.len() - 1]);
    }
    let ratio =
        |of: fn(&Outcome) -> f64| median(ours.iter().map(of)) / median(limit.iter().map(of));
    println!(
        "\nof the limit (medians): steps/s {:.2}, CPU per step {:.2} x, p99 {:.2} x",
        ratio(Outcome::steps_per_second),
        ratio(Outcome::cpu_per_step),
        ratio(|o| o.percentile(0.99))
    );
    assert!(ours.iter().all(|o| o.wrong == 0), "wrong answers");
    println!("forged {}, twice {}", run.sink.forged(), run.sink.again());
    let steps = ratio(Outcome::steps_per_second);
    if postgres.is_some() {
        goals.least(
            "USSD steps/s against the limit, PostgreSQL",
            "≥ 0.70",
            0.7,
            steps,
        );
        return;
    }
    goals.least("USSD steps/s against the limit", "≥ 0.80", 0.8, steps);
    goals.most(
        "CPU per step against the limit's",
        "≤ 1.4 ×",
        1.4,
        ratio(Outcome::cpu_per_step),
    );
    let most = ours.iter().map(|o| o.resident).max().unwrap_or(0) / 1_048_576;
    goals.add(
        "resident memory under full load",
        "≤ 120 MB",
        format!("{most} MB"),
        most <= 120,
    );
}

/// One run without pause, with what it cost the server; the webhooks that it owes are waited for.
pub async fn without_pause(run: &Run, server: &Process, script: Script) -> Outcome {
    let load = Load {
        script,
        phones: run.phones,
        length: run.length,
        pace: Pace::WithoutPause,
        run: run.next(),
    };
    let (webhooks, cpu) = (run.sink.webhooks(), server.cpu());
    let mut outcome = phones::play(&server.url, load).await;
    let owed = webhooks + outcome.filed;
    let behind = owed.saturating_sub(run.sink.webhooks());
    if behind > outcome.filed / 20 {
        println!(
            "(webhooks behind at the end: {behind} of {})",
            outcome.filed
        );
    }
    outcome.resident = server.resident();
    let all = run.sink.wait_for(owed).await;
    // What is still to be delivered is part of what the steps cost.
    outcome.cpu = server.cpu().saturating_sub(cpu);
    assert!(all, "webhooks are missing");
    outcome
}

fn print(name: &str, o: &Outcome) {
    println!(
        "| {name} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1} | {} | {} |",
        o.steps_per_second(),
        o.per_second(o.filed),
        o.percentile(0.50),
        o.percentile(0.99),
        o.cpu_per_step(),
        o.resident / 1_048_576,
        o.wrong
    );
}

/// Texts without pause.
pub async fn texts(run: &Run, goals: &mut Goals) {
    println!("\n| texts | accepted/s | delivered/s | behind s | missing | refused | forged |");
    println!("|---|---|---|---|---|---|---|");
    let (mut limit, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        let server = Process::ceiling(&run.redis, &run.sink);
        limit.push(texts::send(&server.url, &run.sink, run.length, run.next()).await);
        print_texts("the limit", &limit[limit.len() - 1]);
        drop(server);
        let server = Process::passerelle(Plan::shipped(&run.redis, &run.sink));
        ours.push(texts::send(&server.url, &run.sink, run.length, run.next()).await);
        print_texts("passerelle", &ours[ours.len() - 1]);
    }
    let of = |all: &[Texted]| median(all.iter().map(Texted::delivered_per_second));
    let ratio = of(&ours) / of(&limit);
    println!(
        "\nof the limit: delivered/s {ratio:.2}; messages to phones besides: {}",
        run.sink.messages()
    );
    goals.least(
        "texts in → webhook delivered, against the limit",
        "≥ 0.30",
        0.3,
        ratio,
    );
    let behind = ours.iter().map(Texted::behind_s).fold(0.0, f64::max);
    let missing: u64 = ours.iter().map(|t| t.missing).sum();
    goals.add(
        "accepted ahead of delivered; missing",
        "≤ 1 s; none",
        format!("{behind:.2} s; {missing}"),
        behind <= 1.0 && missing == 0,
    );
}

fn print_texts(name: &str, t: &Texted) {
    println!(
        "| {name} | {:.0} | {:.0} | {:.2} | {} | {} | {} |",
        t.accepted_per_second(),
        t.delivered_per_second(),
        t.behind_s(),
        t.missing,
        t.refused,
        t.forged
    );
}
