//! What can be wrong with a store, in words that are safe to log.

use std::sync::Arc;

/// A store could not do what was asked, now: it is down, slow, full, or answers nonsense.
///
/// The message names the store and the kind of trouble. It never quotes a key, a value or the
/// server's own words, which may hold either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{store} cannot be used now: {why}")]
pub struct Away {
    store: Arc<str>,
    why: Arc<str>,
}

impl Away {
    /// The sessions' trouble, at the server that is called so.
    pub(super) fn sessions(place: &str, why: impl Into<Arc<str>>) -> Self {
        Self {
            store: format!("the session store at {place}").into(),
            why: why.into(),
        }
    }

    /// The records' trouble.
    pub(super) fn records(why: impl Into<Arc<str>>) -> Self {
        Self {
            store: "the record store".into(),
            why: why.into(),
        }
    }
}

impl From<sqlx::Error> for Away {
    fn from(error: sqlx::Error) -> Self {
        let why = match &error {
            sqlx::Error::Database(error) => {
                format!("database error {}", error.code().unwrap_or_default())
            }
            sqlx::Error::Io(error) => error.kind().to_string(),
            sqlx::Error::PoolTimedOut => "no connection free in time".to_owned(),
            sqlx::Error::ColumnDecode { index, .. } => format!("column {index} is unreadable"),
            _ => "the connection failed".to_owned(),
        };
        Self::records(why)
    }
}

/// A store's address cannot be used at all. Never quotes the address: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// The address is wrong; asking again will not help.
    #[error("{0}")]
    Address(&'static str),
    /// The records were written by a newer version of this program.
    #[error("the records are of version {found}, this program knows up to {known}: update it")]
    Newer {
        /// The version found.
        found: i64,
        /// The newest version that this program can read.
        known: i64,
    },
    /// The address is well-formed, but nothing usable answers there.
    #[error(transparent)]
    Away(#[from] Away),
}

impl From<sqlx::Error> for CannotOpen {
    fn from(error: sqlx::Error) -> Self {
        Self::Away(error.into())
    }
}
