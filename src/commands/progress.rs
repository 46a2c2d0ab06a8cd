//! How far long work has come: one line on a terminal, nothing anywhere else.

use std::io::{IsTerminal, Write};

/// A line that is written over and over, if somebody can see it.
pub(super) struct Progress(bool);

/// Back to the beginning of the line, and wipe it.
const AGAIN: &str = "\r\x1b[2K";

impl Progress {
    /// Shown where standard error is a terminal.
    pub fn here() -> Self {
        Self(std::io::stderr().is_terminal())
    }

    /// So many are done of so many.
    pub fn show(&self, what: &str, done: u64, of: u64) -> std::io::Result<()> {
        let percent = done.saturating_mul(100) / of.max(1);
        self.say(&format!("{what}: {done} of {of} ({percent} %)"))
    }

    /// What is being done.
    pub fn say(&self, text: &str) -> std::io::Result<()> {
        if !self.0 {
            return Ok(());
        }
        let mut out = std::io::stderr().lock();
        write!(out, "{AGAIN}{text}")?;
        out.flush()
    }

    /// Takes the line away.
    pub fn clear(&self) -> std::io::Result<()> {
        self.say("")
    }
}
