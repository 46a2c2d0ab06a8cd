//! HTTP as plain values: what an aggregator sent us, what we answer, and what we would send.
//!
//! Interpreters read and write these; `web` and `client` are the only rooms that turn them into
//! sockets. Nothing here is async and nothing here logs.

use std::fmt;
use std::time::Duration;

use super::redact::Secret;

/// Which door of `/callbacks/{channel}/…` was knocked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// `…/ussd`: a step of a menu session.
    Ussd,
    /// `…/ussd/end`: the network tells that a session is over.
    UssdEnd,
    /// `…/sms`: a message from a phone (MO).
    Sms,
    /// `…/receipt`: a delivery report for a message to a phone (MT).
    Receipt,
}

/// A request as an aggregator made it, already let in by the channel's access rules.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// Upper case: `GET`, `POST`, `PUT`.
    pub method: &'a str,
    /// The door that was knocked on.
    pub door: Door,
    /// What follows the door in the path, without the leading slash, for aggregators whose
    /// protocol adds to it (Infobip's `session/{id}/start`); empty otherwise.
    pub rest: &'a str,
    /// The raw query string, percent-encoding and repeated names included; empty if none.
    pub query: &'a str,
    /// Header names in lower case, values that are not UTF-8 left out.
    pub headers: &'a [(String, String)],
    /// The raw body, at most the server's limit.
    pub body: &'a [u8],
    /// The address as the aggregator sees it, `server.public_url` + path + query: some sign it.
    pub url: &'a str,
}

impl Callback<'_> {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// What we answer to a callback.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// The `Content-Type`, verbatim (Flares wants the charset alone there); empty sends none.
    pub content_type: &'static str,
    /// Further headers, names as the aggregator spells them.
    pub headers: Vec<(&'static str, String)>,
    /// The body, bytes because some aggregators want raw GSM or UTF-16.
    pub body: Vec<u8>,
}

impl Response {
    /// A 200 with this body.
    pub fn ok(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type,
            headers: Vec::new(),
            body: body.into(),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body is a citizen's screen: its size is all a log may know.
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// A request that an interpreter wants made; `client` carries it out.
#[derive(Clone, PartialEq)]
pub struct Outgoing {
    /// Upper case.
    pub method: &'static str,
    /// The whole address, query included.
    pub url: String,
    /// Headers, secrets among them: never logged.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// A token that has to be fetched first, if the aggregator wants one.
    pub oauth: Option<OAuth>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An OAuth 2.0 client-credentials token (RFC 6749 section 4.4) to put into `Authorization`.
#[derive(Debug, Clone, PartialEq)]
pub struct OAuth {
    /// The token endpoint, query included.
    pub url: String,
    /// The client's id.
    pub client_id: Secret,
    /// The client's secret.
    pub client_secret: Secret,
}

/// What came back for an [`Outgoing`]: body cut at the client's cap.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status code.
    pub status: u16,
    /// `Retry-After`, if it was there and could be read, in seconds or as a date made relative.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered")
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
