//! Which channel a message goes by: its own, or another one of the country that can send while its
//! own refuses or is slow. What is known of channels is this process's own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::failover::{Health, Sign};
use crate::domain::feedback::Message;
use crate::store::Away;

use super::send::{self, Whereto};
use super::{Gateway, clock};

/// What is known of the channels that send.
#[derive(Default)]
pub struct Channels(Mutex<HashMap<String, Health>>);

impl Channels {
    fn with<T>(&self, channel: &str, look: impl FnOnce(&mut Health) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        look(all.entry(channel.to_owned()).or_default())
    }

    /// Whether anything is shifted away from a channel.
    fn is_well(&self, channel: &str) -> bool {
        self.with(channel, |health| health.step() == 0)
    }
}

/// Takes note of how sending by a channel went.
pub fn note(gateway: &Gateway, channel: &str, sign: Sign) {
    let now = gateway.clock.now();
    let (before, after) = gateway.channels.with(channel, |health| {
        let before = health.step();
        health.note(sign, now);
        (before, health.step())
    });
    if before != after {
        tracing::warn!(
            channel,
            step = after,
            "messages are shifted between channels"
        );
    }
}

/// The channel by which a message that was never tried goes, if not by its own.
///
/// # Errors
/// [`Away`]
pub async fn elsewhere(gateway: &Gateway, message: &Message) -> Result<Option<String>, Away> {
    if message.attempts > 1 || gateway.channels.is_well(&message.channel) {
        return Ok(None);
    }
    let now = gateway.clock.now();
    let shifted = gateway.channels.with(&message.channel, |health| {
        health.goes_elsewhere(now, clock::dice())
    });
    if !shifted {
        return Ok(None);
    }
    let others = others(gateway, message).await?;
    // Nothing is won by going to one that is ill as well.
    let well = others.into_iter().find(|c| gateway.channels.is_well(c));
    Ok(well)
}

/// The channel to try after one that surely took nothing; none if an earlier attempt may have got
/// through, or all have refused.
///
/// # Errors
/// [`Away`]
pub async fn after_refusal(gateway: &Gateway, message: &Message) -> Result<Option<String>, Away> {
    let refusals = gateway.records.refusals(&message.id).await?;
    if refusals.count + 1 != message.attempts {
        return Ok(None);
    }
    let others = others(gateway, message).await?;
    Ok(others.into_iter().find(|c| !refusals.by.contains(c)))
}

/// The other channels of the citizen's country that can send, the nearest first.
async fn others(gateway: &Gateway, message: &Message) -> Result<Vec<String>, Away> {
    let service = gateway.service();
    let feedback = match &message.feedback {
        Some(id) => gateway.records.feedback(id).await?,
        None => None,
    };
    let by = service.channels.get(&message.channel);
    let whereto = match (&feedback, by) {
        (Some(feedback), _) => Whereto::of(feedback),
        (None, Some(channel)) => Whereto {
            country: &channel.country,
            channel: &channel.id,
            operator: channel.operator.as_deref(),
        },
        (None, None) => return Ok(Vec::new()),
    };
    let mut all = send::channels_for(&service, &whereto);
    all.retain(|channel| *channel != message.channel);
    Ok(all)
}
