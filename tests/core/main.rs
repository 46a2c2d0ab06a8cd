//! Tests that need no service and take seconds.
#![expect(clippy::panic, reason = "a test's helper fails by panicking")]

mod aggregators;
mod config;
mod docs;
mod invented;
mod menus;
mod numbers;
mod networks;
mod reach;
mod sessions;
mod support;
mod tidy;
