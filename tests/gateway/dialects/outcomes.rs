//! What an aggregator answers to a sending, as far as it concerns an institution: taken, refused
//! for good, or not now. With a clock moved by hand, for "not now" is minutes.

use passerelle::domain::feedback::Standing;
use passerelle::domain::inbound::Sms;
use passerelle::domain::redact::{RawNumber, Words};
use passerelle::flows::{answer, listen, send};
use passerelle::store::records::{Dispatch, FeedbackQuery, MessageOutcome};

use super::channels::{
    FLARES, FLARES_CG, HTTP, INFOBIP, INTOUCH, JASMIN, KANNEL, MADAPI, MISTA, PARLAYX, PINDO,
    TINDA, TWILIO, VONAGE,
};
use super::texts::notification;
use crate::support::hallway::Hallway;
use crate::support::partner::{Answer, Partner};

/// A dialect, whether it fetches a token first, and three answers of its API: taken, with the id
/// that it gives; refused for good, with what the reason holds; not now.
struct Case {
    channel: (&'static str, &'static str),
    token: bool,
    taken: (u16, String, Option<&'static str>),
    refused: (u16, String, &'static str),
    later: (u16, String),
}

fn case(
    channel: (&'static str, &'static str),
    taken: (u16, &str, Option<&'static str>),
    refused: (u16, &str, &'static str),
    later: (u16, &str),
) -> Case {
    Case {
        channel,
        token: channel == MADAPI,
        taken: (taken.0, taken.1.into(), taken.2),
        refused: (refused.0, refused.1.into(), refused.2),
        later: (later.0, later.1.into()),
    }
}

/// Those whose refusals are an HTTP status, or words of their own.
fn plain() -> Vec<Case> {
    vec![
        case(
            KANNEL,
            (202, "3: Queued for later delivery", None),
            (400, "Invalid number", "HTTP 400"),
            (503, "Temporal failure, try again later."),
        ),
        case(
            JASMIN,
            (200, "Success \"uuid-1\"", Some("uuid-1")),
            (400, "Error \"Mandatory parameter missing\"", "Mandatory"),
            (412, "Error \"Cannot send: no route\""),
        ),
        case(
            TWILIO,
            (201, r#"{"sid":"SM1"}"#, Some("SM1")),
            (400, r#"{"code":21211,"message":"invalid To"}"#, "21211"),
            (429, r#"{"code":20429}"#),
        ),
        case(
            PINDO,
            (201, r#"{"sms_id":12345}"#, Some("12345")),
            (422, "{}", "HTTP 422"),
            (503, ""),
        ),
        case(INTOUCH, (200, "{}", None), (400, "", "HTTP 400"), (502, "")),
        case(
            MISTA,
            (
                200,
                r#"{"status":"success","data":{"uid":"abc"}}"#,
                Some("abc"),
            ),
            (422, "", "HTTP 422"),
            (200, r#"{"status":"error","message":"no balance"}"#),
        ),
        case(
            HTTP,
            (
                202,
                r#"{"state":"queued","data":{"uuid":"u1"}}"#,
                Some("u1"),
            ),
            (422, "", "HTTP 422"),
            (202, r#"{"state":"busy"}"#),
        ),
    ]
}

/// Those that refuse with an HTTP status that says nothing, or even says yes.
fn in_the_body() -> Vec<Case> {
    vec![
        case(
            VONAGE,
            (
                200,
                r#"{"messages":[{"status":"0","message-id":"0C1"}]}"#,
                Some("0C1"),
            ),
            (200, r#"{"messages":[{"status":"7"}]}"#, "status 7"),
            (
                200,
                r#"{"messages":[{"status":"1","error-text":"wait [ 250 ] and retry"}]}"#,
            ),
        ),
        case(
            INFOBIP,
            (
                200,
                r#"{"messages":[{"messageId":"i1","status":{"groupName":"PENDING"}}]}"#,
                Some("i1"),
            ),
            (
                200,
                r#"{"messages":[{"status":{"groupName":"REJECTED","name":"REJECTED_PREFIX"}}]}"#,
                "REJECTED_PREFIX",
            ),
            (
                200,
                r#"{"messages":[{"status":{"groupName":"REJECTED","name":"REJECTED_NOT_ENOUGH_CREDITS"}}]}"#,
            ),
        ),
        case(
            MADAPI,
            (201, r#"{"transactionId":"t1"}"#, Some("t1")),
            (200, r#"{"statusCode":"1003"}"#, "status code 1003"),
            (200, r#"{"statusCode":"3001"}"#),
        ),
        case(
            TINDA,
            (
                201,
                r#"{"resultat":"envoyé","status":"200","id":"10"}"#,
                Some("10"),
            ),
            (
                200,
                r#"{"resultat":"Erreur MSISDN: 242068789853","status":"404"}"#,
                "status 404",
            ),
            (200, r#"{"resultat":"erreur","status":"500"}"#),
        ),
        parlayx(),
    ]
}

/// Its faults come with HTTP 500, whoever is to blame.
fn parlayx() -> Case {
    let soap = |inside: &str| notification(inside);
    let result = soap("<n:sendSmsResponse><n:result>1000</n:result></n:sendSmsResponse>");
    let fault = |code: &str| soap(&format!("<n:Fault><messageId>{code}</messageId></n:Fault>"));
    case(
        PARLAYX,
        (200, &result, Some("1000")),
        (500, &fault("SVC0004"), "SVC0004"),
        (500, &fault("SVC0001")),
    )
}

/// A number, words and the ministry that they go to, in the channel's country.
fn citizen(channel: &str) -> (&'static str, &'static str, &'static str) {
    match channel.rsplit('-').next() {
        Some("bj") => ("2290163109595", "sante Cotonou scandale", "bj-sante"),
        Some("rw") => ("250788308559", "minisante Gasabo bad", "rw-minisante"),
        _ => ("242068789853", "sante Brazzaville plainte", "cg-sante"),
    }
}

/// A gateway where a reply waits to be sent by this dialect; and the feedback's id.
async fn waiting(case: &Case, api: &Partner) -> (Hallway, String) {
    let (from, said, ministry) = citizen(case.channel.0);
    // Those that only send hear of the citizen by another channel, that cannot.
    let by = if case.channel.1.contains("sms = [") {
        case.channel
    } else if ministry.starts_with("rw") {
        FLARES
    } else {
        FLARES_CG
    };
    let mut channels = vec![case.channel];
    channels.extend((by != case.channel).then_some(by));
    let hallway = Hallway::new_at(&channels, &api.url).await;
    let gateway = &hallway.gateway;
    let service = gateway.service();
    let sms = Sms {
        id: Some("m1".into()),
        from: RawNumber::new(from),
        to: String::new(),
        text: Words::new(said),
        sent_at: None,
        network: None,
        part: None,
    };
    let heard = listen::listen(gateway, &service.channels[by.0], &sms).await;
    heard.expect("on record");
    let confirmations = send::due_messages(gateway, 9).await.expect("answers");
    for message in confirmations {
        let outcome = MessageOutcome::Accepted {
            reference: String::new(),
            at: gateway.clock.now(),
        };
        let settled = gateway.records.settle_message(&message.id, outcome).await;
        settled.expect("answers");
    }
    let query = FeedbackQuery {
        institution: ministry.into(),
        limit: 9,
        ..FeedbackQuery::default()
    };
    let found = gateway.records.feedback_list(query).await.expect("answers");
    let id = found[0].id.clone();
    let ministry = service.institution(ministry).expect("there");
    let replied = answer::reply(
        gateway,
        ministry,
        &id,
        &answer::Asked::words(super::REPLY),
        None,
    )
    .await;
    replied.expect("taken");
    (hallway, id)
}

/// Tries what is due once; how many tries that were.
async fn tried(hallway: &Hallway) -> usize {
    let due = send::due_messages(&hallway.gateway, 9).await;
    let due = due.expect("answers");
    for message in &due {
        let tried = send::message(&hallway.gateway, message).await;
        tried.expect("noted");
    }
    due.len()
}

/// Where the reply to a feedback stands.
async fn standing(hallway: &Hallway, feedback: &str) -> Dispatch {
    let messages = hallway.gateway.records.messages_of(feedback).await;
    let mut messages = messages.expect("answers").into_iter();
    let reply = messages.find(|m| m.message.reply.is_some());
    reply.expect("the reply")
}

/// The bodies of the letters about a feedback that are of this type.
async fn letters(hallway: &Hallway, feedback: &str, kind: &str) -> Vec<String> {
    let letters = hallway.gateway.records.letters_of(feedback).await;
    let letters = letters.expect("answers").into_iter().map(|d| d.letter);
    let of_kind = letters.filter(|l| l.event == kind);
    of_kind.map(|l| l.body.as_str().to_owned()).collect()
}

fn api(case: &Case, answers: &[(u16, &str)]) -> Partner {
    let api = Partner::start(500, "");
    let token = r#"{"access_token":"not-a-real-token","expires_in":3599}"#;
    let token = case.token.then_some((200, token));
    let all = token.iter().chain(answers);
    api.then(all.map(|(status, body)| -> Answer { (*status, (*body).to_owned(), None) }));
    api
}

async fn is_taken(case: &Case) {
    let name = case.channel.0;
    let (status, body, reference) = &case.taken;
    let api = api(case, &[(*status, body)]);
    let (hallway, feedback) = waiting(case, &api).await;
    assert_eq!(tried(&hallway).await, 1, "{name}");
    let now = standing(&hallway, &feedback).await;
    assert_eq!(now.standing, Standing::Sent, "{name}: {:?}", now.why);
    assert_eq!(now.message.channel, name);
    if let Some(reference) = reference {
        assert_eq!(now.reference.as_deref(), Some(*reference), "{name}");
    }
    // Without a report it stays so: nothing is told that is not known, nothing is sent again.
    hallway.later(48 * 3_600_000);
    assert_eq!(tried(&hallway).await, 0, "{name}");
    for kind in ["reply.delivered", "reply.failed"] {
        assert!(
            letters(&hallway, &feedback, kind).await.is_empty(),
            "{name}"
        );
    }
}

async fn is_refused(case: &Case) {
    let name = case.channel.0;
    let (status, body, why) = &case.refused;
    let api = api(case, &[(*status, body)]);
    let (hallway, feedback) = waiting(case, &api).await;
    assert_eq!(tried(&hallway).await, 1, "{name}");
    let now = standing(&hallway, &feedback).await;
    assert_eq!(now.standing, Standing::Dead, "{name}: {:?}", now.why);
    let told = letters(&hallway, &feedback, "reply.failed").await;
    assert_eq!(told.len(), 1, "{name}");
    assert!(told[0].contains(why), "{name}: {}", told[0]);
    assert!(!told[0].contains("68789853"), "{name}: the number is told");
    hallway.later(48 * 3_600_000);
    assert_eq!(tried(&hallway).await, 0, "{name}");
}

async fn is_tried_again(case: &Case) {
    let name = case.channel.0;
    let (later, taken) = (&case.later, &case.taken);
    let api = api(case, &[(later.0, &later.1), (taken.0, &taken.1)]);
    let (hallway, feedback) = waiting(case, &api).await;
    assert_eq!(tried(&hallway).await, 1, "{name}");
    let now = standing(&hallway, &feedback).await;
    assert_eq!(now.standing, Standing::Pending, "{name}: {:?}", now.why);
    assert!(now.why.is_some(), "{name}");
    assert_eq!(tried(&hallway).await, 0, "{name}: not at once");
    hallway.later(60_000);
    assert_eq!(tried(&hallway).await, 1, "{name}");
    let now = standing(&hallway, &feedback).await;
    assert_eq!(now.standing, Standing::Sent, "{name}: {:?}", now.why);
    assert!(
        letters(&hallway, &feedback, "reply.failed")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn what_was_taken_is_sent_and_nothing_more_is_claimed() {
    for case in plain().iter().chain(&in_the_body()) {
        is_taken(case).await;
    }
}

#[tokio::test]
async fn what_was_refused_has_failed_whatever_the_http_status() {
    for case in plain().iter().chain(&in_the_body()) {
        is_refused(case).await;
    }
}

#[tokio::test]
async fn what_was_not_taken_now_is_tried_again() {
    for case in plain().iter().chain(&in_the_body()) {
        is_tried_again(case).await;
    }
}
