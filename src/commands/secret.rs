//! `passerelle secret rotate`: a new secret, with an overlap in which the old one still works.
//!
//! Where a secret stands in a file of its own (`file:PATH`), the file is changed; where it stands in
//! the environment or among the settings, which are not ours to write, it is told what to put there.

mod webhook;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Folder;

/// Change secrets.
#[derive(Args)]
pub struct Secret {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a new secret; for a while the old one works too.
    #[command(subcommand)]
    Rotate(Rotate),
}

#[derive(Subcommand)]
enum Rotate {
    /// The secret that signs an institution's webhooks.
    Webhook(webhook::Webhook),
}

impl Secret {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Rotate(Rotate::Webhook(webhook)) => webhook.run(),
        }
    }
}

/// `24h`, `7 days`.
fn overlap(text: &str) -> Result<Duration, String> {
    crate::config::duration(text)
}
