//! `vonage` (formerly Nexmo): SMS both ways and delivery reports \[spec: developer.vonage.com,
//! "SMS API": inbound SMS, delivery receipts, signing messages, error codes\].
//!
//! Callbacks are GET or POST, form or JSON, and come again for 24 h unless answered 200 to 205.
//! **Long messages arrive in parts.** A call without parameters checks that the address exists,
//! and knows no secret: it is answered before the access rules are asked.
//!
//! Signing is opt-in: `access.signature` is the signature secret, `dialect.signature` the method
//! (`md5hash`, Vonage's default, or HMAC by `md5`, `sha1`, `sha256`, `sha512`). A signature also
//! covers a timestamp, which is not compared with a clock here: a replayed message has the id of
//! the first one, and changes nothing.
//!
//! **Sending.** Credentials: `api_key`, `api_secret`, `sender`, `url`. A refusal often has HTTP 200
//! and a `status` other than `0`.

use std::time::Duration;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::wire::charset;
use super::wire::form::{self, Form};
use super::wire::{self, json, sending, time};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Fate, Inbound, Part, Receipt, Reference, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;
use crate::domain::text::gsm7;

/// The dialect of Vonage's SMS API.
pub struct Vonage;

const API: &str = "https://rest.nexmo.com";
const BINARY: Unreadable = Unreadable("a binary message holds no words");

impl Interpreter for Vonage {
    fn name(&self) -> &'static str {
        "vonage"
    }

    fn signed(&self, channel: &Channel, callback: &Callback<'_>) -> bool {
        let Some(secret) = &channel.access.signature else {
            return false;
        };
        let Ok(form) = fields(callback) else {
            return false;
        };
        let theirs = form.some("sig").ok().flatten();
        let Some(theirs) = theirs.as_deref().and_then(charset::unhex) else {
            return false;
        };
        let method = wire::setting(channel, "signature").unwrap_or("md5hash");
        let ours = signature(method, secret.expose(), &signed_text(&form));
        ours.is_some_and(|ours| wire::same(&ours, &theirs))
    }

    fn asks_for_address(&self, callback: &Callback<'_>) -> bool {
        matches!(callback.door, Door::Sms | Door::Receipt)
            && matches!(callback.method, "GET" | "POST")
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        if matches!(callback.door, Door::Ussd | Door::UssdEnd) {
            return Err(wire::NO_SUCH_DOOR);
        }
        let form = fields(callback)?;
        let known = ["msisdn", "to", "messageId", "text", "status"];
        if !known.iter().any(|name| form.has(name)) {
            return Ok(Vec::new());
        }
        let reports = form.has("status") && !form.has("text");
        let inbound = if callback.door == Door::Receipt || reports {
            receipt(&form)?
        } else {
            sms(&form)?
        };
        Ok(vec![inbound])
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        wire::plain(screen).into()
    }

    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        wire::empty()
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

/// The fields of a JSON body, or of a form and the query.
fn fields(callback: &Callback<'_>) -> Result<Form, Unreadable> {
    if callback.body.trim_ascii_start().starts_with(b"{") {
        return json::parse(callback.body).map(|body| Form::of_json(&body));
    }
    Ok(Form::of(callback))
}

/// All fields but `sig` (and our own `secret`), sorted by name, as `&name=value`; `&` and `=` in
/// a value become `_`.
fn signed_text(form: &Form) -> Vec<u8> {
    let mut fields: Vec<_> = form
        .fields()
        .filter(|(name, _)| !["sig", "secret"].contains(name))
        .collect();
    fields.sort_by_key(|(name, _)| *name);
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(b'&');
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        let plain = |b: &u8| if b"&=".contains(b) { b'_' } else { *b };
        out.extend(value.iter().map(plain));
    }
    out
}

fn signature(method: &str, secret: &str, text: &[u8]) -> Option<Vec<u8>> {
    match method {
        "md5hash" => Some(Md5::digest([text, secret.as_bytes()].concat()).to_vec()),
        "md5" => hmac::<Hmac<Md5>>(secret, text),
        "sha1" => hmac::<Hmac<Sha1>>(secret, text),
        "sha256" => hmac::<Hmac<Sha256>>(secret, text),
        "sha512" => hmac::<Hmac<Sha512>>(secret, text),
        _ => None,
    }
}

