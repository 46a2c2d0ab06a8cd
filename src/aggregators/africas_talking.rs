//! `africas-talking`: USSD, its end event, SMS both ways, delivery reports, opt-outs.
//! Documented for Rwanda: networks 63510 MTN, 63513 Tigo, 63514 Airtel; 99999 is the sandbox
//! \[spec: developers.africastalking.com, "USSD", "SMS", "Notifications"\].
//!
//! `text` on USSD is everything typed so far, joined by `*`. A citizen may type `*` too, so it is
//! never split here: the session takes away what it knew before.
//!
//! USSD is always answered 200 with `CON ` or `END `: a 40x, or a body with neither, ends the
//! session without a word to the citizen. The clocks are second-hand \[2nd\]: 180 s for a
//! session, about 30 s for the citizen, 15 s for us (another table says 60 s for the first two).
//! No callback carries proof of who sent it; use `access.secret`. Retries are said to happen
//! when there is no 2xx \[2nd\].

use serde_json::Value;

use super::wire::form::{self, Form};
use super::wire::{self, json, sending, time};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{
    Claim, End, Fate, Inbound, Input, OptOut, Receipt, Reference, Sms, Unreadable, Ussd,
};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;

/// The dialect of Africa's Talking.
pub struct AfricasTalking;

/// The API's address; the sandbox has `https://api.sandbox.africastalking.com`.
const API: &str = "https://api.africastalking.com";

impl Interpreter for AfricasTalking {
    fn name(&self) -> &'static str {
        "africas-talking"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let form = Form::of(callback);
        match callback.door {
            Door::Ussd if is_end_event(&form) => end(&form).map(one),
            Door::Ussd => ussd(&form).map(one),
            Door::UssdEnd => end(&form).map(one),
            Door::Sms | Door::Receipt if form.has("updateType") => subscription(&form),
            Door::Sms | Door::Receipt if form.has("senderId") => opt_out(&form).map(one),
            Door::Sms => sms(&form).map(one),
            Door::Receipt => receipt(&form).map(one),
        }
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        let prefix = if screen.ends { "END" } else { "CON" };
        let body = format!("{prefix} {}", screen.text);
        Response::ok("text/plain; charset=utf-8", body).into()
    }

    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        wire::empty()
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

fn one(inbound: Inbound) -> Vec<Inbound> {
    vec![inbound]
}

/// An end event that was registered with the address of the steps: only it has these two.
fn is_end_event(form: &Form) -> bool {
    !form.has("text") && form.has("status") && form.has("durationInMillis")
}

fn ussd(form: &Form) -> Result<Inbound, Unreadable> {
    let text = form.text("text")?.unwrap_or_default();
    Ok(Inbound::Ussd(Ussd {
        session: form.some("sessionId")?,
        from: form.number("phoneNumber")?.ok_or(wire::NO_SENDER)?,
        service_code: form.some("serviceCode")?,
        claim: if text.is_empty() {
            Claim::Begins
        } else {
            Claim::Continues
        },
        input: Input::All(Words::new(text)),
        request_id: None,
        network: form.some("networkCode")?,
        echo: Vec::new(),
    }))
}

/// `Success`, `Incomplete` (the citizen left, or a clock ran out, on a `CON` screen), `Failed`.
fn end(form: &Form) -> Result<Inbound, Unreadable> {
    Ok(Inbound::End(End {
        session: form.some("sessionId")?,
        from: form.number("phoneNumber")?,
        reason: form.some("status")?,
    }))
}

fn sms(form: &Form) -> Result<Inbound, Unreadable> {
    Ok(Inbound::Sms(Sms {
        id: form.some("id")?,
        from: form.number("from")?.ok_or(wire::NO_SENDER)?,
        to: form.some("to")?.unwrap_or_default(),
        text: Words::new(form.text("text")?.ok_or(wire::NO_TEXT)?),
        sent_at: form.some("date")?.as_deref().and_then(time::date),
        network: form.some("networkCode")?,
        part: None,
    }))
}

