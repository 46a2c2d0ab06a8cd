//! Street number: parse the command line, call a command.

fn main() {}
