//! A citizen who wants no messages gets none, and the institution hears why.

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;

const WHY: &str = "the citizen has opted out on this channel";

const TWILIO: (&str, &str) = (
    "twilio-rw",
    r#"
aggregator = "twilio"
country = "RW"
menu = "feedback"
sms = ["7344"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
account_sid = "AC1"
auth_token = "not-a-real-token"
sender = "7344"
"#,
);

async fn text(gateway: &Gateway, id: &str, from: &str) {
    let fields = [
        ("MessageSid", id),
        ("From", from),
        ("To", "7344"),
        ("Body", "minisante Gasabo bad"),
    ];
    let answer = gateway.form("/callbacks/twilio-rw/sms", &fields).await;
    assert_eq!(answer, (200, "<Response/>".into()));
}

async fn start(receiver: &Partner, twilio: &Partner) -> Gateway {
    Gateway::start(Wanted {
        receiver: Some(receiver),
        aggregator: Some(twilio),
        channels: &[TWILIO],
        ..Wanted::default()
    })
    .await
}

#[tokio::test]
async fn a_stop_that_a_report_tells_of_holds_for_every_later_message() {
    let (receiver, twilio) = (
        Partner::receiver(),
        Partner::start(201, r#"{"sid":"SM900"}"#),
    );
    let gateway = start(&receiver, &twilio).await;
    text(&gateway, "SM1", "+250788308559").await;
    let data = desk::event(&receiver, "feedback.received").await;
    twilio.next().await;
    let report = [
        ("MessageSid", "SM900"),
        ("MessageStatus", "undelivered"),
        ("ErrorCode", "21610"),
        ("To", "+250788308559"),
        ("From", "7344"),
    ];
    for _ in 0..2 {
        let answer = gateway.form("/callbacks/twilio-rw/receipt", &report).await;
        assert_eq!(answer.0, 200);
    }
    desk::reply(&gateway, &data, "A doctor comes on Monday.").await;
    let failed = desk::event(&receiver, "reply.failed").await;
    assert_eq!(failed["why"], WHY);
    // They may still speak, and others still hear.
    text(&gateway, "SM2", "+250788308559").await;
    desk::event(&receiver, "feedback.received").await;
    text(&gateway, "SM3", "+250788308550").await;
    desk::event(&receiver, "feedback.received").await;
    let confirmed = twilio.next().await;
    assert_eq!(confirmed.form("To"), "+250788308550");
    let folder = gateway.stop().await;
    assert_eq!((receiver.waiting(), twilio.waiting()), (0, 0));

    let next = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&twilio),
        channels: &[TWILIO],
        folder: Some(folder),
        ..Wanted::default()
    })
    .await;
    desk::reply(&next, &data, "Are you there?").await;
    assert_eq!(desk::event(&receiver, "reply.failed").await["why"], WHY);
    next.stop().await;
    assert_eq!(twilio.waiting(), 0);
}

#[tokio::test]
async fn a_stop_that_the_answer_to_a_sending_tells_of_holds_too() {
    let refused = r#"{"code":21610,"message":"Attempt to send to unsubscribed recipient"}"#;
    let (receiver, twilio) = (Partner::receiver(), Partner::start(400, refused));
    let gateway = start(&receiver, &twilio).await;
    text(&gateway, "SM1", "+250788308559").await;
    let data = desk::event(&receiver, "feedback.received").await;
    twilio.next().await;
    for _ in 0..2 {
        desk::reply(&gateway, &data, "A doctor comes on Monday.").await;
        assert_eq!(desk::event(&receiver, "reply.failed").await["why"], WHY);
    }
    gateway.stop().await;
    // The first reply may have gone out while the answer to the confirmation was being noted.
    assert!(twilio.waiting() <= 1);
}

#[tokio::test]
async fn a_bulk_opt_out_is_kept_before_anything_was_sent() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    let out = [("senderId", "7344"), ("phoneNumber", "+250788308559")];
    assert_eq!(gateway.form("/callbacks/at-rw/sms", &out).await.0, 200);
    let said = [
        ("from", "+250788308559"),
        ("to", "7344"),
        ("text", "minisante Gasabo bad"),
        ("id", "mo-1"),
    ];
    assert_eq!(gateway.form("/callbacks/at-rw/sms", &said).await.0, 200);
    let data = desk::event(&receiver, "feedback.received").await;
    desk::reply(&gateway, &data, "A doctor comes on Monday.").await;
    assert_eq!(desk::event(&receiver, "reply.failed").await["why"], WHY);
    gateway.stop().await;
    assert_eq!(aggregator.waiting(), 0);
}
