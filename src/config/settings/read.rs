//! Each setting with what it may be.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::files::SETTINGS;
use super::super::gate::{Gate, Spot};
use super::super::sheet::{self, Table};
use super::super::values::{self, Parsed};
use super::email;
use super::source::{Section, Source};
use super::{Delivery, Key, Limits, Privacy, Records, Server, Sessions, Settings, public_url};
use crate::domain::redact::Secret;
use crate::domain::session_url::SessionUrl;

/// Reads the settings. What is wrong keeps its default, so that the rest is checked too.
pub(in crate::config) fn read(gate: &Gate<'_>) -> Settings {
    sheet::read(gate, SETTINGS, |file| Some(all(gate, Some(file))))
        .unwrap_or_else(|| all(gate, None))
}

fn all<'a>(gate: &'a Gate<'a>, file: Option<&Table<'a>>) -> Settings {
    let source = Source::new(gate);
    let (server, simulator) = server(source.section("server", file));
    let settings = Settings {
        server,
        sessions: sessions(gate, source.section("sessions", file)),
        records: records(gate, source.section("records", file)),
        privacy: privacy(source.section("privacy", file)),
        delivery: delivery(source.section("delivery", file)),
        limits: limits(source.section("limits", file)),
        email: email::read(source.section("email", file)),
        simulator,
    };
    source.close();
    whole_countries(gate, &settings);
    settings
}

/// Where each country's own store is, by the country's code as its file is called.
fn by_country(
    gate: &Gate<'_>,
    section: &Section<'_>,
    parse: fn(&str) -> Parsed<Secret>,
) -> BTreeMap<String, Secret> {
    // A country that is called as another setting (`ca`) has no store of its own.
    let ids = gate.files.ids("countries");
    let ids = ids.into_iter().filter(|(id, _)| *id != "ca");
    let own = ids.filter_map(|(id, _)| Some((id.to_ascii_uppercase(), section.secret(id, parse)?)));
    own.collect()
}