fn hmac<M: Mac + KeyInit>(secret: &str, text: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().to_vec())
}

fn sms(form: &Form) -> Result<Inbound, Unreadable> {
    let from = form.number("msisdn")?.ok_or(wire::NO_SENDER)?;
    let Some(text) = form.text("text")? else {
        let binary = form.some("type")?.as_deref() == Some("binary");
        // Refused, it would come again for a day.
        return if binary {
            Ok(Inbound::Unreadable(BINARY))
        } else {
            Err(wire::NO_TEXT)
        };
    };
    Ok(Inbound::Sms(Sms {
        id: form.some("messageId")?,
        from,
        to: form.some("to")?.unwrap_or_default(),
        text: Words::new(text),
        sent_at: form
            .some("message-timestamp")?
            .as_deref()
            .and_then(time::date),
        network: None,
        part: part(form)?,
    }))
}

fn part(form: &Form) -> Result<Option<Part>, Unreadable> {
    if form.some("concat")?.as_deref() != Some("true") {
        return Ok(None);
    }
    let count = |name| Ok(form.some(name)?.and_then(|count| count.parse::<u8>().ok()));
    let (number, of) = (count("concat-part")?, count("concat-total")?);
    let reference = form.some("concat-ref")?;
    Ok(match (reference, number, of) {
        (Some(reference), Some(number @ 1..), Some(of)) if number <= of => Some(Part {
            reference,
            number,
            of,
        }),
        _ => None,
    })
}

fn receipt(form: &Form) -> Result<Inbound, Unreadable> {
    let status = form.some("status")?.ok_or(wire::NO_STATUS)?;
    let fate = match status.as_str() {
        "delivered" => Fate::Delivered,
        "accepted" | "buffered" => Fate::Underway,
        "expired" | "failed" | "rejected" => Fate::Failed,
        _ => Fate::Unknown,
    };
    let error = form.some("err-code")?.filter(|code| code != "0");
    Ok(Inbound::Receipt(Receipt {
        reference: Reference::Theirs(form.some("messageId")?.ok_or(wire::NO_REFERENCE)?),
        fate,
        status,
        why: error.map(|code| format!("err-code {code}")),
    }))
}

impl Sender for Vonage {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let kind = match gsm7::count(sms.text) {
            Some(_) => "text",
            None => "unicode",
        };
        let body = form::encode([
            ("api_key", credentials.get("api_key")),
            ("api_secret", credentials.get("api_secret")),
            ("from", wire::sender(channel)),
            ("to", sms.to.digits()),
            ("text", sms.text),
            ("type", kind),
            ("status-report-req", "1"),
            ("callback", sms.receipt_url),
        ]);
        let url = format!("{}/sms/json", wire::base(channel, API));
        sending::post(url, sending::FORM, body)
    }

    /// `messages[0].status`: `0` is taken, 1 is throttled, and these blame the message or the
    /// number: 6 invalid message, 7 number barred, 12 too long, 15 sender not allowed, 33 number
    /// deactivated. The rest (keys, balance, Vonage itself) can pass.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let body = json::parse(&answered.body).unwrap_or_default();
        let Some(status) = json::some(&body, "messages.0.status") else {
            return sending::later(answered, "an answer without a status");
        };
        let why = format!("status {status}");
        match status.as_str() {
            "0" => {
                let id = json::some(&body, "messages.0.message-id");
                sending::accepted(id.unwrap_or_default())
            }
            "1" => Sent::Later {
                after: answered.retry_after.or_else(|| wait(&body)),
                why: "status 1: throttled".to_owned(),
            },
            "6" | "7" | "12" | "15" | "33" => sending::never(why),
            _ => sending::later(answered, why),
        }
    }
}

/// The milliseconds of `Throughput Rate Exceeded - please wait [ 250 ] and retry`.
fn wait(body: &serde_json::Value) -> Option<Duration> {
    let text = json::some(body, "messages.0.error-text")?;
    let (_, after) = text.split_once('[')?;
    let (milliseconds, _) = after.split_once(']')?;
    let milliseconds: u32 = milliseconds.trim().parse().ok()?;
    Some(Duration::from_millis(milliseconds.into()))
}
