//! Delivered is not opened, opened is not answered, answered is not mended: which rung a feedback
//! has reached, and when.
//!
//! Times are milliseconds since the epoch, UTC.

use super::citizen::is_once;
use super::feedback::{Experience, Feedback, Reply, Status};

/// A rung of the ladder. Only what somebody said or did counts: nothing is concluded from a rung
/// higher up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// An address of the institution took the feedback (the first 2xx).
    Delivered,
    /// The institution said that it was read.
    Opened,
    /// A reply was accepted from the institution.
    Answered,
    /// The institution said that it is done.
    Resolved,
    /// The citizen said that it is done.
    Fixed,
    /// The citizen said that it is not.
    NotFixed,
    /// The time to answer had gone, and it was told.
    Overdue,
    /// The institution said that it is another one's.
    NotOurs,
}

/// When a rung was reached: the first time, and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub rung: Rung,
    /// The first time, which the clocks of a scorecard count.
    pub first: i64,
    /// The last time: a feedback that was opened again is resolved again.
    pub last: i64,
}

/// Which rungs a feedback has reached at the institution that answers for it now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ladder(pub Vec<Reached>);

impl Ladder {
    /// When a rung was first reached.
    pub fn first(&self, rung: Rung) -> Option<i64> {
        self.find(rung).map(|reached| reached.first)
    }

    /// When a rung was last reached.
    pub fn last(&self, rung: Rung) -> Option<i64> {
        self.find(rung).map(|reached| reached.last)
    }

    fn find(&self, rung: Rung) -> Option<&Reached> {
        self.0.iter().find(|reached| reached.rung == rung)
    }
}

/// Where a feedback stands, as a citizen is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Kept, on its way to the institution.
    Received,
    /// In the institution's hands.
    Delivered,
    /// Read.
    Opened,
    /// Answered.
    Answered,
    /// Done, says the institution.
    Resolved,
    /// Done, says the citizen too.
    Fixed,
    /// Not done, says the citizen: open again.
    Reopened,
}

/// The stage that a feedback has come to, and since when it stands there.
pub fn stage(status: Status, received_at: i64, ladder: &Ladder) -> (Stage, i64) {
    let not_fixed = ladder.last(Rung::NotFixed);
    let after = |stage: Stage, rung: Rung| {
        let at = ladder.last(rung);
        match (at, not_fixed) {
            (Some(at), Some(not_fixed)) if not_fixed > at => (Stage::Reopened, not_fixed),
            (Some(at), _) => (stage, at),
            (None, Some(not_fixed)) => (Stage::Reopened, not_fixed),
            // Kept by a version that kept no times.
            (None, None) => (stage, received_at),
        }
    };
    match status {
        Status::Resolved => match (ladder.last(Rung::Resolved), ladder.last(Rung::Fixed)) {
            (resolved, Some(fixed)) if resolved.is_none_or(|at| fixed >= at) => {
                (Stage::Fixed, fixed)
            }
            (resolved, _) => (Stage::Resolved, resolved.unwrap_or(received_at)),
        },
        Status::Answered => after(Stage::Answered, Rung::Answered),
        Status::Opened => after(Stage::Opened, Rung::Opened),
        Status::Received | Status::NotOurs => match ladder.first(Rung::Delivered) {
            Some(at) => (Stage::Delivered, at),
            None => (Stage::Received, received_at),
        },
    }
}

/// What whoever knows the code may know, wherever they ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The feedback's id (`fb_…`), for what the caller does next; not shown.
    pub feedback: String,
    /// The code as it is written.
    pub code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The id of the institution that answers for it now.
    pub institution: String,
    /// The language that the citizen chose, BCP 47.
    pub language: String,
    /// Good or bad, if said.
    pub experience: Option<Experience>,
    /// Where it stands …
    pub stage: Stage,
    /// … and since when.
    pub since: i64,
    /// When it was accepted.
    pub received_at: i64,
    /// Until when an answer is promised; none once it is answered, or if nothing was promised.
    pub due: Option<i64>,
    /// Whether that time has gone.
    pub overdue: bool,
    /// Whether the citizen is to say if it is mended: resolved, and not yet said.
    pub asks_verdict: bool,
    /// Whether the replies wait to be fetched with the code, because no number is kept.
    pub waits: bool,
    /// The institution's words, oldest first: for the phone, never for the public page.
    pub replies: Vec<Reply>,
}

impl Standing {
    /// Puts together what is known of a feedback at a moment.
    pub fn of(feedback: &Feedback, ladder: &Ladder, replies: Vec<Reply>, now: i64) -> Self {
        let (stage, since) = stage(feedback.status, feedback.received_at, ladder);
        let answered = matches!(stage, Stage::Answered | Stage::Resolved | Stage::Fixed);
        let due = feedback.reply_by.filter(|_| !answered);
        Self {
            feedback: feedback.id.clone(),
            code: feedback.code.clone(),
            country: feedback.country.clone(),
            institution: feedback.institution.clone(),
            language: feedback.language.clone(),
            experience: feedback.experience,
            stage,
            since,
            received_at: feedback.received_at,
            due,
            overdue: due.is_some_and(|due| due < now),
            asks_verdict: stage == Stage::Resolved,
            waits: is_once(&feedback.citizen),
            replies,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(rungs: &[(Rung, i64)]) -> Ladder {
        let reached = |(rung, at): &(Rung, i64)| Reached {
            rung: *rung,
            first: *at,
            last: *at,
        };
        Ladder(rungs.iter().map(reached).collect())
    }

    #[test]
    fn what_is_delivered_is_not_opened_and_what_is_resolved_not_mended() {
        let none = Ladder::default();
        assert_eq!(stage(Status::Received, 5, &none), (Stage::Received, 5));
        let delivered = ladder(&[(Rung::Delivered, 6)]);
        assert_eq!(
            stage(Status::Received, 5, &delivered),
            (Stage::Delivered, 6)
        );
        let resolved = ladder(&[(Rung::Delivered, 6), (Rung::Resolved, 9)]);
        assert_eq!(stage(Status::Resolved, 5, &resolved), (Stage::Resolved, 9));
        let fixed = ladder(&[(Rung::Resolved, 9), (Rung::Fixed, 10)]);
        assert_eq!(stage(Status::Resolved, 5, &fixed), (Stage::Fixed, 10));
    }

    #[test]
    fn what_is_not_mended_is_open_again_until_something_is_done() {
        let reopened = ladder(&[(Rung::Opened, 6), (Rung::Resolved, 9), (Rung::NotFixed, 10)]);
        assert_eq!(stage(Status::Opened, 5, &reopened), (Stage::Reopened, 10));
        let again = ladder(&[(Rung::NotFixed, 10), (Rung::Answered, 11)]);
        assert_eq!(stage(Status::Answered, 5, &again), (Stage::Answered, 11));
    }
}
