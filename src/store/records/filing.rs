//! Putting on record what a citizen said.

use super::letters;
use super::messages;
use super::rows;
use super::sql::{Conn, Word as _, sql};
use super::types::{Filed, Unroutable};
use super::writer::Op;
use crate::domain::feedback::{Feedback, Filing, Sealed};
use crate::store::away::Away;

macro_rules! feedback_columns {
    () => {
        "id, origin, code, country, institution, channel, kind, operator, experience, place, \
         office, words, language, citizen, alias, status, received_at, reply_by, complete"
    };
}
pub(super) use feedback_columns;

pub(super) const BY_ORIGIN: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE origin = $1"
);
pub(super) const CODE_IS_TAKEN: &str = "SELECT id FROM feedback WHERE code = $1";
const INSERT_FEEDBACK: &str = concat!(
    "INSERT INTO feedback (",
    feedback_columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
     $19) ON CONFLICT DO NOTHING"
);
const INSERT_CITIZEN: &str = "INSERT INTO citizen (lookup, key_id, number) VALUES ($1, $2, $3) \
     ON CONFLICT DO NOTHING";
const INSERT_UNROUTABLE: &str = "INSERT INTO unroutable \
     (origin, channel, key_id, sender, recipient, words, received_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
pub(super) const SEALED: &str = "SELECT key_id, number FROM citizen WHERE lookup = $1";

impl Op for Filing {
    type Answer = Filed;

    /// The feedback goes first: whether it could be written decides whether anything else is.
    async fn run(&self, conn: &mut Conn) -> Result<Filed, Away> {
        if !insert(conn, &self.feedback).await? {
            return standing_in_the_way(conn, &self.feedback).await;
        }
        sql(INSERT_CITIZEN)
            .text(&self.feedback.citizen)
            .text(&self.number.key_id)
            .bytes(&self.number.bytes)
            .run(conn)
            .await?;
        for letter in &self.letters {
            letters::insert(conn, letter).await?;
        }
        if let Some(message) = &self.message {
            messages::insert(conn, message).await?;
        }
        Ok(Filed::Kept(self.feedback.clone()))
    }
}

async fn insert(conn: &mut Conn, f: &Feedback) -> Result<bool, Away> {
    sql(INSERT_FEEDBACK)
        .text(&f.id)
        .text(&f.key)
        .text(&f.code)
        .text(&f.country)
        .text(&f.institution)
        .text(&f.channel)
        .text(f.kind.word())
        .maybe_text(f.operator.as_deref())
        .maybe_text(f.experience.map(super::sql::Word::word))
        .maybe_text(f.place.as_deref())
        .maybe_text(f.office.as_deref())
        .text(f.text.as_str())
        .text(&f.language)
        .text(&f.citizen)
        .text(&f.alias)
        .text(f.status.word())
        .int(f.received_at)
        .maybe_int(f.reply_by)
        .int(f.complete.into())
        .touched(conn)
        .await
}

/// Key before code: a repeated filing has both in common with the first.
async fn standing_in_the_way(conn: &mut Conn, wanted: &Feedback) -> Result<Filed, Away> {
    if let Some(row) = sql(BY_ORIGIN).text(&wanted.key).row(conn).await? {
        return Ok(Filed::Already(rows::feedback(&row)?));
    }
    match sql(CODE_IS_TAKEN).text(&wanted.code).row(conn).await? {
        Some(_) => Ok(Filed::CodeTaken),
        None => Err(Away::records("the feedback's id is taken")),
    }
}

impl Op for Unroutable {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        sql(INSERT_UNROUTABLE)
            .text(&self.key)
            .text(&self.channel)
            .text(&self.sender.key_id)
            .bytes(&self.sender.bytes)
            .text(&self.to)
            .text(self.text.as_str())
            .int(self.received_at)
            .touched(conn)
            .await
    }
}

/// A citizen's number, by lookup key.
pub struct SealedNumber(pub String);

impl Op for SealedNumber {
    type Answer = Option<Sealed>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Sealed>, Away> {
        let Some(row) = sql(SEALED).text(&self.0).row(conn).await? else {
            return Ok(None);
        };
        Ok(Some(Sealed {
            key_id: row.text("key_id")?,
            bytes: row.bytes("number")?,
        }))
    }
}
