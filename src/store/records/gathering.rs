//! Long messages whose parts come one by one.

use super::filing::file_all;
use super::sql::{Conn, sql};
use super::types::{Filed, Gathered, Joining};
use super::writer::Op;
use super::{Records, rows};
use crate::domain::feedback::Filing;
use crate::domain::parts::{self, Gathering, Piece, Place};
use crate::store::away::Away;

impl Records {
    /// Keeps a part of a long message; `opened` is the message as it would be if this were its
    /// first part.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn keep_part(&self, opened: Gathering, piece: Piece) -> Result<Gathered, Away> {
        self.writer.submit(Keep { opened, piece }).await
    }

    /// As [`Records::file`], and closes the gathering that the filing was joined from, in the same
    /// transaction. None, and nothing is written, if the gathering is closed or has other parts.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn file_joined(
        &self,
        filing: Filing,
        joining: Joining,
    ) -> Result<Option<Filed>, Away> {
        self.writer.submit(FileJoined { filing, joining }).await
    }

    /// The long message that has waited longest of those that are due.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn overdue_gathering(&self, now: i64) -> Result<Option<Gathering>, Away> {
        self.writer.submit(Overdue { now }).await
    }

    /// Has a long message wait on until then.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn postpone_gathering(&self, id: &str, until: i64) -> Result<(), Away> {
        let id = id.to_owned();
        self.writer.submit(Postpone { id, until }).await
    }
}

macro_rules! gathering_columns {
    () => {
        "id, channel, citizen, key_id, number, network, reference, parts, due_at, closed_at"
    };
}

pub(super) const KNOWN: &str = concat!(
    "SELECT ",
    gathering_columns!(),
    " FROM gathering WHERE channel = $1 AND citizen = $2 AND reference = $3 AND parts = $4 \
     ORDER BY due_at DESC, id"
);
pub(super) const PIECES: &str =
    "SELECT nth, origin, words FROM part WHERE gathering = $1 ORDER BY nth";
const OPEN: &str = concat!(
    "INSERT INTO gathering (",
    gathering_columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)"
);
const ADD: &str = "INSERT INTO part (gathering, nth, origin, words) VALUES ($1, $2, $3, $4)";
/// No row if it is closed.
pub(super) const COUNT: &str = "SELECT (SELECT COUNT(*) FROM part WHERE gathering = g.id) AS pieces \
     FROM gathering AS g WHERE g.id = $1 AND g.closed_at IS NULL";
pub(super) const CLOSE: &str = "UPDATE gathering SET closed_at = $2, number = $3 WHERE id = $1";
pub(super) const FORGET_WORDS: &str = "UPDATE part SET words = '' WHERE gathering = $1";
pub(super) const OVERDUE: &str = concat!(
    "SELECT ",
    gathering_columns!(),
    " FROM gathering WHERE closed_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT 1"
);
pub(super) const POSTPONE: &str =
    "UPDATE gathering SET due_at = $2 WHERE id = $1 AND closed_at IS NULL";
pub(super) const SWEEP: &str = "DELETE FROM gathering WHERE id IN \
     (SELECT id FROM gathering WHERE closed_at IS NOT NULL AND closed_at <= $1 LIMIT $2)";

/// Keeps a part: a gathering as it would be if this were the first of it.
pub struct Keep {
    pub opened: Gathering,
    pub piece: Piece,
}

impl Op for Keep {
    type Answer = Gathered;

    async fn run(&self, conn: &mut Conn) -> Result<Gathered, Away> {
        alone(conn, &self.opened.channel, &self.opened.citizen).await?;
        let mut known = self.known(conn).await?;
        Ok(match parts::place(&known, &self.piece) {
            Place::Late(_) => Gathered::Late,
            Place::Again(at) if known[at].closed => Gathered::Filed,
            Place::Again(at) => Gathered::Open(Box::new(known.swap_remove(at))),
            Place::Joins(at) => {
                let joined = known.swap_remove(at);
                self.add(conn, &joined.id).await?;
                Gathered::Open(Box::new(with_pieces(conn, joined).await?))
            }
            Place::Opens => {
                self.open(conn).await?;
                self.add(conn, &self.opened.id).await?;
                Gathered::Open(Box::new(with_pieces(conn, self.opened.clone()).await?))
            }
        })
    }
}

