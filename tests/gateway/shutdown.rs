//! SIGTERM, to the real program, while something it needs hangs: what is in flight is answered,
//! what is held is given back, and it is gone within ten seconds.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::support::gateway::WEBHOOK_SECRET;
use super::support::load::Phone;
use super::support::partner::Partner;
use super::support::redis::Redis;
use super::support::served::{Served, Shipped};

const GONE: Duration = Duration::from_secs(10);

fn shipped() -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped
}

/// Asks it to end and answers how long that took and what it logged.
async fn stop(served: Served) -> (Duration, String) {
    let began = Instant::now();
    let ended = tokio::task::spawn_blocking(move || served.stop()).await;
    let (well, log) = ended.expect("ends");
    let took = began.elapsed();
    assert!(well && took < GONE, "{well} after {took:?}\n{log}");
    assert!(log.contains("\"stopped\""), "{log}");
    (took, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_at_a_hanging_receiver_is_given_back() {
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = hanging.local_addr().expect("an address");
    let shipped = shipped();
    shipped.webhooks_to(&format!("http://{address}"));
    let served = shipped.serve();
    let told = Phone::new(1, 1)
        .file(&reqwest::Client::new(), &served.url)
        .await;
    // It is there, and nobody reads it.
    let held = tokio::task::spawn_blocking(move || hanging.accept().map(|a| (hanging, a)));
    let (hanging, letter) = held.await.expect("joined").expect("a letter");
    let (took, log) = stop(served).await;
    println!("shutdown, hanging receiver: {took:?}");
    assert!(log.contains("\"broken_off\":1"), "{log}");
    drop((hanging, letter));
    // The next one does not wait for the lease's end, a minute later.
    let receiver = Partner::receiver_at(address);
    let began = Instant::now();
    let served = shipped.serve();
    let letter = receiver.next().await.json();
    assert!(began.elapsed() < Duration::from_secs(15));
    assert_eq!(letter["data"]["code"], told.code.as_str());
    stop(served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_redis_does_not_keep_it() {
    let redis = Redis::start();
    let mut shipped = shipped();
    shipped.set("PASSERELLE_SESSIONS__URL", &redis.url());
    let served = shipped.serve();
    let http = reqwest::Client::new();
    // On a busy machine even a Redis that is well can be late once.
    for session in 1.. {
        let screen = Phone::new(2, session).step(&http, &served.url, 0).await;
        if screen.expect("a screen").starts_with("CON ") {
            break;
        }
        assert!(session < 20, "Redis is never there");
    }
    redis.freeze();
    let url = served.url.clone();
    let asked: Vec<_> = (0..20)
        .map(|n| {
            let (http, url) = (http.clone(), url.clone());
            tokio::spawn(async move { Phone::new(3, n).step(&http, &url, 0).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in asked {
        answers.push(one.await.expect("joined").expect("a screen"));
    }
    assert!(answers.iter().all(|a| a.starts_with("END ")), "{answers:?}");
    let (took, _) = stop(served).await;
    println!("shutdown, hanging Redis: {took:?}");
    redis.thaw();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_waits_for_a_held_database_is_answered() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let shipped = shipped();
    let served = shipped.serve();
    let database = format!("sqlite:{}", shipped.path().join("passerelle.db").display());
    let mut other = SqliteConnection::connect(&database)
        .await
        .expect("the records");
    other.execute("BEGIN IMMEDIATE").await.expect("held");
    let url = format!("{}/callbacks/at-rw/sms", served.url);
    let fields = "from=%2B250788308559&to=7344&text=minisante+kigali&id=held-1";
    let text = reqwest::Client::new()
        .post(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("X-Passerelle-Secret", "value of AT_RW_SECRET")
        .body(fields)
        .send();
    let text = tokio::spawn(text);
    // It is under way once the writer waits for its turn: then nothing more is answered from it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (took, log) = stop(served).await;
    println!("shutdown, held database: {took:?}");
    let answer = text.await.expect("joined").expect("an answer");
    assert_eq!(answer.status().as_u16(), 503, "{log}");
}
