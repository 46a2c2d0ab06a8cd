//! PostgreSQL: one writer an instance, a few readers, a server that any number of instances share.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _};

use super::schema;
use super::sql::{Conn, Pool};
use super::writer::Writer;
use crate::store::away::{Away, CannotOpen};

/// Reads are short; more would only wait for the same cores.
const READERS: u32 = 4;
/// How long a reader may be waited for, a new connection included.
const READER_FREE: Duration = Duration::from_secs(2);
/// A server that takes no connection in this time is away: a citizen waits.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// What every connection is set to. `synchronous_commit` may be off by the server's own choice:
/// what we acknowledge has to be on its disk. The time-outs end what a client that died left open.
const SETTINGS: &str = "SET synchronous_commit = on; SET statement_timeout = '10s'; \
     SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'; \
     SET client_min_messages = warning";
/// Besides, for readers: a read that writes is a mistake.
const READ_ONLY: &str = "SET default_transaction_read_only = on";

const FORM: CannotOpen = CannotOpen::Address(
    "the records' address cannot be read: write it as postgres://user:password@host:5432/database",
);

/// Whether an address is one of this room's.
pub fn is_ours(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// How to reach a server.
pub struct Server(PgConnectOptions);

impl Server {
    /// Reads an address.
    pub fn at(url: &str) -> Result<Self, CannotOpen> {
        let options = PgConnectOptions::from_str(url).map_err(|_| FORM)?;
        // Statements are never logged, not even slow ones.
        let options = options
            .application_name("passerelle")
            .disable_statement_logging();
        Ok(Self(options))
    }

    /// A connection, set as we need it.
    pub async fn connect(&self) -> Result<Conn, Away> {
        let connected = tokio::time::timeout(CONNECT_WITHIN, async {
            let mut conn = self.0.connect().await?;
            conn.execute(SETTINGS).await?;
            Ok::<PgConnection, sqlx::Error>(conn)
        });
        match connected.await {
            Ok(conn) => Ok(Conn::Postgres(Box::new(conn?))),
            Err(_) => Err(Away::records("no connection in time")),
        }
    }
}

/// Connects, and creates the tables as needed. The database itself has to be there.
pub async fn open(url: &str) -> Result<(Writer, Option<Pool>), CannotOpen> {
    let server = Server::at(url)?;
    let mut conn = server.connect().await?;
    schema::migrate(&mut conn).await?;
    let readers = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(READER_FREE)
        .after_connect(|conn, _| {
            Box::pin(async move {
                conn.execute(SETTINGS).await?;
                conn.execute(READ_ONLY).await?;
                Ok(())
            })
        })
        .connect_lazy_with(server.0.clone());
    let writer = Writer::start(conn, Some(server));
    Ok((writer, Some(Pool::Postgres(readers))))
}
