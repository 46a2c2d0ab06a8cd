//! How institutions listen: counted for themselves, masked for everybody, and what became of a
//! reply's message.

use passerelle::domain::feedback::{Experience, Standing, Status};
use passerelle::domain::reply::Arrival;
use passerelle::domain::scorecard::Clock;
use passerelle::store::Records;
use passerelle::store::records::{Filed, LetterOutcome};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

use super::store_records::{keep, on_every_database};
use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;
use super::support::samples::{NOW, filing};

on_every_database![each_rung_is_timed_and_half_of_them_took_at_most_the_median];

const MINUTE: i64 = 60_000;
/// English, praise, the first office, a place, words, send.
const KEYS: [&str; 7] = ["2", "1", "1", "1", "2", "Kind nurses", "1"];

async fn each_rung_is_timed_and_half_of_them_took_at_most_the_median(records: Records) {
    let mut institution = String::new();
    for n in 1..=4_u32 {
        let mut one = filing(n);
        one.feedback.experience = (n > 1).then_some(Experience::Good);
        one.feedback.received_at = NOW;
        let letter = one.letters[0].id.clone();
        let f = keep(&records, one).await;
        let at = NOW + i64::from(n) * MINUTE;
        let delivered = LetterOutcome::Delivered { at, status: 204 };
        assert_eq!(records.settle_letter(&letter, delivered).await, Ok(true));
        if n > 2 {
            let (from, to) = (Status::Received, Status::Opened);
            let moved = records.move_feedback(&f.id, from, to, at + MINUTE, None);
            assert_eq!(moved.await, Ok(true));
        }
        institution = f.institution;
    }
    let card = records.scorecard(&institution, NOW, NOW + 1).await;
    let card = card.expect("answers");
    let told = card.feedback;
    assert_eq!(
        (told.total, told.good, told.bad),
        (Some(4), Some(3), Some(0))
    );
    let clock = |count, median| Clock {
        count: Some(count),
        median_seconds: median,
    };
    assert_eq!(card.delivered, clock(4, Some(120)));
    assert_eq!(card.opened, clock(2, Some(240)));
    assert_eq!(
        (card.answered, card.fixed),
        (clock(0, None), clock(0, None))
    );
    let none = records.scorecard(&institution, NOW + 1, NOW + 2).await;
    assert_eq!(none.expect("answers").feedback.total, Some(0));
    // A code is free for nobody else: the records are as they were.
    assert!(matches!(
        records.file(filing(1)).await,
        Ok(Filed::Already(_))
    ));
}

async fn get(gateway: &Gateway, path: &str) -> (u16, Value) {
    let request = gateway.api(Method::GET, path, "rw-minisante");
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn an_institution_sees_its_own_and_the_public_no_small_count() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    for n in 0..6 {
        let session = format!("heard-{n}");
        phone::rwanda(&gateway, &session, &KEYS).await;
        desk::event(&receiver, "feedback.received").await;
    }
    let (status, own) = get(&gateway, "/v1/scorecards").await;
    assert_eq!(status, 200);
    assert_eq!(own["data"].as_array().map(Vec::len), Some(1));
    let card = &own["data"][0];
    assert_eq!(card["institution"], "rw-minisante");
    assert_eq!(card["feedback"]["total"], 6);
    assert_eq!(card["opened"], json!({"count": 0, "median_seconds": null}));
    assert_eq!(get(&gateway, "/v1/scorecards?since=tomorrow").await.0, 400);

    let public = |path: &str| gateway.http.get(format!("{}{path}", gateway.url)).send();
    let all: Value = public("/listening.json")
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let of = |id: &str| {
        let mut cards = all["data"].as_array().expect("cards").iter();
        cards
            .find(|c| c["institution"] == id)
            .expect("there")
            .clone()
    };
    assert_eq!(of("rw-minisante")["feedback"]["total"], 6);
    assert_eq!(of("rw-police")["feedback"]["total"], 0);
    // It is counted for ten minutes at a time: what comes now is not seen yet.
    phone::rwanda(&gateway, "later", &KEYS).await;
    let again: Value = public("/listening.json")
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(again, all);
    let page = public("/listening").await.expect("an answer");
    assert_eq!(page.status().as_u16(), 200);
    assert!(
        page.text()
            .await
            .expect("text")
            .contains("Ministère de la Santé")
    );
    gateway.stop().await;
}

#[test]
fn a_message_without_a_report_is_unknown_after_its_time_and_never_failed() {
    let within = Duration::from_hours(72);
    let hours = 3_600_000;
    let of = |standing, sent_at| Arrival::of(standing, sent_at, 100 * hours, within);
    assert_eq!(of(Standing::Sent, Some(28 * hours)), Arrival::Sent);
    assert_eq!(of(Standing::Sent, Some(28 * hours - 1)), Arrival::Unknown);
    assert_eq!(of(Standing::Delivered, Some(0)), Arrival::Delivered);
    assert_eq!(of(Standing::Dead, Some(0)), Arrival::Failed);
    assert_eq!(of(Standing::Pending, None), Arrival::Queued);
}