fn receipt(form: &Form) -> Result<Inbound, Unreadable> {
    let status = form.some("status")?.ok_or(wire::NO_STATUS)?;
    let fate = match status.to_ascii_lowercase().as_str() {
        "success" => Fate::Delivered,
        "failed" | "rejected" | "expired" => Fate::Failed,
        "sent" | "submitted" | "buffered" => Fate::Underway,
        _ => Fate::Unknown,
    };
    Ok(Inbound::Receipt(Receipt {
        reference: Reference::Theirs(form.some("id")?.ok_or(wire::NO_REFERENCE)?),
        fate,
        status,
        why: form.some("failureReason")?,
    }))
}

/// A citizen who asked the network for no more bulk messages.
fn opt_out(form: &Form) -> Result<Inbound, Unreadable> {
    Ok(Inbound::OptOut(OptOut {
        from: form.number("phoneNumber")?.ok_or(wire::NO_SENDER)?,
        sender: form.some("senderId")?,
    }))
}

/// A premium subscription that began (nothing for us to do) or that the citizen gave up.
fn subscription(form: &Form) -> Result<Vec<Inbound>, Unreadable> {
    let update = form.some("updateType")?.unwrap_or_default();
    if !update.eq_ignore_ascii_case("deletion") {
        return Ok(Vec::new());
    }
    Ok(vec![Inbound::OptOut(OptOut {
        from: form.number("phoneNumber")?.ok_or(wire::NO_SENDER)?,
        sender: form.some("shortCode")?,
    })])
}

/// `POST /version1/messaging` \[spec: "Sending SMS"\]. Credentials: `username`, `api_key`,
/// `sender` (else the channel's first short code), `url`.
impl Sender for AfricasTalking {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let body = form::encode([
            ("username", credentials.get("username")),
            ("to", sms.to.e164()),
            ("message", sms.text),
            ("from", wire::sender(channel)),
        ]);
        let url = format!("{}/version1/messaging", wire::base(channel, API));
        let mut request = sending::post(url, sending::FORM, body);
        let key = credentials.get("api_key").to_owned();
        request.headers.push(("apikey", key));
        request.headers.push(("Accept", sending::JSON.to_owned()));
        request
    }

    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let Ok(body) = json::parse(&answered.body) else {
            return sending::later(answered, "an answer that is not JSON");
        };
        match json::at(&body, "SMSMessageData.Recipients.0") {
            Some(recipient) => of_recipient(answered, recipient),
            None => without_recipients(answered, &body),
        }
    }
}

/// 201 and nobody in the list: the message as a whole was refused, and `Message` says why.
fn without_recipients(answered: &Answered, body: &Value) -> Sent {
    let message = json::some(body, "SMSMessageData.Message").unwrap_or_default();
    match message.as_str() {
        "InvalidSenderId" => sending::never(message),
        "" => sending::later(answered, "an answer without recipients"),
        _ => sending::later(answered, message),
    }
}

fn of_recipient(answered: &Answered, recipient: &Value) -> Sent {
    let Some(code) = json::integer(recipient, "statusCode") else {
        return sending::later(answered, "a recipient without a status");
    };
    match code {
        100..=102 => sending::accepted(json::some(recipient, "messageId").unwrap_or_default()),
        401..=404 | 406 | 409 => sending::never(status_name(code)),
        _ => sending::later(answered, status_name(code)),
    }
}

/// The documentation's name for a recipient's status code.
fn status_name(code: i64) -> String {
    match code {
        401 => "RiskHold",
        402 => "InvalidSenderId",
        403 => "InvalidPhoneNumber",
        404 => "UnsupportedNumberType",
        405 => "InsufficientBalance",
        406 => "UserInBlacklist",
        407 => "CouldNotRoute",
        409 => "DoNotDisturbRejection",
        500 => "InternalServerError",
        501 => "GatewayError",
        502 => "RejectedByGateway",
        _ => return format!("status code {code}"),
    }
    .to_owned()
}
