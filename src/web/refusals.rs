//! What the flows refuse, as problems: which status says it.

use actix_web::http::StatusCode;

use super::problem::Problem;
use crate::flows::Halt;
use crate::flows::answer::NotTaken;
use crate::flows::progress::NotMoved;
use crate::flows::reroute::NotHandedOn;
use crate::store::Away;

impl From<Away> for Problem {
    fn from(why: Away) -> Self {
        tracing::error!(%why, "an API call could not be answered");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the records cannot be used now",
        )
    }
}

impl From<NotMoved> for Problem {
    fn from(why: NotMoved) -> Self {
        let status = match &why {
            NotMoved::NoSuchFeedback => StatusCode::NOT_FOUND,
            NotMoved::WrongWay { .. } => StatusCode::CONFLICT,
            NotMoved::Halt(halt) => return halted(halt),
        };
        Self::new(status, why.to_string())
    }
}

impl From<NotHandedOn> for Problem {
    fn from(why: NotHandedOn) -> Self {
        let status = match &why {
            NotHandedOn::NoSuchFeedback => StatusCode::NOT_FOUND,
            NotHandedOn::SaidNotTheirs => StatusCode::CONFLICT,
            NotHandedOn::Nobody
            | NotHandedOn::Itself
            | NotHandedOn::DeskMustName
            | NotHandedOn::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
            NotHandedOn::Halt(halt) => return halted(halt),
        };
        Self::new(status, why.to_string())
    }
}

pub(super) fn halted(halt: &Halt) -> Problem {
    tracing::error!(why = %halt, "an API call could not be carried out");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the records cannot be used now",
    )
}

impl From<NotTaken> for Problem {
    fn from(why: NotTaken) -> Self {
        let status = match &why {
            NotTaken::NoSuchFeedback => StatusCode::NOT_FOUND,
            NotTaken::Empty
            | NotTaken::TooLong
            | NotTaken::TextOrTemplate
            | NotTaken::NoSuchTemplate
            | NotTaken::Unfilled(_)
            | NotTaken::Unknown(_) => StatusCode::UNPROCESSABLE_ENTITY,
            NotTaken::Conflict => StatusCode::CONFLICT,
            NotTaken::Halt(halt) => return halted(halt),
        };
        Self::new(status, why.to_string())
    }
}
