//! `passerelle deliveries`: what went to institutions, what did not, and sending it again.
//!
//! Works on the records of a configuration, whether or not `serve` runs on them: what is replayed
//! is put back into the outbox, and `serve` takes it from there. Texts and numbers are not shown.

mod endpoints;
mod table;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use futures_util::future::join_all;

use crate::domain::feedback::Standing;
use crate::flows::clock::Clock;
use crate::store::records::{Cursor, Delivery, DeliveryQuery, Records};
use table::{card, table};

/// Deliveries read, and replayed, at once.
const PAGE: u32 = 200;

/// See what went to institutions and what did not, and send it again.
#[derive(Args)]
pub struct Deliveries {
    /// The configuration's folder [default: ./config if there is one, else the sample inside the program].
    #[arg(long, value_name = "DIR", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List deliveries, from new to old.
    List(List),
    /// Show one.
    Show {
        /// Its id (`msg_…`).
        id: String,
    },
    /// Send again: one, all that were given up, or all that were written within a time.
    Replay(Replay),
    /// List the addresses with which something is wrong.
    Endpoints,
    /// Give an institution's addresses another chance after they were disabled.
    Enable(endpoints::Enable),
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    range: Range,
    /// Only those that stand so.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// At most this many.
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

#[derive(Args)]
struct Replay {
    /// Its id (`msg_…`).
    #[arg(
        required_unless_present_any = ["all_dead", "since", "until"],
        conflicts_with_all = ["all_dead", "since", "until", "institution"]
    )]
    id: Option<String>,
    /// Only those that were given up; without it a time takes those that were delivered too.
    #[arg(long)]
    all_dead: bool,
    #[command(flatten)]
    range: Range,
}

#[derive(Args)]
struct Range {
    /// Only this institution's.
    #[arg(long, value_name = "ID")]
    institution: Option<String>,
    /// Only those written at or after this time: 2026-11-22 or 2026-11-22T08:05:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<i64>,
    /// Only those written before this time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Pending,
    Delivered,
    Dead,
}

/// A moment, or the beginning of a day in UTC; milliseconds since the epoch.
fn moment(text: &str) -> Result<i64, &'static str> {
    let day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        day.to_zoned(jiff::tz::TimeZone::UTC).ok()
    };
    text.parse::<jiff::Timestamp>()
        .ok()
        .or_else(|| day().map(|day| day.timestamp()))
        .map(jiff::Timestamp::as_millisecond)
        .ok_or("write it as 2026-11-22 or 2026-11-22T08:05:00Z")
}

impl Deliveries {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.carry_out())?;
        Ok(ExitCode::SUCCESS)
    }

    async fn carry_out(self) -> anyhow::Result<()> {
        let desk = Desk::open(self.config.as_deref()).await?;
        let mut out = std::io::stdout().lock();
        match self.what {
            What::List(list) => {
                let found = desk.list(&list).await?;
                write!(out, "{}", table(&found, out.is_terminal()))?;
            }
            What::Show { id } => {
                let found = desk.holding(&id).await?;
                let (_, delivery) = found.with_context(|| format!("there is no delivery {id}"))?;
                write!(out, "{}", card(&delivery))?;
            }
            What::Replay(replay) => {
                let said = desk.replay(&replay).await?;
                writeln!(out, "{said}")?;
            }
            What::Endpoints => {
                let mut troubles = Vec::new();
                for records in &desk.stores {
                    troubles.extend(records.troubles().await?);
                }
                write!(out, "{}", endpoints::table(&troubles, out.is_terminal()))?;
            }
            What::Enable(enable) => writeln!(out, "{}", desk.enable(&enable).await?)?,
        }
        Ok(())
    }
}

/// The records, wherever they are kept, and whose they are.
struct Desk {
    stores: Vec<Records>,
    institutions: Vec<String>,
}

impl Desk {
    async fn open(folder: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let desk = super::desk::Desk::open(folder).await?;
        let institutions = desk.config.service.institutions.iter();
        Ok(Self {
            institutions: institutions.map(|i| i.id.clone()).collect(),
            stores: desk.stores.into_iter().map(|store| store.records).collect(),
        })
    }

