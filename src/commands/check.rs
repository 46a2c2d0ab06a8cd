//! `passerelle check`: proves the configuration and the menus.

mod facts;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use super::Folder;
use crate::config::{self, Config, Environment, Files, Report, Rules, Severity};
use crate::domain::menu::prove::{Row, Way};
use crate::domain::menu::texts::Language;

/// How the problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// As a compiler does.
    #[default]
    Text,
    /// An array of objects, for editors and CI.
    Json,
}

/// Prove the configuration and the menus.
#[derive(clap::Args)]
pub struct Check {
    #[command(flatten)]
    folder: Folder,
    /// How problems are told.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = std::io::stdout().lock();
        let colour = out.is_terminal();
        let code = run(self.folder.config.as_deref(), self.format, colour, &mut out)?;
        Ok(ExitCode::from(code))
    }
}

/// Nothing wrong; warnings are allowed.
pub const FINE: u8 = 0;
/// Problems.
pub const PROBLEMS: u8 = 1;
/// Nothing to check there.
pub const USAGE: u8 = 2;

/// Checks a folder: the one given, or `config` here, or else the sample service in the program.
/// Answers the exit code.
///
/// # Errors
/// If `out` cannot be written.
pub fn run(
    dir: Option<&Path>,
    format: Format,
    colour: bool,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    match Files::find(dir) {
        Ok(files) => judge(&files, &Environment::process(), format, colour, out),
        Err(error) => {
            eprintln!("passerelle check: {error}");
            Ok(USAGE)
        }
    }
}

/// Checks these files in this environment.
///
/// # Errors
/// If `out` cannot be written.
pub fn judge(
    files: &Files,
    environment: &Environment,
    format: Format,
    colour: bool,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let checked = config::load(files, environment, &Rules::CHECK);
    let report = match &checked {
        Ok(config) => &config.remarks,
        Err(report) => report,
    };
    match format {
        Format::Json => {
            let facts = checked.as_ref().map(facts::told).unwrap_or_default();
            writeln!(out, "{}", report.json_with(facts))?;
        }
        Format::Text => {
            write!(out, "{}", report.text(colour))?;
            let whose = match files.root() {
                "" => "the sample service in the program",
                root => root,
            };
            match &checked {
                Ok(config) => summary(whose, config, out)?,
                Err(report) => writeln!(out, "{whose}: {}", counts(report))?,
            }
        }
    }
    Ok(if checked.is_ok() { FINE } else { PROBLEMS })
}

fn summary(whose: &str, config: &Config, out: &mut dyn Write) -> std::io::Result<()> {
    let service = &config.service;
    let countries = service
        .countries
        .iter()
        .map(|c| format!("{} ({})", c.code, c.languages.join(", ")));
    let institutions = service.countries.iter().map(|c| {
        let count = service.institutions_of(&c.code).count();
        format!("{} {count}", c.code)
    });
    let mut channels: Vec<String> = service.channels.keys().cloned().collect();
    channels.sort_unstable();
    let mut menus: Vec<String> = service
        .menus
        .values()
        .map(|menu| format!("{} ({} screens)", menu.id, menu.nodes.len()))
        .collect();
    menus.sort_unstable();
    let offered = |tag: &String| service.countries.iter().any(|c| c.languages.contains(tag));
    let (languages, begun): (Vec<&Language>, Vec<&Language>) = service
        .texts
        .languages()
        .iter()
        .partition(|l| offered(&l.tag));
    let told = |languages: Vec<&Language>| -> Vec<String> {
        let reviewed = |l: &Language| {
            if l.reviewed {
                "reviewed"
            } else {
                "not reviewed"
            }
        };
        let told = languages
            .iter()
            .map(|l| format!("{} ({})", l.tag, reviewed(l)));
        told.collect()
    };
    writeln!(out, "{whose}: nothing wrong; {}", counts(&config.remarks))?;
    for (what, items) in [
        ("countries", countries.collect()),
        ("channels", channels),
        ("institutions", institutions.collect::<Vec<_>>()),
        ("menus", menus),
        ("languages", told(languages)),
        ("begun", told(begun)),
    ] {
        if items.is_empty() {
            continue;
        }
        writeln!(out, "  {what:<13} {}", items.join(", "))?;
    }
    writeln!(out, "  {:<13} {}", "places", service.places.len())?;
    table(&config.table, out)?;
    facts::costs(&config.sent, out)?;
    if config.privacy.key.is_none() {
        writeln!(
            out,
            "`serve` will want `privacy.key`, which is not set here."
        )?;
    }
    Ok(())
}

/// What each menu asks of a citizen in each language, with the longest values.
fn table(rows: &[Row], out: &mut dyn Write) -> std::io::Result<()> {
    let header = [
        "menu",
        "language",
        "longest screen",
        "septets",
        "pages",
        "keys to a filed feedback",
        "time, not quick",
    ];
    let mut lines = vec![header.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| {
        [
            row.menu.clone(),
            row.language.clone(),
            row.screen.clone(),
            format!("{} of {}", row.septets, row.budget),
            row.pages.to_string(),
            match (row.fewest, row.most) {
                (Some(fewest), Some(most)) => format!("{} to {}", way(fewest), way(most)),
                _ => "files none".to_owned(),
            },
            time(row),
        ]
    }));
    if rows.is_empty() {
        return Ok(());
    }
    columns(&lines, out)
}

/// Lines whose cells stand below each other.
fn columns<const N: usize>(lines: &[[String; N]], out: &mut dyn Write) -> std::io::Result<()> {
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).filter_map(width).collect();
    for line in lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "  {}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// How long filing takes, and what the network gives.
fn time(row: &Row) -> String {
    let (Some(fewest), Some(most)) = (row.fewest, row.most) else {
        return String::new();
    };
    let clock = match row.clock {
        Some(clock) => format!("of {clock} s"),
        None => "; the network's clock is not known".to_owned(),
    };
    let gap = if row.clock.is_some() { " " } else { "" };
    format!("{} to {} s{gap}{clock}", fewest.seconds(), most.seconds())
}

fn way(way: Way) -> String {
    match way.texts {
        0 => format!("{} keys", way.keys),
        1 => format!("{} keys and a text", way.keys),
        many => format!("{} keys and {many} texts", way.keys),
    }
}

fn counts(report: &Report) -> String {
    let count = |severity, one: &str| match report.count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let parts: Vec<String> = [
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Note, "note"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match parts.as_slice() {
        [] => "no remarks".to_owned(),
        _ => parts.join(", "),
    }
}
