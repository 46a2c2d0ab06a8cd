//! What goes wrong: bad input, strangers, a store that is away, a receiver that is down.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::gateway::{Gateway, Wanted, database};
use super::support::partner::Partner;
use super::support::phone;
use super::support::redis::{self, Redis};

#[tokio::test]
async fn strangers_and_wrong_addresses_get_a_problem() {
    let gateway = Gateway::start(Wanted::default()).await;
    let cases = [
        ("/callbacks/nowhere/ussd", Some("secret"), 404),
        ("/callbacks/mtn-bj/kitchen", Some("secret"), 404),
        ("/nowhere", None, 404),
        ("/callbacks/mtn-bj/ussd", None, 403),
        ("/callbacks/mtn-bj/ussd", Some("guess"), 403),
        ("/callbacks/at-rw/sms", Some("guess"), 403),
        ("/callbacks/at-rw/sms", Some("secret"), 400),
        ("/callbacks/at-rw/receipt", Some("secret"), 400),
    ];
    for (path, secret, status) in cases {
        let mut request = gateway.http.post(format!("{}{path}", gateway.url));
        if let Some(secret) = secret {
            request = request.header("X-Passerelle-Secret", secret);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["status"], status);
    }
    let by_query = gateway.http.post(format!(
        "{}/callbacks/at-rw/ussd?secret=secret",
        gateway.url
    ));
    assert_eq!(
        by_query.send().await.expect("an answer").status().as_u16(),
        200
    );
    gateway.stop().await;
}

#[tokio::test]
async fn a_broken_ussd_request_gets_its_dialects_polite_ending() {
    let gateway = Gateway::start(Wanted::default()).await;
    let big = "x".repeat(1_000_000);
    let bombs = [
        String::new(),
        "\0\0\0".into(),
        "<request".into(),
        "{\"sessionId\":".into(),
        "[".repeat(50_000),
        "<a>".repeat(20_000),
        big,
    ];
    let invalid = vec![0xff, 0xfe, 0x00, 0xc3, 0x28];
    for body in bombs.into_iter().map(String::into_bytes).chain([invalid]) {
        let (status, text) = gateway
            .post("/callbacks/mtn-bj/ussd", "text/xml", body.clone())
            .await;
        assert!(
            status == 200 && text.contains("<freeflowState>FB</freeflowState>"),
            "{status} {text}"
        );
        assert!(text.contains("Service indisponible"), "{text}");
        let (status, text) = gateway
            .post(
                "/callbacks/at-rw/ussd",
                "application/x-www-form-urlencoded",
                body.clone(),
            )
            .await;
        assert!(status == 200 && text.starts_with("END "), "{status} {text}");
        let (status, text) = gateway
            .post("/callbacks/mtn-cg/ussd", "application/json", body.clone())
            .await;
        let json: Value = serde_json::from_str(&text).expect("JSON");
        assert!(
            status == 200 && json["data"]["messageType"] == "2",
            "{status} {text}"
        );
        for path in [
            "/callbacks/at-rw/sms",
            "/callbacks/at-rw/receipt",
            "/callbacks/mtn-cg/sms",
        ] {
            let (status, _) = gateway
                .post(path, "application/x-www-form-urlencoded", body.clone())
                .await;
            assert_eq!(status, 400, "{path}");
        }
        let (status, _) = gateway
            .post("/v1/feedback/fb_1/replies", "application/json", body)
            .await;
        assert_eq!(status, 401);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_session_begun_on_one_instance_goes_on_at_another() {
    let receiver = Partner::receiver();
    let sessions = redis::shared().url();
    let one = Gateway::start(Wanted {
        receiver: Some(&receiver),
        sessions: sessions.clone(),
        ..Wanted::default()
    })
    .await;
    let two = Gateway::start(Wanted {
        receiver: Some(&receiver),
        sessions,
        folder: Some(one.folder()),
        ..Wanted::default()
    })
    .await;
    let keys = ["2", "2", "1", "1", "1", "shared", "1"];
    let mut last = String::new();
    for typed in 0..=keys.len() {
        let here = if typed % 2 == 0 { &one } else { &two };
        last = phone::rwanda_step(here, "ATUid_shared", &keys[..typed].join("*")).await;
        let there = if typed % 2 == 0 { &two } else { &one };
        assert_eq!(
            phone::rwanda_step(there, "ATUid_shared", &keys[..typed].join("*")).await,
            last
        );
    }
    assert!(last.starts_with("END "), "{last}");
    assert_eq!(receiver.next().await.json()["data"]["text"], "shared");
    one.stop().await;
    two.stop().await;
    assert_eq!(receiver.waiting(), 0);
}

#[tokio::test]
async fn without_redis_a_citizen_gets_a_polite_screen_in_time_and_a_text_is_still_kept() {
    let receiver = Partner::receiver();
    let mut redis = Redis::start();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        sessions: redis.url(),
        ..Wanted::default()
    })
    .await;
    assert!(
        phone::rwanda_step(&gateway, "ATUid_down", "")
            .await
            .starts_with("CON ")
    );
    redis.kill();
    for _ in 0..5 {
        let asked = Instant::now();
        let screen = phone::rwanda_step(&gateway, "ATUid_down", "1").await;
        assert!(screen.starts_with("END "), "{screen}");
        assert!(asked.elapsed() < Duration::from_secs(2));
        let benin = phone::benin(&gateway, "bj-down", &[]).await;
        assert!(benin[0].contains("<freeflowState>FB</freeflowState>"));
    }
    // A text needs no session: refusing it would lose it with aggregators that do not come again.
    let fields = [
        ("from", "+250788308559"),
        ("to", "7344"),
        ("text", "minisante kigali"),
        ("id", "down-1"),
    ];
    assert_eq!(gateway.form("/callbacks/at-rw/sms", &fields).await.0, 200);
    assert_eq!(
        receiver.next().await.json()["data"]["text"],
        "minisante kigali"
    );
    let ready = gateway
        .http
        .get(format!("{}/readyz", gateway.admin))
        .send()
        .await
        .expect("an answer");
    assert_eq!(ready.status().as_u16(), 503);
    gateway.stop().await;
}

