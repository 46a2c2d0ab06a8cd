//! What needs no service: one binary, seconds.

mod config;
