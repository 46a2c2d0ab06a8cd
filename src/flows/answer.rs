//! An institution answers, and the citizen's phone will ring.

use sha2::{Digest, Sha256};

use crate::domain::citizen::base32;
use crate::domain::feedback::{Feedback, Message, Reply};
use crate::domain::institution::Institution;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::text::{self, Encoding};
use crate::store::records::{Idempotency, ReplyFiled, ReplyFiling};

use super::{Gateway, Halt, clock, send};

/// The longest reply, in characters: seven parts of UCS-2, more than any phone likes.
pub const LONGEST: usize = 459;

/// Why a reply was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The institution has no feedback of this id.
    #[error("there is no such feedback")]
    NoSuchFeedback,
    /// Nothing to say.
    #[error("`text` is empty")]
    Empty,
    /// Too much to say.
    #[error("`text` is longer than {LONGEST} characters")]
    TooLong,
    /// The `Idempotency-Key` was used for another text.
    #[error("this Idempotency-Key was used for another request")]
    Conflict,
    /// It could not be put on record.
    #[error(transparent)]
    Halt(#[from] Halt),
}

impl From<crate::store::Away> for NotTaken {
    fn from(away: crate::store::Away) -> Self {
        Self::Halt(away.into())
    }
}

/// What the caller gets, now and on every repeat.
#[derive(Debug, serde::Serialize)]
struct Taken<'a> {
    id: &'a str,
    feedback: &'a str,
    status: &'static str,
    parts: usize,
    encoding: Encoding,
    units: usize,
    dear: Option<Dear>,
}

/// The first character that the GSM alphabet lacks: it makes the whole message dear.
#[derive(Debug, serde::Serialize)]
struct Dear {
    character: char,
    /// Counted in characters from 0, in the message as sent.
    at: usize,
}

/// Takes an institution's reply: durable before this returns. Answers the JSON body of the 202.
///
/// # Errors
/// [`NotTaken`]; nothing was then written.
pub async fn reply(
    gateway: &Gateway,
    institution: &Institution,
    feedback: &str,
    text: &str,
    idempotency_key: Option<&str>,
) -> Result<String, NotTaken> {
    if text.trim().is_empty() {
        return Err(NotTaken::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(NotTaken::TooLong);
    }
    let feedback = gateway
        .records
        .feedback(feedback)
        .await?
        .filter(|f| f.institution == institution.id)
        .ok_or(NotTaken::NoSuchFeedback)?;
    let now = gateway.clock.now();
    let service = gateway.service();
    let reply = Reply {
        id: gateway
            .keys
            .name_at("rp", now, &[&base32(&clock::random::<16>())]),
        feedback: feedback.id.clone(),
        text: Words::new(text),
        created_at: now,
    };
    let message = message(&service, &feedback, institution, &reply);
    let response = response(&reply, &message);
    let filing = ReplyFiling {
        idempotency: idempotency_key.map(|key| Idempotency {
            scope: format!("{} replies {}", institution.id, feedback.id),
            key: key.to_owned(),
            body_hash: base32(&Sha256::digest(text.as_bytes())),
        }),
        reply,
        message: Some(message),
        response: response.clone(),
    };
    match gateway.records.add_reply(filing).await? {
        ReplyFiled::Kept => {
            tracing::info!(feedback = feedback.id, "an institution has replied");
            gateway.messages.notify_one();
            Ok(response)
        }
        ReplyFiled::Repeated(response) => Ok(response),
        ReplyFiled::Conflict => Err(NotTaken::Conflict),
        ReplyFiled::NoSuchFeedback => Err(NotTaken::NoSuchFeedback),
    }
}

/// The SMS that carries a reply, in the language that the citizen chose.
fn message(
    service: &Service,
    feedback: &Feedback,
    institution: &Institution,
    reply: &Reply,
) -> Message {
    let language = service.texts.language(&feedback.language).unwrap_or(0);
    let text = service
        .texts
        .filled(language, Own::SmsReply.key(), |variable| match variable {
            Variable::Institution => institution.name(&feedback.language).to_owned(),
            Variable::Code => feedback.code.clone(),
            Variable::Reply => reply.text.as_str().to_owned(),
            _ => String::new(),
        });
    Message {
        id: reply.id.replacen("rp_", "sms_", 1),
        channel: send::channel_for(service, feedback),
        citizen: feedback.citizen.clone(),
        feedback: feedback.id.clone(),
        reply: Some(reply.id.clone()),
        text: Words::new(text),
        created_at: reply.created_at,
        attempts: 0,
    }
}

fn response(reply: &Reply, message: &Message) -> String {
    let cost = text::sms_cost(message.text.as_str());
    let taken = Taken {
        id: &reply.id,
        feedback: &reply.feedback,
        status: "queued",
        parts: cost.parts,
        encoding: cost.encoding,
        units: cost.units,
        dear: cost.dear.map(|(at, character)| Dear { character, at }),
    };
    serde_json::to_string(&taken).unwrap_or_default()
}
