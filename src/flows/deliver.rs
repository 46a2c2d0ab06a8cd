//! Letters go to institutions, messages to phones. One unit of work is one attempt; it says what
//! happened, and leaves the outbox only as delivered, tried again later, or given up and kept.

use std::time::Duration;

use crate::aggregators::{self, Mt, Sent};
use crate::client::NoAnswer;
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Door, Outgoing};
use crate::domain::feedback::{Feedback, Letter, Message};
use crate::domain::institution::Webhook;
use crate::domain::outbox::{Next, Schedule};
use crate::domain::service::Service;
use crate::domain::text::Folding;
use crate::domain::text::fold::fold;
use crate::domain::webhook;
use crate::store::Away;
use crate::store::records::{Ending, LetterOutcome, MessageOutcome};

use super::endpoints::{Health, Turn};
use super::{Gateway, Halt, clock, opt_out, receipt};

/// A lease outlives the client's clock by far: nobody else tries a letter that is being tried.
const LEASE_MS: i64 = 60_000;

/// Takes up to `limit` letters that are due.
///
/// # Errors
/// [`Away`]
pub async fn due_letters(gateway: &Gateway, limit: u32) -> Result<Vec<Letter>, Away> {
    let now = gateway.clock.now();
    gateway
        .records
        .lease_letters(now, now + LEASE_MS, limit)
        .await
}

/// Takes up to `limit` messages that are due.
///
/// # Errors
/// [`Away`]
pub async fn due_messages(gateway: &Gateway, limit: u32) -> Result<Vec<Message>, Away> {
    let now = gateway.clock.now();
    gateway
        .records
        .lease_messages(now, now + LEASE_MS, limit)
        .await
}

/// Tries a letter once and notes what became of it.
///
/// # Errors
/// [`Away`] if that could not be noted: the lease runs out and the letter is tried again, under
/// the same `webhook-id`.
pub async fn letter(gateway: &Gateway, letter: &Letter) -> Result<(), Away> {
    let outcome = match webhook_of(gateway, letter) {
        Err(why) => dead(gateway, None, why),
        Ok(webhook) => in_turn(gateway, letter, &webhook).await?,
    };
    note(letter, &outcome);
    if let Some(word) = outcome_word(&outcome) {
        gateway.metrics.attempt("letter", word);
    }
    let again = matches!(outcome, LetterOutcome::Delivered { .. });
    gateway.records.settle_letter(&letter.id, outcome).await?;
    if again {
        // The next letter of this feedback may have waited for this one.
        gateway.letters.notify_one();
    }
    Ok(())
}

/// One attempt, if the letter's address may be tried now.
async fn in_turn(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
) -> Result<LetterOutcome, Away> {
    let endpoint = gateway.endpoints.of(gateway, letter).await?;
    let pass = match endpoint.turn(gateway).await {
        Turn::Go(pass) => pass,
        Turn::NotBefore(due_at) => return Ok(LetterOutcome::PutBack { due_at }),
        Turn::Never(why) => return Ok(dead(gateway, None, &why.to_string())),
    };
    // Signed only now: it may have waited, and the signature holds the time.
    let request = match request(gateway, letter, webhook) {
        Ok(request) => request,
        Err(why) => return Ok(dead(gateway, None, why)),
    };
    let answered = gateway.client.deliver(webhook.reach, &request).await;
    let health = match &answered {
        Ok(Answered { status, .. }) if (200..300).contains(status) => Health::Well,
        Ok(Answered { status: 410, .. }) => Health::Gone,
        _ => Health::Failing,
    };
    endpoint.note(gateway, &pass, health);
    Ok(judge(gateway, letter, &answered))
}

/// How an attempt went; none if there was none.
fn outcome_word(outcome: &LetterOutcome) -> Option<&'static str> {
    match outcome {
        LetterOutcome::Delivered { .. } => Some("delivered"),
        LetterOutcome::Retry { .. } => Some("later"),
        LetterOutcome::Dead { .. } => Some("given_up"),
        LetterOutcome::PutBack { .. } => None,
    }
}

