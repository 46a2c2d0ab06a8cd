//! Messages to citizens, on their way to aggregators and until their end.
//!
//! Leases and attempts as in `letters`; messages have no turn to keep.

use std::sync::LazyLock;

use super::letters;
use super::receipts::{PARKED_FOR, REPARK, undisturbed};
use super::rows;
use super::sql::{Bulk, Conn, Statement, Text, Word as _, sql};
use super::types::{Conclusion, Dispatch, Ending, MessageOutcome, Parked};
use super::writer::Op;
use crate::domain::feedback::{Message, Standing};
use crate::domain::reference::{canonical, otherwise};
use crate::store::away::Away;

macro_rules! message_columns {
    () => {
        "id, channel, citizen, key_id, number, feedback, reply, words, created_at, attempts, prompt, \
         asked"
    };
}
macro_rules! dispatch_columns {
    () => {
        concat!(
            message_columns!(),
            ", standing, due_at, reference, report, why, sent_at, settled_at"
        )
    };
}
pub(super) use message_columns;
macro_rules! lease {
    ($which:literal) => {
        Text::each(
            lease!($which, "IN (", ")"),
            // An array is made once; a subquery may be run again for each row.
            lease!($which, "= ANY (ARRAY(", " FOR UPDATE SKIP LOCKED))"),
        )
    };
    ($which:literal, $among:literal, $end:literal) => {
        concat!(
            "UPDATE message SET due_at = $2, leased_until = $2, attempts = attempts + 1 \
             WHERE id ",
            $among,
            "SELECT id FROM message WHERE standing = 'pending' AND ",
            $which,
            " AND due_at <= $1 ORDER BY due_at LIMIT $3",
            $end,
            " RETURNING ",
            message_columns!()
        )
    };
}
macro_rules! soonest {
    ($which:literal) => {
        concat!(
            "SELECT due_at FROM message WHERE standing = 'pending' AND ",
            $which,
            " ORDER BY due_at LIMIT 1"
        )
    };
}

static INSERT: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "message",
        "id, channel, citizen, key_id, number, feedback, reply, words, created_at, due_at, \
         attempts, standing, leased_until, prompt, asked",
        "",
    )
});
pub(super) const LEASE_FIRST: Text = lease!("attempts = 0");
pub(super) const LEASE_AGAIN: Text = lease!("attempts > 0");
pub(super) const SOONEST_FIRST: &str = soonest!("attempts = 0");
pub(super) const SOONEST_AGAIN: &str = soonest!("attempts > 0");
/// A report may have ended it before the answer to the sending was read: the end stands.
pub(super) const ACCEPTED: &str = "UPDATE message SET reference = $2, reference_key = $3, \
     sent_at = $4, leased_until = 0, why = NULL, \
     standing = CASE WHEN standing = 'pending' THEN 'sent' ELSE standing END \
     WHERE id = $1 \
     RETURNING channel, standing";
pub(super) const RETRY: &str = "UPDATE message SET due_at = $2, why = $3, leased_until = 0 \
     WHERE id = $1 AND standing = 'pending'";
/// Ids of channels hold no space.
pub(super) const REFUSED: &str = "UPDATE message SET due_at = $2, why = $3, leased_until = 0, \
     refusals = refusals + 1, refused_by = refused_by || ' ' || CAST($4 AS TEXT), channel = $5 \
     WHERE id = $1 AND standing = 'pending'";
pub(super) const REASSIGN: &str =
    "UPDATE message SET channel = $2 WHERE id = $1 AND standing = 'pending'";
pub(super) const REFUSALS: &str = "SELECT refusals, refused_by FROM message WHERE id = $1";
pub(super) const PUT_BACK: &str = "UPDATE message SET due_at = $2, attempts = attempts - 1, \
     leased_until = 0 WHERE id = $1 AND standing = 'pending' AND attempts > 0";
/// A message that is about no feedback is nobody's once it has ended.
pub(super) const CONCLUDE: &str = "UPDATE message SET standing = $2, settled_at = $3, why = $4, \
     leased_until = 0, key_id = NULL, number = NULL, \
     citizen = CASE WHEN feedback IS NULL THEN '' ELSE citizen END \
     WHERE id = $1 AND standing IN ('pending', 'sent') \
     RETURNING channel, reference_key";
