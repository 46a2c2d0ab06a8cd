//! "Not ours": a feedback goes to whoever answers for it, and the citizen is told. It never goes
//! nowhere: without a name it goes to the country's desk, and nobody who has said "not ours" gets
//! it again, but the desk, where every circle ends.

use crate::domain::feedback::{Feedback, Status};
use crate::domain::institution::Institution;
use crate::domain::menu::texts::Own;
use crate::domain::promise;
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::store::records::{Former, HandOn};

use super::tell::{self, News};
use super::{Gateway, Halt, file};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// Why a feedback was not handed on.
#[derive(Debug, thiserror::Error)]
pub enum NotHandedOn {
    /// The institution has no feedback of this id.
    #[error("there is no such feedback")]
    NoSuchFeedback,
    /// Nobody of this name in the country takes feedback.
    #[error("`to` names no institution of this country that takes feedback")]
    Nobody,
    /// It is theirs already.
    #[error("`to` names the institution itself")]
    Itself,
    /// The desk itself has to say whose it is.
    #[error("behind the desk there is nobody: name in `to` whose it is")]
    DeskMustName,
    /// The one named has said so too.
    #[error("the institution in `to` has said before that this is not theirs")]
    SaidNotTheirs,
    /// Too long a reason.
    #[error("`reason` is longer than {LONGEST_REASON} characters")]
    TooLong,
    /// It could not be put on record.
    #[error(transparent)]
    Halt(#[from] Halt),
}

impl From<crate::store::Away> for NotHandedOn {
    fn from(away: crate::store::Away) -> Self {
        Self::Halt(away.into())
    }
}

/// Hands a feedback on; answers the id of the institution that has it now.
///
/// # Errors
/// [`NotHandedOn`]; nothing was then changed.
pub async fn hand_on(
    gateway: &Gateway,
    institution: &Institution,
    id: &str,
    to: Option<&str>,
    reason: Option<&str>,
) -> Result<String, NotHandedOn> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        return Err(NotHandedOn::TooLong);
    }
    let service = gateway.service();
    let found = gateway.records.feedback(id).await?;
    let read = found
        .filter(|f| f.institution == institution.id)
        .ok_or(NotHandedOn::NoSuchFeedback)?;
    let formerly = gateway.records.formerly(id).await?;
    let successor = successor(&service, &read, to, &formerly)?;
    let now = gateway.clock.now();
    let mut feedback = read;
    let from = std::mem::replace(&mut feedback.institution, successor.id.clone());
    feedback.alias = gateway.keys().alias(&successor.id, &feedback.citizen);
    feedback.reply_by = promise::of(&service, &successor.id, &feedback.country, now);
    feedback.status = Status::Received;
    // Who publishes has had it before, or may not.
    let letters = file::received(gateway, &service, &feedback, false, now);
    let news = News {
        own: Own::SmsMoved,
        name: "moved",
        at: now,
    };
    let message = tell::message(gateway, &service, &feedback, &news).await?;
    let to = successor.id.clone();
    let hand_on = HandOn {
        from,
        feedback,
        reason: reason.map(Words::new),
        at: now,
        letters,
        message,
    };
    if !gateway.records.hand_on(hand_on).await? {
        // Somebody has handed it on meanwhile.
        return Err(NotHandedOn::NoSuchFeedback);
    }
    tracing::info!(feedback = id, institution = to, "handed on");
    gateway.letters.notify_one();
    gateway.messages.notify_one();
    Ok(to)
}

/// Who gets it: the one named, or the desk.
fn successor<'a>(
    service: &'a Service,
    feedback: &Feedback,
    to: Option<&str>,
    formerly: &[Former],
) -> Result<&'a Institution, NotHandedOn> {
    let desk = service
        .country(&feedback.country)
        .and_then(|country| country.desk.as_deref());
    let from_desk = desk == Some(feedback.institution.as_str());
    let said_not_theirs = |id: &str| formerly.iter().any(|f| f.institution == id);
    let of = |id: &str| {
        let found = service
            .institution(id)
            .filter(|i| i.country == feedback.country);
        found.filter(|i| !i.ties.media).ok_or(NotHandedOn::Nobody)
    };
    match to {
        Some(id) if id == feedback.institution => Err(NotHandedOn::Itself),
        Some(id) if said_not_theirs(id) && from_desk => Err(NotHandedOn::SaidNotTheirs),
        Some(id) if !said_not_theirs(id) => of(id),
        // A circle, or nobody named: the desk decides.
        Some(_) | None if from_desk => Err(NotHandedOn::DeskMustName),
        Some(_) | None => of(desk.ok_or(NotHandedOn::Nobody)?),
    }
}
