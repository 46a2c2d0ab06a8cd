//! The keys in use, kept wrapped.
//!
//! Every key in use is 32 random bytes, kept among the records, encrypted (XChaCha20-Poly1305) with
//! the phone key (`PASSERELLE_PRIVACY__KEY`), which is kept elsewhere. So a new phone key changes
//! what wraps them and which one seals, and neither a lookup nor an alias nor a name.
//!
//! Records of the time before that were made with keys derived from the phone key; theirs are still
//! those ([`PhoneKey::derived`]), wrapped as all others.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use super::citizen::{NONCE, hex, mac};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Finding a citizen by their number.
    Lookup,
    /// Aliases at institutions.
    Alias,
    /// Names of records and sessions, and codes.
    Names,
    /// Numbers at rest. The only purpose with more than one key.
    Seal,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lookup, Self::Alias, Self::Names, Self::Seal];

    /// As it is stored, and as it was always derived by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Alias => "alias",
            Self::Names => "names",
            Self::Seal => "seal",
        }
    }

    /// The purpose of a word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// A key in use.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey {
    /// Its name: safe to store and to show.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made, in milliseconds since the epoch; 0 if it was derived.
    pub made_at: i64,
    bytes: [u8; 32],
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataKey({} {})", self.purpose.word(), self.id)
    }
}

impl DataKey {
    /// A new key out of these random bytes.
    pub fn new(purpose: Purpose, bytes: [u8; 32], made_at: i64) -> Self {
        let id = hex(&mac(&bytes, &[b"passerelle data key id"])[..8]);
        Self {
            id,
            purpose,
            made_at,
            bytes,
        }
    }

    /// The bytes, for the code that seals and blinds with them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }
}

/// A key in use as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The key's name.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub made_at: i64,
    /// The phone key that unwraps it.
    pub root: String,
    /// Nonce and encrypted key.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (purpose, id, root) = (self.purpose.word(), &self.id, &self.root);
        write!(f, "Wrapped({purpose} {id} by {root})")
    }
}

/// The key that the operator keeps.
#[derive(Clone)]
pub struct PhoneKey {
    id: String,
    root: [u8; 32],
    wrap: XChaCha20Poly1305,
}

impl std::fmt::Debug for PhoneKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PhoneKey({})", self.id)
    }
}

impl PhoneKey {
    /// The phone key of these bytes.
    pub fn new(root: &[u8; 32]) -> Self {
        let derive = |purpose: &str| mac(root, &[purpose.as_bytes()]);
        Self {
            id: hex(&derive("passerelle key id")[..4]),
            root: *root,
            wrap: XChaCha20Poly1305::new(&derive("passerelle wrap").into()),
        }
    }

    /// Which phone key this is: safe to store and to show.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The keys in use of records that were made before keys were kept. The one that seals is
    /// called as the phone key is.
    pub fn derived(&self) -> Vec<DataKey> {
        let key = |purpose: Purpose| {
            let name = format!("passerelle {}", purpose.word());
            let id = match purpose {
                Purpose::Seal => self.id.clone(),
                _ => format!("{}-{}", self.id, purpose.word()),
            };
            DataKey {
                id,
                purpose,
                made_at: 0,
                bytes: mac(&self.root, &[name.as_bytes()]),
            }
        };
        Purpose::ALL.map(key).to_vec()
    }

    /// Encrypts a key for keeping.
    pub fn wrap(&self, key: &DataKey, nonce: [u8; NONCE]) -> Wrapped {
        let bound = bound(&key.id, key.purpose, key.made_at);
        let payload = Payload {
            msg: &key.bytes,
            aad: bound.as_bytes(),
        };
        let mut bytes = nonce.to_vec();
        // It fails only for messages of many gigabytes.
        bytes.extend(
            self.wrap
                .encrypt(&XNonce::from(nonce), payload)
                .unwrap_or_default(),
        );
        Wrapped {
            id: key.id.clone(),
            purpose: key.purpose,
            made_at: key.made_at,
            root: self.id.clone(),
            bytes,
        }
    }