/// A country with records of its own and dialogues that go to the others' Redis is half at home.
fn whole_countries(gate: &Gate<'_>, settings: &Settings) {
    let sessions = &settings.sessions;
    for country in settings.records.by_country.keys() {
        let own = sessions.by_country.contains_key(country);
        if !own && sessions.url.expose() != "memory:" {
            let id = country.to_ascii_lowercase();
            gate.warn(
                &Spot::nowhere(SETTINGS),
                format!("`records.{id}` is set and `sessions.{id}` is not"),
                "what is typed there goes to the sessions of all, for as long as a dialogue lasts",
            );
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn server(section: Section<'_>) -> (Server, bool) {
    let mut server = Server::default();
    set(&mut server.listen, section.text("listen", values::listen));
    server.public_url = section
        .text("public_url", values::base_url)
        .unwrap_or_else(|| public_url(server.listen));
    set(
        &mut server.trusted_proxies,
        section.list("trusted_proxies", values::network),
    );
    set(
        &mut server.admin_listen,
        section.text("admin_listen", values::listen),
    );
    let within = |text: &str| values::duration_within(text, SECOND / 10, SECOND * 60);
    set(
        &mut server.answer_within,
        section.text("answer_within", within),
    );
    let bytes = |text: &str| values::number(text, 1024, 16 << 20);
    set(&mut server.max_body, section.whole("max_body", bytes));
    let threads = |text: &str| values::number(text, 0, 1024);
    server.workers = section.whole("workers", threads).filter(|n| *n > 0);
    let simulator = section.flag("simulator", values::flag).unwrap_or(false);
    if server.listen == server.admin_listen && server.listen.port() != 0 {
        section.complain(
            "admin_listen",
            "`server.admin_listen` is the same as `server.listen`",
            "the admin address is for the operator only: give it a port of its own",
        );
    }
    section.close();
    (server, simulator)
}

fn sessions(gate: &Gate<'_>, section: Section<'_>) -> Sessions {
    let mut sessions = Sessions::default();
    set(&mut sessions.url, section.secret("url", sessions_url));
    sessions.by_country = by_country(gate, &section, sessions_url);
    sessions.ca = section.text("ca", certificates).flatten();
    set(&mut sessions.prefix, section.text("prefix", prefix));
    let lifetime = |text: &str| values::duration_within(text, SECOND * 10, SECOND * 86_400);
    set(&mut sessions.lifetime, section.text("lifetime", lifetime));
    let repeat = |text: &str| values::duration_within(text, Duration::ZERO, SECOND * 60);
    set(
        &mut sessions.repeat_within,
        section.text("repeat_within", repeat),
    );
    section.close();
    sessions
}

fn records(gate: &Gate<'_>, section: Section<'_>) -> Records {
    let mut records = Records::default();
    set(&mut records.url, section.secret("url", records_url));
    records.by_country = by_country(gate, &section, records_url);
    section.close();
    records
}

fn privacy(section: Section<'_>) -> Privacy {
    let given = section.kept_secret("key", keys);
    let previous = section.secrets("previous_keys", keys);
    section.close();
    let (mut first, kept) = given.unwrap_or_default();
    let later = first.split_off(first.len().min(1));
    Privacy {
        key: first.pop(),
        previous_keys: later
            .into_iter()
            .chain(previous.into_iter().flatten())
            .collect(),
        kept,
    }
}

/// One key, or several with blanks between.
fn keys(text: &str) -> Parsed<Vec<Key>> {
    if text.trim().is_empty() {
        return key(text).map(|key| vec![key]);
    }
    text.split_whitespace().map(key).collect()
}

fn delivery(section: Section<'_>) -> Delivery {
    let mut delivery = Delivery::default();
    let wait = |text: &str| values::duration_within(text, SECOND / 10, SECOND * 120);
    set(
        &mut delivery.connect_timeout,
        section.text("connect_timeout", wait),
    );
    set(&mut delivery.timeout, section.text("timeout", wait));
    let bytes = |text: &str| values::number(text, 256, 1 << 20);
    set(&mut delivery.max_answer, section.whole("max_answer", bytes));
    let parallel = |text: &str| values::number(text, 1, 1024);
    set(&mut delivery.parallel, section.whole("parallel", parallel));
    set(
        &mut delivery.parallel_each,
        section.whole("parallel_each", parallel),
    );
    section.close();
    delivery
}

fn limits(section: Section<'_>) -> Limits {
    let mut limits = Limits::default();
    let count = |text: &str| values::number(text, 0, 10_000);
    let count = |text: &str| Ok(u32::try_from(count(text)?).unwrap_or(u32::MAX));
    set(&mut limits.at_once, section.whole("at_once", count));
    let wait = |text: &str| values::duration_within(text, SECOND, SECOND * 86_400);
    set(&mut limits.then_every, section.text("then_every", wait));
    set(&mut limits.same_text, section.whole("same_text", count));
    set(&mut limits.same_within, section.text("same_within", wait));
    section.close();
    limits
}

fn set<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

fn sessions_url(text: &str) -> Parsed<Secret> {
    SessionUrl::parse(text)
        .map(|_| Secret::new(text))
        .map_err(|why| why.to_string())
}

fn certificates(text: &str) -> Parsed<Option<String>> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(Some(text.to_owned()));
    }
    Err("certificates in PEM are expected: write `file:/etc/passerelle/redis-ca.pem`".to_owned())
}

fn records_url(text: &str) -> Parsed<Secret> {
    let file = text.strip_prefix("sqlite:").is_some_and(|f| !f.is_empty());
    if file || text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(Secret::new(text));
    }
    Err("write `sqlite:data/passerelle.db` or `postgres://…`".to_owned())
}

fn prefix(text: &str) -> Parsed<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || ":-_.".contains(c);
    if text.len() <= 64 && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("letters, digits, `:`, `-`, `_` and `.`, at most 64".to_owned())
}

fn key(text: &str) -> Parsed<Key> {
    const MAKE: &str = "make one with `openssl rand -base64 32`";
    let bytes = values::base64(text).ok_or_else(|| format!("it is not base64; {MAKE}"))?;
    let length = bytes.len();
    bytes
        .try_into()
        .map(Key::new)
        .map_err(|_| format!("it must be 32 bytes in base64 and is {length}; {MAKE}"))
}
