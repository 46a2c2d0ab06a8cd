//! Two instances, then three, one after another restarted under load: sessions go on across.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::support::partner::Partner;
use super::super::support::postgres::Postgres;
use super::super::support::redis::Redis;
use super::super::support::served::{Served, Shipped};
use super::{Load, Sink, full, line, lock, shipped};

fn serve(shipped: &Shipped) -> Served {
    tokio::task::block_in_place(|| shipped.serve())
}

/// Where a proxy would send callbacks now.
fn publish(urls: &Mutex<Vec<String>>, instances: &[Served]) {
    *lock(urls) = instances.iter().map(|i| i.url.clone()).collect();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_is_noticed_by_nobody() {
    restarts("SQLite", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_on_postgresql() {
    let postgres = Postgres::durable();
    let database = postgres.database().await;
    restarts("PostgreSQL", Some(&database)).await;
}

async fn restarts(kind: &str, database: Option<&str>) {
    let rounds = if full() { 5 } else { 1 };
    let calm = Duration::from_millis(if full() { 2000 } else { 500 });
    let (redis, sink) = (Redis::start(), Partner::receiver());
    let shipped = shipped(&redis.url(), &sink.url, database);
    let urls = Arc::new(Mutex::new(Vec::new()));
    let mut instances = vec![serve(&shipped), serve(&shipped)];
    publish(&urls, &instances);
    let load = Load::start(&urls, 8, 1);
    let (mut restarts, mut across) = (0, 2);
    for round in 0..=rounds {
        for _ in 0..instances.len() {
            tokio::time::sleep(calm).await;
            // The proxy stops sending to the oldest, which is told to stop; then a new one.
            let oldest = instances.remove(0);
            publish(&urls, &instances);
            let (well, log) = tokio::task::block_in_place(|| oldest.stop());
            assert!(well && !log.contains("panicked"), "{log}");
            instances.push(serve(&shipped));
            publish(&urls, &instances);
            restarts += 1;
        }
        if round == 0 {
            instances.push(serve(&shipped));
            publish(&urls, &instances);
            across = instances.len();
        }
    }
    tokio::time::sleep(calm).await;
    let (told, seen) = load.finish().await;
    let account = Sink::default().account(&sink, &told).await;
    let polite = lock(&seen.polite).0;
    line(
        &format!("instances ({kind})"),
        &format!(
            "2, then {across}, {restarts} restarts, {}, polite endings {polite}",
            account.figures()
        ),
    );
    account.is_clean();
    // On a machine where nothing has its time, a screen may miss the deadline: then it is polite.
    let most = if full() { 0 } else { told.len() as u64 / 4 };
    assert!(polite <= most, "{polite} noticed");
}
