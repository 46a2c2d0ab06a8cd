//! The stage's doors, and a phone's whole call over real HTTP.

use std::sync::Mutex;

use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpServer};

use super::*;
use crate::simulator::desk::tests::{headers as signed_headers, stage, told};

async fn ask(request: TestRequest, base_url: &str) -> (u16, String, HeaderMap) {
    let app = init_service(App::new().configure(routes(stage(base_url)))).await;
    let response: ServiceResponse = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = read_body(response).await;
    (status, String::from_utf8_lossy(&body).into_owned(), headers)
}

const NOWHERE: &str = "http://127.0.0.1:1";

#[actix_web::test]
async fn the_page_and_its_assets_let_nothing_else_in() {
    for asset in [
        "",
        "/",
        "/style.css",
        "/app.js",
        "/words.js",
        "/letters.js",
        "/icon.svg",
    ] {
        let request = TestRequest::get().uri(&format!("/simulator{asset}"));
        let (status, body, headers) = ask(request, NOWHERE).await;
        assert_eq!(status, 200, "{asset}");
        assert!(!body.is_empty() && !body.contains("https://"), "{asset}");
        let policy = headers
            .get("content-security-policy")
            .and_then(|v| v.to_str().ok());
        assert!(policy.is_some_and(|p| p.contains("default-src 'none'") && !p.contains("unsafe")));
    }
}

#[actix_web::test]
async fn the_page_is_told_what_can_be_dialled() {
    let (_, body, _) = ask(TestRequest::get().uri("/simulator/setup"), NOWHERE).await;
    let setup: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(setup["countries"][0]["code"], "RW");
    assert_eq!(setup["countries"][0]["services"][0]["ussd"][0], "*7344#");
    assert_eq!(setup["inboxes"][0]["name"], "Amazi");
    assert!(
        !body.contains("whsec") && !body.contains("let me in"),
        "{body}"
    );
}

#[actix_web::test]
async fn a_form_of_another_site_cannot_dial() {
    let request = TestRequest::post()
        .uri("/simulator/phone/dial")
        .insert_header(("content-type", "text/plain"))
        .set_payload("{\"number\":\"+250788000001\",\"code\":\"*7344#\"}");
    let (status, body, _) = ask(request, NOWHERE).await;
    assert_eq!(status, 400, "{body}");
}

#[actix_web::test]
async fn a_gateway_that_is_away_is_told_with_what_was_asked_and_without_its_secret() {
    let request = TestRequest::post()
        .uri("/simulator/phone/dial")
        .set_json(json!({"number": "+250788000001", "code": "*7344#"}));
    let (status, body, headers) = ask(request, NOWHERE).await;
    assert_eq!(status, 502);
    assert_eq!(
        headers
            .get("content-type")
            .map(header::HeaderValue::as_bytes),
        Some(&b"application/problem+json"[..])
    );
    assert!(body.contains("POST /callbacks/at-rw/ussd"), "{body}");
    assert!(!body.contains("let me in"), "{body}");
    for (path, body, want) in [
        ("dial", json!({"number": "x", "code": "*7344#"}), 400),
        (
            "dial",
            json!({"number": "+250788000001", "code": "*1#"}),
            404,
        ),
        (
            "press",
            json!({"number": "+250788000001", "text": "1"}),
            409,
        ),
        ("hangup", json!({"number": "+250788000001"}), 409),
        ("press", json!({"number": 1}), 400),
    ] {
        let request = TestRequest::post()
            .uri(&format!("/simulator/phone/{path}"))
            .set_json(&body);
        assert_eq!(ask(request, NOWHERE).await.0, want, "{path} {body}");
    }
}

#[actix_web::test]
async fn an_inbox_answers_as_an_institution_should() {
    for (institution, signed, want) in [
        ("rw-water", "{}", 204),
        ("rw-water", "{ }", 401),
        ("nobody", "{}", 404),
    ] {
        let mut request = TestRequest::post()
            .uri(&format!("/simulator/inbox/{institution}"))
            .set_payload("{}");
        for (name, value) in signed_headers("msg_1", signed.as_bytes()) {
            request = request.insert_header((name, value));
        }
        assert_eq!(ask(request, NOWHERE).await.0, want);
    }
}

/// A gateway of two screens that writes down where it was called.
async fn gateway(
    called: Data<Mutex<Vec<String>>>,
    request: HttpRequest,
    body: String,
) -> HttpResponse {
    let door = request
        .path()
        .trim_start_matches("/callbacks/at-rw/")
        .to_owned();
    if let Ok(mut called) = called.lock() {
        called.push(door);
    }
    let over = body.ends_with("text=1");
    HttpResponse::Ok().body(if over {
        "END Murakoze"
    } else {
        "CON Hehe?\n1 Hano"
    })
}

#[actix_web::test]
async fn a_call_and_a_message_go_over_real_http() {
    let called = Data::new(Mutex::new(Vec::<String>::new()));
    let seen = called.clone();
    let server = HttpServer::new(move || {
        let doors = web::post().to(gateway);
        App::new()
            .app_data(seen.clone())
            .route("/callbacks/at-rw/{door:.*}", doors)
    })
    .workers(1)
    .bind("127.0.0.1:0")
    .expect("a socket");
    let base_url = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let stage = stage(&base_url);
    let number = "+250 788 000 001";
    let who = Gesture {
        number,
        country: Some("RW"),
        channel: None,
    };
    let (_, first) = stage.dial(who, "*7344#").await.expect("a screen");
    assert!(!first.shown.ends && first.wire.answer.contains("CON Hehe?"));
    let last = stage.press(number, "1").await.expect("a screen");
    assert!(last.shown.ends);
    assert!(stage.press(number, "1").await.is_err(), "the call is over");
    stage.text(who, "7344", "Amazi").await.expect("taken");
    let asked = Asked {
        method: "POST",
        path: "version1/messaging",
        headers: &[],
        body: b"to=%2B250788000001&message=Muraho",
        dice: 1,
    };
    assert!(
        stage
            .carry("at-rw", &asked)
            .is_some_and(|answer| answer.status == 201)
    );
    assert!(stage.carry("nobody", &asked).is_none());
    let heard = || called.lock().map(|c| c.clone()).unwrap_or_default();
    for _ in 0..200 {
        if heard().len() == 5 {
            break;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(heard(), ["ussd", "ussd", "ussd/end", "sms", "receipt"]);
    assert!(told(&stage).await.contains("\"text\":\"Muraho\""));
    handle.stop(false).await;
}
