//! Tests that need no service and take seconds.
#![expect(clippy::panic, reason = "a test's helper fails by panicking")]

mod aggregators;
mod config;
mod days;
mod docs;
mod graph;
mod hearing;
mod invented;
mod menu_language;
mod menus;
mod networks;
mod numbers;
mod places;
mod reach;
mod sessions;
mod support;
mod talk;
mod tidy;