fn note(letter: &Letter, outcome: &LetterOutcome) {
    match outcome {
        LetterOutcome::Delivered { status, .. } => {
            tracing::info!(
                letter = letter.id,
                institution = letter.institution,
                status,
                "delivered"
            );
        }
        LetterOutcome::Retry { why, .. } => {
            tracing::warn!(
                letter = letter.id,
                institution = letter.institution,
                why,
                attempts = letter.attempts,
                "not delivered, will be tried again"
            );
        }
        LetterOutcome::PutBack { .. } => {
            tracing::debug!(
                letter = letter.id,
                "put back: its address cannot take it now"
            );
        }
        LetterOutcome::Dead { why, .. } => {
            tracing::error!(
                letter = letter.id,
                institution = letter.institution,
                why,
                attempts = letter.attempts,
                "given up: it can be replayed"
            );
        }
    }
}

/// The webhook that a letter goes to, as configured now.
fn webhook_of(gateway: &Gateway, letter: &Letter) -> Result<Webhook, &'static str> {
    let service = gateway.service();
    service
        .institution(&letter.institution)
        .and_then(|i| i.webhooks.iter().find(|w| w.url == letter.url))
        .cloned()
        .ok_or("this address is no longer in the institution's file")
}

/// The signed request of one attempt.
fn request(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
) -> Result<Outgoing, &'static str> {
    let body = letter.body.as_str();
    let headers = webhook::headers(webhook, &letter.id, gateway.clock.now(), body)
        .map_err(|_| "the institution's secret cannot sign")?;
    Ok(Outgoing {
        method: "POST",
        url: letter.url.clone(),
        headers,
        body: body.as_bytes().to_vec(),
        oauth: None,
    })
}

fn judge(
    gateway: &Gateway,
    letter: &Letter,
    answered: &Result<Answered, NoAnswer>,
) -> LetterOutcome {
    let at = gateway.clock.now();
    let (status, asked, why) = match answered {
        Ok(Answered { status, .. }) if (200..300).contains(status) => {
            return LetterOutcome::Delivered {
                at,
                status: *status,
            };
        }
        Ok(Answered { status: 410, .. }) => {
            return dead(
                gateway,
                Some(410),
                "the receiver says that it is gone (410)",
            );
        }
        Ok(Answered {
            status,
            retry_after,
            ..
        }) => {
            let asked = retry_after.filter(|_| matches!(status, 429 | 503));
            (
                Some(*status),
                asked,
                format!("the receiver answered {status}"),
            )
        }
        Err(why) => (None, None, why.to_string()),
    };
    match Schedule::Letters.after(letter.attempts, letter.created_at, at, clock::dice(), asked) {
        Next::At(due_at) => LetterOutcome::Retry {
            due_at,
            status,
            why,
        },
        Next::GiveUp => LetterOutcome::Dead { at, status, why },
    }
}

fn dead(gateway: &Gateway, status: Option<u16>, why: &str) -> LetterOutcome {
    LetterOutcome::Dead {
        at: gateway.clock.now(),
        status,
        why: why.to_owned(),
    }
}

/// Tries a message once and notes what became of it.
///
/// # Errors
/// [`Halt`] if that could not be noted: the lease runs out and the message is tried again.
pub async fn message(gateway: &Gateway, message: &Message) -> Result<(), Halt> {
    let sent = match prepared(gateway, message).await? {
        Err(why) => Sent::Never {
            why: why.to_owned(),
        },
        Ok((channel, request)) => attempt(gateway, message, &channel, &request).await?,
    };
    let now = gateway.clock.now();
    gateway.metrics.attempt(
        "message",
        match &sent {
            Sent::Accepted { .. } => "delivered",
            Sent::Later { .. } => "later",
            Sent::Never { .. } => "given_up",
        },
    );
    match sent {
        Sent::Accepted { reference } => {
            let outcome = MessageOutcome::Accepted { reference, at: now };
            let parked = gateway.records.settle_message(&message.id, outcome).await?;
            tracing::info!(
                message = message.id,
                channel = message.channel,
                "the aggregator took it"
            );
            // A report may have come before the answer that it is about.
            let ending = parked.and_then(|report| {
                receipt::ending(report.fate, &report.status, report.why.as_deref())
            });
            match ending {
                Some(ending) => receipt::conclude(gateway, message, ending).await,
                None => Ok(()),
            }
        }
        Sent::Later { after, why } => later(gateway, message, after, why).await,
        Sent::Never { why } => {
            tracing::error!(
                message = message.id,
                channel = message.channel,
                why,
                "given up"
            );
            receipt::conclude(gateway, message, Ending::Dead { why }).await
        }
    }
}

