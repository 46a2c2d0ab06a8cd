//! The tables, and how older ones become them.

use super::sql::{Conn, sql};
use super::writer::Op;
use crate::store::away::{Away, CannotOpen};

/// In order; a migration that has been released is never changed, only followed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_records.sql"),
    include_str!("../migrations/0002_parts_and_opt_outs.sql"),
    include_str!("../migrations/0003_ladder.sql"),
    include_str!("../migrations/0004_endpoints.sql"),
    include_str!("../migrations/0005_by_citizen.sql"),
    include_str!("../migrations/0006_moving.sql"),
    include_str!("../migrations/0007_rights.sql"),
    include_str!("../migrations/0008_dialogue.sql"),
    include_str!("../migrations/0009_refusals.sql"),
    include_str!("../migrations/0010_consents.sql"),
    include_str!("../migrations/0011_turns.sql"),
    include_str!("../migrations/0012_data_keys.sql"),
    include_str!("../migrations/0013_retention.sql"),
    include_str!("../migrations/0014_folded.sql"),
];

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)";
const VERSION: &str = "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version";
const MOVING: &str = "SELECT name FROM moving LIMIT 1";
const APPLIED: &str = "INSERT INTO schema_version (version) VALUES ($1)";

/// Brings the tables up to date; does nothing the second time. All or nothing, and safe when two
/// processes start at once: the second one waits and then finds nothing to do.
pub async fn migrate(conn: &mut Conn) -> Result<(), CannotOpen> {
    conn.begin().await?;
    match apply(conn).await {
        Ok(()) => Ok(conn.commit().await?),
        Err(error) => {
            conn.roll_back().await;
            Err(error)
        }
    }
}

async fn apply(conn: &mut Conn) -> Result<(), CannotOpen> {
    conn.alone("passerelle schema").await?;
    sql(VERSIONS).run(conn).await?;
    let found = match sql(VERSION).row(conn).await? {
        Some(row) => row.int("version")?,
        None => 0,
    };
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(CannotOpen::Newer { found, known });
    }
    for (version, migration) in (1..).zip(MIGRATIONS) {
        if version > found {
            conn.script(migration).await?;
            sql(APPLIED).int(version).run(conn).await?;
        }
    }
    Ok(())
}

/// Refuses records that are only half here: whoever answered from them would forget the other half.
pub async fn whole(conn: &mut Conn) -> Result<(), CannotOpen> {
    match sql(MOVING).row(conn).await? {
        Some(_) => Err(CannotOpen::HalfMoved),
        None => Ok(()),
    }
}

/// Asks for the version, and nothing else.
pub struct Ping;

impl Op for Ping {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        sql(VERSION).row(conn).await.map(|_| ())
    }
}
