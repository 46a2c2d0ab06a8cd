//! `passerelle records`: moving them to another database.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::progress::Progress;
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
        let progress = Progress::here();
        while let Some(Moved { table, rows, of }) = mover.step().await? {
            progress.show(&table, rows.unsigned_abs(), of.unsigned_abs())?;
        }
        progress.clear()?;
        println!("moved and counted: {rows} rows in {tables} tables");
        println!("now set PASSERELLE_RECORDS__URL to the new address and start `serve`");
        Ok(())
    }
}
