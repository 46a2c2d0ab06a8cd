//! `passerelle records`: moving them to another database.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::store::records::{Moved, Mover};

/// Move the records to another database.
#[derive(Args)]
pub struct Records {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Move all records from a SQLite file to an empty PostgreSQL database. Stop `serve` first. What
    /// was interrupted goes on when it is started again; the file stays as it is.
    Move(Move),
}

#[derive(Args)]
struct Move {
    /// Where they are: sqlite:data/passerelle.db
    #[arg(long, value_name = "URL")]
    from: String,
    /// Where they go, as in `records.url`. In the environment rather than on the command line, where
    /// others can read the password.
    #[arg(
        long,
        value_name = "URL",
        env = "PASSERELLE_MOVE_TO",
        hide_env_values = true
    )]
    to: String,
}

impl Records {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let What::Move(what) = self.what;
        super::runtime()?.block_on(what.carry_out())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Move {
    async fn carry_out(self) -> anyhow::Result<()> {
        let mut mover = Mover::open(&self.from, &self.to).await?;
        let (rows, tables) = mover.size();
        let mut progress = Progress(std::io::stderr().is_terminal());
        while let Some(moved) = mover.step().await? {
            progress.show(&moved)?;
        }
        progress.clear()?;
        println!("moved and counted: {rows} rows in {tables} tables");
        println!("now set PASSERELLE_RECORDS__URL to the new address and start `serve`");
        Ok(())
    }
}

/// One line on a terminal that is written over and over; nothing anywhere else.
struct Progress(bool);

/// Back to the beginning of the line, and wipe it.
const AGAIN: &str = "\r\x1b[2K";

impl Progress {
    fn show(&mut self, moved: &Moved) -> std::io::Result<()> {
        if !self.0 {
            return Ok(());
        }
        let Moved { table, rows, of } = moved;
        let percent = rows.saturating_mul(100) / (*of).max(1);
        let mut out = std::io::stderr().lock();
        write!(out, "{AGAIN}{table}: {rows} of {of} ({percent} %)")?;
        out.flush()
    }

    fn clear(&mut self) -> std::io::Result<()> {
        if self.0 {
            write!(std::io::stderr(), "{AGAIN}")?;
        }
        Ok(())
    }
}
