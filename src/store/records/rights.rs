//! A citizen's rights: what is held about them, and its erasure.
//!
//! Erased are the number, every text (theirs, and the replies to them), and every tie from a record
//! to the citizen. The records stay, for the count: that somebody complained, where, when, about
//! whom, and how it ended. An opt-out stays too, or the erasure would undo it.

use super::Records;
use super::audit::{Deed, note};
use super::consents;
use super::sql::{Conn, sql};
use super::types::{Forgotten, Held};
use super::writer::Op;
use crate::domain::audit::Actor;
use crate::domain::webhook::{self, ERASED_ALIAS};
use crate::store::away::Away;

impl Records {
    /// What is held about a citizen, as numbers. The question is audited.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn held(&self, citizen: &str, actor: Actor, at: i64) -> Result<Held, Away> {
        let citizen = citizen.to_owned();
        self.writer.submit(Look { citizen, actor, at }).await
    }

    /// Erases a citizen's number and texts, all of it or nothing. The deed is audited, and may be
    /// repeated: then there is nothing left to erase.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn forget(&self, citizen: &str, actor: Actor, at: i64) -> Result<Forgotten, Away> {
        let citizen = citizen.to_owned();
        self.writer.submit(Forget { citizen, actor, at }).await
    }
}

impl Held {
    /// What is held at another place too.
    pub fn add(&mut self, other: Self) {
        self.number |= other.number;
        self.feedback += other.feedback;
        self.additions += other.additions;
        self.replies += other.replies;
        self.letters += other.letters;
        self.messages += other.messages;
        self.unfinished += other.unfinished;
        self.unplaced += other.unplaced;
        self.opted_out.extend(other.opted_out);
        // None is before every time.
        let first = [self.first_at, other.first_at].into_iter().flatten();
        self.first_at = first.min();
        self.last_at = self.last_at.max(other.last_at);
    }
}

impl Forgotten {
    /// What was erased at another place too.
    pub fn add(&mut self, other: &Self) {
        self.number |= other.number;
        self.feedback += other.feedback;
        self.replies += other.replies;
        self.letters += other.letters;
        self.messages += other.messages;
        self.unfinished += other.unfinished;
        self.unplaced += other.unplaced;
    }
}

pub(super) const NUMBER: &str = "SELECT COUNT(*) AS n FROM citizen WHERE lookup = $1";
pub(super) const SPAN: &str = "SELECT COUNT(*) AS n, MIN(received_at) AS first_at, \
     MAX(received_at) AS last_at FROM feedback WHERE citizen = $1";
pub(super) const REPLIES: &str = "SELECT COUNT(*) AS n FROM reply WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const LETTERS: &str = "SELECT COUNT(*) AS n FROM letter WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const MESSAGES: &str = "SELECT COUNT(*) AS n FROM message WHERE citizen = $1";
/// A closed one has neither number nor words.
pub(super) const UNFINISHED: &str =
    "SELECT COUNT(*) AS n FROM gathering WHERE citizen = $1 AND closed_at IS NULL";
pub(super) const ADDITIONS: &str = "SELECT COUNT(*) AS n FROM addition WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const UNPLACED: &str = "SELECT COUNT(*) AS n FROM unroutable WHERE citizen = $1";
pub(super) const OPT_OUTS: &str = "SELECT channel FROM opt_out WHERE citizen = $1 ORDER BY channel";
pub(super) const BODIES: &str = "SELECT id, body FROM letter WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const REWRITE: &str = "UPDATE letter SET body = $1 WHERE id = $2";
/// In the order in which they may go: what is found by the feedback's citizen before that is cut.
pub(super) const ERASE_REPLIES: &str = "UPDATE reply SET words = '' WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const ERASE_VERDICTS: &str = "UPDATE verdict SET words = NULL WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const ERASE_ADDITIONS: &str = "UPDATE addition SET words = NULL WHERE feedback IN \
     (SELECT id FROM feedback WHERE citizen = $1)";
pub(super) const ERASE_QUESTIONS: &str = "DELETE FROM question WHERE citizen = $1";
/// Without a number it is not sent, and the institution is told that it was not.
pub(super) const ERASE_MESSAGES: &str = "UPDATE message SET words = '', \
     citizen = '', key_id = NULL, number = NULL WHERE citizen = $1";
pub(super) const ERASE_PARTS: &str = "DELETE FROM gathering WHERE citizen = $1";
pub(super) const ERASE_NUMBER: &str = "DELETE FROM citizen WHERE lookup = $1";
pub(super) const ERASE_UNPLACED: &str =
    "UPDATE unroutable SET words = '', sender = $1, citizen = '' WHERE citizen = $2";
