//! What was said goes on record: feedback, letters and confirmation in one transaction.

use crate::domain::channel::Channel;
use crate::domain::citizen::Caller;
use crate::domain::code;
use crate::domain::feedback::{
    Consent, Experience, Feedback, Filing, Kind, Letter, Message, Status,
};
use crate::domain::institution::Institution;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::promise;
use crate::domain::redact::Words;
use crate::domain::routing;
use crate::domain::service::Service;
use crate::domain::talk::{self, Ask, Question};
use crate::domain::webhook::{self, FeedbackView};
use crate::store::records::{Filed, Joining};

use super::{Gateway, Halt, bags, clock, limits};

/// Codes tried before giving up: with 594 million of them, a second try is rare.
const CODES_TRIED: u32 = 8;

/// Whom a feedback comes from, and how.
#[derive(Clone)]
pub struct Source<'a> {
    /// The channel it came by.
    pub channel: &'a Channel,
    /// Whose it is.
    pub caller: Caller,
    /// Their lookup key.
    pub lookup: String,
    /// The operator, if known.
    pub operator: Option<String>,
    /// When it came, milliseconds since the epoch.
    pub at: i64,
    /// Whether a machine seems to speak: it is kept, and not answered.
    pub quiet: bool,
}

/// What was said.
pub struct Draft {
    /// USSD or SMS.
    pub kind: Kind,
    /// The institution's id; without one it goes to the country's desk.
    pub institution: Option<String>,
    /// Good or bad, if said.
    pub experience: Option<Experience>,
    /// The place's code, if said.
    pub place: Option<String>,
    /// The citizen's words.
    pub text: String,
    /// BCP 47 tag.
    pub language: String,
    /// Whether all was asked and answered.
    pub complete: bool,
    /// Whether to confirm by SMS, where there was no last screen to do it.
    pub confirm_by_sms: bool,
    /// What the confirmation asks them, if anything.
    pub ask: Option<Ask>,
    /// What the citizen said to "may they see your number", if that was asked.
    pub consent: Option<Consent>,
    /// Whether the number is not to be kept after the session.
    pub sensitive: bool,
    /// What it is about (`corruption`), if the menu says.
    pub subject: Option<String>,
    /// The menu's own variables that are set: name and value, as whoever reads sees it.
    pub answers: Vec<(String, String)>,
}

/// Puts a feedback on record once: the same `name` again gives the stored one.
///
/// # Errors
/// [`Halt`] if it could not be committed; nothing was then written.
pub async fn file(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    name: &[String],
    draft: Draft,
) -> Result<Feedback, Halt> {
    let key = key(gateway, source.channel, name);
    let filed = file_as(gateway, service, source, key, &draft, None).await?;
    // Only what was joined from parts can have changed.
    filed.ok_or(Halt::NoCode)
}

/// The key of what a channel tells by this name.
pub fn key(gateway: &Gateway, channel: &Channel, name: &[String]) -> String {
    let parts: Vec<&str> = std::iter::once(channel.id.as_str())
        .chain(name.iter().map(String::as_str))
        .collect();
    gateway.keys().name("key", &parts)
}

