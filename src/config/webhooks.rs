//! `[[webhooks]]` of an institution: where its events go, and how they are signed.

use super::gate::{Gate, Word};
use super::nearest;
use super::sheet::Table;
use super::values;
use crate::domain::institution::Webhook;
use crate::domain::reach::{self, Reach, Refused};
use crate::domain::redact::Secret;

/// The types of events, as the contract lists them.
pub const EVENTS: [&str; 7] = [
    "feedback.received",
    "feedback.added",
    "feedback.reopened",
    "feedback.overdue",
    "reply.delivered",
    "reply.failed",
    "bulletin.sent",
];

pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>) -> Vec<Webhook> {
    let tables = file.tables("webhooks").into_iter();
    tables
        .filter_map(|table| one(gate, &table.lenient()))
        .collect()
}

fn one(gate: &Gate<'_>, table: &Table<'_>) -> Option<Webhook> {
    let reach = table.flag("private").map(|(private, _)| {
        if private {
            Reach::Private
        } else {
            Reach::Public
        }
    });
    let address = address(gate, table, reach);
    let secret = table.secret("secret");
    if secret.is_none() && !table.has("secret") {
        table.missing("secret", "\"env:…_SECRET\"");
    }
    if let Some(secret) = secret.as_ref().filter(|secret| !secret.missing) {
        check_secret(gate, secret);
    }
    let events = table.words("events");
    if !table.has("events") {
        table.missing("events", "[\"feedback.*\", \"reply.*\"]");
    }
    for event in &events {
        check_event(gate, event);
    }
    let rate = table.word("rate").and_then(|word| {
        let message = format!("{} is no rate", word.shown());
        let parsed = word.value.parse();
        parsed
            .map_err(|help: &str| gate.error(&word.at, message, help))
            .ok()
    });
    table.close();
    let (url, reach) = address?;
    Some(Webhook {
        url,
        reach,
        secret: Secret::new(secret?.value),
        events: events.into_iter().map(|event| event.value).collect(),
        rate,
    })
}

/// Where events go, and how far they may: by default to public addresses only. This very machine,
/// written out, is an exception that nobody makes unawares, and no name can turn into.
fn address(gate: &Gate<'_>, table: &Table<'_>, given: Option<Reach>) -> Option<(String, Reach)> {
    let word = table.need("url", "\"https://…\"")?;
    if word.missing {
        return Some((String::new(), given.unwrap_or(Reach::Public)));
    }
    match values::web_url(&word.value) {
        Ok(url) if given.is_none() && reach::is_this_machine(&url, &word.value) => {
            let help = "fine for trying out; say `private = true` below it if it is meant so";
            gate.warn(&word.at, "this address is on this machine", help);
            Some((url.into(), Reach::Private))
        }
        Ok(url) => {
            let reach = given.unwrap_or(Reach::Public);
            check_reach(gate, &word, reach, &url);
            Some((url.into(), reach))
        }
        Err(help) => {
            gate.error(&word.at, "this is no address to send events to", help);
            None
        }
    }
}

/// What can be known of an address without asking for its name: a name that leads inside is found
/// out at delivery.
fn check_reach(gate: &Gate<'_>, word: &Word, reach: Reach, url: &url::Url) {
    let open = reach == Reach::Private;
    let (message, help) = match reach::judge(reach, url) {
        Ok(()) => {
            if url.scheme() == "http" {
                let help = "use https: citizens' words pass here";
                gate.warn(&word.at, "this address is not encrypted", help);
            }
            return;
        }
        Err(Refused::Plain) => (
            "this address is not encrypted",
            "use https: citizens' words pass here; `private = true` allows http within the institution's own network",
        ),
        Err(Refused::Inside) if open => (
            "nobody's events may go to this address",
            "link-local, multicast, reserved and embedded addresses are never called, with `private = true` neither",
        ),
        Err(Refused::Inside) => (
            "this address leads inside",
            "if the receiver is in the institution's own network, add `private = true` below it",
        ),
        Err(Refused::Credentials) => (
            "this address holds a user or password",
            "leave them out: the signature shows who sends",
        ),
        Err(Refused::Unreadable) => (
            "this is no address to send events to",
            "write an address like `https://example.org/hook`",
        ),
    };
    gate.error(&word.at, message, help);
}

/// Standard Webhooks 1.0.0: `whsec_` and 24 to 64 bytes, or `whsk_` and an ed25519 key.
fn check_secret(gate: &Gate<'_>, word: &Word) {
    const MAKE: &str = "make one with `echo whsec_$(openssl rand -base64 32)`";
    let (bytes, lengths, form) = if let Some(rest) = word.value.strip_prefix("whsec_") {
        (values::base64(rest), 24..=64, "24 to 64 bytes")
    } else if let Some(rest) = word.value.strip_prefix("whsk_") {
        let bytes = values::base64(rest);
        let key = bytes.as_ref().is_none_or(|b| matches!(b.len(), 32 | 64));
        if !key {
            let help = "after `whsk_` comes an ed25519 key: 32 or 64 bytes in base64";
            gate.error(&word.at, "this is no signing key", help);
            return;
        }
        (bytes, 32..=64, "32 or 64 bytes")
    } else {
        let message = "this secret begins with neither `whsec_` nor `whsk_`";
        gate.error(&word.at, message, MAKE);
        return;
    };
    match bytes {
        None => {
            let message = "what follows the secret's `_` is not base64";
            gate.error(&word.at, message, MAKE);
        }
        Some(bytes) if !lengths.contains(&bytes.len()) => {
            let message = format!("this secret has {} bytes", bytes.len());
            let help = format!("Standard Webhooks asks for {form}; {MAKE}");
            gate.warn(&word.at, message, help);
        }
        Some(_) => {}
    }
}

fn check_event(gate: &Gate<'_>, word: &Word) {
    let known = match word.value.strip_suffix('*') {
        Some(stem) => EVENTS.iter().any(|event| event.starts_with(stem)),
        None => EVENTS.contains(&word.value.as_str()),
    };
    if !known {
        let families = ["feedback.*", "reply.*", "bulletin.*"];
        gate.error(
            &word.at,
            format!("there is no event {}", word.shown()),
            nearest::help(&word.value, EVENTS.into_iter().chain(families)),
        );
    }
}
