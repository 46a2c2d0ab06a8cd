//! A citizen's text message, in the dialogue that they are in: a right, a question about a code, an
//! answer to what was asked, words for a feedback that is open, or something new. What it is,
//! [`talk`] decides; here it is done, once a message.

use crate::domain::feedback::Feedback;
use crate::domain::hearing::codes::{self, Asked};
use crate::domain::hearing::hear;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::talk::{self, Ask, Filled, Question, WAIT_MS, Where};
use crate::domain::webhook::ERASED_ALIAS;
use crate::store::records::{Joining, Talk};

use super::add::{add, added_text, addition, letters, settled};
use super::file::{self, Source};
use super::follow::{self, Asker};
use super::respond::{self, respond};
use super::{Gateway, Halt, command, limits, listen, verdict};

/// What was said.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// What makes the message itself.
    pub key: &'a str,
    /// Its words.
    pub text: &'a str,
    /// The parts that they were joined from.
    pub joining: Option<&'a Joining>,
}

/// How often a message is looked at anew because something moved under it.
const LOOKS: usize = 3;

/// Takes a message; false, and nothing is written, if the parts that it was joined from are no
/// longer as they were read.
///
/// # Errors
/// [`Halt`] if it could not be put on record; the aggregator must send it again.
pub async fn take(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
) -> Result<bool, Halt> {
    let mut talk = look(gateway, source, said).await?;
    if talk.known {
        return Ok(true);
    }
    let source = &limits::hears(gateway, source, said);
    let asked = codes::asked(&service.lexicon, said.text);
    // One word, or a code, is never longer than one message.
    if said.joining.is_none() {
        if let Some(right) = talk::right(&service.lexicon, said.text) {
            command::exercise(gateway, service, source, said, right).await?;
            return Ok(true);
        }
        match &asked {
            Some(Asked::Standing(code)) => {
                command::stands(gateway, service, source, said, Some(code)).await?;
                return Ok(true);
            }
            Some(Asked::Bare(code)) if command::is_known(gateway, source, code).await? => {
                command::stands(gateway, service, source, said, Some(code)).await?;
                return Ok(true);
            }
            Some(Asked::Wrong) => {
                command::stands(gateway, service, source, said, None).await?;
                return Ok(true);
            }
            Some(Asked::Without) => {
                let said = (said.key, said.text);
                respond(gateway, service, source, said, Own::SmsAskCode).await?;
                return Ok(true);
            }
            Some(Asked::Bare(_) | Asked::About(_)) | None => {}
        }
    }
    let about = match &asked {
        Some(Asked::About(code)) => Some(code.as_str()),
        _ => None,
    };
    for _ in 0..LOOKS {
        if talk.known || go(gateway, service, source, said, &talk, about).await? {
            return Ok(true);
        }
        if said.joining.is_some() {
            return Ok(false);
        }
        talk = look(gateway, source, said).await?;
    }
    // Whatever keeps moving, the words are kept.
    new(gateway, service, source, said).await
}

async fn look(gateway: &Gateway, source: &Source<'_>, said: &Said<'_>) -> Result<Talk, Halt> {
    let talk = gateway.records.talk(&source.lookup, said.key, source.at);
    Ok(talk.await?)
}

/// One look: false if something moved meanwhile. `about`: the code that stands among the words.
async fn go(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    talk: &Talk,
    about: Option<&str>,
) -> Result<bool, Halt> {
    if let Some(code) = about
        && let Some(feedback) = of_code(gateway, source, code).await?
    {
        let filled = Filled::default();
        return add(gateway, service, source, said, &feedback, filled, None).await;
    }
    // Of two questions the later one is answered.
    let question = talk.question.as_ref();
    let question = question.filter(|q| {
        talk.verdict
            .as_ref()
            .is_none_or(|(_, at)| q.asked_at >= *at)
    });
    if let Some(question) = question
        && let Some(done) = answered(gateway, service, source, said, talk, question).await?
    {
        return Ok(done);
    }
    if let Some((feedback, _)) = &talk.verdict
        && verdict::by_sms(gateway, feedback, said.text, said.key, said.joining).await?
    {
        return Ok(true);
    }
    let heard = hear(service, &source.channel.country, said.text);
    match talk::thread(service, &talk.threads, &heard, source.at) {
        Where::New => new(gateway, service, source, said).await,
        Where::To(id) => match gateway.records.feedback(&id).await? {
            Some(feedback) => {
                let filled = Filled::default();
                add(gateway, service, source, said, &feedback, filled, None).await
            }
            None => Ok(false),
        },
        Where::Asked(ids) => which(gateway, service, source, said, talk, ids).await,
    }
}

/// Something new.
async fn new(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
) -> Result<bool, Halt> {
    let draft = listen::draft(service, source.channel, said.text);
    let key = said.key.to_owned();
    let filed = file::file_as(gateway, service, source, key, &draft, said.joining).await?;
    Ok(filed.is_some())
}

