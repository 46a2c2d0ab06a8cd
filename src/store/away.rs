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
    pub(crate) fn records(why: impl Into<Arc<str>>) -> Self {
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
                let code = error.code().unwrap_or_default();
                match meaning(&code) {
                    Some(meaning) => format!("{meaning} ({code})"),
                    None => format!("database error {code}"),
                }
            }
            sqlx::Error::Io(error) => error.kind().to_string(),
            sqlx::Error::PoolTimedOut => "no connection free in time".to_owned(),
            sqlx::Error::ColumnDecode { index, .. } => format!("column {index} is unreadable"),
            _ => "the connection failed".to_owned(),
        };
        Self::records(why)
    }
}

/// What an operator can do something about, of PostgreSQL's codes (Appendix A, "PostgreSQL Error
/// Codes").
fn meaning(code: &str) -> Option<&'static str> {
    Some(match code {
        "28000" | "28P01" => "the user or the password is not accepted",
        "3D000" => "there is no such database",
        "42501" => "the user may not do this",
        "53100" => "the server's disk is full",
        "53300" => "the server takes no more connections",
        "57P01" | "57P02" => "the server is stopping",
        "57P03" => "the server is starting",
        "25006" => "the server only reads: is it a standby?",
        _ => return None,
    })
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
    /// Records were being moved here, and the move never came to its end.
    #[error(
        "the records were moved here in part only: run `passerelle records move` again to its end"
    )]
    HalfMoved,
    /// The address is well-formed, but nothing usable answers there.
    #[error(transparent)]
    Away(#[from] Away),
}

impl From<sqlx::Error> for CannotOpen {
    fn from(error: sqlx::Error) -> Self {
        Self::Away(error.into())
    }
}