    /// The key that was kept; `None` if another phone key wrapped it, or something was changed.
    pub fn unwrap(&self, wrapped: &Wrapped) -> Option<DataKey> {
        if wrapped.root != self.id {
            return None;
        }
        let (nonce, text) = wrapped.bytes.split_first_chunk::<NONCE>()?;
        let bound = bound(&wrapped.id, wrapped.purpose, wrapped.made_at);
        let payload = Payload {
            msg: text,
            aad: bound.as_bytes(),
        };
        let bytes = self.wrap.decrypt(&XNonce::from(*nonce), payload).ok()?;
        Some(DataKey {
            id: wrapped.id.clone(),
            purpose: wrapped.purpose,
            made_at: wrapped.made_at,
            bytes: bytes.try_into().ok()?,
        })
    }
}

/// What a wrapped key is bound to: one key cannot be put in another's place.
fn bound(id: &str, purpose: Purpose, made_at: i64) -> String {
    format!("{}/{id}/{made_at}", purpose.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::citizen::{Caller, Keyring};
    use crate::domain::msisdn::Msisdn;

    fn keys(seed: u8) -> Vec<DataKey> {
        let key = |purpose| DataKey::new(purpose, [seed; 32], 1);
        Purpose::ALL.map(key).to_vec()
    }

    #[test]
    fn a_key_comes_back_only_whole_and_by_its_phone_key() {
        let (ours, theirs) = (PhoneKey::new(&[1; 32]), PhoneKey::new(&[2; 32]));
        let key = DataKey::new(Purpose::Seal, [9; 32], 5);
        let wrapped = ours.wrap(&key, [3; NONCE]);
        assert_eq!(ours.unwrap(&wrapped), Some(key.clone()));
        assert_eq!(theirs.unwrap(&wrapped), None);
        let posing = Wrapped {
            root: theirs.id().into(),
            ..wrapped.clone()
        };
        assert_eq!(theirs.unwrap(&posing), None);
        let misused = Wrapped {
            purpose: Purpose::Alias,
            ..wrapped.clone()
        };
        assert_eq!(ours.unwrap(&misused), None);
        assert!(!wrapped.bytes.windows(8).any(|w| w == [9; 8]));
        assert_eq!(format!("{key:?} {ours:?}").matches("9, 9").count(), 0);
    }

    #[test]
    fn derived_keys_are_those_of_the_time_before() {
        let (then, now) = (
            Keyring::new(&[7; 32]),
            Keyring::of(&PhoneKey::new(&[7; 32]).derived()).expect("all four"),
        );
        let number = Msisdn::opened("+2290163109595".into()).expect("a number");
        let caller = Caller::Known(number);
        let lookup = then.lookup(&caller);
        // Computed apart, by RFC 2104 over the parts as the time before wrote them.
        assert_eq!((then.id(), now.id()), ("3e0a2ea4", "3e0a2ea4"));
        assert_eq!(lookup, "04c170e8921b56c29c2620da869d4a76");
        assert_eq!(now.lookup(&caller), lookup);
        assert_eq!(
            now.alias("bj-sante", &lookup),
            then.alias("bj-sante", &lookup)
        );
        assert!(now.open(&then.seal(&caller, [1; NONCE]), &lookup).is_some());
    }

    #[test]
    fn the_newest_key_seals_and_the_older_ones_open() {
        let old = keys(1);
        let before = Keyring::of(&old).expect("all four");
        let mut both = old.clone();
        both.push(DataKey::new(Purpose::Seal, [8; 32], 2));
        let after = Keyring::of(&both).expect("all four");
        let number = Msisdn::opened("+250788308559".into()).expect("a number");
        let caller = Caller::Known(number.clone());
        let lookup = before.lookup(&caller);
        assert_eq!(after.lookup(&caller), lookup);
        assert_eq!(
            after.alias("rw-desk", &lookup),
            before.alias("rw-desk", &lookup)
        );
        let sealed = before.seal(&caller, [1; NONCE]);
        assert_eq!(after.open(&sealed, &lookup), Some(number.clone()));
        let again = after
            .seal_again(&sealed, &lookup, [2; NONCE])
            .expect("opens");
        assert_eq!(again.key_id, after.id());
        assert_eq!(after.open(&again, &lookup), Some(number));
        assert_eq!(before.open(&again, &lookup), None);
        assert_eq!(after.seal_again(&sealed, "another", [2; NONCE]), None);
        assert!(Keyring::of(&old[..3]).is_none(), "nothing seals");
    }
}
