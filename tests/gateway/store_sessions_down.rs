//! Redis goes away, and comes back. A citizen waits half a second at most.

use std::time::{Duration, Instant};

use passerelle::store::{Away, Sessions};

use crate::store_sessions::fresh;
use crate::support::redis::{Redis, free_port};

const TTL: Duration = Duration::from_mins(1);
/// Half a second as promised, and something for a busy machine.
const SOON: Duration = Duration::from_millis(900);

fn open(redis: &Redis) -> Sessions {
    Sessions::open(&redis.url(), "test:").expect("opens")
}

async fn append(store: &Sessions) -> Result<Vec<u8>, Away> {
    let began = Instant::now();
    let answer = store.append(&fresh(), b"H", b"1", TTL, 0).await;
    let took = began.elapsed();
    assert!(took < SOON, "took {took:?}");
    answer
}

#[tokio::test]
async fn a_server_that_is_down_at_start_delays_nothing_and_is_found_later() {
    let mut redis = Redis::start();
    redis.kill();
    let store = open(&redis);
    assert!(store.ping().await.is_err());
    assert!(append(&store).await.is_err());
    redis.restart();
    append(&store).await.expect("found at once");
}

#[tokio::test]
async fn a_killed_server_is_away_at_once_and_used_again_when_it_is_back() {
    let mut redis = Redis::start();
    let store = open(&redis);
    append(&store).await.expect("up");
    redis.kill();
    for _ in 0..3 {
        let away = append(&store).await.expect_err("down");
        assert!(away.to_string().contains("connection"), "{away}");
    }
    assert!(store.read(&fresh(), 0).await.is_err());
    assert!(store.forget(&fresh()).await.is_err());
    redis.restart();
    // The script is unknown to a new server: it is loaded again without anybody noticing.
    append(&store).await.expect("up again");
    store.ping().await.expect("and answering");
}

#[tokio::test]
async fn a_restart_between_two_steps_is_not_noticed() {
    let mut redis = Redis::start();
    let store = open(&redis);
    append(&store).await.expect("up");
    redis.restart();
    append(&store).await.expect("repeated on a new connection");
}

#[tokio::test]
async fn a_frozen_server_is_away_within_half_a_second() {
    let redis = Redis::start();
    let store = open(&redis);
    append(&store).await.expect("up");
    redis.freeze();
    for _ in 0..2 {
        let away = append(&store).await.expect_err("frozen");
        assert!(away.to_string().contains("in time"), "{away}");
    }
    // Whoever starts now does not wait for it either.
    append(&open(&redis)).await.expect_err("frozen");
    let many: Vec<_> = (0..64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { append(&store).await })
        })
        .collect();
    for one in many {
        assert!(one.await.expect("no panic").is_err());
    }
    redis.thaw();
    append(&store).await.expect("up again");
}

#[tokio::test]
async fn nothing_listens_there() {
    let store = Sessions::open(&format!("redis://127.0.0.1:{}", free_port()), "");
    append(&store.expect("opens")).await.expect_err("nobody");
}

#[tokio::test]
async fn a_server_without_tls_is_away_for_who_wants_tls() {
    let redis = Redis::start();
    let url = redis.url().replace("redis://", "rediss://");
    let store = Sessions::open(&url, "").expect("opens");
    append(&store).await.expect_err("no TLS there");
}
