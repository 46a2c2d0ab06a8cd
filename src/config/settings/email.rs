//! `[email]`: the mail server through which institutions without a server get their events.

use std::time::Duration;

use super::super::values::{self, Parsed};
use super::source::Section;
use crate::domain::mail::{self, Relay, Security};
use crate::domain::redact::Secret;

/// `[email]`, where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Email {
    /// The mail server, and how it is talked to.
    pub relay: Relay,
    /// After so much of the local day, the digest of the day before is sent.
    pub digest_at: Duration,
}

/// Where a mail server is, and whether the conversation begins in private.
struct Place {
    host: String,
    port: u16,
    implicit: bool,
    here: bool,
}

pub(super) fn read(section: Section<'_>) -> Option<Email> {
    let text = |key, parse| section.text(key, |text| given(text, parse)).flatten();
    let place = section.text("url", |text| given(text, place)).flatten();
    let from: Option<String> = text("from", address);
    let name = text("username", |text| Ok(text.to_owned()));
    let password = section.secret("password", |text| Ok(Secret::new(text)));
    let private = section.text("tls", tls);
    let ca = text("ca", pem);
    let digest_at = section.text("digest_at", clock);
    if place.is_some() && from.is_none() && !section.is_given("from") {
        let help = "add a line like `from = \"passerelle@example.org\"`";
        section.complain("url", "mail needs a sender: `email.from`", help);
    }
    if name.is_some() && password.is_none() && !section.is_given("password") {
        let help = "add `password = \"env:…\"`, or take `username` out";
        section.complain(
            "username",
            "`email.username` is there without a password",
            help,
        );
    }
    section.close();
    let place = place?;
    let private = private.unwrap_or(place.implicit || !place.here);
    Some(Email {
        relay: Relay {
            host: place.host,
            port: place.port,
            security: match (private, place.implicit) {
                (_, true) => Security::Implicit,
                (true, false) => Security::StartTls,
                (false, false) => Security::None,
            },
            login: name.zip(password),
            ca,
            from: from?,
        },
        digest_at: digest_at.unwrap_or(Duration::from_hours(7)),
    })
}

/// An empty text gives nothing.
fn given<T>(text: &str, parse: fn(&str) -> Parsed<T>) -> Parsed<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some)
}

fn place(text: &str) -> Parsed<Place> {
    const FORM: &str =
        "write it as `smtp://mail.example.org:587` or `smtps://mail.example.org:465`";
    let url = url::Url::parse(text).map_err(|_| FORM)?;
    let (implicit, usual) = match url.scheme() {
        "smtps" => (true, 465),
        "smtp" => (false, 587),
        _ => return Err(FORM.to_owned()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("name and password stand in `email.username` and `email.password`".to_owned());
    }
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let host = url.host_str().filter(|host| bare && !host.is_empty());
    let host = host.ok_or(FORM)?.trim_matches(['[', ']']).to_owned();
    let address: Option<std::net::IpAddr> = host.parse().ok();
    Ok(Place {
        here: host == "localhost" || address.is_some_and(|a| a.is_loopback()),
        port: url.port().filter(|port| *port != 0).unwrap_or(usual),
        host,
        implicit,
    })
}

fn address(text: &str) -> Parsed<String> {
    mail::check_address(text)?;
    Ok(text.to_owned())
}

fn tls(text: &str) -> Parsed<bool> {
    match text {
        "required" => Ok(true),
        "none" => Ok(false),
        _ => Err("write `required` or, for a server on your own network, `none`".to_owned()),
    }
}

fn pem(text: &str) -> Parsed<String> {
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(text.to_owned());
    }
    Err("name a file that holds a certificate in PEM: `file:/etc/ssl/our-ca.pem`".to_owned())
}

/// `07:00`, as the time since midnight.
fn clock(text: &str) -> Parsed<Duration> {
    const FORM: &str = "write it as `07:00`";
    let (hours, minutes) = text.split_once(':').ok_or(FORM)?;
    let hours = values::number(hours, 0, 23).map_err(|_| FORM)?;
    let minutes = values::number(minutes, 0, 59).map_err(|_| FORM)?;
    let minutes = u64::try_from(hours * 60 + minutes).map_err(|_| FORM)?;
    Ok(Duration::from_mins(minutes))
}
