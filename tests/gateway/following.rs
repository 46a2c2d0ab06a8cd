//! The public page of a code: where a feedback stands, and nothing that anybody could not know.

use reqwest::Method;
use serde_json::json;

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;

struct Page {
    status: u16,
    cache: String,
    body: String,
}

async fn page(gateway: &Gateway, code: &str, language: &str, from: &str) -> Page {
    let answer = gateway
        .http
        .get(format!("{}/t/{code}", gateway.url))
        .header("Accept-Language", language)
        .header("X-Forwarded-For", from)
        .send()
        .await
        .expect("an answer");
    let header = |name: &str| {
        let value = answer.headers().get(name).expect(name);
        value.to_str().expect("text").to_owned()
    };
    assert_eq!(header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(header("vary"), "Accept-Language");
    Page {
        status: answer.status().as_u16(),
        cache: header("cache-control"),
        body: answer.text().await.expect("a page"),
    }
}

#[tokio::test]
async fn a_code_tells_where_it_stands_in_three_languages_and_never_what_was_said() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("at-1"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        behind_proxy: true,
        ..Wanted::default()
    })
    .await;
    let keys = ["1", "2", "1", "8", "Attente de cinq heures", "1"];
    let screens = phone::benin(&gateway, "follow-1", &keys).await;
    let code = phone::code(screens.last().expect("a screen"));
    let event = receiver.next().await.json();

    let shown = page(&gateway, &code, "en-GB, fr;q=0.5", "192.0.2.1").await;
    assert_eq!(
        (shown.status, shown.cache.as_str()),
        (200, "public, max-age=60")
    );
    assert!(shown.body.contains("Ministry of Health"), "{}", shown.body);
    assert!(shown.body.contains("Answer promised by"), "{}", shown.body);

    let id = event["data"]["id"].as_str().expect("an id");
    let opened = gateway
        .api(Method::PATCH, &format!("/v1/feedback/{id}"), "bj-sante")
        .json(&json!({"status": "opened"}))
        .send()
        .await
        .expect("sent");
    assert_eq!(opened.status(), 200);
    let typed = code.to_lowercase().replace('-', "%20");
    let shown = page(&gateway, &typed, "fr", "192.0.2.1").await;
    assert!(shown.body.contains("Lu le "), "{}", shown.body);

    desk::reply(&gateway, &event["data"], "Deux agents arrivent lundi.").await;
    let shown = page(&gateway, &code, "rw", "192.0.2.1").await;
    assert!(shown.body.contains("Bwasubijwe"), "{}", shown.body);
    assert!(shown.body.contains("SMS"), "{}", shown.body);
    for secret in ["Attente", "Deux agents", "63109595", "cz_", id] {
        assert!(!shown.body.contains(secret), "{secret}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn codes_cannot_be_tried_out_and_a_refusal_looks_like_a_wrong_code() {
    let gateway = Gateway::start(Wanted {
        behind_proxy: true,
        ..Wanted::default()
    })
    .await;
    let screens = phone::benin(&gateway, "follow-2", &["1", "2", "1", "8", "Rien", "1"]).await;
    let code = phone::code(screens.last().expect("a screen"));
    let unknown = passerelle::domain::code::make([9; 8]);
    let wrong = page(&gateway, &unknown, "fr", "192.0.2.9").await;
    assert_eq!((wrong.status, wrong.cache.as_str()), (404, "no-store"));
    assert!(wrong.body.contains("Code inconnu"));
    for _ in 0..40 {
        page(&gateway, &unknown, "fr", "192.0.2.9").await;
    }
    let refused = page(&gateway, &code, "fr", "192.0.2.9").await;
    assert_eq!(
        (refused.status, refused.cache, refused.body),
        (wrong.status, wrong.cache, wrong.body)
    );
    assert_eq!(page(&gateway, &code, "fr", "192.0.2.10").await.status, 200);
    gateway.stop().await;
}

#[tokio::test]
async fn the_form_leads_to_the_page_however_the_code_is_typed() {
    let gateway = Gateway::start(Wanted::default()).await;
    let code = passerelle::domain::code::make([9; 8]);
    let asking = |typed: String| {
        let url = format!("{}/t?code={typed}", gateway.url);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("a client");
        async move { http.get(url).send().await.expect("an answer") }
    };
    let led = asking(code.to_lowercase().replace('-', "+")).await;
    assert_eq!(led.status(), 303);
    assert_eq!(led.headers()["location"], format!("/t/{code}"));
    assert_eq!(asking("%3Cscript%3E".into()).await.status(), 404);
    let form = gateway.http.get(format!("{}/t", gateway.url)).send().await;
    assert_eq!(form.expect("an answer").status(), 200);
    gateway.stop().await;
}
