//! One receiver hangs, one answers 500, one asks for an hour, one closes midway, one sends 10 GB:
//! the healthy one's letters do not wait for theirs.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::super::support::receiver::{Manner, Receiver};
use super::super::support::served::Shipped;
use super::{PATIENCE, full, line};
use crate::support::gateway::WEBHOOK_SECRET;

/// The words that lead to an institution, and how its receiver is when it is ill.
const ILL: [(&str, &str, Manner); 4] = [
    ("rw-minaloc", "minaloc", Manner::Hangs),
    ("rw-mineduc", "mineduc", Manner::Fails),
    ("rw-police", "police", Manner::TooMany),
    ("rw-desk", "ombudsman", Manner::ClosesMidway),
];

/// One text; answers when it was handed over.
async fn text(http: &reqwest::Client, url: &str, words: &str, n: u32) -> Instant {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("from", &format!("+2507{:08}", 80_000_000 + n))
        .append_pair("to", "7344")
        .append_pair("text", words)
        .append_pair("id", words)
        .finish();
    let asked = Instant::now();
    let answer = http
        .post(format!("{url}/callbacks/at-rw/sms"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("X-Passerelle-Secret", "value of AT_RW_SECRET")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    asked
}

/// Texts to all, the healthy one's timed from the citizen to the receiver; answers the p99.
async fn p99(url: &str, healthy: &Receiver, run: &str, texts: u32) -> Duration {
    let http = reqwest::Client::new();
    let mut asked = HashMap::new();
    let mut tick = tokio::time::interval(Duration::from_millis(30));
    for n in 0..texts {
        tick.tick().await;
        let words = format!("minisante {run} {n}");
        let at = text(&http, url, &words, n).await;
        asked.insert(words, at);
        for (at, (_, keyword, _)) in (0..).zip(ILL) {
            let words = format!("{keyword} {run} {n}");
            text(&http, url, &words, 1_000_000 * (at + 1) + n).await;
        }
    }
    let began = Instant::now();
    let mut took = Vec::new();
    while took.len() < asked.len() {
        assert!(began.elapsed() < PATIENCE, "{} of {texts} came", took.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
        let taken = healthy.taken();
        let of_this_run = taken.iter().filter_map(|letter| {
            let words = letter.event["data"]["text"].as_str()?;
            Some(letter.at.duration_since(*asked.get(words)?))
        });
        took = of_this_run.collect();
    }
    took.sort_unstable();
    took[(took.len() * 99 / 100).min(took.len() - 1)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_receiver_does_not_notice_five_that_are_not() {
    let texts = if full() { 1000 } else { 100 };
    let healthy = Receiver::start(Manner::Well).await;
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.webhooks_to(&healthy.url);
    let endless = Receiver::start(Manner::Endless).await;
    let mut ill = vec![endless.clone()];
    for (institution, _, manner) in ILL {
        let receiver = Receiver::start(manner).await;
        let file = format!("institutions/{institution}.toml");
        let (from, to) = (
            format!("{}/{institution}", healthy.url),
            format!("{}/{institution}", receiver.url),
        );
        shipped.edit(&file, &from, &to);
        ill.push(receiver);
    }
    // The schools have a second address, the endless one.
    let second = format!(
        "[[webhooks]]\nurl = \"{}/\"\nprivate = true\nsecret = \"env:RW_MINEDUC_SECRET\"\n\
         events = [\"feedback.*\"]\n\n[api]",
        endless.url
    );
    shipped.edit("institutions/rw-mineduc.toml", "[api]", &second);
    let served = tokio::task::block_in_place(|| shipped.serve());
    p99(&served.url, &healthy, "warm", texts / 4).await;
    let alone = p99(&served.url, &healthy, "alone", texts).await;
    for receiver in &ill {
        receiver.ill(true);
    }
    let beside = p99(&served.url, &healthy, "beside", texts).await;
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    let refused: u64 = ill.iter().map(Receiver::refused).sum();
    line(
        "receivers",
        &format!(
            "p99 from text to webhook {:.1} ms beside five that are well, {:.1} ms beside five that \
             are not ({refused} attempts there), ratio {ratio:.2}",
            alone.as_secs_f64() * 1000.0,
            beside.as_secs_f64() * 1000.0,
        ),
    );
    assert!(ill.iter().all(|r| r.refused() > 0), "every one was tried");
    // On a machine that does other things besides, a ratio of milliseconds says little: waiting
    // for the ill would show as seconds.
    assert!(
        ratio < 1.2 || beside < alone + Duration::from_millis(250),
        "{ratio}"
    );
    let (well, log) = tokio::task::block_in_place(|| served.stop());
    assert!(well, "{log}");
}
