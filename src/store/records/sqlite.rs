//! SQLite: one writer, a few readers, one file beside the program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::schema;
use super::sql::{Conn, Pool};
use super::writer::Writer;
use crate::store::away::{Away, CannotOpen};

/// Reads are short; more would only wait for the same two cores.
const READERS: u32 = 4;
/// How long another process on the same file may hold the writer's place (a backup, the CLI).
const BUSY: Duration = Duration::from_secs(5);
/// How long a reader may be waited for.
const READER_FREE: Duration = Duration::from_secs(2);
/// The log is cut back to this after a checkpoint, in bytes.
const LOG_KEPT: &str = "67108864";

/// How many pages (of 4 KiB) the log takes before they are brought home. Indexes over hashes touch
/// the same pages again and again, so a longer log writes less; but whoever files while it is
/// brought home waits for it.
const CHECKPOINT: &str = "4096";
/// The writer's page cache, in KiB (a negative number means that to SQLite): the inner pages of
/// the indexes of some million records.
const CACHE: &str = "-65536";

const FORM: CannotOpen = CannotOpen::Address(
    "the records' address cannot be read: write it as sqlite:data/passerelle.db or sqlite::memory:",
);

/// Opens, creating folder, file and tables as needed. Without readers (in memory, where every
/// connection would have a database of its own), reads go through the writer.
pub async fn open(url: &str) -> Result<(Writer, Option<Pool>), CannotOpen> {
    let Some(path) = path(url)? else {
        let options = common(SqliteConnectOptions::new().in_memory(true));
        return Ok((writer(&options).await?, None));
    };
    make_folder(&path).await?;
    let options = common(SqliteConnectOptions::new().filename(&path));
    let durable = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", LOG_KEPT)
        .pragma("wal_autocheckpoint", CHECKPOINT)
        .pragma("cache_size", CACHE);
    let writer = writer(&durable).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(READER_FREE)
        // A file does not hang up.
        .test_before_acquire(false)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((writer, Some(Pool::Sqlite(readers))))
}

async fn writer(options: &SqliteConnectOptions) -> Result<Writer, CannotOpen> {
    let mut conn = Conn::Sqlite(Box::new(options.connect().await?));
    schema::migrate(&mut conn).await?;
    Ok(Writer::start(conn, None))
}

/// Statements are never logged, not even slow ones.
fn common(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// The file, or none for `sqlite::memory:`.
fn path(url: &str) -> Result<Option<PathBuf>, CannotOpen> {
    let rest = url.strip_prefix("sqlite:").ok_or(FORM)?;
    if rest == ":memory:" {
        return Ok(None);
    }
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path.ends_with('/') || path.contains(['?', '\0']) {
        return Err(FORM);
    }
    Ok(Some(PathBuf::from(path)))
}

/// A folder that we make is for our eyes only.
async fn make_folder(path: &Path) -> Result<(), CannotOpen> {
    let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await.map_err(|error| {
        Away::records(format!("its folder cannot be made: {}", error.kind())).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let file = |url| path(url).expect(url).expect(url);
        assert_eq!(path("sqlite::memory:"), Ok(None));
        assert_eq!(file("sqlite:data/p.db"), Path::new("data/p.db"));
        assert_eq!(file("sqlite://data/p.db"), Path::new("data/p.db"));
        assert_eq!(file("sqlite:/var/p.db"), Path::new("/var/p.db"));
        assert_eq!(file("sqlite:///var/p.db"), Path::new("/var/p.db"));
        for bad in [
            "",
            "sqlite:",
            "sqlite:data/",
            "sqlite:p.db?mode=ro",
            "mysql:x",
        ] {
            assert!(path(bad).is_err(), "{bad}");
        }
    }
}
