//! A citizen texts more than one message holds, and the aggregator hands the parts over one by
//! one. Each is on record before it is acknowledged; the message is filed when all have come, or
//! with its gaps shown when the waiting is over.
//!
//! A part that comes after that is filed as a message of its own, with gaps where its
//! neighbours were: what went out to the institution stands, and nothing is thrown away.

use crate::domain::channel::Channel;
use crate::domain::citizen::Caller;
use crate::domain::inbound::{Part, Sms};
use crate::domain::parts::{self, Gathering, PATIENCE_MS, Piece};
use crate::domain::service::Service;
use crate::store::records::{Gathered, Joining};

use super::file::{self, Draft, Source};
use super::{Gateway, Halt, clock, listen, operator, turn};

/// A message whose channel was taken out of the configuration is asked after again so much later.
pub(super) const CHANNEL_BACK_MS: i64 = 60 * 60 * 1000;

/// Takes one part of a message; `name` is what makes this part itself.
///
/// # Errors
/// [`Halt`] if it could not be put on record; the aggregator must send it again.
pub async fn part(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    name: &[String],
    sms: &Sms,
    part: &Part,
) -> Result<(), Halt> {
    let origin = of_parts(gateway, source.channel, name);
    let piece = Piece {
        number: part.number,
        origin: origin.clone(),
        words: sms.text.clone(),
    };
    let opened = Gathering {
        id: origin,
        channel: source.channel.id.clone(),
        citizen: source.lookup.clone(),
        number: gateway.keys().seal(&source.caller, clock::random()),
        network: sms.network.clone(),
        reference: part.reference.clone(),
        of: part.of,
        due_at: source.at.saturating_add(PATIENCE_MS),
        closed: false,
        pieces: Vec::new(),
    };
    match gateway.records.keep_part(opened, piece.clone()).await? {
        Gathered::Filed => {}
        Gathered::Open(gathering) => {
            // Whoever closed it meanwhile has filed this part with it: every part was there.
            if parts::join(gathering.of, &gathering.pieces).whole {
                joined(gateway, service, source, &gathering).await?;
            }
        }
        Gathered::Late => {
            let draft = draft(service, source.channel, part.of, &[piece]);
            file::file(gateway, service, source, name, draft).await?;
        }
    }
    Ok(())
}

/// A name for what this part is the first of.
fn of_parts(gateway: &Gateway, channel: &Channel, name: &[String]) -> String {
    let parts: Vec<&str> = std::iter::once(channel.id.as_str())
        .chain(name.iter().map(String::as_str))
        .collect();
    gateway.keys().name("part", &parts)
}

/// What the parts say together; with a gap it is not complete, whatever the rest says.
fn draft(service: &Service, channel: &Channel, of: u8, pieces: &[Piece]) -> Draft {
    let joined = parts::join(of, pieces);
    let draft = listen::draft(service, channel, joined.text.as_str());
    Draft {
        complete: draft.complete && joined.whole,
        ..draft
    }
}

/// Files what has come; false if it was filed, or went on growing, meanwhile.
async fn joined(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    gathering: &Gathering,
) -> Result<bool, Halt> {
    let joining = Joining {
        gathering: gathering.id.clone(),
        channel: gathering.channel.clone(),
        citizen: gathering.citizen.clone(),
        pieces: gathering.pieces.len(),
        at: source.at,
    };
    let text = parts::join(gathering.of, &gathering.pieces);
    let key = gateway
        .keys()
        .name("key", &[&source.channel.id, "parts", &gathering.id]);
    if text.whole {
        let said = turn::Said {
            key: &key,
            text: text.text.as_str(),
            joining: Some(&joining),
        };
        return turn::take(gateway, service, source, &said).await;
    }
    // Words with gaps are no answer to anything, and no question would mend them.
    let draft = draft(service, source.channel, gathering.of, &gathering.pieces);
    let filed = file::file_as(gateway, service, source, key, &draft, Some(&joining)).await?;
    Ok(filed.is_some())
}

/// What became of the message that has waited longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// None has waited long enough.
    Nobody,
    /// It is filed as far as it came.
    Filed,
    /// A part came, or somebody else filed it, at this very moment.
    Changed,
    /// Its channel is not configured now: it waits on.
    Postponed,
}

/// Files the message that has waited longest for its parts, with gaps where they are missing.
///
/// # Errors
/// [`Halt`] if it could not be put on record; it then waits on.
pub async fn overdue(gateway: &Gateway) -> Result<Waited, Halt> {
    let now = gateway.clock.now();
    let Some(gathering) = gateway.records.overdue_gathering(now).await? else {
        return Ok(Waited::Nobody);
    };
    let service = gateway.service();
    let channel = service.channels.get(&gathering.channel);
    let country = channel.and_then(|c| service.country(&c.country));
    let Some((channel, country)) = channel.zip(country) else {
        tracing::error!(
            channel = gathering.channel,
            "a long message waits for its channel to be configured again"
        );
        let until = now.saturating_add(CHANNEL_BACK_MS);
        let postponed = gateway.records.postpone_gathering(&gathering.id, until);
        postponed.await?;
        return Ok(Waited::Postponed);
    };
    let number = gateway.opened(&gathering.number, &gathering.citizen);
    let number = number.await?;
    let source = Source {
        channel,
        // Words are worth filing even where nobody can be texted back.
        caller: number.map_or_else(|| Caller::Unplaced(String::new()), Caller::Known),
        lookup: gathering.citizen.clone(),
        operator: operator(country, channel, gathering.network.as_deref()),
        at: now,
        quiet: false,
    };
    if !joined(gateway, &service, &source, &gathering).await? {
        return Ok(Waited::Changed);
    }
    tracing::warn!(
        channel = channel.id,
        came = gathering.pieces.len(),
        of = gathering.of,
        "a long message has waited long enough and is filed as it is"
    );
    Ok(Waited::Filed)
}
