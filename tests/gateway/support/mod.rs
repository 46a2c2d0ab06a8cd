//! What the tests stand on.

pub mod candid;
pub mod desk;
pub mod gateway;
pub mod hallway;
pub mod leaks;
pub mod load;
pub mod mailbox;
pub mod partner;
pub mod phone;
pub mod postgres;
pub mod receiver;
pub mod redis;
pub mod samples;
pub mod served;
pub mod town;