pub(super) const ERASE_FEEDBACK: &str = "UPDATE feedback SET words = '', office = NULL, \
     citizen = '', alias = $1, erased_at = $2 WHERE citizen = $3";

async fn count(conn: &mut Conn, statement: &'static str, citizen: &str) -> Result<u64, Away> {
    let row = sql(statement).text(citizen).row(conn).await?;
    row.map_or(Ok(0), |row| row.small("n"))
}

async fn held(conn: &mut Conn, citizen: &str) -> Result<Held, Away> {
    let mut held = Held {
        number: count(conn, NUMBER, citizen).await? > 0,
        additions: count(conn, ADDITIONS, citizen).await?,
        replies: count(conn, REPLIES, citizen).await?,
        letters: count(conn, LETTERS, citizen).await?,
        messages: count(conn, MESSAGES, citizen).await?,
        unfinished: count(conn, UNFINISHED, citizen).await?,
        unplaced: count(conn, UNPLACED, citizen).await?,
        ..Held::default()
    };
    if let Some(row) = sql(SPAN).text(citizen).row(conn).await? {
        held.feedback = row.small("n")?;
        held.first_at = row.maybe_int("first_at")?;
        held.last_at = row.maybe_int("last_at")?;
    }
    for row in &sql(consents::SHOWN_TO).text(citizen).rows(conn).await? {
        held.shown_to.push(row.text("institution")?);
    }
    for row in &sql(OPT_OUTS).text(citizen).rows(conn).await? {
        held.opted_out.push(row.text("channel")?);
    }
    Ok(held)
}

struct Look {
    citizen: String,
    actor: Actor,
    at: i64,
}

impl Op for Look {
    type Answer = Held;

    async fn run(&self, conn: &mut Conn) -> Result<Held, Away> {
        let held = held(conn, &self.citizen).await?;
        let deed = Deed {
            actor: self.actor.clone(),
            deed: "citizen.show",
            object: format!("feedback={}", held.feedback),
            at: self.at,
        };
        note(conn, &[deed]).await?;
        Ok(held)
    }
}

struct Forget {
    citizen: String,
    actor: Actor,
    at: i64,
}

impl Op for Forget {
    type Answer = Forgotten;

    async fn run(&self, conn: &mut Conn) -> Result<Forgotten, Away> {
        // Erased records are nobody's: without this, their tie would lead to all of them.
        if self.citizen.is_empty() {
            return Ok(Forgotten::default());
        }
        self.run_on(conn, ERASE_VERDICTS).await?;
        sql(consents::REVOKE)
            .int(self.at)
            .text(&self.citizen)
            .run(conn)
            .await?;
        self.run_on(conn, ERASE_ADDITIONS).await?;
        self.run_on(conn, ERASE_QUESTIONS).await?;
        let forgotten = Forgotten {
            letters: self.letters(conn).await?,
            replies: self.run_on(conn, ERASE_REPLIES).await?,
            messages: self.run_on(conn, ERASE_MESSAGES).await?,
            unfinished: self.run_on(conn, ERASE_PARTS).await?,
            number: self.run_on(conn, ERASE_NUMBER).await? > 0,
            unplaced: sql(ERASE_UNPLACED)
                .bytes(&[])
                .text(&self.citizen)
                .run(conn)
                .await?,
            feedback: sql(ERASE_FEEDBACK)
                .text(ERASED_ALIAS)
                .int(self.at)
                .text(&self.citizen)
                .run(conn)
                .await?,
        };
        let deed = Deed {
            actor: self.actor.clone(),
            deed: "citizen.forget",
            object: forgotten.to_string(),
            at: self.at,
        };
        note(conn, &[deed]).await?;
        Ok(forgotten)
    }
}

impl Forget {
    async fn run_on(&self, conn: &mut Conn, statement: &'static str) -> Result<u64, Away> {
        sql(statement).text(&self.citizen).run(conn).await
    }

    /// Letters keep their place in the outbox, and what they say without the words: an institution
    /// that has not had one yet still learns that there was a feedback, and that it was erased.
    async fn letters(&self, conn: &mut Conn) -> Result<u64, Away> {
        let bodies = sql(BODIES).text(&self.citizen).rows(conn).await?;
        for row in &bodies {
            sql(REWRITE)
                .text(&webhook::erased(&row.text("body")?))
                .text(&row.text("id")?)
                .run(conn)
                .await?;
        }
        Ok(u64::try_from(bodies.len()).unwrap_or(u64::MAX))
    }
}
