//! What a citizen adds to a feedback by text message.

use super::gathering::{close, is_open};
use super::sql::{Conn, Text, sql};
use super::turns::{END, HEAR};
use super::types::Joining;
use super::writer::Op;
use super::{Records, letters, messages};
use crate::domain::feedback::{Feedback, Letter, Message};
use crate::domain::redact::Words;
use crate::store::away::Away;

/// Words, or the answer to a question, for a feedback.
pub struct Add {
    /// The institution that the feedback was read at.
    pub from: String,
    /// As it is to be.
    pub feedback: Feedback,
    /// The words; none if there was nothing but an answer.
    pub words: Option<Words>,
    /// When they came.
    pub at: i64,
    /// The key of the message that said it.
    pub origin: String,
    /// The key of the message that told whereto, if that was another one.
    pub told_by: Option<String>,
    /// The question that this answers.
    pub question: Option<String>,
    /// The parts that the words were joined from.
    pub joining: Option<Joining>,
    /// What tells the institution.
    pub letters: Vec<Letter>,
    /// What tells the citizen.
    pub message: Option<Message>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Kept now.
    Kept,
    /// It was kept before. Nothing was written.
    Known,
    /// Feedback, question or parts are no longer as they were read. Nothing was written.
    Changed,
}

impl Records {
    /// Adds to a feedback, once a message.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn add(&self, add: Add) -> Result<Added, Away> {
        self.writer.submit(add).await
    }

    /// What a citizen has added to a feedback, oldest first: when, and the words, if any.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn additions(&self, feedback: &str) -> Result<Vec<(i64, Option<Words>)>, Away> {
        self.read(Additions(feedback.to_owned())).await
    }
}

const HELD_BY: Text = Text::each(
    "SELECT institution FROM feedback WHERE id = $1",
    "SELECT institution FROM feedback WHERE id = $1 FOR UPDATE",
);
const STILL_ASKED: Text = Text::each(
    "SELECT origin FROM question WHERE origin = $1 AND answered_at IS NULL",
    "SELECT origin FROM question WHERE origin = $1 AND answered_at IS NULL FOR UPDATE",
);
pub(super) const ADDED: &str = "SELECT origin FROM addition WHERE origin = $1";
pub(super) const FILED: &str = "SELECT id FROM feedback WHERE origin = $1";
const INSERT_ADDITION: &str =
    "INSERT INTO addition (origin, feedback, words, at) VALUES ($1, $2, $3, $4)";
const FILL: &str = "UPDATE feedback SET experience = $2, place = $3, complete = $4, \
     institution = $5, alias = $6, reply_by = $7, status = $8 WHERE id = $1";
/// Nobody said "not ours": the citizen told whose it is.
const LEAVE: &str = "INSERT INTO formerly (feedback, institution, successor, reason, at) \
     VALUES ($1, $2, $3, NULL, $4) ON CONFLICT (feedback, institution) \
     DO UPDATE SET successor = excluded.successor, at = excluded.at";
pub(super) const ADDITIONS: &str =
    "SELECT at, words FROM addition WHERE feedback = $1 ORDER BY at, origin";
impl Op for Add {
    type Answer = Added;

    async fn run(&self, conn: &mut Conn) -> Result<Added, Away> {
        if sql(ADDED).text(&self.origin).row(conn).await?.is_some() {
            return Ok(Added::Known);
        }
        if !self.is_as_read(conn).await? {
            return Ok(Added::Changed);
        }
        let f = &self.feedback;
        if let Some(joining) = &self.joining {
            close(conn, joining).await?;
        }
        if let Some(question) = &self.question {
            sql(END).text(question).int(self.at).run(conn).await?;
        }
        sql(INSERT_ADDITION)
            .text(&self.origin)
            .text(&f.id)
            .maybe_text(self.words.as_ref().map(Words::as_str))
            .int(self.at)
            .run(conn)
            .await?;
        if let Some(key) = &self.told_by {
            sql(HEAR).text(key).int(self.at).run(conn).await?;
        }
        self.fill(conn).await?;
        for letter in &self.letters {
            letters::insert(conn, letter).await?;
        }
        let messages: Vec<&Message> = self.message.iter().collect();
        messages::insert_all(conn, &messages).await?;
        Ok(Added::Kept)
    }
}

impl Add {
    async fn is_as_read(&self, conn: &mut Conn) -> Result<bool, Away> {
        if let Some(joining) = &self.joining
            && !is_open(conn, joining).await?
        {
            return Ok(false);
        }
        // Words that waited are on record once: here, or as a feedback of their own.
        if self.question.as_ref() == Some(&self.origin)
            && (sql(STILL_ASKED)
                .text(&self.origin)
                .row(conn)
                .await?
                .is_none()
                || sql(FILED).text(&self.origin).row(conn).await?.is_some())
        {
            return Ok(false);
        }
        let held = sql(HELD_BY).text(&self.feedback.id).row(conn).await?;
        let held = held.map(|row| row.text("institution")).transpose()?;
        Ok(held.as_deref() == Some(self.from.as_str()))
    }

    async fn fill(&self, conn: &mut Conn) -> Result<(), Away> {
        let f = &self.feedback;
        sql(FILL)
            .text(&f.id)
            .maybe_text(f.experience.map(super::sql::Word::word))
            .maybe_text(f.place.as_deref())
            .int(f.complete.into())
            .text(&f.institution)
            .text(&f.alias)
            .maybe_int(f.reply_by)
            .text(f.status.word())
            .run(conn)
            .await?;
        if f.institution != self.from {
            sql(LEAVE)
                .text(&f.id)
                .text(&self.from)
                .text(&f.institution)
                .int(self.at)
                .run(conn)
                .await?;
        }
        Ok(())
    }
}

struct Additions(String);

impl Op for Additions {
    type Answer = Vec<(i64, Option<Words>)>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let rows = sql(ADDITIONS).text(&self.0).rows(conn).await?;
        let all = rows.iter();
        all.map(|row| Ok((row.int("at")?, row.maybe_text("words")?.map(Words::new))))
            .collect()
    }
}
