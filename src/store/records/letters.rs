//! The outbox: letters to institutions, leased by whoever delivers them.
//!
//! A lease is a due time in the future: a worker that dies leaves its letters to become due again.
//! Attempts are counted when the lease is taken, because an attempt that nobody lived to report
//! may have reached the institution all the same.
//!
//! Letters of one feedback to one address go in turn (`seq`). That nothing overtakes is decided by
//! the lease itself (`NOT EXISTS`). Besides, nothing is due before the letter in front of it
//! (`MOVE_ALONG`, `NEXT_IN_TURN`), so that a hundred thousand letters waiting behind an address
//! that is down are not looked at again and again.

use std::sync::LazyLock;

use super::delivering::{self, Delivered, Done};
use super::rows;
use super::sql::{Bulk, Conn, Row, Statement, Text, Word as _, sql};
use super::types::LetterOutcome;
use super::writer::Op;
use crate::domain::feedback::{Letter, Standing};
use crate::domain::redact::Words;
use crate::store::away::Away;

macro_rules! letter_columns {
    () => {
        "id, feedback, institution, url, event, body, created_at, attempts, waited"
    };
}
pub(super) use letter_columns;
/// No pending letter is in front of this one.
macro_rules! in_turn {
    () => {
        "NOT EXISTS (SELECT 1 FROM letter AS e WHERE e.feedback = l.feedback AND e.url = l.url \
         AND e.seq < l.seq AND e.standing = 'pending')"
    };
}
/// Whether a pending letter waits behind this one.
macro_rules! followed {
    () => {
        "CAST(CASE WHEN EXISTS (SELECT 1 FROM letter AS e WHERE e.feedback = letter.feedback \
         AND e.url = letter.url AND e.seq > letter.seq AND e.standing = 'pending') \
         THEN 1 ELSE 0 END AS BIGINT) AS followed"
    };
}
macro_rules! lease {
    ($which:literal) => {
        Text::each(
            lease!($which, "IN (", ")"),
            // An array is made once; a subquery may be run again for each row.
            lease!($which, "= ANY (ARRAY(", " FOR UPDATE OF l SKIP LOCKED))"),
        )
    };
    ($which:literal, $among:literal, $end:literal) => {
        concat!(
            "UPDATE letter SET due_at = $2, leased_until = $2, attempts = attempts + 1, waited = 1 \
             WHERE id ",
            $among,
            "SELECT id FROM letter AS l WHERE l.standing = 'pending' AND ",
            $which,
            " AND l.due_at <= $1 AND ",
            in_turn!(),
            " ORDER BY l.due_at LIMIT $3",
            $end,
            " RETURNING ",
            letter_columns!(),
            ", ",
            followed!()
        )
    };
}
macro_rules! soonest {
    ($which:literal) => {
        concat!(
            "SELECT due_at FROM letter WHERE standing = 'pending' AND ",
            $which,
            " ORDER BY due_at LIMIT 1"
        )
    };
}

pub(super) use followed;

/// A letter behind those of its feedback to its address.
macro_rules! insert {
    () => {
        "INSERT INTO letter (id, feedback, institution, url, event, body, \
     created_at, attempts, waited, standing, leased_until, seq, due_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 'pending', 0, \
     (SELECT COALESCE(MAX(seq), 0) + 1 FROM letter WHERE feedback = $2 AND url = $4), \
     (SELECT COALESCE(MAX(due_at), $7) FROM letter \
      WHERE feedback = $2 AND url = $4 AND standing = 'pending'))"
    };
}