pub(super) const UNPARK: &str = "DELETE FROM parked WHERE channel = $1 AND reference_key = $2";
pub(super) const ONE: &str = concat!(
    "SELECT ",
    dispatch_columns!(),
    " FROM message WHERE id = $1"
);
pub(super) const OF_FEEDBACK: &str = concat!(
    "SELECT ",
    dispatch_columns!(),
    " FROM message WHERE feedback = $1 ORDER BY created_at, id"
);

/// Puts messages on their way, due at once.
pub async fn insert_all(conn: &mut Conn, messages: &[&Message]) -> Result<(), Away> {
    let messages: Vec<InHand<'_>> = messages.iter().map(|message| (*message, 0)).collect();
    insert_in_hand(conn, &messages).await
}

/// A message, and until when it is in somebody's hands: 0 if in nobody's.
pub type InHand<'a> = (&'a Message, i64);

/// As [`insert_all`], but they are leased until then.
pub async fn insert_in_hand(conn: &mut Conn, messages: &[InHand<'_>]) -> Result<(), Away> {
    let bind = |statement: Statement, (message, until): InHand<'_>| {
        statement
            .text(&message.id)
            .text(&message.channel)
            .text(&message.citizen)
            .maybe_text(message.number.as_ref().map(|n| n.key_id.as_str()))
            .maybe_bytes(message.number.as_ref().map(|n| n.bytes.as_slice()))
            .maybe_text(message.feedback.as_deref())
            .maybe_text(message.reply.as_deref())
            .text(message.text.as_str())
            .int(message.created_at)
            .int(until.max(message.created_at))
            .int((until > 0).into())
            .text(Standing::Pending.word())
            .int(until)
            .int(message.prompt.into())
            .int(message.asked.into())
    };
    INSERT.run(conn, messages, bind).await?;
    Ok(())
}

/// Takes messages that are due, first attempts before retries.
pub struct Lease {
    pub now: i64,
    pub until: i64,
    pub limit: u32,
}

impl Op for Lease {
    type Answer = Vec<Message>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Message>, Away> {
        let mut leased = self.take(conn, LEASE_FIRST, self.limit.into()).await?;
        let left = i64::from(self.limit) - i64::try_from(leased.len()).unwrap_or(i64::MAX);
        if left > 0 {
            leased.append(&mut self.take(conn, LEASE_AGAIN, left).await?);
        }
        Ok(leased)
    }
}

impl Lease {
    async fn take(&self, conn: &mut Conn, which: Text, limit: i64) -> Result<Vec<Message>, Away> {
        let rows = sql(which)
            .int(self.now)
            .int(self.until)
            .int(limit)
            .rows(conn)
            .await?;
        let mut messages = rows::all(&rows, rows::message)?;
        // RETURNING promises no order.
        messages.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(messages)
    }
}

/// When the next message may be leased.
pub struct NextDue;

impl Op for NextDue {
    type Answer = Option<i64>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<i64>, Away> {
        letters::soonest(conn, [SOONEST_FIRST, SOONEST_AGAIN]).await
    }
}

/// Notes what became of an attempt to send.
pub struct Settle {
    pub id: String,
    pub outcome: MessageOutcome,
}

impl Op for Settle {
    type Answer = Option<Parked>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Parked>, Away> {
        match &self.outcome {
            MessageOutcome::Accepted { reference, at } => self.accepted(conn, reference, *at).await,
            MessageOutcome::Retry { due_at, why } => {
                sql(RETRY)
                    .text(&self.id)
                    .int(*due_at)
                    .text(why)
                    .run(conn)
                    .await?;
                Ok(None)
            }
            MessageOutcome::Refused {
                due_at,
                by,
                next,
                why,
            } => {
                sql(REFUSED)
                    .text(&self.id)
                    .int(*due_at)
                    .text(why)
                    .text(by)
                    .text(next.as_ref().unwrap_or(by))
                    .run(conn)
                    .await?;
                Ok(None)
            }
            MessageOutcome::PutBack { due_at } => {
                sql(PUT_BACK).text(&self.id).int(*due_at).run(conn).await?;
                Ok(None)
            }
        }
    }
}

