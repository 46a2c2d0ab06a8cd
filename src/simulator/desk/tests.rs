//! What the stage remembers, and whom its desks believe.

use std::collections::BTreeMap;

use futures_util::{StreamExt, pin_mut};

use super::*;
use crate::client::Limits;
use crate::domain::channel::{Access, Credentials};
use crate::domain::text::Folding;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(in crate::simulator) fn channel(id: &str, aggregator: &str) -> Arc<Channel> {
    Arc::new(Channel {
        id: id.into(),
        aggregator: aggregator.into(),
        country: "RW".into(),
        operator: None,
        menu: "feedback".into(),
        ussd: vec!["*7344#".into()],
        sms: vec!["7344".into()],
        access: Access {
            secret: Some(Secret::new("let me in")),
            ..Access::default()
        },
        credentials: Credentials::default(),
        budget: 150,
        session_clock: None,
        folding: Folding::Gsm7,
        reports_within: crate::domain::channel::REPORTS_WITHIN,
        dialect: BTreeMap::new(),
    })
}

pub(in crate::simulator) fn stage(base_url: &str) -> Arc<Simulator> {
    Simulator::new(Plan {
        base_url: base_url.into(),
        channels: vec![channel("at-rw", "africas-talking")],
        inboxes: vec![Inbox {
            id: "rw-water".into(),
            name: "Amazi".into(),
            country: "RW".into(),
            secret: Secret::new(SECRET),
            token: Secret::new("token"),
        }],
        client: Client::new(Limits::default()).expect("a client"),
    })
}

/// A webhook's headers, signed by the standard's own library.
pub(in crate::simulator) fn headers(id: &str, body: &[u8]) -> Vec<(String, String)> {
    let at = now().as_second();
    let signature = standardwebhooks::Webhook::new(SECRET)
        .and_then(|w| w.sign(id, at, body))
        .expect("a signature");
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Everything told so far.
pub(in crate::simulator) async fn told(stage: &Simulator) -> String {
    let stream = stage.news().stream(None);
    pin_mut!(stream);
    let _hello = stream.next().await;
    stream.next().await.map(Result::unwrap).unwrap_or_default()
}

#[tokio::test]
async fn a_letter_is_believed_counted_and_shown() {
    let stage = stage("http://127.0.0.1:1");
    let letter = headers("msg_1", b"{}");
    assert_eq!(stage.receive("rw-water", &letter, b"{}"), Some(true));
    assert_eq!(stage.receive("rw-water", &letter, b"{}"), Some(true));
    assert_eq!(stage.receive("nobody", &letter, b"{}"), None);
    let told = told(&stage).await;
    assert_eq!(told.matches("event: letter").count(), 2);
    assert!(told.contains("\"repeats\":1"), "{told}");
    assert!(!told.contains("\"repeats\":2"), "{told}");
}

#[tokio::test]
async fn a_forgery_is_shown_as_one_and_hides_nothing() {
    let stage = stage("http://127.0.0.1:1");
    let letter = headers("msg_1", b"{}");
    assert_eq!(
        stage.receive("rw-water", &letter, b"{\"a\":1}"),
        Some(false)
    );
    assert_eq!(stage.receive("rw-water", &letter, b"{}"), Some(true));
    let told = told(&stage).await;
    assert!(told.contains("the signature does not match"), "{told}");
    assert!(!told.contains("\"repeats\":1"), "{told}");
}

#[tokio::test]
async fn memory_is_bounded() {
    let stage = stage("http://127.0.0.1:1");
    for n in 0..=KEPT {
        let _ = stage.receive("rw-water", &headers(&format!("msg_{n}"), b"{}"), b"{}");
        let number = format!("+25078800{n:04}");
        let who = Gesture {
            number: &number,
            country: None,
            channel: None,
        };
        assert!(stage.dial(who, "*7344#").await.is_err(), "nobody listens");
    }
    let state = stage.state();
    assert_eq!((state.letters.len(), state.phones.len()), (KEPT, KEPT));
}

#[test]
fn a_feedbacks_id_stays_one_segment() {
    let url = reply_url("http://h", "../x?y#z w");
    assert_eq!(url, "http://h/v1/feedback/..%2Fx%3Fy%23z+w/replies");
}
