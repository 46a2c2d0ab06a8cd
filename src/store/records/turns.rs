//! A dialogue by text message: what a citizen is in the middle of, and what their next message does
//! to it.

use super::gathering::{close, is_open};
use super::sql::{Conn, Row, sql};
use super::types::Joining;
use super::writer::Op;
use super::{Records, messages};
use crate::domain::feedback::Message;
use crate::domain::redact::Words;
use crate::domain::talk::{ANSWER_MS, Ask, Question, THREAD_MS, Thread};
use crate::store::away::Away;

/// What a citizen is in the middle of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// Whether this very message was taken before: then there is nothing to do.
    pub known: bool,
    /// The question that they have not answered yet, the last one.
    pub question: Option<Question>,
    /// The feedback of which they were asked whether it is mended, and when.
    pub verdict: Option<(String, i64)>,
    /// Their feedback that is not done with and of which either side has spoken of late.
    pub threads: Vec<Thread>,
}

impl Records {
    /// What a citizen is in the middle of; `key` is that of the message that came now.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn talk(&self, citizen: &str, key: &str, now: i64) -> Result<Talk, Away> {
        let (citizen, key) = (citizen.to_owned(), key.to_owned());
        self.read(Look { citizen, key, now }).await
    }

    /// Notes a message that asked for something, and puts what answers it on its way; false, and
    /// nothing is written, if it was noted before.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn say(&self, origin: &str, at: i64, message: Option<Message>) -> Result<bool, Away> {
        let origin = origin.to_owned();
        let say = Say {
            origin,
            at,
            message,
        };
        self.writer.submit(say).await
    }

    /// Keeps words that wait for an answer, with the message that asks; false if they are kept
    /// already, or the parts that they were joined from are no longer as they were read.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn keep_waiting(
        &self,
        question: Question,
        message: Option<Message>,
        joining: Option<Joining>,
    ) -> Result<bool, Away> {
        let wait = Wait {
            question,
            message,
            joining,
        };
        self.writer.submit(wait).await
    }

    /// A question whose words have waited long enough at `now`.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn unanswered(&self, now: i64) -> Result<Option<Question>, Away> {
        self.read(Unanswered(now)).await
    }

    /// Ends a question: its words are on record elsewhere.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn end_question(&self, origin: &str, at: i64) -> Result<(), Away> {
        let origin = origin.to_owned();
        self.writer.submit(End { origin, at }).await
    }

    /// Has waiting words wait on until then.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn postpone_question(&self, origin: &str, until: i64) -> Result<(), Away> {
        let origin = origin.to_owned();
        self.writer.submit(Postpone { origin, until }).await
    }
}

macro_rules! question_columns {
    () => {
        "origin, citizen, channel, operator, feedback, ask, options, words, asked_at, due_at"
    };
}

pub(super) const KNOWN: &str = "SELECT origin FROM feedback WHERE origin = $1 \
     UNION ALL SELECT origin FROM addition WHERE origin = $1 \
     UNION ALL SELECT origin FROM question WHERE origin = $1 \
     UNION ALL SELECT origin FROM heard WHERE origin = $1 \
     UNION ALL SELECT origin FROM verdict WHERE origin = $1 LIMIT 1";
pub(super) const OPEN_QUESTION: &str = concat!(
    "SELECT ",
    question_columns!(),
    " FROM question WHERE citizen = $1 AND asked_at >= $2 AND answered_at IS NULL \
     ORDER BY asked_at DESC LIMIT 1"
);
pub(super) const THREADS: &str = "SELECT id, code, institution, received_at, \
     (SELECT MAX(created_at) FROM reply WHERE feedback = f.id) AS replied_at, \
     (SELECT MAX(at) FROM addition WHERE feedback = f.id) AS added_at \
     FROM feedback AS f WHERE citizen = $1 AND received_at >= $2 \
     AND status IN ('received', 'opened', 'answered') ORDER BY received_at DESC LIMIT 20";
/// A feedback older than this has no thread any more, whatever was said of it last.
const THREAD_AGE_MS: i64 = 13 * THREAD_MS;
pub(super) const END: &str = "UPDATE question SET answered_at = $2, words = NULL, due_at = NULL \
     WHERE origin = $1 AND answered_at IS NULL";
const ASK: &str = concat!(
    "INSERT INTO question (",
    question_columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"
);
pub(super) const HEAR: &str =
    "INSERT INTO heard (origin, at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
pub(super) const UNANSWERED: &str = concat!(
    "SELECT ",
    question_columns!(),
    " FROM question WHERE due_at <= $1 ORDER BY due_at LIMIT 1"
);
pub(super) const POSTPONE: &str = "UPDATE question SET due_at = $2 WHERE origin = $1 \
     AND due_at IS NOT NULL";
