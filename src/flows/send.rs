//! Messages go to phones. One unit of work is one attempt; a message ends only with a final report,
//! or given up, and its end is told to the institution.

use std::time::Duration;

use crate::aggregators::{self, Mt, Sent};
use crate::client::NoAnswer;
use crate::domain::channel::Channel;
use crate::domain::exchange::{Door, Outgoing};
use crate::domain::failover::Sign;
use crate::domain::feedback::{Feedback, Message};
use crate::domain::outbox::{Next, Schedule};
use crate::domain::service::Service;
use crate::domain::text::Folding;
use crate::domain::text::fold::fold;
use crate::store::Away;
use crate::store::records::{Ending, MessageOutcome};

use super::deliver::LEASE_MS;
use super::{Gateway, Halt, clock, failover, opt_out, receipt};

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

/// Tries a message once and notes what became of it.
///
/// # Errors
/// [`Halt`] if that could not be noted: the lease runs out and the message is tried again.
pub async fn message(gateway: &Gateway, message: &Message) -> Result<(), Halt> {
    if let Some(due_at) = resting(gateway, message) {
        let outcome = MessageOutcome::PutBack { due_at };
        gateway.records.settle_message(&message.id, outcome).await?;
        return Ok(());
    }
    let mut message = message.clone();
    if let Some(other) = failover::elsewhere(gateway, &message).await? {
        gateway
            .records
            .reassign_message(&message.id, &other)
            .await?;
        message.channel = other;
    }
    let tried = match prepared(gateway, &message).await? {
        Err(why) => Tried::never(why),
        Ok((channel, request)) => attempt(gateway, &message, &channel, &request).await?,
    };
    gateway.metrics.attempt(
        "message",
        match &tried.sent {
            Sent::Accepted { .. } => "delivered",
            Sent::Later { .. } => "later",
            Sent::Never { .. } => "given_up",
        },
    );
    settle(gateway, &message, tried).await
}

/// A message in an exchange is one no longer when it could not be sent for this long, in
/// milliseconds.
const PROMPT_MS: i64 = 15 * 60 * 1000;

/// Until when a message rests: what the citizen does not wait for rings in nobody's night.
fn resting(gateway: &Gateway, message: &Message) -> Option<i64> {
    let now = gateway.clock.now();
    if message.prompt && now.saturating_sub(message.created_at) < PROMPT_MS {
        return None;
    }
    let service = gateway.service();
    let channel = service.channels.get(&message.channel)?;
    let due_at = service.country(&channel.country)?.next_quiet_end(now);
    (due_at > now).then_some(due_at)
}

/// What an attempt came to.
struct Tried {
    sent: Sent,
    /// Whether the aggregator surely took nothing, so that another may be asked.
    refused: bool,
}

impl Tried {
    /// Nobody was asked, and nobody else need be.
    fn never(why: &str) -> Self {
        Self {
            sent: Sent::Never {
                why: why.to_owned(),
            },
            refused: false,
        }
    }
}

