//! Records: what citizens said, the letters that carry it, the messages that answer it.
//!
//! Every call that changes something is one transaction, committed before it answers. A call that
//! ends in [`Away`] may have been committed all the same (the answer was lost, not the deed):
//! every one of them may be repeated with the same values.

mod additions;
mod aftermath;
mod audit;
mod consents;
mod deliveries;
mod delivering;
mod dialogue;
mod endpoints;
mod filing;
mod gathering;
mod keys;
mod ladder;
mod letters;
mod messages;
mod moving;
mod opt_out;
#[cfg(test)]
mod plans;
mod postgres;
mod reading;
mod receipts;
mod relink;
mod replies;
mod resealing;
mod retargeting;
mod retention;
mod rights;
mod rows;
mod schema;
mod scorecards;
mod sql;
mod sqlite;
mod turns;
mod types;
mod writer;

pub use additions::{Add, Added};
pub use audit::Deed;
pub use dialogue::{Former, HandOn, Reopen, Said};
pub use keys::Founding;
pub use messages::Refusals;
pub use moving::{CannotMove, Moved, Mover};
pub use relink::{Relink, Seen};
pub use resealing::{Kind as SealedKind, Resealed};
pub use turns::Talk;
pub use types::{
    Conclusion, Cursor, Delivery, DeliveryQuery, Dispatch, Ending, FeedbackQuery, Filed, Forgotten,
    Gathered, Heard, Held, Idempotency, Joining, LetterOutcome, MessageOutcome, Parked, ReplyFiled,
    ReplyFiling, Trouble, Unroutable,
};

use super::away::{Away, CannotOpen};
use crate::domain::feedback::{Feedback, Filing, Letter, Message, Reply, Sealed, Status};
use crate::domain::inbound::Receipt;
use crate::domain::ladder::Ladder;
use sql::Pool;
use writer::{Op, Writer};

/// The records. Cloneable: clones are the same store.
#[derive(Clone)]
pub struct Records {
    writer: Writer,
    /// None where reads have to go through the writer.
    readers: Option<Pool>,
}

impl Records {
    /// Opens the records at `sqlite:path/to/file.db`, at `postgres://…` or, for throwaway ones, at
    /// `sqlite::memory:`. Folder, file and tables are made or brought up to date as needed.
    ///
    /// # Errors
    /// [`CannotOpen`], with words for the operator.
    pub async fn open(url: &str) -> Result<Self, CannotOpen> {
        let (writer, readers) = if postgres::is_ours(url) {
            postgres::open(url).await?
        } else {
            sqlite::open(url).await?
        };
        Ok(Self { writer, readers })
    }

    async fn read<O: Op>(&self, op: O) -> Result<O::Answer, Away> {
        match &self.readers {
            Some(readers) => op.run(&mut readers.lend().await?).await,
            None => self.writer.submit(op).await,
        }
    }

