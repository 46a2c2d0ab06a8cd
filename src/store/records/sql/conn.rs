//! A connection to either database.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Postgres, Sqlite};

use super::sql;
use crate::store::away::Away;

/// A connection: one's own, or lent by a pool.
pub enum Conn {
    /// A SQLite file's.
    Sqlite(Box<SqliteConnection>),
    /// The same, lent.
    SqliteLent(PoolConnection<Sqlite>),
    /// A PostgreSQL server's.
    Postgres(Box<PgConnection>),
    /// The same, lent.
    PostgresLent(PoolConnection<Postgres>),
}

/// Which database a connection leads to.
pub(super) enum Db<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn {
    pub(super) fn db(&mut self) -> Db<'_> {
        match self {
            Self::Sqlite(conn) => Db::Sqlite(conn),
            Self::SqliteLent(conn) => Db::Sqlite(conn),
            Self::Postgres(conn) => Db::Postgres(conn),
            Self::PostgresLent(conn) => Db::Postgres(conn),
        }
    }

    /// Begins a transaction that will write. In SQLite a second process on the same file waits its
    /// turn here, and not in the middle.
    pub async fn begin(&mut self) -> Result<(), Away> {
        let text = super::Text::each("BEGIN IMMEDIATE", "BEGIN");
        sql(text).run(self).await.map(|_| ())
    }

    /// Ends it for good.
    pub async fn commit(&mut self) -> Result<(), Away> {
        sql("COMMIT").run(self).await.map(|_| ())
    }

    /// Undoes it; false if the connection did not take even that. Some failures have ended the
    /// transaction already: PostgreSQL then says yes, and SQLite no.
    pub async fn roll_back(&mut self) -> bool {
        sql("ROLLBACK").run(self).await.is_ok()
    }

    /// Nobody else who asks for this name goes on before this transaction has ended, on any
    /// instance: for what is read first and written after. In SQLite there is one writer anyway.
    pub async fn alone(&mut self, name: &str) -> Result<(), Away> {
        const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) IS NULL";
        match self.db() {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(_) => sql(LOCK).text(name).row(self).await.map(|_| ()),
        }
    }

    /// Runs a script of several statements, such as a migration.
    pub async fn script(&mut self, text: &'static str) -> Result<(), sqlx::Error> {
        match self.db() {
            Db::Sqlite(db) => {
                sqlx::raw_sql(text).execute(db).await?;
            }
            Db::Postgres(db) => {
                let text = for_postgres(text);
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(db).await?;
            }
        }
        Ok(())
    }
}

/// A migration in PostgreSQL's words. Text compares by its bytes, as it does in SQLite: ids, codes
/// and pages sort the same everywhere, and whatever the server's locale is.
fn for_postgres(script: &str) -> String {
    let mut out = String::with_capacity(script.len() * 2);
    for line in script.lines() {
        let (code, remark) = line.split_once("--").unwrap_or((line, ""));
        let words: Vec<String> = code
            .split(' ')
            .map(|word| match word {
                "BLOB" => "BYTEA".to_owned(),
                "BLOB," => "BYTEA,".to_owned(),
                "TEXT" => "TEXT COLLATE \"C\"".to_owned(),
                "TEXT," => "TEXT COLLATE \"C\",".to_owned(),
                _ => word.to_owned(),
            })
            .collect();
        out.push_str(&words.join(" "));
        if !remark.is_empty() {
            out.push_str("--");
            out.push_str(remark);
        }
        out.push('\n');
    }
    out
}

/// Connections that only read.
#[derive(Clone)]
pub enum Pool {
    /// On a SQLite file.
    Sqlite(SqlitePool),
    /// On a PostgreSQL server.
    Postgres(PgPool),
}

impl Pool {
    /// Lends a connection.
    ///
    /// # Errors
    /// [`Away`] if none is free in time.
    pub async fn lend(&self) -> Result<Conn, Away> {
        Ok(match self {
            Self::Sqlite(pool) => Conn::SqliteLent(pool.acquire().await?),
            Self::Postgres(pool) => Conn::PostgresLent(pool.acquire().await?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::for_postgres;

    #[test]
    fn a_migration_is_said_in_postgresql_s_words() {
        let script = "CREATE TABLE t (\n    a TEXT   NOT NULL, -- TEXT, not BLOB\n    b TEXT,\n    c BLOB,\n    d BLOB\n);";
        let said = "CREATE TABLE t (\n    a TEXT COLLATE \"C\"   NOT NULL, -- TEXT, not BLOB\n    b TEXT COLLATE \"C\",\n    c BYTEA,\n    d BYTEA\n);\n";
        assert_eq!(for_postgres(script), said);
    }
}
