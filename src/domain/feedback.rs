//! The records: what a citizen said, the letters that carry it, the messages that answer it.
//!
//! Times are milliseconds since the epoch, UTC.

use super::redact::Words;
use super::talk::Question;

/// Whether a citizen was served well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Experience {
    /// Praise.
    Good,
    /// Complaint.
    Bad,
}

/// How a citizen reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A menu session.
    Ussd,
    /// A text message.
    Sms,
}

/// How far an institution has come with a feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Kept; nobody at the institution has said that it was read.
    Received,
    /// An official has opened it.
    Opened,
    /// A reply has been written.
    Answered,
    /// The institution says that it is done.
    Resolved,
    /// The institution says that another one answers for it.
    NotOurs,
}

impl Status {
    /// The word of the API and the records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Opened => "opened",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
            Self::NotOurs => "not_ours",
        }
    }

    /// Whether an institution may move a feedback on from here to there: forward, also past a
    /// stage, because what is resolved has been opened whether or not anybody said so.
    pub fn leads_to(self, next: Self) -> bool {
        let stage = |status| match status {
            Self::Received => Some(0),
            Self::Opened => Some(1),
            Self::Answered => Some(2),
            Self::Resolved => Some(3),
            Self::NotOurs => None,
        };
        stage(self)
            .zip(stage(next))
            .is_some_and(|(from, to)| from < to)
    }
}

/// What a citizen said, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// `fb_…`
    pub id: String,
    /// Derived from the channel and its session and step, or message id: the same callback gives
    /// the same key, and one key is kept once.
    pub key: String,
    /// The code that can be read out (`K7M-2QX-9`).
    pub code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The id of the institution that answers for it.
    pub institution: String,
    /// The id of the channel it came by.
    pub channel: String,
    /// USSD or SMS.
    pub kind: Kind,
    /// The operator's id, or the network code as it came.
    pub operator: Option<String>,
    /// Good or bad, if said.
    pub experience: Option<Experience>,
    /// The place's code, if said.
    pub place: Option<String>,
    /// The office within the institution, if said.
    pub office: Option<String>,
    /// The citizen's words, exactly.
    pub text: Words,
    /// BCP 47 tag of the language used.
    pub language: String,
    /// The citizen's lookup key: a keyed hash of the number, hexadecimal. Of one whose number is
    /// not kept, a name that stands for them here and nowhere else (`once_…`).
    pub citizen: String,
    /// `cz_…`: the citizen, as this institution may know them.
    pub alias: String,
    /// How far it has come.
    pub status: Status,
    /// When it was accepted.
    pub received_at: i64,
    /// Until when the institution promised to answer.
    pub reply_by: Option<i64>,
    /// Whether everything that is asked was answered.
    pub complete: bool,
    /// Whether it is kept in the institution's list only, because one phone said too much.
    pub folded: bool,
}

/// A citizen's number, encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key sealed it.
    pub key_id: String,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed(key {})", self.key_id)
    }
}

/// An event on its way to one address of one institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// `msg_…`: the `webhook-id`, the same on every attempt.
    pub id: String,
    /// The feedback it is about, if it is about one; letters of one feedback to one address go in
    /// order.
    pub feedback: Option<String>,
    /// The institution it goes to.
    pub institution: String,
    /// The address, as in the institution's file.
    pub url: String,
    /// `feedback.received`, …
    pub event: String,
    /// The JSON body, the same on every attempt.
    pub body: Words,
    /// When it was written.
    pub created_at: i64,
    /// How many attempts were made.
    pub attempts: u32,
    /// Whether it was tried, held back or sent before: what is new goes first.
    pub waited: bool,
}

/// Where a letter or message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Waiting for its (next) attempt.
    Pending,
    /// Letters: a 2xx. Messages: on the phone.
    Delivered,
    /// Given up for good; kept, visible, replayable.
    Dead,
    /// Messages only: the aggregator took it, no final report yet.
    Sent,
}

/// A message to a citizen (MT).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `sms_…`
    pub id: String,
    /// The channel that sends it.
    pub channel: String,
    /// The citizen's lookup key.
    pub citizen: String,
    /// The feedback it belongs to; none for what answers STOP or INFO.
    pub feedback: Option<String>,
    /// The citizen's number, where nothing else is kept of them: it goes when the message has ended.
    pub number: Option<Sealed>,
    /// The reply it carries (`rp_…`); none for a confirmation of ours.
    pub reply: Option<String>,
    /// What it says.
    pub text: Words,
    /// When it was written.
    pub created_at: i64,
    /// How many attempts were made.
    pub attempts: u32,
    /// Whether it is part of an exchange, for which somebody waits with the phone in hand: it goes
    /// out at once, in quiet hours too.
    pub prompt: bool,
    /// Whether it says what the citizen has just asked to be told: it goes out although they want
    /// no messages otherwise.
    pub asked: bool,
}

/// An institution's reply to a citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// `rp_…`
    pub id: String,
    /// The feedback it answers.
    pub feedback: String,
    /// The institution's words.
    pub text: Words,
    /// When it was written.
    pub created_at: i64,
}

/// What a citizen said to "may the institution see your number".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The institution that the screen named, by its id; a yes to nobody in particular counts for
    /// nobody.
    pub institution: Option<String>,
    /// Yes or no.
    pub given: bool,
    /// Which words asked it: the text's name, its language, and a hash of it as it then stood
    /// (`ask-confirm/fr/1f0c9a3b`).
    pub words: String,
    /// When it was said, milliseconds since the epoch.
    pub at: i64,
}

/// Everything that one accepted feedback puts on record, in one transaction.
#[derive(Debug, Clone)]
pub struct Filing {
    /// The feedback.
    pub feedback: Feedback,
    /// The citizen's number, kept once a citizen; none if it is not to be kept.
    pub number: Option<Sealed>,
    /// What they said of their number, if they were asked.
    pub consent: Option<Consent>,
    /// Its first letters, one an address.
    pub letters: Vec<Letter>,
    /// A confirmation to send, if any.
    pub message: Option<Message>,
    /// What that asks of the citizen, if anything.
    pub question: Option<Question>,
}
