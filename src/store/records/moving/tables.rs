//! The tables to move, as the schema has them, and the statements that move their rows.

use serde_json::Value;

use super::CannotMove;
use crate::store::away::Away;
use crate::store::records::sql::{Conn, Row, Statement, assembled, sql};

/// All but the two that tell of the database itself. `sqlite_…` are SQLite's own.
const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' \
     AND name NOT IN ('schema_version', 'moving') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name";
const COLUMNS: &str = "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid";
const PARENTS: &str = "SELECT \"table\" AS parent FROM pragma_foreign_key_list($1)";

/// A table.
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of its primary key, in its order.
    key: Vec<(String, Kind)>,
    /// The tables that it refers to.
    parents: Vec<String>,
}

/// A column.
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// What a column holds; the records use three types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Bytes,
}

/// Every table, each after those that it refers to.
pub async fn all(conn: &mut Conn) -> Result<Vec<Table>, CannotMove> {
    let mut left = Vec::new();
    for row in sql(TABLES).rows(conn).await? {
        left.push(read(conn, row.text("name")?).await?);
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let ready = left.iter().position(|table| {
            let there = |parent: &String| {
                *parent == table.name || sorted.iter().any(|table| table.name == *parent)
            };
            table.parents.iter().all(there)
        });
        match ready {
            Some(at) => sorted.push(left.remove(at)),
            None => return Err(CannotMove::Shape(left.swap_remove(0).name)),
        }
    }
    Ok(sorted)
}

async fn read(conn: &mut Conn, name: String) -> Result<Table, CannotMove> {
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for row in sql(COLUMNS).text(&name).rows(conn).await? {
        let column = row.text("name")?;
        let kind = match row.text("type")?.as_str() {
            "TEXT" => Kind::Text,
            "BIGINT" => Kind::Int,
            "BLOB" => Kind::Bytes,
            _ => return Err(CannotMove::Shape(name)),
        };
        let nth = row.int("pk")?;
        if nth > 0 {
            key.push((nth, (column.clone(), kind)));
        }
        columns.push(Column { name: column, kind });
    }
    key.sort_by_key(|(nth, _)| *nth);
    let key: Vec<(String, Kind)> = key.into_iter().map(|(_, column)| column).collect();
    if key.is_empty() || key.iter().any(|(_, kind)| *kind == Kind::Bytes) {
        return Err(CannotMove::Shape(name));
    }
    let mut parents = Vec::new();
    for row in sql(PARENTS).text(&name).rows(conn).await? {
        parents.push(row.text("parent")?);
    }
    Ok(Table {
        name,
        columns,
        key,
        parents,
    })
}

impl Table {
    /// Whether there is a row.
    pub fn any(&self) -> String {
        format!("SELECT CAST(1 AS BIGINT) AS one FROM {} LIMIT 1", self.name)
    }

    /// How many rows there are.
    pub fn count(&self) -> String {
        format!("SELECT COUNT(*) AS many FROM {}", self.name)
    }

    /// Writes so many rows.
    pub fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |nth: usize| {
            let numbers = (1..=width).map(|n| format!("${}", nth * width + n));
            format!("({})", numbers.collect::<Vec<_>>().join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        let (name, columns, rows) = (&self.name, self.listed(), rows.join(", "));
        format!("INSERT INTO {name} ({columns}) VALUES {rows}")
    }

    /// The next rows in the order of the key, after one that was noted.
    pub fn after(&self, noted: Option<&str>, limit: usize) -> Result<Statement, CannotMove> {
        let names: Vec<&str> = self.key.iter().map(|(name, _)| name.as_str()).collect();
        let key = names.join(", ");
        let (name, columns) = (&self.name, self.listed());
        let Some(noted) = noted else {
            let text = format!("SELECT {columns} FROM {name} ORDER BY {key} LIMIT {limit}");
            return Ok(assembled(text));
        };
        let numbers: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        let numbers = numbers.join(", ");
        let text = format!(
            "SELECT {columns} FROM {name} WHERE ({key}) > ({numbers}) ORDER BY {key} LIMIT {limit}"
        );
        let shape = || CannotMove::Shape(self.name.clone());
        let values: Vec<Value> = serde_json::from_str(noted).map_err(|_| shape())?;
        let mut statement = assembled(text);
        for (value, (_, kind)) in values.iter().zip(&self.key) {
            statement = match kind {
                Kind::Int => statement.int(value.as_i64().ok_or_else(shape)?),
                _ => statement.text(value.as_str().ok_or_else(shape)?),
            };
        }
        Ok(statement)
    }

    /// A row's key, to be noted.
    pub fn key(&self, row: &Row) -> Result<String, Away> {
        let mut values = Vec::new();
        for (name, kind) in &self.key {
            values.push(match kind {
                Kind::Int => Value::from(row.int(name)?),
                _ => Value::from(row.text(name)?),
            });
        }
        Ok(Value::from(values).to_string())
    }

    fn listed(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        names.join(", ")
    }
}