    /// Keeps a feedback with all that belongs to it, once a `feedback.key`.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn file(&self, filing: Filing) -> Result<Filed, Away> {
        self.writer.file(filing, 0).await
    }

    /// As [`Records::file`]; if it is kept, its message and the first letter to each address are
    /// leased to the caller until then, as if [`Records::lease_letters`] and
    /// [`Records::lease_messages`] had given them out: one attempt is counted.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn file_in_hand(&self, filing: Filing, lease_until: i64) -> Result<Filed, Away> {
        self.writer.file(filing, lease_until).await
    }

    /// Keeps a message that nobody can place; false if its key was there.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn keep_unroutable(&self, unroutable: Unroutable) -> Result<bool, Away> {
        self.writer.submit(unroutable).await
    }

    /// One feedback, by id.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn feedback(&self, id: &str) -> Result<Option<Feedback>, Away> {
        self.read(reading::ById(id.to_owned())).await
    }

    /// One feedback, by its code as stored (`K7M-2QX-9`).
    ///
    /// # Errors
    /// [`Away`]
    pub async fn feedback_by_code(&self, code: &str) -> Result<Option<Feedback>, Away> {
        self.read(reading::ByCode(code.to_owned())).await
    }

    /// A page of an institution's feedback, from new to old.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn feedback_list(&self, query: FeedbackQuery) -> Result<Vec<Feedback>, Away> {
        self.read(query).await
    }

    /// The replies to a feedback, oldest first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn replies(&self, feedback: &str) -> Result<Vec<Reply>, Away> {
        self.read(replies::OfFeedback(feedback.to_owned())).await
    }

    /// The letters about a feedback and what became of them, oldest first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn letters_of(&self, feedback: &str) -> Result<Vec<Delivery>, Away> {
        self.read(deliveries::OfFeedback(feedback.to_owned())).await
    }

    /// The messages about a feedback and where they stand, oldest first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn messages_of(&self, feedback: &str) -> Result<Vec<Dispatch>, Away> {
        self.read(messages::OfFeedback(feedback.to_owned())).await
    }

    /// A citizen's number, by lookup key.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn sealed_number(&self, citizen: &str) -> Result<Option<Sealed>, Away> {
        self.read(filing::SealedNumber(citizen.to_owned())).await
    }

    /// Puts a letter into the outbox, once an id; false if it is there already.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn post(&self, letter: Letter) -> Result<bool, Away> {
        self.writer.submit(letters::Post(letter)).await
    }

    /// Takes up to `limit` letters that are due at `now`; nobody else gets them before
    /// `lease_until`. New ones come before those that have waited, of which there are at most
    /// `waited`; of the letters of one feedback to one address only the first that is pending.
    /// `attempts` counts this one already.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn lease_letters(
        &self,
        now: i64,
        lease_until: i64,
        limit: u32,
        waited: u32,
    ) -> Result<Vec<Letter>, Away> {
        let until = lease_until;
        self.writer
            .submit(letters::Lease {
                now,
                until,
                limit,
                waited,
            })
            .await
    }

    /// When the next letter may be leased (it may be in the past); none if none is pending.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn next_letter_due(&self) -> Result<Option<i64>, Away> {
        self.read(letters::NextDue).await
    }

    /// Has a letter delivered again from `now` on, whatever became of it, its attempts counted
    /// anew; false if there is none, or it is being delivered at this moment.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn replay_letter(&self, id: &str, now: i64) -> Result<bool, Away> {
        let id = id.to_owned();
        self.writer.submit(letters::Replay { id, now }).await
    }

    /// One letter and what became of it.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn delivery(&self, id: &str) -> Result<Option<Delivery>, Away> {
        self.read(deliveries::One(id.to_owned())).await
    }

    /// A page of an institution's deliveries, from new to old.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>, Away> {
        self.read(query).await
    }

    /// Which rungs of the ladder a feedback has reached at an institution.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn ladder(&self, feedback: &str, institution: &str) -> Result<Ladder, Away> {
        let (feedback, institution) = (feedback.to_owned(), institution.to_owned());
        let of = ladder::Of {
            feedback,
            institution,
        };
        self.read(of).await
    }

    /// Moves a feedback from one status to another, notes when, and puts a
    /// message to the citizen on its way, if there is one; false, and nothing is written,
    /// if it stands elsewhere by now or there is none.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn move_feedback(
        &self,
        id: &str,
        from: Status,
        to: Status,
        at: i64,
        message: Option<Message>,
    ) -> Result<bool, Away> {
        let move_on = replies::MoveOn {
            id: id.to_owned(),
            from,
            to,
            at,
            message,
        };
        self.writer.submit(move_on).await
    }

    /// Keeps a reply, the message that carries it and the response to the call, and marks the
    /// feedback as answered unless it is resolved.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn add_reply(&self, filing: ReplyFiling) -> Result<ReplyFiled, Away> {
        self.writer.submit(filing).await
    }

    /// Takes up to `limit` messages that are due at `now`, as [`Records::lease_letters`] does.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn lease_messages(
        &self,
        now: i64,
        lease_until: i64,
        limit: u32,
    ) -> Result<Vec<Message>, Away> {
        let until = lease_until;
        self.writer
            .submit(messages::Lease { now, until, limit })
            .await
    }

    /// When the next message may be leased (it may be in the past); none if none is pending.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn next_message_due(&self) -> Result<Option<i64>, Away> {
        self.read(messages::NextDue).await
    }

    /// Notes what became of an attempt. If the aggregator took the message and a report on it is
    /// parked already, here it is: a final one has to be concluded now.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn settle_message(
        &self,
        id: &str,
        outcome: MessageOutcome,
    ) -> Result<Option<Parked>, Away> {
        let id = id.to_owned();
        self.writer.submit(messages::Settle { id, outcome }).await
    }

    /// Finds the message that a report is about and notes its status text. On [`Heard::Final`],
    /// conclude the message before the report is acknowledged.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn receipt(&self, channel: &str, receipt: Receipt, at: i64) -> Result<Heard, Away> {
        let channel = channel.to_owned();
        self.writer
            .submit(receipts::Hear {
                channel,
                receipt,
                at,
            })
            .await
    }

    /// Ends a message and puts the letters that tell of it into the outbox, together and once;
    /// false, and nothing is written, if it had ended before.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn conclude_message(&self, id: &str, conclusion: Conclusion) -> Result<bool, Away> {
        let id = id.to_owned();
        self.writer
            .submit(messages::Conclude { id, conclusion })
            .await
    }

    /// Up to `limit` messages whose final report is known but that were never concluded, because
    /// the process ended between the two: ask at start and with every sweep, and conclude them.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn unconcluded(&self, limit: u32) -> Result<Vec<(Message, Parked)>, Away> {
        self.read(receipts::Forgotten(limit)).await
    }

    /// One message and where it stands.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn message(&self, id: &str) -> Result<Option<Dispatch>, Away> {
        self.read(messages::One(id.to_owned())).await
    }

    /// Removes responses to repeated calls and parked reports older than 48 hours, up to 1000 of
    /// each; how many went. Call again until nothing goes.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn sweep(&self, now: i64) -> Result<u64, Away> {
        self.writer.submit(replies::Sweep { now }).await
    }

    /// Whether the records answer: the writer gets hold of the database and reads from it.
    ///
    /// # Errors
    /// [`Away`] if they do not.
    pub async fn ping(&self) -> Result<(), Away> {
        self.writer.submit(schema::Ping).await
    }
}
