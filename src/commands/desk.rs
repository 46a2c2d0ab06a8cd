//! The records of a configuration, for commands that work beside a running `serve`.

use std::path::Path;

use anyhow::{Context, bail};

use super::stage;
use crate::app;
use crate::config::Config;
use crate::domain::citizen::Keyring;
use crate::domain::vault::PhoneKey;
use crate::flows::clock::Clock;
use crate::flows::keys;
use crate::store::records::Records;

/// The configuration and its records.
pub(super) struct Desk {
    pub config: Config,
    /// Each place where records are kept, the default one first.
    pub stores: Vec<Store>,
}

/// A place where records are kept.
pub(super) struct Store {
    pub records: Records,
    /// Whose they are; none in particular at the default place.
    countries: Vec<String>,
}

impl Store {
    /// What is said of it, where there are several: `RW: …`.
    pub fn mark(&self) -> String {
        match self.countries.as_slice() {
            [] => String::new(),
            countries => format!("{}: ", countries.join(", ")),
        }
    }
}

impl Desk {
    pub async fn open(folder: Option<&Path>) -> anyhow::Result<Self> {
        let config = stage::load(folder)?;
        let mut stores = Vec::new();
        for (url, countries) in config.records.places() {
            let records = open(url.expose()).await?;
            let countries = countries.into_iter().map(str::to_owned).collect();
            stores.push(Store { records, countries });
        }
        Ok(Self { config, stores })
    }

    /// The keys that look a number up.
    pub async fn keys(&self, records: &Records) -> anyhow::Result<Keyring> {
        let roots = self.phone_keys()?;
        Ok(keys::open(records, &roots, Clock::System.now()).await?)
    }

    /// What unwraps them, the one in force first.
    pub fn phone_keys(&self) -> anyhow::Result<Vec<PhoneKey>> {
        app::phone_keys(&self.config).context(
            "PASSERELLE_PRIVACY__KEY is not set: a citizen is found by it, with the same key as `serve` has",
        )
    }
}

/// Opens records that are there.
pub(super) async fn open(url: &str) -> anyhow::Result<Records> {
    // Opening would make them: then a wrong folder would look like empty records.
    if let Some(path) = url.strip_prefix("sqlite:")
        && !Path::new(path.strip_prefix("//").unwrap_or(path)).exists()
    {
        bail!(
            "there are no records at {path}: start this where `serve` runs, or name its --config"
        );
    }
    let records = Records::open(url).await;
    records.context("the record store cannot be used")
}
