//! Redis dies, comes back empty, holds its breath, and fills up, under load.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::support::load::Phone;
use super::super::support::partner::Partner;
use super::super::support::redis::Redis;
use super::{Load, Sink, full, line, lock, shipped};

/// After Redis is well, a citizen has screens again within this.
const RECOVERED: Duration = Duration::from_secs(2);

/// Dials until there is a screen; answers how long that took.
async fn recovery(url: &str, first: u32) -> Duration {
    let http = reqwest::Client::new();
    let began = Instant::now();
    for session in 1.. {
        let phone = Phone::new(first, session);
        let screen = phone.step(&http, url, 0).await.expect("an answer");
        if phone.is_right(0, &screen) {
            break;
        }
        assert!(began.elapsed() < RECOVERED, "{screen}");
    }
    began.elapsed()
}

async fn memory(redis: &Redis, limit: &str) {
    let mut raw = redis.raw().await;
    let set = redis::cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory")
        .arg(limit)
        .query_async::<String>(&mut raw)
        .await;
    set.expect("set");
}

/// No key is left without an expiry, whatever happened when it was written.
async fn every_key_ends(redis: &Redis) {
    let mut raw = redis.raw().await;
    let all = redis::cmd("KEYS").arg("*").to_owned();
    let keys: Vec<String> = all.query_async(&mut raw).await.expect("keys");
    assert!(!keys.is_empty(), "the last sessions are there");
    for key in keys {
        let lifetime = redis::cmd("PTTL").arg(&key).to_owned();
        let left: i64 = lifetime.query_async(&mut raw).await.expect("a lifetime");
        assert_ne!(left, -1, "{key} has no expiry");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_do_what_it_will() {
    let rounds = if full() { 5 } else { 1 };
    let pause = Duration::from_secs(if full() { 5 } else { 2 });
    let sink = Partner::receiver();
    let mut redis = Redis::start_with(&["--maxmemory-policy", "noeviction"]);
    let shipped = shipped(&redis.url(), &sink.url, None);
    let served = tokio::task::block_in_place(|| shipped.serve());
    let urls = Arc::new(Mutex::new(vec![served.url.clone()]));
    let load = Load::start(&urls, 8, 1);
    let mut slowest_recovery = Duration::ZERO;
    for round in 0..rounds {
        let calm = Duration::from_millis(700);
        tokio::time::sleep(calm).await;
        // Killed, away for a while, back and empty.
        redis.kill();
        tokio::time::sleep(pause / 2).await;
        redis.restart();
        slowest_recovery = slowest_recovery.max(recovery(&served.url, 1000 + round).await);
        tokio::time::sleep(calm).await;
        // Back and empty at once: the script is gone.
        redis.restart();
        slowest_recovery = slowest_recovery.max(recovery(&served.url, 2000 + round).await);
        tokio::time::sleep(calm).await;
        redis.freeze();
        tokio::time::sleep(pause).await;
        redis.thaw();
        slowest_recovery = slowest_recovery.max(recovery(&served.url, 3000 + round).await);
        tokio::time::sleep(calm).await;
        memory(&redis, "1").await;
        tokio::time::sleep(pause / 2).await;
        memory(&redis, "0").await;
        slowest_recovery = slowest_recovery.max(recovery(&served.url, 4000 + round).await);
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let (told, seen) = load.finish().await;
    every_key_ends(&redis).await;
    let account = Sink::default().account(&sink, &told).await;
    let ((polite, _), slowest) = (*lock(&seen.polite), *lock(&seen.slowest));
    let (well, log) = tokio::task::block_in_place(|| served.stop());
    let complaints = log.lines().filter(|l| l.contains("polite ending")).count();
    line(
        "Redis",
        &format!(
            "4 troubles x {rounds}, {}, polite endings {polite}, log lines of them {complaints}, \
             slowest answer {} ms, slowest recovery {} ms, 5xx 0",
            account.figures(),
            slowest.as_millis(),
            slowest_recovery.as_millis()
        ),
    );
    account.is_clean();
    assert!(well, "{log}");
    assert!(polite > 0, "no citizen noticed: was there any trouble?");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    // Each trouble: when it begins, every ten seconds, and when it is over.
    assert!(
        complaints <= 16 * rounds as usize,
        "{complaints} lines\n{log}"
    );
    assert!(!log.contains("panicked"), "{log}");
}