#[tokio::test]
async fn a_letter_is_tried_again_under_the_same_id_until_it_arrives() {
    let receiver = Partner::receiver();
    receiver.then([(500, "oops".into(), None)]);
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    phone::rwanda(
        &gateway,
        "ATUid_retry",
        &["2", "2", "1", "1", "1", "again", "1"],
    )
    .await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    gateway.stop().await;
}

#[tokio::test]
async fn what_a_stopped_gateway_could_not_deliver_the_next_one_does() {
    let receiver = Partner::receiver();
    receiver.then([(503, String::new(), Some(("Retry-After", "1")))]);
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    phone::rwanda(
        &gateway,
        "ATUid_later",
        &["2", "2", "1", "1", "1", "not yet wanted", "1"],
    )
    .await;
    let refused = receiver.next().await;
    let folder = gateway.stop().await;
    let next = Gateway::start(Wanted {
        receiver: Some(&receiver),
        folder: Some(folder),
        ..Wanted::default()
    })
    .await;
    let taken = receiver.next().await;
    assert_eq!(taken.header("webhook-id"), refused.header("webhook-id"));
    assert_eq!(taken.json()["data"]["text"], "not yet wanted");
    next.stop().await;
}

#[tokio::test]
async fn the_operator_can_ask_how_it_goes() {
    let gateway = Gateway::start(Wanted::default()).await;
    phone::rwanda(&gateway, "ATUid_metrics", &["2"]).await;
    let get = async |path: &str| {
        let answer = gateway
            .http
            .get(format!("{}{path}", gateway.admin))
            .send()
            .await
            .expect("an answer");
        (
            answer.status().as_u16(),
            answer.text().await.expect("a body"),
        )
    };
    assert_eq!(get("/healthz").await.0, 200);
    assert_eq!(get("/readyz").await.0, 200);
    let (_, metrics) = get("/metrics").await;
    assert!(
        metrics.contains(
            r#"passerelle_callbacks_total{channel="at-rw",door="ussd",outcome="answered"} 2"#
        ),
        "{metrics}"
    );
    let home = gateway
        .http
        .get(&gateway.url)
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a page");
    assert!(home.contains("*7344#") && home.contains("*1047#"), "{home}");
    gateway.stop().await;
}

#[tokio::test]
async fn without_records_nothing_is_acknowledged_and_nothing_acknowledged_is_lost() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let keys = ["2", "2", "1", "1", "1", "kept", "1"];
    for typed in 0..keys.len() {
        phone::rwanda_step(&gateway, "ATUid_locked", &keys[..typed].join("*")).await;
    }
    // Somebody else holds the database, as a stuck backup would.
    let database = database(gateway.folder().path()).expose().to_owned();
    let mut other = SqliteConnection::connect(&database)
        .await
        .expect("the records");
    other.execute("BEGIN IMMEDIATE").await.expect("held");

    let asked = Instant::now();
    let screen = phone::rwanda_step(&gateway, "ATUid_locked", &keys.join("*")).await;
    assert!(
        screen.starts_with("END ") && asked.elapsed() < Duration::from_secs(2),
        "{screen}"
    );
    let fields = [
        ("from", "+250788308559"),
        ("to", "7344"),
        ("text", "minisante kigali"),
        ("id", "locked-1"),
    ];
    let (status, problem) = gateway.form("/callbacks/at-rw/sms", &fields).await;
    assert_eq!(status, 503, "{problem}");

    other.execute("ROLLBACK").await.expect("let go");
    // The aggregator comes again with both, and each is on record once.
    let screen = phone::rwanda_step(&gateway, "ATUid_locked", &keys.join("*")).await;
    phone::code(&screen);
    assert_eq!(gateway.form("/callbacks/at-rw/sms", &fields).await.0, 200);
    let mut texts = [receiver.next().await, receiver.next().await]
        .map(|l| l.json()["data"]["text"].to_string());
    texts.sort();
    assert_eq!(texts, ["\"kept\"", "\"minisante kigali\""]);
    gateway.stop().await;
    assert_eq!(receiver.waiting(), 0);
}
