//! Calls that only ask whether an address is there, and what must not pass for one.

use reqwest::Method;

use super::support::gateway::{Gateway, Wanted};

const CHANNELS: [(&str, &str); 3] = [
    (
        "vonage-rw",
        r#"
aggregator = "vonage"
country = "RW"
menu = "feedback"
sms = ["7344"]
[access]
secret = "secret"
"#,
    ),
    (
        "twilio-rw",
        r#"
aggregator = "twilio"
country = "RW"
menu = "feedback"
sms = ["7344"]
[access]
secret = "secret"
"#,
    ),
    (
        "infobip-rw",
        r#"
aggregator = "infobip"
country = "RW"
menu = "feedback"
ussd = ["*7344#"]
[access]
secret = "secret"
"#,
    ),
];

async fn start() -> Gateway {
    Gateway::start(Wanted {
        channels: &CHANNELS,
        ..Wanted::default()
    })
    .await
}

#[tokio::test]
async fn vonage_may_ask_whether_an_address_is_there_and_nothing_else() {
    let gateway = start().await;
    let call = async |method: Method, path: &str, body: &'static str| {
        let url = format!("{}/callbacks/{path}", gateway.url);
        let answer = gateway.http.request(method, url).body(body).send().await;
        answer.expect("an answer").status().as_u16()
    };
    for method in [Method::GET, Method::POST] {
        for path in ["vonage-rw/sms", "vonage-rw/receipt"] {
            assert_eq!(call(method.clone(), path, "").await, 200, "{method} {path}");
        }
        for path in [
            "vonage-rw/ussd",
            "vonage-rw/ussd/end",
            "vonage-rw/sms?secret=guess",
            "vonage-rw/sms?msisdn=250788308559&text=bad",
            "twilio-rw/sms",
            "infobip-rw/sms",
        ] {
            assert_eq!(call(method.clone(), path, "").await, 403, "{method} {path}");
        }
    }
    assert_eq!(call(Method::DELETE, "vonage-rw/sms", "").await, 403);
    let said = "msisdn=250788308559&text=bad";
    assert_eq!(call(Method::POST, "vonage-rw/sms", said).await, 403);
    assert_eq!(call(Method::POST, "vonage-rw/sms", "{}").await, 403);
    gateway.stop().await;
}

/// An overlong body is read as an empty one; an empty call of Vonage's is taken.
#[tokio::test]
async fn an_overlong_message_does_not_pass_for_an_empty_call() {
    let gateway = start().await;
    let long = format!("msisdn=250788308559&text={}", "x".repeat(100_000));
    let form = "application/x-www-form-urlencoded";
    for door in ["sms", "receipt"] {
        let path = format!("/callbacks/vonage-rw/{door}");
        let (status, _) = gateway.post(&path, form, long.clone()).await;
        assert_eq!(status, 400, "{door}");
        let url = format!("{}{path}", gateway.url);
        let stranger = gateway.http.post(url).body(long.clone()).send().await;
        assert_eq!(stranger.expect("an answer").status().as_u16(), 403);
    }
    gateway.stop().await;
}

/// It names no subscriber, so nobody's dialogue is told of; and it closes none.
#[tokio::test]
async fn infobips_question_for_a_session_is_answered_and_closes_nothing() {
    let gateway = start().await;
    let url = format!("{}/callbacks/infobip-rw/ussd/session/1/status", gateway.url);
    let request = gateway
        .http
        .get(url)
        .header("X-Passerelle-Secret", "secret");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let said: serde_json::Value = answer.json().await.expect("JSON");
    let expected = serde_json::json!({
        "responseExitCode": 400, "responseMessage": "status is not served",
    });
    assert_eq!(said, expected);
    gateway.stop().await;
}
