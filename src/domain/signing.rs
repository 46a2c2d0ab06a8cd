//! The secrets that sign webhooks (Standard Webhooks 1.0.0), and how one follows another: for a
//! while both sign, so that a receiver may change over when it likes.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::redact::Secret;

/// A secret that can sign.
pub enum SigningKey {
    /// `whsec_` and base64 of 24 to 64 bytes: HMAC-SHA256, signatures `v1,…`.
    Hmac(Vec<u8>),
    /// `whsk_` and base64 of a 32-byte seed or a 64-byte key pair: ed25519, signatures `v1a,…`.
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// Why a secret cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// Neither of the two prefixes.
    #[error("a webhook secret begins with whsec_ (HMAC) or whsk_ (ed25519)")]
    Prefix,
    /// Not base64, or not of the right length.
    #[error(
        "after its prefix a webhook secret is base64: of 24 to 64 bytes for whsec_, of 32 or 64 for whsk_"
    )]
    Bytes,
}

/// An older secret without the time at which it ends, or one that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an older secret is written with its end: `whsec_… until 2026-11-29T08:00:00Z`")]
pub struct NoEnd;

impl SigningKey {
    /// Reads a secret as institutions' files write it.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn parse(secret: &Secret) -> Result<Self, BadSecret> {
        let text = secret.expose();
        let bytes = |base64: &str| STANDARD.decode(base64).map_err(|_| BadSecret::Bytes);
        if let Some(rest) = text.strip_prefix("whsec_") {
            let key = bytes(rest)?;
            return if (24..=64).contains(&key.len()) {
                Ok(Self::Hmac(key))
            } else {
                Err(BadSecret::Bytes)
            };
        }
        let rest = text.strip_prefix("whsk_").ok_or(BadSecret::Prefix)?;
        let key = bytes(rest)?;
        let seed: [u8; 32] = key
            .get(..32)
            .filter(|_| key.len() == 32 || key.len() == 64)
            .and_then(|seed| seed.try_into().ok())
            .ok_or(BadSecret::Bytes)?;
        Ok(Self::Ed25519(Box::new(
            ed25519_dalek::SigningKey::from_bytes(&seed),
        )))
    }

    /// What an institution verifies an ed25519 key's signatures with: `whpk_` and the public key in
    /// base64. None for a shared secret, which has no public half.
    pub fn public(&self) -> Option<String> {
        match self {
            Self::Hmac(_) => None,
            Self::Ed25519(key) => {
                let public = STANDARD.encode(key.verifying_key().as_bytes());
                Some(format!("whpk_{public}"))
            }
        }
    }

    /// One signature in `webhook-signature`, for this body sent at `timestamp` (seconds).
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let content = format!("{id}.{timestamp}.{body}");
        match self {
            Self::Hmac(key) => {
                let signature = Hmac::<Sha256>::new_from_slice(key).map(|mut mac| {
                    mac.update(content.as_bytes());
                    mac.finalize().into_bytes()
                });
                format!("v1,{}", STANDARD.encode(signature.unwrap_or_default()))
            }
            Self::Ed25519(key) => {
                let signature = key.sign(content.as_bytes()).to_bytes();
                format!("v1a,{}", STANDARD.encode(signature))
            }
        }
    }
}

/// What a new secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `whsec_…`: both sides hold it.
    Hmac,
    /// `whsk_…`: the institution holds only the public half.
    Ed25519,
}

/// Makes a secret of these random bytes.
pub fn make(scheme: Scheme, bytes: &[u8; 32]) -> Secret {
    let prefix = match scheme {
        Scheme::Hmac => "whsec_",
        Scheme::Ed25519 => "whsk_",
    };
    Secret::new(format!("{prefix}{}", STANDARD.encode(bytes)))
}

/// An address's secrets: the one in force, and older ones that sign besides until their time.
///
/// Written in a file or a variable, one after the other: `whsec_NEW whsec_OLD until TIME`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secrets {
    current: Secret,
    older: Vec<Older>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Older {
    secret: Secret,
    /// Milliseconds since the epoch.
    until: i64,
}

impl Secrets {
    /// One secret that follows nobody.
    pub fn only(secret: Secret) -> Self {
        Self {
            current: secret,
            older: Vec::new(),
        }
    }

    /// Reads what [`Secrets::write`] writes, on one line or several. Whether the secrets can sign is
    /// not looked at.
    ///
    /// # Errors
    /// [`NoEnd`]
    pub fn read(text: &str) -> Result<Self, NoEnd> {
        let mut words = text.split_whitespace();
        let mut secrets = Self::only(Secret::new(words.next().unwrap_or_default()));
        while let Some(secret) = words.next() {
            let until = words.next().filter(|word| *word == "until");
            let until = until.and_then(|_| words.next()).ok_or(NoEnd)?;
            let until: jiff::Timestamp = until.parse().map_err(|_| NoEnd)?;
            secrets.older.push(Older {
                secret: Secret::new(secret),
                until: until.as_millisecond(),
            });
        }
        Ok(secrets)
    }

