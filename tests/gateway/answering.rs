//! Institutions answer: what it costs is told before, long words go on on USSD, and a second
//! channel takes over only where the first surely took nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;

async fn post(gateway: &Gateway, path: &str, body: &Value) -> (u16, Value) {
    let request = gateway.api(Method::POST, path, "bj-sante");
    let answer = request.json(body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

struct Line {
    gateway: Gateway,
    aggregator: Partner,
    replies: String,
}

async fn line() -> Line {
    priced(&[]).await
}

/// With files edited like this.
async fn priced(edits: &[(&str, &str, &str)]) -> Line {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("at-1"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        edits,
        ..Wanted::default()
    })
    .await;
    phone::benin(&gateway, "answering", &["1", "2", "1", "8", "Rien", "1"]).await;
    let event = desk::event(&receiver, "feedback.received").await;
    let id = event["id"].as_str().expect("an id");
    Line {
        replies: format!("/v1/feedback/{id}/replies"),
        gateway,
        aggregator,
    }
}

#[tokio::test]
async fn a_reply_is_priced_before_it_is_sent_and_can_go_in_cheaper_letters() {
    let line = line().await;
    let dear = json!({"text": "C’est réglé, ça ira mieux dès lundi."});
    let preview = format!("{}?preview=true", line.replies);
    let (status, quote) = post(&line.gateway, &preview, &dear).await;
    assert_eq!((status, &quote["status"]), (200, &json!("preview")));
    assert_eq!(quote["id"], Value::Null);
    assert_eq!(quote["encoding"], "ucs2");
    assert_eq!(quote["dear"]["character"], "’");
    assert_eq!(quote["folded"]["encoding"], "gsm7");
    assert_eq!(
        quote["folded"]["text"],
        "C'est réglé, ca ira mieux dès lundi."
    );
    assert!(quote["folded"]["parts"].as_u64() <= quote["parts"].as_u64());

    let mut cheap = dear.clone();
    cheap["fold"] = json!(true);
    let (status, taken) = post(&line.gateway, &line.replies, &cheap).await;
    assert_eq!((status, &taken["encoding"]), (202, &json!("gsm7")));
    let sent = line.aggregator.next().await.form("message");
    assert!(
        sent.ends_with("C'est réglé, ca ira mieux dès lundi."),
        "{sent}"
    );
    assert_eq!(line.aggregator.waiting(), 0, "a preview sends nothing");
    line.gateway.stop().await;
}

#[tokio::test]
async fn what_a_reply_costs_is_told_where_the_price_is_known() {
    let dear = json!({"text": "C’est réglé, ça ira mieux dès lundi. Merci de votre message.", "preview": true});
    let price = (
        "countries/bj.toml",
        "name = \"MTN\"\n",
        "name = \"MTN\"\ncost = { sms_part = \"8.5 XOF\" }\n",
    );
    let line = priced(&[price]).await;
    let (_, quote) = post(&line.gateway, &line.replies, &dear).await;
    assert_eq!(
        (&quote["parts"], &quote["cost"]),
        (&json!(2), &json!("17 XOF"))
    );
    assert_eq!(quote["folded"]["cost"], "8.5 XOF");
    line.gateway.stop().await;

    let line = self::line().await;
    let (_, quote) = post(&line.gateway, &line.replies, &dear).await;
    assert_eq!(quote["cost"], Value::Null);
    line.gateway.stop().await;
}

#[tokio::test]
async fn a_long_reply_goes_whole_where_no_menu_shows_the_rest() {
    let menu = "menus/feedback.toml";
    let edits = [
        (menu, "asks = \"code\"", "asks = \"message\""),
        (menu, "text = \"follow-shown\"", "text = \"urgent\""),
    ];
    let line = priced(&edits).await;
    let words = "La pompe est reparee et l'eau revient. ".repeat(20);
    let (status, taken) = post(&line.gateway, &line.replies, &json!({ "text": words })).await;
    assert_eq!((status, &taken["cut"]), (202, &json!(false)), "{taken}");
    let sent = line.aggregator.next().await.form("message");
    assert!(sent.trim_end().ends_with(words.trim_end()), "{sent}");
    let (status, _) = post(
        &line.gateway,
        &line.replies,
        &json!({"text": "a".repeat(1001)}),
    )
    .await;
    assert_eq!(status, 422);
    line.gateway.stop().await;
}

#[tokio::test]
async fn what_a_reply_says_is_said_once_and_in_full() {
    let line = line().await;
    for body in [
        json!({}),
        json!({"text": "a", "template": "b"}),
        json!({"text": "a", "variables": {"b": "c"}}),
        json!({"template": "nothing-prepared"}),
        json!({"text": "  "}),
    ] {
        assert_eq!(
            post(&line.gateway, &line.replies, &body).await.0,
            422,
            "{body}"
        );
    }
    let wrong = json!({"text": "a", "colour": "blue"});
    assert_eq!(post(&line.gateway, &line.replies, &wrong).await.0, 400);
    line.gateway.stop().await;
}

const PREPARED: &str = "[templates.visit]\nvariables = [\"date\"]\n\
    fr = \"Nous passons le {date} a {place} ({code}).\"\nen = \"We come by on {date}.\"\n\n[api]";

#[tokio::test]
async fn a_prepared_reply_is_filled_in_and_nothing_is_lost_on_the_way() {
    use passerelle::flows::answer::{self, Asked, NotTaken};
    let edits = [("institutions/bj-sante.toml", "[api]", PREPARED)];
    let mut town = super::support::town::Town::new("", ("bj", "+2290163109595"), &edits).await;
    town.text("PLAINTE sante Cotonou rien").await;
    let (gateway, id) = (&town.hallway.gateway, town.id().await);
    let service = gateway.service();
    let institution = service.institution("bj-sante").expect("there");
    let ask = async |variables: Value| {
        let asked: Asked =
            serde_json::from_value(json!({"template": "visit", "variables": variables}))
                .expect("a request");
        answer::reply(gateway, institution, &id, &asked, None).await
    };
    assert!(matches!(ask(json!({})).await, Err(NotTaken::Unfilled(name)) if name == "date"));
    let lost = ask(json!({"date": "lundi", "heure": "8h"})).await;
    assert!(matches!(lost, Err(NotTaken::Unknown(name)) if name == "heure"));
    let taken = ask(json!({"date": "lundi"})).await.expect("taken");
    let taken: Value = serde_json::from_str(&taken).expect("JSON");
    let said = taken["text"].as_str().expect("words");
    assert!(
        said.starts_with("Nous passons le lundi a Cotonou ("),
        "{said}"
    );
}

/// Two channels of one country, each with an aggregator of its own.
async fn two_channels(first: &Partner, second: &Partner) -> (Gateway, Partner) {
    let channel = |url: &str, operator: &str| {
        format!(
            "aggregator = \"africas-talking\"\ncountry = \"BJ\"\n{operator}menu = \"feedback\"\n\
             ussd = []\nsms = [\"7344\"]\n[access]\nallow = [\"127.0.0.0/8\"]\n[credentials]\n\
             url = \"{url}\"\nusername = \"u\"\napi_key = \"k\"\nsender = \"7344\"\n"
        )
    };
    let files = [
        ("sms-a", channel(&first.url, "operator = \"mtn\"\n")),
        ("sms-b", channel(&second.url, "")),
    ];
    let channels: Vec<(&str, &str)> = files.iter().map(|(id, f)| (*id, f.as_str())).collect();
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        channels: &channels,
        ..Wanted::default()
    })
    .await;
    (gateway, receiver)
}

