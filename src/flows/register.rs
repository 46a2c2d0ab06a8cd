//! An aggregator is told where to call us, where its API takes that.

use crate::aggregators::{self, Registered, Registration};
use crate::client::{Client, NoAnswer};
use crate::domain::channel::Channel;

/// What would be asked for a channel; nothing for dialects that are told in a contract or a form.
pub fn registrations(channel: &Channel, public_url: &str) -> Vec<Registration> {
    aggregators::named(&channel.aggregator)
        .map(|i| i.registrations(channel, public_url))
        .unwrap_or_default()
}

/// Carries out one registration. It may be repeated: what stood before stays.
///
/// # Errors
/// [`NoAnswer`] if the aggregator could not be reached.
pub async fn register(
    client: &Client,
    channel: &Channel,
    registration: &Registration,
) -> Result<Registered, NoAnswer> {
    let answered = client.send(&registration.request).await?;
    let interpreter = aggregators::named(&channel.aggregator);
    let registered = interpreter.map(|i| i.registered(&answered));
    Ok(registered.unwrap_or(Registered::Refused {
        why: "no such aggregator".to_owned(),
    }))
}
