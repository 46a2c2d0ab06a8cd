//! `jasmin`: an SMS gateway of one's own in front of any SMPP bind \[spec: Jasmin documentation,
//! "HTTP API"\].
//!
//! Messages and reports want 200 **and** the body `ACK/Jasmin`, else they come again: three times,
//! 30 s apart, with the same `id`. Long messages arrive joined. With `coding` 0, `content` holds
//! raw GSM 03.38 bytes, so the text is read from `binary` (hexadecimal) by its coding.
//!
//! **Sending.** `POST /send`, text as `hex-content` so that no alphabet is guessed. Credentials:
//! `url`, `username`, `password`, `sender`. Nothing proves who calls us but an address or a secret.

use super::wire::charset;
use super::wire::form::{self, Form};
use super::wire::{self, fate, sending};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Fate, Inbound, Receipt, Reference, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;
use crate::domain::text::gsm7;

/// The dialect of Jasmin's HTTP API.
pub struct Jasmin;

/// Jasmin's HTTP API listens here by default.
const API: &str = "http://127.0.0.1:1401";

impl Interpreter for Jasmin {
    fn name(&self) -> &'static str {
        "jasmin"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let form = Form::of(callback);
        let inbound = match callback.door {
            Door::Ussd | Door::UssdEnd => return Err(wire::NO_SUCH_DOOR),
            Door::Sms | Door::Receipt if form.has("message_status") => receipt(&form)?,
            Door::Receipt => return Err(wire::NO_STATUS),
            Door::Sms => sms(&form)?,
        };
        Ok(vec![inbound])
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        wire::plain(screen).into()
    }

    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        Response::ok("text/plain; charset=utf-8", "ACK/Jasmin")
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

fn sms(form: &Form) -> Result<Inbound, Unreadable> {
    Ok(Inbound::Sms(Sms {
        id: form.some("id")?,
        from: form.number("from")?.ok_or(wire::NO_SENDER)?,
        to: form.some("to")?.unwrap_or_default(),
        text: Words::new(text(form)?),
        sent_at: None,
        network: form.some("origin-connector")?,
        part: None,
    }))
}

fn text(form: &Form) -> Result<String, Unreadable> {
    let coding = form.some("coding")?.unwrap_or_default();
    let binary = form.some("binary")?;
    let exact = binary.as_deref().and_then(charset::unhex);
    let bytes = match &exact {
        Some(bytes) if !bytes.is_empty() => bytes.as_slice(),
        _ => form.bytes("content").ok_or(wire::NO_TEXT)?,
    };
    decode(bytes, &coding, exact.is_some()).ok_or(wire::NOT_UTF8)
}

/// The text of a short message by its coding (SMPP 3.4 section 5.2.19): 0 the SMSC's default,
/// which Jasmin documents as GSM 03.38; 1 ASCII; 3 Latin 1; 8 UCS-2. `exact` bytes come from
/// `binary`; what stands in `content` may have been put into UTF-8 on the way.
fn decode(bytes: &[u8], coding: &str, exact: bool) -> Option<String> {
    let utf8 = || charset::decode(bytes, "UTF-8");
    let latin = || charset::decode(bytes, "ISO-8859-1");
    match coding {
        "8" if exact => charset::decode(bytes, "UTF-16BE").or_else(utf8),
        "" | "0" if bytes.is_ascii() => charset::decode(bytes, "GSM"),
        "8" => utf8().or_else(|| charset::decode(bytes, "UTF-16BE")),
        // A septet has no high bit: this SMSC's default is another alphabet.
        _ => utf8().or_else(latin),
    }
}

/// Level 1 tells what the SMSC said to our submission (`ESME_ROK`, or an error); levels 2 and 3
/// what became of the message.
fn receipt(form: &Form) -> Result<Inbound, Unreadable> {
    let status = form.some("message_status")?.ok_or(wire::NO_STATUS)?;
    let fate = match status.as_str() {
        "ESME_ROK" => Fate::Underway,
        other if other.starts_with("ESME_R") => Fate::Failed,
        other => fate::named(other),
    };
    let no_error = |err: &String| err.trim_matches('0').is_empty();
    Ok(Inbound::Receipt(Receipt {
        reference: Reference::Theirs(form.some("id")?.ok_or(wire::NO_REFERENCE)?),
        fate,
        status,
        why: form.some("err")?.filter(|err| !no_error(err)),
    }))
}

impl Sender for Jasmin {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let (coding, bytes) = match gsm7::encode(sms.text) {
            Some(septets) => ("0", septets),
            None => ("8", charset::utf16_be(sms.text)),
        };
        let body = form::encode([
            ("username", credentials.get("username")),
            ("password", credentials.get("password")),
            ("to", sms.to.digits()),
            ("from", wire::sender(channel)),
            ("coding", coding),
            ("hex-content", &charset::hex(&bytes)),
            ("dlr", "yes"),
            ("dlr-level", "3"),
            ("dlr-method", "POST"),
            ("dlr-url", sms.receipt_url),
        ]);
        let url = format!("{}/send", wire::base(channel, API));
        sending::post(url, sending::FORM, body)
    }

    /// 200 with `Success "<uuid>"`, or 400, 403, 412, 500 with `Error "…"`.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        let said = String::from_utf8_lossy(&answered.body);
        let why = format!("HTTP {} {said}", answered.status);
        match answered.status {
            200..=299 => match said.trim().strip_prefix("Success") {
                Some(id) => sending::accepted(id.trim().trim_matches('"')),
                None => sending::later(answered, why),
            },
            400 => sending::never(why),
            _ => sending::later(answered, why),
        }
    }
}
