//! A branch of the menu that keeps no number: the code is the only link, and an answer waits to be
//! fetched with it.

use passerelle::domain::citizen::Caller;
use passerelle::domain::msisdn::Msisdn;
use passerelle::store::Records;
use reqwest::Method;
use serde_json::Value;

use super::consent::on_both_databases;
use super::support::gateway::{Gateway, Wanted, database, keys};
use super::support::leaks::{self, search};
use super::support::partner::Partner;
use super::support::redis::Redis;
use super::support::{candid, desk, phone};

/// Institution 1, keep no number, the words, and the code by SMS too, which cannot be.
const HIDDEN: [&str; 4] = ["1", "3", "Il faut payer le chef", "2"];

/// Whatever would lead from a record to the phone that dials: its digits, and its lookup key.
async fn traces(gateway: &Gateway, records: Option<&str>) -> [String; 3] {
    let number = Msisdn::opened("+2290163109595".into()).expect("a number");
    let url = match records {
        Some(url) => url.to_owned(),
        None => database(gateway.folder().path()).expose().to_owned(),
    };
    let records = Records::open(&url).await.expect("opens");
    let lookup = keys(&records).await.lookup(&Caller::Known(number));
    ["63109595".into(), "229016310".into(), lookup]
}

async fn all(gateway: &Gateway, records: Option<&str>) -> Vec<u8> {
    match records {
        Some(url) => leaks::postgres(url).await,
        None => leaks::sqlite(gateway.folder().path()),
    }
}

async fn show(gateway: &Gateway, id: &Value) -> Value {
    let path = format!("/v1/feedback/{}", id.as_str().expect("an id"));
    let answer = gateway.api(Method::GET, &path, "bj-sante").send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

async fn no_number_is_kept_and_the_code_is_the_only_link(records: Option<String>) {
    let redis = Redis::start_with(&leaks::READABLE);
    let (receiver, aggregator) = (Partner::receiver(), Partner::start(200, "{}"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        sessions: redis.url(),
        records: records.clone(),
        files: &candid::FILES,
        edits: &candid::EDITS,
        ..Wanted::default()
    })
    .await;
    let screens = phone::benin(&gateway, "hidden-1", &HIDDEN).await;
    let code = phone::code(screens.last().expect("a screen"));
    let first = desk::event(&receiver, "feedback.received").await;
    phone::benin(&gateway, "hidden-2", &HIDDEN).await;
    let second = desk::event(&receiver, "feedback.received").await;
    for event in [&first, &second] {
        assert_eq!(event["citizen"]["phone"], Value::Null);
    }
    assert_ne!(first["citizen"]["alias"], second["citizen"]["alias"]);

    // The reply waits, and the institution is told so before and after.
    assert_eq!(show(&gateway, &first["id"]).await["reached_by"], "code");
    let taken = desk::reply(&gateway, &first, "Une enquete est ouverte").await;
    assert_eq!(taken["status"], "waiting");
    let page = gateway.http.get(format!("{}/t/{code}", gateway.url));
    let page = page.header("Accept-Language", "fr").send().await;
    let page = page.expect("an answer").text().await.expect("a page");
    assert!(
        page.contains("composez *7344# et tapez votre code"),
        "{page}"
    );
    let read = phone::benin(&gateway, "hidden-3", &["1", "5", &code]).await;
    let read = read.last().expect("a screen");
    assert!(read.contains("Une enquete est ouverte"), "{read}");
    assert_eq!(aggregator.waiting(), 0, "somebody was texted");

    // What is kept leads nowhere; in Redis the dialogues lie under names that tell nothing.
    let traces = traces(&gateway, records.as_deref()).await;
    let traces: Vec<&str> = traces.iter().map(String::as_str).collect();
    search(
        "the records",
        &all(&gateway, records.as_deref()).await,
        &traces,
    );
    let sessions = leaks::redis(&redis).await;
    search("Redis", &sessions, &traces);
    assert!(
        sessions.windows(9).any(|w| w == b"payer le "),
        "no dialogue"
    );

    // The same phone in the usual way is found by the same search.
    phone::benin(&gateway, "usual", &["1", "2", "Attente", "1"]).await;
    let usual = desk::event(&receiver, "feedback.received").await;
    assert_eq!(show(&gateway, &usual["id"]).await["reached_by"], "sms");
    assert_ne!(usual["citizen"]["alias"], first["citizen"]["alias"]);
    let kept = all(&gateway, records.as_deref()).await;
    assert!(kept.windows(32).any(|w| w == traces[2].as_bytes()));
    gateway.stop().await;
}

/// The network's repeat of the last step is the same feedback: what makes it itself is kept.
async fn twice_is_once_here_too(records: Option<String>) {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        records,
        files: &candid::FILES,
        edits: &candid::EDITS,
        ..Wanted::default()
    })
    .await;
    let screens = phone::benin(&gateway, "again", &HIDDEN).await;
    let last = phone::comviva("again", "2", false, "again-4");
    let (_, repeat) = gateway
        .post("/callbacks/mtn-bj/ussd", "text/xml", last)
        .await;
    assert_eq!(Some(&repeat), screens.last());
    desk::event(&receiver, "feedback.received").await;
    let list = gateway
        .api(Method::GET, "/v1/feedback", "bj-sante")
        .send()
        .await;
    let list: Value = list.expect("an answer").json().await.expect("JSON");
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
    gateway.stop().await;
}

on_both_databases![
    no_number_is_kept_and_the_code_is_the_only_link,
    twice_is_once_here_too,
];
