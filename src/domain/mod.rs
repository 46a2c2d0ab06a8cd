//! The study: everything that decides. No IO, no async, no clock, no randomness.

pub mod channel;
pub mod country;
pub mod exchange;
pub mod feedback;
pub mod inbound;
pub mod institution;
pub mod menu;
pub mod msisdn;
pub mod place;
pub mod redact;
pub mod service;
pub mod text;
