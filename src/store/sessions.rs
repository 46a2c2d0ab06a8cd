//! Sessions: each is its own log, in memory or in Redis.

use std::time::Duration;

use super::away::{Away, CannotOpen};
use super::keys::SessionKey;
use super::memory::MemorySessions;
use super::redis::RedisSessions;
use crate::domain::session_url::SessionUrl;

/// Where sessions are kept. Cloneable: clones are the same store.
///
/// A log starts with the header of whoever began it, followed by entries in one order that all
/// readers agree on. An entry may stand there twice in a row after a repaired connection: a
/// reader takes an identical entry for a duplicate.
#[derive(Clone)]
pub enum Sessions {
    /// In this process; gone with it.
    Memory(MemorySessions),
    /// Shared by all instances.
    Redis(RedisSessions),
}

impl Sessions {
    /// Opens the store at an address of the forms in [`session_url`](crate::domain::session_url);
    /// keys begin with `prefix` ([`DEFAULT_PREFIX`](super::keys::DEFAULT_PREFIX)). Connects to
    /// nothing yet, but must be called within the tokio runtime.
    ///
    /// # Errors
    /// [`CannotOpen::Address`] if the address cannot be understood.
    pub fn open(url: &str, prefix: &str) -> Result<Self, CannotOpen> {
        Self::open_trusting(url, prefix, None)
    }

    /// As [`Sessions::open`]; over TLS only certificates signed by `ca` (PEM) are believed, or, if
    /// there is none, those that this machine believes.
    ///
    /// # Errors
    /// [`CannotOpen::Address`] if the address or the certificates cannot be understood.
    pub fn open_trusting(url: &str, prefix: &str, ca: Option<&str>) -> Result<Self, CannotOpen> {
        let url = SessionUrl::parse(url).map_err(|why| CannotOpen::Address(why.0))?;
        match url {
            SessionUrl::Memory => Ok(Self::memory()),
            url => RedisSessions::open(&url, prefix, ca).map(Self::Redis),
        }
    }

    /// A new, empty store in this process.
    pub fn memory() -> Self {
        Self::Memory(MemorySessions::default())
    }

    /// Appends `entry` to the session's log, beginning it with `header` if there is none, and
    /// returns the whole log. It then lives for `ttl`. One round trip.
    ///
    /// A log that would pass [`SESSION_CAP`](super::keys::SESSION_CAP) is returned as it is,
    /// without the entry (empty if not even the first entry fits). `now` is used in memory only;
    /// Redis has its own clock.
    ///
    /// # Errors
    /// [`Away`] after about half a second at most; the entry may have been appended all the same.
    pub async fn append(
        &self,
        key: &SessionKey,
        header: &[u8],
        entry: &[u8],
        ttl: Duration,
        now: i64,
    ) -> Result<Vec<u8>, Away> {
        match self {
            Self::Memory(store) => Ok(store.append(key, header, entry, ttl, now)),
            Self::Redis(store) => store.append(key, header, entry, ttl).await,
        }
    }

    /// The session's log, if it lives. `now` as in [`Sessions::append`].
    ///
    /// # Errors
    /// [`Away`] after about half a second at most.
    pub async fn read(&self, key: &SessionKey, now: i64) -> Result<Option<Vec<u8>>, Away> {
        match self {
            Self::Memory(store) => Ok(store.read(key, now)),
            Self::Redis(store) => store.read(key).await,
        }
    }

    /// Remembers for `ttl` that a phone (`whose`) has begun this session; answers the one that it
    /// began before, if that is remembered. `now` as in [`Sessions::append`].
    ///
    /// # Errors
    /// [`Away`] after about half a second at most.
    pub async fn begin(
        &self,
        whose: &SessionKey,
        session: &SessionKey,
        ttl: Duration,
        now: i64,
    ) -> Result<Option<SessionKey>, Away> {
        match self {
            Self::Memory(store) => Ok(store.begin(whose, session, ttl, now)),
            Self::Redis(store) => store.begin(whose, session, ttl).await,
        }
    }

    /// Ends a session; forgetting one that is not there is fine.
    ///
    /// # Errors
    /// [`Away`] after about half a second at most.
    pub async fn forget(&self, key: &SessionKey) -> Result<(), Away> {
        match self {
            Self::Memory(store) => {
                store.forget(key);
                Ok(())
            }
            Self::Redis(store) => store.forget(key).await,
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`Away`] if it does not, after about half a second at most.
    pub async fn ping(&self) -> Result<(), Away> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Redis(store) => store.ping().await,
        }
    }

    /// What the operator should change about the store, one sentence each: a Redis that drops
    /// living sessions when it is full.
    ///
    /// # Errors
    /// [`Away`] if it does not answer.
    pub async fn advice(&self) -> Result<Vec<String>, Away> {
        match self {
            Self::Memory(_) => Ok(Vec::new()),
            Self::Redis(store) => store.advice().await,
        }
    }

    /// How many sessions this process holds in memory; nothing is known of another store's.
    pub fn held(&self) -> Option<usize> {
        match self {
            Self::Memory(store) => Some(store.len()),
            Self::Redis(_) => None,
        }
    }
}
