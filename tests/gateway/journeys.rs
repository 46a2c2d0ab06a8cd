//! The whole line, in all three countries: dialled or texted, on record, signed and delivered,
//! answered, and the answer's fate told.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::gateway::{Gateway, WEBHOOK_SECRET, Wanted};
use super::support::partner::{Partner, Received};
use super::support::phone;

/// Checks a webhook with the public library and gives its body.
fn verified(received: &Received) -> Value {
    let library = standardwebhooks::Webhook::new(WEBHOOK_SECRET).expect("a secret");
    let mut headers = reqwest::header::HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, received.header(name).parse().expect("a header"));
    }
    library
        .verify(received.body.as_bytes(), &headers)
        .expect("a valid signature");
    received.json()
}

#[tokio::test]
async fn a_complaint_in_benin_reaches_the_ministry_signed() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let screens = phone::benin(
        &gateway,
        "bj-1",
        &["1", "2", "1", "8", "Attente &lt; 5 h * é", "1"],
    )
    .await;
    let last = screens.last().expect("a screen");
    assert!(last.contains("<freeflowState>FB</freeflowState>"), "{last}");

    let letter = receiver.next().await;
    assert_eq!(letter.path, "/bj-sante");
    let event = verified(&letter);
    assert_eq!(event["type"], "feedback.received");
    let data = &event["data"];
    assert_eq!(data["code"], phone::code(last));
    assert_eq!(data["text"], "Attente < 5 h * é");
    assert_eq!(data["experience"], "bad");
    assert_eq!(
        data["place"],
        json!({"code": "BJ-LI-01", "name": "Cotonou", "path": ["Littoral", "Cotonou"]})
    );
    assert_eq!(
        data["channel"],
        json!({"id": "mtn-bj", "kind": "ussd", "operator": "mtn"})
    );
    assert_eq!(
        (&data["language"], &data["complete"]),
        (&json!("fr"), &json!(true))
    );
    assert!(
        data["citizen"]["alias"]
            .as_str()
            .is_some_and(|a| a.starts_with("cz_"))
    );
    assert_eq!(data["citizen"]["phone"], Value::Null);
    assert!(!letter.body.contains("63109595"));
    gateway.stop().await;
}

#[tokio::test]
async fn praise_in_rwanda_travels_as_a_complaint_does() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let screens = phone::rwanda(
        &gateway,
        "ATUid_rw1",
        &["1", "1", "1", "1", "2", "Abaganga 2*3 beza", "1"],
    )
    .await;
    assert!(screens[0].starts_with("CON "));
    let last = screens.last().expect("a screen");
    assert!(last.starts_with("END "), "{last}");
    let event = verified(&receiver.next().await);
    assert_eq!(event["data"]["experience"], "good");
    assert_eq!(event["data"]["text"], "Abaganga 2*3 beza");
    assert_eq!(event["data"]["language"], "rw");
    assert_eq!(event["data"]["channel"]["operator"], "airtel");
    assert_eq!(event["data"]["code"], phone::code(last));
    gateway.stop().await;
}

#[tokio::test]
async fn a_complaint_in_congo_keeps_its_zero_and_its_words() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let screens = phone::congo(
        &gateway,
        "cg-1",
        &["1", "2", "3", "2", "1", "0 agent au guichet", "1"],
    )
    .await;
    let last: Value = serde_json::from_str(screens.last().expect("a screen")).expect("JSON");
    assert_eq!(last["data"]["messageType"], "2");
    assert_eq!(last["data"]["msisdn"], "242068789853");
    let event = verified(&receiver.next().await);
    assert_eq!(event["data"]["country"], "CG");
    assert_eq!(event["data"]["text"], "0 agent au guichet");
    gateway.stop().await;
}

#[tokio::test]
async fn the_same_callback_again_changes_nothing_and_gets_the_same_screen() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let keys = ["1", "2", "1", "1", "1", "twice", "1"];
    let once = phone::rwanda(&gateway, "ATUid_twice", &keys).await;
    let all = keys.join("*");
    let again = futures_util::future::join_all(
        (0..20).map(|_| phone::rwanda_step(&gateway, "ATUid_twice", &all)),
    )
    .await;
    for screen in &again {
        assert_eq!(Some(screen), once.last());
    }
    receiver.next().await;
    assert_eq!(kept(&gateway, "rw-minisante").await, 1);
    gateway.stop().await;
    assert_eq!(receiver.waiting(), 0);
}

