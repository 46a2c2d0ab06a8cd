//! Messages that come in parts: in any order, twice, or not at all.

use passerelle::domain::citizen::Caller;
use passerelle::domain::feedback::{Feedback, Kind};
use passerelle::domain::inbound::{Part, Sms};
use passerelle::domain::msisdn::Msisdn;
use passerelle::domain::parts::{Gathering, PATIENCE_MS, Piece};
use passerelle::domain::redact::{RawNumber, Words};
use passerelle::flows::gather::{self, Waited};
use passerelle::flows::listen;
use passerelle::store::records::FeedbackQuery;

use super::support::gateway::{Gateway, Wanted, files, loaded};
use super::support::hallway::Hallway;
use super::support::partner::Partner;
use super::support::samples::NOW;

const VONAGE: (&str, &str) = (
    "vonage-rw",
    r#"
aggregator = "vonage"
country = "RW"
menu = "feedback"
sms = ["7344"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
api_key = "key"
api_secret = "not-a-real-secret"
sender = "7344"
"#,
);

/// A part as the interpreter gives it.
fn part(id: &str, reference: &str, number: u8, of: u8, text: &str) -> Sms {
    Sms {
        id: Some(id.into()),
        from: RawNumber::new("250788308559"),
        to: "7344".into(),
        text: Words::new(text),
        sent_at: None,
        network: None,
        part: Some(Part {
            reference: reference.into(),
            number,
            of,
        }),
    }
}

async fn hear(hallway: &Hallway, sms: &Sms) {
    let service = hallway.gateway.service();
    let channel = service.channels.get("vonage-rw").expect("the channel");
    listen::listen(&hallway.gateway, channel, sms)
        .await
        .expect("on record");
}

/// All that the desk and the ministry have, oldest first.
async fn filed(hallway: &Hallway) -> Vec<Feedback> {
    let mut all = Vec::new();
    for institution in ["rw-minisante", "rw-desk"] {
        let query = FeedbackQuery {
            institution: institution.into(),
            limit: 50,
            ..FeedbackQuery::default()
        };
        let page = hallway.gateway.records.feedback_list(query).await;
        all.extend(page.expect("answers"));
    }
    all.sort_by_key(|f| f.received_at);
    all
}

fn texts(filed: &[Feedback]) -> Vec<&str> {
    filed.iter().map(|f| f.text.as_str()).collect()
}

async fn send(gateway: &Gateway, id: &str, part: Option<(&str, &str)>, text: &str) {
    let mut fields = vec![
        ("msisdn", "250788308559"),
        ("to", "7344"),
        ("messageId", id),
        ("text", text),
        ("type", "text"),
    ];
    if let Some((number, of)) = part {
        fields.extend([
            ("concat", "true"),
            ("concat-ref", "9"),
            ("concat-part", number),
            ("concat-total", of),
        ]);
    }
    let answer = gateway.form("/callbacks/vonage-rw/sms", &fields).await;
    assert_eq!(answer, (200, String::new()));
}

#[tokio::test]
async fn parts_in_any_order_and_twice_are_one_feedback() {
    let (receiver, aggregator) = (
        Partner::receiver(),
        Partner::start(200, r#"{"messages":[{"status":"0","message-id":"m"}]}"#),
    );
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        channels: &[VONAGE],
        ..Wanted::default()
    })
    .await;
    let said = ["minisante Gasabo: bad, ", "no doctor at ", "night"];
    for (at, number) in [(2, "3"), (0, "1"), (2, "3"), (0, "1"), (1, "2")] {
        send(&gateway, &format!("id-{at}"), Some((number, "3")), said[at]).await;
    }
    let event = receiver.next().await.json();
    assert_eq!(event["data"]["text"], said.concat());
    assert_eq!(event["data"]["institution"], "rw-minisante");
    assert_eq!(event["data"]["complete"], true);
    let sent = aggregator.next().await;
    let code = event["data"]["code"].as_str().expect("a code");
    assert!(sent.form("text").contains(code));
    // Vonage sends again for a day what it thinks was not taken.
    for (at, number) in [(0, "1"), (1, "2"), (2, "3")] {
        send(&gateway, &format!("id-{at}"), Some((number, "3")), said[at]).await;
    }
    send(&gateway, "short", None, "minisante: thanks").await;
    assert_eq!(
        receiver.next().await.json()["data"]["text"],
        "minisante: thanks"
    );
    gateway.stop().await;
    assert_eq!(receiver.waiting(), 0);
}