    /// A delivery, and where it is.
    async fn holding(&self, id: &str) -> anyhow::Result<Option<(&Records, Delivery)>> {
        for records in &self.stores {
            if let Some(delivery) = records.delivery(id).await? {
                return Ok(Some((records, delivery)));
            }
        }
        Ok(None)
    }

    /// The one asked for, which may have left the files, or all that are configured.
    fn institutions(&self, range: &Range) -> Vec<String> {
        match &range.institution {
            Some(id) => vec![id.clone()],
            None => self.institutions.clone(),
        }
    }

    async fn list(&self, list: &List) -> anyhow::Result<Vec<Delivery>> {
        let mut found = Vec::new();
        for institution in self.institutions(&list.range) {
            let query = DeliveryQuery {
                institution,
                standing: list.state.map(State::standing),
                since: list.range.since,
                until: list.range.until,
                after: None,
                limit: list.limit,
            };
            for records in &self.stores {
                found.extend(records.deliveries(query.clone()).await?);
            }
        }
        found.sort_by_key(|d| std::cmp::Reverse(d.letter.created_at));
        found.truncate(usize::try_from(list.limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn replay(&self, replay: &Replay) -> anyhow::Result<String> {
        if let Some(id) = &replay.id {
            let found = self.holding(id).await?;
            let (records, _) = found.with_context(|| format!("there is no delivery {id}"))?;
            if !records.replay_letter(id, Clock::System.now()).await? {
                bail!("{id} is being delivered at this moment");
            }
            return Ok("1 is on its way again".to_owned());
        }
        let mut sent = 0;
        for institution in self.institutions(&replay.range) {
            for records in &self.stores {
                sent += replay_all(records, replay, &institution, sent).await?;
            }
        }
        if std::io::stderr().is_terminal() {
            eprint!("\r");
        }
        Ok(match sent {
            0 => "nothing to send again".to_owned(),
            1 => "1 is on its way again".to_owned(),
            n => format!("{n} are on their way again"),
        })
    }
}

/// Everything of one institution within the range that is not waiting anyway. Oldest first, so
/// that the letters of one feedback go in their order even while `serve` takes them away.
async fn replay_all(
    records: &Records,
    replay: &Replay,
    institution: &str,
    before: usize,
) -> anyhow::Result<usize> {
    let mut ids = settled(records, replay, institution).await?;
    ids.reverse();
    let mut sent = 0;
    for page in ids.chunks(PAGE as usize) {
        let now = Clock::System.now();
        // Together: they share one fsync.
        let replayed = page.iter().map(|id| records.replay_letter(id, now));
        for replayed in join_all(replayed).await {
            sent += usize::from(replayed?);
        }
        if std::io::stderr().is_terminal() {
            eprint!("\r{}", before + sent);
        }
    }
    Ok(sent)
}

/// The ids of what is to be replayed, from new to old.
async fn settled(
    records: &Records,
    replay: &Replay,
    institution: &str,
) -> anyhow::Result<Vec<String>> {
    let mut query = DeliveryQuery {
        institution: institution.to_owned(),
        standing: replay.all_dead.then_some(Standing::Dead),
        since: replay.range.since,
        until: replay.range.until,
        after: None,
        limit: PAGE,
    };
    let mut ids = Vec::new();
    loop {
        let page = records.deliveries(query.clone()).await?;
        let Some(last) = page.last() else {
            return Ok(ids);
        };
        query.after = Some(Cursor {
            at: last.letter.created_at,
            id: last.letter.id.clone(),
        });
        let settled = page.iter().filter(|d| d.standing != Standing::Pending);
        ids.extend(settled.map(|d| d.letter.id.clone()));
    }
}

impl State {
    fn standing(self) -> Standing {
        match self {
            Self::Pending => Standing::Pending,
            Self::Delivered => Standing::Delivered,
            Self::Dead => Standing::Dead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_moments_or_days() {
        assert_eq!(moment("2026-11-22"), Ok(1_795_305_600_000));
        assert_eq!(moment("2026-11-22T08:05:00Z"), Ok(1_795_334_700_000));
        assert!(moment("yesterday").is_err());
    }
}
