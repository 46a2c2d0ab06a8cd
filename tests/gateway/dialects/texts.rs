//! A citizen texts, is confirmed, is answered, and the answer is on the phone: every dialect that
//! takes messages. Each message comes twice, and is one feedback.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha1::Sha1;

use super::channels::{HTTP, INFOBIP, JASMIN, KANNEL, MADAPI, PARLAYX, TWILIO, VONAGE};
use super::{FORM, JSON, Line, REPLY, XML, element, encoded, queried};

/// The path of an address that we gave, as the aggregator will call it.
fn path_of(address: &str) -> String {
    let after = address.split("://").nth(1).expect("an address");
    format!("/{}", after.split_once('/').expect("a path").1)
}

/// Until the confirmation of `feedback` has gone out.
async fn confirmed(line: &Line, feedback: &Value) -> super::Received {
    let confirmation = line.partner.next().await;
    let code = feedback["code"].as_str().expect("a code");
    let shown = format!("{} {}", confirmation.path, confirmation.body);
    assert!(
        shown.contains(code) || shown.contains(&hex(code)),
        "{shown}"
    );
    confirmation
}

fn hex(text: &str) -> String {
    bytes_in_hex(text.as_bytes())
}

fn bytes_in_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").expect("a string takes all");
        out
    })
}

#[tokio::test]
async fn kannel() {
    let line = Line::start(&[KANNEL]).await;
    let accepted = (202, "0: Accepted for delivery");
    line.answers([accepted, accepted]);
    for _ in 0..2 {
        let fields = [
            ("secret", "s3cret & more"),
            ("sender", "+2290163109595"),
            ("to", "7344"),
            ("message", "SANTÉ Cotonou: scandale"),
            ("charset", "UTF-8"),
            ("id", "8f1c9c52-1"),
        ];
        let answer = line.get("/callbacks/kannel-bj/sms", &fields).await;
        // Anything else would be texted to the citizen.
        assert_eq!(answer, (200, String::new()));
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "SANTÉ Cotonou: scandale");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert!(sent.path.starts_with("/cgi-bin/sendsms?"), "{}", sent.path);
    assert_eq!(queried(&sent.path, "to"), "+2290163109595");
    assert!(queried(&sent.path, "text").contains(REPLY));
    // Kannel fills in its escapes and calls the address that it was given, and no other.
    for status in ["8", "1", "1"] {
        let address = queried(&sent.path, "dlr-url");
        let address = address.replace("%d", status).replace("%%", "%");
        let answer = line.get(&path_of(&address), &[]).await;
        assert_eq!(answer, (200, String::new()));
    }
    line.delivered().await;
}

#[tokio::test]
async fn jasmin() {
    let line = Line::start(&[JASMIN]).await;
    line.answers([(200, "Success \"uuid-1\""), (200, "Success \"UUID-2\"")]);
    let message = encoded(&[
        ("id", "20127bfb-1"),
        ("from", "242068789853"),
        ("to", "2020"),
        ("origin-connector", "mtn-cg"),
        ("coding", "0"),
        ("content", "?"),
        ("binary", &hex("sante Brazzaville plainte")),
    ]);
    let ack = (200, "ACK/Jasmin".to_owned());
    for _ in 0..2 {
        let path = "/callbacks/jasmin-cg/sms?secret=secret";
        assert_eq!(line.post(path, &[FORM], &message).await, ack);
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "sante Brazzaville plainte");
    assert_eq!(data["institution"], "cg-sante");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(
        (sent.path.as_str(), &*sent.form("to")),
        ("/send", "242068789853")
    );
    assert!(sent.form("hex-content").contains(&hex(REPLY)));
    let path = path_of(&sent.form("dlr-url"));
    for status in ["ESME_ROK", "DELIVRD", "DELIVRD"] {
        let report = encoded(&[("id", "uuid-2"), ("message_status", status), ("level", "3")]);
        assert_eq!(line.post(&path, &[FORM], &report).await, ack);
    }
    line.delivered().await;
}

const PUBLIC: &str = "https://ecoute.example";

/// Twilio's call, signed over the address that it knows, forwarded by a proxy.
async fn twilio_calls(line: &Line, path: &str, fields: &[(&str, &str)]) -> super::Answer {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"not-a-real-token").expect("a key");
    mac.update(format!("{PUBLIC}{path}").as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let headers = [
        FORM,
        ("X-Twilio-Signature", &*signature),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Proto", "https"),
    ];
    line.post(path, &headers, &encoded(fields)).await
}

