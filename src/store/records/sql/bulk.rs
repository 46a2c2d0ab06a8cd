//! One statement for many rows.

use super::conn::Db;
use super::{Conn, Row, Statement, sql};
use crate::store::away::Away;

/// A statement with many rows of values, such as an `INSERT`: each statement is a trip to the
/// database and back, and trips are what filing costs. The sizes are few, so that all stay prepared.
pub struct Bulk([String; SIZES.len()]);

/// How many rows go at once; what is left over goes by the next smaller size.
const SIZES: [usize; 4] = [128, 16, 4, 1];

/// The most that pay for SQLite: it looks parameters up by name, one after the other. PostgreSQL is
/// a trip over the network away.
const SQLITE_MOST: usize = 16;

impl Bulk {
    /// `INSERT INTO table (columns) VALUES (…), (…) ending`.
    pub fn new(table: &str, columns: &str, ending: &str) -> Self {
        let width = columns.split(',').count();
        let beginning = format!("INSERT INTO {table} ({columns})");
        Self::around(&beginning, width, ending)
    }

    /// `beginning VALUES (…), (…) ending`, of rows so wide.
    pub fn around(beginning: &str, width: usize, ending: &str) -> Self {
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
            format!("{beginning} VALUES {values} {ending}")
        }))
    }

    /// As it is for one row.
    #[cfg(test)]
    pub fn one(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Runs it over all items, each bound by `bind` in the order of the columns, and gives what it
    /// returns.
    pub async fn run<T: Copy>(
        &'static self,
        conn: &mut Conn,
        mut items: &[T],
        bind: fn(Statement, T) -> Statement,
    ) -> Result<Vec<Row>, Away> {
        let mut returned = Vec::new();
        let most = match conn.db() {
            Db::Sqlite(_) => SQLITE_MOST,
            Db::Postgres(_) => usize::MAX,
        };
        let sizes = self.0.iter().zip(SIZES).filter(|(_, size)| *size <= most);
        for (text, size) in sizes {
            while let Some((now, later)) = items.split_at_checked(size) {
                let statement = now.iter().copied().fold(sql(text.as_str()), bind);
                returned.append(&mut statement.rows(conn).await?);
                items = later;
            }
        }
        Ok(returned)
    }
}
