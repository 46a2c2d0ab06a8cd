//! Who a citizen is to us, to an institution, and at rest: never a number in the clear.
//!
//! Each use has a key of its own, so that no two uses can be compared; where they come from and how
//! they are kept is in [`super::vault`].

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::feedback::Sealed;
use super::msisdn::Msisdn;
use super::redact::RawNumber;
use super::vault::{DataKey, PhoneKey, Purpose};

/// Bytes of a nonce (XChaCha20-Poly1305): random, never counted.
pub const NONCE: usize = 24;

/// Crockford's base32 in lower case: no i, l, o, u.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How the name begins that stands for a citizen whose number is not kept.
const ONCE: &str = "once";

/// Whether a record's citizen is one whose number was never kept.
pub fn is_once(citizen: &str) -> bool {
    citizen.starts_with("once_")
}

/// The keys in use.
#[derive(Clone)]
pub struct Keyring {
    /// Never empty; the newest first, which seals. All of them open.
    seals: Vec<Seal>,
    lookup: [u8; 32],
    alias: [u8; 32],
    names: [u8; 32],
}

#[derive(Clone)]
struct Seal {
    id: String,
    made_at: i64,
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({})", self.id())
    }
}

/// Who dials or texts: a number that the country's plan has, or one that it has not (yet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A subscriber.
    Known(Msisdn),
    /// Someone whose number we cannot place: served all the same, but not texted back.
    Unplaced(String),
}

impl Keyring {
    /// The keys in use as they follow from a phone key alone.
    pub fn new(root: &[u8; 32]) -> Self {
        let derived = PhoneKey::new(root).derived();
        let bytes = |purpose| {
            let found = derived.iter().find(|key| key.purpose == purpose);
            found.map_or([0; 32], |key| *key.expose())
        };
        let seals = derived.iter().filter(|key| key.purpose == Purpose::Seal);
        Self {
            seals: seals.map(Seal::of).collect(),
            lookup: bytes(Purpose::Lookup),
            alias: bytes(Purpose::Alias),
            names: bytes(Purpose::Names),
        }
    }

    /// The keys in use out of those that were kept; `None` if one is missing.
    pub fn of(keys: &[DataKey]) -> Option<Self> {
        let bytes = |purpose| {
            let found = keys.iter().find(|key| key.purpose == purpose);
            found.map(|key| *key.expose())
        };
        let seals = keys.iter().filter(|key| key.purpose == Purpose::Seal);
        let mut seals: Vec<Seal> = seals.map(Seal::of).collect();
        seals.sort_by(|a, b| (b.made_at, &b.id).cmp(&(a.made_at, &a.id)));
        if seals.is_empty() {
            return None;
        }
        Some(Self {
            seals,
            lookup: bytes(Purpose::Lookup)?,
            alias: bytes(Purpose::Alias)?,
            names: bytes(Purpose::Names)?,
        })
    }

    /// Which key seals: safe to store and to show.
    pub fn id(&self) -> &str {
        self.seals.first().map_or("", |seal| seal.id.as_str())
    }

    /// When that key was made.
    pub fn made_at(&self) -> i64 {
        self.seals.first().map_or(0, |seal| seal.made_at)
    }

