//! `mtn-madapi`: MTN's group-wide messaging API. USSD \[live, MTN Congo-Brazzaville; spec "MTN
//! Messaging USSD API" 1.0.0\]; SMS in \[test\]; delivery reports \[live, Congo\]; sending v2
//! \[spec "MTN SMS Interface"\] and v3 \[spec "SMS V3 API"\].
//!
//! **USSD.** `messageType` is text or a number: 0 begins, 1 continues, 3 notifies, 4 is cancelled,
//! 5 timed out. 2 is "end" in the specification, but the one request logged in Congo carries an
//! ordinary answer in it: it ends only if `ussdString` is empty. The answer follows what works
//! live, where the specification and itself disagree: `userInputRequired` and `messageType` as
//! text, the menu in `inboundResponse`.
//!
//! **SMS.** Messages and delivery reports share one address; `deliveryStatus` tells them apart.
//! A message has no id (`null` in the only sample). Reports are matched by `transactionId`, for
//! `clientCorrelator` came back as the word `string`.
//!
//! **Sending.** `dialect.version` is `2` (default) or `3`. Credentials: `client_id`,
//! `client_secret` for the token; `sender` (else the first short code); for v3 also
//! `service_code` (else the first short code) and, instead of the token, `api_key`.
//! The specification of v2 limits a message to 160 characters.
//!
//! **Registration.** `passerelle register <channel>` tells MTN where to call: see `register`.
//!
//! Not documented: how MTN proves who calls us, how long it waits, whether it repeats.

mod register;

use serde::Serialize;
use serde_json::{Value, json};

use super::wire::{self, fate, json as read, sending};
use super::{Interpreter, Mt, Registered, Registration, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, OAuth, Outgoing, Response};
use crate::domain::inbound::{
    Claim, End, Inbound, Input, Receipt, Reference, Sms, Unreadable, Ussd,
};
use crate::domain::menu::Screen;
use crate::domain::redact::{Secret, Words};

/// The dialect of MTN's MADAPI.
pub struct MtnMadapi;

const API: &str = "https://api.mtn.com";
/// The longest correlator that both versions take.
const LONGEST_CORRELATOR: usize = 36;

impl Interpreter for MtnMadapi {
    fn name(&self) -> &'static str {
        "mtn-madapi"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let body = read::parse(callback.body)?;
        let inbound = match callback.door {
            Door::Ussd | Door::UssdEnd => ussd(&body)?,
            Door::Sms | Door::Receipt if read::field(&body, "deliveryStatus").is_some() => {
                receipt(&body)?
            }
            Door::Sms | Door::Receipt => sms(&body)?,
        };
        Ok(vec![inbound])
    }

    fn reply(&self, _: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply {
        let service_code = asked.and_then(|ussd| ussd.service_code.as_deref());
        let msisdn = asked.map(|ussd| ussd.from.expose());
        envelope(service_code, msisdn, &screen.text, screen.ends).into()
    }

    /// A session's end is answered in the USSD envelope, with nothing to show; messages and
    /// reports with `{"result":"OK"}` \[live\].
    fn taken(&self, _: &Channel, callback: &Callback<'_>) -> Response {
        if matches!(callback.door, Door::Sms | Door::Receipt) {
            return Response::ok(sending::JSON, r#"{"result":"OK"}"#);
        }
        let body = read::parse(callback.body).unwrap_or_default();
        let service_code = read::some(&body, "serviceCode");
        let msisdn = read::some(&body, "msisdn");
        envelope(service_code.as_deref(), msisdn.as_deref(), "", true)
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }

    fn registrations(&self, channel: &Channel, public_url: &str) -> Vec<Registration> {
        register::registrations(channel, public_url)
    }

    fn registered(&self, answered: &Answered) -> Registered {
        register::registered(answered)
    }
}

fn ussd(body: &Value) -> Result<Inbound, Unreadable> {
    let session = read::some(body, "sessionId");
    let from = read::number(body, "msisdn");
    let typed = read::text(body, "ussdString").unwrap_or_default();
    let kind = read::some(body, "messageType").unwrap_or_default();
    let (reason, claim) = match kind.as_str() {
        "0" => (None, Claim::Begins),
        "1" => (None, Claim::Continues),
        "2" if typed.trim().is_empty() => (Some("2 end"), Claim::Silent),
        "2" => (None, Claim::Continues),
        "3" => (Some("3 notification"), Claim::Silent),
        "4" => (Some("4 cancel"), Claim::Silent),
        "5" => (Some("5 timeout"), Claim::Silent),
        _ => (None, Claim::Silent),
    };
    if let Some(reason) = reason {
        return Ok(Inbound::End(End {
            session,
            from,
            reason: Some(reason.to_owned()),
        }));
    }
    Ok(Inbound::Ussd(Ussd {
        session,
        from: from.ok_or(wire::NO_SENDER)?,
        service_code: read::some(body, "serviceCode"),
        input: Input::Last(Words::new(typed)),
        claim,
        request_id: None,
        network: None,
        echo: Vec::new(),
    }))
}

fn sms(body: &Value) -> Result<Inbound, Unreadable> {
    Ok(Inbound::Sms(Sms {
        id: read::some(body, "id"),
        from: read::number(body, "senderAddress").ok_or(wire::NO_SENDER)?,
        to: read::some(body, "receiverAddress").unwrap_or_default(),
        text: Words::new(read::text(body, "message").ok_or(wire::NO_TEXT)?),
        sent_at: read::integer(body, "created"),
        network: None,
        part: None,
    }))
}

fn receipt(body: &Value) -> Result<Inbound, Unreadable> {
    let status = read::some(body, "deliveryStatus").ok_or(wire::NO_STATUS)?;
    Ok(Inbound::Receipt(Receipt {
        reference: reference(body).ok_or(wire::NO_REFERENCE)?,
        fate: fate::named(&status),
        status,
        why: read::some(body, "error").map(|error| wire::careful(&error)),
    }))
}

/// v2 names the transaction; v3 gives back our correlator, or at least its own id.
fn reference(body: &Value) -> Option<Reference> {
    if let Some(transaction) = read::some(body, "transactionId") {
        return Some(Reference::Theirs(transaction));
    }
    let correlator = read::some(body, "clientCorrelatorId")
        .or_else(|| read::some(body, "clientCorrelator"))
        .filter(|correlator| correlator != "string");
    if let Some(ours) = correlator {
        return Some(Reference::Ours(ours));
    }
    let id = read::some(body, "messageId").or_else(|| read::some(body, "id"));
    id.map(Reference::Theirs)
}

/// The answer to a USSD request, member for member as the live handler sends it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status_code: &'a str,
    status_message: &'a str,
    transaction_id: &'a str,
    data: Data<'a>,
    #[serde(rename = "_link")]
    link: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    inbound_response: &'a str,
    user_input_required: &'a str,
    message_type: &'a str,
    service_code: &'a str,
    msisdn: &'a str,
}