/// Letters of a feedback that has none yet: their turns are known.
static INSERT_FIRST: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "letter",
        "id, feedback, institution, url, event, body, created_at, attempts, standing, \
         leased_until, seq, due_at, waited",
        "",
    )
});
pub(super) const INSERT: &str = insert!();
/// Once an id, whichever instance comes first.
pub(super) const POST: &str = concat!(insert!(), " ON CONFLICT (id) DO NOTHING");
pub(super) const LEASE_FIRST: Text = lease!("l.waited = 0");
pub(super) const LEASE_AGAIN: Text = lease!("l.waited = 1");
pub(super) const SOONEST_FIRST: &str = soonest!("waited = 0");
pub(super) const SOONEST_AGAIN: &str = soonest!("waited = 1");
pub(super) const GIVE_UP: &str = concat!(
    "UPDATE letter SET standing = 'dead', settled_at = $2, status = $3, why = $4, answer = $5, leased_until = 0 \
     WHERE id = $1 AND standing = 'pending' RETURNING feedback, url, ",
    followed!()
);
pub(super) const RETRY: &str = concat!(
    "UPDATE letter SET due_at = $2, status = $3, why = $4, answer = $5, leased_until = 0 \
     WHERE id = $1 AND standing = 'pending' RETURNING feedback, url, ",
    followed!()
);
pub(super) const PUT_BACK: &str = concat!(
    "UPDATE letter SET due_at = $2, attempts = attempts - 1, leased_until = 0 \
     WHERE id = $1 AND standing = 'pending' AND attempts > 0 RETURNING feedback, url, ",
    followed!()
);
/// Those behind a letter that has to wait wait as long.
pub(super) const MOVE_ALONG: &str = "UPDATE letter SET due_at = $3 WHERE feedback = $1 \
     AND url = $2 AND standing = 'pending' AND due_at < $3";
/// The letter behind one that is done may go at once, unless somebody is delivering it.
pub(super) const NEXT_IN_TURN: &str = "UPDATE letter SET due_at = $3 WHERE id = \
     (SELECT id FROM letter WHERE feedback = $1 AND url = $2 AND standing = 'pending' \
      ORDER BY seq, id LIMIT 1) AND due_at > $3 AND leased_until <= $3 AND attempts = 0";
/// Not while somebody is delivering it: then it is being sent already.
pub(super) const REPLAY: &str = "UPDATE letter SET standing = 'pending', due_at = $2, \
     attempts = 0, waited = 1, leased_until = 0, settled_at = NULL WHERE id = $1 AND leased_until <= $2";

/// Puts a letter into the outbox, due at once, or with the one in front of it.
pub async fn insert(conn: &mut Conn, letter: &Letter) -> Result<(), Away> {
    bound(sql(INSERT), letter).run(conn).await?;
    Ok(())
}

fn bound(statement: Statement, letter: &Letter) -> Statement {
    statement
        .text(&letter.id)
        .maybe_text(letter.feedback.as_deref())
        .text(&letter.institution)
        .text(&letter.url)
        .text(&letter.event)
        .text(letter.body.as_str())
        .int(letter.created_at)
}

/// Puts a letter into the outbox that may be there already.
pub struct Post(pub Letter);

impl Op for Post {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        Ok(bound(sql(POST), &self.0).run(conn).await? > 0)
    }
}

/// A letter, its turn among those of its feedback to its address, and until when it is in hand.
type Turn<'a> = (&'a Letter, i64, i64);

/// Puts the first letters of new feedback into the outbox: due at once, or in somebody's hands until
/// the time that comes with them (0: in nobody's).
pub async fn insert_first<'a>(
    conn: &mut Conn,
    feedback: impl Iterator<Item = (&'a [Letter], i64)>,
) -> Result<(), Away> {
    let turns: Vec<Turn<'a>> = feedback.flat_map(in_turn).collect();
    INSERT_FIRST.run(conn, &turns, bind_first).await?;
    Ok(())
}

fn in_turn((letters, until): (&[Letter], i64)) -> impl Iterator<Item = Turn<'_>> {
    letters.iter().enumerate().map(move |(at, letter)| {
        let before = letters[..at].iter().filter(|l| l.url == letter.url);
        let turn = (1_i64..).nth(before.count()).unwrap_or(i64::MAX);
        (letter, turn, until)
    })
}

fn bind_first(statement: Statement, (letter, seq, until): Turn<'_>) -> Statement {
    // One that is not the first waits as long as the one in front of it, in nobody's hands.
    let taken = until > 0 && seq == 1;
    statement
        .text(&letter.id)
        .maybe_text(letter.feedback.as_deref())
        .text(&letter.institution)
        .text(&letter.url)
        .text(&letter.event)
        .text(letter.body.as_str())
        .int(letter.created_at)
        .int(taken.into())
        .text(Standing::Pending.word())
        .int(if taken { until } else { 0 })
        .int(seq)
        .int(until.max(letter.created_at))
        .int(taken.into())
}

/// Takes letters that are due, new ones before those that have waited.
pub struct Lease {
    pub now: i64,
    pub until: i64,
    pub limit: u32,
    /// Of them, at most so many that have waited.
    pub waited: u32,
}

