//! Sessions in Redis (or Valkey), shared by all instances: one server, the master that Sentinels
//! tell of, or a cluster.

mod advice;
mod link;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, Script, ServerErrorKind};

use self::link::Link;
use self::wire::Way;
use super::away::{Away, CannotOpen};
use super::keys::{SESSION_CAP, SessionKey};
use crate::domain::session_url::SessionUrl;

/// Whatever has to be found, connected, repeated: a citizen waits, and is told by then.
const PATIENCE: Duration = Duration::from_millis(450);
/// A session's longest life; a longer one is a mistake, and Redis refuses absurd ones.
const MAX_TTL: Duration = Duration::from_hours(24 * 30);

/// A cloneable handle; clones share their connections: one a thread, or one a node of a cluster.
#[derive(Clone)]
pub struct RedisSessions {
    link: Arc<Link>,
    prefix: Arc<str>,
    tls: bool,
    append: Arc<Append>,
}

/// The one script, by its name and in full.
struct Append {
    sha1: String,
    text: &'static str,
}

impl RedisSessions {
    /// Prepares the connection; it is made by the first command, so a server that is down now
    /// delays nobody. `ca`: PEM certificates to believe in place of the system's.
    pub(super) fn open(
        url: &SessionUrl,
        prefix: &str,
        ca: Option<&str>,
    ) -> Result<Self, CannotOpen> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(CannotOpen::Address(
                "the session store must be opened within the runtime",
            ));
        }
        let text = include_str!("append.lua");
        Ok(Self {
            link: Arc::new(Link::new(url.place(), Way::to(url, ca)?)),
            prefix: prefix.into(),
            tls: url.tls(),
            append: Arc::new(Append {
                sha1: Script::new(text).get_hash().to_owned(),
                text,
            }),
        })
    }

    pub(super) async fn append(
        &self,
        key: &SessionKey,
        header: &[u8],
        entry: &[u8],
        ttl: Duration,
    ) -> Result<Vec<u8>, Away> {
        let ttl = milliseconds(ttl);
        let script = |command: &str, script: &str| {
            let mut call = redis::cmd(command);
            call.arg(script)
                .arg(1)
                .arg(key.redis(&self.prefix))
                .arg(header)
                .arg(entry)
                .arg(ttl)
                .arg(SESSION_CAP);
            call
        };
        self.in_time(async {
            // Repeating is safe although APPEND is not idempotent: if the first one did arrive,
            // the log has the same entry twice, which its reader takes for one.
            match self.ask(&script("EVALSHA", &self.append.sha1)).await {
                // A server that knows the script no more (restarted, another node) learns it by
                // being given it in full.
                Err(error) if error.kind() == ServerErrorKind::NoScript.into() => {
                    self.ask(&script("EVAL", self.append.text)).await
                }
                answer => answer,
            }
        })
        .await
    }

    pub(super) async fn begin(
        &self,
        whose: &SessionKey,
        session: &SessionKey,
        ttl: Duration,
    ) -> Result<Option<SessionKey>, Away> {
        let before: Option<Vec<u8>> = self
            .one(
                redis::cmd("SET")
                    .arg(whose.redis_last(&self.prefix))
                    .arg(&session.bytes()[..])
                    .arg("PX")
                    .arg(milliseconds(ttl))
                    .arg("GET"),
            )
            .await?;
        let before = before.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        Ok(before.map(SessionKey::new))
    }

    pub(super) async fn read(&self, key: &SessionKey) -> Result<Option<Vec<u8>>, Away> {
        self.one(redis::cmd("GET").arg(key.redis(&self.prefix)))
            .await
    }

    pub(super) async fn forget(&self, key: &SessionKey) -> Result<(), Away> {
        self.one(redis::cmd("DEL").arg(key.redis(&self.prefix)))
            .await
    }

    pub(super) async fn ping(&self) -> Result<(), Away> {
        self.one(&redis::cmd("PING")).await
    }

    /// What the operator should change about the servers, one sentence each.
    pub(super) async fn advice(&self) -> Result<Vec<String>, Away> {
        let wire = self.in_time(async { self.link.wire().await.map(|w| w.1) });
        let wire = wire.await?;
        self.in_time(advice::of(wire, self.link.place())).await
    }

    async fn one<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Away> {
        self.in_time(self.ask(command)).await
    }

    /// One command, repeated once where that may help; only for commands that may be.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let (which, mut wire) = self.link.wire().await?;
        let error = match command.query_async(&mut wire).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if !wire.is_spoilt_by(&error) {
            return Err(error);
        }
        self.link.discard(which);
        if error.is_timeout() {
            // The citizen's time is spent.
            return Err(error);
        }
        let (which, mut wire) = self.link.wire().await?;
        let answer = command.query_async(&mut wire).await;
        if answer.as_ref().is_err_and(|e| wire.is_spoilt_by(e)) {
            self.link.discard(which);
        }
        answer
    }

    async fn in_time<T>(
        &self,
        answer: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, Away> {
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Away::sessions(self.link.place(), why(&error, self.tls))),
            Err(_) => Err(Away::sessions(self.link.place(), LATE)),
        }
    }
}

/// A lifetime as Redis takes it.
fn milliseconds(ttl: Duration) -> u64 {
    let ttl = ttl.clamp(Duration::from_millis(1), MAX_TTL).as_millis();
    u64::try_from(ttl).unwrap_or(u64::MAX)
}

const LATE: &str = "no answer in time";

/// What is wrong, and how to mend it where that is known. The server's own words after its code
/// (`OOM`, `READONLY`, …) are left out: they may quote us.
fn why(error: &RedisError, tls: bool) -> String {
    if error.is_timeout() {
        return LATE.to_owned();
    }
    if error.is_connection_refusal() {
        return "connection refused".to_owned();
    }
    if let Some(own) = link::own_words(error) {
        return own.to_owned();
    }
    if error.is_io_error() {
        // A certificate that is not believed can look like any other end of a connection.
        let tls = if tls {
            ", or its certificate is not believed: see `sessions.ca`"
        } else {
            ""
        };
        return format!("connection lost{tls}");
    }
    if error.kind() == ErrorKind::AuthenticationFailed {
        return "user or password are not taken".to_owned();
    }
    let code = error.code().unwrap_or_default();
    match code {
        "OOM" => "it is full (OOM): raise its maxmemory; sessions need about 1 kB each".to_owned(),
        "MOVED" | "ASK" => {
            format!("it is a node of a cluster ({code}): write `redis-cluster://` for it")
        }
        "NOPERM" => "its user may not do what sessions need (NOPERM): see Redis in docs/running.md"
            .to_owned(),
        "NOAUTH" | "WRONGPASS" => "user or password are not taken".to_owned(),
        _ => format!("{:?} {code}", error.kind()).trim_end().to_owned(),
    }
}
