//! Putting on record what a citizen said.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::consents;
use super::letters;
use super::messages;
use super::rows;
use super::sql::{Bulk, Conn, Statement, Word as _, sql};
use super::turns;
use super::types::{Filed, Unroutable};
use super::writer::Op;
use crate::domain::feedback::{Feedback, Filing, Sealed};
use crate::store::away::Away;

macro_rules! feedback_columns {
    () => {
        "id, origin, code, country, institution, channel, kind, operator, experience, place, \
         office, words, language, citizen, alias, status, received_at, reply_by, complete, folded"
    };
}
pub(super) use feedback_columns;

pub(super) const BY_ORIGIN: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE origin = $1"
);
pub(super) const CODE_IS_TAKEN: &str = "SELECT id FROM feedback WHERE code = $1";
static INSERT_FEEDBACK: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "feedback",
        feedback_columns!(),
        "ON CONFLICT DO NOTHING RETURNING id",
    )
});
static INSERT_CITIZEN: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "citizen",
        "lookup, key_id, number",
        "ON CONFLICT DO NOTHING",
    )
});
static INSERT_CONSENT: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::new(
        "consent",
        "feedback, institution, given, words, at",
        "ON CONFLICT DO NOTHING",
    )
});
const INSERT_UNROUTABLE: &str = "INSERT INTO unroutable \
     (origin, channel, citizen, key_id, sender, recipient, words, received_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
pub(super) const SEALED: &str = "SELECT key_id, number FROM citizen WHERE lookup = $1";

/// A filing, and until when whoever files it has its letters and its message in hand: 0 if nobody
/// has.
pub type InHand<'a> = (&'a Filing, i64);

/// Files all of them, each as if it came alone. The feedback goes first: whether it could be
/// written decides whether anything else of its filing is.
pub async fn file_all(conn: &mut Conn, filings: &[InHand<'_>]) -> Result<Vec<Filed>, Away> {
    let returned = INSERT_FEEDBACK.run(conn, filings, bind_feedback).await?;
    let mut written = HashSet::new();
    for row in &returned {
        written.insert(row.text("id")?);
    }
    // Of several with one id the first was written: rows are inserted in the order given.
    let kept: Vec<bool> = filings
        .iter()
        .map(|(filing, _)| written.remove(&filing.feedback.id))
        .collect();
    let new: Vec<InHand<'_>> = filings
        .iter()
        .zip(&kept)
        .filter_map(|(filing, kept)| kept.then_some(*filing))
        .collect();
    enclose_all(conn, &new).await?;
    let mut filed = Vec::with_capacity(filings.len());
    for ((filing, _), kept) in filings.iter().zip(kept) {
        filed.push(if kept {
            Filed::Kept(filing.feedback.clone())
        } else {
            standing_in_the_way(conn, &filing.feedback).await?
        });
    }
    Ok(filed)
}

/// What belongs to feedback that was written just now.
async fn enclose_all(conn: &mut Conn, new: &[InHand<'_>]) -> Result<(), Away> {
    // In one order everywhere: two instances that each wait for the other's citizens would wait long.
    let mut citizens: Vec<Known<'_>> = new
        .iter()
        .filter_map(|(f, _)| Some((f.feedback.citizen.as_str(), f.number.as_ref()?)))
        .collect();
    citizens.sort_unstable_by_key(|(citizen, _)| *citizen);
    INSERT_CITIZEN.run(conn, &citizens, bind_citizen).await?;
    let consents = new.iter().map(|(filing, _)| *filing);
    let consents: Vec<&Filing> = consents.filter(|f| f.consent.is_some()).collect();
    INSERT_CONSENT.run(conn, &consents, consents::bind).await?;
    let letters = new.iter().map(|(f, until)| (f.letters.as_slice(), *until));
    letters::insert_first(conn, letters).await?;
    let messages = new.iter();
    let messages = messages.filter_map(|(f, until)| Some((f.message.as_ref()?, *until)));
    let messages: Vec<messages::InHand<'_>> = messages.collect();
    messages::insert_in_hand(conn, &messages).await?;
    for question in new.iter().filter_map(|(f, _)| f.question.as_ref()) {
        turns::ask(conn, question).await?;
    }
    Ok(())
}

fn bind_feedback(statement: Statement, (filing, _): InHand<'_>) -> Statement {
    let f = &filing.feedback;
    statement
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
        .int(f.folded.into())
}

/// A citizen whose number is kept: their lookup key, and the number.
type Known<'a> = (&'a str, &'a Sealed);

fn bind_citizen(statement: Statement, (citizen, number): Known<'_>) -> Statement {
    statement
        .text(citizen)
        .text(&number.key_id)
        .bytes(&number.bytes)
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
            .text(&self.citizen)
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