/// As [`file()`], by the key itself; with `joining`, closes the gathering that the words were joined
/// from as well. `None`, and nothing is written, if that is no longer as it was read.
///
/// # Errors
/// [`Halt`] if it could not be committed; nothing was then written.
pub async fn file_as(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: String,
    draft: &Draft,
    joining: Option<&Joining>,
) -> Result<Option<Feedback>, Halt> {
    let folds = limits::folds(gateway, source);
    let mut feedback = feedback(gateway, service, source, key, draft);
    if folds {
        // Nobody can promise an answer to all that one phone says.
        (feedback.folded, feedback.reply_by) = (true, None);
    }
    for attempt in 0..CODES_TRIED {
        let mut feedback = feedback.clone();
        feedback.code = code::make(
            gateway
                .keys()
                .code_bytes(&[&feedback.id, &attempt.to_string()]),
        );
        if gateway.is_elsewhere(&feedback.code).await {
            continue;
        }
        let filing = filing(gateway, service, source, feedback, draft);
        let (letters, message) = (filing.letters.len(), filing.message.is_some());
        let reserved = match joining {
            None => bags::reserve(gateway, &filing),
            Some(_) => None,
        };
        let in_hand = reserved.is_some();
        let filed = match joining {
            None => Some(bags::file(gateway, filing, reserved).await?),
            Some(joining) => gateway.records.file_joined(filing, joining.clone()).await?,
        };
        match filed {
            None => return Ok(None),
            Some(Filed::Kept(feedback)) => {
                tracing::info!(
                    feedback = feedback.id,
                    institution = feedback.institution,
                    channel = feedback.channel,
                    letters,
                    folds,
                    "a feedback is on record"
                );
                gateway.metrics.filed.inc();
                if folds {
                    gateway.metrics.folded.inc();
                } else {
                    limits::reached(gateway, source);
                }
                if !in_hand {
                    ring(gateway, message);
                }
                return Ok(Some(feedback));
            }
            Some(Filed::Already(feedback)) => return Ok(Some(feedback)),
            Some(Filed::CodeTaken) => {}
        }
    }
    Err(Halt::NoCode)
}

/// Tells the couriers that something waits in the outbox.
fn ring(gateway: &Gateway, message: bool) {
    gateway.letters.notify_one();
    if message {
        gateway.messages.notify_one();
    }
}

fn feedback(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: String,
    draft: &Draft,
) -> Feedback {
    let country = service.country(&source.channel.country);
    let desk = || country.and_then(|c| c.desk.clone());
    // By what it is about and where; what nobody answers for goes to the desk.
    let responsible = || {
        let place = draft.place.as_deref().and_then(|p| service.places.find(p));
        let subject = draft.subject.as_deref()?;
        let found = routing::responsible(service, &source.channel.country, subject, place)?;
        service.institutions.get(found).map(|i| i.id.clone())
    };
    let chosen = draft.institution.clone();
    let institution = chosen
        .or_else(responsible)
        .or_else(desk)
        .unwrap_or_default();
    let citizen = if draft.sensitive {
        gateway.keys().once(&key)
    } else {
        source.lookup.clone()
    };
    Feedback {
        id: gateway.keys().name_at("fb", source.at, &[&key]),
        key,
        code: String::new(),
        country: source.channel.country.clone(),
        channel: source.channel.id.clone(),
        kind: draft.kind,
        operator: source.operator.clone(),
        experience: draft.experience,
        place: draft.place.clone(),
        office: None,
        text: Words::new(draft.text.clone()),
        language: draft.language.clone(),
        alias: gateway.keys().alias(&institution, &citizen),
        citizen,
        status: Status::Received,
        received_at: source.at,
        reply_by: promise::of(service, &institution, &source.channel.country, source.at),
        complete: draft.complete,
        folded: false,
        institution,
    }
}

fn filing(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    feedback: Feedback,
    draft: &Draft,
) -> Filing {
    let letters = if feedback.folded {
        Vec::new()
    } else {
        received(gateway, service, &feedback, may_publish(draft), source.at)
    };
    // Who wants no number kept gets no message either: one would have to be kept for it.
    let kept = !draft.sensitive;
    let textable = kept && matches!(source.caller, Caller::Known(_));
    let confirms = draft.confirm_by_sms && textable && !feedback.folded;
    let asked = draft.ask.as_ref().filter(|_| confirms);
    Filing {
        number: kept.then(|| gateway.keys().seal(&source.caller, clock::random())),
        consent: draft.consent.clone().filter(|_| kept),
        letters,
        message: confirms.then(|| confirmation(gateway, service, &feedback, asked)),
        question: asked.map(|ask| Question {
            origin: feedback.key.clone(),
            citizen: feedback.citizen.clone(),
            channel: feedback.channel.clone(),
            operator: feedback.operator.clone(),
            feedback: Some(feedback.id.clone()),
            ask: ask.clone(),
            words: None,
            asked_at: source.at,
            due_at: None,
        }),
        feedback,
    }
}

