//! The seam between our SQL and the two databases: statements, binds and columns of three types.
//!
//! The statements elsewhere are written for both (`$n` parameters, `ON CONFLICT`, `RETURNING`, no
//! upserts that one of them lacks), and so are the three types: text, 64-bit integers, bytes. The
//! few that have to differ are [`Text::each`].

mod bulk;
mod conn;

pub use bulk::Bulk;
pub use conn::{Conn, Pool};

use conn::Db;
use sqlx::database::HasStatementCache;
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Database, Row as _, Sqlite};

use crate::store::away::Away;

/// The text of a statement, for either database.
#[derive(Clone, Copy)]
pub struct Text {
    sqlite: &'static str,
    postgres: &'static str,
}

impl Text {
    /// A statement that has to be written differently.
    pub const fn each(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// As SQLite reads it.
    #[cfg(test)]
    pub const fn sqlite(self) -> &'static str {
        self.sqlite
    }

    /// As PostgreSQL reads it.
    #[cfg(test)]
    pub const fn postgres(self) -> &'static str {
        self.postgres
    }
}

impl From<&'static str> for Text {
    fn from(both: &'static str) -> Self {
        Self::each(both, both)
    }
}

/// A statement with its parameters, in the order of their numbers. Which database it is for shows
/// when it is run.
pub struct Statement {
    what: What,
    binds: Vec<Bind>,
}

enum What {
    /// Prepared once a connection.
    Constant(Text),
    /// Put together; not kept prepared, because there are many.
    Assembled(String),
}

enum Bind {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// A statement from a constant; it is prepared once a connection.
pub fn sql(text: impl Into<Text>) -> Statement {
    Statement {
        what: What::Constant(text.into()),
        binds: Vec::new(),
    }
}

/// A statement put together from constants; not kept prepared, because there are many.
pub fn assembled(text: String) -> Statement {
    Statement {
        what: What::Assembled(text),
        binds: Vec::new(),
    }
}

impl Statement {
    fn bind(mut self, bind: Bind) -> Self {
        self.binds.push(bind);
        self
    }

    /// Binds a text.
    pub fn text(self, value: &str) -> Self {
        self.bind(Bind::Text(Some(value.to_owned())))
    }

    /// Binds a text or NULL.
    pub fn maybe_text(self, value: Option<&str>) -> Self {
        self.bind(Bind::Text(value.map(str::to_owned)))
    }

    /// Binds an integer.
    pub fn int(self, value: i64) -> Self {
        self.bind(Bind::Int(Some(value)))
    }

    /// Binds an integer or NULL.
    pub fn maybe_int(self, value: Option<i64>) -> Self {
        self.bind(Bind::Int(value))
    }

    /// Binds bytes.
    pub fn bytes(self, value: &[u8]) -> Self {
        self.maybe_bytes(Some(value))
    }

    /// Binds bytes or NULL.
    pub fn maybe_bytes(self, value: Option<&[u8]>) -> Self {
        self.bind(Bind::Bytes(value.map(<[u8]>::to_vec)))
    }

    /// Runs it; how many rows it touched.
    pub async fn run(self, conn: &mut Conn) -> Result<u64, Away> {
        Ok(match conn.db() {
            Db::Sqlite(db) => self.for_sqlite().execute(db).await?.rows_affected(),
            Db::Postgres(db) => self.for_postgres().execute(db).await?.rows_affected(),
        })
    }

    /// Runs it; whether it touched any row.
    pub async fn touched(self, conn: &mut Conn) -> Result<bool, Away> {
        Ok(self.run(conn).await? > 0)
    }

    /// The first row, if there is one.
    pub async fn row(self, conn: &mut Conn) -> Result<Option<Row>, Away> {
        Ok(match conn.db() {
            Db::Sqlite(db) => self.for_sqlite().fetch_optional(db).await?.map(Row::Sqlite),
            Db::Postgres(db) => {
                let row = self.for_postgres().fetch_optional(db).await?;
                row.map(Row::Postgres)
            }
        })
    }

    /// All rows.
    pub async fn rows(self, conn: &mut Conn) -> Result<Vec<Row>, Away> {
        Ok(match conn.db() {
            Db::Sqlite(db) => {
                let rows = self.for_sqlite().fetch_all(db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Db::Postgres(db) => {
                let rows = self.for_postgres().fetch_all(db).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    fn for_sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = query::<Sqlite>(self.what, |text| text.sqlite);
        self.binds
            .into_iter()
            .fold(query, |query, bind| match bind {
                Bind::Text(value) => query.bind(value),
                Bind::Int(value) => query.bind(value),
                Bind::Bytes(value) => query.bind(value),
            })
    }

    fn for_postgres(self) -> Query<'static, Postgres, PgArguments> {
        let query = query::<Postgres>(self.what, |text| text.postgres);
        self.binds
            .into_iter()
            .fold(query, |query, bind| match bind {
                Bind::Text(value) => query.bind(value.map(without_nul)),
                Bind::Int(value) => query.bind(value),
                Bind::Bytes(value) => query.bind(value),
            })
    }
}

fn query<DB: Database + HasStatementCache>(
    what: What,
    of: fn(Text) -> &'static str,
) -> Query<'static, DB, <DB as Database>::Arguments> {
    match what {
        What::Constant(text) => sqlx::query(of(text)),
        What::Assembled(text) => sqlx::query(AssertSqlSafe(text)).persistent(false),
    }
}

/// PostgreSQL's TEXT holds every character but U+0000: what a citizen sent is kept all the same.
fn without_nul(text: String) -> String {
    if text.contains('\0') {
        return text.replace('\0', "\u{fffd}");
    }
    text
}

/// A row; columns are read by name.
pub enum Row {
    /// SQLite's.
    Sqlite(SqliteRow),
    /// PostgreSQL's.
    Postgres(PgRow),
}

/// Reads a column from whichever row it is.
macro_rules! get {
    ($row:expr, $column:expr) => {
        Ok(match $row {
            Row::Sqlite(row) => row.try_get($column)?,
            Row::Postgres(row) => row.try_get($column)?,
        })
    };
}

impl Row {
    /// A text that is never NULL.
    pub fn text(&self, column: &str) -> Result<String, Away> {
        get!(self, column)
    }

    /// A text or NULL.
    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, Away> {
        get!(self, column)
    }

    /// An integer that is never NULL.
    pub fn int(&self, column: &str) -> Result<i64, Away> {
        get!(self, column)
    }

    /// An integer or NULL.
    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, Away> {
        get!(self, column)
    }

    /// Bytes that are never NULL.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, Away> {
        get!(self, column)
    }

    /// Bytes or NULL.
    pub fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Away> {
        get!(self, column)
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
