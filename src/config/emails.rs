//! `[[emails]]` of an institution: people who get its events by mail.

use super::gate::Gate;
use super::sheet::Table;
use super::webhooks;
use crate::domain::institution::Mailbox;
use crate::domain::mail;

/// Reads them; `relay` is whether there is a mail server to send them by.
pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>, relay: bool) -> Vec<Mailbox> {
    let tables = file.tables("emails").into_iter();
    tables
        .map(|table| one(gate, &table.lenient(), relay))
        .collect()
}

fn one(gate: &Gate<'_>, table: &Table<'_>, relay: bool) -> Mailbox {
    let to = table.words("to");
    if !table.has("to") {
        table.missing("to", "[\"name@example.org\"]");
    }
    if table.is_empty_list("to") {
        let help = "write an address like `name@example.org`";
        gate.error(&table.at_value("to"), "nobody gets this mail", help);
    }
    for word in &to {
        if let Err(help) = mail::check_address(&word.value) {
            let message = format!("{} is no address for mail", word.shown());
            gate.error(&word.at, message, help);
        }
    }
    let events = table.words("events");
    for event in &events {
        webhooks::check_event(gate, event);
    }
    let digest = table.word("digest");
    if let Some(word) = digest.as_ref().filter(|word| word.value != "daily") {
        let message = format!("{} is no time for a digest", word.shown());
        gate.error(&word.at, message, "there is one: `digest = \"daily\"`");
    }
    if events.is_empty() && digest.is_none() {
        let help = "add `events = [\"feedback.*\"]`, `digest = \"daily\"`, or both";
        gate.error(table.at(), "nothing is sent to these addresses", help);
    }
    if !relay {
        let help = "set `email.url` and `email.from` in passerelle.toml";
        gate.error(table.at(), "there is no mail server to send this by", help);
    }
    table.close();
    Mailbox {
        to: to.into_iter().map(|word| word.value).collect(),
        events: events.into_iter().map(|event| event.value).collect(),
        digest: digest.is_some(),
    }
}