/// The menu's own variable in which a citizen agrees that what they say is published.
const PUBLISH: &str = "publish";

/// Whether the citizen agreed that it is published; who was not asked did not.
fn may_publish(draft: &Draft) -> bool {
    draft
        .answers
        .iter()
        .any(|(name, value)| name == PUBLISH && value == "yes")
}

/// The letters that bring a feedback: to the institution that answers for it, to those who get a
/// copy, and, if it is praise, one step up. `publish`: the citizen agrees that it is published.
pub fn received(
    gateway: &Gateway,
    service: &Service,
    feedback: &Feedback,
    publish: bool,
    at: i64,
) -> Vec<Letter> {
    let Some(responsible) = service.institution(&feedback.institution) else {
        return Vec::new();
    };
    std::iter::once(responsible)
        .chain(routing::copies(
            service,
            responsible,
            feedback.experience,
            publish,
        ))
        .flat_map(|to| {
            let seen = as_seen_by(gateway, to, feedback);
            let view = FeedbackView::new(service, &seen);
            let body = webhook::body("feedback.received", at, &view);
            letters(gateway, to, &feedback.id, "feedback.received", &body, at)
        })
        .collect()
}

/// A feedback as an institution may see it: with its own alias for the citizen.
pub fn as_seen_by(gateway: &Gateway, to: &Institution, feedback: &Feedback) -> Feedback {
    let mut seen = feedback.clone();
    if seen.institution != to.id {
        seen.alias = gateway.keys().alias(&to.id, &seen.citizen);
    }
    seen
}

/// One letter for each of an institution's addresses that wants this event. `about` makes the
/// letter itself and no other: writing it twice gives the same id.
pub fn letters(
    gateway: &Gateway,
    institution: &Institution,
    feedback: &str,
    event: &str,
    body: &str,
    at: i64,
) -> Vec<Letter> {
    institution
        .addresses(event)
        .into_iter()
        .map(|url| Letter {
            id: gateway
                .keys()
                .name_at("msg", at, &[feedback, event, &url, body]),
            feedback: Some(feedback.to_owned()),
            institution: institution.id.clone(),
            url,
            event: event.to_owned(),
            body: Words::new(body),
            created_at: at,
            attempts: 0,
            waited: false,
        })
        .collect()
}

/// The SMS that tells the code to someone who texted, and asks what they left open.
fn confirmation(
    gateway: &Gateway,
    service: &Service,
    feedback: &Feedback,
    ask: Option<&Ask>,
) -> Message {
    let language = service.texts.language(&feedback.language).unwrap_or(0);
    let institution = service
        .institution(&feedback.institution)
        .map_or("", |i| i.name(&feedback.language));
    let own = ask.map_or(Own::SmsFiled, Ask::text);
    let text = service
        .texts
        .filled(language, own.key(), |variable| match variable {
            Variable::Institution => institution.to_owned(),
            Variable::Code => feedback.code.clone(),
            Variable::List => ask.map_or_else(String::new, |ask| {
                talk::listed(service, ask, &[], &feedback.language)
            }),
            _ => String::new(),
        });
    Message {
        id: gateway
            .keys()
            .name_at("sms", feedback.received_at, &[&feedback.id, "filed"]),
        channel: super::send::channel_for(service, feedback),
        citizen: feedback.citizen.clone(),
        feedback: Some(feedback.id.clone()),
        number: None,
        reply: None,
        text: Words::new(text),
        created_at: feedback.received_at,
        attempts: 0,
        prompt: true,
        asked: false,
    }
}
