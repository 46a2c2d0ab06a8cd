//! The cellar: sessions (short, hot, shared by all instances) and records (the citizens' words,
//! which must outlive any process). The only room that knows redis and sqlx.
//!
//! The store reads no clock and makes no ids: times (milliseconds since the epoch, UTC) and ids
//! come from the caller. No number is ever stored but sealed, no text is ever logged.

mod away;
pub mod keys;
mod memory;
pub mod records;
mod redis;
pub mod sessions;

pub use away::{Away, CannotOpen};
pub use keys::SessionKey;
pub use records::Records;
pub use sessions::Sessions;
