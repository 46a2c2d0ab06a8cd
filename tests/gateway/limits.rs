//! One phone cannot drown an office, and no machine is talked with for ever; nothing is lost.

use std::time::Duration;

use passerelle::config::Limits;
use passerelle::domain::audit::Actor;
use passerelle::domain::citizen::Caller;
use passerelle::store::Records;
use reqwest::Method;
use serde_json::Value;

use super::consent::on_both_databases;
use super::support::gateway::{Gateway, Wanted, database, keys};
use super::support::partner::Partner;
use super::support::phone;

/// Two at once, and the next after an hour that no test waits for; the same text is answered twice.
const TIGHT: Limits = Limits {
    at_once: 2,
    then_every: Duration::from_hours(1),
    same_text: 2,
    same_within: Duration::from_hours(1),
};

struct Stand {
    gateway: Gateway,
    receiver: Partner,
    aggregator: Partner,
}

async fn stand(records: Option<String>, limits: Limits) -> Stand {
    let receiver = Partner::receiver();
    let aggregator = Partner::africas_talking("at-1");
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        records,
        limits: Some(limits),
        ..Wanted::default()
    })
    .await;
    Stand {
        gateway,
        receiver,
        aggregator,
    }
}

async fn list(gateway: &Gateway) -> Vec<Value> {
    let answer = gateway.api(Method::GET, "/v1/feedback", "bj-sante").send();
    let list: Value = answer.await.expect("answers").json().await.expect("JSON");
    list["data"].as_array().expect("a list").clone()
}

async fn text(gateway: &Gateway, id: &str, from: &str, words: &str) {
    let fields = [("from", from), ("to", "7344"), ("id", id), ("text", words)];
    let (status, _) = gateway.form("/callbacks/sms-bj/sms", &fields).await;
    assert_eq!(status, 200);
}

/// The words that the next letter to the ministry brings, new or added.
async fn next_words(receiver: &Partner) -> String {
    let event = receiver.next().await.json();
    let data = &event["data"];
    let words = data["added"]["text"].as_str().or(data["text"].as_str());
    words.expect("words").to_owned()
}

/// All words that the ministry can read, with those that were added.
async fn all_words(gateway: &Gateway) -> Vec<String> {
    let mut words = Vec::new();
    for feedback in list(gateway).await {
        let path = format!("/v1/feedback/{}", feedback["id"].as_str().expect("an id"));
        let answer = gateway.api(Method::GET, &path, "bj-sante").send().await;
        let shown: Value = answer.expect("answers").json().await.expect("JSON");
        let added = shown["additions"].as_array().expect("a list");
        words.push(shown["text"].as_str().expect("words").to_owned());
        words.extend(
            added
                .iter()
                .filter_map(|a| Some(a["text"].as_str()?.to_owned())),
        );
    }
    words.sort();
    words
}

async fn what_is_too_much_is_in_the_list_and_in_no_letter(records: Option<String>) {
    let stand = stand(records, TIGHT).await;
    let gateway = &stand.gateway;
    for n in 0..5 {
        let words = format!("Plainte {n}");
        let keys = ["1", "2", "1", "8", &words, "1"];
        let screens = phone::benin(gateway, &format!("flood-{n}"), &keys).await;
        // Everybody has a screen with a code.
        phone::code(screens.last().expect("a screen"));
    }
    // By SMS it is another channel, and another phone is another phone: they are heard, and nothing
    // came between.
    text(gateway, "other-1", "+2290163109595", "sante par SMS").await;
    text(gateway, "other-2", "+2290197000001", "sante un autre").await;
    let mut heard = Vec::new();
    for _ in 0..4 {
        heard.push(next_words(&stand.receiver).await);
    }
    heard.sort();
    assert_eq!(
        heard,
        ["Plainte 0", "Plainte 1", "sante par SMS", "sante un autre"]
    );
    assert_eq!(all_words(gateway).await.len(), 7);
    let kept = list(gateway).await;
    let folded: Vec<&Value> = kept.iter().filter(|f| f["folded"] == true).collect();
    assert_eq!(folded.len(), 3);
    for feedback in folded {
        assert!(
            feedback["text"]
                .as_str()
                .expect("words")
                .starts_with("Plainte")
        );
        assert_eq!(feedback["reply_by"], Value::Null);
    }
    let metrics = reqwest::get(format!("{}/metrics", gateway.admin)).await;
    let metrics = metrics.expect("answers").text().await.expect("text");
    assert!(metrics.contains("feedback_folded_total 3"), "{metrics}");
    stand.gateway.stop().await;
}

async fn a_machine_is_kept_and_answered_no_more(records: Option<String>) {
    let stand = stand(
        records,
        Limits {
            at_once: 0,
            ..TIGHT
        },
    )
    .await;
    let gateway = &stand.gateway;
    for n in 0..6 {
        let words = format!("Merci, sante a bien recu votre message {n}");
        text(gateway, &format!("echo-{n}"), "+2290163109595", &words).await;
        // The network's repeat of the same message is no second one.
        text(gateway, &format!("echo-{n}"), "+2290163109595", &words).await;
    }
    text(
        gateway,
        "person",
        "+2290163109595",
        "sante la porte est fermee",
    )
    .await;
    // Two are answered and reach the ministry, and then the person's.
    for _ in 0..3 {
        stand.aggregator.next().await;
    }
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(next_words(&stand.receiver).await);
    }
    let door = "sante la porte est fermee";
    assert!(heard.iter().any(|words| words == door), "{heard:?}");
    assert_eq!(
        (stand.aggregator.waiting(), stand.receiver.waiting()),
        (0, 0)
    );
    let kept = all_words(gateway).await;
    assert_eq!(kept.len(), 7, "{kept:?}");
    stand.gateway.stop().await;
}

async fn behind_a_short_code_or_a_name_is_a_machine(records: Option<String>) {
    let stand = stand(records.clone(), TIGHT).await;
    let gateway = &stand.gateway;
    let senders = ["7344", "155", "2024", "MTN-INFO", "Orange", "+229"];
    for (n, from) in senders.into_iter().enumerate() {
        text(gateway, &format!("m{n}"), from, "sante gagnez un million").await;
    }
    text(
        gateway,
        "person",
        "+2290163109595",
        "sante la porte est fermee",
    )
    .await;
    let answered = stand.aggregator.next().await;
    assert_eq!(answered.form("to"), "+2290163109595");
    assert_eq!(stand.aggregator.waiting(), 0);
    assert_eq!(list(gateway).await.len(), 1);
    let url = records.unwrap_or_else(|| database(gateway.folder().path()).expose().to_owned());
    let store = Records::open(&url).await.expect("opens");
    let ring = keys(&store).await;
    for from in senders {
        let lookup = ring.lookup(&Caller::Unplaced(from.to_owned()));
        let held = store.held(&lookup, Actor::Operator, 1).await;
        assert_eq!(held.map(|held| held.unplaced), Ok(1), "{from}");
    }
    stand.gateway.stop().await;
}

on_both_databases![
    what_is_too_much_is_in_the_list_and_in_no_letter,
    a_machine_is_kept_and_answered_no_more,
    behind_a_short_code_or_a_name_is_a_machine,
];
