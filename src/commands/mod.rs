//! What the program can be asked to do, a file a command.

pub mod check;
