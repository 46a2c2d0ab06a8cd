//! passerelle: an SMS and USSD gateway for public life. See `docs/ARCHITECTURE.md`.

pub mod aggregators;
pub mod client;
pub mod domain;
pub mod simulator;
