//! The study: everything that decides. No IO, no async, no clock, no randomness.

pub mod breaker;
pub mod calendar;
pub mod channel;
pub mod citizen;
pub mod code;
pub mod country;
pub mod exchange;
pub mod feedback;
pub mod inbound;
pub mod institution;
pub mod menu;
pub mod money;
pub mod msisdn;
pub mod outbox;
pub mod parts;
pub mod place;
pub mod promise;
pub mod quiet;
pub mod reach;
pub mod redact;
pub mod reference;
pub mod routing;
pub mod service;
pub mod session;
pub mod text;
pub mod webhook;
