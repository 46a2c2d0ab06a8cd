//! The keys in use, as they are kept: wrapped. What unwraps them is not here.

use super::Records;
use super::audit::{Deed, note};
use super::sql::{Conn, Row, sql};
use super::writer::Op;
use crate::domain::vault::{Purpose, Wrapped};
use crate::store::away::Away;

/// What came of giving records their first keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Founding {
    /// They have these keys.
    Has(Vec<Wrapped>),
    /// They have numbers that another phone key had sealed, of this name.
    Foreign(String),
}

impl Records {
    /// All keys as kept, in the order in which they were made.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn data_keys(&self) -> Result<Vec<Wrapped>, Away> {
        self.read(All).await
    }

    /// Gives the records their first keys: new ones, or, where something is on record already,
    /// the first of the `derived` sets whose key sealed it. What has keys keeps them.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn found_keys(
        &self,
        new: Vec<Wrapped>,
        derived: Vec<Vec<Wrapped>>,
    ) -> Result<Founding, Away> {
        self.writer.submit(Found { new, derived }).await
    }

    /// Adds keys for a phone key that has wrapped none yet; false if it has.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn add_keys(&self, root: &str, keys: Vec<Wrapped>, deed: Deed) -> Result<bool, Away> {
        let root = root.to_owned();
        self.writer.submit(Add { root, keys, deed }).await
    }

    /// Removes what phone keys other than this one had wrapped, and the keys of these names.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn drop_keys(
        &self,
        root: &str,
        retired: Vec<String>,
        deed: Deed,
    ) -> Result<(), Away> {
        let root = root.to_owned();
        self.writer
            .submit(Drop {
                root,
                retired,
                deed,
            })
            .await
    }
}

const ALL: &str = "SELECT id, root, purpose, wrapped, made_at FROM data_key ORDER BY made_at, id";
const ADD: &str =
    "INSERT INTO data_key (id, root, purpose, wrapped, made_at) VALUES ($1, $2, $3, $4, $5)";
const WRAPPED_BY: &str = "SELECT id FROM data_key WHERE root = $1 LIMIT 1";
const DROP_OTHERS: &str = "DELETE FROM data_key WHERE root <> $1";
const DROP_ONE: &str = "DELETE FROM data_key WHERE id = $1";
/// Whether anything is on record that a key had to do with.
const IN_USE: [&str; 5] = [
    "SELECT lookup AS one FROM citizen LIMIT 1",
    "SELECT id AS one FROM feedback LIMIT 1",
    "SELECT id AS one FROM gathering LIMIT 1",
    "SELECT origin AS one FROM unroutable LIMIT 1",
    "SELECT citizen AS one FROM opt_out LIMIT 1",
];
const SEALED_BY: &str = "SELECT key_id FROM citizen LIMIT 1";
/// Walks the table, once in the life of records that are older than kept keys.
const SEALED_BY_OTHER: &str = "SELECT key_id FROM citizen WHERE key_id <> $1 LIMIT 1";

/// Who changes the keys does so alone.
const LOCK: &str = "passerelle data keys";

async fn all(conn: &mut Conn) -> Result<Vec<Wrapped>, Away> {
    let rows = sql(ALL).rows(conn).await?;
    rows.iter().map(wrapped).collect()
}

fn wrapped(row: &Row) -> Result<Wrapped, Away> {
    let purpose = Purpose::read(&row.text("purpose")?);
    Ok(Wrapped {
        id: row.text("id")?,
        purpose: purpose.ok_or_else(|| Away::records("column purpose is unreadable"))?,
        made_at: row.int("made_at")?,
        root: row.text("root")?,
        bytes: row.bytes("wrapped")?,
    })
}

async fn add(conn: &mut Conn, keys: &[Wrapped]) -> Result<(), Away> {
    for key in keys {
        sql(ADD)
            .text(&key.id)
            .text(&key.root)
            .text(key.purpose.word())
            .bytes(&key.bytes)
            .int(key.made_at)
            .run(conn)
            .await?;
    }
    Ok(())
}

struct All;

impl Op for All {
    type Answer = Vec<Wrapped>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Wrapped>, Away> {
        all(conn).await
    }
}

struct Found {
    new: Vec<Wrapped>,
    derived: Vec<Vec<Wrapped>>,
}

impl Op for Found {
    type Answer = Founding;

    async fn run(&self, conn: &mut Conn) -> Result<Founding, Away> {
        conn.alone(LOCK).await?;
        let kept = all(conn).await?;
        if !kept.is_empty() {
            return Ok(Founding::Has(kept));
        }
        let mut in_use = false;
        for table in IN_USE {
            in_use |= sql(table).row(conn).await?.is_some();
        }
        let first = if in_use {
            match self.of_those_on_record(conn).await? {
                Ok(derived) => derived,
                Err(foreign) => return Ok(Founding::Foreign(foreign)),
            }
        } else {
            &self.new
        };
        add(conn, first).await?;
        Ok(Founding::Has(all(conn).await?))
    }
}

impl Found {
    /// The derived set by which the citizens on record are sealed, or which other key sealed one.
    async fn of_those_on_record(
        &self,
        conn: &mut Conn,
    ) -> Result<Result<&Vec<Wrapped>, String>, Away> {
        let Some(row) = sql(SEALED_BY).row(conn).await? else {
            // All have been erased: the numbers no longer tell by which key they were looked up.
            return Ok(self.derived.first().ok_or_else(String::new));
        };
        let by = row.text("key_id")?;
        let sealed_by = |set: &&Vec<Wrapped>| set.iter().any(|key| key.id == by);
        let Some(set) = self.derived.iter().find(sealed_by) else {
            return Ok(Err(by));
        };
        match sql(SEALED_BY_OTHER).text(&by).row(conn).await? {
            Some(row) => Ok(Err(row.text("key_id")?)),
            None => Ok(Ok(set)),
        }
    }
}

struct Add {
    root: String,
    keys: Vec<Wrapped>,
    deed: Deed,
}

impl Op for Add {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        conn.alone(LOCK).await?;
        if sql(WRAPPED_BY).text(&self.root).row(conn).await?.is_some() {
            return Ok(false);
        }
        add(conn, &self.keys).await?;
        note(conn, std::slice::from_ref(&self.deed)).await?;
        Ok(true)
    }
}

struct Drop {
    root: String,
    retired: Vec<String>,
    deed: Deed,
}

impl Op for Drop {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        conn.alone(LOCK).await?;
        sql(DROP_OTHERS).text(&self.root).run(conn).await?;
        for id in &self.retired {
            sql(DROP_ONE).text(id).run(conn).await?;
        }
        note(conn, std::slice::from_ref(&self.deed)).await
    }
}
