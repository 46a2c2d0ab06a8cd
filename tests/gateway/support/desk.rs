//! An institution's official: reads what comes, answers it, and hears what became of the answer.

use reqwest::Method;
use serde_json::{Value, json};

use super::gateway::Gateway;
use super::partner::Partner;

/// The next event of this type; earlier ones of other types are none of this test's business.
pub async fn event(receiver: &Partner, kind: &str) -> Value {
    loop {
        let event = receiver.next().await.json();
        if event["type"] == kind {
            return event["data"].clone();
        }
    }
}

/// Replies to a feedback, as its event told of it.
pub async fn reply(gateway: &Gateway, feedback: &Value, text: &str) -> Value {
    let (id, institution) = (&feedback["id"], &feedback["institution"]);
    let path = format!("/v1/feedback/{}/replies", id.as_str().expect("an id"));
    let request = gateway.api(Method::POST, &path, institution.as_str().expect("whose"));
    let answer = request.json(&json!({ "text": text })).send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status().as_u16(), 202);
    answer.json().await.expect("JSON")
}