impl Op for Lease {
    type Answer = Vec<Letter>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Letter>, Away> {
        let mut leased = self.take(conn, false, self.limit.into()).await?;
        let left = i64::from(self.limit) - i64::try_from(leased.len()).unwrap_or(i64::MAX);
        let left = left.min(self.waited.into());
        if left > 0 {
            leased.append(&mut self.take(conn, true, left).await?);
        }
        Ok(leased)
    }
}

impl Lease {
    async fn take(&self, conn: &mut Conn, waited: bool, limit: i64) -> Result<Vec<Letter>, Away> {
        let which = if waited { LEASE_AGAIN } else { LEASE_FIRST };
        let rows = sql(which)
            .int(self.now)
            .int(self.until)
            .int(limit)
            .rows(conn)
            .await?;
        for row in &rows {
            if_followed(conn, row, MOVE_ALONG, self.until).await?;
        }
        let mut letters = rows::all(&rows, rows::letter)?;
        // The row has waited from now on; what is said of the letter is what it was until now.
        for letter in &mut letters {
            letter.waited = waited;
        }
        // RETURNING promises no order.
        letters.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(letters)
    }
}

/// Sees to those behind a letter, if there are any: mostly there are none. Whether there were.
pub(super) async fn if_followed(
    conn: &mut Conn,
    letter: &Row,
    statement: &'static str,
    at: i64,
) -> Result<bool, Away> {
    let followed = letter.int("followed")? != 0;
    if followed {
        sql(statement)
            .maybe_text(letter.maybe_text("feedback")?.as_deref())
            .text(&letter.text("url")?)
            .int(at)
            .run(conn)
            .await?;
    }
    Ok(followed)
}

/// When the next letter may be leased.
pub struct NextDue;

impl Op for NextDue {
    type Answer = Option<i64>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<i64>, Away> {
        soonest(conn, [SOONEST_FIRST, SOONEST_AGAIN]).await
    }
}

/// The smallest `due_at` of several statements that each give one or none.
pub async fn soonest(conn: &mut Conn, statements: [&'static str; 2]) -> Result<Option<i64>, Away> {
    let mut soonest: Option<i64> = None;
    for statement in statements {
        if let Some(row) = sql(statement).row(conn).await? {
            let due_at = row.int("due_at")?;
            soonest = Some(soonest.map_or(due_at, |s| s.min(due_at)));
        }
    }
    Ok(soonest)
}

/// Notes what became of an attempt.
pub struct Settle {
    pub id: String,
    pub outcome: LetterOutcome,
}

impl Op for Settle {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let (statement, after, at) = match &self.outcome {
            LetterOutcome::Delivered { at, status } => {
                let (id, at, status) = (self.id.clone(), *at, *status);
                let taken = Delivered { id, at, status };
                let done = delivering::deliver_all(conn, &[&taken]).await?;
                return Ok(done != [Done::Before]);
            }
            LetterOutcome::Dead {
                at,
                status,
                why,
                answer,
            } => {
                let dead = sql(GIVE_UP)
                    .text(&self.id)
                    .int(*at)
                    .maybe_int(status.map(i64::from))
                    .text(why)
                    .maybe_text(answer.as_ref().map(Words::as_str));
                (dead, NEXT_IN_TURN, *at)
            }
            LetterOutcome::Retry {
                due_at,
                status,
                why,
                answer,
            } => {
                let statement = sql(RETRY)
                    .text(&self.id)
                    .int(*due_at)
                    .maybe_int(status.map(i64::from))
                    .text(why)
                    .maybe_text(answer.as_ref().map(Words::as_str));
                (statement, MOVE_ALONG, *due_at)
            }
            LetterOutcome::PutBack { due_at } => {
                let statement = sql(PUT_BACK).text(&self.id).int(*due_at);
                (statement, MOVE_ALONG, *due_at)
            }
        };
        let Some(row) = statement.row(conn).await? else {
            return Ok(false);
        };
        if_followed(conn, &row, after, at).await?;
        Ok(true)
    }
}

/// Sends a letter again, whatever became of it.
pub struct Replay {
    pub id: String,
    pub now: i64,
}

impl Op for Replay {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        sql(REPLAY).text(&self.id).int(self.now).touched(conn).await
    }
}
