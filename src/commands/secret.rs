//! `passerelle secret rotate`: a new secret, with an overlap in which the old one still works.
//!
//! Where a secret stands in a file of its own (`file:PATH`), the file is changed; where it stands in
//! the environment or among the settings, which are not ours to write, it is told what to put there.

mod phone_key;
mod webhook;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Folder;
use crate::flows::clock::random;

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
    /// The key that seals phone numbers: every number is sealed anew, beside a running `serve`. Start
    /// it again after an interruption: it goes on.
    PhoneKey(phone_key::PhoneKey),
}

impl Secret {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Rotate(Rotate::Webhook(webhook)) => webhook.run(),
            What::Rotate(Rotate::PhoneKey(key)) => key.run(),
        }
    }
}

/// `24h`, `7 days`.
fn overlap(text: &str) -> Result<Duration, String> {
    crate::config::duration(text)
}

/// Puts the secrets into their file: whole or not at all, readable for nobody else than before.
fn replace(path: &Path, secrets: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    // A link (as Kubernetes and systemd make them) stays one: what it leads to is replaced.
    let path = std::fs::canonicalize(path)?;
    let permissions = std::fs::metadata(&path)?.permissions();
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{:08x}", u32::from_be_bytes(random())));
    let write = || {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(secrets.as_bytes())?;
        file.write_all(b"\n")?;
        file.set_permissions(permissions)?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)?;
        // The new name is on the disk too.
        std::fs::File::open(folder)?.sync_all()
    };
    let written = write();
    if written.is_err() {
        // Nothing of it may be left lying about.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
