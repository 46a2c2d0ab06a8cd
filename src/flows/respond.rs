//! What is said back to whoever has just texted.

use crate::domain::channel::Channel;
use crate::domain::citizen::Caller;
use crate::domain::feedback::{Feedback, Message};
use crate::domain::hearing::lexicon::words;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::talk::Question;

use super::file::Source;
use super::send::{Whereto, channels_for};
use super::{Gateway, Halt, clock};

/// Says one of our texts back, once a message; `key` is the message's.
///
/// # Errors
/// [`Halt`] if it could not be put on record.
pub async fn respond(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    (key, said): (&str, &str),
    own: Own,
) -> Result<(), Halt> {
    let tag = language(gateway, service, source, said).await?;
    let text = text(service, &tag, own, |_| String::new());
    say(gateway, service, source, key, text).await
}

/// Says words back, once a message: they were asked for, so they go out whatever was opted out of.
///
/// # Errors
/// [`Halt`] if it could not be put on record.
pub async fn say(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: &str,
    text: String,
) -> Result<(), Halt> {
    let message = message(gateway, service, source, key, text, None).map(|message| Message {
        asked: true,
        ..message
    });
    if gateway.records.say(key, source.at, message).await? {
        gateway.messages.notify_one();
    }
    Ok(())
}

/// One of our texts in a language.
pub fn text(service: &Service, tag: &str, own: Own, fill: impl Fn(Variable) -> String) -> String {
    let language = service.texts.language(tag).unwrap_or(0);
    service.texts.filled(language, own.key(), fill)
}

/// The language to answer in: that of the words, or else of what they said last, or else the
/// country's.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn language(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &str,
) -> Result<String, Halt> {
    let country = service.country(&source.channel.country);
    let of = country.map_or(&[][..], |c| c.languages.as_slice());
    if let Some(tag) = service.lexicon.language(&words(said), of) {
        return Ok(tag.to_owned());
    }
    let last = gateway
        .records
        .feedback_of(&source.lookup, source.at, 1)
        .await?;
    let last = last.into_iter().next().map(|f| f.language);
    Ok(last
        .or_else(|| country.map(|c| c.default_language.clone()))
        .unwrap_or_default())
}

/// A message to whoever texts; none to a number that cannot be texted. One about no feedback keeps
/// the number with it, for nothing else may be kept of them.
pub fn message(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: &str,
    text: String,
    feedback: Option<&Feedback>,
) -> Option<Message> {
    if source.quiet || !matches!(source.caller, Caller::Known(_)) {
        return None;
    }
    // Who speaks of somebody else's feedback, by its code, is answered at their own number.
    let feedback = feedback.filter(|f| f.citizen == source.lookup);
    let whereto = Whereto {
        country: &source.channel.country,
        channel: &source.channel.id,
        operator: source.operator.as_deref(),
    };
    let number = || gateway.keys().seal(&source.caller, clock::random());
    Some(Message {
        id: gateway.keys().name_at("sms", source.at, &[key, "answer"]),
        channel: channels_for(service, &whereto)
            .into_iter()
            .next()
            .unwrap_or_default(),
        citizen: source.lookup.clone(),
        feedback: feedback.map(|f| f.id.clone()),
        number: feedback.is_none().then(number),
        reply: None,
        text: Words::new(text),
        created_at: source.at,
        attempts: 0,
        prompt: true,
        asked: false,
    })
}

/// Whoever was asked a question, as if they had texted now what waited for its answer.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn source<'a>(
    gateway: &Gateway,
    channel: &'a Channel,
    question: &Question,
) -> Result<Source<'a>, Halt> {
    let sealed = gateway.records.sealed_number(&question.citizen).await?;
    let number = match sealed {
        Some(sealed) => gateway.opened(&sealed, &question.citizen).await?,
        None => None,
    };
    Ok(Source {
        channel,
        // Words are worth filing even where nobody can be texted back.
        caller: number.map_or_else(|| Caller::Unplaced(String::new()), Caller::Known),
        lookup: question.citizen.clone(),
        operator: question.operator.clone(),
        at: question.asked_at,
        quiet: false,
    })
}