    /// As a file or a variable holds them: it shows the secrets.
    pub fn write(&self, between: &str) -> String {
        let mut text = self.current.expose().to_owned();
        for older in &self.older {
            let until = jiff::Timestamp::from_millisecond(older.until).unwrap_or_default();
            let secret = older.secret.expose();
            text.push_str(between);
            // Writing into a string cannot fail.
            let _ = write!(text, "{secret} until {until:.0}");
        }
        text
    }

    /// A new one in force; this one signs on until then, and older ones as long as they would have.
    #[must_use]
    pub fn rotated(&self, new: Secret, now: i64, until: i64) -> Self {
        let last = Older {
            secret: self.current.clone(),
            until,
        };
        let older = self.older.iter().filter(|older| older.until > now).cloned();
        Self {
            current: new,
            older: std::iter::once(last).chain(older).collect(),
        }
    }

    /// The one in force.
    pub fn current(&self) -> &Secret {
        &self.current
    }

    /// Every one of them, whatever the time.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(self.older.iter().map(|older| &older.secret))
    }

    /// The value of `webhook-signature` at `now` (milliseconds): the newest first.
    ///
    /// # Errors
    /// [`BadSecret`], if one that signs now cannot.
    pub fn sign(&self, id: &str, now: i64, body: &str) -> Result<String, BadSecret> {
        let timestamp = now.div_euclid(1000);
        let mut signatures = SigningKey::parse(&self.current)?.sign(id, timestamp, body);
        for older in self.older.iter().filter(|older| older.until > now) {
            signatures.push(' ');
            let key = SigningKey::parse(&older.secret)?;
            signatures.push_str(&key.sign(id, timestamp, body));
        }
        Ok(signatures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    /// 2026-11-22T08:05:00Z
    const NOW: i64 = 1_795_334_700_000;

    fn oracle(secret: &str, at: i64, body: &str) -> String {
        let oracle = standardwebhooks::Webhook::new(secret).expect("a secret");
        oracle.sign("msg_1", at, body.as_bytes()).expect("signs")
    }

    #[test]
    fn the_public_library_verifies_what_we_sign() {
        let body = r#"{"a":"é"}"#;
        let ours = Secrets::only(Secret::new(SECRET)).sign("msg_1", NOW, body);
        assert_eq!(ours, Ok(oracle(SECRET, NOW / 1000, body)));
    }

    #[test]
    fn ed25519_signatures_verify_with_the_public_half() {
        use ed25519_dalek::Verifier;
        let key = SigningKey::parse(&make(Scheme::Ed25519, &[7; 32])).expect("a key");
        let signature = key.sign("msg_1", 5, "{}");
        let bytes = |text: &str, prefix: &str| {
            let base64 = text.strip_prefix(prefix).expect("a prefix");
            STANDARD.decode(base64).expect("base64")
        };
        let public = bytes(&key.public().expect("a public half"), "whpk_");
        let public: [u8; 32] = public.try_into().expect("32 bytes");
        let public = ed25519_dalek::VerifyingKey::from_bytes(&public).expect("a key");
        let signature = ed25519_dalek::Signature::from_slice(&bytes(&signature, "v1a,"));
        assert!(
            public
                .verify(b"msg_1.5.{}", &signature.expect("one"))
                .is_ok()
        );
        assert_eq!(SigningKey::Hmac(vec![0; 32]).public(), None);
    }

    #[test]
    fn for_an_overlap_both_sign_and_then_the_new_one_alone() {
        let before = Secrets::only(Secret::new(SECRET));
        let new = make(Scheme::Hmac, &[9; 32]);
        let after = before.rotated(new.clone(), NOW, NOW + 5_000);
        let text = after.write("\n");
        assert_eq!(
            text,
            format!("{}\n{SECRET} until 2026-11-22T08:05:05Z", new.expose())
        );
        let read = Secrets::read(&text).expect("readable");
        assert_eq!(read, after);
        let both = read.sign("msg_1", NOW, "{}").expect("signs");
        let expected = [new.expose(), SECRET].map(|s| oracle(s, NOW / 1000, "{}"));
        assert_eq!(both, expected.join(" "));
        let then = NOW + 5_000;
        let one = read.sign("msg_1", then, "{}").expect("signs");
        assert_eq!(one, oracle(new.expose(), then / 1000, "{}"));
        // Rotated again in the overlap, three sign; after it the first is forgotten.
        let third = make(Scheme::Ed25519, &[3; 32]);
        let again = read.rotated(third.clone(), NOW + 1, NOW + 9_000);
        assert_eq!(again.all().count(), 3);
        assert_eq!(read.rotated(third, then, then + 1).all().count(), 2);
    }

    #[test]
    fn secrets_that_cannot_sign_say_why() {
        for (secret, why) in [
            ("hunter2", BadSecret::Prefix),
            ("whsec_?", BadSecret::Bytes),
            ("whsec_AAAA", BadSecret::Bytes),
            ("whsk_AAAA", BadSecret::Bytes),
        ] {
            let parsed = SigningKey::parse(&Secret::new(secret));
            assert_eq!(parsed.err(), Some(why), "{secret}");
        }
        for text in ["a b", "a b until", "a b until tomorrow", "a b c d"] {
            assert_eq!(Secrets::read(text), Err(NoEnd), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(secrets) = Secrets::read(&text) {
                prop_assert_eq!(Secrets::read(&secrets.write(" ")), Ok(secrets));
            }
        }
    }
}
