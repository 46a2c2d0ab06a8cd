//! The floor plan of `passerelle`, an SMS and USSD gateway for public life: the rooms, in the order
//! in which a message walks. See `docs/ARCHITECTURE.md`.

pub mod aggregators;
pub mod app;
pub mod client;
pub mod commands;
pub mod config;
pub mod domain;
pub mod flows;
pub mod simulator;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod workers;
