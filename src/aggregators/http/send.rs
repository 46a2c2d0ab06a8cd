//! Sending by templates: the second half of the dialect.

use super::super::wire::template::{Notation, fill};
use super::super::wire::{self, json, sending, setting, xml};
use super::super::{Mt, Sender, Sent};
use super::{Http, element};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, OAuth, Outgoing};
use crate::domain::redact::Secret;

/// The headers that a request to send may carry besides its content type.
pub const HEADERS: [&str; 8] = [
    "Accept",
    "Authorization",
    "SOAPAction",
    "api-key",
    "apikey",
    "x-api-key",
    "x-auth-token",
    "x-token",
];

const BODY: &str = "id={{id}}&to={{to}}&from={{from}}&text={{text}}";

impl Sender for Http {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let write = |template: &str, notation| {
            // The base address is the start of an address, not a value in one.
            let template = template.replace("{{url}}", wire::base(channel, ""));
            fill(&template, notation, |name| Some(place(channel, sms, name)))
        };
        let url = setting(channel, "send.url").unwrap_or("{{url}}");
        let kind = setting(channel, "send.content_type").unwrap_or(sending::FORM);
        let body = setting(channel, "send.body").unwrap_or(BODY);
        let mut request = sending::post(
            write(url, Notation::Address),
            kind,
            write(body, Notation::of(kind)),
        );
        match setting(channel, "send.method") {
            Some("GET") => {
                request.method = "GET";
                request.headers.clear();
                request.body.clear();
            }
            Some("PUT") => request.method = "PUT",
            _ => {}
        }
        for name in HEADERS {
            if let Some(value) = header(channel, name) {
                let value = write(value, Notation::Plain);
                request
                    .headers
                    .push((name, wire::without_line_ends(&value)));
            }
        }
        request.oauth = setting(channel, "send.oauth").map(|url| OAuth {
            url: write(url, Notation::Address),
            client_id: Secret::new(channel.credentials.get("client_id")),
            client_secret: Secret::new(channel.credentials.get("client_secret")),
        });
        request
    }

    fn sent(&self, channel: &Channel, answered: &Answered) -> Sent {
        let why = format!("HTTP {}", answered.status);
        let listed = |name, default| {
            let list = setting(channel, name).unwrap_or(default);
            list.split(',').any(|s| covers(s.trim(), answered.status))
        };
        if listed("send.never", "400, 413, 414, 422") {
            return sending::never(why);
        }
        if !listed("send.success", "2xx") {
            return sending::later(answered, why);
        }
        let body = String::from_utf8_lossy(&answered.body);
        match setting(channel, "send.contains") {
            Some(word) if !body.contains(word) => {
                sending::later(answered, format!("{why} without the word of success"))
            }
            _ => sending::accepted(reference(channel, answered).unwrap_or_default()),
        }
    }
}

/// `send.header.<name>`, the name in any case.
fn header<'a>(channel: &'a Channel, name: &str) -> Option<&'a str> {
    let wanted = format!("send.header.{name}");
    let mut all = channel.dialect.iter();
    let found = all.find(|(key, _)| key.eq_ignore_ascii_case(&wanted));
    found.map(|(_, value)| value.as_str())
}

/// What a place in a template to send is filled with.
fn place(channel: &Channel, sms: &Mt<'_>, name: &str) -> String {
    let from = wire::sender(channel);
    match name {
        "to" => sms.to.e164(),
        "to_no_plus" => sms.to.digits(),
        "to_00" => return format!("00{}", sms.to.digits()),
        "from" => from,
        "from_no_plus" => from.trim_start_matches('+'),
        "text" => sms.text,
        "id" => sms.id,
        "receipt_url" => sms.receipt_url,
        credential => channel.credentials.get(credential),
    }
    .to_owned()
}

/// `200` covers itself, `2xx` every status that starts with 2.
fn covers(pattern: &str, status: u16) -> bool {
    match pattern.strip_suffix("xx") {
        Some(class) => class.parse() == Ok(status / 100),
        None => pattern.parse() == Ok(status),
    }
}

fn reference(channel: &Channel, answered: &Answered) -> Option<String> {
    let path = setting(channel, "send.reference")?;
    if let Ok(body) = json::parse(&answered.body) {
        return json::some(&body, path);
    }
    let root = xml::parse(&answered.body).ok()?;
    element(&root, path).map(|found| found.own_text().trim().to_owned())
}
