//! Moving records from SQLite to PostgreSQL: every table, interrupted and taken up again.

use std::process::Command;

use passerelle::store::records::{CannotMove, Mover};
use passerelle::store::{CannotOpen, Records};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use sqlx::{SqliteConnection, ValueRef as _};

use crate::store_records::{keep, open, url};
use crate::support::postgres::shared;
use crate::support::samples::filing;

/// More than go in two transactions.
const ROWS: usize = 1201;

/// A table: its name, and its columns with their types.
type Table = (String, Vec<(String, String)>);

async fn raw(url: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::connect(url).await.expect("opens");
    conn.execute("PRAGMA foreign_keys = OFF")
        .await
        .expect("off");
    conn
}

/// Every table of the schema, whoever added it.
async fn tables(conn: &mut SqliteConnection) -> Vec<Table> {
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' \
         AND name NOT IN ('schema_version', 'moving') ORDER BY name";
    let mut tables = Vec::new();
    for row in conn.fetch_all(names).await.expect("tables") {
        let name: String = row.get("name");
        let of = format!("SELECT name, type FROM pragma_table_info('{name}')");
        let rows = conn.fetch_all(AssertSqlSafe(of)).await.expect("columns");
        let columns = rows.iter().map(|c| (c.get("name"), c.get("type")));
        tables.push((name, columns.collect()));
    }
    assert!(tables.len() >= 10, "{tables:?}");
    tables
}

/// The same rows for every table: of any two, row 7 of the one can refer to row 7 of the other.
async fn fill(conn: &mut SqliteConnection, tables: &[Table]) {
    conn.execute("BEGIN").await.expect("begun");
    for (name, columns) in tables {
        for n in 0..ROWS {
            let values: Vec<String> = columns
                .iter()
                .map(|(_, kind)| match kind.as_str() {
                    "TEXT" => format!("'é''{n}'"),
                    "BIGINT" => format!("{n}"),
                    _ => format!("X'00FF{n:08}'"),
                })
                .collect();
            let insert = format!("INSERT INTO {name} VALUES ({})", values.join(", "));
            conn.execute(AssertSqlSafe(insert)).await.expect(name);
        }
    }
    conn.execute("COMMIT").await.expect("kept");
}

/// A row, column by column, as text.
macro_rules! shown {
    ($row:expr, $columns:expr) => {
        $columns
            .iter()
            .map(|(column, kind)| {
                if $row.try_get_raw(column.as_str()).expect(column).is_null() {
                    return "NULL".to_owned();
                }
                match kind.as_str() {
                    "TEXT" => $row.get::<String, _>(column.as_str()),
                    "BIGINT" => $row.get::<i64, _>(column.as_str()).to_string(),
                    _ => format!("{:?}", $row.get::<Vec<u8>, _>(column.as_str())),
                }
            })
            .collect::<Vec<String>>()
    };
}

/// Every row of both, compared.
async fn assert_equal(from: &mut SqliteConnection, to: &mut PgConnection, tables: &[Table]) {
    for (name, columns) in tables {
        let all = || AssertSqlSafe(format!("SELECT * FROM {name}"));
        let old = from.fetch_all(all()).await.expect("rows");
        let new = to.fetch_all(all()).await.expect("rows");
        let mut old: Vec<_> = old.iter().map(|row| shown!(row, columns)).collect();
        let mut new: Vec<_> = new.iter().map(|row| shown!(row, columns)).collect();
        old.sort();
        new.sort();
        assert_eq!(old.len(), ROWS, "{name}");
        assert!(old == new, "{name} differs");
    }
}

fn name(url: &str) -> &str {
    url.rsplit('/').next().expect("a name")
}

#[tokio::test]
async fn a_move_that_was_interrupted_goes_on_and_every_row_of_every_table_arrives() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(&folder).await);
    let from = url(&folder);
    let mut old = raw(&from).await;
    let tables = tables(&mut old).await;
    fill(&mut old, &tables).await;
    let to = shared().database().await;

    // Interrupted again and again: each time a few transactions further.
    for steps in [1, 5, 9] {
        let mut mover = Mover::open(&from, &to).await.expect("opens");
        for _ in 0..steps {
            assert!(mover.step().await.expect("moves").is_some());
        }
        drop(mover);
        let half = Records::open(&to).await.err();
        assert_eq!(half, Some(CannotOpen::HalfMoved));
    }
    // Nor is it filled up from another place.
    let elsewhere = tempfile::tempdir().expect("a folder");
    drop(open(&elsewhere).await);
    let other = Mover::open(&url(&elsewhere), &to).await.err();
    assert!(
        matches!(other, Some(CannotMove::OtherOrigin(_))),
        "{other:?}"
    );

    let mut mover = Mover::open(&from, &to).await.expect("opens");
    assert_eq!(mover.size().1, tables.len());
    while let Some(moved) = mover.step().await.expect("moves") {
        assert!(moved.rows <= moved.of, "{moved:?}");
    }
    drop(mover);
    let mut new = shared().raw(name(&to)).await;
    assert_equal(&mut old, &mut new, &tables).await;

    // A second move would find records there.
    let again = Mover::open(&from, &to).await.err();
    assert!(matches!(again, Some(CannotMove::NotEmpty(_))), "{again:?}");
}

#[tokio::test]
async fn the_command_moves_quietly_in_a_pipe_and_the_program_goes_on_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = open(&folder).await;
    for n in 0..700 {
        keep(&records, filing(n)).await;
    }
    drop(records);
    let to = shared().database().await;
    let run = |from: String| {
        Command::new(env!("CARGO_BIN_EXE_passerelle"))
            .args(["records", "move", "--from", &from])
            .env("PASSERELLE_MOVE_TO", &to)
            .output()
            .expect("runs")
    };
    let missing = run("sqlite:/no/such/file.db".into());
    assert_eq!(missing.status.code(), Some(1));
    let done = run(url(&folder));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let complained = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{complained}");
    assert!(
        said.starts_with("moved and counted: 2100 rows in "),
        "{said}"
    );
    assert_eq!(complained, "");
    let there = Records::open(&to).await.expect("opens");
    let found = there.feedback("fb_00699").await.expect("answers");
    assert_eq!(found, Some(filing(699).feedback));
    let refused = run(url(&folder));
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        why.contains("already") && !why.contains("postgres://"),
        "{why}"
    );
}
