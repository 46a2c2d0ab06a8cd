//! The floor plan of `passerelle`, an SMS and USSD gateway for public life: the rooms, in the order
//! in which a message walks. See `docs/ARCHITECTURE.md`.

pub mod web;
pub mod flows;
pub mod aggregators;
pub mod domain;
pub mod store;
pub mod workers;
pub mod client;
pub mod simulator;
pub mod config;
pub mod telemetry;
pub mod app;
pub mod commands;
