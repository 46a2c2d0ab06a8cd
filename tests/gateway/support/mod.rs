//! What the tests stand on.

pub mod gateway;
pub mod partner;
pub mod phone;
pub mod redis;
pub mod samples;
pub mod served;
