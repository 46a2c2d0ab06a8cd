//! What the records are asked, and what they answer.
//!
//! Times are milliseconds since the epoch, UTC.

use crate::domain::breaker::Disabled;
use crate::domain::feedback::{
    Experience, Feedback, Letter, Message, Reply, Sealed, Standing, Status,
};
use crate::domain::inbound::Fate;
use crate::domain::parts::Gathering;
use crate::domain::redact::Words;

/// What became of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// Kept now, with its letters and its message.
    Kept(Feedback),
    /// A feedback with this key was kept before: here it is. Nothing was written.
    Already(Feedback),
    /// Another feedback has this code. Nothing was written: come again with another code.
    CodeTaken,
}

/// A readable message whose sender is no number that we can place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unroutable {
    /// Derived from the channel and the message id: one key is kept once.
    pub key: String,
    /// The id of the channel it came by.
    pub channel: String,
    /// The sender's lookup key.
    pub citizen: String,
    /// The sender as written on the wire, sealed.
    pub sender: Sealed,
    /// The short code it was sent to.
    pub to: String,
    /// What it says.
    pub text: Words,
    /// When it came.
    pub received_at: i64,
}

/// Where a page of a list ended: the next one begins after it. Lists run from new to old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last item's time (`received_at` or `created_at`).
    pub at: i64,
    /// The last item's id.
    pub id: String,
}

/// Which feedback an institution wants to see, from new to old. Every `None` or empty list means
/// "any".
#[derive(Debug, Clone, Default)]
pub struct FeedbackQuery {
    /// Whose; there is no list across institutions.
    pub institution: String,
    /// How far it has come.
    pub status: Option<Status>,
    /// Received at or after this time.
    pub since: Option<i64>,
    /// Codes of the places it may be about: the caller lists a place with all that lies in it.
    pub places: Vec<String>,
    /// Good or bad.
    pub experience: Option<Experience>,
    /// Words that the text contains; ASCII letters match in either case. Not indexed: reads the
    /// institution's feedback, newest first, until the page is full.
    pub contains: Option<Words>,
    /// Where the previous page ended.
    pub after: Option<Cursor>,
    /// At most this many.
    pub limit: u32,
}

/// Which deliveries to show, from new to old.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Whose.
    pub institution: String,
    /// Only those that stand so.
    pub standing: Option<Standing>,
    /// Written at or after this time.
    pub since: Option<i64>,
    /// Written before this time.
    pub until: Option<i64>,
    /// Where the previous page ended.
    pub after: Option<Cursor>,
    /// At most this many.
    pub limit: u32,
}

/// A letter and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The letter; `attempts` counts since it was written or last replayed.
    pub letter: Letter,
    /// `Pending`, `Delivered` or `Dead`.
    pub standing: Standing,
    /// The HTTP status of the last attempt, if there was an answer.
    pub status: Option<u16>,
    /// Why the last attempt failed; none after a success.
    pub why: Option<String>,
    /// What the receiver said when it failed, for the operator.
    pub answer: Option<Words>,
    /// While pending: when it is tried next, or when the lease of whoever tries it now ends.
    pub due_at: Option<i64>,
    /// When it was delivered or given up.
    pub settled_at: Option<i64>,
}

/// An address with which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whose it is.
    pub institution: String,
    /// Where letters to it go.
    pub url: String,
    /// Nothing was taken there since.
    pub failing_since: i64,
    /// Not tried any more since, if it is not.
    pub disabled_at: Option<i64>,
    /// Why not.
    pub why: Option<Disabled>,
}

/// What became of one attempt to deliver a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterOutcome {
    /// A 2xx.
    Delivered {
        /// When.
        at: i64,
        /// The HTTP status.
        status: u16,
    },
    /// Not this time.
    Retry {
        /// When to try again.
        due_at: i64,
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// Why, in words that the institution may read.
        why: String,
        /// What the receiver said, for the operator: no numbers, not the citizen's words.
        answer: Option<Words>,
    },
    /// It was not tried after all: the attempt that its lease counted does not count.
    PutBack {
        /// When it may be taken again.
        due_at: i64,
    },
    /// Never; kept, visible, replayable.
    Dead {
        /// When it was given up.
        at: i64,
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// Why, in words that the institution may read.
        why: String,
        /// What the receiver said, for the operator: no numbers, not the citizen's words.
        answer: Option<Words>,
    },
}

/// A reply to put on record, with the message that carries it.
#[derive(Debug, Clone)]
pub struct ReplyFiling {
    /// The reply; its `created_at` is the time of the filing.
    pub reply: Reply,
    /// The message that takes it to the citizen; none if it may not be sent.
    pub message: Option<Message>,
    /// The client's `Idempotency-Key`, if it sent one.
    pub idempotency: Option<Idempotency>,
    /// The answer that this call will get, and every repeat of it.
    pub response: String,
}

