//! What an aggregator can tell us, whatever its dialect: a USSD step, a message, a delivery
//! report, the end of a session.

use super::redact::{RawNumber, Words};

/// One thing an aggregator said. A callback may hold several (Infobip sends results in batches).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A citizen dialled, or answered a screen.
    Ussd(Ussd),
    /// The network closed a session without us.
    End(End),
    /// A citizen texted (MO).
    Sms(Sms),
    /// News of a message that we sent (MT).
    Receipt(Receipt),
    /// The network took a STOP on our behalf: this phone wants no messages from this channel.
    OptOut(OptOut),
    /// One item of a batch could not be read; the others count all the same.
    Unreadable(Unreadable),
}

/// A step of a USSD session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ussd {
    /// The aggregator's session id; some deployments send none.
    pub session: Option<String>,
    /// Who dials.
    pub from: RawNumber,
    /// The service code, as the aggregator writes it (`*7344#`, `7344`, `1047`), if it says so.
    pub service_code: Option<String>,
    /// What was typed, and what the dialect means by it.
    pub input: Input,
    /// What the dialect claims of this step; a claim, not a fact (see `facts/aggregators.md` 2).
    pub claim: Claim,
    /// An id of this very request, where the dialect has one: equal ids are one callback.
    pub request_id: Option<String>,
    /// The network's own name for the operator (`63510`), if the dialect tells.
    pub network: Option<String>,
    /// What the dialect wants back in its answer, opaque to everybody but its interpreter.
    pub echo: Vec<(&'static str, String)>,
}

/// The text of a USSD step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Only what was typed last. The first one is often the dialled code without `*` and `#`.
    Last(Words),
    /// Everything typed in this session, joined by `*`; empty on the first step.
    All(Words),
}

/// What a dialect says about where a step stands in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Claim {
    /// "This is the first request."
    Begins,
    /// "This is a later one."
    Continues,
    /// The dialect does not tell.
    #[default]
    Silent,
}

/// The network closed a session: the citizen hung up, or a clock ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The aggregator's session id; some deployments send none.
    pub session: Option<String>,
    /// Whose session, where the dialect says so.
    pub from: Option<RawNumber>,
    /// The dialect's own reason (`523`, `Incomplete`), for the operator.
    pub reason: Option<String>,
}

/// A message from a phone (MO).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// The aggregator's message id; MADAPI and Kannel may have none.
    pub id: Option<String>,
    /// Who sent it.
    pub from: RawNumber,
    /// The short code it was sent to.
    pub to: String,
    /// What it says.
    pub text: Words,
    /// The aggregator's own time, milliseconds since the epoch; used to tell repeats apart.
    pub sent_at: Option<i64>,
    /// The network's own name for the operator (`63510`), if the dialect tells.
    pub network: Option<String>,
    /// Which part of a longer message this is, where the aggregator does not join them.
    pub part: Option<Part>,
}

/// One part of a concatenated message (3GPP TS 23.040 section 9.2.3.24.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The same for all parts of one message.
    pub reference: String,
    /// Counted from 1.
    pub number: u8,
    /// How many there are.
    pub of: u8,
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose report it is.
    pub reference: Reference,
    /// What became of the message.
    pub fate: Fate,
    /// The aggregator's own words for it (`DeliveredToTerminal`, `8`), for the operator.
    pub status: String,
    /// The aggregator's reason for a failure, if it gave one.
    pub why: Option<String>,
}

/// How a delivery report names its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// By the id that the aggregator gave when it accepted the message.
    Theirs(String),
    /// By our own message id (`sms_…`), which we had put into the report's address.
    Ours(String),
}

/// What became of a message. An unknown status is never a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// On its way: accepted, buffered, sent to the network.
    Underway,
    /// On the phone.
    Delivered,
    /// Given up for good.
    Failed,
    /// A status that this interpreter does not know: kept as text.
    Unknown,
}

/// A STOP that the network took for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// Who wants no more messages.
    pub from: RawNumber,
    /// The short code or sender name it is about, if said.
    pub sender: Option<String>,
}

/// Why a callback could not be read. Never quotes what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub &'static str);
