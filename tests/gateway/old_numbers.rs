//! Numbers change their form, and a phone stays the same citizen: Benin's eight digits became ten
//! on 30 November 2024, and old callbacks, old records and old opt-outs hold the eight.

use reqwest::Method;
use serde_json::Value;

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;

const OPTED_OUT: &str = "the citizen has opted out on this channel";

/// Benin's file as it was before anybody told it of the ten digits' plan.
const BEFORE: (&str, &str, &str) = (
    "countries/bj.toml",
    r"when = '(?:2\d|[4-69]\d)\d{6}'",
    r"when = '0000'",
);

async fn start(
    receiver: &Partner,
    aggregator: &Partner,
    edits: &[(&str, &str, &str)],
    folder: Option<std::sync::Arc<tempfile::TempDir>>,
) -> Gateway {
    Gateway::start(Wanted {
        receiver: Some(receiver),
        aggregator: Some(aggregator),
        edits,
        folder,
        ..Wanted::default()
    })
    .await
}

async fn texts(gateway: &Gateway, id: &str, from: &str) {
    let said = [
        ("from", from),
        ("to", "7344"),
        ("text", "SANTE Cotonou mauvais accueil"),
        ("id", id),
    ];
    let answer = gateway.form("/callbacks/sms-bj/sms", &said).await;
    assert_eq!(answer.0, 200);
}

async fn opts_out(gateway: &Gateway, from: &str) {
    let out = [("senderId", "7344"), ("phoneNumber", from)];
    let answer = gateway.form("/callbacks/sms-bj/sms", &out).await;
    assert_eq!(answer.0, 200);
}

/// The feedback as its institution reads it now.
async fn read(gateway: &Gateway, feedback: &Value) -> Value {
    let id = feedback["id"].as_str().expect("an id");
    let institution = feedback["institution"].as_str().expect("whose");
    let path = format!("/v1/feedback/{id}");
    let request = gateway.api(Method::GET, &path, institution);
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn alias(feedback: &Value) -> &str {
    feedback["citizen"]["alias"].as_str().expect("an alias")
}

#[tokio::test]
async fn eight_digits_and_ten_are_one_citizen_by_dial_text_and_opt_out() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let gateway = start(&receiver, &aggregator, &[], None).await;
    // MTN's callbacks still say 22963109595.
    phone::benin(&gateway, "bj-8", &["1", "2", "1", "8", "Attente", "1"]).await;
    let dialled = desk::event(&receiver, "feedback.received").await;
    texts(&gateway, "mo-10", "+2290163109595").await;
    let texted = desk::event(&receiver, "feedback.received").await;
    assert_eq!(alias(&dialled), alias(&texted));
    texts(&gateway, "mo-8", "63109595").await;
    let again = desk::event(&receiver, "feedback.received").await;
    assert_eq!(alias(&dialled), alias(&again));
    // A STOP in the old form holds for the new.
    opts_out(&gateway, "+22963109595").await;
    desk::reply(&gateway, &texted, "Un medecin vient lundi.").await;
    assert_eq!(
        desk::event(&receiver, "reply.failed").await["why"],
        OPTED_OUT
    );
    gateway.stop().await;
}

#[tokio::test]
async fn what_was_kept_before_the_rule_was_known_is_linked_once_it_is() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let gateway = start(&receiver, &aggregator, &[BEFORE], None).await;
    phone::benin(&gateway, "bj-8", &["1", "2", "1", "8", "Attente", "1"]).await;
    let before = desk::event(&receiver, "feedback.received").await;
    opts_out(&gateway, "22963109595").await;
    opts_out(&gateway, "22997000000").await;
    let folder = gateway.stop().await;

    let gateway = start(&receiver, &aggregator, &[], Some(folder)).await;
    texts(&gateway, "mo-10", "+2290163109595").await;
    let after = desk::event(&receiver, "feedback.received").await;
    assert_ne!(alias(&before), alias(&after), "nobody was linked yet");
    // The pass after the start links them: one alias for what was said before and after.
    let linked = async {
        while alias(&read(&gateway, &before).await) != alias(&after) {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, linked)
        .await
        .expect("linked");
    // The opt-out went along, and the feedback that nobody could be answered for has a phone now.
    for feedback in [&before, &after] {
        desk::reply(&gateway, feedback, "Un medecin vient lundi.").await;
        assert_eq!(
            desk::event(&receiver, "reply.failed").await["why"],
            OPTED_OUT
        );
    }
    // Nobody else was touched.
    texts(&gateway, "mo-11", "+2290163109596").await;
    let other = desk::event(&receiver, "feedback.received").await;
    assert_ne!(alias(&other), alias(&after));
    gateway.stop().await;
}