/// How many feedbacks an institution has.
async fn kept(gateway: &Gateway, institution: &str) -> usize {
    let page = gateway
        .api(Method::GET, "/v1/feedback", institution)
        .send()
        .await
        .expect("sent");
    let page: Value = page.json().await.expect("JSON");
    page["data"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn the_last_key_again_files_nothing_where_only_the_last_input_is_sent() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let benin = phone::benin(
        &gateway,
        "bj-twice",
        &["1", "2", "1", "8", "deux fois", "1"],
    )
    .await;
    let body = phone::comviva("bj-twice", "1", false, "bj-twice-6");
    let (_, repeated) = gateway
        .post("/callbacks/mtn-bj/ussd", "text/xml", body)
        .await;
    assert_eq!(Some(&repeated), benin.last());
    let congo = phone::congo(
        &gateway,
        "cg-twice",
        &["1", "2", "3", "2", "1", "deux fois", "1"],
    )
    .await;
    let (_, repeated) = gateway
        .post(
            "/callbacks/mtn-cg/ussd",
            "application/json",
            phone::madapi("cg-twice", "2", "1"),
        )
        .await;
    assert_eq!(Some(&repeated), congo.last());
    for institution in ["bj-sante", "cg-police"] {
        receiver.next().await;
        assert_eq!(kept(&gateway, institution).await, 1, "{institution}");
    }
    assert_eq!(receiver.waiting(), 0);
    gateway.stop().await;
}

#[tokio::test]
async fn two_sessions_of_one_citizen_are_two_feedbacks_under_one_alias() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let keys = ["1", "2", "1", "1", "1", "the same words", "1"];
    phone::rwanda(&gateway, "ATUid_a", &keys).await;
    phone::rwanda(&gateway, "ATUid_b", &keys).await;
    let (a, b) = (
        verified(&receiver.next().await),
        verified(&receiver.next().await),
    );
    assert_ne!(a["data"]["id"], b["data"]["id"]);
    assert_ne!(a["data"]["code"], b["data"]["code"]);
    assert_eq!(a["data"]["citizen"]["alias"], b["data"]["citizen"]["alias"]);
    gateway.stop().await;
}

/// A feedback by SMS, as Africa's Talking sends it.
async fn text(gateway: &Gateway, channel: &str, id: &str, from: &str, body: &str) -> u16 {
    let fields = [
        ("from", from),
        ("to", "7344"),
        ("text", body),
        ("date", "2026-11-22 08:05:00"),
        ("id", id),
        ("linkId", ""),
        ("networkCode", "63510"),
    ];
    gateway
        .form(&format!("/callbacks/{channel}/sms"), &fields)
        .await
        .0
}

#[tokio::test]
async fn a_text_is_on_record_forwarded_and_confirmed_once() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    for _ in 0..3 {
        assert_eq!(
            text(
                &gateway,
                "sms-bj",
                "sms-1",
                "+22901 63109595",
                "SANTÉ Cotonou 5h d'attente, c'est un scandale"
            )
            .await,
            200
        );
    }
    let event = verified(&receiver.next().await);
    let data = &event["data"];
    assert_eq!(data["institution"], "bj-sante");
    assert_eq!(data["place"]["name"], "Cotonou");
    assert_eq!(data["experience"], "bad");
    assert_eq!(data["channel"]["kind"], "sms");
    let sent = aggregator.next().await;
    assert_eq!(sent.path, "/version1/messaging");
    assert_eq!(sent.form("to"), "+2290163109595");
    assert!(
        sent.form("message")
            .contains(data["code"].as_str().expect("a code"))
    );
    assert_eq!((receiver.waiting(), aggregator.waiting()), (0, 0));
    gateway.stop().await;
}

#[tokio::test]
async fn a_text_from_a_machine_is_kept_and_never_answered() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    for from in ["7344", "MTN", "155", "+33612345678"] {
        assert_eq!(
            text(
                &gateway,
                "sms-bj",
                &format!("id {from}"),
                from,
                "votre solde est bas"
            )
            .await,
            200
        );
    }
    let folder = gateway.stop().await;
    assert_eq!((receiver.waiting(), aggregator.waiting()), (0, 0));
    let kept = ["passerelle.db", "passerelle.db-wal"]
        .iter()
        .filter_map(|name| std::fs::read(folder.path().join(name)).ok())
        .any(|bytes| bytes.windows(10).any(|w| w == b"votre sold"));
    assert!(kept, "kept");
}

/// One feedback from Rwanda; answers its event's data.
async fn filed(gateway: &Gateway, receiver: &Partner, session: &str) -> Value {
    phone::rwanda(
        gateway,
        session,
        &["2", "2", "1", "1", "1", "long queue", "1"],
    )
    .await;
    verified(&receiver.next().await)["data"].clone()
}

