//! `http`: any gateway that speaks plain HTTP, its fields named in the channel's file, under
//! `[dialect]`. Everything has a default; with none set, the channel understands what the
//! "external" channels of nyaruka/courier do \[test\].
//!
//! **Reading.** `format` is `form` (default: a query, a form, a multipart form), `json` or `xml`.
//! A field's name is a form field, a dotted JSON path (`data.msisdn`), or element names from the
//! outside in (`message/text`). Fields missing from the body are sought in the query.
//!
//! | setting | default | |
//! |---|---|---|
//! | `sms.from`, `sms.to`, `sms.text` | `from` or `sender`, `to`, `text` | |
//! | `sms.id`, `sms.time`, `sms.network` | `id`, `date` or `time`, none | time: RFC 3339, `2026-11-22 09:05:00`, seconds or milliseconds since 1970 |
//! | `sms.answer` | empty | the body that says "taken" |
//! | `ussd.from`, `ussd.session`, `ussd.input` | `msisdn` or `from`, `session`, `input` or `text` | |
//! | `ussd.cumulative` | `false` | `true`: `input` is everything typed, joined by `*` |
//! | `ussd.service_code`, `ussd.network`, `ussd.request_id` | none | |
//! | `ussd.new`, `ussd.new_is` | none, `1, true` | says that a session begins; an other value, that it goes on |
//! | `ussd.end`, `ussd.end_is` | none, any value | says that the network closed the session |
//! | `ussd.continue`, `ussd.last` | `CON {{text}}`, `END {{text}}` | a screen that goes on, and the last |
//! | `ussd.answer` | empty | the body that says "taken" to the end of a session |
//! | `receipt.theirs`, `receipt.ours` | none, `id` | the gateway's id for a message, or ours |
//! | `receipt.status`, `receipt.why` | `status`, none | without a status, the address ends in it: `…/receipt/delivered` |
//! | `receipt.delivered`, `.underway`, `.failed` | SMPP's words, `sent`, `failed` | lists with commas |
//! | `receipt.answer` | empty | the body that says "taken" |
//! | `answer.content_type` | `text/plain` | also `application/json`, `text/xml`, `application/xml`, `text/html` |
//!
//! A stop event is a call to `…/sms/stopped` with the number as in a message.
//!
//! **Sending.**
//!
//! | setting | default | |
//! |---|---|---|
//! | `send.method`, `send.url` | `POST`, `{{url}}` | `{{url}}` is `credentials.url` |
//! | `send.content_type`, `send.body` | a form; `id`, `to`, `from`, `text` | |
//! | `send.header.<name>` | none | of a known list, see `HEADERS` in `http/send.rs` |
//! | `send.oauth` | none | a token's address; credentials `client_id`, `client_secret` |
//! | `send.success`, `send.contains` | `2xx`, none | statuses, and a word that must be in the body |
//! | `send.never` | `400, 413, 414, 422` | statuses that no retry will mend |
//! | `send.reference` | none | where the answer holds its id: a JSON path or an element |
//!
//! Templates know `{{to}}`, `{{to_no_plus}}`, `{{to_00}}`, `{{from}}`, `{{from_no_plus}}`, `{{text}}`, `{{id}}`,
//! `{{receipt_url}}` and every credential; answers on USSD know `{{text}}`, `{{session}}`,
//! `{{from}}`, `{{service_code}}`, `{{request_id}}`. Each value is escaped for where it stands.

mod send;

use serde_json::Value;

use super::wire::form::Form;
use super::wire::template::{Notation, fill};
use super::wire::xml::{self, Element};
use super::wire::{self, fate, json, setting, time};
use super::{Interpreter, Reply, Sender};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::{
    Claim, End, Fate, Inbound, Input, OptOut, Receipt, Reference, Sms, Unreadable, Ussd,
};
use crate::domain::menu::Screen;
use crate::domain::redact::{RawNumber, Words};

/// The dialect that a channel's file describes.
pub struct Http;

const CONTENT_TYPES: [(&str, &str); 5] = [
    ("text/plain", "text/plain; charset=utf-8"),
    ("application/json", "application/json"),
    ("text/xml", "text/xml; charset=utf-8"),
    ("application/xml", "application/xml; charset=utf-8"),
    ("text/html", "text/html; charset=utf-8"),
];

