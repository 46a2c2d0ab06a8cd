//! What happens to a feedback after it was kept: resolved, mended or not, late, handed on.
//!
//! Each is decided by one conditional `UPDATE`: of several instances, and of several attempts, one
//! finds the feedback as it was read. Letters and messages go with it or not at all.

use super::audit::{Deed, note};
use super::filing::feedback_columns;
use super::sql::{Conn, sql};
use super::types::Joining;
use super::writer::Op;
use super::{gathering, ladder, letters, messages, rows};
use crate::domain::feedback::{Feedback, Letter, Message};
use crate::domain::ladder::Rung;
use crate::domain::redact::Words;
use crate::store::away::Away;

pub(super) const FIXED: &str = "SELECT institution FROM feedback WHERE id = $1 \
     AND status = 'resolved' AND NOT EXISTS (SELECT 1 FROM rung AS f JOIN rung AS r \
     ON r.feedback = f.feedback AND r.institution = f.institution AND r.rung = 'resolved' \
     WHERE f.feedback = $1 AND f.rung = 'fixed' AND f.last_at >= r.last_at \
     AND f.institution = feedback.institution)";
pub(super) const REOPEN: &str = "UPDATE feedback SET status = 'opened', reply_by = $3, \
     overdue_at = NULL WHERE id = $1 AND institution = $2 AND status = 'resolved' RETURNING id";
const SAY: &str = "INSERT INTO verdict (feedback, at, institution, fixed, words, origin) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
pub(super) const ASKED: &str = "SELECT f.id AS id, r.last_at AS at FROM feedback AS f JOIN rung AS r \
     ON r.feedback = f.id AND r.institution = f.institution AND r.rung = 'resolved' \
     WHERE f.citizen = $1 AND f.status = 'resolved' AND r.last_at >= $2 AND NOT EXISTS \
     (SELECT 1 FROM rung AS m WHERE m.feedback = f.id AND m.institution = f.institution \
      AND m.rung = 'fixed' AND m.last_at >= r.last_at) ORDER BY r.last_at DESC LIMIT 1";
pub(super) const VERDICTS: &str = "SELECT at, fixed, words FROM verdict \
     WHERE feedback = $1 AND institution = $2 ORDER BY at";
pub(super) const LATE: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE overdue_at IS NULL AND status IN ('received', 'opened') \
     AND reply_by <= $1 ORDER BY reply_by LIMIT $2"
);
pub(super) const OVERDUE: &str = "UPDATE feedback SET overdue_at = $4 WHERE id = $1 \
     AND institution = $2 AND reply_by = $3 AND overdue_at IS NULL \
     AND status IN ('received', 'opened') RETURNING id";
pub(super) const HAND_ON: &str = "UPDATE feedback SET institution = $3, alias = $4, \
     reply_by = $5, status = 'received', overdue_at = NULL WHERE id = $1 AND institution = $2 \
     RETURNING id";
/// Whoever got it back from the desk and hands it on again said so once more.
const LEAVE: &str = "INSERT INTO formerly (feedback, institution, successor, reason, at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (feedback, institution) \
     DO UPDATE SET successor = excluded.successor, reason = excluded.reason, at = excluded.at";
pub(super) const FORMERLY: &str = "SELECT institution, successor, reason, at FROM formerly \
     WHERE feedback = $1 ORDER BY at, institution";
pub(super) const LAST_HEARD: &str = "SELECT MAX(at) AS at FROM \
     (SELECT MAX(received_at) AS at FROM feedback WHERE citizen = $1 UNION ALL \
     SELECT MAX(a.at) AS at FROM addition AS a JOIN feedback AS f ON f.id = a.feedback \
     WHERE f.citizen = $1) AS heard";

/// The citizen says that it is mended; false if nobody asked, or they said so before.
pub struct Mended {
    pub feedback: String,
    pub at: i64,
    pub origin: Option<String>,
}

impl Op for Mended {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let Some(row) = sql(FIXED).text(&self.feedback).row(conn).await? else {
            return Ok(false);
        };
        let institution = row.text("institution")?;
        ladder::climb(conn, &self.feedback, &institution, Rung::Fixed, self.at).await?;
        let said = Said {
            at: self.at,
            fixed: true,
            words: None,
        };
        say(
            conn,
            &self.feedback,
            &institution,
            &said,
            self.origin.as_deref(),
        )
        .await?;
        Ok(true)
    }
}

/// The citizen says that it is not mended: the feedback is open again.
pub struct Reopen {
    /// As it was read: resolved.
    pub feedback: Feedback,
    /// The new promise.
    pub reply_by: Option<i64>,
    /// Why not, in the citizen's words.
    pub words: Option<Words>,
    /// When they said so.
    pub at: i64,
    /// The key of the message that said so, if one did.
    pub origin: Option<String>,
    /// The parts that message was joined from, if it was.
    pub joining: Option<Joining>,
    /// What tells the institution.
    pub letters: Vec<Letter>,
}

impl Op for Reopen {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let (id, institution) = (&self.feedback.id, &self.feedback.institution);
        if let Some(joining) = &self.joining
            && !gathering::is_open(conn, joining).await?
        {
            return Ok(false);
        }
        let reopened = sql(REOPEN)
            .text(id)
            .text(institution)
            .maybe_int(self.reply_by);
        if reopened.row(conn).await?.is_none() {
            return Ok(false);
        }
        ladder::climb(conn, id, institution, Rung::NotFixed, self.at).await?;
        let said = Said {
            at: self.at,
            fixed: false,
            words: self.words.clone(),
        };
        say(conn, id, institution, &said, self.origin.as_deref()).await?;
        if let Some(joining) = &self.joining {
            gathering::close(conn, joining).await?;
        }
        enclose(conn, &self.letters, &[]).await?;
        Ok(true)
    }
}

