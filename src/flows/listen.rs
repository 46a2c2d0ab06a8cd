//! A citizen texts: the message is on record before the aggregator hears "taken".

use crate::domain::channel::Channel;
use crate::domain::citizen::Caller;
use crate::domain::feedback::Kind;
use crate::domain::hearing;
use crate::domain::inbound::Sms;
use crate::domain::msisdn::NotSubscriber;
use crate::domain::service::Service;
use crate::domain::talk;
use crate::store::records::Unroutable;

use super::file::{self, Draft, Source};
use super::{Gateway, Halt, clock, gather, operator, turn};

/// Where a dialect gives a message neither an id nor a time, the same words from the same phone
/// within this many milliseconds are one message.
const SAME_WITHIN: i64 = 10_000;

/// Takes a message: twice is once.
///
/// # Errors
/// [`Halt`] if it could not be put on record; the aggregator must send it again.
pub async fn listen(gateway: &Gateway, channel: &Channel, sms: &Sms) -> Result<(), Halt> {
    let now = gateway.clock.now();
    let service = gateway.service();
    let Some(country) = service.country(&channel.country) else {
        return Err(Halt::Gone);
    };
    let name = name(sms, now);
    let caller = match country.numbering.parse(sms.from.expose()) {
        Ok(parsed) => Caller::Known(parsed.msisdn),
        Err(why) => return unroutable(gateway, channel, sms, &name, why).await,
    };
    let source = Source {
        channel,
        lookup: gateway.keys().lookup(&caller),
        caller,
        operator: operator(country, channel, sms.network.as_deref()),
        at: now,
        quiet: false,
    };
    if let Some(part) = &sms.part {
        return gather::part(gateway, &service, &source, &name, sms, part).await;
    }
    let said = turn::Said {
        key: &file::key(gateway, channel, &name),
        text: sms.text.as_str(),
        joining: None,
    };
    turn::take(gateway, &service, &source, &said).await?;
    Ok(())
}

/// What a text says, as far as its words tell.
pub(super) fn draft(service: &Service, channel: &Channel, text: &str) -> Draft {
    let heard = hearing::hear(service, &channel.country, text);
    let institution = heard.institution.and_then(|i| service.institutions.get(i));
    let place = heard.place.and_then(|p| service.places.get(p));
    let country = service.country(&channel.country);
    let ask = talk::open(service, &channel.country, &heard);
    Draft {
        kind: Kind::Sms,
        institution: institution.map(|i| i.id.clone()),
        experience: heard.experience,
        place: place.map(|p| p.code.clone()),
        text: text.to_owned(),
        language: heard
            .language
            .or_else(|| spoken(service, heard.place))
            .or_else(|| country.map(|c| c.default_language.clone()))
            .unwrap_or_default(),
        complete: institution.is_some() && place.is_some() && heard.experience.is_some(),
        confirm_by_sms: true,
        ask,
        consent: None,
        sensitive: false,
        subject: None,
        answers: Vec::new(),
    }
}

/// The language that is spoken where it is about, if that is known and we speak it.
fn spoken(service: &Service, place: Option<usize>) -> Option<String> {
    let tag = service.places.language(place?)?;
    service.texts.language(tag).map(|_| tag.to_owned())
}

/// What makes a message itself: the aggregator's id, or else its sender, time and words.
fn name(sms: &Sms, now: i64) -> Vec<String> {
    match &sms.id {
        Some(id) => vec!["id".into(), id.clone()],
        None => vec![
            "content".into(),
            sms.from.expose().to_owned(),
            sms.sent_at
                .unwrap_or(now.div_euclid(SAME_WITHIN))
                .to_string(),
            sms.text.as_str().to_owned(),
        ],
    }
}

/// Nothing readable is thrown away: a message from a sender who is no subscriber is kept for the
/// operator, and never answered, for behind a short code or a name there is a machine.
async fn unroutable(
    gateway: &Gateway,
    channel: &Channel,
    sms: &Sms,
    name: &[String],
    why: NotSubscriber,
) -> Result<(), Halt> {
    let caller = Caller::Unplaced(sms.from.expose().to_owned());
    let unroutable = Unroutable {
        key: file::key(gateway, channel, name),
        channel: channel.id.clone(),
        citizen: gateway.keys().lookup(&caller),
        sender: gateway.keys().seal(&caller, clock::random()),
        to: sms.to.clone(),
        text: sms.text.clone(),
        received_at: gateway.clock.now(),
    };
    if gateway.records.keep_unroutable(unroutable).await? {
        tracing::warn!(channel = channel.id, %why, "a message is kept as unroutable");
    }
    Ok(())
}
