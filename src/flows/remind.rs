//! A promised time has gone: the institution hears of it, the one that oversees it, and the
//! citizen. Each once, whatever restarts, however many instances look.

use serde_json::json;

use crate::domain::feedback::{Feedback, Letter};
use crate::domain::institution::Institution;
use crate::domain::menu::texts::Own;
use crate::domain::service::Service;
use crate::domain::webhook::{self, FeedbackView};

use super::tell::{self, News};
use super::{Gateway, Halt, file};

/// Feedback looked at at once.
const AT_ONCE: u32 = 100;

/// What there was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminded {
    /// So many were told; there may be more.
    Some(usize),
    /// Nothing is overdue that was not told.
    Nobody,
}

/// Tells of what is overdue, some of it.
///
/// # Errors
/// [`Halt`] if it could not be put on record; what was not told is told next time.
pub async fn overdue(gateway: &Gateway) -> Result<Reminded, Halt> {
    let now = gateway.clock.now();
    let late = gateway.records.late(now, AT_ONCE).await?;
    if late.is_empty() {
        return Ok(Reminded::Nobody);
    }
    let service = gateway.service();
    let mut told = 0;
    for feedback in late {
        told += usize::from(one(gateway, &service, feedback, now).await?);
    }
    gateway.letters.notify_one();
    gateway.messages.notify_one();
    Ok(Reminded::Some(told))
}

async fn one(
    gateway: &Gateway,
    service: &Service,
    feedback: Feedback,
    now: i64,
) -> Result<bool, Halt> {
    let mut letters = Vec::new();
    if let Some(institution) = service.institution(&feedback.institution) {
        letters = told_to(gateway, service, institution, &feedback, now);
        if let Some(overseer) = overseer(service, institution) {
            letters.extend(told_to(gateway, service, overseer, &feedback, now));
        }
    }
    let news = News {
        own: Own::SmsOverdue,
        name: "overdue",
        at: now,
    };
    let message = tell::message(gateway, service, &feedback, &news).await?;
    let id = feedback.id.clone();
    let noted = gateway
        .records
        .overdue(feedback, now, letters, message)
        .await?;
    if noted {
        tracing::warn!(feedback = id, "a promised answer is overdue");
    }
    Ok(noted)
}

/// The institution one step up, if there is one.
pub(super) fn overseer<'a>(
    service: &'a Service,
    institution: &Institution,
) -> Option<&'a Institution> {
    service.institution(institution.ties.overseen_by.as_deref()?)
}

/// The letters that tell an institution of a feedback that is overdue, its own or one that it
/// oversees: the citizen has the alias there that this institution knows.
fn told_to(
    gateway: &Gateway,
    service: &Service,
    to: &Institution,
    feedback: &Feedback,
    now: i64,
) -> Vec<Letter> {
    let seen = file::as_seen_by(gateway, to, feedback);
    let data = webhook::With {
        feedback: FeedbackView::new(service, &seen),
        more: json!({ "overdue_at": webhook::rfc3339(now), "addressed_to": to.id }),
    };
    let body = webhook::body("feedback.overdue", now, &data);
    file::letters(gateway, to, &feedback.id, "feedback.overdue", &body, now)
}
