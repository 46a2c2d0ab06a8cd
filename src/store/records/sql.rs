//! The seam between our SQL and the database: statements, binds and columns of three types.
//!
//! SQLite today. PostgreSQL becomes a second connection and row type in this file; the statements
//! elsewhere are written for both (`$n` parameters, `ON CONFLICT`, `RETURNING`, no upserts that
//! one of them lacks), and so are the three types: text, 64-bit integers, bytes.

use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite};

use crate::store::away::Away;

/// A connection.
pub type Conn = SqliteConnection;

/// A statement with its parameters, in the order of their numbers.
pub struct Statement(sqlx::query::Query<'static, Sqlite, SqliteArguments>);

/// A statement from a constant; it is prepared once a connection.
pub fn sql(text: &'static str) -> Statement {
    Statement(sqlx::query(text))
}

/// A statement put together from constants; not kept prepared, because there are many.
pub fn assembled(text: String) -> Statement {
    Statement(sqlx::query(AssertSqlSafe(text)).persistent(false))
}

impl Statement {
    /// Binds a text.
    pub fn text(self, value: &str) -> Self {
        Self(self.0.bind(value))
    }

    /// Binds a text or NULL.
    pub fn maybe_text(self, value: Option<&str>) -> Self {
        Self(self.0.bind(value))
    }

    /// Binds an integer.
    pub fn int(self, value: i64) -> Self {
        Self(self.0.bind(value))
    }

    /// Binds an integer or NULL.
    pub fn maybe_int(self, value: Option<i64>) -> Self {
        Self(self.0.bind(value))
    }

    /// Binds bytes.
    pub fn bytes(self, value: &[u8]) -> Self {
        Self(self.0.bind(value))
    }

    /// Runs it; how many rows it touched.
    pub async fn run(self, conn: &mut Conn) -> Result<u64, Away> {
        Ok(self.0.execute(conn).await?.rows_affected())
    }

    /// Runs it; whether it touched any row.
    pub async fn touched(self, conn: &mut Conn) -> Result<bool, Away> {
        Ok(self.run(conn).await? > 0)
    }

    /// The first row, if there is one.
    pub async fn row(self, conn: &mut Conn) -> Result<Option<Row>, Away> {
        Ok(self.0.fetch_optional(conn).await?.map(Row))
    }

    /// All rows.
    pub async fn rows(self, conn: &mut Conn) -> Result<Vec<Row>, Away> {
        let rows = self.0.fetch_all(conn).await?;
        Ok(rows.into_iter().map(Row).collect())
    }
}

/// An `INSERT` of many rows in few statements: each statement is a trip to the database and back,
/// and trips are what filing costs. The sizes are few, so that all stay prepared.
pub struct Bulk([String; SIZES.len()]);

/// How many rows go at once; what is left over goes by the next smaller size. More would not pay:
/// SQLite looks parameters up by name, one after the other.
const SIZES: [usize; 3] = [16, 4, 1];

impl Bulk {
    /// `INSERT INTO table (columns) VALUES (…), (…) ending`.
    pub fn new(table: &str, columns: &str, ending: &str) -> Self {
        let width = columns.split(',').count();
        Self(SIZES.map(|rows| {
            let mut next = 0;
            let mut row = || {
                let numbers = (0..width).map(|_| {
                    next += 1;
                    format!("${next}")
                });
                format!("({})", numbers.collect::<Vec<_>>().join(", "))
            };
            let rows: Vec<String> = (0..rows).map(|_| row()).collect();
            let values = rows.join(", ");
            format!("INSERT INTO {table} ({columns}) VALUES {values} {ending}")
        }))
    }

    /// Inserts all items, each bound by `bind` in the order of the columns, and gives what the
    /// ending returns.
    pub async fn insert<T: Copy>(
        &'static self,
        conn: &mut Conn,
        mut items: &[T],
        bind: fn(Statement, T) -> Statement,
    ) -> Result<Vec<Row>, Away> {
        let mut returned = Vec::new();
        for (text, size) in self.0.iter().zip(SIZES) {
            while let Some((now, later)) = items.split_at_checked(size) {
                let statement = now.iter().copied().fold(sql(text), bind);
                returned.append(&mut statement.rows(conn).await?);
                items = later;
            }
        }
        Ok(returned)
    }
}

/// A row; columns are read by name.
pub struct Row(SqliteRow);

impl Row {
    /// A text that is never NULL.
    pub fn text(&self, column: &str) -> Result<String, Away> {
        Ok(self.0.try_get(column)?)
    }

    /// A text or NULL.
    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, Away> {
        Ok(self.0.try_get(column)?)
    }

    /// An integer that is never NULL.
    pub fn int(&self, column: &str) -> Result<i64, Away> {
        Ok(self.0.try_get(column)?)
    }

    /// An integer or NULL.
    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, Away> {
        Ok(self.0.try_get(column)?)
    }

    /// Bytes that are never NULL.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, Away> {
        Ok(self.0.try_get(column)?)
    }

    /// A value of a closed set, stored as its word.
    pub fn word<T: Word>(&self, column: &str) -> Result<T, Away> {
        T::read(&self.text(column)?).ok_or_else(|| unknown(column))
    }

    /// A value of a closed set, or NULL.
    pub fn maybe_word<T: Word>(&self, column: &str) -> Result<Option<T>, Away> {
        self.maybe_text(column)?
            .map(|word| T::read(&word).ok_or_else(|| unknown(column)))
            .transpose()
    }

    /// A small integer that is never NULL.
    pub fn small<T: TryFrom<i64>>(&self, column: &str) -> Result<T, Away> {
        T::try_from(self.int(column)?).map_err(|_| unknown(column))
    }

    /// A small integer or NULL.
    pub fn maybe_small<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, Away> {
        self.maybe_int(column)?
            .map(|number| T::try_from(number).map_err(|_| unknown(column)))
            .transpose()
    }
}

fn unknown(column: &str) -> Away {
    Away::records(format!("column {column} is unreadable"))
}

/// A closed set whose members are stored as words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every member and its word.
    const WORDS: &'static [(Self, &'static str)];

    /// The word of a member.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(member, _)| *member == self)
            .map_or("", |(_, word)| word)
    }

    /// The member of a word.
    fn read(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, w)| *w == word)
            .map(|(member, _)| *member)
    }
}