#[tokio::test]
async fn twilio_behind_a_proxy() {
    let line = Line::start_at(&[TWILIO], Some(PUBLIC)).await;
    line.answers([(201, r#"{"sid":"SM1"}"#), (201, r#"{"sid":"SM2"}"#)]);
    let message = [
        ("MessageSid", "SM800f"),
        ("From", "+250788308559"),
        ("To", "+250788300099"),
        ("Body", "minisante Gasabo: bad & slow"),
    ];
    let ack = (200, "<Response/>".to_owned());
    for _ in 0..2 {
        let answer = twilio_calls(&line, "/callbacks/twilio-rw/sms", &message).await;
        assert_eq!(answer, ack);
    }
    // The same, not signed by Twilio.
    let forged = [FORM, ("X-Twilio-Signature", "c2lnbmVk")];
    let path = "/callbacks/twilio-rw/sms";
    let answer = line.post(path, &forged, &encoded(&message)).await;
    assert_eq!(answer.0, 403);
    let data = line.heard().await;
    assert_eq!(data["text"], "minisante Gasabo: bad & slow");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(sent.path, "/2010-04-01/Accounts/AC1/Messages.json");
    assert_eq!(sent.form("To"), "+250788308559");
    let callback = sent.form("StatusCallback");
    assert!(callback.starts_with(PUBLIC), "{callback}");
    for status in ["sent", "delivered", "delivered"] {
        let report = [("MessageSid", "SM2"), ("MessageStatus", status)];
        let answer = twilio_calls(&line, &path_of(&callback), &report).await;
        assert_eq!(answer, ack);
    }
    line.delivered().await;
}

/// Fields with Vonage's own, older signature.
fn vonage_signs(fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let plain = |value: &str| value.replace(['&', '='], "_");
    let text = sorted.iter().fold(String::new(), |out, (name, value)| {
        out + "&" + name + "=" + &plain(value)
    });
    let sum = Md5::digest(format!("{text}my-signature-secret"));
    let sig = bytes_in_hex(&sum);
    let mut signed = fields.to_vec();
    signed.push(("sig", &sig));
    encoded(&signed)
}

#[tokio::test]
async fn vonage() {
    let line = Line::start(&[VONAGE]).await;
    let taken = |id: &str| json!({"messages": [{"status": "0", "message-id": id}]}).to_string();
    line.answers([(200, &taken("0C1")), (200, &taken("0C000000217B7F02"))]);
    let message = vonage_signs(&[
        ("msisdn", "250788308559"),
        ("to", "250788300099"),
        ("messageId", "0A01"),
        ("text", "minisante Gasabo: bad & a=b"),
        ("type", "text"),
        ("timestamp", "1577880000"),
    ]);
    let ack = (200, String::new());
    let path = "/callbacks/vonage-rw/sms";
    for _ in 0..2 {
        assert_eq!(line.post(path, &[FORM], &message).await, ack);
    }
    let forged = message.replace("Gasabo", "Huye");
    assert_eq!(line.post(path, &[FORM], &forged).await.0, 403);
    let data = line.heard().await;
    assert_eq!(data["text"], "minisante Gasabo: bad & a=b");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(
        (sent.path.as_str(), &*sent.form("to")),
        ("/sms/json", "250788308559")
    );
    let path = path_of(&sent.form("callback"));
    // Reported in lower case and without the zero in front.
    for status in ["accepted", "delivered", "delivered"] {
        let report = vonage_signs(&[("messageId", "c000000217b7f02"), ("status", status)]);
        assert_eq!(line.post(&path, &[FORM], &report).await, ack);
    }
    line.delivered().await;
}

pub const BASIC: (&str, &str) = ("Authorization", "Basic cGFzc2VyZWxsZTpzM2NyZXQ=");

#[tokio::test]
async fn infobip_with_one_bad_result_in_the_batch() {
    let line = Line::start(&[INFOBIP]).await;
    // It gives our own ids back, as we gave them.
    let pending = json!({"messages": [{"status": {"groupName": "PENDING"}}]}).to_string();
    line.answers([(200, &pending), (200, &pending)]);
    let batch = json!({"results": [
        {"messageId": "817790313235066447", "from": "250788308559", "to": "8123",
         "text": "minisante Gasabo: bad", "receivedAt": "2019-11-09T16:00:00.000+0000"},
        {"messageId": "817790313235066448", "from": "250788308559", "to": "8123",
         "message": [{"contentType": "image/png", "url": "https://x"}]},
    ], "messageCount": 2, "pendingMessageCount": 0});
    let ack = (200, String::new());
    for _ in 0..2 {
        let path = "/callbacks/infobip-rw/sms";
        let answer = line.post(path, &[JSON, BASIC], &batch.to_string()).await;
        assert_eq!(answer, ack);
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "minisante Gasabo: bad");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(sent.path, "/sms/3/messages");
    assert_eq!(sent.header("authorization"), "App not-a-real-key");
    let message = &sent.json()["messages"][0];
    let id = &message["destinations"][0]["messageId"];
    let path = path_of(message["webhooks"]["delivery"]["url"].as_str().expect("it"));
    let reports = json!({"results": [
        {"messageId": "41234567892"},
        {"messageId": id, "status": {"groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
         "error": {"groupName": "Ok", "name": "NO_ERROR"}},
    ]});
    for _ in 0..2 {
        let answer = line.post(&path, &[JSON, BASIC], &reports.to_string()).await;
        assert_eq!(answer, ack);
    }
    line.delivered().await;
}

#[tokio::test]
async fn madapi_with_one_token() {
    let line = Line::start(&[MADAPI]).await;
    line.answers([
        (
            200,
            r#"{"access_token":"not-a-real-token","expires_in":"3599"}"#,
        ),
        (201, r#"{"transactionId":"rrt-1"}"#),
        (201, r#"{"transactionId":"rrt-2"}"#),
    ]);
    let message = json!({"id": null, "senderAddress": "242068789853", "receiverAddress": "2020",
        "message": "sante Brazzaville: plainte", "created": 1_678_794_364_855_i64});
    let ack = (200, r#"{"result":"OK"}"#.to_owned());
    let path = "/callbacks/mtn-cg/sms?secret=secret";
    for _ in 0..2 {
        assert_eq!(line.post(path, &[JSON], &message.to_string()).await, ack);
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "sante Brazzaville: plainte");
    let token = line.partner.next().await;
    assert!(
        token.path.starts_with("/v1/oauth/access_token"),
        "{}",
        token.path
    );
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(sent.path, "/v2/messages/sms/outbound");
    assert_eq!(sent.header("authorization"), "Bearer not-a-real-token");
    assert_eq!(sent.json()["receiverAddress"], json!(["242068789853"]));
    // As logged in Congo: at the address of the messages, the correlator being a word.
    let report = json!({"messageId": "1165124343", "deliveryStatus": "DELIVRD",
        "clientCorrelator": "string", "TransactionID": "rrt-2"});
    for _ in 0..2 {
        assert_eq!(line.post(path, &[JSON], &report.to_string()).await, ack);
    }
    line.delivered().await;
}

/// A SOAP envelope as Huawei's SDP writes it.
pub fn notification(body: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
<soapenv:Header><ns1:NotifySOAPHeader xmlns:ns1="http://www.huawei.com.cn/schema/common/v2_1"><ns1:timeStamp>20261122090501</ns1:timeStamp><ns1:traceUniqueID>5040210</ns1:traceUniqueID></ns1:NotifySOAPHeader></soapenv:Header>
<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
}

#[tokio::test]
async fn parlayx() {
    let line = Line::start(&[PARLAYX]).await;
    let taken = notification(
        "<n:sendSmsResponse xmlns:n=\"x\"><n:result>1000</n:result></n:sendSmsResponse>",
    );
    line.answers([(200, &taken), (200, &taken)]);
    let message = notification(
        "<n:notifySmsReception xmlns:n=\"x\"><n:correlator>1</n:correlator><n:message>\
         <message>sante Brazzaville: plainte &amp; attente</message>\
         <senderAddress>tel:242068789853</senderAddress>\
         <smsServiceActivationNumber>tel:2020</smsServiceActivationNumber></n:message>\
         </n:notifySmsReception>",
    );
    for _ in 0..2 {
        let path = "/callbacks/sdp-cg/sms?secret=secret";
        let (status, body) = line.post(path, &[XML], &message).await;
        assert_eq!(status, 200);
        assert!(
            body.contains("<loc:notifySmsReceptionResponse></loc:notify"),
            "{body}"
        );
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "sante Brazzaville: plainte & attente");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(sent.path, "/SendSmsService/services/SendSms");
    assert_eq!(element(&sent.body, "addresses"), "tel:242068789853");
    let report = notification(&format!(
        "<n:notifySmsDeliveryReceipt xmlns:n=\"x\"><n:correlator>{}</n:correlator>\
         <n:deliveryStatus><address>tel:242068789853</address>\
         <deliveryStatus>DeliveredToTerminal</deliveryStatus></n:deliveryStatus>\
         </n:notifySmsDeliveryReceipt>",
        element(&sent.body, "correlator")
    ));
    let path = path_of(&element(&sent.body, "endpoint"));
    for _ in 0..2 {
        let (status, body) = line.post(&path, &[XML], &report).await;
        assert_eq!(status, 200);
        assert!(body.contains("notifySmsDeliveryReceiptResponse"), "{body}");
    }
    line.delivered().await;
}

#[tokio::test]
async fn http_as_its_file_describes_it() {
    let line = Line::start(&[HTTP]).await;
    let queued = |id: &str| json!({"state": "queued", "data": {"uuid": id}}).to_string();
    // Answered in hexadecimal, reported in decimal.
    line.answers([(202, &queued("u1")), (202, &queued("1A2B3C4D5E"))]);
    let message = json!({"data": {"uuid": "m1", "msisdn": "242068789853",
        "content": "sante Brazzaville: \"plainte\""}});
    let ack = (200, r#"{"ok":true}"#.to_owned());
    for _ in 0..2 {
        let path = "/callbacks/own-cg/sms?secret=secret";
        assert_eq!(line.post(path, &[JSON], &message.to_string()).await, ack);
    }
    let data = line.heard().await;
    assert_eq!(data["text"], "sante Brazzaville: \"plainte\"");
    confirmed(&line, &data).await;
    let sent = line.replied(&data).await;
    assert_eq!(sent.header("x-token"), "not-a-real-token");
    assert_eq!(sent.json()["to"], "+242068789853");
    let path = path_of(&queried(&sent.path, "report"));
    let report = json!({"uuid": "112394521950", "state": "OK_PHONE"}).to_string();
    for _ in 0..2 {
        assert_eq!(line.post(&path, &[JSON], &report).await, ack);
    }
    line.delivered().await;
}
