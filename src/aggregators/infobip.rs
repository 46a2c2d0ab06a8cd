//! `infobip`: USSD \[test: praekelt/vumi\], SMS in, delivery reports and sending
//! \[spec: Infobip OpenAPI 3.210, "SMS"\]. Whether it serves Benin or Congo is not confirmed.
//!
//! **USSD.** The address grows: `…/ussd/session/{id}/start`, `…/response`, `PUT …/end`. Answers
//! are HTTP 200 always. `GET …/status` asks whether a session is open. It names no subscriber, and
//! our sessions are found by session **and** subscriber, so that an id that comes again opens
//! nobody else's dialogue: it is answered with exit code 400 and that it is not served. Keeping a
//! second key for each step, only to answer this, would cost every citizen a round trip.
//!
//! **SMS.** Messages and reports come in batches under `results`; one that cannot be read does
//! not fail the others. Anything but a 2xx is repeated (the schedule is not published), so
//! repeats are told apart by `messageId`, and for reports by the status too.
//!
//! How Infobip proves itself is up to the account: if `access.signature` is set, it is compared
//! with the whole `Authorization` header.
//!
//! **Sending.** `POST /sms/3/messages`. Credentials: `url` (each account has its own),
//! `api_key`, or `username` and `password`; `sender`. There is no idempotency key.

use serde::Serialize;
use serde_json::{Value, json};

use super::wire::form::path_part;
use super::wire::{self, json as read, sending, time};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Claim, End, Fate, Inbound, Input, Receipt, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;

/// The dialect of Infobip.
pub struct Infobip;

const API: &str = "https://api.infobip.com";

const NO_STEP: Unreadable = Unreadable("the address names no step of a session");
const NO_RESULTS: Unreadable = Unreadable("there are no results");

impl Interpreter for Infobip {
    fn name(&self) -> &'static str {
        "infobip"
    }

    fn signed(&self, channel: &Channel, callback: &Callback<'_>) -> bool {
        let ours = channel.access.signature.as_ref();
        let theirs = callback.header("authorization");
        ours.zip(theirs)
            .is_some_and(|(ours, theirs)| wire::same(ours.expose().as_bytes(), theirs.as_bytes()))
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        match callback.door {
            Door::Ussd | Door::UssdEnd if asks_status(callback) => Ok(Vec::new()),
            Door::Ussd | Door::UssdEnd => Ok(vec![step(callback)?]),
            Door::Sms => each_result(callback.body, sms),
            Door::Receipt => each_result(callback.body, receipt),
        }
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        answer(&Answer {
            should_close: Some(screen.ends),
            ussd_menu: Some(&screen.text),
            response_exit_code: 200,
            response_message: "",
        })
        .into()
    }

    fn taken(&self, _: &Channel, callback: &Callback<'_>) -> Response {
        match callback.door {
            Door::Sms | Door::Receipt => wire::empty(),
            Door::Ussd | Door::UssdEnd => {
                let (response_exit_code, response_message) = if asks_status(callback) {
                    (400, "status is not served")
                } else {
                    (200, "")
                };
                answer(&Answer {
                    should_close: None,
                    ussd_menu: None,
                    response_exit_code,
                    response_message,
                })
            }
        }
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    should_close: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ussd_menu: Option<&'a str>,
    response_exit_code: u16,
    response_message: &'a str,
}

fn answer(answer: &Answer<'_>) -> Response {
    Response::ok(
        sending::JSON,
        serde_json::to_vec(answer).unwrap_or_default(),
    )
}

/// `GET …/session/{id}/status`.
fn asks_status(callback: &Callback<'_>) -> bool {
    callback.method == "GET" && callback.rest.ends_with("/status")
}