    /// All keys that open, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.seals.iter().map(|seal| seal.id.as_str())
    }

    /// The key under which a caller's records are found: the same for one number, and telling
    /// nothing of it without the root key.
    pub fn lookup(&self, caller: &Caller) -> String {
        let number = match caller {
            Caller::Known(msisdn) => mac(&self.lookup, &[b"e164", msisdn.e164().as_bytes()]),
            Caller::Unplaced(raw) => mac(&self.lookup, &[b"raw", raw.as_bytes()]),
        };
        hex(&number[..16])
    }

    /// The keys under which a number may have been kept before its country's plan knew it as it
    /// does now; `former` is how it may have been written ([`super::msisdn::Numbering::former`]).
    pub fn former_lookups(&self, former: &[String]) -> Vec<String> {
        let each = |number: &String| {
            let known = Msisdn::opened(number.clone()).map(Caller::Known);
            let unplaced = Some(Caller::Unplaced(number.clone()));
            [known, unplaced].into_iter().flatten()
        };
        let callers = former.iter().flat_map(each);
        callers.map(|caller| self.lookup(&caller)).collect()
    }

    /// A citizen as one institution may know them. Another institution's alias for the same
    /// citizen cannot be matched with it.
    pub fn alias(&self, institution: &str, lookup: &str) -> String {
        let alias = mac(&self.alias, &[institution.as_bytes(), lookup.as_bytes()]);
        format!("cz_{}", base32(&alias[..12]))
    }

    /// Stands for the citizen of one feedback whose number is not kept: derived from that
    /// feedback's key alone, it leads to no number and to nothing else that they said.
    pub fn once(&self, feedback_key: &str) -> String {
        self.name(ONCE, &[feedback_key])
    }

    /// Encrypts a caller's number, bound to its lookup key.
    pub fn seal(&self, caller: &Caller, nonce: [u8; NONCE]) -> Sealed {
        let number = match caller {
            Caller::Known(msisdn) => msisdn.e164(),
            Caller::Unplaced(raw) => raw,
        };
        let lookup = self.lookup(caller);
        self.seal_text(number, &lookup, nonce)
    }

    /// Seals a number with the newest key that an older one had sealed; `None` if no key opens it.
    pub fn seal_again(&self, sealed: &Sealed, lookup: &str, nonce: [u8; NONCE]) -> Option<Sealed> {
        let number = self.open_as_written(sealed, lookup)?;
        Some(self.seal_text(number.expose(), lookup, nonce))
    }

    fn seal_text(&self, number: &str, lookup: &str, nonce: [u8; NONCE]) -> Sealed {
        let payload = Payload {
            msg: number.as_bytes(),
            aad: lookup.as_bytes(),
        };
        let mut bytes = nonce.to_vec();
        // Encryption fails only for messages of many gigabytes; an unreadable seal loses a number,
        // a panic here would lose what the citizen said.
        let cipher = self.seals.first().map(|seal| &seal.cipher);
        let text = cipher.and_then(|cipher| cipher.encrypt(&XNonce::from(nonce), payload).ok());
        bytes.extend(text.unwrap_or_default());
        Sealed {
            key_id: self.id().to_owned(),
            bytes,
        }
    }

    /// Opens a number; `None` with another key, for another citizen, or if it is not a
    /// subscriber's number that a message could be sent to.
    pub fn open(&self, sealed: &Sealed, lookup: &str) -> Option<Msisdn> {
        Msisdn::opened(self.open_as_written(sealed, lookup)?.expose().to_owned())
    }

    /// Opens a number as it was sealed, be it a subscriber's or one that could not be placed.
    pub fn open_as_written(&self, sealed: &Sealed, lookup: &str) -> Option<RawNumber> {
        let seal = self.seals.iter().find(|seal| seal.id == sealed.key_id)?;
        let (nonce, text) = sealed.bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: text,
            aad: lookup.as_bytes(),
        };
        let number = seal.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        Some(RawNumber::new(String::from_utf8(number).ok()?))
    }

    /// Sixteen bytes under which the store remembers the last session that a phone began on a
    /// channel.
    pub fn last_session(&self, channel: &str, lookup: &str) -> [u8; 16] {
        let name = mac(
            &self.names,
            &[b"last session", channel.as_bytes(), lookup.as_bytes()],
        );
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&name[..16]);
        bytes
    }

    /// Sixteen bytes that name a session in the store.
    pub fn session(&self, channel: &str, session: Option<&str>, lookup: &str) -> [u8; 16] {
        let name = match session {
            Some(session) => mac(
                &self.names,
                &[
                    b"session",
                    channel.as_bytes(),
                    session.as_bytes(),
                    lookup.as_bytes(),
                ],
            ),
            None => mac(
                &self.names,
                &[b"caller", channel.as_bytes(), lookup.as_bytes()],
            ),
        };
        let mut out = [0; 16];
        out.copy_from_slice(&name[..16]);
        out
    }

    /// A name derived from what it is of: the same parts, the same name (`fb_…`, `msg_…`).
    pub fn name(&self, prefix: &str, parts: &[&str]) -> String {
        format!("{prefix}_{}", base32(&self.derived(prefix, parts)[..16]))
    }

    /// A name that sorts by time: `at` (milliseconds) before what is derived. Records whose names
    /// come in order are written side by side, which halves what filing costs.
    pub fn name_at(&self, prefix: &str, at: i64, parts: &[&str]) -> String {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&at.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&self.derived(prefix, parts)[..10]);
        format!("{prefix}_{}", base32(&bytes))
    }

    /// Bytes for a code, derived so that one cannot be guessed from another.
    pub fn code_bytes(&self, parts: &[&str]) -> [u8; 8] {
        let mut out = [0; 8];
        out.copy_from_slice(&self.derived("code", parts)[..8]);
        out
    }

    fn derived(&self, prefix: &str, parts: &[&str]) -> [u8; 32] {
        let mut all = vec![prefix.as_bytes()];
        all.extend(parts.iter().map(|p| p.as_bytes()));
        mac(&self.names, &all)
    }
}