/// Words that still wait are not swept.
pub(super) const SWEEP_QUESTIONS: &str = "DELETE FROM question WHERE origin IN \
     (SELECT origin FROM question WHERE asked_at <= $1 AND due_at IS NULL LIMIT $2)";
pub(super) const SWEEP_HEARD: &str = "DELETE FROM heard WHERE origin IN \
     (SELECT origin FROM heard WHERE at <= $1 LIMIT $2)";

struct Look {
    citizen: String,
    key: String,
    now: i64,
}

impl Op for Look {
    type Answer = Talk;

    async fn run(&self, conn: &mut Conn) -> Result<Talk, Away> {
        if sql(KNOWN).text(&self.key).row(conn).await?.is_some() {
            return Ok(Talk {
                known: true,
                ..Talk::default()
            });
        }
        let since = self.now.saturating_sub(ANSWER_MS);
        let row = sql(OPEN_QUESTION).text(&self.citizen).int(since);
        let question = row.row(conn).await?;
        let since = self.now.saturating_sub(THREAD_AGE_MS);
        let rows = sql(THREADS).text(&self.citizen).int(since);
        let threads = rows.rows(conn).await?;
        Ok(Talk {
            known: false,
            question: question.as_ref().map(read).transpose()?.flatten(),
            verdict: super::dialogue::asked(conn, &self.citizen, self.now).await?,
            threads: threads.iter().map(thread).collect::<Result<_, _>>()?,
        })
    }
}

/// `None` for a question of a kind that a newer version asked.
fn read(row: &Row) -> Result<Option<Question>, Away> {
    let options = row.text("options")?;
    let options = options.split_whitespace().map(str::to_owned).collect();
    let Some(ask) = Ask::of(&row.text("ask")?, options) else {
        return Ok(None);
    };
    Ok(Some(Question {
        origin: row.text("origin")?,
        citizen: row.text("citizen")?,
        channel: row.text("channel")?,
        operator: row.maybe_text("operator")?,
        feedback: row.maybe_text("feedback")?,
        ask,
        words: row.maybe_text("words")?.map(Words::new),
        asked_at: row.int("asked_at")?,
        due_at: row.maybe_int("due_at")?,
    }))
}

fn thread(row: &Row) -> Result<Thread, Away> {
    let times = [
        Some(row.int("received_at")?),
        row.maybe_int("replied_at")?,
        row.maybe_int("added_at")?,
    ];
    Ok(Thread {
        feedback: row.text("id")?,
        code: row.text("code")?,
        institution: row.text("institution")?,
        last_at: times.into_iter().flatten().max().unwrap_or_default(),
    })
}

struct Say {
    origin: String,
    at: i64,
    message: Option<Message>,
}

impl Op for Say {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let new = sql(HEAR)
            .text(&self.origin)
            .int(self.at)
            .touched(conn)
            .await?;
        if new {
            let messages: Vec<&Message> = self.message.iter().collect();
            messages::insert_all(conn, &messages).await?;
        }
        Ok(new)
    }
}

/// Asks; with a filing, or by itself.
pub async fn ask(conn: &mut Conn, question: &Question) -> Result<bool, Away> {
    let (ask, options) = question.ask.parts();
    sql(ASK)
        .text(&question.origin)
        .text(&question.citizen)
        .text(&question.channel)
        .maybe_text(question.operator.as_deref())
        .maybe_text(question.feedback.as_deref())
        .text(ask)
        .text(&options.join(" "))
        .maybe_text(question.words.as_ref().map(Words::as_str))
        .int(question.asked_at)
        .maybe_int(question.due_at)
        .touched(conn)
        .await
}

struct Wait {
    question: Question,
    message: Option<Message>,
    joining: Option<Joining>,
}

impl Op for Wait {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        if let Some(joining) = &self.joining
            && !is_open(conn, joining).await?
        {
            return Ok(false);
        }
        if !ask(conn, &self.question).await? {
            return Ok(false);
        }
        if let Some(joining) = &self.joining {
            close(conn, joining).await?;
        }
        let messages: Vec<&Message> = self.message.iter().collect();
        messages::insert_all(conn, &messages).await?;
        Ok(true)
    }
}

struct Unanswered(i64);

impl Op for Unanswered {
    type Answer = Option<Question>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Question>, Away> {
        let row = sql(UNANSWERED).int(self.0).row(conn).await?;
        Ok(row.as_ref().map(read).transpose()?.flatten())
    }
}

struct End {
    origin: String,
    at: i64,
}

impl Op for End {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        sql(END).text(&self.origin).int(self.at).run(conn).await?;
        Ok(())
    }
}

struct Postpone {
    origin: String,
    until: i64,
}

impl Op for Postpone {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        let postponed = sql(POSTPONE).text(&self.origin).int(self.until);
        postponed.run(conn).await?;
        Ok(())
    }
}
