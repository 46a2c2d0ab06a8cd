//! Deliveries: nobody waits because of another's receiver, and what was given up can be sent again.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::support::gateway::{Gateway, Wanted, database};
use super::support::partner::{PATIENCE, Partner};
use super::support::served::Shipped;

/// A receiver that takes every connection and never says a word.
struct Hanging {
    url: String,
    task: JoinHandle<()>,
}

impl Hanging {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Self { url, task }
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A text that files a feedback with an institution.
async fn text(gateway: &Gateway, keyword: &str, id: &str) {
    let fields = [
        ("from", "+2290163109595"),
        ("to", "7344"),
        ("text", &format!("{keyword} {id}")),
        ("id", id),
    ];
    let (status, said) = gateway.form("/callbacks/sms-bj/sms", &fields).await;
    assert_eq!(status, 200, "{said}");
}

async fn metrics(gateway: &Gateway) -> String {
    let asked = gateway.http.get(format!("{}/metrics", gateway.admin));
    let answer = asked.send().await.expect("an answer");
    answer.text().await.expect("metrics")
}

/// The line of a metric that counts one address of bj-sante's, at this receiver.
fn of_address(metric: &str, receiver: &Partner) -> String {
    let host = receiver.url.trim_start_matches("http://");
    format!("passerelle_{metric}{{institution=\"bj-sante\",host=\"{host}\"}} 1")
}

#[tokio::test]
async fn a_receiver_that_hangs_takes_no_hands_from_a_healthy_one() {
    let (healthy, hanging) = (Partner::receiver(), Hanging::start().await);
    let gateway = Gateway::start(Wanted {
        receiver: Some(&healthy),
        elsewhere: Some(("bj-police", hanging.url.clone())),
        // Whoever waited for the one that hangs would lose patience first.
        timeout: Some(PATIENCE * 2),
        ..Wanted::default()
    })
    .await;
    // More than there are hands.
    for n in 0..100 {
        text(&gateway, "police", &format!("p{n}")).await;
    }
    for n in 0..20 {
        text(&gateway, "sante", &format!("s{n}")).await;
    }
    for _ in 0..20 {
        let letter = healthy.next().await.json();
        assert_eq!(letter["data"]["institution"], "bj-sante");
    }
    drop(hanging);
    gateway.stop().await;
}

#[tokio::test]
async fn a_receiver_that_says_that_it_is_gone_is_not_asked_again() {
    let receiver = Partner::start(410, "");
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    text(&gateway, "sante", "first").await;
    receiver.next().await;
    let disabled = of_address("endpoint_disabled", &receiver);
    eventually(async || metrics(&gateway).await.contains(&disabled)).await;
    text(&gateway, "sante", "second").await;
    let given_up = r#"passerelle_attempts_total{kind="letter",outcome="given_up"} 2"#;
    eventually(async || metrics(&gateway).await.contains(given_up)).await;
    gateway.stop().await;
    assert_eq!(receiver.waiting(), 0);
}

#[tokio::test]
async fn a_receiver_that_keeps_failing_is_left_alone_for_a_while() {
    let receiver = Partner::start(500, "");
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    for n in 0..30 {
        text(&gateway, "sante", &format!("f{n}")).await;
    }
    let open = of_address("breaker_open", &receiver);
    eventually(async || metrics(&gateway).await.contains(&open)).await;
    gateway.stop().await;
    // Those that were under way when it opened had gone already.
    assert!(receiver.waiting() < 30, "{}", receiver.waiting());
}

async fn called(gateway: &Gateway, method: Method, path: &str, who: &str) -> (u16, Value) {
    let answer = gateway.api(method, path, who).send().await;
    let answer = answer.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn an_institution_sees_its_deliveries_and_has_one_sent_again() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    for id in ["one", "two", "three"] {
        text(&gateway, "sante", id).await;
        receiver.next().await;
    }
    let delivered = "/v1/deliveries?state=delivered";
    let get = async |path: &str, who: &str| called(&gateway, Method::GET, path, who).await;
    eventually(async || get(delivered, "bj-sante").await.1["data"][2].is_object()).await;
    let (_, page) = get("/v1/deliveries?limit=2", "bj-sante").await;
    assert_eq!(page["data"].as_array().map(Vec::len), Some(2));
    let next = page["next"].as_str().expect("a cursor");
    let (_, rest) = get(&format!("/v1/deliveries?limit=2&cursor={next}"), "bj-sante").await;
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&rest["next"], &rest["data"][0]["status"]),
        (&Value::Null, &json!(204))
    );
    assert!(!page.to_string().contains("sante one"), "no words");
    assert_eq!(
        get("/v1/deliveries", "bj-police").await.1["data"],
        json!([])
    );
    assert_eq!(get("/v1/deliveries?state=sent", "bj-sante").await.0, 400);
    assert_eq!(get("/v1/deliveries?cursor=?", "bj-sante").await.0, 400);

    let id = rest["data"][0]["id"].as_str().expect("an id");
    let replay = format!("/v1/deliveries/{id}/replay");
    assert_eq!(
        called(&gateway, Method::POST, &replay, "bj-police").await.0,
        404
    );
    let (status, again) = called(&gateway, Method::POST, &replay, "bj-sante").await;
    assert_eq!((status, &again["id"]), (202, &rest["data"][0]["id"]));
    assert_eq!(receiver.next().await.header("webhook-id"), id);

    // Two calls with one key are one.
    let keyed = async || {
        let request = gateway.api(Method::POST, &replay, "bj-sante");
        let answer = request.header("Idempotency-Key", "once").send().await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    let first = loop {
        // It is noted as delivered after its receiver has answered.
        let first = keyed().await;
        if first.0 != 409 {
            break first;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(first.0, 202);
    assert_eq!(receiver.next().await.header("webhook-id"), id);
    assert_eq!(keyed().await, first);
    // What is sent now would have come after a second replay.
    text(&gateway, "sante", "after it").await;
    assert_ne!(receiver.next().await.header("webhook-id"), id);
    gateway.stop().await;
}

#[tokio::test]
async fn a_feedback_only_goes_forward() {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        ..Wanted::default()
    })
    .await;
    text(&gateway, "sante", "slow").await;
    let id = receiver.next().await.json()["data"]["id"].clone();
    let path = format!("/v1/feedback/{}", id.as_str().expect("an id"));
    let patch = async |status: &str, who: &str| {
        let request = gateway.api(Method::PATCH, &path, who);
        let answer = request.json(&json!({ "status": status })).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(patch("opened", "bj-police").await.0, 404);
    for (status, expected) in [
        ("opened", 200),
        ("opened", 200),
        ("received", 409),
        ("answered", 200),
        ("resolved", 200),
        ("opened", 409),
        ("forgotten", 400),
    ] {
        let (got, said) = patch(status, "bj-sante").await;
        assert_eq!(got, expected, "{status}: {said}");
        if got == 200 {
            assert_eq!((&said["status"], &said["id"]), (&json!(status), &id));
        } else {
            assert_eq!(said["status"], expected, "a problem");
        }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn the_operator_lists_shows_and_replays_what_was_given_up() {
    let receiver = Partner::receiver();
    receiver.then([(410, String::new(), None)]);
    let wanted = |folder| Wanted {
        receiver: Some(&receiver),
        folder,
        ..Wanted::default()
    };
    let gateway = Gateway::start(wanted(None)).await;
    text(&gateway, "sante", "unheard").await;
    let refused = receiver.next().await;
    let folder = gateway.stop().await;

    let mut shipped = Shipped::new();
    shipped.set("PASSERELLE_RECORDS__URL", database(folder.path()).expose());
    let run = |args: &[&str]| {
        let output = shipped.command("deliveries").args(args).output();
        let output = output.expect("runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(
            !said.contains("unheard") && !said.contains("63109595"),
            "{said}"
        );
        (output.status.code(), said)
    };
    let id = refused.header("webhook-id");
    let (code, listed) = run(&["list", "--state", "dead"]);
    assert_eq!(code, Some(0), "{listed}");
    let cells: Vec<&str> = listed.trim_end().split('\t').collect();
    assert_eq!(cells[..4], [id, "dead", "bj-sante", "feedback.received"]);
    assert_eq!(cells[5..7], ["1", "410"]);
    assert_eq!(run(&["list", "--institution", "bj-police"]).1, "");
    assert_eq!(run(&["list", "--until", "2020-01-01"]).1, "");
    assert!(
        run(&["show", id])
            .1
            .contains("why          the receiver says")
    );
    assert_eq!(run(&["show", "msg_none"]).0, Some(1));
    assert_eq!(run(&["replay"]).0, Some(2), "what?");
    let nobody = ["replay", "--all-dead", "--institution", "bj-police"];
    assert!(run(&nobody).1.contains("nothing to send again"));
    assert_eq!(run(&["enable", "bj-sante"]).0, Some(0));
    assert!(
        run(&["replay", "--all-dead"])
            .1
            .contains("1 is on its way again")
    );
    assert!(run(&["list", "--state", "pending"]).1.starts_with(id));

    let gateway = Gateway::start(wanted(Some(folder))).await;
    let taken = receiver.next().await;
    assert_eq!(
        (taken.header("webhook-id"), &taken.body),
        (id, &refused.body)
    );
    gateway.stop().await;
}

/// Asks until it is so, or patience ends.
async fn eventually(mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async { while !is_so().await {} };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("it became so in time");
}
