//! The other side of each dialect: what an operator's network does when a person presses keys.
//! Pure: the clock and the dice come in as arguments, requests go out as values.
//!
//! Adding one takes its file and its two lines here (the `mod` and the entry in [`ALL`]).

mod africas_talking;
mod comviva_xml;
mod mtn_madapi;

use std::fmt;

use jiff::Timestamp;

use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Response};
use crate::domain::redact::Words;

/// An operator's network as our callbacks meet it.
pub trait Network: Sync {
    /// The name of the aggregator in channel files.
    fn aggregator(&self) -> &'static str;

    /// A session id in the network's own form.
    fn session(&self, dice: u128) -> String;

    /// What the network sends when the call's code is dialled: nothing has been typed yet.
    fn dial(&self, channel: &Channel, call: &Call) -> Knock;

    /// What the network sends when the last of [`Call::typed`] is answered to a screen.
    fn press(&self, channel: &Channel, call: &Call) -> Knock;

    /// What the network tells when a call is over, if it tells such a thing.
    fn over(&self, channel: &Channel, call: &Call, why: Over) -> Option<Knock>;

    /// The screen in an answer to [`Network::dial`] or [`Network::press`].
    ///
    /// # Errors
    /// [`NotInDialect`] when a real network would show its own error instead.
    fn show(&self, answered: &Answered) -> Result<Shown, NotInDialect>;

    /// What the network sends for a text to a short code; `None` where it carries no texts.
    fn text(&self, _channel: &Channel, _sms: &Texted) -> Option<Knock> {
        None
    }

    /// The network's own API for sending to phones, if it has one.
    fn carrier(&self) -> Option<&dyn Carrier> {
        None
    }
}

/// The API that a network offers to those who send to phones.
pub trait Carrier: Sync {
    /// Takes a request below the channel's `credentials.url`.
    fn carry(&self, channel: &Channel, asked: &Asked<'_>) -> Carried;

    /// The delivery report of a message that reached its phone.
    fn report(&self, channel: &Channel, carried: &Mt, at: Timestamp) -> Knock;
}

/// A subscriber as the network knows them. Any number the network says is true here, one in an
/// outdated form included: understanding it is the gateway's work.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subscriber(String);

/// What was given is not a number that a phone could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone's number is 7 to 15 digits with its country code, as in +2290197000000")]
pub struct NotANumber;

impl Subscriber {
    /// Reads a number with its country code; spaces, dots, dashes and a leading `+` are fine.
    ///
    /// # Errors
    /// [`NotANumber`].
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        let bare = text.strip_prefix('+').unwrap_or(text);
        let digits: String = bare
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}'))
            .collect();
        let plausible =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plausible.then_some(Self(digits)).ok_or(NotANumber)
    }

    /// Without `+`, as operators write it.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// With its `+`.
    pub fn e164(&self) -> String {
        format!("+{}", self.0)
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscriber(…)")
    }
}

/// A USSD call as the network keeps it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The network's id of the session.
    pub session: String,
    /// Who dials.
    pub from: Subscriber,
    /// The channel's code that was dialled (`*7344#`).
    pub service_code: String,
    /// What was dialled beyond it: `["1", "2"]` of `*7344*1*2#`.
    pub deep: Vec<Words>,
    /// What was typed since, the newest last.
    pub typed: Vec<Words>,
    /// Counts the requests of this session from 1.
    pub request: u32,
    /// The last screen that the phone showed.
    pub screen: Words,
    /// When the code was dialled.
    pub began: Timestamp,
    /// When this request is made.
    pub at: Timestamp,
}

impl Call {
    /// The dialled code without its first `*` and its `#`, sub-codes included: `7344*1*2`.
    pub fn dialled(&self) -> String {
        let stem = self.service_code.trim_matches(['*', '#']);
        std::iter::once(stem)
            .chain(self.deep.iter().map(Words::as_str))
            .collect::<Vec<_>>()
            .join("*")
    }

    /// What was typed last; empty if nothing was.
    pub fn last(&self) -> &str {
        self.typed.last().map_or("", Words::as_str)
    }
}

/// A text from a phone to a short code.
#[derive(Debug, Clone)]
pub struct Texted {
    /// Who wrote it.
    pub from: Subscriber,
    /// The short code.
    pub to: String,
    /// What it says.
    pub text: Words,
    /// When it was sent.
    pub at: Timestamp,
    /// Makes its id.
    pub dice: u128,
}

/// How a call came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The last screen was shown.
    Done,
    /// The person hung up.
    HungUp,
    /// The person did not answer in time.
    TimedOut,
}

/// A request that a network makes to a channel's callbacks.
#[derive(Clone, PartialEq, Eq)]
pub struct Knock {
    /// Upper case.
    pub method: &'static str,
    /// Below `/callbacks/{channel}/`: `ussd`, `ussd/end`, `sms`, `receipt`.
    pub door: &'static str,
    /// Headers, the channel's secret among them: never logged.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Knock {
    /// A POST with the header that lets the network in, where the channel has a secret.
    fn post(channel: &Channel, door: &'static str, content_type: &str, body: String) -> Self {
        let mut headers = vec![("Content-Type", content_type.to_owned())];
        if let Some(secret) = &channel.access.secret {
            headers.push((SECRET_HEADER, secret.expose().to_owned()));
        }
        Self {
            method: "POST",
            door,
            headers,
            body,
        }
    }

    /// A POST of a form.
    fn form(channel: &Channel, door: &'static str, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self::post(channel, door, "application/x-www-form-urlencoded", body)
    }
}

impl fmt::Debug for Knock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knock")
            .field("method", &self.method)
            .field("door", &self.door)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The header in which a channel's secret travels.
pub const SECRET_HEADER: &str = "X-Passerelle-Secret";

/// What the phone shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The screen's text.
    pub text: Words,
    /// Whether the call is over with it.
    pub ends: bool,
}

/// An answer that is not in the network's dialect; says why, quotes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotInDialect(pub &'static str);

/// A request to a network's API.
pub struct Asked<'a> {
    /// Upper case.
    pub method: &'a str,
    /// Below the channel's `credentials.url`, without a leading slash.
    pub path: &'a str,
    /// Header names in lower case.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
    /// Makes ids.
    pub dice: u128,
}

impl Asked<'_> {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }
}

/// A message on its way to a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mt {
    /// The network's id for it.
    pub id: String,
    /// Whose phone.
    pub to: Subscriber,
    /// The sender that the phone shows.
    pub from: String,
    /// What it says.
    pub text: Words,
}

/// What the network makes of a request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The answer.
    pub answer: Response,
    /// The messages that it took.
    pub messages: Vec<Mt>,
}

impl Carried {
    /// An answer that takes nothing.
    fn nothing(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            answer: Response {
                status,
                ..Response::ok(content_type, body)
            },
            messages: Vec::new(),
        }
    }
}

/// Every network that can be played.
pub static ALL: &[&dyn Network] = &[
    &comviva_xml::ComvivaXml,
    &africas_talking::AfricasTalking,
    &mtn_madapi::MtnMadapi,
];

/// The network behind an aggregator, if it can be played.
pub fn network(aggregator: &str) -> Option<&'static dyn Network> {
    ALL.iter().copied().find(|n| n.aggregator() == aggregator)
}

/// The body as text, or why not.
fn utf8(answered: &Answered) -> Result<&str, NotInDialect> {
    std::str::from_utf8(&answered.body).map_err(|_| NotInDialect("the body is not UTF-8"))
}

/// An id's random part: 32 hexadecimal digits.
fn hex(dice: u128) -> String {
    format!("{dice:032x}")
}

#[cfg(test)]
mod tests;
