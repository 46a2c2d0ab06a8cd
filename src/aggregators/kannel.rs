//! `kannel`: an SMS gateway of one's own in front of any SMPP bind \[spec: Kannel user guide
//! 1.4; test: nyaruka/courier\].
//!
//! **Messages in.** The layout is ours to write into Kannel's `sms-service`:
//! ```text
//! get-url = "https://…/callbacks/<channel>/sms?secret=…&sender=%p&to=%P&message=%b&coding=%c&charset=%C&ts=%T&id=%I&backend=%i"
//! max-messages = 0
//! ```
//! `%b` keeps the words as typed (`%a` joins them anew). `max-messages = 0` matters: Kannel texts
//! the body of our answer to the citizen, and for an empty one a sentence of its own.
//! `get-url` with fewer fields and `post-url` (text as body, `X-Kannel-*` headers) are read too.
//! Kannel does not repeat unless `http-request-retry` is set: a message that finds us down is lost.
//!
//! **Reports.** Kannel gives no message id, so each message takes along an address with our own.
//! **Sending.** `GET /cgi-bin/sendsms`. Credentials: `url`, `username`, `password`, `sender`,
//! `smsc`. Nothing proves who calls us but an address or a secret.

use super::wire::charset;
use super::wire::form::{self, Form};
use super::wire::{self, fate, sending, time};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Inbound, Receipt, Reference, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::{RawNumber, Words};
use crate::domain::text::gsm7;

/// The dialect of Kannel's smsbox.
pub struct Kannel;

/// Kannel's smsbox listens here by default.
const API: &str = "http://127.0.0.1:13013";
/// Delivered, failed, accepted and rejected by the SMSC: 1 + 2 + 8 + 16.
const REPORTS: &str = "27";

const NOT_TEXT: Unreadable = Unreadable("the text is not in the alphabet it claims");

impl Interpreter for Kannel {
    fn name(&self) -> &'static str {
        "kannel"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let inbound = match callback.door {
            Door::Ussd | Door::UssdEnd => return Err(wire::NO_SUCH_DOOR),
            Door::Receipt => receipt(callback)?,
            Door::Sms if callback.header("x-kannel-from").is_some() => posted(callback)?,
            Door::Sms => sms(callback)?,
        };
        Ok(vec![inbound])
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        wire::plain(screen).into()
    }

    /// Empty, for Kannel would text it to the citizen.
    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        wire::empty()
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

fn sms(callback: &Callback<'_>) -> Result<Inbound, Unreadable> {
    let form = Form::of(callback);
    let named = |names: [&'static str; 2]| names.into_iter().find(|name| form.has(name));
    let sender = named(["sender", "from"]).ok_or(wire::NO_SENDER)?;
    let words = named(["message", "text"]).and_then(|name| form.bytes(name));
    let charset = form.some("charset")?.unwrap_or_default();
    let coding = form.some("coding")?.unwrap_or_default();
    Ok(Inbound::Sms(Sms {
        id: form.some("id")?,
        from: form.number(sender)?.ok_or(wire::NO_SENDER)?,
        to: form.any(&["to", "receiver"])?.unwrap_or_default(),
        text: words_of(words.ok_or(wire::NO_TEXT)?, &charset, &coding)?,
        sent_at: form.any(&["ts", "time"])?.as_deref().and_then(time::any),
        network: form.any(&["backend", "smsc"])?,
        part: None,
    }))
}

/// `post-url`: the body is the text, everything else stands in headers.
fn posted(callback: &Callback<'_>) -> Result<Inbound, Unreadable> {
    let header = |name| {
        let value = callback.header(name).map(str::trim).unwrap_or_default();
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let content_type = callback.header("content-type").unwrap_or("");
    let charset = content_type
        .split_once("charset=")
        .map_or("", |(_, charset)| charset.trim_matches(['"', ' ', ';']));
    let coding = header("x-kannel-coding").unwrap_or_default();
    let from = header("x-kannel-from").ok_or(wire::NO_SENDER)?;
    Ok(Inbound::Sms(Sms {
        id: None,
        from: RawNumber::new(from),
        to: header("x-kannel-to").unwrap_or_default(),
        text: words_of(callback.body, charset, &coding)?,
        sent_at: header("x-kannel-time").as_deref().and_then(time::any),
        network: header("x-kannel-smsc"),
        part: None,
    }))
}

/// UTF-8 unless an alphabet is named; coding 2 without a name is UCS-2.
fn words_of(bytes: &[u8], charset: &str, coding: &str) -> Result<Words, Unreadable> {
    let charset = match (charset, coding) {
        ("", "2") => "UTF-16BE",
        ("", _) => "UTF-8",
        (named, _) => named,
    };
    let text = charset::decode(bytes, charset).or_else(|| charset::decode(bytes, "UTF-8"));
    text.map(Words::new).ok_or(NOT_TEXT)
}

fn receipt(callback: &Callback<'_>) -> Result<Inbound, Unreadable> {
    let form = Form::of(callback);
    let status = form.some("status")?.ok_or(wire::NO_STATUS)?;
    Ok(Inbound::Receipt(Receipt {
        reference: Reference::Ours(form.some("id")?.ok_or(wire::NO_REFERENCE)?),
        fate: fate::kannel(&status),
        status,
        why: None,
    }))
}

impl Sender for Kannel {
    /// GSM text goes as UTF-8, Kannel's default; anything else as UTF-16BE with coding 2 and no
    /// charset, for a Kannel built without iconv cannot convert \[test\].
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let head = form::encode([
            ("username", credentials.get("username")),
            ("password", credentials.get("password")),
            ("from", wire::sender(channel)),
            ("to", sms.to.e164()),
            ("smsc", credentials.get("smsc")),
            ("dlr-mask", REPORTS),
            ("dlr-url", &report_address(sms)),
        ]);
        let text = match gsm7::count(sms.text) {
            Some(_) => form::encode([("coding", "0"), ("text", sms.text)]),
            None => format!("coding=2&text={}", percent(&charset::utf16_be(sms.text))),
        };
        let base = wire::base(channel, API);
        Outgoing {
            method: "GET",
            url: format!("{base}/cgi-bin/sendsms?{head}&{text}"),
            headers: Vec::new(),
            body: Vec::new(),
            oauth: None,
        }
    }

    /// 202 with `0: Accepted for delivery` or `3: Queued for later delivery`.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let said = String::from_utf8_lossy(&answered.body);
        if said.starts_with("0:") || said.starts_with("3:") {
            return sending::accepted("");
        }
        sending::later(answered, format!("Kannel says {said}"))
    }
}

/// Where Kannel reports: our address with our id and its code `%d`. A percent sign of ours is
/// written twice, or Kannel would take it for one of its own escapes.
fn report_address(sms: &Mt<'_>) -> String {
    let address = form::with_query(sms.receipt_url, [("id", sms.id)]).replace('%', "%%");
    format!("{address}&status=%d")
}

fn percent(bytes: &[u8]) -> String {
    use url::form_urlencoded::byte_serialize;
    byte_serialize(bytes).collect()
}