#[tokio::test]
async fn a_missing_part_is_shown_and_a_late_one_is_not_lost() {
    let hallway = Hallway::new(&[VONAGE]).await;
    let all = [
        part("a", "7", 1, 3, "minisante Gasabo bad "),
        part("b", "7", 2, 3, "the middle "),
        part("c", "7", 3, 3, "the end"),
    ];
    hear(&hallway, &all[0]).await;
    hallway.later(PATIENCE_MS - 1);
    hear(&hallway, &all[2]).await;
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Nobody));
    hallway.later(1);
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Filed));
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Nobody));
    let now = filed(&hallway).await;
    assert_eq!(texts(&now), ["minisante Gasabo bad […]the end"]);
    assert_eq!((now[0].complete, now[0].kind), (false, Kind::Sms));
    assert_eq!(now[0].institution, "rw-minisante");
    let messages = hallway.gateway.records.messages_of(&now[0].id).await;
    assert_eq!(messages.expect("answers").len(), 1, "confirmed");

    for _ in 0..2 {
        hallway.later(60_000);
        for part in &all {
            hear(&hallway, part).await;
        }
    }
    let now = filed(&hallway).await;
    assert_eq!(
        texts(&now),
        ["minisante Gasabo bad […]the end", "[…]the middle […]"]
    );
    assert!(!now[1].complete);
}

#[tokio::test]
async fn a_phone_counts_its_long_messages_and_begins_again() {
    let hallway = Hallway::new(&[VONAGE]).await;
    for (round, words) in ["minisante one. ", "minisante two. "]
        .into_iter()
        .enumerate()
    {
        for number in [2, 1] {
            let id = format!("{round}/{number}");
            hear(&hallway, &part(&id, "255", number, 2, words)).await;
        }
        hallway.later(1000);
    }
    assert_eq!(
        texts(&filed(&hallway).await),
        [
            "minisante one. minisante one. ",
            "minisante two. minisante two. "
        ]
    );
    // Another citizen's message, another length, another reference: none of them is joined.
    let mut other = part("x", "255", 1, 2, "other");
    other.from = RawNumber::new("250788308550");
    for sms in [
        other,
        part("y", "255", 2, 3, "other"),
        part("z", "254", 2, 2, "other"),
    ] {
        hear(&hallway, &sms).await;
    }
    assert_eq!(filed(&hallway).await.len(), 2);
    hallway.later(PATIENCE_MS);
    for _ in 0..3 {
        assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Filed));
    }
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Nobody));
}

#[tokio::test]
async fn one_part_alone_is_a_message() {
    let hallway = Hallway::new(&[VONAGE]).await;
    hear(&hallway, &part("a", "1", 1, 1, "all of it")).await;
    assert_eq!(texts(&filed(&hallway).await), ["all of it"]);
}

#[tokio::test]
async fn a_part_from_nobody_is_kept_as_it_is() {
    let hallway = Hallway::new(&[VONAGE]).await;
    let mut sms = part("a", "1", 1, 2, "votre solde");
    sms.from = RawNumber::new("MTN");
    hear(&hallway, &sms).await;
    hallway.later(PATIENCE_MS);
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Nobody));
    assert_eq!(filed(&hallway).await, []);
}

#[tokio::test]
async fn without_its_channel_a_message_waits_on() {
    let hallway = Hallway::new(&[VONAGE]).await;
    let with = hallway.gateway.service();
    hear(&hallway, &part("a", "1", 1, 2, "half of it")).await;
    let without = loaded(&files(&[("another", VONAGE.1)], "http://127.0.0.1:9"));
    hallway.gateway.renew(&without.service);
    hallway.later(PATIENCE_MS);
    assert_eq!(
        gather::overdue(&hallway.gateway).await,
        Ok(Waited::Postponed)
    );
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Nobody));
    hallway.gateway.renew(&with);
    hallway.later(60 * 60 * 1000);
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Filed));
    assert_eq!(texts(&filed(&hallway).await), ["half of it[…]"]);
}

#[tokio::test]
async fn what_was_kept_but_not_filed_when_the_process_died_is_filed() {
    let hallway = Hallway::new(&[VONAGE]).await;
    let keys = hallway.gateway.keys();
    let number = Msisdn::opened("+250788308559".into()).expect("a number");
    let caller = Caller::Known(number);
    for (number, words) in [(1, "minisante "), (2, "Gasabo bad")] {
        let opened = Gathering {
            id: "part_1".into(),
            channel: "vonage-rw".into(),
            citizen: keys.lookup(&caller),
            number: keys.seal(&caller, [1; 24]),
            network: None,
            reference: "1".into(),
            of: 2,
            due_at: NOW + PATIENCE_MS,
            closed: false,
            pieces: Vec::new(),
        };
        let piece = Piece {
            number,
            origin: format!("part_{number}"),
            words: Words::new(words),
        };
        let kept = hallway.gateway.records.keep_part(opened, piece).await;
        kept.expect("answers");
    }
    hallway.later(PATIENCE_MS);
    assert_eq!(gather::overdue(&hallway.gateway).await, Ok(Waited::Filed));
    let all = filed(&hallway).await;
    assert_eq!(texts(&all), ["minisante Gasabo bad"]);
    assert!(all[0].complete);
}
