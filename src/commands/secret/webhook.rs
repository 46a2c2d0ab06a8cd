//! `passerelle secret rotate webhook`: the secret that signs an institution's webhooks.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::{Folder, overlap, replace};
use crate::commands::stage;
use crate::domain::institution::{Institution, Webhook as Address};
use crate::domain::signing::{self, Scheme, Secrets, SigningKey};
use crate::domain::webhook::rfc3339;
use crate::flows::clock::{Clock, random};

/// Which secret, and for how long both work.
#[derive(Args)]
pub(super) struct Webhook {
    /// The institution (`bj-sante`).
    institution: String,
    /// Which of its webhooks, if it has several.
    #[arg(long)]
    url: Option<String>,
    /// How long the old secret signs besides the new one: 24h, 7 days.
    #[arg(long, default_value = "24h", value_parser = overlap)]
    overlap: Duration,
    /// What kind of secret, if not as before.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// whsec_…: both sides hold it; signatures v1.
    Hmac,
    /// whsk_…: the institution gets only the public half; signatures v1a.
    Ed25519,
}

impl Webhook {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = stage::load(self.folder.config.as_deref())?;
        let institution = config.service.institution(&self.institution);
        let institution =
            institution.with_context(|| format!("there is no institution {}", self.institution))?;
        let address = self.address(institution)?;
        let place = address.kept.as_deref();
        let Ok(old) = SigningKey::parse(address.secrets.current()) else {
            let place = place.unwrap_or("its secret");
            bail!("{place} is not at hand: run this where `serve` runs, with its environment");
        };
        let scheme = match (self.kind, &old) {
            (Some(Kind::Hmac), _) | (None, SigningKey::Hmac(_)) => Scheme::Hmac,
            (Some(Kind::Ed25519), _) | (None, SigningKey::Ed25519(_)) => Scheme::Ed25519,
        };
        let now = Clock::System.now();
        // Whole seconds, as it is written.
        let until = now + i64::try_from(self.overlap.as_millis()).unwrap_or(i64::MAX);
        let until = until.div_euclid(1000) * 1000;
        let new = signing::make(scheme, &random());
        let secrets = address.secrets.rotated(new, now, until);
        let said = match place.and_then(|place| place.split_once(':')) {
            Some(("file", path)) => {
                replace(Path::new(path), &secrets.write("\n")).with_context(|| {
                    format!("{path} cannot be written: the old secret stays in force")
                })?;
                format!(
                    "{path} holds the new secret and the old one.\n\n1. Reload passerelle (SIGHUP or POST /reload).\n"
                )
            }
            Some(("env", name)) => format!(
                "Nothing is changed yet: the secret stands in the environment.\n\n1. Where {name} is set, put this value, in one line, and restart passerelle:\n\n   {}\n\n",
                secrets.write(" ")
            ),
            _ => format!(
                "Nothing is changed yet: the secret stands in institutions/{}.toml.\n\n1. There put this line below its `url`, and reload passerelle (SIGHUP or POST /reload):\n\n   secret = \"{}\"\n\n",
                institution.id,
                secrets.write(" ")
            ),
        };
        print!("{}", told(&said, &secrets, until)?);
        Ok(ExitCode::SUCCESS)
    }

    fn address<'a>(&self, institution: &'a Institution) -> anyhow::Result<&'a Address> {
        let id = &institution.id;
        let webhooks = &institution.webhooks;
        match (&self.url, webhooks.as_slice()) {
            (_, []) => bail!("{id} has no webhooks"),
            (Some(url), _) => {
                let found = webhooks.iter().find(|w| w.url == *url);
                found.with_context(|| format!("{id} has no webhook {url}"))
            }
            (None, [one]) => Ok(one),
            (None, several) => {
                let urls: Vec<_> = several
                    .iter()
                    .map(|w| format!("  --url {}", w.url))
                    .collect();
                bail!("{id} has several webhooks, say which:\n{}", urls.join("\n"))
            }
        }
    }
}

/// What was done and what is left to do.
fn told(said: &str, secrets: &Secrets, until: i64) -> anyhow::Result<String> {
    let mut told = said.to_owned();
    let new = secrets.current();
    match SigningKey::parse(new)?.public() {
        Some(public) => writeln!(
            told,
            "2. Give the institution the public key. It is no secret:\n\n   {public}\n"
        )?,
        None => writeln!(
            told,
            "2. Give the institution the new secret, by a way on which nobody reads along:\n\n   {}\n",
            new.expose()
        )?,
    }
    writeln!(
        told,
        "Until {} every webhook carries both signatures: whoever checks either is right.",
        rfc3339(until)
    )?;
    Ok(told)
}
