//! A citizen dials and speaks to the end, in every dialect that has USSD. (Comviva's XML, Africa's
//! Talking and MADAPI walk in `journeys`.)

use serde_json::{Value, json};

use super::channels::{FLARES, HTTP, INFOBIP, MOOV, PARLAYX};
use super::texts::{BASIC, notification};
use super::{JSON, Line, XML, element, encoded};
use crate::support::phone;

const WORDS: &str = "Attente < 5 h * & \"rien\"";
/// Language, bad, ministry, place, words, send: no two neighbours are alike, for the same again at
/// once would be a repeat.
const RWANDA: [&str; 7] = ["1", "2", "1", "2", "1", WORDS, "1"];
const CONGO: [&str; 7] = ["1", "2", "3", "2", "1", WORDS, "1"];
const BENIN: [&str; 6] = ["1", "2", "1", "8", WORDS, "1"];

/// Each input with whether it is the last.
fn inputs<'a>(dialled: &'a str, keys: &'a [&'a str]) -> impl Iterator<Item = (bool, &'a str)> {
    let all = std::iter::once(dialled).chain(keys.iter().copied());
    all.enumerate().map(|(at, input)| (at == keys.len(), input))
}

/// What the institution got is what was said, under the code on the last screen.
async fn filed(line: Line, last: &str, channel: &str) {
    let data = line.heard().await;
    assert_eq!(data["text"], WORDS);
    assert_eq!(data["code"], phone::code(last), "{last}");
    assert_eq!(data["channel"]["id"], channel);
    assert_eq!(data["channel"]["kind"], "ussd");
    assert_eq!(
        (&data["complete"], &data["experience"]),
        (&json!(true), &json!("bad"))
    );
    line.stop().await;
}

#[tokio::test]
async fn comviva_flares() {
    let line = Line::start(&[FLARES]).await;
    let mut last = String::new();
    for (ends, input) in inputs("121", &RWANDA) {
        let fields = encoded(&[
            ("secret", "secret"),
            ("MSISDN", "250730000001"),
            ("SessionID", "13697502734175597"),
            ("INPUT", input),
            ("MSC", "*121#"),
            ("", "en"),
            ("", "postpaid"),
        ]);
        let url = format!("{}/callbacks/airtel-rw/ussd?{fields}", line.gateway.url);
        let answer = line.gateway.http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
        let header = |name: &str| answer.headers()[name].to_str().expect("plain").to_owned();
        assert_eq!(header("freeflow"), if ends { "FB" } else { "FC" });
        assert_eq!(
            (header("charge"), header("content-type")),
            ("N".into(), "UTF-8".into())
        );
        last = answer.text().await.expect("a screen");
    }
    let clean = [
        ("secret", "secret"),
        ("msisdn", "250730000001"),
        ("clean", "cleann"),
        ("error", "523"),
        ("SessionID", "13697502734175597"),
    ];
    let answer = line.get("/callbacks/airtel-rw/ussd", &clean).await;
    assert_eq!(answer, (200, String::new()));
    filed(line, &last, "airtel-rw").await;
}

#[tokio::test]
async fn moov_benin() {
    let line = Line::start(&[MOOV]).await;
    let (mut last, mut screen_id) = (String::new(), String::new());
    for (at, (ends, input)) in inputs("", &BENIN).enumerate() {
        let count = (at + 1).to_string();
        let fields = [
            ("secret", "secret"),
            ("msisdn", "22994000000"),
            ("req_no", &count),
            ("sc", "551"),
            ("screen_id", &screen_id),
            ("session_id", "677906224"),
            ("user_input", input),
        ];
        let answer = line.get("/callbacks/moov-bj/ussd", &fields).await;
        // Every request is counted: the same one again is known at every step.
        assert_eq!(line.get("/callbacks/moov-bj/ussd", &fields).await, answer);
        let (status, screen) = answer;
        assert_eq!(status, 200);
        let goes_on = if ends { "end" } else { "continue" };
        assert_eq!(element(&screen, "<session_op"), goes_on, "{screen}");
        assert!(
            at != 0 || screen.contains("<option choice=\"1\">"),
            "{screen}"
        );
        screen_id = element(&screen, "<screen_id");
        last = screen;
    }
    filed(line, &last, "moov-bj").await;
}

