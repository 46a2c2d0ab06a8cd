//! Messages go to phones. One unit of work is one attempt; a message ends only with a final report,
//! or given up, and its end is told to the institution.

use std::time::Duration;

use crate::aggregators::{self, Mt, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Door, Outgoing};
use crate::domain::feedback::{Feedback, Message};
use crate::domain::outbox::{Next, Schedule};
use crate::domain::service::Service;
use crate::domain::text::Folding;
use crate::domain::text::fold::fold;
use crate::store::Away;
use crate::store::records::{Ending, MessageOutcome};

use super::deliver::LEASE_MS;
use super::{Gateway, Halt, clock, opt_out, receipt};

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
