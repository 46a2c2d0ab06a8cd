//! Sessions in this process alone: for the demo and for one small instance.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::keys::{SESSION_CAP, SessionKey};

/// Locks are held for a few map operations; this many make waiting rare on any machine.
const PARTS: usize = 16;

/// How many expired sessions one append may clear away: more than it can add, so that the dead
/// never outgrow the living, and few enough that no citizen waits for the sweeping.
const SWEPT_AT_ONCE: usize = 4;

/// A cloneable handle; clones share the sessions.
#[derive(Clone, Default)]
pub struct MemorySessions {
    sessions: Arc<[Mutex<Part>; PARTS]>,
    /// The last session of each phone, for as long as it may be taken up again.
    last: Arc<[Mutex<Part>; PARTS]>,
}

#[derive(Default)]
struct Part {
    logs: HashMap<SessionKey, Log>,
    /// The same sessions, soonest to expire first.
    expiries: BTreeSet<(i64, SessionKey)>,
}

struct Log {
    bytes: Vec<u8>,
    /// The first millisecond at which it is gone.
    expires_at: i64,
}

impl MemorySessions {
    pub(super) fn append(
        &self,
        key: &SessionKey,
        header: &[u8],
        entry: &[u8],
        ttl: Duration,
        now: i64,
    ) -> Vec<u8> {
        let mut part = self.part(key);
        part.sweep(now);
        let expires_at = expiry(now, ttl);
        let mut bytes = part
            .take(key, now)
            .unwrap_or_else(|| Vec::with_capacity(header.len() + entry.len()));
        let begun = !bytes.is_empty();
        let head = if begun { &[] } else { header };
        if bytes.len() + head.len() + entry.len() <= SESSION_CAP {
            bytes.extend_from_slice(head);
            bytes.extend_from_slice(entry);
        } else if !begun {
            return Vec::new();
        }
        let answer = bytes.clone();
        part.expiries.insert((expires_at, *key));
        part.logs.insert(*key, Log { bytes, expires_at });
        answer
    }

    pub(super) fn begin(
        &self,
        whose: &SessionKey,
        session: &SessionKey,
        ttl: Duration,
        now: i64,
    ) -> Option<SessionKey> {
        let mut part = lock(&self.last[whose.part(PARTS)]);
        part.sweep(now);
        let before = part.take(whose, now);
        let expires_at = expiry(now, ttl);
        let bytes = session.bytes().to_vec();
        part.expiries.insert((expires_at, *whose));
        part.logs.insert(*whose, Log { bytes, expires_at });
        let before = <[u8; 16]>::try_from(before?).ok()?;
        Some(SessionKey::new(before))
    }

    pub(super) fn read(&self, key: &SessionKey, now: i64) -> Option<Vec<u8>> {
        let part = self.part(key);
        let log = part.logs.get(key)?;
        (log.expires_at > now).then(|| log.bytes.clone())
    }

    pub(super) fn forget(&self, key: &SessionKey) {
        self.part(key).take(key, i64::MIN);
    }

    /// How many sessions are held, the expired but not yet swept among them.
    pub(super) fn len(&self) -> usize {
        self.sessions.iter().map(|part| lock(part).logs.len()).sum()
    }

    fn part(&self, key: &SessionKey) -> MutexGuard<'_, Part> {
        lock(&self.sessions[key.part(PARTS)])
    }
}

/// The first millisecond at which something is gone.
fn expiry(now: i64, ttl: Duration) -> i64 {
    now.saturating_add(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX))
}

/// Nothing is left half-done under these locks, so a holder's panic spoils nothing.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    /// Takes a session out; an expired one is as good as absent.
    fn take(&mut self, key: &SessionKey, now: i64) -> Option<Vec<u8>> {
        let log = self.logs.remove(key)?;
        self.expiries.remove(&(log.expires_at, *key));
        (log.expires_at > now).then_some(log.bytes)
    }

    fn sweep(&mut self, now: i64) {
        for _ in 0..SWEPT_AT_ONCE {
            let Some((expires_at, key)) = self.expiries.first().copied() else {
                return;
            };
            if expires_at > now {
                return;
            }
            self.expiries.pop_first();
            self.logs.remove(&key);
        }
    }
}
