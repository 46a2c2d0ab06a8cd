//! Moving records from a SQLite file to a PostgreSQL server: when one machine is outgrown.
//!
//! Tables and columns are read from the schema, so that none can be forgotten. Rows go in the order
//! of their keys, a handful a transaction, which also notes how far it came: whatever ends a move,
//! the next one goes on from there. The file is only read; nobody else writes to it meanwhile.

mod tables;

use super::postgres::{self, Server};
use super::sql::{Conn, Row, Statement, assembled, sql};
use super::{schema, sqlite};
use crate::store::away::{Away, CannotOpen};
use tables::{Kind, Table};

/// How many rows go in one transaction.
const ROWS: usize = 500;
/// How many parameters one statement may have: PostgreSQL takes 65,535, and parses fewer sooner.
const PARAMETERS: usize = 2000;
/// The row that says where the records come from.
const ORIGIN: &str = "";

const NOTED: &str = "SELECT at, moved FROM moving WHERE name = $1";
const NOTE: &str = "INSERT INTO moving (name, at, moved) VALUES ($1, $2, $3) \
     ON CONFLICT (name) DO UPDATE SET at = excluded.at, moved = excluded.moved";
const FORGET: &str = "DELETE FROM moving";

/// Why records were not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotMove {
    /// One of the two cannot be opened.
    #[error("{0}: {1}")]
    Open(&'static str, CannotOpen),
    /// There are records that did not come by a move.
    #[error("there are records in the new place already (table {0}): name an empty database")]
    NotEmpty(String),
    /// A move from elsewhere was begun there.
    #[error("records from {0} were moved there in part: finish that, or name an empty database")]
    OtherOrigin(String),
    /// There are not as many rows as there should be.
    #[error("table {table}: {from} rows were to be moved and {to} are there")]
    Differs {
        /// The table.
        table: String,
        /// Rows in the old place.
        from: i64,
        /// Rows in the new place.
        to: i64,
    },
    /// A column of a type that the records do not use.
    #[error("table {0} has a shape that cannot be moved")]
    Shape(String),
    /// One of the two went away: try again, it goes on from where it was.
    #[error(transparent)]
    Away(#[from] Away),
}

/// How far a move has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The table at hand.
    pub table: String,
    /// How many of its rows are in the new place.
    pub rows: i64,
    /// How many there are.
    pub of: i64,
}

/// A move under way. It may be dropped at any time, and taken up by another one.
pub struct Mover {
    from: Conn,
    to: Conn,
    /// With what each refers to in front of it, and its rows.
    tables: Vec<(Table, i64)>,
    at: usize,
}

impl Mover {
    /// Opens both, makes the new tables, and finds out how far an earlier move came.
    ///
    /// # Errors
    /// [`CannotMove`]
    pub async fn open(from: &str, to: &str) -> Result<Self, CannotMove> {
        let old = sqlite::existing(from).await;
        let (mut from, origin) = old.map_err(|e| CannotMove::Open("the old records", e))?;
        let new = new_place(to).await;
        let mut to = new.map_err(|e| CannotMove::Open("the new records", e))?;
        // Held until the end: whoever still writes to the old ones is told that they are away.
        from.begin().await?;
        let mut tables = Vec::new();
        for table in tables::all(&mut from).await? {
            let rows = count(&mut from, &table).await?;
            tables.push((table, rows));
        }
        to.begin().await?;
        claim(&mut to, &origin, &tables).await?;
        to.commit().await?;
        let at = 0;
        Ok(Self {
            from,
            to,
            tables,
            at,
        })
    }

    /// Moves some rows; how far it has come, or none once all is moved and counted.
    ///
    /// # Errors
    /// [`CannotMove`]
    pub async fn step(&mut self) -> Result<Option<Moved>, CannotMove> {
        while let Some((table, of)) = self.tables.get(self.at) {
            self.to.begin().await?;
            let moved = some(&mut self.from, &mut self.to, table).await?;
            self.to.commit().await?;
            if let Some(rows) = moved {
                let (table, of) = (table.name.clone(), *of);
                return Ok(Some(Moved { table, rows, of }));
            }
            self.at += 1;
        }
        self.finish().await?;
        Ok(None)
    }

