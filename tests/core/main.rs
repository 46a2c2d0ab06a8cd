//! Tests that need no service and take seconds.
#![expect(clippy::panic, reason = "a test's helper fails by panicking")]

mod aggregators;
mod config;
mod graph;
mod menus;
mod networks;
mod sessions;
mod support;
mod tidy;
