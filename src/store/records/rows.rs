//! Rows ↔ the domain's values.

use super::sql::{Row, Word};
use super::types::{Delivery, Dispatch, Parked};
use crate::domain::breaker::Disabled;
use crate::domain::feedback::{
    Experience, Feedback, Kind, Letter, Message, Reply, Sealed, Standing, Status,
};
use crate::domain::inbound::Fate;
use crate::domain::parts::{Gathering, Piece};
use crate::domain::redact::Words;
use crate::store::away::Away;

impl Word for Kind {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Ussd, "ussd"), (Self::Sms, "sms")];
}

impl Word for Experience {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Good, "good"), (Self::Bad, "bad")];
}

impl Word for Status {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Received, "received"),
        (Self::Opened, "opened"),
        (Self::Answered, "answered"),
        (Self::Resolved, "resolved"),
        (Self::NotOurs, "not_ours"),
    ];
}

impl Word for Standing {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Pending, "pending"),
        (Self::Delivered, "delivered"),
        (Self::Dead, "dead"),
        (Self::Sent, "sent"),
    ];
}

impl Word for Disabled {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Gone, "gone"), (Self::Silent, "silent")];
}

impl Word for Fate {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Underway, "underway"),
        (Self::Delivered, "delivered"),
        (Self::Failed, "failed"),
        (Self::Unknown, "unknown"),
    ];
}

pub fn feedback(row: &Row) -> Result<Feedback, Away> {
    Ok(Feedback {
        id: row.text("id")?,
        key: row.text("origin")?,
        code: row.text("code")?,
        country: row.text("country")?,
        institution: row.text("institution")?,
        channel: row.text("channel")?,
        kind: row.word("kind")?,
        operator: row.maybe_text("operator")?,
        experience: row.maybe_word("experience")?,
        place: row.maybe_text("place")?,
        office: row.maybe_text("office")?,
        text: Words::new(row.text("words")?),
        language: row.text("language")?,
        citizen: row.text("citizen")?,
        alias: row.text("alias")?,
        status: row.word("status")?,
        received_at: row.int("received_at")?,
        reply_by: row.maybe_int("reply_by")?,
        complete: row.int("complete")? != 0,
        folded: row.int("folded")? != 0,
    })
}

pub fn reply(row: &Row) -> Result<Reply, Away> {
    Ok(Reply {
        id: row.text("id")?,
        feedback: row.text("feedback")?,
        text: Words::new(row.text("words")?),
        created_at: row.int("created_at")?,
    })
}

pub fn letter(row: &Row) -> Result<Letter, Away> {
    Ok(Letter {
        id: row.text("id")?,
        feedback: row.maybe_text("feedback")?,
        institution: row.text("institution")?,
        url: row.text("url")?,
        event: row.text("event")?,
        body: Words::new(row.text("body")?),
        created_at: row.int("created_at")?,
        attempts: attempts(row)?,
        waited: row.int("waited")? != 0,
    })
}

pub fn delivery(row: &Row) -> Result<Delivery, Away> {
    let standing = row.word("standing")?;
    Ok(Delivery {
        letter: letter(row)?,
        standing,
        status: row.maybe_small("status")?,
        why: row.maybe_text("why")?,
        answer: row.maybe_text("answer")?.map(Words::new),
        due_at: due_at(row, standing)?,
        settled_at: row.maybe_int("settled_at")?,
    })
}

pub fn message(row: &Row) -> Result<Message, Away> {
    Ok(Message {
        id: row.text("id")?,
        channel: row.text("channel")?,
        citizen: row.text("citizen")?,
        feedback: row.maybe_text("feedback")?,
        number: match (row.maybe_text("key_id")?, row.maybe_bytes("number")?) {
            (Some(key_id), Some(bytes)) => Some(Sealed { key_id, bytes }),
            _ => None,
        },
        reply: row.maybe_text("reply")?,
        text: Words::new(row.text("words")?),
        created_at: row.int("created_at")?,
        attempts: attempts(row)?,
        prompt: row.int("prompt")? != 0,
        asked: row.int("asked")? != 0,
    })
}

pub fn dispatch(row: &Row) -> Result<Dispatch, Away> {
    let standing = row.word("standing")?;
    Ok(Dispatch {
        message: message(row)?,
        standing,
        due_at: due_at(row, standing)?,
        reference: row.maybe_text("reference")?,
        report: row.maybe_text("report")?,
        why: row.maybe_text("why")?,
        sent_at: row.maybe_int("sent_at")?,
        settled_at: row.maybe_int("settled_at")?,
    })
}

/// The columns bear a `parked_` so that they can stand beside a message's.
pub fn parked(row: &Row) -> Result<Parked, Away> {
    Ok(Parked {
        fate: row.word("parked_fate")?,
        status: row.text("parked_report")?,
        why: row.maybe_text("parked_why")?,
        at: row.int("parked_at")?,
    })
}

/// Without its pieces, which are rows of their own.
pub fn gathering(row: &Row) -> Result<Gathering, Away> {
    Ok(Gathering {
        id: row.text("id")?,
        channel: row.text("channel")?,
        citizen: row.text("citizen")?,
        number: Sealed {
            key_id: row.text("key_id")?,
            bytes: row.bytes("number")?,
        },
        network: row.maybe_text("network")?,
        reference: row.text("reference")?,
        of: row.small("parts")?,
        due_at: row.int("due_at")?,
        closed: row.maybe_int("closed_at")?.is_some(),
        pieces: Vec::new(),
    })
}

pub fn piece(row: &Row) -> Result<Piece, Away> {
    Ok(Piece {
        number: row.small("nth")?,
        origin: row.text("origin")?,
        words: Words::new(row.text("words")?),
    })
}

/// All rows by one of the readers above.
pub fn all<T>(rows: &[Row], read: fn(&Row) -> Result<T, Away>) -> Result<Vec<T>, Away> {
    rows.iter().map(read).collect()
}

fn attempts(row: &Row) -> Result<u32, Away> {
    Ok(u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX))
}

fn due_at(row: &Row, standing: Standing) -> Result<Option<i64>, Away> {
    let due_at = row.int("due_at")?;
    Ok((standing == Standing::Pending).then_some(due_at))
}
