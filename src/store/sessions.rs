//! Sessions: each is its own log, in memory or in Redis.

use std::time::Duration;

use super::away::{Away, CannotOpen};
use super::keys::SessionKey;
use super::memory::MemorySessions;
use super::redis::RedisSessions;

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
    /// Opens the store at `memory:`, `redis://…`, `rediss://…` or `unix://…`; keys begin with
    /// `prefix` ([`DEFAULT_PREFIX`](super::keys::DEFAULT_PREFIX)). Connects to nothing yet, but
    /// must be called within the tokio runtime.
    ///
    /// # Errors
    /// [`CannotOpen::Address`] if the address cannot be understood.
    pub fn open(url: &str, prefix: &str) -> Result<Self, CannotOpen> {
        match url {
            "memory:" => Ok(Self::memory()),
            _ => RedisSessions::open(url, prefix).map(Self::Redis),
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

    /// How many sessions this process holds in memory; nothing is known of another store's.
    pub fn held(&self) -> Option<usize> {
        match self {
            Self::Memory(store) => Some(store.len()),
            Self::Redis(_) => None,
        }
    }
}