async fn later(
    gateway: &Gateway,
    message: &Message,
    after: Option<Duration>,
    why: String,
) -> Result<(), Halt> {
    let now = gateway.clock.now();
    let next = Schedule::Messages.after(
        message.attempts,
        message.created_at,
        now,
        clock::dice(),
        after,
    );
    tracing::warn!(
        message = message.id,
        channel = message.channel,
        why,
        "not sent"
    );
    match next {
        Next::GiveUp => receipt::conclude(gateway, message, Ending::Dead { why }).await,
        Next::At(due_at) => {
            let outcome = MessageOutcome::Retry { due_at, why };
            gateway.records.settle_message(&message.id, outcome).await?;
            Ok(())
        }
    }
}

/// The request that sends a message, or why none can be made.
async fn prepared(
    gateway: &Gateway,
    message: &Message,
) -> Result<Result<(std::sync::Arc<Channel>, Outgoing), &'static str>, Halt> {
    let service = gateway.service();
    let sealed = gateway.records.sealed_number(&message.citizen).await?;
    let number = sealed.and_then(|s| gateway.keys.open(&s, &message.citizen));
    let Some(number) = number else {
        return Ok(Err("the citizen's number cannot be texted"));
    };
    if opt_out::holds(gateway, &message.channel, &message.citizen).await? {
        return Ok(Err(opt_out::WHY));
    }
    let Some(channel) = service.channels.get(&message.channel) else {
        return Ok(Err("no channel of this country can send"));
    };
    let Some(sender) = aggregators::named(&channel.aggregator).and_then(|i| i.sender()) else {
        return Ok(Err("no channel of this country can send"));
    };
    // A message may cost more than a screen may: what the GSM alphabet lacks is kept, unless the
    // channel's path mangles accents altogether.
    let text = match channel.folding {
        Folding::Ascii => fold(message.text.as_str(), Folding::Ascii),
        Folding::Gsm7 => message.text.as_str().into(),
    };
    let receipt_url = channel.callback(&gateway.settings.public_url, Door::Receipt);
    let mt = Mt {
        id: &message.id,
        to: &number,
        text: &text,
        receipt_url: &receipt_url,
    };
    Ok(Ok((channel.clone(), sender.send(channel, &mt))))
}

async fn attempt(
    gateway: &Gateway,
    message: &Message,
    channel: &Channel,
    request: &Outgoing,
) -> Result<Sent, Away> {
    let later = |why: &str| Sent::Later {
        after: None,
        why: why.to_owned(),
    };
    let Some(sender) = aggregators::named(&channel.aggregator).and_then(|i| i.sender()) else {
        return Ok(later("the channel changed while sending"));
    };
    let answered = match gateway.client.send(request).await {
        Ok(answered) => answered,
        Err(why) => return Ok(later(&why.to_string())),
    };
    if sender.opted_out(&answered) {
        opt_out::keep(gateway, &channel.id, &message.citizen).await?;
        let why = opt_out::WHY.to_owned();
        return Ok(Sent::Never { why });
    }
    Ok(sender.sent(channel, &answered))
}

/// The channel that sends to a citizen: the one they came by if it can send, or else one of their
/// country that can, their operator's first. Empty if there is none.
pub fn channel_for(service: &Service, feedback: &Feedback) -> String {
    let can_send = |channel: &Channel| {
        aggregators::named(&channel.aggregator).is_some_and(|i| i.sender().is_some())
            && !(channel.sms.is_empty() && channel.credentials.some("sender").is_none())
    };
    let mut able: Vec<&Channel> = service
        .channels
        .values()
        .map(AsRef::as_ref)
        .filter(|c| c.country == feedback.country && can_send(c))
        .collect();
    able.sort_by_key(|c| {
        let own = c.id == feedback.channel;
        let operator = c.operator.is_some() && c.operator == feedback.operator;
        (!own, !operator, c.id.clone())
    });
    able.first().map(|c| c.id.clone()).unwrap_or_default()
}