async fn reply(gateway: &Gateway, id: &str, text: &str, key: &str) -> (u16, Value) {
    let answer = gateway
        .api(
            Method::POST,
            &format!("/v1/feedback/{id}/replies"),
            "rw-minisante",
        )
        .header("Idempotency-Key", key)
        .json(&json!({ "text": text }))
        .send()
        .await
        .expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn report(gateway: &Gateway, id: &str, status: &str) -> u16 {
    let fields = [
        ("id", id),
        ("status", status),
        ("phoneNumber", "+250788308559"),
        ("networkCode", "63510"),
        ("retryCount", "0"),
    ];
    gateway.form("/callbacks/at-rw/receipt", &fields).await.0
}

/// Long enough for two parts once its ç makes it UCS-2.
const ANSWER: &str = "We hired two more nurses for the maternity ward. Déçu? Call us on 114.";

#[tokio::test]
async fn a_reply_rings_on_the_phone_and_its_fate_is_told_once() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_77"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    let data = filed(&gateway, &receiver, "ATUid_reply").await;
    let id = data["id"].as_str().expect("an id");
    let (status, taken) = reply(&gateway, id, ANSWER, "k1").await;
    assert_eq!(status, 202, "{taken}");
    assert_eq!(
        (&taken["parts"], &taken["encoding"]),
        (&json!(2), &json!("ucs2"))
    );
    assert_eq!(taken["dear"]["character"], "ç");
    let (_, repeated) = reply(&gateway, id, ANSWER, "k1").await;
    assert_eq!(taken, repeated);
    assert_eq!(reply(&gateway, id, "Something else", "k1").await.0, 409);

    let sent = aggregator.next().await;
    assert_eq!(
        (sent.form("to"), sent.form("from")),
        ("+250788308559".into(), "7344".into())
    );
    assert!(sent.form("message").contains(ANSWER));
    for status in ["Sent", "Success", "Success", "Failed"] {
        assert_eq!(report(&gateway, "ATXid_77", status).await, 200);
    }
    let event = verified(&receiver.next().await);
    assert_eq!(event["type"], "reply.delivered");
    assert_eq!(
        (&event["data"]["id"], &event["data"]["feedback"]),
        (&taken["id"], &data["id"])
    );
    let shown: Value = gateway
        .api(Method::GET, &format!("/v1/feedback/{id}"), "rw-minisante")
        .send()
        .await
        .expect("sent")
        .json()
        .await
        .expect("JSON");
    assert_eq!(shown["status"], "answered");
    assert_eq!(shown["replies"][0]["text"], ANSWER);
    gateway.stop().await;
    assert_eq!((receiver.waiting(), aggregator.waiting()), (0, 0));
}

#[tokio::test]
async fn a_report_that_comes_before_the_answer_it_is_about_is_not_lost() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_early"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    let data = filed(&gateway, &receiver, "ATUid_early").await;
    assert_eq!(report(&gateway, "ATXid_early", "Success").await, 200);
    reply(
        &gateway,
        data["id"].as_str().expect("an id"),
        "Thank you",
        "k",
    )
    .await;
    assert_eq!(verified(&receiver.next().await)["type"], "reply.delivered");
    gateway.stop().await;
}

#[tokio::test]
async fn a_reply_that_the_aggregator_refuses_has_failed() {
    let receiver = Partner::receiver();
    let aggregator = Partner::start(
        201,
        r#"{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}"#,
    );
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    let data = filed(&gateway, &receiver, "ATUid_refused").await;
    reply(
        &gateway,
        data["id"].as_str().expect("an id"),
        "Thank you",
        "k",
    )
    .await;
    let event = verified(&receiver.next().await);
    assert_eq!(event["type"], "reply.failed");
    assert!(
        event["data"]["why"]
            .as_str()
            .is_some_and(|why| why.contains("InvalidSenderId")),
        "{event}"
    );
    gateway.stop().await;
}

/// What an institution gets from the API: status, content type, body.
async fn get(gateway: &Gateway, institution: &str, path: &str) -> (u16, String, Value) {
    let answer = gateway
        .api(Method::GET, path, institution)
        .send()
        .await
        .expect("sent");
    let kind = answer.headers()["content-type"]
        .to_str()
        .expect("text")
        .to_owned();
    (
        answer.status().as_u16(),
        kind,
        answer.json().await.expect("JSON"),
    )
}

#[tokio::test]
async fn an_institution_sees_only_its_own() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    let data = filed(&gateway, &receiver, "ATUid_own").await;
    let path = format!("/v1/feedback/{}", data["id"].as_str().expect("an id"));
    for (institution, status) in [("rw-minisante", 200), ("rw-police", 404), ("nobody", 401)] {
        assert_eq!(
            get(&gateway, institution, &path).await.0,
            status,
            "{institution}"
        );
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_list_can_be_narrowed_and_says_what_it_does_not_understand() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    filed(&gateway, &receiver, "ATUid_list").await;
    for (query, found) in [
        ("", 1),
        ("place=RW11", 1),
        ("place=RW12", 0),
        ("experience=good", 0),
        ("q=QUEUE", 1),
        ("status=received", 1),
        ("since=2030-01-01T00:00:00Z", 0),
    ] {
        let (_, _, page) = get(&gateway, "rw-minisante", &format!("/v1/feedback?{query}")).await;
        assert_eq!(
            page["data"].as_array().map(Vec::len),
            Some(found),
            "{query}"
        );
    }
    for query in [
        "place=XX",
        "since=yesterday",
        "experience=meh",
        "colour=red",
        "cursor=?",
    ] {
        let (status, kind, _) =
            get(&gateway, "rw-minisante", &format!("/v1/feedback?{query}")).await;
        assert_eq!(
            (status, kind.as_str()),
            (400, "application/problem+json"),
            "{query}"
        );
    }
    gateway.stop().await;
}
