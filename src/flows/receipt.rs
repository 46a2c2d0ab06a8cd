//! The network says what became of a message; its end is told to the institution, once.

use crate::domain::channel::Channel;
use crate::domain::feedback::Message;
use crate::domain::inbound::{Fate, Receipt};
use crate::domain::redact::without_people;
use crate::domain::webhook::{self, ReplyOutcome};
use crate::store::records::{Conclusion, Ending, Heard};

use super::{Gateway, Halt, file};

/// Takes a delivery report: it may come first, twice, or for a stranger.
///
/// # Errors
/// [`Halt`] if its meaning could not be put on record; the aggregator must send it again.
pub async fn receive(gateway: &Gateway, channel: &Channel, receipt: &Receipt) -> Result<(), Halt> {
    let now = gateway.clock.now();
    let receipt = &without_number(receipt);
    let heard = gateway
        .records
        .receipt(&channel.id, receipt.clone(), now)
        .await?;
    match heard {
        Heard::Final(message) => {
            match ending(receipt.fate, &receipt.status, receipt.why.as_deref()) {
                Some(ending) => conclude(gateway, &message, ending).await,
                None => Ok(()),
            }
        }
        Heard::Noted(_) | Heard::Already(_) | Heard::Parked => Ok(()),
        Heard::Nobody => {
            tracing::debug!(
                channel = channel.id,
                "a delivery report for a message of nobody's"
            );
            Ok(())
        }
    }
}

/// The same report without numbers: some networks name the phone in their reason.
fn without_number(receipt: &Receipt) -> Receipt {
    Receipt {
        status: without_people(&receipt.status, &[]),
        why: receipt.why.as_deref().map(|why| without_people(why, &[])),
        ..receipt.clone()
    }
}

/// How a report ends its message; `None` for news on the way.
pub fn ending(fate: Fate, status: &str, why: Option<&str>) -> Option<Ending> {
    match fate {
        Fate::Delivered => Some(Ending::Delivered),
        Fate::Failed => Some(Ending::Dead {
            why: why.unwrap_or(status).chars().take(200).collect(),
        }),
        Fate::Underway | Fate::Unknown => None,
    }
}

/// Ends a message and writes the letters that tell of it, in one transaction.
///
/// # Errors
/// [`Halt`] if it could not be put on record.
pub async fn conclude(gateway: &Gateway, message: &Message, ending: Ending) -> Result<(), Halt> {
    let at = gateway.clock.now();
    let letters = match &message.reply {
        None => Vec::new(),
        Some(reply) => letters(gateway, message, reply, &ending, at).await?,
    };
    let conclusion = Conclusion {
        ending,
        at,
        letters,
    };
    if gateway
        .records
        .conclude_message(&message.id, conclusion)
        .await?
    {
        gateway.letters.notify_one();
    }
    Ok(())
}

async fn letters(
    gateway: &Gateway,
    message: &Message,
    reply: &str,
    ending: &Ending,
    at: i64,
) -> Result<Vec<crate::domain::feedback::Letter>, Halt> {
    let found = match &message.feedback {
        Some(id) => gateway.records.feedback(id).await?,
        None => None,
    };
    let Some(feedback) = found else {
        return Ok(Vec::new());
    };
    let service = gateway.service();
    let Some(institution) = service.institution(&feedback.institution) else {
        return Ok(Vec::new());
    };
    let (event, why) = match ending {
        Ending::Delivered => ("reply.delivered", None),
        Ending::Dead { why } => ("reply.failed", Some(why.as_str())),
    };
    let outcome = ReplyOutcome {
        id: reply,
        feedback: &feedback.id,
        code: &feedback.code,
        why,
    };
    let body = webhook::body(event, at, &outcome);
    Ok(file::letters(
        gateway,
        institution,
        &feedback.id,
        event,
        &body,
        at,
    ))
}
