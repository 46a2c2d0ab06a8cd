//! A callback comes in: who may knock, and which journey it is.

use std::time::Duration;

use crate::aggregators::{self, Interpreter};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::{Inbound, Unreadable};

use super::{Gateway, Halt, converse, listen, opt_out, receipt};

/// A message or report is answered within this: aggregators hang up after 10 to 15 seconds, and
/// some lose what they were sending when they do.
const NEWS_WITHIN: Duration = Duration::from_secs(5);

/// Why a callback gets no answer of its dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Neither the address, nor the secret, nor a signature lets the caller in.
    #[error("the channel's access rules do not let this caller in")]
    NotAllowed,
    /// This channel's dialect has no such door.
    #[error("this channel has no such callback")]
    NoSuchDoor,
    /// The message or report could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It could not be put on record: the aggregator should come again.
    #[error("the record cannot be written now; please send it again")]
    Away(Option<Halt>),
}

impl From<Halt> for Refused {
    fn from(why: Halt) -> Self {
        Self::Away(Some(why))
    }
}

/// Whether the callback may come in: by the caller's address or secret (`by_rules`), or signed.
pub fn admits(channel: &Channel, callback: &Callback<'_>, by_rules: bool) -> bool {
    by_rules
        || channel.access.signature.is_some()
            && aggregators::named(&channel.aggregator).is_some_and(|i| i.signed(channel, callback))
}

/// The answer to a caller who was not let in, if all they want to know is whether the address is
/// there: an empty call, in a dialect that makes such calls. Nothing is read and nothing is kept.
pub fn answers_stranger(channel: &Channel, callback: &Callback<'_>) -> Option<Response> {
    let empty = callback.query.is_empty() && callback.body.is_empty();
    let interpreter = aggregators::named(&channel.aggregator)?;
    (empty && interpreter.asks_for_address(callback)).then(|| interpreter.taken(channel, callback))
}

/// Takes a callback that was let in. A USSD callback is always answered in its dialect.
///
/// # Errors
/// [`Refused`], for messages and delivery reports.
pub async fn receive(
    gateway: &Gateway,
    channel: &Channel,
    callback: &Callback<'_>,
) -> Result<Response, Refused> {
    let interpreter = aggregators::named(&channel.aggregator).ok_or(Refused::NoSuchDoor)?;
    match callback.door {
        Door::Ussd | Door::UssdEnd => {
            Ok(converse::converse(gateway, channel, interpreter, callback).await)
        }
        Door::Sms | Door::Receipt => {
            let news = news(gateway, channel, interpreter, callback);
            // What is committed after this was told to come again, and will find itself there.
            let taken = tokio::time::timeout(NEWS_WITHIN, news).await;
            let taken = taken.unwrap_or(Err(Refused::Away(None)));
            let now = gateway.clock.now();
            match &taken {
                Ok(_) => gateway.refusals.well(now),
                Err(Refused::Away(Some(why))) => gateway.refusals.trouble(&why.to_string(), now),
                Err(Refused::Away(None)) => gateway.refusals.trouble("too slow", now),
                Err(_) => {}
            }
            taken
        }
    }
}

/// Messages and delivery reports: some aggregators send both to one address, or several at once.
/// The callback is taken only when every readable item is on record.
async fn news(
    gateway: &Gateway,
    channel: &Channel,
    interpreter: &dyn Interpreter,
    callback: &Callback<'_>,
) -> Result<Response, Refused> {
    for item in interpreter.read(channel, callback)? {
        match item {
            Inbound::Sms(sms) => listen::listen(gateway, channel, &sms).await?,
            Inbound::Receipt(report) => receipt::receive(gateway, channel, &report).await?,
            Inbound::Unreadable(why) => {
                tracing::warn!(channel = channel.id, %why, "one item of a batch could not be read");
            }
            Inbound::OptOut(out) => opt_out::receive(gateway, channel, &out).await?,
            Inbound::Ussd(_) | Inbound::End(_) => {
                return Err(Unreadable("a USSD step at a door for messages").into());
            }
        }
    }
    Ok(interpreter.taken(channel, callback))
}