impl Seal {
    fn of(key: &DataKey) -> Self {
        Self {
            id: key.id.clone(),
            made_at: key.made_at,
            cipher: XChaCha20Poly1305::new(key.expose().into()),
        }
    }
}

/// HMAC-SHA256 over parts, each with its length before it, so that no two lists look alike.
pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than SHA-256's block is padded with zeros (RFC 2104 section 2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    let both = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    both.map(digit).collect()
}

/// Crockford's base32, lower case, without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: &str) -> Caller {
        Caller::Known(Msisdn::opened(number.into()).expect("a number"))
    }

    #[test]
    fn a_sealed_number_opens_only_with_its_key_and_for_its_citizen() {
        let (ours, theirs) = (Keyring::new(&[1; 32]), Keyring::new(&[2; 32]));
        let citizen = caller("+2290163109595");
        let lookup = ours.lookup(&citizen);
        let sealed = ours.seal(&citizen, [9; NONCE]);
        let opened = ours.open(&sealed, &lookup).expect("opens");
        assert_eq!(opened.e164(), "+2290163109595");
        assert_eq!(theirs.open(&sealed, &lookup), None);
        assert_eq!(ours.open(&sealed, "another"), None);
        let posing = Sealed {
            key_id: theirs.id().into(),
            ..sealed.clone()
        };
        assert_eq!(theirs.open(&posing, &lookup), None);
        assert!(!sealed.bytes.windows(6).any(|w| w == b"163109"));
    }

    #[test]
    fn two_institutions_learn_nothing_from_each_other() {
        let keys = Keyring::new(&[1; 32]);
        let lookup = keys.lookup(&caller("+250788308559"));
        assert_eq!(
            keys.alias("rw-police", &lookup),
            keys.alias("rw-police", &lookup)
        );
        assert_ne!(
            keys.alias("rw-police", &lookup),
            keys.alias("rw-desk", &lookup)
        );
    }

    #[test]
    fn a_citizen_of_one_feedback_is_nobody_elsewhere() {
        let keys = Keyring::new(&[1; 32]);
        let (one, other) = (keys.once("key_1"), keys.once("key_2"));
        assert_ne!(one, other);
        assert_ne!(keys.alias("bj-sante", &one), keys.alias("bj-sante", &other));
        assert!(is_once(&one) && !is_once(""));
        assert!(!is_once(&keys.lookup(&caller("+250788308559"))));
    }

    #[test]
    fn names_do_not_run_together() {
        let keys = Keyring::new(&[1; 32]);
        assert_ne!(keys.name("fb", &["ab", "c"]), keys.name("fb", &["a", "bc"]));
        assert_eq!(keys.name("fb", &["a"]).len(), 3 + 26);
        assert_eq!(keys.name_at("fb", 1, &["a"]).len(), 3 + 26);
        assert!(keys.name_at("fb", 1, &["a"]) < keys.name_at("fb", 2, &["a"]));
        assert_ne!(keys.name_at("fb", 1, &["a"]), keys.name_at("fb", 1, &["b"]));
        assert_eq!(base32(&[0xff; 5]), "zzzzzzzz");
        assert_eq!(base32(b"foobar"), "csqpyrk1e8");
    }

    #[test]
    fn an_unplaced_number_is_kept_but_not_texted() {
        let keys = Keyring::new(&[1; 32]);
        let odd = Caller::Unplaced("250750123456".into());
        let sealed = keys.seal(&odd, [3; NONCE]);
        assert_eq!(keys.open(&sealed, &keys.lookup(&odd)), None);
    }
}
