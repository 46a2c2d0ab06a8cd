//! `passerelle secret rotate phone-key`: the key that seals phone numbers.
//!
//! Run first, it makes a new key and tells where to put it, beside the old one. Run with both, it
//! seals everything anew. In between, and until that is done, both open what is sealed.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use super::{Folder, replace};
use crate::commands::desk::Desk;
use crate::commands::progress::Progress;
use crate::config::Privacy;
use crate::domain::vault::PhoneKey as Root;
use crate::flows::clock::{Clock, random};
use crate::flows::rotate::{self, Rotation, Stand};
use crate::store::Records;

/// Where the configuration is.
#[derive(Args)]
pub(super) struct PhoneKey {
    #[command(flatten)]
    folder: Folder,
}

impl PhoneKey {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        crate::commands::runtime()?.block_on(self.carry_out())
    }

    async fn carry_out(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(self.folder.config.as_deref()).await?;
        let roots = desk.phone_keys()?;
        let mut all_in_force = true;
        for store in &desk.stores {
            all_in_force &= rotate::stand(&store.records, &roots).await? == Stand::InForce;
        }
        match roots.as_slice() {
            [_] if all_in_force => begin(&desk.config.privacy)?,
            [root, ..] if all_in_force => println!(
                "Everything is sealed under the phone key {} already. Take the keys before it out of the settings.",
                root.id()
            ),
            roots => {
                for store in &desk.stores {
                    if rotate::stand(&store.records, roots).await? != Stand::InForce {
                        print!("{}", store.mark());
                        reseal(&store.records, roots).await?;
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A new key, and where it is to be put.
fn begin(privacy: &Privacy) -> anyhow::Result<()> {
    let old = privacy.key.as_ref().context("there is no phone key")?;
    let new: [u8; 32] = random();
    let id = Root::new(&new).id().to_owned();
    let (old, new) = (STANDARD.encode(old.expose()), STANDARD.encode(new));
    let said = match privacy
        .kept
        .as_deref()
        .and_then(|kept| kept.split_once(':'))
    {
        Some(("file", path)) => {
            replace(Path::new(path), &format!("{new}\n{old}")).with_context(|| {
                format!("{path} cannot be written: the old phone key stays in force")
            })?;
            format!(
                "{path} holds the new phone key ({id}) and the old one.\n\n1. Restart passerelle, wherever it runs.\n"
            )
        }
        kept => {
            let name = match kept {
                Some((_, name)) => name,
                None => "PASSERELLE_PRIVACY__KEY",
            };
            format!(
                "Nothing is changed yet.\n\n1. Where {name} is set, put this value (the new phone key, {id}, and the old one, with a blank between), and restart passerelle, wherever it runs:\n\n   {new} {old}\n\n"
            )
        }
    };
    print!(
        "{said}2. Run this again with both keys: it seals everything with the new one.\n\nKeep the old key until then. Both open what is sealed.\n"
    );
    Ok(())
}

async fn reseal(records: &Records, roots: &[Root]) -> anyhow::Result<()> {
    let clock = Clock::System;
    let progress = Progress::here();
    let mut rotation = Rotation::begin(records, roots, clock.now()).await?;
    let wait = Duration::from_millis(rotation.known_in(clock.now()));
    if !wait.is_zero() {
        progress.say("until every running service knows the new key …")?;
        tokio::time::sleep(wait).await;
    }
    let begun = Instant::now();
    loop {
        while rotation.step().await? {
            progress.show("numbers", rotation.done, rotation.total)?;
        }
        if rotation.finish(clock.now()).await? {
            break;
        }
    }
    progress.clear()?;
    let (done, took) = (rotation.done, begun.elapsed());
    println!(
        "sealed anew: {done} numbers in {:.1} s{}",
        took.as_secs_f64(),
        pace(done, took)
    );
    if rotation.unopened > 0 {
        bail!(
            "{} numbers are sealed with keys that are not here: the old phone key stays in force beside the new one. Name the keys that are missing in PASSERELLE_PRIVACY__PREVIOUS_KEYS, or restore table `data_key`",
            rotation.unopened
        );
    }
    let id = roots.first().map_or("", Root::id);
    println!(
        "The phone key {id} alone opens the records now. Take the one before it out of the settings; it still opens older backups."
    );
    Ok(())
}

/// How many that is a second, where it can be told.
fn pace(done: u64, took: Duration) -> String {
    let second = u128::from(done) * 1000 / took.as_millis().max(1);
    if done < 1000 {
        return String::new();
    }
    format!(" ({second} a second)")
}
