//! `passerelle citizen`: a person's rights over their data. Works beside a running `serve`.
//!
//! The number is given by whoever asks; it is looked up by its hash, and never printed.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::desk::Desk;
use crate::domain::audit::Actor;
use crate::domain::citizen::Caller;
use crate::domain::feedback::Feedback;
use crate::domain::service::Service;
use crate::domain::webhook::rfc3339;
use crate::flows::clock::Clock;
use crate::store::records::{Forgotten, Held};

/// Feedback shown at most; whoever has more is told so.
const SHOWN: u32 = 1000;

/// A person's rights over their data: what is held, and erasure.
#[derive(Args)]
pub struct Citizen {
    /// The configuration's folder [default: ./config if there is one, else the sample inside the program].
    #[arg(long, value_name = "DIR", global = true)]
    config: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    format: Format,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Subcommand)]
enum What {
    /// Show what is held about a number.
    Show {
        #[command(flatten)]
        who: Who,
        /// Show the words too, for handing them to the person.
        #[arg(long)]
        words: bool,
    },
    /// Erase the number and every text; the records stay, for the count.
    Forget {
        #[command(flatten)]
        who: Who,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
struct Who {
    /// The number, as the person writes it or with its country code.
    number: String,
    /// The country whose number it is (`BJ`), where the number itself does not tell.
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

impl Who {
    /// The number's owner: a subscriber of the country, or of the only country that has it.
    fn caller(&self, service: &Service) -> anyhow::Result<Caller> {
        if let Some(code) = &self.country {
            let code = code.to_uppercase();
            let country = service.country(&code);
            let country = country.with_context(|| format!("no country {code} is configured"))?;
            return Ok(match country.numbering.parse(&self.number) {
                Ok(parsed) => Caller::Known(parsed.msisdn),
                // Kept, perhaps, though it could not be placed.
                Err(_) => Caller::Unplaced(self.number.trim().to_owned()),
            });
        }
        let mut found: Vec<_> = service
            .countries
            .iter()
            .filter_map(|c| c.numbering.parse(&self.number).ok())
            .map(|parsed| parsed.msisdn)
            .collect();
        found.dedup();
        match found.len() {
            1 => Ok(Caller::Known(found.swap_remove(0))),
            0 => bail!(
                "no configured country has this number: write it with its country code, or name --country"
            ),
            _ => bail!("several countries have this number: name --country"),
        }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    held: &'a Held,
    feedback: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    institution: &'a str,
    channel: &'a str,
    received_at: String,
    status: crate::domain::feedback::Status,
    characters: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

impl Citizen {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.carry_out())
    }

    async fn carry_out(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(self.config.as_deref()).await?;
        let (What::Show { who, .. } | What::Forget { who, .. }) = &self.what;
        let caller = who.caller(&desk.config.service)?;
        let now = Clock::System.now();
        let (mut held, mut homes) = (Held::default(), Vec::new());
        for store in &desk.stores {
            let citizen = desk.keys(&store.records).await?.lookup(&caller);
            let here = store.records.held(&citizen, Actor::Operator, now).await?;
            held.add(here);
            homes.push((&store.records, citizen));
        }
        let mut out = std::io::stdout().lock();
        match self.what {
            What::Show { words, .. } => {
                let mut feedback = Vec::new();
                for (records, citizen) in &homes {
                    feedback.extend(records.feedback_of(citizen, i64::MAX, SHOWN).await?);
                }
                let said = match self.format {
                    Format::Text => shown(&held, &feedback, words),
                    Format::Json => json(&Shown {
                        held: &held,
                        feedback: feedback.iter().map(|f| line(f, words)).collect(),
                    })?,
                };
                write!(out, "{said}")?;
            }
            What::Forget { yes, .. } => {
                if !yes && !agreed(&held)? {
                    eprintln!("nothing was erased");
                    return Ok(ExitCode::FAILURE);
                }
                let mut gone = Forgotten::default();
                for (records, citizen) in &homes {
                    gone.add(&records.forget(citizen, Actor::Operator, now).await?);
                }
                let said = match self.format {
                    Format::Text => erased(&gone),
                    Format::Json => json(&gone)?,
                };
                write!(out, "{said}")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn json(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Asks on a terminal; where nobody can be asked, `--yes` has to say it.
fn agreed(held: &Held) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("erasure cannot be undone: say --yes");
    }
    eprint!(
        "{}Erase the number and these texts for good? [y/N] ",
        counts(held)
    );
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "y" | "yes" | "o" | "oui"
    ))
}

fn line(feedback: &Feedback, words: bool) -> Line<'_> {
    let text = feedback.text.as_str();
    Line {
        code: &feedback.code,
        institution: &feedback.institution,
        channel: &feedback.channel,
        received_at: rfc3339(feedback.received_at),
        status: feedback.status,
        characters: text.chars().count(),
        text: words.then_some(text),
    }
}

fn counts(held: &Held) -> String {
    use std::fmt::Write as _;
    let number = if held.number { "kept, sealed" } else { "none" };
    let since = held.first_at.map(rfc3339).unwrap_or_default();
    let rows = [
        ("number", number.to_owned()),
        ("feedback", held.feedback.to_string()),
        ("since", since),
        ("replies", held.replies.to_string()),
        ("letters", held.letters.to_string()),
        ("messages", held.messages.to_string()),
        ("unfinished", held.unfinished.to_string()),
        ("unplaced", held.unplaced.to_string()),
        ("shown to", held.shown_to.join(", ")),
        ("stopped on", held.opted_out.join(", ")),
    ];
    let mut said = String::new();
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        // Writing into a string cannot fail.
        let _ = writeln!(said, "{name:12} {value}");
    }
    said
}

fn shown(held: &Held, feedback: &[Feedback], words: bool) -> String {
    use std::fmt::Write as _;
    let mut said = counts(held);
    for f in feedback {
        let line = line(f, words);
        let _ = writeln!(
            said,
            "\n{}  {}  {}  {}  {} characters",
            line.code, line.received_at, line.institution, line.channel, line.characters
        );
        if let Some(text) = line.text {
            let _ = writeln!(said, "  {}", text.replace('\n', "\n  "));
        }
    }
    if held.feedback > u64::from(SHOWN) {
        let _ = writeln!(said, "\nthe newest {SHOWN} of {}", held.feedback);
    }
    said
}

fn erased(gone: &Forgotten) -> String {
    if *gone == Forgotten::default() {
        return "nothing was held\n".to_owned();
    }
    let number = if gone.number { "the number and " } else { "" };
    format!(
        "erased: {number}the words of {} feedback, {} replies, {} letters, {} messages, {} unfinished and {} unplaced messages; their count stays\n",
        gone.feedback, gone.replies, gone.letters, gone.messages, gone.unfinished, gone.unplaced
    )
}
