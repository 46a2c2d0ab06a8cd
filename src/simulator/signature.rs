//! Standard Webhooks 1.0.0, the receiver's side: what every institution has to write once, written
//! here from the specification alone and not with the code that signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::domain::redact::Secret;

/// How far a letter's clock may be from ours, in seconds.
pub const TOLERANCE: i64 = 300;

/// A letter as it came.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since the epoch.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or several, separated by spaces.
    pub signatures: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Why a letter is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// A header is missing.
    #[error("webhook-id, webhook-timestamp or webhook-signature is missing")]
    Unsigned,
    /// Our own secret is not `whsec_` and base64.
    #[error("this inbox has no usable secret")]
    NoSecret,
    /// Not a time, or too far from now.
    #[error("webhook-timestamp is more than five minutes from now")]
    OutOfTime,
    /// None of the signatures is right.
    #[error("the signature does not match")]
    Forged,
}

/// Whether the holder of the secret wrote this letter, and recently.
///
/// # Errors
/// [`Unverified`].
pub fn verify(secret: &Secret, letter: Letter<'_>, now: Timestamp) -> Result<(), Unverified> {
    if letter.id.is_empty() || letter.timestamp.is_empty() || letter.signatures.is_empty() {
        return Err(Unverified::Unsigned);
    }
    let written: i64 = letter
        .timestamp
        .parse()
        .map_err(|_| Unverified::OutOfTime)?;
    if now.as_second().saturating_sub(written).saturating_abs() > TOLERANCE {
        return Err(Unverified::OutOfTime);
    }
    let key = secret
        .expose()
        .strip_prefix("whsec_")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .ok_or(Unverified::NoSecret)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Unverified::NoSecret)?;
    for part in [letter.id, ".", letter.timestamp, "."] {
        mac.update(part.as_bytes());
    }
    mac.update(letter.body);
    let right = letter
        .signatures
        .split(' ')
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
        // `verify_slice` compares in constant time.
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    right.then_some(()).ok_or(Unverified::Forged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NOW: i64 = 1_795_000_000;

    /// What a sender that follows the specification writes, by the standard's own library.
    fn signed(secret: &str, at: i64, body: &[u8]) -> String {
        standardwebhooks::Webhook::new(secret)
            .and_then(|w| w.sign("msg_1", at, body))
            .expect("a secret that signs")
    }

    fn check(secret: &str, at: i64, signatures: &str, body: &[u8]) -> Result<(), Unverified> {
        let timestamp = at.to_string();
        let letter = Letter {
            id: "msg_1",
            timestamp: &timestamp,
            signatures,
            body,
        };
        let now = Timestamp::from_second(NOW).expect("a time");
        verify(&Secret::new(secret), letter, now)
    }

    #[test]
    fn what_the_standards_library_signs_is_believed() {
        let body = "{\"text\":\"l'hôpital * é\"}".as_bytes();
        assert_eq!(check(SECRET, NOW, &signed(SECRET, NOW, body), body), Ok(()));
    }

    #[test]
    fn one_right_signature_among_several_suffices() {
        let (old, new) = (
            signed("whsec_b2xkb2xkb2xk", NOW, b"{}"),
            signed(SECRET, NOW, b"{}"),
        );
        let both = format!("{old} v1a,AAAA v1,%% {new}");
        assert_eq!(check(SECRET, NOW, &both, b"{}"), Ok(()));
    }

    #[test]
    fn what_somebody_else_signed_or_changed_is_refused() {
        let theirs = signed("whsec_b2xkb2xkb2xk", NOW, b"{}");
        assert_eq!(check(SECRET, NOW, &theirs, b"{}"), Err(Unverified::Forged));
        let ours = signed(SECRET, NOW, b"{}");
        assert_eq!(check(SECRET, NOW, &ours, b"{ }"), Err(Unverified::Forged));
        let untagged = ours.trim_start_matches("v1,");
        assert_eq!(check(SECRET, NOW, untagged, b"{}"), Err(Unverified::Forged));
        assert_eq!(check(SECRET, NOW, "", b"{}"), Err(Unverified::Unsigned));
        assert_eq!(
            check("whsec_%", NOW, &ours, b"{}"),
            Err(Unverified::NoSecret)
        );
    }

    #[test]
    fn five_minutes_are_the_limit_on_both_sides() {
        for (offset, want) in [
            (-300, Ok(())),
            (300, Ok(())),
            (-301, Err(Unverified::OutOfTime)),
            (301, Err(Unverified::OutOfTime)),
        ] {
            let at = NOW + offset;
            let got = check(SECRET, at, &signed(SECRET, at, b"{}"), b"{}");
            assert_eq!(got, want, "{offset}");
        }
    }
}