/// The feedback of a code; whoever gives it may speak of it.
async fn of_code(
    gateway: &Gateway,
    source: &Source<'_>,
    code: &str,
) -> Result<Option<Feedback>, Halt> {
    let asker = Asker::Citizen(source.lookup.clone());
    let Some(standing) = follow::standing(gateway, code, &asker).await? else {
        return Ok(None);
    };
    let found = gateway.records.feedback(&standing.feedback).await?;
    Ok(found.filter(|f| f.alias != ERASED_ALIAS))
}

/// Takes a message as the answer to a question: `None` if it is none, false if something moved.
async fn answered(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    talk: &Talk,
    question: &Question,
) -> Result<Option<bool>, Halt> {
    let Some(waiting) = &question.words else {
        let Some(id) = &question.feedback else {
            return Ok(None);
        };
        let Some(feedback) = gateway.records.feedback(id).await? else {
            return Ok(None);
        };
        let Some(filled) = talk::filled(service, &feedback, &question.ask, said.text) else {
            return Ok(None);
        };
        let origin = Some(question.origin.as_str());
        let added = add(gateway, service, source, said, &feedback, filled, origin).await?;
        return Ok(Some(added));
    };
    let Ask::Thread(options) = &question.ask else {
        return Ok(None);
    };
    let before = Said {
        key: &question.origin,
        text: waiting.as_str(),
        joining: None,
    };
    match talk::chosen(options, &talk.threads, said.text) {
        Some(Some(id)) => {
            let Some(feedback) = gateway.records.feedback(&id).await? else {
                return Ok(None);
            };
            let mut addition = addition(source, &before, &feedback);
            let words = addition.words.as_ref();
            addition.letters = letters(gateway, service, &feedback, words, source.at);
            addition.question = Some(question.origin.clone());
            addition.told_by = Some(said.key.to_owned());
            let message = added_text(gateway, service, source, said.key, &addition.feedback);
            addition.message = message;
            Ok(Some(settled(gateway, source, addition).await?))
        }
        Some(None) => {
            release(gateway, service, source, question, true).await?;
            gateway.records.say(said.key, source.at, None).await?;
            Ok(Some(true))
        }
        // No answer: what waited is something new, and this belongs to it, or is new itself.
        None => {
            release(gateway, service, source, question, false).await?;
            Ok(Some(false))
        }
    }
}

/// Files words that waited for an answer as something new.
async fn release(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    question: &Question,
    ask: bool,
) -> Result<(), Halt> {
    let words = question.words.as_ref().map_or("", Words::as_str);
    let mut draft = listen::draft(service, source.channel, words);
    // Who did not answer one question is not asked another.
    draft.ask = draft.ask.filter(|_| ask);
    let key = question.origin.clone();
    file::file_as(gateway, service, source, key, &draft, None).await?;
    let ended = gateway.records.end_question(&question.origin, source.at);
    Ok(ended.await?)
}

/// Asks which feedback the words belong to; they wait for the answer.
async fn which(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    talk: &Talk,
    ids: Vec<String>,
) -> Result<bool, Halt> {
    let ask = Ask::Thread(ids);
    let tag = respond::language(gateway, service, source, said.text).await?;
    let list = talk::listed(service, &ask, &talk.threads, &tag);
    let text = respond::text(
        service,
        &tag,
        Own::SmsAskThread,
        |variable| match variable {
            Variable::List => list.clone(),
            _ => String::new(),
        },
    );
    let question = Question {
        origin: said.key.to_owned(),
        citizen: source.lookup.clone(),
        channel: source.channel.id.clone(),
        operator: source.operator.clone(),
        feedback: None,
        ask,
        words: Some(Words::new(said.text)),
        asked_at: source.at,
        due_at: Some(source.at.saturating_add(WAIT_MS)),
    };
    let message = respond::message(gateway, service, source, said.key, text, None);
    let kept = gateway
        .records
        .keep_waiting(question, message, said.joining.cloned())
        .await?;
    gateway.messages.notify_one();
    Ok(kept)
}

/// What became of the words that have waited longest for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// None have waited long enough.
    Nobody,
    /// They are filed as something new, or wait on because their channel is not configured now.
    Seen,
}

/// Files words that have waited long enough for an answer.
///
/// # Errors
/// [`Halt`] if they could not be put on record; they then wait on.
pub async fn unanswered(gateway: &Gateway) -> Result<Unanswered, Halt> {
    let now = gateway.clock.now();
    let Some(question) = gateway.records.unanswered(now).await? else {
        return Ok(Unanswered::Nobody);
    };
    let service = gateway.service();
    let Some(channel) = service.channels.get(&question.channel) else {
        let until = now.saturating_add(super::gather::CHANNEL_BACK_MS);
        gateway
            .records
            .postpone_question(&question.origin, until)
            .await?;
        return Ok(Unanswered::Seen);
    };
    let source = respond::source(gateway, channel, &question).await?;
    release(gateway, &service, &source, &question, false).await?;
    Ok(Unanswered::Seen)
}