/// `session/{id}/start`, `…/response` or `…/end`.
fn step(callback: &Callback<'_>) -> Result<Inbound, Unreadable> {
    let mut parts = callback.rest.trim_matches('/').split('/');
    let (Some("session"), Some(id), Some(step), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NO_STEP);
    };
    let session = Some(path_part(id)?).filter(|id| !id.is_empty());
    let claim = match step {
        "start" => Claim::Begins,
        "response" => Claim::Continues,
        "end" => {
            let body = read::parse(callback.body).unwrap_or_default();
            return Ok(Inbound::End(End {
                session,
                from: read::number(&body, "msisdn"),
                reason: read::some(&body, "reason").map(|reason| wire::careful(&reason)),
            }));
        }
        _ => return Err(NO_STEP),
    };
    let body = read::parse(callback.body)?;
    Ok(Inbound::Ussd(Ussd {
        session,
        from: read::number(&body, "msisdn").ok_or(wire::NO_SENDER)?,
        service_code: read::some(&body, "shortCode"),
        input: Input::Last(Words::new(read::text(&body, "text").unwrap_or_default())),
        claim,
        request_id: None,
        network: None,
        echo: Vec::new(),
    }))
}

fn each_result(
    body: &[u8],
    one: fn(&Value) -> Result<Inbound, Unreadable>,
) -> Result<Vec<Inbound>, Unreadable> {
    let body = read::parse(body)?;
    let results = read::field(&body, "results").and_then(Value::as_array);
    let results = results.ok_or(NO_RESULTS)?.iter();
    Ok(results
        .map(|result| one(result).unwrap_or_else(Inbound::Unreadable))
        .collect())
}

/// An MMS has its parts in `message` and no `text`: nothing that a phone's menu could read.
fn sms(result: &Value) -> Result<Inbound, Unreadable> {
    Ok(Inbound::Sms(Sms {
        id: read::some(result, "messageId"),
        from: read::number(result, "from").ok_or(wire::NO_SENDER)?,
        to: read::some(result, "to").unwrap_or_default(),
        text: Words::new(read::text(result, "text").ok_or(wire::NO_TEXT)?),
        sent_at: read::some(result, "receivedAt")
            .as_deref()
            .and_then(time::date),
        network: None,
        part: None,
    }))
}

fn receipt(result: &Value) -> Result<Inbound, Unreadable> {
    let group = read::some(result, "status.groupName").ok_or(wire::NO_STATUS)?;
    let fate = match group.to_ascii_uppercase().as_str() {
        "PENDING" => Fate::Underway,
        "DELIVERED" => Fate::Delivered,
        "UNDELIVERABLE" | "EXPIRED" | "REJECTED" => Fate::Failed,
        _ => Fate::Unknown,
    };
    let fine = read::some(result, "error.groupName").is_none_or(|g| g.eq_ignore_ascii_case("ok"));
    let why = read::some(result, "error.name").filter(|_| !fine);
    Ok(Inbound::Receipt(Receipt {
        reference: read::some(result, "messageId")
            .map(wire::reference)
            .ok_or(wire::NO_REFERENCE)?,
        fate,
        status: read::some(result, "status.name").unwrap_or(group),
        why,
    }))
}

impl Sender for Infobip {
    /// The message carries our id as `messageId`, so that a report is matched even when it comes
    /// before the answer to this request.
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let authorization = match credentials.some("api_key") {
            Some(key) => format!("App {key}"),
            None => wire::basic(credentials.get("username"), credentials.get("password")),
        };
        let message = read::spare(json!({
            "sender": wire::sender(channel),
            "destinations": [{"to": sms.to.digits(), "messageId": sms.id}],
            "content": {"text": sms.text},
            "webhooks": {
                "delivery": {"url": sms.receipt_url, "intermediateReport": false},
                "contentType": sending::JSON,
            },
        }));
        let body = json!({"messages": [message]});
        let url = format!("{}/sms/3/messages", wire::base(channel, API));
        let mut request = sending::post(url, sending::JSON, body.to_string());
        request.headers.push(("Authorization", authorization));
        request.headers.push(("Accept", sending::JSON.to_owned()));
        request
    }

    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let body = read::parse(&answered.body).unwrap_or_default();
        let group = read::some(&body, "messages.0.status.groupName").unwrap_or_default();
        let name = read::some(&body, "messages.0.status.name").unwrap_or_default();
        let why = format!("{group} {name}");
        match group.as_str() {
            "" => sending::later(answered, "an answer without a status"),
            // The account is to be filled; the message is as good as before.
            "REJECTED" if name.contains("CREDIT") => sending::later(answered, why),
            "REJECTED" | "UNDELIVERABLE" | "EXPIRED" => sending::never(why),
            _ => {
                let id = read::some(&body, "messages.0.messageId");
                sending::accepted(id.unwrap_or_default())
            }
        }
    }
}