async fn settle(gateway: &Gateway, message: &Message, tried: Tried) -> Result<(), Halt> {
    let next = if tried.refused {
        failover::after_refusal(gateway, message).await?
    } else {
        None
    };
    match (tried.sent, next) {
        (Sent::Accepted { reference }, _) => accepted(gateway, message, reference).await,
        (Sent::Later { why, .. } | Sent::Never { why }, Some(next)) => {
            tracing::warn!(
                message = message.id,
                channel = message.channel,
                next,
                why,
                "refused: another channel is asked"
            );
            let outcome = MessageOutcome::Refused {
                due_at: gateway.clock.now(),
                by: message.channel.clone(),
                next: Some(next),
                why,
            };
            gateway.records.settle_message(&message.id, outcome).await?;
            gateway.messages.notify_one();
            Ok(())
        }
        (Sent::Later { after, why }, None) => {
            later(gateway, message, after, why, tried.refused).await
        }
        (Sent::Never { why }, None) => {
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

async fn accepted(gateway: &Gateway, message: &Message, reference: String) -> Result<(), Halt> {
    let at = gateway.clock.now();
    let outcome = MessageOutcome::Accepted { reference, at };
    let parked = gateway.records.settle_message(&message.id, outcome).await?;
    tracing::info!(
        message = message.id,
        channel = message.channel,
        "the aggregator took it"
    );
    // A report may have come before the answer that it is about.
    let ending = parked
        .and_then(|report| receipt::ending(report.fate, &report.status, report.why.as_deref()));
    match ending {
        Some(ending) => receipt::conclude(gateway, message, ending).await,
        None => Ok(()),
    }
}

async fn later(
    gateway: &Gateway,
    message: &Message,
    after: Option<Duration>,
    why: String,
    refused: bool,
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
    let outcome = match next {
        Next::GiveUp => {
            return receipt::conclude(gateway, message, Ending::Dead { why }).await;
        }
        Next::At(due_at) if refused => MessageOutcome::Refused {
            due_at,
            by: message.channel.clone(),
            next: None,
            why,
        },
        Next::At(due_at) => MessageOutcome::Retry { due_at, why },
    };
    gateway.records.settle_message(&message.id, outcome).await?;
    Ok(())
}

/// The request that sends a message, or why none can be made.
async fn prepared(
    gateway: &Gateway,
    message: &Message,
) -> Result<Result<(std::sync::Arc<Channel>, Outgoing), &'static str>, Halt> {
    let service = gateway.service();
    let sealed = match &message.number {
        Some(sealed) => Some(sealed.clone()),
        None => gateway.records.sealed_number(&message.citizen).await?,
    };
    let number = match sealed {
        Some(sealed) => gateway.opened(&sealed, &message.citizen).await?,
        None => None,
    };
    let Some(number) = number else {
        return Ok(Err("the citizen's number cannot be texted"));
    };
    if !message.asked && opt_out::holds(gateway, &message.channel, &message.citizen).await? {
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

/// An answer that takes longer than this is a slow one.
const SLOW_MS: i64 = 3_000;

async fn attempt(
    gateway: &Gateway,
    message: &Message,
    channel: &Channel,
    request: &Outgoing,
) -> Result<Tried, Away> {
    let Some(sender) = aggregators::named(&channel.aggregator).and_then(|i| i.sender()) else {
        return Ok(Tried::never("the channel changed while sending"));
    };
    let began = gateway.clock.now();
    let answered = match gateway.client.send(request).await {
        Ok(answered) => answered,
        Err(why) => {
            failover::note(gateway, &channel.id, Sign::Bad);
            return Ok(Tried {
                refused: never_left(why),
                sent: Sent::Later {
                    after: None,
                    why: why.to_string(),
                },
            });
        }
    };
    if sender.opted_out(&answered) {
        opt_out::keep(gateway, &channel.id, &message.citizen).await?;
        return Ok(Tried::never(opt_out::WHY));
    }
    let sent = sender.sent(channel, &answered);
    let slow = gateway.clock.now().saturating_sub(began) > SLOW_MS;
    // A number that is refused says nothing of the channel.
    let ill = matches!(answered.status, 401 | 403 | 429 | 500..);
    match &sent {
        Sent::Accepted { .. } if !slow => failover::note(gateway, &channel.id, Sign::Well),
        Sent::Never { .. } if !ill => {}
        _ => failover::note(gateway, &channel.id, Sign::Bad),
    }
    let refused = match &sent {
        Sent::Accepted { .. } => false,
        // By their definitions nothing was done; of a 500 or 504 nobody knows.
        Sent::Later { .. } => matches!(answered.status, 429 | 503),
        Sent::Never { .. } => true,
    };
    Ok(Tried { sent, refused })
}

/// Whether a request that got no answer surely did not reach the aggregator.
fn never_left(why: NoAnswer) -> bool {
    match why {
        NoAnswer::Unreachable | NoAnswer::Unmakeable | NoAnswer::NoToken | NoAnswer::Refused(_) => {
            true
        }
        NoAnswer::TooSlow | NoAnswer::Broken => false,
    }
}

/// What tells by which channels a citizen can be reached.
#[derive(Debug, Clone, Copy)]
pub struct Whereto<'a> {
    /// Their country.
    pub country: &'a str,
    /// The channel that they came by.
    pub channel: &'a str,
    /// Their operator, if known.
    pub operator: Option<&'a str>,
}

impl<'a> Whereto<'a> {
    /// To the citizen of a feedback.
    pub fn of(feedback: &'a Feedback) -> Self {
        Self {
            country: &feedback.country,
            channel: &feedback.channel,
            operator: feedback.operator.as_deref(),
        }
    }
}

/// The channel that sends to a citizen: the first of [`channels_for`]. Empty if there is none.
pub fn channel_for(service: &Service, feedback: &Feedback) -> String {
    let mut able = channels_for(service, &Whereto::of(feedback));
    if able.is_empty() {
        String::new()
    } else {
        able.swap_remove(0)
    }
}

/// The channels that can send to a citizen: the one they came by, then those of their operator,
/// then others of their country.
pub fn channels_for(service: &Service, whereto: &Whereto<'_>) -> Vec<String> {
    let can_send = |channel: &Channel| {
        aggregators::named(&channel.aggregator).is_some_and(|i| i.sender().is_some())
            && !(channel.sms.is_empty() && channel.credentials.some("sender").is_none())
    };
    let mut able: Vec<&Channel> = service
        .channels
        .values()
        .map(AsRef::as_ref)
        .filter(|c| c.country == whereto.country && can_send(c))
        .collect();
    able.sort_by_key(|c| {
        let own = c.id == whereto.channel;
        let operator = c.operator.is_some() && c.operator.as_deref() == whereto.operator;
        (!own, !operator, c.id.clone())
    });
    able.into_iter().map(|c| c.id.clone()).collect()
}
