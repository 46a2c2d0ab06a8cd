//! The back door: carries out a described HTTP request, and nothing else leaves the house.
//!
//! Two ways lead out. Requests to aggregators, whose addresses the operator configures, are
//! trusted ([`Client::send`]). Webhooks are addresses that institutions' files name: they are
//! guarded ([`Client::deliver`]) and cannot lead inside.
//!
//! No redirects, no proxies from the environment, a clock on connecting and on the whole, a cap
//! on what is read back. Errors name no address and no number: they go to logs.

mod guard;
mod tokens;

use std::time::Duration;

use crate::domain::exchange::{Answered, Outgoing};
use crate::domain::reach::{Reach, Refused};
use guard::Guarded;
pub use guard::Names;
use tokens::Tokens;

/// How long to wait and how much to read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the connection to stand.
    pub connect: Duration,
    /// For the whole exchange, body included.
    pub whole: Duration,
    /// Bytes of the answer that are kept; the rest is left unread.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(15),
            body: 16 * 1024,
        }
    }
}

/// Why there is no answer. Every one of them is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The name did not resolve, or nobody listens, or TLS failed.
    #[error("could not connect")]
    Unreachable,
    /// The clock ran out.
    #[error("no answer in time")]
    TooSlow,
    /// The connection broke midway.
    #[error("the connection broke")]
    Broken,
    /// The address or a header is not one.
    #[error("the request cannot be made: check the address")]
    Unmakeable,
    /// The aggregator's token endpoint refused or did not answer.
    #[error("no access token")]
    NoToken,
    /// It leads where this request may not go; a name may lead elsewhere another time.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A client, cheap to clone; its connections are pooled.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    guarded: Guarded,
    limits: Limits,
    tokens: Tokens,
}

/// Installs the TLS provider once a process; later calls change nothing.
pub fn install_tls() {
    // An `Err` says that one is installed already, which is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Client {
    /// A client with these limits.
    ///
    /// # Errors
    /// When the system's certificates cannot be loaded.
    pub fn new(limits: Limits) -> Result<Self, reqwest::Error> {
        Self::with_names(limits, &Names::System)
    }

    /// A client whose guarded requests resolve names so.
    ///
    /// # Errors
    /// When the system's certificates cannot be loaded.
    pub fn with_names(limits: Limits, names: &Names) -> Result<Self, reqwest::Error> {
        install_tls();
        Ok(Self {
            http: plain(limits).build()?,
            guarded: Guarded::new(limits, names)?,
            limits,
            tokens: Tokens::default(),
        })
    }

    /// Makes a request to an address that an institution's file names, as far as it may reach.
    ///
    /// # Errors
    /// [`NoAnswer`] when no HTTP answer came back; any status is an answer.
    pub async fn deliver(&self, reach: Reach, outgoing: &Outgoing) -> Result<Answered, NoAnswer> {
        let (http, url) = self.guarded.way(reach, &outgoing.url)?;
        self.carry_out(http.request(method(outgoing)?, url), outgoing)
            .await
    }

    /// Makes the request, fetching a token first if it needs one.
    ///
    /// # Errors
    /// [`NoAnswer`] when no HTTP answer came back; any status is an answer.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Answered, NoAnswer> {
        let token = match &outgoing.oauth {
            None => None,
            Some(oauth) => Some(self.tokens.get(self, oauth).await?),
        };
        let answered = self.exchange(outgoing, token.as_deref()).await?;
        if let (401, Some(oauth)) = (answered.status, &outgoing.oauth) {
            // The token may have been withdrawn early: the next attempt fetches a new one.
            self.tokens.forget(oauth).await;
        }
        Ok(answered)
    }

    async fn exchange(
        &self,
        outgoing: &Outgoing,
        token: Option<&str>,
    ) -> Result<Answered, NoAnswer> {
        let mut request = self.http.request(method(outgoing)?, &outgoing.url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.carry_out(request, outgoing).await
    }

    async fn carry_out(
        &self,
        request: reqwest::RequestBuilder,
        outgoing: &Outgoing,
    ) -> Result<Answered, NoAnswer> {
        let mut request = request.body(outgoing.body.clone());
        for (name, value) in &outgoing.headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(|e| no_answer(&e))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let mut body = Vec::new();
        while body.len() < self.limits.body {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // The status has come: a body that breaks off does not undo it.
                Err(_) => break,
            }
        }
        body.truncate(self.limits.body);
        Ok(Answered {
            status,
            retry_after,
            body,
        })
    }
}

/// How long a server asks to wait: in seconds, or until a date (RFC 9110 section 10.2.3). A date is
/// measured by the server's own clock, if it tells what that shows.
#[expect(
    clippy::disallowed_methods,
    reason = "a server that does not tell its time is measured by ours: it is about the wire"
)]
fn retry_after(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text| {
        jiff::fmt::rfc2822::parse(text)
            .ok()
            .map(|at| at.timestamp())
    };
    let asked = text("retry-after")?;
    if asked.bytes().all(|b| b.is_ascii_digit()) {
        // A number too long to read is a very long time.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let now = text("date")
        .and_then(date)
        .unwrap_or_else(jiff::Timestamp::now);
    let wait = date(asked)?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or_default())
}

/// What both ways have in common.
fn plain(limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(limits.connect)
        .timeout(limits.whole)
        .user_agent(concat!("passerelle/", env!("CARGO_PKG_VERSION")))
}

fn method(outgoing: &Outgoing) -> Result<reqwest::Method, NoAnswer> {
    reqwest::Method::from_bytes(outgoing.method.as_bytes()).map_err(|_| NoAnswer::Unmakeable)
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if let Some(refused) = guard::refusal(error) {
        NoAnswer::Refused(refused)
    } else if error.is_timeout() {
        NoAnswer::TooSlow
    } else if error.is_connect() {
        NoAnswer::Unreachable
    } else if error.is_builder() {
        NoAnswer::Unmakeable
    } else {
        NoAnswer::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_servers_clock() {
        let asked = |asked: &str, date: &str| {
            let headers = [("retry-after", asked), ("date", date)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| {
                    let name = name.parse::<reqwest::header::HeaderName>().expect("a name");
                    (name, value.parse().expect("a value"))
                })
                .collect();
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        let date = "Wed, 21 Oct 2015 07:28:00 GMT";
        assert_eq!(asked("120", ""), Some(120));
        assert_eq!(asked("Wed, 21 Oct 2015 07:30:00 GMT", date), Some(120));
        assert_eq!(
            asked("Wed, 21 Oct 2015 07:00:00 GMT", date),
            Some(0),
            "past"
        );
        assert_eq!(
            asked("Fri, 01 Jan 2016 00:00:00 GMT", ""),
            Some(0),
            "long past"
        );
        assert_eq!(asked("99999999999999999999999", ""), Some(u64::MAX));
        for nonsense in ["soon", "-5", "1.5", "Wed, 99 Oct 2015"] {
            assert_eq!(asked(nonsense, date), None, "{nonsense}");
        }
        assert_eq!(asked("", date), None);
    }
}
