//! An institution says how far it has come with a feedback.

use super::{Gateway, Halt};
use crate::domain::feedback::{Feedback, Status};
use crate::domain::institution::Institution;

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
    /// Another institution has to be found first.
    #[error("`not_ours` cannot be said by this call yet: tell the operator whose it is")]
    NotYet,
    /// It could not be put on record.
    #[error(transparent)]
    Halt(#[from] Halt),
}

impl From<crate::store::Away> for NotMoved {
    fn from(away: crate::store::Away) -> Self {
        Self::Halt(away.into())
    }
}

/// Others may move it at the same time; each of them moves it forward, so this is plenty.
const TRIES: usize = 4;

/// Moves a feedback forward and answers it as it then is; where it already is there, nothing
/// changes.
///
/// # Errors
/// [`NotMoved`]; nothing was then changed.
pub async fn advance(
    gateway: &Gateway,
    institution: &Institution,
    id: &str,
    to: Status,
) -> Result<Feedback, NotMoved> {
    if to == Status::NotOurs {
        return Err(NotMoved::NotYet);
    }
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
        if gateway
            .records
            .move_feedback(id, from, to, gateway.clock.now())
            .await?
        {
            tracing::info!(feedback = id, status = to.word(), "an institution moved on");
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