    /// How many rows there are to move, in how many tables.
    pub fn size(&self) -> (i64, usize) {
        (
            self.tables.iter().map(|(_, rows)| rows).sum(),
            self.tables.len(),
        )
    }

    async fn finish(&mut self) -> Result<(), CannotMove> {
        for (table, from) in &self.tables {
            let to = count(&mut self.to, table).await?;
            if to != *from {
                let (table, from) = (table.name.clone(), *from);
                return Err(CannotMove::Differs { table, from, to });
            }
        }
        sql(FORGET).run(&mut self.to).await?;
        Ok(())
    }
}

async fn new_place(url: &str) -> Result<Conn, CannotOpen> {
    let mut conn = Server::at(url)?.connect().await?;
    // Rows are counted at the end, and there may be many.
    sql(postgres::NO_HURRY).run(&mut conn).await?;
    schema::migrate(&mut conn).await?;
    Ok(conn)
}

/// Makes the new place ours, or finds that it is.
async fn claim(to: &mut Conn, origin: &str, tables: &[(Table, i64)]) -> Result<(), CannotMove> {
    to.alone("passerelle moving").await?;
    if let Some(row) = sql(NOTED).text(ORIGIN).row(to).await? {
        let other = row.text("at")?;
        if other == origin {
            return Ok(());
        }
        return Err(CannotMove::OtherOrigin(other));
    }
    for (table, _) in tables {
        if assembled(table.any()).row(to).await?.is_some() {
            return Err(CannotMove::NotEmpty(table.name.clone()));
        }
    }
    note(to, ORIGIN, origin, 0).await?;
    Ok(())
}

/// Moves the next rows of a table; how many of it are moved, or none if there were no more.
async fn some(from: &mut Conn, to: &mut Conn, table: &Table) -> Result<Option<i64>, CannotMove> {
    // Two moves at once would be as good as one.
    to.alone("passerelle moving").await?;
    let noted = sql(NOTED).text(&table.name).row(to).await?;
    let (after, moved) = match noted {
        Some(row) => (Some(row.text("at")?), row.int("moved")?),
        None => (None, 0),
    };
    let rows = table.after(after.as_deref(), ROWS)?.rows(from).await?;
    let Some(last) = rows.last() else {
        return Ok(None);
    };
    for rows in rows.chunks((PARAMETERS / table.columns.len()).max(1)) {
        let mut insert = assembled(table.insert(rows.len()));
        for row in rows {
            insert = bind(insert, row, table)?;
        }
        insert.run(to).await?;
    }
    let moved = moved + i64::try_from(rows.len()).unwrap_or(i64::MAX);
    note(to, &table.name, &table.key(last)?, moved).await?;
    Ok(Some(moved))
}

fn bind(mut insert: Statement, row: &Row, table: &Table) -> Result<Statement, Away> {
    for column in &table.columns {
        let name = column.name.as_str();
        insert = match column.kind {
            Kind::Text => insert.maybe_text(row.maybe_text(name)?.as_deref()),
            Kind::Int => insert.maybe_int(row.maybe_int(name)?),
            Kind::Bytes => insert.maybe_bytes(row.maybe_bytes(name)?.as_deref()),
        };
    }
    Ok(insert)
}

async fn note(to: &mut Conn, name: &str, at: &str, moved: i64) -> Result<(), Away> {
    sql(NOTE).text(name).text(at).int(moved).run(to).await?;
    Ok(())
}

async fn count(conn: &mut Conn, table: &Table) -> Result<i64, Away> {
    match assembled(table.count()).row(conn).await? {
        Some(row) => row.int("many"),
        None => Ok(0),
    }
}
