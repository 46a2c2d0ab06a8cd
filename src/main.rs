//! Street number: parse the command line, call a command.

use std::process::ExitCode;

use clap::Parser;
use passerelle::commands::Passerelle;

fn main() -> ExitCode {
    Passerelle::parse().run()
}
