//! Institutions' replies, and the promises made about repeated calls.

use super::audit::{Deed, note};
use super::gathering;
use super::ladder;
use super::messages;
use super::rows;
use super::sql::{Conn, Word, sql};
use super::turns;
use super::types::{Idempotency, ReplyFiled, ReplyFiling};
use super::writer::Op;
use crate::domain::feedback::{Message, Reply, Status};
use crate::domain::ladder::Rung;
use crate::store::away::Away;

/// How long a repeated call is recognised, and an early delivery report kept: 48 hours.
pub(super) const REMEMBERED: i64 = 48 * 60 * 60 * 1000;

pub(super) const REMEMBERED_CALL: &str =
    "SELECT body_hash, response FROM idempotency WHERE scope = $1 AND token = $2 AND at > $3";
/// An expired promise gives way to a new one.
const REMEMBER: &str = "INSERT INTO idempotency (scope, token, body_hash, response, at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, token) DO UPDATE \
     SET body_hash = excluded.body_hash, response = excluded.response, at = excluded.at";
pub(super) const ANSWERED: &str = "UPDATE feedback SET status = \
     CASE WHEN status = 'resolved' THEN status ELSE 'answered' END WHERE id = $1 RETURNING institution";
/// Only from where the caller saw it.
pub(super) const MOVE_ON: &str = "UPDATE feedback SET status = $3 WHERE id = $1 AND status = $2 \
     RETURNING institution";
const INSERT: &str = "INSERT INTO reply (id, feedback, words, created_at) VALUES ($1, $2, $3, $4)";
pub(super) const OF_FEEDBACK: &str = "SELECT id, feedback, words, created_at FROM reply \
     WHERE feedback = $1 ORDER BY created_at, id";
pub(super) const SWEEP_PARKED: &str = "DELETE FROM parked WHERE (channel, reference_key) IN \
     (SELECT channel, reference_key FROM parked WHERE at <= $1 LIMIT $2)";
pub(super) const SWEEP_CALLS: &str = "DELETE FROM idempotency WHERE (scope, token) IN \
     (SELECT scope, token FROM idempotency WHERE at <= $1 LIMIT $2)";

impl Op for ReplyFiling {
    type Answer = ReplyFiled;

    async fn run(&self, conn: &mut Conn) -> Result<ReplyFiled, Away> {
        let now = self.reply.created_at;
        // The same call may come to two instances at once.
        conn.alone(&format!("replies to {}", self.reply.feedback))
            .await?;
        if let Some(call) = &self.idempotency
            && let Some(repeated) = remembered(conn, call, now).await?
        {
            return Ok(repeated);
        }
        let Some(feedback) = sql(ANSWERED).text(&self.reply.feedback).row(conn).await? else {
            return Ok(ReplyFiled::NoSuchFeedback);
        };
        let institution = feedback.text("institution")?;
        let answered = Rung::Answered;
        ladder::climb(conn, &self.reply.feedback, &institution, answered, now).await?;
        sql(INSERT)
            .text(&self.reply.id)
            .text(&self.reply.feedback)
            .text(self.reply.text.as_str())
            .int(now)
            .run(conn)
            .await?;
        if let Some(message) = &self.message {
            messages::insert_all(conn, &[message]).await?;
        }
        if let Some(call) = &self.idempotency {
            remember(conn, call, &self.response, now).await?;
        }
        let (feedback, reply) = (&self.reply.feedback, &self.reply.id);
        let replied = Deed::of(
            &institution,
            "feedback.reply",
            format!("{feedback} {reply}"),
            now,
        );
        note(conn, &[replied]).await?;
        Ok(ReplyFiled::Kept)
    }
}

/// Moves a feedback from one status to another.
pub struct MoveOn {
    pub id: String,
    pub from: Status,
    pub to: Status,
    pub at: i64,
    pub message: Option<Message>,
}

impl Op for MoveOn {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let moved = sql(MOVE_ON)
            .text(&self.id)
            .text(Word::word(self.from))
            .text(Word::word(self.to))
            .row(conn)
            .await?;
        let Some(moved) = moved else {
            return Ok(false);
        };
        let institution = moved.text("institution")?;
        let object = format!("{} {}", self.id, Word::word(self.to));
        let rung = match self.to {
            Status::Received => return Ok(true),
            Status::Opened => Rung::Opened,
            Status::Answered => Rung::Answered,
            Status::Resolved => Rung::Resolved,
            Status::NotOurs => Rung::NotOurs,
        };
        ladder::climb(conn, &self.id, &institution, rung, self.at).await?;
        if let Some(message) = &self.message {
            messages::insert_all(conn, &[message]).await?;
        }
        let deed = Deed::of(&institution, "feedback.status", object, self.at);
        note(conn, &[deed]).await?;
        Ok(true)
    }
}

/// What a repeated call was answered, of the last two days.
pub struct Recall {
    pub call: Idempotency,
    pub now: i64,
}

impl Op for Recall {
    type Answer = Option<ReplyFiled>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<ReplyFiled>, Away> {
        remembered(conn, &self.call, self.now).await
    }
}

/// Keeps what a call was answered.
pub struct Remember {
    pub call: Idempotency,
    pub response: String,
    pub at: i64,
}

impl Op for Remember {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        remember(conn, &self.call, &self.response, self.at).await
    }
}

async fn remember(
    conn: &mut Conn,
    call: &Idempotency,
    response: &str,
    at: i64,
) -> Result<(), Away> {
    sql(REMEMBER)
        .text(&call.scope)
        .text(&call.key)
        .text(&call.body_hash)
        .text(response)
        .int(at)
        .run(conn)
        .await?;
    Ok(())
}

async fn remembered(
    conn: &mut Conn,
    call: &Idempotency,
    now: i64,
) -> Result<Option<ReplyFiled>, Away> {
    let row = sql(REMEMBERED_CALL)
        .text(&call.scope)
        .text(&call.key)
        .int(now.saturating_sub(REMEMBERED))
        .row(conn)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(if row.text("body_hash")? == call.body_hash {
        ReplyFiled::Repeated(row.text("response")?)
    } else {
        ReplyFiled::Conflict
    }))
}

/// The replies to one feedback, oldest first.
pub struct OfFeedback(pub String);

impl Op for OfFeedback {
    type Answer = Vec<Reply>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Reply>, Away> {
        let rows = sql(OF_FEEDBACK).text(&self.0).rows(conn).await?;
        rows::all(&rows, rows::reply)
    }
}

/// Removes what has been remembered for long enough, a little at a time.
pub struct Sweep {
    pub now: i64,
}

/// So many rows of a kind at once: nobody's filing waits long behind it.
const SWEPT_AT_ONCE: i64 = 1000;

impl Op for Sweep {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let mut swept = 0;
        for statement in [
            SWEEP_PARKED,
            SWEEP_CALLS,
            gathering::SWEEP,
            turns::SWEEP_QUESTIONS,
            turns::SWEEP_HEARD,
        ] {
            swept += sql(statement)
                .int(self.now.saturating_sub(REMEMBERED))
                .int(SWEPT_AT_ONCE)
                .run(conn)
                .await?;
        }
        Ok(swept)
    }
}