impl Interpreter for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn read(&self, channel: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let fields = Fields::of(channel, callback)?;
        let inbound = match (callback.door, callback.rest) {
            (Door::Ussd | Door::UssdEnd, _) => step(&fields, callback.door)?,
            (Door::Sms, "stopped") => Inbound::OptOut(OptOut {
                from: fields.number("sms.from", &SENDER)?.ok_or(wire::NO_SENDER)?,
                sender: fields.some("sms.to", &["to"])?,
            }),
            (Door::Sms, _) => sms(&fields)?,
            (Door::Receipt, rest) => receipt(&fields, rest)?,
        };
        Ok(vec![inbound])
    }

    fn reply(&self, channel: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply {
        let template = if screen.ends {
            setting(channel, "ussd.last").unwrap_or("END {{text}}")
        } else {
            setting(channel, "ussd.continue").unwrap_or("CON {{text}}")
        };
        let content_type = content_type(channel);
        let body = fill(template, Notation::of(content_type), |name| match name {
            "text" => Some(screen.text.clone()),
            "from" => Some(asked?.from.expose().to_owned()),
            "session" => asked?.session.clone(),
            "service_code" => asked?.service_code.clone(),
            "request_id" => asked?.request_id.clone(),
            _ => None,
        });
        Response::ok(content_type, body).into()
    }

    fn taken(&self, channel: &Channel, callback: &Callback<'_>) -> Response {
        let name = match callback.door {
            Door::Sms => "sms.answer",
            Door::Receipt => "receipt.answer",
            Door::Ussd | Door::UssdEnd => "ussd.answer",
        };
        let body = setting(channel, name).unwrap_or("");
        Response::ok(content_type(channel), body)
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

fn content_type(channel: &Channel) -> &'static str {
    let wanted = setting(channel, "answer.content_type").unwrap_or("text/plain");
    let known = CONTENT_TYPES.iter().find(|(name, _)| *name == wanted);
    known.map_or(CONTENT_TYPES[0].1, |(_, full)| full)
}

const SENDER: [&str; 2] = ["from", "sender"];

/// A request whose fields are found under the names that the channel gives them.
struct Fields<'a> {
    channel: &'a Channel,
    query: Form,
    body: Body,
}

enum Body {
    Form(Form),
    Json(Value),
    Xml(Element),
}

impl<'a> Fields<'a> {
    fn of(channel: &'a Channel, callback: &Callback<'_>) -> Result<Self, Unreadable> {
        let nothing = callback.body.is_empty();
        let body = match setting(channel, "format") {
            Some("json") if !nothing => Body::Json(json::parse(callback.body)?),
            Some("xml") if !nothing => Body::Xml(xml::parse(callback.body)?),
            _ => Body::Form(Form::of(callback)),
        };
        let query = Form::parse(callback.query.as_bytes());
        Ok(Self {
            channel,
            query,
            body,
        })
    }

