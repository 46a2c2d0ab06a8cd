//! A citizen adds to a feedback that is open: words, or what they were asked. The institution hears
//! `feedback.added`; where the answer says whose it is, that institution gets it.

use serde_json::json;

use crate::domain::citizen::is_once;
use crate::domain::feedback::{Feedback, Letter, Message, Status};
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::promise;
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::talk::Filled;
use crate::domain::webhook::{self, FeedbackView, With};
use crate::store::records::{Add, Added};

use super::file::{self, Source};
use super::respond;
use super::turn::Said;
use super::{Gateway, Halt, limits};

/// The event that tells that the citizen wrote again.
const ADDED: &str = "feedback.added";

/// Adds words, or what an answer fills in, to a feedback; false if something moved under it.
///
/// # Errors
/// [`Halt`] if it could not be put on record.
pub async fn add(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    feedback: &Feedback,
    filled: Filled,
    question: Option<&str>,
) -> Result<bool, Halt> {
    let mut add = addition(source, said, feedback);
    add.question = question.map(str::to_owned);
    let moved = fill(gateway, service, &mut add.feedback, &filled, source.at);
    if question.is_some() && !filled.more {
        add.words = None;
    }
    if moved {
        let new = &add.feedback;
        add.letters = file::received(gateway, service, new, false, source.at);
    }
    if !moved || add.words.is_some() {
        let letters = letters(
            gateway,
            service,
            &add.feedback,
            add.words.as_ref(),
            source.at,
        );
        add.letters.extend(letters);
    }
    add.message = if moved {
        let after = &add.feedback;
        about(gateway, service, source, said.key, after, Own::SmsMoved)
    } else {
        added_text(gateway, service, source, said.key, &add.feedback)
    };
    settled(gateway, source, add).await
}

/// Puts an addition on record; false if something moved under it.
///
/// # Errors
/// [`Halt`] if it could not be put on record.
pub async fn settled(gateway: &Gateway, source: &Source<'_>, mut add: Add) -> Result<bool, Halt> {
    let id = add.feedback.id.clone();
    let folds = limits::folds(gateway, source);
    if folds {
        // It is in what the API shows of the feedback. Who has it now hears of it all the same.
        add.letters.retain(|letter| letter.event != ADDED);
        add.message = None;
    }
    // Where no number is kept of the feedback's citizen, none is kept of whoever adds to it.
    add.message = add.message.filter(|_| !is_once(&add.feedback.citizen));
    match gateway.records.add(add).await? {
        Added::Kept => {
            if !folds {
                limits::reached(gateway, source);
            }
            tracing::info!(feedback = id, "a citizen has added to a feedback");
            gateway.letters.notify_one();
            gateway.messages.notify_one();
            Ok(true)
        }
        Added::Known => Ok(true),
        Added::Changed => Ok(false),
    }
}

/// Words for a feedback as it stands; nobody is told of them yet.
pub fn addition(source: &Source<'_>, said: &Said<'_>, feedback: &Feedback) -> Add {
    Add {
        from: feedback.institution.clone(),
        feedback: feedback.clone(),
        letters: Vec::new(),
        words: Some(Words::new(said.text)),
        at: source.at,
        origin: said.key.to_owned(),
        told_by: None,
        question: None,
        joining: said.joining.cloned(),
        message: None,
    }
}

/// Fills in what an answer says; whether another institution has the feedback now.
fn fill(
    gateway: &Gateway,
    service: &Service,
    feedback: &mut Feedback,
    filled: &Filled,
    at: i64,
) -> bool {
    feedback.experience = filled.experience.or(feedback.experience);
    feedback.place = filled.place.clone().or_else(|| feedback.place.take());
    let named = filled.institution.as_ref();
    let moved = named.filter(|id| {
        **id != feedback.institution
            && matches!(feedback.status, Status::Received | Status::Opened)
            && service.institution(id).is_some()
    });
    if let Some(id) = moved {
        feedback.institution.clone_from(id);
        feedback.alias = gateway.keys().alias(id, &feedback.citizen);
        feedback.reply_by = promise::of(service, id, &feedback.country, at);
        feedback.status = Status::Received;
    }
    let desk = service
        .country(&feedback.country)
        .and_then(|c| c.desk.as_ref());
    let chosen = named.is_some() || desk != Some(&feedback.institution);
    feedback.complete |= chosen && feedback.experience.is_some() && feedback.place.is_some();
    moved.is_some()
}

/// What tells the institution that the citizen wrote again.
pub fn letters(
    gateway: &Gateway,
    service: &Service,
    feedback: &Feedback,
    words: Option<&Words>,
    at: i64,
) -> Vec<Letter> {
    let Some(institution) = service.institution(&feedback.institution) else {
        return Vec::new();
    };
    let data = With {
        feedback: FeedbackView::new(service, feedback),
        more: json!({ "added": {
            "text": words.map(Words::as_str),
            "at": webhook::rfc3339(at),
        }}),
    };
    let body = webhook::body(ADDED, at, &data);
    file::letters(gateway, institution, &feedback.id, ADDED, &body, at)
}

/// The SMS that says that words were added.
pub fn added_text(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: &str,
    feedback: &Feedback,
) -> Option<Message> {
    about(gateway, service, source, key, feedback, Own::SmsAdded)
}

/// A message to whoever texts, about a feedback, in its language.
fn about(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    key: &str,
    feedback: &Feedback,
    own: Own,
) -> Option<Message> {
    let institution = service.institution(&feedback.institution);
    let text = respond::text(
        service,
        &feedback.language,
        own,
        |variable| match variable {
            Variable::Institution => institution
                .map_or("", |i| i.name(&feedback.language))
                .to_owned(),
            Variable::Code => feedback.code.clone(),
            _ => String::new(),
        },
    );
    respond::message(gateway, service, source, key, text, Some(feedback))
}
