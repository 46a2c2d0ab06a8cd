//! `passerelle retention`: what has been kept for as long as its country says.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::Folder;
use super::desk::Desk;
use crate::domain::audit::Actor;
use crate::domain::webhook::rfc3339;
use crate::flows::clock::Clock;
use crate::flows::retain::{self, Going};

/// Have go what has been kept for as long as its country says (`serve` does so every hour).
#[derive(Args)]
pub struct Retention {
    /// Only say what would go; change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    folder: Folder,
}

impl Retention {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.carry_out())
    }

    async fn carry_out(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(self.folder.config.as_deref()).await?;
        let (service, now) = (&desk.config.service, Clock::System.now());
        let mut all: Vec<Going> = Vec::new();
        for store in &desk.stores {
            let records = &store.records;
            let here = if self.dry_run {
                retain::due(records, service, now).await?
            } else {
                retain::enforce(records, service, &Actor::Operator, now).await?
            };
            add(&mut all, here);
        }
        let mut out = std::io::stdout().lock();
        for going in &all {
            writeln!(out, "{}", line(going, self.dry_run))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What goes at another place too; both have the same rows in the same order.
fn add(all: &mut Vec<Going>, here: Vec<Going>) {
    if all.is_empty() {
        *all = here;
        return;
    }
    for (sum, here) in all.iter_mut().zip(here) {
        sum.count += here.count;
        sum.open += here.open;
    }
}

/// Country, kind, how many, before when; cells between tabs.
fn line(going: &Going, dry_run: bool) -> String {
    let (country, kind) = (&going.country, going.kind.word());
    let Some(before) = going.before else {
        return format!("{country}\t{kind}\tkept\tno time is set");
    };
    let what = if dry_run { "would go" } else { "gone" };
    let open = if going.open > 0 {
        format!("; {} open cases stay", going.open)
    } else {
        String::new()
    };
    let (count, before) = (going.count, rfc3339(before));
    format!("{country}\t{kind}\t{count} {what}\tfinished before {before}{open}")
}
