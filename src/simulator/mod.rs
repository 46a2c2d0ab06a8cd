//! The rehearsal stage: a phone, the operators' networks and an institution's desk, so that the
//! whole journey can be walked with nothing but this program. It reaches the gateway only through
//! its public surface: callbacks in, webhooks and sends out, over real HTTP.

mod chance;
pub mod desk;
pub mod handset;
pub mod networks;
mod news;
mod page;
mod routes;
pub mod signature;
pub mod switchboard;

pub use desk::{Inbox, Plan, Simulator};
pub use handset::{Handset, Trouble, Turn, Wire};
pub use routes::routes;
pub use switchboard::{NoChannel, Wanted, pick};
