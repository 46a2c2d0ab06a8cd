//! Street number: parse the command line, call a command.

fn main() -> std::process::ExitCode {
    passerelle::commands::main()
}
