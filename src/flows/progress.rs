//! An institution says how far it has come with a feedback.

use super::tell::{self, News};
use super::{Gateway, Halt};
use crate::domain::feedback::{Feedback, Message, Status};
use crate::domain::institution::Institution;
use crate::domain::menu::texts::Own;
use crate::store::Away;

/// Why a status was not changed.
#[derive(Debug, thiserror::Error)]
pub enum NotMoved {
    /// The institution has no feedback of this id.
    #[error("there is no such feedback")]
    NoSuchFeedback,
    /// It only ever goes forward.
    #[error(
        "`{to}` does not follow `{from}`: it goes `received`, `opened`, `answered`, `resolved`, never back"
    )]
    WrongWay {
        /// Where it stands.
        from: &'static str,
        /// Where it was to go.
        to: &'static str,
    },
    /// It could not be put on record.
    #[error(transparent)]
    Halt(#[from] Halt),
}

impl From<Away> for NotMoved {
    fn from(away: Away) -> Self {
        Self::Halt(away.into())
    }
}

/// Others may move it at the same time; each of them moves it forward, so this is plenty.
const TRIES: usize = 4;

/// Moves a feedback forward and answers it as it then is; where it already is there, nothing
/// changes. What is resolved is put to the citizen, once: is it mended?
///
/// # Errors
/// [`NotMoved`]; nothing was then changed.
pub async fn advance(
    gateway: &Gateway,
    institution: &Institution,
    id: &str,
    to: Status,
) -> Result<Feedback, NotMoved> {
    let mut from = to;
    for _ in 0..TRIES {
        let feedback = gateway
            .records
            .feedback(id)
            .await?
            .filter(|f| f.institution == institution.id)
            .ok_or(NotMoved::NoSuchFeedback)?;
        from = feedback.status;
        if from == to {
            return Ok(feedback);
        }
        if !from.leads_to(to) {
            break;
        }
        let now = gateway.clock.now();
        let question = question(gateway, &feedback, to, now).await?;
        let asked = question.is_some();
        let records = &gateway.records;
        if records.move_feedback(id, from, to, now, question).await? {
            tracing::info!(feedback = id, status = to.word(), "an institution moved on");
            if asked {
                gateway.messages.notify_one();
            }
            return Ok(Feedback {
                status: to,
                ..feedback
            });
        }
    }
    Err(NotMoved::WrongWay {
        from: from.word(),
        to: to.word(),
    })
}

/// "Is it mended?", if it is resolved now and the citizen can be texted.
async fn question(
    gateway: &Gateway,
    feedback: &Feedback,
    to: Status,
    now: i64,
) -> Result<Option<Message>, Away> {
    if to != Status::Resolved {
        return Ok(None);
    }
    let news = News {
        own: Own::SmsVerdict,
        name: "verdict",
        at: now,
    };
    tell::message(gateway, &gateway.service(), feedback, &news).await
}