fn envelope(service_code: Option<&str>, msisdn: Option<&str>, text: &str, ends: bool) -> Response {
    let envelope = Envelope {
        status_code: "0000",
        status_message: "",
        transaction_id: "",
        data: Data {
            inbound_response: text,
            user_input_required: if ends { "false" } else { "true" },
            message_type: if ends { "2" } else { "1" },
            service_code: service_code.unwrap_or(""),
            msisdn: msisdn.unwrap_or(""),
        },
        link: json!({"self": {"href": "https://api.mtn.com/v1/messages/ussd/send"}}),
    };
    Response::ok(
        sending::JSON,
        serde_json::to_vec(&envelope).unwrap_or_default(),
    )
}

impl Sender for MtnMadapi {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let base = wire::base(channel, API);
        let (path, body) = if is_v3(channel) {
            ("/v3/sms/messages/sms/outbound", v3(channel, sms))
        } else {
            ("/v2/messages/sms/outbound", v2(channel, sms))
        };
        let url = format!("{base}{path}");
        let request = sending::post(url, sending::JSON, body.to_string());
        authorized(channel, request)
    }

    /// v2: 201 with `transactionId`. v3: 200 with `statusCode` `0000`; of the other codes only
    /// 1000 to 1013 are known to be the request's own fault.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let Ok(body) = read::parse(&answered.body) else {
            return sending::later(answered, "an answer that is not JSON");
        };
        let transaction = read::some(&body, "transactionId").unwrap_or_default();
        match read::some(&body, "statusCode").as_deref() {
            None | Some("0000") => sending::accepted(transaction),
            Some(code) => {
                let why = format!("status code {code}");
                if code.len() == 4 && code.starts_with("10") {
                    sending::never(why)
                } else {
                    sending::later(answered, why)
                }
            }
        }
    }
}

fn is_v3(channel: &Channel) -> bool {
    wire::setting(channel, "version").is_some_and(|version| version.trim_start_matches('v') == "3")
}

/// `clientCorrelator` is required and has at most 36 characters.
fn correlator(sms: &Mt<'_>) -> String {
    sms.id.chars().take(LONGEST_CORRELATOR).collect()
}

fn v2(channel: &Channel, sms: &Mt<'_>) -> Value {
    json!({
        "senderAddress": wire::sender(channel),
        "receiverAddress": [sms.to.digits()],
        "message": sms.text,
        "clientCorrelator": correlator(sms),
    })
}

/// `serviceCode` is required even where the sender is a name.
fn v3(channel: &Channel, sms: &Mt<'_>) -> Value {
    let service_code = channel.credentials.some("service_code");
    let short_code = channel.sms.first().map(String::as_str);
    read::spare(json!({
        "senderAddress": wire::sender(channel),
        "receiverAddress": [sms.to.digits()],
        "message": sms.text,
        "serviceCode": service_code.or(short_code).unwrap_or(wire::sender(channel)),
        "clientCorrelatorId": correlator(sms),
        "requestDeliveryReceipt": true,
    }))
}

/// With the key that the channel has, or a token.
fn authorized(channel: &Channel, mut request: Outgoing) -> Outgoing {
    request.headers.push(("Accept", sending::JSON.to_owned()));
    match channel.credentials.some("api_key") {
        Some(key) => request.headers.push(("x-api-key", key.to_owned())),
        None => request.oauth = Some(token(channel)),
    }
    request
}

fn token(channel: &Channel) -> OAuth {
    let base = wire::base(channel, API);
    OAuth {
        url: format!("{base}/v1/oauth/access_token?grant_type=client_credentials"),
        client_id: Secret::new(channel.credentials.get("client_id")),
        client_secret: Secret::new(channel.credentials.get("client_secret")),
    }
}