impl Keep {
    async fn known(&self, conn: &mut Conn) -> Result<Vec<Gathering>, Away> {
        let rows = sql(KNOWN)
            .text(&self.opened.channel)
            .text(&self.opened.citizen)
            .text(&self.opened.reference)
            .int(self.opened.of.into())
            .rows(conn)
            .await?;
        let mut known = Vec::with_capacity(rows.len());
        for row in &rows {
            known.push(with_pieces(conn, rows::gathering(row)?).await?);
        }
        Ok(known)
    }

    async fn open(&self, conn: &mut Conn) -> Result<(), Away> {
        let opened = &self.opened;
        sql(OPEN)
            .text(&opened.id)
            .text(&opened.channel)
            .text(&opened.citizen)
            .text(&opened.number.key_id)
            .bytes(&opened.number.bytes)
            .maybe_text(opened.network.as_deref())
            .text(&opened.reference)
            .int(opened.of.into())
            .int(opened.due_at)
            .run(conn)
            .await?;
        Ok(())
    }

    async fn add(&self, conn: &mut Conn, to: &str) -> Result<(), Away> {
        sql(ADD)
            .text(to)
            .int(self.piece.number.into())
            .text(&self.piece.origin)
            .text(self.piece.words.as_str())
            .run(conn)
            .await?;
        Ok(())
    }
}

/// A part that comes to one instance must not slip in behind another instance's back, between its
/// counting the parts and its closing the message.
async fn alone(conn: &mut Conn, channel: &str, citizen: &str) -> Result<(), Away> {
    conn.alone(&format!("parts from {citizen} by {channel}"))
        .await
}

async fn with_pieces(conn: &mut Conn, mut gathering: Gathering) -> Result<Gathering, Away> {
    let rows = sql(PIECES).text(&gathering.id).rows(conn).await?;
    gathering.pieces = rows::all(&rows, rows::piece)?;
    Ok(gathering)
}

/// Files a message and closes its gathering, both or neither: what is joined is on record, or
/// still waits. None if the gathering is no longer as it was read.
pub struct FileJoined {
    pub filing: Filing,
    pub joining: Joining,
}

impl Op for FileJoined {
    type Answer = Option<Filed>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Filed>, Away> {
        if !is_open(conn, &self.joining).await? {
            return Ok(None);
        }
        let Some(filed) = file_all(conn, &[(&self.filing, 0)]).await?.pop() else {
            return Ok(None);
        };
        if !matches!(filed, Filed::CodeTaken) {
            close(conn, &self.joining).await?;
        }
        Ok(Some(filed))
    }
}

/// Whether a gathering is as it was read; nothing is added to it before the transaction ends.
pub async fn is_open(conn: &mut Conn, joining: &Joining) -> Result<bool, Away> {
    alone(conn, &joining.channel, &joining.citizen).await?;
    let row = sql(COUNT).text(&joining.gathering).row(conn).await?;
    let open = row.map(|row| row.small("pieces")).transpose()?;
    Ok(open == Some(joining.pieces))
}

/// Closes a gathering whose words are on record.
pub async fn close(conn: &mut Conn, joining: &Joining) -> Result<(), Away> {
    sql(CLOSE)
        .text(&joining.gathering)
        .int(joining.at)
        .bytes(&[])
        .run(conn)
        .await?;
    let forget = sql(FORGET_WORDS).text(&joining.gathering);
    forget.run(conn).await?;
    Ok(())
}

/// The message that has waited longest of those that wait no longer.
pub struct Overdue {
    pub now: i64,
}

impl Op for Overdue {
    type Answer = Option<Gathering>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Gathering>, Away> {
        match sql(OVERDUE).int(self.now).row(conn).await? {
            Some(row) => Ok(Some(with_pieces(conn, rows::gathering(&row)?).await?)),
            None => Ok(None),
        }
    }
}

/// Has a message wait on.
pub struct Postpone {
    pub id: String,
    pub until: i64,
}

impl Op for Postpone {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        sql(POSTPONE)
            .text(&self.id)
            .int(self.until)
            .run(conn)
            .await?;
        Ok(())
    }
}
