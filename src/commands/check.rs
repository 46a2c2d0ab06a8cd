//! `passerelle check`: proves the configuration.
use std::process::ExitCode;

/// Prove the configuration and the menus.
#[derive(clap::Args)]
pub struct Check {}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(ExitCode::SUCCESS)
    }
}
