//! Who read or changed what: rows are only added, one after the other on whatever instance.

use super::sql::{Conn, Row, sql};
use super::writer::Op;
use super::{Records, rows};
use crate::domain::audit::{Actor, BEGINNING, Entry};
use crate::store::away::Away;

impl Records {
    /// Notes what was done.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn account(&self, deeds: Vec<Deed>) -> Result<(), Away> {
        self.writer.submit(Note(deeds)).await
    }

    /// Up to `limit` entries after the one of that number, each with its hash as stored.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn audit(&self, after: i64, limit: u32) -> Result<Vec<(Entry, String)>, Away> {
        self.read(Page { after, limit }).await
    }
}

pub(super) const LAST: &str = "SELECT seq, hash FROM audit WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit (seq, at, actor, deed, object, hash) \
     VALUES ($1, $2, $3, $4, $5, $6)";
pub(super) const PAGE: &str = "SELECT seq, at, actor, deed, object, hash FROM audit \
     WHERE seq > $1 ORDER BY seq LIMIT $2";

/// Something done that has to be accounted for.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Who.
    pub actor: Actor,
    /// What: `citizen.forget`, …
    pub deed: &'static str,
    /// To what: ids and counts, never anything that leads to a person.
    pub object: String,
    /// When.
    pub at: i64,
}

impl Deed {
    /// What an institution did.
    pub fn of(institution: &str, deed: &'static str, object: String, at: i64) -> Self {
        Self {
            actor: Actor::Institution(institution.to_owned()),
            deed,
            object,
            at,
        }
    }
}

/// Adds to the chain, within the transaction that does the deed.
pub async fn note(conn: &mut Conn, deeds: &[Deed]) -> Result<(), Away> {
    conn.alone("passerelle audit").await?;
    let (mut seq, mut hash) = match sql(LAST).row(conn).await? {
        Some(row) => (row.int("seq")?, row.text("hash")?),
        None => (0, BEGINNING.to_owned()),
    };
    for deed in deeds {
        seq += 1;
        let entry = Entry {
            seq,
            at: deed.at,
            actor: deed.actor.to_string(),
            deed: deed.deed.to_owned(),
            object: deed.object.clone(),
        };
        hash = entry.hash(&hash);
        sql(ADD)
            .int(entry.seq)
            .int(entry.at)
            .text(&entry.actor)
            .text(&entry.deed)
            .text(&entry.object)
            .text(&hash)
            .run(conn)
            .await?;
    }
    Ok(())
}

struct Note(Vec<Deed>);

impl Op for Note {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        note(conn, &self.0).await
    }
}

struct Page {
    after: i64,
    limit: u32,
}

impl Op for Page {
    type Answer = Vec<(Entry, String)>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let page = sql(PAGE).int(self.after).int(self.limit.into());
        rows::all(&page.rows(conn).await?, entry)
    }
}

fn entry(row: &Row) -> Result<(Entry, String), Away> {
    let entry = Entry {
        seq: row.int("seq")?,
        at: row.int("at")?,
        actor: row.text("actor")?,
        deed: row.text("deed")?,
        object: row.text("object")?,
    };
    Ok((entry, row.text("hash")?))
}
