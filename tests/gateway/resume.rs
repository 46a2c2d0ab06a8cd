//! A call that was cut is gone on with, in memory and over a real Redis.

use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;
use super::support::redis;

/// Dials anew and goes on; answers the screens.
async fn cut_and_resumed(sessions: &str, prefix: &str) {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        sessions: sessions.to_owned(),
        ..Wanted::default()
    })
    .await;
    let name = |n: u32| format!("{prefix}-{n}");
    phone::benin(&gateway, &name(1), &["1", "2", "1", "8"]).await;
    let again = phone::benin(&gateway, &name(2), &["1", "coupe", "1"]).await;
    assert!(
        again[0].contains("Reprendre votre message?"),
        "{}",
        again[0]
    );
    assert!(again[1].contains("est-il pass"), "{}", again[1]);
    let event = receiver.next().await.json();
    assert_eq!(event["data"]["code"], phone::code(&again[3]));
    assert_eq!(event["data"]["text"], "coupe");
    assert_eq!(event["data"]["experience"], "bad");
    assert_eq!(event["data"]["place"]["name"], "Cotonou");
    // What was filed is not offered, and another phone is offered nothing.
    let third = phone::benin(&gateway, &name(3), &[]).await;
    assert!(third[0].contains("Choisissez"), "{}", third[0]);
    gateway.stop().await;
}

#[tokio::test]
async fn in_memory() {
    cut_and_resumed("memory:", "memory").await;
}

#[tokio::test]
async fn over_redis() {
    cut_and_resumed(&redis::shared().url(), "redis").await;
}

#[tokio::test]
async fn on_a_cumulative_dialect() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    phone::rwanda(&gateway, "cut-1", &["2", "1", "1", "1"]).await;
    let again = phone::rwanda(&gateway, "cut-2", &["1", "2", "Kind nurses", "1"]).await;
    assert!(
        again[0].starts_with("CON Go on with your message?"),
        "{}",
        again[0]
    );
    assert!(again[1].starts_with("CON Where?"), "{}", again[1]);
    let event = receiver.next().await.json();
    assert_eq!(event["data"]["code"], phone::code(&again[4]));
    assert_eq!(event["data"]["place"]["name"], "Gasabo");
    gateway.stop().await;
}