#[tokio::test]
async fn infobip() {
    let line = Line::start(&[INFOBIP]).await;
    let mut last = Value::Null;
    for (at, (ends, input)) in inputs("*123#", &RWANDA).enumerate() {
        let step = if at == 0 { "start" } else { "response" };
        let path = format!("/callbacks/infobip-rw/ussd/session/s%2F1/{step}");
        let body = json!({"msisdn": "250788308559", "imsi": "635100000000000",
            "shortCode": "*123#", "language": null, "text": input});
        let (status, screen) = line.post(&path, &[JSON, BASIC], &body.to_string()).await;
        assert_eq!(status, 200);
        last = serde_json::from_str(&screen).expect("JSON");
        assert_eq!(
            (&last["shouldClose"], &last["responseExitCode"]),
            (&json!(ends), &json!(200))
        );
    }
    let url = format!(
        "{}/callbacks/infobip-rw/ussd/session/s%2F1/end",
        line.gateway.url
    );
    let end = line.gateway.http.put(url).header(BASIC.0, BASIC.1);
    let answer = end
        .body(r#"{"reason":"ok","exitCode":0}"#)
        .send()
        .await
        .expect("an answer");
    let ended = r#"{"responseExitCode":200,"responseMessage":""}"#;
    assert_eq!(super::taken(answer).await, (200, ended.to_owned()));
    filed(
        line,
        last["ussdMenu"].as_str().expect("a menu"),
        "infobip-rw",
    )
    .await;
}

/// The menu comes in a call of its own; what it is answered is nobody's business.
#[tokio::test]
async fn parlayx_sends_the_menu_in_a_call_of_its_own() {
    let line = Line::start(&[PARLAYX]).await;
    let mut last = String::new();
    for (at, (ends, input)) in inputs("*1047#", &CONGO).enumerate() {
        let (kind, ours) = if at == 0 {
            ("0", "FFFFFFFF")
        } else {
            ("1", "320207133")
        };
        let input = input.replace('&', "&amp;").replace('<', "&lt;");
        let step = notification(&format!(
            "<n:notifyUssdReception xmlns:n=\"x\"><n:msgType>{kind}</n:msgType>\
             <n:senderCB>320207133</n:senderCB><n:receiveCB>{ours}</n:receiveCB>\
             <n:ussdOpType>1</n:ussdOpType><n:msIsdn>242068789853</n:msIsdn>\
             <n:serviceCode>1047</n:serviceCode><n:codeScheme>17</n:codeScheme>\
             <n:ussdString>{input}</n:ussdString><n:extenionInfo/></n:notifyUssdReception>"
        ));
        let path = "/callbacks/sdp-cg/ussd?secret=secret";
        let (status, ack) = line.post(path, &[XML], &step).await;
        assert_eq!(status, 200);
        assert_eq!(element(&ack, "<loc:result"), "0", "{ack}");
        let sent = line.partner.next().await;
        assert_eq!(sent.path, "/SendUssdService/services/SendUssd");
        let part = |name: &str| element(&sent.body, &format!("<loc:{name}"));
        assert_eq!(part("receiveCB"), "320207133");
        assert_eq!(part("msIsdn"), "242068789853");
        assert_eq!(part("msgType"), if ends { "2" } else { "1" });
        assert_eq!(element(&sent.body, "<tns:timeStamp"), "20261122090501");
        last = part("ussdString");
    }
    filed(line, &last, "sdp-cg").await;
}

#[tokio::test]
async fn parlayx_acknowledges_an_abort_and_sends_nothing() {
    let line = Line::start(&[PARLAYX]).await;
    let abort = notification(
        "<n:notifyUssdAbort xmlns:n=\"x\"><n:senderCB>1</n:senderCB><n:receiveCB>1</n:receiveCB>\
         <n:abortReason>Session Timeout.</n:abortReason></n:notifyUssdAbort>",
    );
    let path = "/callbacks/sdp-cg/ussd?secret=secret";
    let (status, ack) = line.post(path, &[XML], &abort).await;
    assert!(
        status == 200 && ack.contains("notifyUssdAbortResponse"),
        "{ack}"
    );
    line.stop().await;
}

#[tokio::test]
async fn http_as_its_file_describes_it() {
    let line = Line::start(&[HTTP]).await;
    let mut last = Value::Null;
    for (ends, input) in inputs("1047", &CONGO) {
        let body = json!({"sid": "s1", "msisdn": "242068789853", "typed": input});
        let path = "/callbacks/own-cg/ussd?secret=secret";
        let (status, screen) = line.post(path, &[JSON], &body.to_string()).await;
        assert_eq!(status, 200);
        last = serde_json::from_str(&screen).expect("JSON, whatever stands in the menu");
        assert_eq!(last["more"], json!(!ends));
    }
    filed(line, last["menu"].as_str().expect("a menu"), "own-cg").await;
}