    /// The names to look under: the channel's own, or else the usual ones.
    fn names<'n>(&self, setting_name: &str, usual: &[&'n str]) -> Vec<&'n str>
    where
        'a: 'n,
    {
        setting(self.channel, setting_name).map_or_else(|| usual.to_vec(), |name| vec![name])
    }

    /// A field as it was typed.
    fn text(&self, setting_name: &str, usual: &[&str]) -> Result<Option<String>, Unreadable> {
        for name in self.names(setting_name, usual) {
            let found = match &self.body {
                Body::Form(form) => form.text(name)?,
                Body::Json(value) => json::text(value, name),
                Body::Xml(root) => element(root, name).map(|e| e.own_text().to_owned()),
            };
            if found.is_some() {
                return Ok(found);
            }
            if let Some(found) = self.query.text(name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// A field that machines wrote: trimmed, `None` if nothing is left.
    fn some(&self, name: &str, usual: &[&str]) -> Result<Option<String>, Unreadable> {
        let text = self.text(name, usual)?.map(|text| text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// A telephone number, with the plus that a form may have lost.
    fn number(&self, setting_name: &str, usual: &[&str]) -> Result<Option<RawNumber>, Unreadable> {
        if let Body::Form(form) = &self.body {
            for name in self.names(setting_name, usual) {
                if let Some(number) = form.number(name)? {
                    return Ok(Some(number));
                }
            }
            return Ok(None);
        }
        Ok(self.some(setting_name, usual)?.map(RawNumber::new))
    }

    /// Whether a value is in a setting's list, compared in any case.
    fn lists(&self, name: &str, value: &str) -> Option<bool> {
        let list = setting(self.channel, name)?;
        Some(
            list.split(',')
                .any(|item| item.trim().eq_ignore_ascii_case(value)),
        )
    }
}

/// The element at the end of `outer/inner`.
fn element<'a>(root: &'a Element, path: &str) -> Option<&'a Element> {
    path.split('/')
        .try_fold(root, |element, name| element.find(name))
}

fn step(fields: &Fields<'_>, door: Door) -> Result<Inbound, Unreadable> {
    let session = fields.some("ussd.session", &["session"])?;
    let from = fields.number("ussd.from", &["msisdn", "from"])?;
    let ended = fields.some("ussd.end", &[])?;
    let ends = ended
        .as_deref()
        .is_some_and(|value| fields.lists("ussd.end_is", value).unwrap_or(true));
    if ends || door == Door::UssdEnd {
        return Ok(Inbound::End(End {
            session,
            from,
            reason: ended.map(|reason| wire::careful(&reason)),
        }));
    }
    let typed = fields.text("ussd.input", &["input", "text"])?;
    let typed = Words::new(typed.unwrap_or_default());
    let cumulative = setting(fields.channel, "ussd.cumulative") == Some("true");
    Ok(Inbound::Ussd(Ussd {
        session,
        from: from.ok_or(wire::NO_SENDER)?,
        service_code: fields.some("ussd.service_code", &[])?,
        claim: claim(fields, cumulative.then_some(&typed))?,
        input: if cumulative {
            Input::All(typed)
        } else {
            Input::Last(typed)
        },
        request_id: fields.some("ussd.request_id", &[])?,
        network: fields.some("ussd.network", &[])?,
        echo: Vec::new(),
    }))
}

fn claim(fields: &Fields<'_>, cumulative: Option<&Words>) -> Result<Claim, Unreadable> {
    let begins = match (fields.some("ussd.new", &[])?, cumulative) {
        (Some(new), _) => fields
            .lists("ussd.new_is", &new)
            .unwrap_or_else(|| ["1", "true"].contains(&new.to_ascii_lowercase().as_str())),
        (None, Some(typed)) => typed.as_str().is_empty(),
        (None, None) => return Ok(Claim::Silent),
    };
    Ok(if begins {
        Claim::Begins
    } else {
        Claim::Continues
    })
}

fn sms(fields: &Fields<'_>) -> Result<Inbound, Unreadable> {
    let sent_at = fields.some("sms.time", &["date", "time"])?;
    Ok(Inbound::Sms(Sms {
        id: fields.some("sms.id", &["id"])?,
        from: fields.number("sms.from", &SENDER)?.ok_or(wire::NO_SENDER)?,
        to: fields.some("sms.to", &["to"])?.unwrap_or_default(),
        text: Words::new(fields.text("sms.text", &["text"])?.ok_or(wire::NO_TEXT)?),
        sent_at: sent_at.as_deref().and_then(time::any),
        network: fields.some("sms.network", &[])?,
        part: None,
    }))
}

fn receipt(fields: &Fields<'_>, rest: &str) -> Result<Inbound, Unreadable> {
    let status = fields.some("receipt.status", &["status"])?;
    let status = status
        .or_else(|| Some(rest.to_owned()).filter(|rest| !rest.is_empty()))
        .ok_or(wire::NO_STATUS)?;
    let listed = |name| fields.lists(name, &status) == Some(true);
    let fate = match status.to_ascii_lowercase().as_str() {
        _ if listed("receipt.delivered") => Fate::Delivered,
        _ if listed("receipt.underway") => Fate::Underway,
        _ if listed("receipt.failed") => Fate::Failed,
        "sent" => Fate::Underway,
        "failed" => Fate::Failed,
        known => fate::named(known),
    };
    let reference = match fields.some("receipt.theirs", &[])? {
        Some(id) => Reference::Theirs(id),
        None => Reference::Ours(
            fields
                .some("receipt.ours", &["id"])?
                .ok_or(wire::NO_REFERENCE)?,
        ),
    };
    Ok(Inbound::Receipt(Receipt {
        reference,
        fate,
        status,
        why: fields
            .some("receipt.why", &[])?
            .map(|why| wire::careful(&why)),
    }))
}