/// A client's promise that two calls are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Within what the key is unique (institution and route).
    pub scope: String,
    /// The key itself.
    pub key: String,
    /// A hash of the body, to find a key used for two different things.
    pub body_hash: String,
}

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyFiled {
    /// Kept now; the feedback is answered.
    Kept,
    /// The same call was made before and got this response. Nothing was written.
    Repeated(String),
    /// The key was used for another body. Nothing was written.
    Conflict,
    /// There is no such feedback. Nothing was written.
    NoSuchFeedback,
}

/// A message to a citizen and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// The message.
    pub message: Message,
    /// `Pending`, `Sent`, `Delivered` or `Dead`.
    pub standing: Standing,
    /// While pending: when it is tried next, or when the lease of whoever sends it now ends.
    pub due_at: Option<i64>,
    /// The aggregator's id for it, as it gave it.
    pub reference: Option<String>,
    /// The aggregator's last word on it (`DeliveredToTerminal`).
    pub report: Option<String>,
    /// Why the last attempt failed, or why it is dead.
    pub why: Option<String>,
    /// When the aggregator took it.
    pub sent_at: Option<i64>,
    /// When it reached the phone or was given up.
    pub settled_at: Option<i64>,
}

/// What became of one attempt to send a message, short of its end: that is [`Conclusion`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageOutcome {
    /// The aggregator took it.
    Accepted {
        /// The id that its delivery reports will name; empty where it gives none.
        reference: String,
        /// When.
        at: i64,
    },
    /// Not this time.
    Retry {
        /// When to try again.
        due_at: i64,
        /// Why, for the operator.
        why: String,
    },
    /// Not this time, and surely nothing was sent.
    Refused {
        /// When to try again.
        due_at: i64,
        /// The channel that took nothing.
        by: String,
        /// The channel to try next, if another one.
        next: Option<String>,
        /// Why, for the operator.
        why: String,
    },
    /// It was not tried after all, because its time has not come: that does not count.
    PutBack {
        /// When it may be taken again.
        due_at: i64,
    },
}

/// A delivery report that came before its message was known by that reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What became of the message.
    pub fate: Fate,
    /// The aggregator's words for it.
    pub status: String,
    /// Its reason for a failure.
    pub why: Option<String>,
    /// When the report came.
    pub at: i64,
}

/// What a delivery report turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The message's end, for the first time: conclude it now, with the letters that tell of it.
    Final(Message),
    /// News on the way; noted.
    Noted(Message),
    /// The message had come to its end before; that stands.
    Already(Message),
    /// Nobody knows the reference yet: kept for 48 hours, for the message that will.
    Parked,
    /// It names no message of this channel and never will.
    Nobody,
}

/// What became of a part of a long message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// It is kept, now or before; this is what has come of its message, which is not on record.
    Open(Box<Gathering>),
    /// Its message is on record, and it was part of it.
    Filed,
    /// Its message is on record without it. Nothing was written.
    Late,
}

/// The parts that a filing was joined from, as they were when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The id of the gathering.
    pub gathering: String,
    /// The channel by which they came.
    pub channel: String,
    /// The citizen's lookup key.
    pub citizen: String,
    /// How many parts were joined.
    pub pieces: usize,
    /// When.
    pub at: i64,
}

/// How a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// On the phone.
    Delivered,
    /// Given up for good.
    Dead {
        /// Why, for the operator and the institution.
        why: String,
    },
}

/// A message's end and the letters that tell of it: committed together, once.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// How it ended.
    pub ending: Ending,
    /// When.
    pub at: i64,
    /// One an address that wants to know.
    pub letters: Vec<Letter>,
}

/// What is held about a citizen, as numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Held {
    /// Whether their number is kept (sealed).
    pub number: bool,
    /// How many feedback.
    pub feedback: u64,
    /// When the oldest of them came.
    pub first_at: Option<i64>,
    /// When the newest of them came.
    pub last_at: Option<i64>,
    /// What they added to them by text message.
    pub additions: u64,
    /// Replies of institutions to them.
    pub replies: u64,
    /// Letters to institutions about them.
    pub letters: u64,
    /// Messages to their phone.
    pub messages: u64,
    /// Long messages of which parts are still waited for.
    pub unfinished: u64,
    /// Messages kept though their sender could not be placed.
    pub unplaced: u64,
    /// The institutions that may see their number, because they said yes to it.
    pub shown_to: Vec<String>,
    /// The channels on which they want no messages.
    pub opted_out: Vec<String>,
}

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Forgotten {
    /// Whether there was a number.
    pub number: bool,
    /// Feedback whose words and tie to the citizen are gone.
    pub feedback: u64,
    /// Replies whose words are gone.
    pub replies: u64,
    /// Letters whose words are gone.
    pub letters: u64,
    /// Messages whose words and tie to the citizen are gone.
    pub messages: u64,
    /// Unfinished or joined long messages that are gone.
    pub unfinished: u64,
    /// Unplaced messages whose words and sender are gone.
    pub unplaced: u64,
}

impl std::fmt::Display for Forgotten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "number={} feedback={} replies={} letters={} messages={} unfinished={} unplaced={}",
            u8::from(self.number),
            self.feedback,
            self.replies,
            self.letters,
            self.messages,
            self.unfinished,
            self.unplaced
        )
    }
}
