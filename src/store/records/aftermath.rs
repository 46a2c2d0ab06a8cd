//! The records' calls about what happens to a feedback after it was kept.

use super::dialogue::{Formerly, HandOn, LastHeard, Late, Mended, Overdue, Reopen, Verdicts};
use super::messages::{Reassign, Refusals, RefusalsOf};
use super::replies::{Recall, Remember};
use super::{Former, Idempotency, Records, ReplyFiled, Said};
use crate::domain::feedback::{Feedback, Letter, Message};
use crate::store::away::Away;

impl Records {
    /// The citizen says that it is mended; false, and nothing is written, if it is not resolved or
    /// they have said so before.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn mended(
        &self,
        feedback: &str,
        at: i64,
        origin: Option<String>,
    ) -> Result<bool, Away> {
        let feedback = feedback.to_owned();
        self.writer
            .submit(Mended {
                feedback,
                at,
                origin,
            })
            .await
    }

    /// The citizen says that it is not mended: opens a feedback, as it was read, again with a new
    /// promise, and puts the letters that tell of it into the outbox; false, and nothing is
    /// written, if it is not resolved any more.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn reopen(&self, reopen: Reopen) -> Result<bool, Away> {
        self.writer.submit(reopen).await
    }

    /// What the citizen said to an institution, asked whether it is mended; oldest first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn verdicts(&self, feedback: &str, institution: &str) -> Result<Vec<Said>, Away> {
        let (feedback, institution) = (feedback.to_owned(), institution.to_owned());
        let verdicts = Verdicts {
            feedback,
            institution,
        };
        self.read(verdicts).await
    }

    /// Up to `limit` unanswered feedbacks whose promised time has gone and of whom nobody was told,
    /// the longest overdue first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn late(&self, now: i64, limit: u32) -> Result<Vec<Feedback>, Away> {
        self.read(Late { now, limit }).await
    }

    /// Notes that a feedback, as it was read, is overdue, with what tells of it; false, and nothing
    /// is written, if it was noted before or the feedback has moved on.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn overdue(
        &self,
        feedback: Feedback,
        at: i64,
        letters: Vec<Letter>,
        message: Option<Message>,
    ) -> Result<bool, Away> {
        let overdue = Overdue {
            feedback,
            at,
            letters,
            message,
        };
        self.writer.submit(overdue).await
    }

    /// Hands a feedback on, from one institution to the one that it names, with what tells of it;
    /// false, and nothing is written, if it is not the first one's any more.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn hand_on(&self, hand_on: HandOn) -> Result<bool, Away> {
        self.writer.submit(hand_on).await
    }

    /// Everybody who said that a feedback is not theirs, in the order in which they did.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn formerly(&self, feedback: &str) -> Result<Vec<Former>, Away> {
        self.read(Formerly(feedback.to_owned())).await
    }

    /// When a citizen was last heard, by lookup key.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn last_heard(&self, citizen: &str) -> Result<Option<i64>, Away> {
        self.read(LastHeard(citizen.to_owned())).await
    }

    /// What a call was answered that carried this `Idempotency-Key`, if one did of late:
    /// [`ReplyFiled::Repeated`], or [`ReplyFiled::Conflict`] if it was another call.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn recall(&self, call: Idempotency, now: i64) -> Result<Option<ReplyFiled>, Away> {
        self.read(Recall { call, now }).await
    }

    /// Keeps what a call was answered, for its repeats.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn remember(&self, call: Idempotency, response: String, at: i64) -> Result<(), Away> {
        let remember = Remember { call, response, at };
        self.writer.submit(remember).await
    }

    /// Has a message that was never tried go by another channel.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn reassign_message(&self, id: &str, channel: &str) -> Result<bool, Away> {
        let (id, channel) = (id.to_owned(), channel.to_owned());
        self.writer.submit(Reassign { id, channel }).await
    }

    /// The attempts of a message that surely sent nothing.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn refusals(&self, id: &str) -> Result<Refusals, Away> {
        self.read(RefusalsOf(id.to_owned())).await
    }
}