impl Settle {
    /// The parked report stays where it is until the message is concluded: if we die between the
    /// two, it is found again.
    async fn accepted(
        &self,
        conn: &mut Conn,
        reference: &str,
        at: i64,
    ) -> Result<Option<Parked>, Away> {
        let key = canonical(reference);
        if let Some(key) = &key {
            undisturbed(conn, reference, key).await?;
        }
        let row = sql(ACCEPTED)
            .text(&self.id)
            .maybe_text(key.as_ref().map(|_| reference))
            .maybe_text(key.as_deref())
            .int(at)
            .row(conn)
            .await?;
        let (Some(row), Some(key)) = (row, key) else {
            return Ok(None);
        };
        if row.word::<Standing>("standing")? != Standing::Sent {
            return Ok(None);
        }
        parked(conn, &row.text("channel")?, reference, &key).await
    }
}

/// The report that waits for this reference, under its key or in the other notation; it then gets
/// the key.
async fn parked(
    conn: &mut Conn,
    channel: &str,
    reference: &str,
    key: &str,
) -> Result<Option<Parked>, Away> {
    let keys = std::iter::once(key.to_owned()).chain(otherwise(reference));
    for under in keys {
        let parked = sql(PARKED_FOR).text(channel).text(&under).row(conn).await?;
        let Some(parked) = parked else {
            continue;
        };
        if under != key {
            sql(REPARK)
                .text(channel)
                .text(&under)
                .text(key)
                .run(conn)
                .await?;
        }
        return rows::parked(&parked).map(Some);
    }
    Ok(None)
}

/// Ends a message, with the letters that tell of it.
pub struct Conclude {
    pub id: String,
    pub conclusion: Conclusion,
}

impl Op for Conclude {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let (standing, why) = match &self.conclusion.ending {
            Ending::Delivered => (Standing::Delivered, None),
            Ending::Dead { why } => (Standing::Dead, Some(why.as_str())),
        };
        let row = sql(CONCLUDE)
            .text(&self.id)
            .text(standing.word())
            .int(self.conclusion.at)
            .maybe_text(why)
            .row(conn)
            .await?;
        let Some(row) = row else {
            return Ok(false);
        };
        for letter in &self.conclusion.letters {
            letters::insert(conn, letter).await?;
        }
        if let Some(key) = row.maybe_text("reference_key")? {
            sql(UNPARK)
                .text(&row.text("channel")?)
                .text(&key)
                .run(conn)
                .await?;
        }
        Ok(true)
    }
}

/// One message and where it stands.
pub struct One(pub String);

impl Op for One {
    type Answer = Option<Dispatch>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Dispatch>, Away> {
        let row = sql(ONE).text(&self.0).row(conn).await?;
        row.as_ref().map(rows::dispatch).transpose()
    }
}

/// All messages about one feedback, oldest first.
pub struct OfFeedback(pub String);

impl Op for OfFeedback {
    type Answer = Vec<Dispatch>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Dispatch>, Away> {
        let rows = sql(OF_FEEDBACK).text(&self.0).rows(conn).await?;
        rows::all(&rows, rows::dispatch)
    }
}

/// Has a message that was never tried go by another channel.
pub struct Reassign {
    pub id: String,
    pub channel: String,
}

impl Op for Reassign {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        sql(REASSIGN)
            .text(&self.id)
            .text(&self.channel)
            .touched(conn)
            .await
    }
}

/// Attempts of a message that surely sent nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusals {
    /// How many.
    pub count: u32,
    /// The channels that refused.
    pub by: Vec<String>,
}

/// What was refused of a message.
pub struct RefusalsOf(pub String);

impl Op for RefusalsOf {
    type Answer = Refusals;

    async fn run(&self, conn: &mut Conn) -> Result<Refusals, Away> {
        let Some(row) = sql(REFUSALS).text(&self.0).row(conn).await? else {
            return Ok(Refusals::default());
        };
        Ok(Refusals {
            count: row.small("refusals")?,
            by: row
                .text("refused_by")?
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        })
    }
}
