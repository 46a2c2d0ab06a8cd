//! Deliveries: nobody waits because of another's receiver, and what was given up can be sent again.

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::support::gateway::{Gateway, Wanted};
use super::support::partner::{PATIENCE, Partner};

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
    let disabled = r#"passerelle_endpoint_disabled{institution="bj-sante"} 1"#;
    eventually(async || metrics(&gateway).await.contains(disabled)).await;
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
    let open = r#"passerelle_breaker_open{institution="bj-sante"} 1"#;
    eventually(async || metrics(&gateway).await.contains(open)).await;
    gateway.stop().await;
    // Those that were under way when it opened had gone already.
    assert!(receiver.waiting() < 30, "{}", receiver.waiting());
}

/// Asks until it is so, or patience ends.
async fn eventually(mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async { while !is_so().await {} };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("it became so in time");
}
