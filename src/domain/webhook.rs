//! Standard Webhooks 1.0.0: what an institution receives, and how it knows that it is from us.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::feedback::{Experience, Feedback};
use super::institution::Webhook;
use super::redact::Secret;
use super::service::Service;

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

    /// The value of `webhook-signature` for this body sent at `timestamp` (seconds).
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
                format!(
                    "v1a,{}",
                    STANDARD.encode(key.sign(content.as_bytes()).to_bytes())
                )
            }
        }
    }
}

/// The headers of one attempt.
///
/// # Errors
/// [`BadSecret`], if the secret in force cannot sign.
pub fn headers(
    webhook: &Webhook,
    id: &str,
    now: i64,
    body: &str,
) -> Result<Vec<(&'static str, String)>, BadSecret> {
    let timestamp = now.div_euclid(1000);
    let signature = SigningKey::parse(&webhook.secret)?.sign(id, timestamp, body);
    Ok(vec![
        ("Content-Type", "application/json".into()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ])
}

/// A moment as the API writes it: RFC 3339, UTC, milliseconds.
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|t| format!("{t:.3}"))
        .unwrap_or_default()
}

/// A feedback as institutions see it: the contract's section 4, the same in webhooks and API.
#[derive(Serialize)]
pub struct FeedbackView<'a> {
    id: &'a str,
    code: &'a str,
    country: &'a str,
    institution: &'a str,
    channel: ChannelView<'a>,
    experience: Option<Experience>,
    place: Option<PlaceView<'a>>,
    office: Option<&'a str>,
    text: &'a str,
    language: &'a str,
    citizen: CitizenView<'a>,
    received_at: String,
    reply_by: Option<String>,
    complete: bool,
}

#[derive(Serialize)]
struct ChannelView<'a> {
    id: &'a str,
    kind: super::feedback::Kind,
    operator: Option<&'a str>,
}

#[derive(Serialize)]
struct PlaceView<'a> {
    code: &'a str,
    name: &'a str,
    path: Vec<&'a str>,
}

#[derive(Serialize)]
struct CitizenView<'a> {
    alias: &'a str,
    /// Filled only if the citizen said yes to it; nobody can be asked yet.
    phone: Option<&'a str>,
}

impl<'a> FeedbackView<'a> {
    /// The view of a feedback; a place that is no longer in the files shows its code alone.
    pub fn new(service: &'a Service, feedback: &'a Feedback) -> Self {
        let place = feedback.place.as_deref().map(|code| {
            let tree = &service.places;
            let index = tree.find(code);
            let name = |i: usize| tree.get(i).map_or("", |p| p.name.as_str());
            PlaceView {
                code,
                name: index.map_or(code, name),
                path: index
                    .map(|i| tree.path(i).into_iter().map(name).collect())
                    .unwrap_or_default(),
            }
        });
        Self {
            id: &feedback.id,
            code: &feedback.code,
            country: &feedback.country,
            institution: &feedback.institution,
            channel: ChannelView {
                id: &feedback.channel,
                kind: feedback.kind,
                operator: feedback.operator.as_deref(),
            },
            experience: feedback.experience,
            place,
            office: feedback.office.as_deref(),
            text: feedback.text.as_str(),
            language: &feedback.language,
            citizen: CitizenView {
                alias: &feedback.alias,
                phone: None,
            },
            received_at: rfc3339(feedback.received_at),
            reply_by: feedback.reply_by.map(rfc3339),
            complete: feedback.complete,
        }
    }
}

/// A feedback, and what an event tells besides.
#[derive(Serialize)]
pub struct With<'a> {
    /// The feedback.
    #[serde(flatten)]
    pub feedback: FeedbackView<'a>,
    /// An object: its members stand beside the feedback's.
    #[serde(flatten)]
    pub more: serde_json::Value,
}

/// What `reply.delivered` and `reply.failed` say.
#[derive(Serialize)]
pub struct ReplyOutcome<'a> {
    /// `rp_…`
    pub id: &'a str,
    /// The feedback it answers.
    pub feedback: &'a str,
    /// The feedback's code.
    pub code: &'a str,
    /// Why it failed, in words that hold no number; none when it was delivered.
    pub why: Option<&'a str>,
}

/// The body of an event. `at` is when it happened, milliseconds since the epoch.
pub fn body(event: &str, at: i64, data: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Event<'a, T> {
        r#type: &'a str,
        timestamp: String,
        data: &'a T,
    }
    let event = Event {
        r#type: event,
        timestamp: rfc3339(at),
        data,
    };
    serde_json::to_string(&event).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(secret: &str) -> Webhook {
        let reach = crate::domain::reach::Reach::Public;
        Webhook::new(
            "https://example.org/hook",
            reach,
            Secret::new(secret),
            &["*"],
        )
    }

    #[test]
    fn the_public_library_verifies_what_we_sign() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let now = jiff::Timestamp::from_second(1_763_800_000)
            .expect("a time")
            .as_millisecond();
        let ours = headers(&webhook(secret), "msg_1", now, r#"{"a":"é"}"#).expect("signs");
        let oracle = standardwebhooks::Webhook::new(secret).expect("a secret");
        let theirs = oracle
            .sign("msg_1", now / 1000, r#"{"a":"é"}"#.as_bytes())
            .expect("signs");
        assert_eq!(ours.last().map(|(_, v)| v.as_str()), Some(theirs.as_str()));
    }

    #[test]
    fn ed25519_signatures_verify() {
        use ed25519_dalek::Verifier;
        let seed = STANDARD.encode([7; 32]);
        let key = SigningKey::parse(&Secret::new(format!("whsk_{seed}"))).expect("a key");
        let signature = key.sign("msg_1", 5, "{}");
        let bytes = STANDARD
            .decode(signature.strip_prefix("v1a,").expect("v1a"))
            .expect("base64");
        let public = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
        let signature = ed25519_dalek::Signature::from_slice(&bytes).expect("a signature");
        assert!(public.verify(b"msg_1.5.{}", &signature).is_ok());
    }

    #[test]
    fn secrets_that_cannot_sign_say_why() {
        for (secret, why) in [
            ("hunter2", BadSecret::Prefix),
            ("whsec_?", BadSecret::Bytes),
            ("whsec_AAAA", BadSecret::Bytes),
            ("whsk_AAAA", BadSecret::Bytes),
        ] {
            assert_eq!(
                SigningKey::parse(&Secret::new(secret)).err(),
                Some(why),
                "{secret}"
            );
        }
    }

    #[test]
    fn moments_are_written_with_milliseconds() {
        assert_eq!(rfc3339(1_795_334_700_123), "2026-11-22T08:05:00.123Z");
    }
}
