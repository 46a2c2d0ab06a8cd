//! `comviva-flares`: Comviva's Flares pull, the Airtel family. Airtel Rwanda and former Tigo
//! Rwanda \[code\], Airtel Kenya \[test: praekelt/vumi, with a sample from production\], Zambia \[code\]; for Airtel Congo
//! it is likely, not confirmed.
//!
//! A GET or a form, whose names an operator types into the node, so several spellings are known
//! and `dialect.msisdn`, `dialect.session`, `dialect.input`, `dialect.new` may name others. The
//! first input is the dialled code without its leading `*` and final `#` (`167*7*1`), later ones
//! are what was typed last; `****` is content, an empty input goes on. A request with `clean=`
//! (`clean-session`, or `cleann` in production) tells that the session is over.
//!
//! `userid` and `password` stand in the query: `access.signature = "userid:password"` checks
//! them. A deadline or a retry is not documented.

use super::wire::form::Form;
use super::wire::{self, header_safe};
use super::{Interpreter, Reply};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::{Claim, End, Inbound, Input, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;

/// The dialect of Comviva's Flares.
pub struct ComvivaFlares;

/// Names are compared in any case. `MSIDN` stands in the vendor's own sample.
const SUBSCRIBER: [&str; 2] = ["msisdn", "msidn"];
const SESSION: [&str; 3] = ["sessionid", "session_id", "transaction_id"];
const INPUT: [&str; 4] = [
    "input",
    "subscriber_input",
    "subscriber_string",
    "subscriberinput",
];
const NEW: [&str; 2] = ["is_new_request", "isnewrequest"];

impl Interpreter for ComvivaFlares {
    fn name(&self) -> &'static str {
        "comviva-flares"
    }

    fn signed(&self, channel: &Channel, callback: &Callback<'_>) -> bool {
        let form = Form::of(callback);
        let part = |name| form.some(name).ok().flatten().unwrap_or_default();
        let theirs = format!("{}:{}", part("userid"), part("password"));
        let ours = channel.access.signature.as_ref();
        ours.is_some_and(|ours| wire::same(ours.expose().as_bytes(), theirs.as_bytes()))
    }

    fn read(&self, channel: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        if !matches!(callback.door, Door::Ussd | Door::UssdEnd) {
            return Err(wire::NO_SUCH_DOOR);
        }
        let form = Form::of(callback);
        let names = |setting, known: &[&'static str]| named(channel, setting, known, &form);
        let session = form.some(names("session", &SESSION))?;
        let from = form.number(names("msisdn", &SUBSCRIBER))?;
        if form.some("clean")?.is_some() {
            return Ok(vec![Inbound::End(End {
                session,
                from,
                reason: form.any(&["error", "status"])?,
            })]);
        }
        let typed = form.text(names("input", &INPUT))?.unwrap_or_default();
        Ok(vec![Inbound::Ussd(Ussd {
            session,
            from: from.ok_or(wire::NO_SENDER)?,
            service_code: form.some("MSC")?.filter(|msc| is_code(msc)),
            input: Input::Last(Words::new(typed)),
            claim: claim(form.some(names("new", &NEW))?.as_deref()),
            request_id: None,
            network: None,
            echo: Vec::new(),
        })])
    }

    fn reply(&self, _: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply {
        let session = asked.and_then(|ussd| ussd.session.as_deref()).unwrap_or("");
        let state = if screen.ends { "FB" } else { "FC" };
        let headers = vec![
            ("Freeflow", state.to_owned()),
            ("charge", "N".to_owned()),
            ("amount", "0".to_owned()),
            ("cpRefId", reference(session)),
            ("Expires", "-1".to_owned()),
            ("Pragma", "no-cache".to_owned()),
            ("Cache-Control", "max-age=0".to_owned()),
        ];
        let mut response = Response::ok(CHARSET, screen.text.trim_start());
        response.headers = headers;
        response.into()
    }

    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        Response::ok(CHARSET, "")
    }
}

/// The vendor wants the alphabet where HTTP wants a media type.
const CHARSET: &str = "UTF-8";

/// The name under which a value comes: the channel's own, or the known one that is there.
fn named<'a>(channel: &'a Channel, setting: &str, known: &[&'static str], form: &Form) -> &'a str {
    let there = known.iter().copied().find(|name| form.has(name));
    wire::setting(channel, setting).or(there).unwrap_or("")
}

/// `MSC` holds the dialled code or the switch's address.
fn is_code(msc: &str) -> bool {
    msc.starts_with('*') && msc.chars().all(|c| "*#0123456789".contains(c))
}

fn claim(new: Option<&str>) -> Claim {
    match new.map(str::to_ascii_lowercase).as_deref() {
        Some("1" | "true") => Claim::Begins,
        Some("0" | "false") => Claim::Continues,
        _ => Claim::Silent,
    }
}

/// Some handlers give the session id back here, others any number: nothing is known to read it.
fn reference(session: &str) -> String {
    match header_safe(session).as_str() {
        "" => "0".to_owned(),
        session => session.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn a_switch_is_not_a_code() {
        assert!(is_code("*121#"));
        assert!(!is_code("10.2.3.4"));
        assert!(!is_code("254700000000"));
    }
}
