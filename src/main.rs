//! Street number: parse the command line, call a command.

/// A callback makes many small things that live for a moment: glibc's allocator costs it twice what
/// this one does (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    passerelle::commands::main()
}
