//! `kill -9`, again and again, at moments that nobody chose.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::support::partner::Partner;
use super::super::support::postgres::Postgres;
use super::super::support::redis::Redis;
use super::{Load, Sink, full, line, lock, shipped};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_every_crash() {
    crashes("SQLite", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_on_postgresql_too() {
    let postgres = Postgres::durable();
    let database = postgres.database().await;
    crashes("PostgreSQL", Some(&database)).await;
}

async fn crashes(kind: &str, database: Option<&str>) {
    let crashes = if full() { 50 } else { 4 };
    let (redis, sink) = (Redis::start(), Partner::receiver());
    let shipped = Arc::new(shipped(&redis.url(), &sink.url, database));
    let urls = Arc::new(Mutex::new(Vec::new()));
    let load = Load::start(&urls, 8, 1);
    for crash in 0..crashes {
        let from = Arc::clone(&shipped);
        let served = tokio::task::spawn_blocking(move || from.serve()).await;
        let served = served.expect("starts");
        *lock(&urls) = vec![served.url.clone()];
        // Somewhere in the first second and a half of its life.
        let dice: [u8; 2] = std::array::from_fn(|_| rand_byte());
        let life = 100 + u64::from(u16::from_le_bytes(dice)) % 1400;
        tokio::time::sleep(Duration::from_millis(life)).await;
        lock(&urls).clear();
        let log = served.kill();
        assert!(!log.contains("panicked"), "crash {crash}: {log}");
    }
    let from = Arc::clone(&shipped);
    let served = tokio::task::spawn_blocking(move || from.serve())
        .await
        .expect("starts");
    *lock(&urls) = vec![served.url.clone()];
    let (told, _) = load.finish().await;
    // A letter that was under way when its gateway died goes again when its lease has run out.
    let account = Sink::default().account(&sink, &told).await;
    line(
        &format!("crash ({kind})"),
        &format!("kill -9 {crashes}, {}", account.figures()),
    );
    account.is_clean();
    drop(served);
}

/// From the system: a drill has no seed, its moments are to differ every time.
fn rand_byte() -> u8 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish().to_le_bytes()[0]
}
