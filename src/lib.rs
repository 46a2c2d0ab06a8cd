//! passerelle: an SMS and USSD gateway for public life. See `docs/ARCHITECTURE.md`.

pub mod aggregators;
pub mod commands;
pub mod config;
pub mod domain;