async fn say(
    conn: &mut Conn,
    feedback: &str,
    institution: &str,
    said: &Said,
    origin: Option<&str>,
) -> Result<(), Away> {
    sql(SAY)
        .text(feedback)
        .int(said.at)
        .text(institution)
        .int(said.fixed.into())
        .maybe_text(said.words.as_ref().map(Words::as_str))
        .maybe_text(origin)
        .run(conn)
        .await?;
    Ok(())
}

/// So long (milliseconds) a message is heard as an answer to "is it mended?".
const ASKED_FOR: i64 = 7 * 24 * 3_600_000;

/// The feedback of a citizen that was resolved last, and when, if that is not long ago and they have
/// not said yet whether it is mended.
pub async fn asked(
    conn: &mut Conn,
    citizen: &str,
    now: i64,
) -> Result<Option<(String, i64)>, Away> {
    let since = now.saturating_sub(ASKED_FOR);
    let row = sql(ASKED).text(citizen).int(since).row(conn).await?;
    row.map(|row| Ok((row.text("id")?, row.int("at")?)))
        .transpose()
}

async fn enclose(conn: &mut Conn, letters: &[Letter], messages: &[Message]) -> Result<(), Away> {
    for letter in letters {
        letters::insert(conn, letter).await?;
    }
    let messages: Vec<&Message> = messages.iter().collect();
    messages::insert_all(conn, &messages).await
}

/// What a citizen said, asked whether it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: i64,
    /// Whether it is.
    pub fixed: bool,
    /// What is not, in their words.
    pub words: Option<Words>,
}

/// What the citizen said to an institution about one feedback, oldest first.
pub struct Verdicts {
    pub feedback: String,
    pub institution: String,
}

impl Op for Verdicts {
    type Answer = Vec<Said>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Said>, Away> {
        let rows = sql(VERDICTS)
            .text(&self.feedback)
            .text(&self.institution)
            .rows(conn)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Said {
                    at: row.int("at")?,
                    fixed: row.int("fixed")? != 0,
                    words: row.maybe_text("words")?.map(Words::new),
                })
            })
            .collect()
    }
}

/// Feedback whose promised time has gone and of whom nobody was told.
pub struct Late {
    pub now: i64,
    pub limit: u32,
}

impl Op for Late {
    type Answer = Vec<Feedback>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Feedback>, Away> {
        let late = sql(LATE).int(self.now).int(self.limit.into());
        rows::all(&late.rows(conn).await?, rows::feedback)
    }
}

/// Tells, once, that a promised time has gone.
pub struct Overdue {
    /// As it was read.
    pub feedback: Feedback,
    pub at: i64,
    pub letters: Vec<Letter>,
    pub message: Option<Message>,
}

impl Op for Overdue {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let f = &self.feedback;
        let told = sql(OVERDUE)
            .text(&f.id)
            .text(&f.institution)
            .maybe_int(f.reply_by)
            .int(self.at);
        if told.row(conn).await?.is_none() {
            return Ok(false);
        }
        ladder::climb(conn, &f.id, &f.institution, Rung::Overdue, self.at).await?;
        enclose(conn, &self.letters, self.message.as_slice()).await?;
        Ok(true)
    }
}

/// Hands a feedback to another institution.
pub struct HandOn {
    /// Whose it was.
    pub from: String,
    /// As it is to be: with the new institution, its alias and its promise.
    pub feedback: Feedback,
    /// Why it is not theirs.
    pub reason: Option<Words>,
    /// When they said so.
    pub at: i64,
    /// What brings it to the new institution, and to those who get copies.
    pub letters: Vec<Letter>,
    /// What tells the citizen.
    pub message: Option<Message>,
}

impl Op for HandOn {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let f = &self.feedback;
        let moved = sql(HAND_ON)
            .text(&f.id)
            .text(&self.from)
            .text(&f.institution)
            .text(&f.alias)
            .maybe_int(f.reply_by);
        if moved.row(conn).await?.is_none() {
            return Ok(false);
        }
        sql(LEAVE)
            .text(&f.id)
            .text(&self.from)
            .text(&f.institution)
            .maybe_text(self.reason.as_ref().map(Words::as_str))
            .int(self.at)
            .run(conn)
            .await?;
        ladder::climb(conn, &f.id, &self.from, Rung::NotOurs, self.at).await?;
        enclose(conn, &self.letters, self.message.as_slice()).await?;
        let object = format!("{} to={}", f.id, f.institution);
        let deed = Deed::of(&self.from, "feedback.hand_on", object, self.at);
        note(conn, &[deed]).await?;
        Ok(true)
    }
}

/// An institution that said that a feedback is not its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Who said so.
    pub institution: String,
    /// Who got it then.
    pub successor: String,
    /// Why it was not theirs.
    pub reason: Option<Words>,
    /// When they said so last.
    pub at: i64,
}

/// Everybody who said that a feedback is not theirs, in the order in which they did.
pub struct Formerly(pub String);

impl Op for Formerly {
    type Answer = Vec<Former>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Former>, Away> {
        let rows = sql(FORMERLY).text(&self.0).rows(conn).await?;
        rows.iter()
            .map(|row| {
                Ok(Former {
                    institution: row.text("institution")?,
                    successor: row.text("successor")?,
                    reason: row.maybe_text("reason")?.map(Words::new),
                    at: row.int("at")?,
                })
            })
            .collect()
    }
}

/// When a citizen was last heard.
pub struct LastHeard(pub String);

impl Op for LastHeard {
    type Answer = Option<i64>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<i64>, Away> {
        match sql(LAST_HEARD).text(&self.0).row(conn).await? {
            Some(row) => row.maybe_int("at"),
            None => Ok(None),
        }
    }
}
