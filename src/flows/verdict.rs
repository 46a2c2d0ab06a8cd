//! The citizen says whether it is mended: asked once after "resolved", by SMS or on dialling again.

use serde_json::json;

use crate::domain::feedback::Status;
use crate::domain::promise;
use crate::domain::redact::Words;
pub use crate::domain::verdict::Verdict;
use crate::domain::verdict::read;
use crate::domain::webhook::{self, FeedbackView};

use crate::store::records::{Joining, Reopen};

use super::{Gateway, Halt, file};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Noted; the feedback is mended, or open again.
    Noted,
    /// Nobody asks: it is not resolved, or the same was said before.
    NotAsked,
}

/// Takes the verdict on a feedback (`fb_…`): twice is once. That it is whose citizen speaks is the
/// caller's to know.
///
/// # Errors
/// [`Halt`] if it could not be put on record; nothing was then written.
pub async fn say(gateway: &Gateway, feedback: &str, verdict: Verdict) -> Result<Taken, Halt> {
    told(gateway, feedback, verdict, None, None).await
}

/// Takes a message as the verdict on a feedback whose citizen was asked for it; false if its words
/// are none, or nobody asks any more. `key` names the message: the same again is the same.
///
/// # Errors
/// [`Halt`] if it could not be put on record; the aggregator must send it again.
pub async fn by_sms(
    gateway: &Gateway,
    feedback: &str,
    text: &str,
    key: &str,
    joining: Option<&Joining>,
) -> Result<bool, Halt> {
    let Some(verdict) = read(text) else {
        return Ok(false);
    };
    let taken = told(gateway, feedback, verdict, Some(key.to_owned()), joining).await?;
    Ok(taken == Taken::Noted)
}

async fn told(
    gateway: &Gateway,
    feedback: &str,
    verdict: Verdict,
    origin: Option<String>,
    joining: Option<&Joining>,
) -> Result<Taken, Halt> {
    let now = gateway.clock.now();
    let noted = match verdict {
        Verdict::Fixed => gateway.records.mended(feedback, now, origin).await?,
        Verdict::NotFixed(words) => reopen(gateway, feedback, words, now, origin, joining).await?,
    };
    Ok(if noted { Taken::Noted } else { Taken::NotAsked })
}

/// The institution hears of it, why, and until when it has promised to answer now.
async fn reopen(
    gateway: &Gateway,
    id: &str,
    words: Option<Words>,
    now: i64,
    origin: Option<String>,
    joining: Option<&Joining>,
) -> Result<bool, Halt> {
    let service = gateway.service();
    let found = gateway.records.feedback(id).await?;
    let Some(resolved) = found.filter(|f| f.status == Status::Resolved) else {
        return Ok(false);
    };
    let mut feedback = resolved.clone();
    feedback.reply_by = promise::of(&service, &feedback.institution, &feedback.country, now);
    let body = webhook::body(
        "feedback.reopened",
        now,
        &webhook::With {
            feedback: FeedbackView::new(&service, &feedback),
            more: json!({
                "reason": words.as_ref().map(Words::as_str),
                "reopened_at": webhook::rfc3339(now),
            }),
        },
    );
    let letters = service
        .institution(&feedback.institution)
        .map(|i| file::letters(gateway, i, id, "feedback.reopened", &body, now))
        .unwrap_or_default();
    let reopened = gateway
        .records
        .reopen(Reopen {
            feedback: resolved,
            reply_by: feedback.reply_by,
            words,
            at: now,
            origin,
            joining: joining.cloned(),
            letters,
        })
        .await?;
    if reopened {
        tracing::info!(feedback = id, "a citizen says that it is not mended");
        gateway.letters.notify_one();
    }
    Ok(reopened)
}
