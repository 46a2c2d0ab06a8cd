//! A citizen wants no messages on a channel, and the network took their STOP for us.
//!
//! An opt-out stands for one citizen and one channel, until the records are told otherwise: the
//! networks that take a STOP do not tell of a later START in the same way. What the citizen says
//! is taken as before; only messages to them end as given up.

use crate::domain::channel::Channel;
use crate::domain::inbound::OptOut;
use crate::domain::service::Service;
use crate::store::Away;

use super::{Gateway, Halt, caller};

/// Why a message was not sent: for the operator and the institution.
pub const WHY: &str = "the citizen has opted out on this channel";

/// Keeps an opt-out that the network tells of; twice is once.
///
/// # Errors
/// [`Halt`] if it could not be put on record; the aggregator must send it again.
pub async fn receive(gateway: &Gateway, channel: &Channel, out: &OptOut) -> Result<(), Halt> {
    let service = gateway.service();
    let Some(country) = service.country(&channel.country) else {
        return Err(Halt::Gone);
    };
    let citizen = gateway.keys().lookup(&caller(country, &out.from));
    Ok(keep(gateway, &channel.id, &citizen).await?)
}

/// Keeps an opt-out of a citizen whom we know.
///
/// # Errors
/// [`Away`]
pub async fn keep(gateway: &Gateway, channel: &str, citizen: &str) -> Result<(), Away> {
    let now = gateway.clock.now();
    if gateway.records.opt_out(channel, citizen, now).await? {
        tracing::info!(channel, "a citizen has opted out: the network told");
    }
    Ok(())
}

/// Whether a citizen has opted out on a channel.
///
/// # Errors
/// [`Away`]
pub async fn holds(gateway: &Gateway, channel: &str, citizen: &str) -> Result<bool, Away> {
    gateway.records.opted_out(channel, citizen).await
}

/// What a citizen chose in a menu: no messages any more on any of the country's channels that
/// send them, or messages again.
///
/// # Errors
/// [`Away`]
pub async fn choose(
    gateway: &Gateway,
    service: &Service,
    dialled: &Channel,
    citizen: &str,
    stop: bool,
) -> Result<(), Away> {
    let now = gateway.clock.now();
    let mut channels: Vec<&str> = service
        .channels
        .values()
        .filter(|c| c.country == dialled.country && (c.id == dialled.id || !c.sms.is_empty()))
        .map(|c| c.id.as_str())
        .collect();
    channels.sort_unstable();
    for channel in channels {
        if stop {
            gateway.records.opt_out(channel, citizen, now).await?;
        } else {
            gateway.records.opt_in(channel, citizen).await?;
        }
    }
    tracing::info!(channel = dialled.id, stop, "a citizen chose about messages");
    Ok(())
}
