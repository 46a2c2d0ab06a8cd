//! Every key that this program writes to Redis: there is no schema there but this page.
//!
//! | pattern | type | lifetime | written by | holds |
//! |---|---|---|---|---|
//! | `{prefix}s:{22 × base64url}` | string | `ttl` of the last append (PEXPIRE, always) | `sessions` | a session's log: header, then entries, at most [`SESSION_CAP`] bytes |
//! | `{prefix}r:{22 × base64url}` | string | as long as the menu offers to resume (SET … PX) | `sessions` | 16 bytes: the key of the last session that a phone began on a channel |
//!
//! `{prefix}` is the operator's (default [`DEFAULT_PREFIX`]), so that several gateways, or a
//! test, can share one server. The 22 characters are 16 bytes of a keyed hash: neither a number
//! nor an aggregator's session id can be read from a key. Every script touches one key, so that a
//! cluster may place it anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The prefix of every key, unless the operator names another.
pub const DEFAULT_PREFIX: &str = "passerelle:";

/// The longest a session's log may become, in bytes; an entry that would pass it is not kept.
pub const SESSION_CAP: usize = 16 * 1024;

/// Which session: 16 bytes of a keyed hash over channel and session, made by the caller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey([u8; 16]);

impl SessionKey {
    /// Wraps the hash; it must be keyed, or a number could be guessed from it.
    pub fn new(hash: [u8; 16]) -> Self {
        Self(hash)
    }

    /// Which of `count` parts it falls into: the bytes are a hash, so the first spreads well.
    pub(super) fn part(&self, count: usize) -> usize {
        usize::from(self.0[0]) % count
    }

    /// The hash.
    pub(super) fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// The key of the session in Redis.
    pub(super) fn redis(&self, prefix: &str) -> String {
        self.named(prefix, "s:")
    }

    /// The key in Redis under which the last session of a phone is remembered.
    pub(super) fn redis_last(&self, prefix: &str) -> String {
        self.named(prefix, "r:")
    }

    fn named(&self, prefix: &str, kind: &str) -> String {
        let mut key = String::with_capacity(prefix.len() + 24);
        key.push_str(prefix);
        key.push_str(kind);
        URL_SAFE_NO_PAD.encode_string(self.0, &mut key);
        key
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_key_has_the_documented_shape() {
        let key = SessionKey::new([0xfb; 16]).redis("test:");
        let tail = key.strip_prefix("test:s:").expect("prefix");
        assert_eq!(tail.len(), 22);
        assert!(
            tail.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        );
    }
}
