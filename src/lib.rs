//! The floor plan of `passerelle`, an SMS and USSD gateway for public life: the rooms, in the order
//! in which a message walks. See `docs/ARCHITECTURE.md`.

pub mod web; //          the front door: HTTP in, values to the flows, HTTP out
pub mod flows; //        the hallway: each journey told once, top to bottom
pub mod aggregators; //  the interpreters: one company's dialect and our values
pub mod domain; //       the study: decides; no IO, no clock, no randomness
pub mod store; //        the cellar: sessions and records
pub mod workers; //      the couriers: loop a flow until told to stop
pub mod client; //       the back door: carries out a described HTTP request
pub mod simulator; //    the rehearsal stage: phones, networks, an institution's desk
pub mod config; //       files and environment in, a checked configuration out
pub mod telemetry; //    logs and counters
pub mod app; //          the fuse box: where the parts are plugged together
pub mod commands; //     one file a command
