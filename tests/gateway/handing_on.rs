//! "Not ours" through the API: who gets it, who keeps what, and where circles end.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;

async fn call(gateway: &Gateway, method: Method, id: &str, who: &str, body: Value) -> (u16, Value) {
    let request = gateway.api(method, &format!("/v1/feedback/{id}"), who);
    let answer = request.json(&body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn what_is_not_theirs_goes_on_and_ends_at_the_desk_at_the_latest() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let keys = ["1", "2", "1", "8", "Pas de lumiere dans la rue", "1"];
    phone::benin(&gateway, "not-ours", &keys).await;
    let first = desk::event(&receiver, "feedback.received").await;
    let id = first["id"].as_str().expect("an id");
    let not_ours = |to: Value| json!({"status": "not_ours", "to": to, "reason": "la mairie"});
    let patch = async |who: &str, body: Value| call(&gateway, Method::PATCH, id, who, body).await;
    for (to, status) in [("bj-sante", 422), ("rw-police", 422), ("nobody", 422)] {
        assert_eq!(
            patch("bj-sante", not_ours(json!(to))).await.0,
            status,
            "{to}"
        );
    }
    let (status, stub) = patch("bj-sante", not_ours(json!("bj-mairies"))).await;
    assert_eq!((status, &stub["to"]), (200, &json!("bj-mairies")));

    let second = desk::event(&receiver, "feedback.received").await;
    assert_eq!(second["institution"], "bj-mairies");
    assert_eq!(second["text"], first["text"]);
    assert_ne!(second["citizen"]["alias"], first["citizen"]["alias"]);
    assert_eq!(second["citizen"]["phone"], Value::Null);

    // The first one keeps a stub without the citizen's words, and may do no more.
    let (status, stub) = call(&gateway, Method::GET, id, "bj-sante", json!({})).await;
    assert_eq!((status, &stub["to"]), (200, &json!("bj-mairies")));
    assert_eq!(
        (&stub["text"], &stub["reason"]),
        (&Value::Null, &json!("la mairie"))
    );
    assert_eq!(patch("bj-sante", json!({"status": "opened"})).await.0, 404);
    assert_eq!(
        call(&gateway, Method::GET, id, "bj-police", json!({}))
            .await
            .0,
        404
    );

    // Back to whoever said so: to the desk instead, which has to name somebody new.
    let (_, stub) = patch("bj-mairies", not_ours(json!("bj-sante"))).await;
    assert_eq!(stub["to"], "bj-desk");
    assert_eq!(patch("bj-desk", not_ours(Value::Null)).await.0, 422);
    assert_eq!(patch("bj-desk", not_ours(json!("bj-sante"))).await.0, 409);
    assert_eq!(patch("bj-desk", not_ours(json!("bj-police"))).await.0, 200);
    let (_, stub) = patch("bj-police", json!({"status": "not_ours"})).await;
    assert_eq!(stub["to"], "bj-desk");
    gateway.stop().await;
}

#[tokio::test]
async fn the_api_shows_each_rung_as_it_was_reached() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    phone::benin(&gateway, "rungs", &["1", "2", "1", "8", "Rien", "1"]).await;
    let event = desk::event(&receiver, "feedback.received").await;
    let id = event["id"].as_str().expect("an id");
    let resolved = call(
        &gateway,
        Method::PATCH,
        id,
        "bj-sante",
        json!({"status": "resolved"}),
    );
    assert_eq!(resolved.await.0, 200);
    let rungs = async || {
        let (_, shown) = call(&gateway, Method::GET, id, "bj-sante", json!({})).await;
        let rungs = shown["ladder"].as_array().expect("a list").iter();
        let rungs = rungs.map(|r| r["rung"].as_str().expect("a word").to_owned());
        rungs.collect::<Vec<_>>()
    };
    // Resolved is not opened: nobody said that it was read. That it was delivered is noted once
    // the receiver's answer is in.
    let mut seen = rungs().await;
    for _ in 0..200 {
        if seen.len() > 1 {
            break;
        }
        tokio::task::yield_now().await;
        seen = rungs().await;
    }
    seen.sort();
    assert_eq!(seen, ["delivered", "resolved"]);
    gateway.stop().await;
}
