//! `passerelle audit`: who read or changed what, and whether that account still holds.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::desk::{Desk, Store};
use crate::domain::audit::Walk;
use crate::domain::webhook::rfc3339;
use crate::store::records::Records;

/// Entries read at once.
const PAGE: u32 = 1000;

/// Who read or changed what, and whether that account still holds.
#[derive(Args)]
pub struct Audit {
    /// The configuration's folder [default: ./config if there is one, else the sample inside the program].
    #[arg(long, value_name = "DIR", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the entries, from old to new, cells between tabs.
    List {
        /// Only those after this number.
        #[arg(long, default_value_t = 0)]
        after: i64,
    },
    /// Walk the chain of hashes; say where it is broken first. Exit 1 if it is.
    Verify {
        /// A head that was noted earlier: it has to be in the chain.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

/// What a walk found.
enum Found {
    Sound { walk: Walk, head_seen: bool },
    Broken { seq: i64, after: i64 },
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.carry_out())
    }

    async fn carry_out(self) -> anyhow::Result<ExitCode> {
        let stores = Desk::open(self.config.as_deref()).await?.stores;
        let mut out = std::io::stdout().lock();
        let mut sound = true;
        for store in &stores {
            match &self.what {
                What::List { after } => {
                    list(&store.records, *after, &store.mark(), &mut out).await?;
                }
                What::Verify { head } => {
                    // Each place has a chain of its own; a head that was noted is in one of them.
                    let found = verify(&store.records, head.as_deref()).await?;
                    let (said, holds) = found.said(stores.len() == 1);
                    writeln!(out, "{}{said}", store.mark())?;
                    sound &= holds;
                }
            }
        }
        if let What::Verify { head: Some(head) } = &self.what
            && stores.len() > 1
            && !seen(&stores, head).await?
        {
            writeln!(out, "{NOT_SEEN}")?;
            sound = false;
        }
        Ok(if sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

const NOT_SEEN: &str =
    "the head that was noted is none of these entries: the chain was written anew";

impl Found {
    /// In words, and whether all is well; `alone` if a head that was noted has to be here.
    fn said(&self, alone: bool) -> (String, bool) {
        match self {
            Self::Broken { seq, after } => (
                format!("broken at entry {seq}; the {after} before it hold"),
                false,
            ),
            Self::Sound { walk, head_seen } if *head_seen || !alone => (
                format!("{} entries hold; head {}", walk.entries, walk.head),
                true,
            ),
            Self::Sound { walk, .. } => (
                format!(
                    "{} entries hold, but the head that was noted is none of them: the chain was written anew",
                    walk.entries
                ),
                false,
            ),
        }
    }
}

/// Whether a head that was noted is in any of the chains.
async fn seen(stores: &[Store], head: &str) -> anyhow::Result<bool> {
    for store in stores {
        let found = verify(&store.records, Some(head)).await?;
        if matches!(found, Found::Sound { head_seen, .. } if head_seen) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn list(
    records: &Records,
    mut after: i64,
    mark: &str,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    loop {
        let page = records.audit(after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = last.seq;
        for (entry, _) in &page {
            let at = rfc3339(entry.at);
            let (seq, actor, deed, object) = (entry.seq, &entry.actor, &entry.deed, &entry.object);
            writeln!(out, "{mark}{seq}\t{at}\t{actor}\t{deed}\t{object}")?;
        }
    }
}

async fn verify(records: &Records, head: Option<&str>) -> anyhow::Result<Found> {
    let mut walk = Walk::new();
    let mut head_seen = head.is_none();
    // By what was read, not by the walk: an entry that claims a lower number is not skipped.
    let mut after = i64::MIN;
    loop {
        let page = records.audit(after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(Found::Sound { walk, head_seen });
        };
        after = last.seq;
        for (entry, hash) in &page {
            if !walk.step(entry, hash) {
                let (seq, after) = (entry.seq, walk.entries);
                return Ok(Found::Broken { seq, after });
            }
            head_seen |= head == Some(hash);
        }
    }
}
