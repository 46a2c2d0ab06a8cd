//! Sealing numbers anew with the newest key, some at a time, beside whoever works on the records.

use std::sync::LazyLock;

use super::Records;
use super::sql::{Bulk, Conn, Row, Statement, sql};
use super::writer::Op;
use crate::domain::feedback::Sealed;
use crate::store::away::Away;

/// Where sealed numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Citizens' own.
    Citizens,
    /// Of long messages that wait for their parts.
    Gatherings,
    /// Of senders that cannot be placed.
    Unroutables,
    /// Of whom nothing else is kept, with a message to them.
    Messages,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Messages,
        Self::Unroutables,
        Self::Gatherings,
        Self::Citizens,
    ];

    fn page(self) -> &'static str {
        match self {
            Self::Citizens => CITIZENS,
            Self::Gatherings => GATHERINGS,
            Self::Unroutables => UNROUTABLES,
            Self::Messages => MESSAGES,
        }
    }

    fn count(self) -> &'static str {
        match self {
            Self::Citizens => "SELECT COUNT(*) AS n FROM citizen WHERE key_id <> $1",
            Self::Gatherings => {
                "SELECT COUNT(*) AS n FROM gathering WHERE closed_at IS NULL AND key_id <> $1"
            }
            Self::Unroutables => {
                "SELECT COUNT(*) AS n FROM unroutable WHERE citizen <> '' AND key_id <> $1"
            }
            Self::Messages => {
                "SELECT COUNT(*) AS n FROM message WHERE number IS NOT NULL AND key_id <> $1"
            }
        }
    }

    fn update(self) -> &'static Bulk {
        match self {
            Self::Citizens => &RESEAL_CITIZENS,
            Self::Gatherings => &RESEAL_GATHERINGS,
            Self::Unroutables => &RESEAL_UNROUTABLES,
            Self::Messages => &RESEAL_MESSAGES,
        }
    }
}

/// A sealed number, old and new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// The row's primary key.
    pub row: String,
    /// Whose it is.
    pub citizen: String,
    /// As it was.
    pub old: Sealed,
    /// As it is to be.
    pub new: Sealed,
}

impl Records {
    /// How many numbers another key than this one has sealed.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn sealed_otherwise(&self, key_id: &str) -> Result<u64, Away> {
        let key_id = key_id.to_owned();
        self.read(Count { key_id }).await
    }

    /// The next numbers of a kind after a row, that another key than this one has sealed: row,
    /// citizen, number.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn to_reseal(
        &self,
        kind: Kind,
        key_id: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(String, String, Sealed)>, Away> {
        let (key_id, after) = (key_id.to_owned(), after.to_owned());
        self.read(Page {
            kind,
            key_id,
            after,
            limit,
        })
        .await
    }

    /// Puts new seals in place of the old ones, where these still are; how many were.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn reseal(&self, kind: Kind, numbers: Vec<Resealed>) -> Result<u64, Away> {
        self.writer.submit(Reseal { kind, numbers }).await
    }
}

/// By the primary key, in its order: what is sealed anew already is skipped over.
pub(super) const CITIZENS: &str = "SELECT lookup AS at, lookup AS citizen, key_id, \
     number AS sealed FROM citizen WHERE lookup > $1 AND key_id <> $2 ORDER BY lookup LIMIT $3";
pub(super) const GATHERINGS: &str = "SELECT id AS at, citizen, key_id, number AS sealed \
     FROM gathering WHERE id > $1 AND closed_at IS NULL AND key_id <> $2 ORDER BY id LIMIT $3";
/// Without a lookup there is nothing to open: erased, or of the time when none was kept.
pub(super) const UNROUTABLES: &str = "SELECT origin AS at, citizen, key_id, sender AS sealed \
     FROM unroutable WHERE origin > $1 AND citizen <> '' AND key_id <> $2 ORDER BY origin LIMIT $3";

/// Most messages have none.
pub(super) const MESSAGES: &str = "SELECT id AS at, citizen, key_id, number AS sealed \
     FROM message WHERE id > $1 AND number IS NOT NULL AND key_id <> $2 ORDER BY id LIMIT $3";

static RESEAL_CITIZENS: LazyLock<Bulk> = LazyLock::new(|| update("citizen", "number", "lookup"));
static RESEAL_GATHERINGS: LazyLock<Bulk> = LazyLock::new(|| update("gathering", "number", "id"));
static RESEAL_UNROUTABLES: LazyLock<Bulk> =
    LazyLock::new(|| update("unroutable", "sender", "origin"));
static RESEAL_MESSAGES: LazyLock<Bulk> = LazyLock::new(|| update("message", "number", "id"));

/// A row that was erased or closed meanwhile has another key or none: it is left alone.
fn update(table: &str, number: &str, key: &str) -> Bulk {
    Bulk::around(
        &format!("UPDATE {table} SET key_id = v.column3, {number} = v.column4 FROM ("),
        4,
        &format!(
            ") AS v WHERE {table}.{key} = v.column1 AND {table}.key_id = v.column2 \
             AND length({table}.{number}) > 0 RETURNING {table}.{key} AS done"
        ),
    )
}

struct Count {
    key_id: String,
}

impl Op for Count {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let mut count = 0;
        for kind in Kind::ALL {
            let row = sql(kind.count()).text(&self.key_id).row(conn).await?;
            count += row.map_or(Ok(0), |row| row.small::<u64>("n"))?;
        }
        Ok(count)
    }
}

struct Page {
    kind: Kind,
    key_id: String,
    after: String,
    limit: u32,
}

impl Op for Page {
    type Answer = Vec<(String, String, Sealed)>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let page = sql(self.kind.page())
            .text(&self.after)
            .text(&self.key_id)
            .int(self.limit.into());
        page.rows(conn).await?.iter().map(sealed).collect()
    }
}

fn sealed(row: &Row) -> Result<(String, String, Sealed), Away> {
    let sealed = Sealed {
        key_id: row.text("key_id")?,
        bytes: row.bytes("sealed")?,
    };
    Ok((row.text("at")?, row.text("citizen")?, sealed))
}

struct Reseal {
    kind: Kind,
    numbers: Vec<Resealed>,
}

impl Op for Reseal {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let numbers: Vec<&Resealed> = self.numbers.iter().collect();
        let bind = |statement: Statement, number: &Resealed| {
            statement
                .text(&number.row)
                .text(&number.old.key_id)
                .text(&number.new.key_id)
                .bytes(&number.new.bytes)
        };
        let done = self.kind.update().run(conn, &numbers, bind).await?;
        Ok(u64::try_from(done.len()).unwrap_or(u64::MAX))
    }
}