async fn text(gateway: &Gateway, id: &str) {
    let fields = [
        ("id", id),
        ("from", "+2290163109595"),
        ("to", "7344"),
        ("text", "PLAINTE sante Cotonou rien"),
        ("date", "2026-11-22 08:05:00"),
    ];
    let (status, _) = gateway.form("/callbacks/sms-a/sms", &fields).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn what_one_channel_surely_refused_goes_by_the_other_once() {
    let refusing = Partner::start(503, "closed");
    let taking = Partner::africas_talking("at-2");
    let (gateway, receiver) = two_channels(&refusing, &taking).await;
    text(&gateway, "m-1").await;
    desk::event(&receiver, "feedback.received").await;
    let refused = refusing.next().await.form("message");
    assert_eq!(taking.next().await.form("message"), refused);
    // After three refusals a quarter goes by the other one at once, by the dice: that none of a
    // hundred does is one chance in 10^12. Each goes once.
    let mut sent = 1;
    while refusing.waiting() + 1 == sent {
        assert!(sent < 100, "nothing is shifted");
        text(&gateway, &format!("m-{}", sent + 1)).await;
        taking.next().await;
        sent += 1;
    }
    assert_eq!(taking.waiting(), 0);
    gateway.stop().await;
}

#[tokio::test]
async fn what_one_channel_may_have_sent_never_goes_by_the_other() {
    let unsure = Partner::start(500, "who knows");
    let other = Partner::africas_talking("at-3");
    let (gateway, receiver) = two_channels(&unsure, &other).await;
    text(&gateway, "m-1").await;
    desk::event(&receiver, "feedback.received").await;
    unsure.next().await;
    // What follows is handled after it: had it gone by the other, it would be there first.
    let (status, _) = gateway
        .form(
            "/callbacks/sms-b/sms",
            &[
                ("id", "m-2"),
                ("from", "+2290197000000"),
                ("to", "7344"),
                ("text", "PLAINTE police Cotonou autre"),
                ("date", "2026-11-22 08:05:00"),
            ],
        )
        .await;
    assert_eq!(status, 200);
    let sent = other.next().await.form("to");
    assert_eq!(sent, "+2290197000000");
    assert_eq!(other.waiting(), 0);
    gateway.stop().await;
}

/// The figure of issue 7: from the institution's POST to the aggregator's request.
#[tokio::test]
async fn a_reply_is_on_its_way_in_no_time() {
    let line = line().await;
    let mut took = Vec::new();
    for n in 0..200 {
        let began = std::time::Instant::now();
        let body = json!({ "text": format!("Merci {n}") });
        assert_eq!(post(&line.gateway, &line.replies, &body).await.0, 202);
        line.aggregator.next().await;
        took.push(began.elapsed());
    }
    took.sort();
    println!(
        "POST to send request: p50 {:?}, p99 {:?}",
        took[100], took[198]
    );
    // On an idle machine p99 is a few milliseconds. Here it must only be the bell that wakes the
    // courier, and not the second after which it looks by itself.
    assert!(
        took[100] < std::time::Duration::from_millis(500),
        "{:?}",
        took[100]
    );
    line.gateway.stop().await;
}
