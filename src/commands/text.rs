//! `passerelle text`: an SMS from the terminal.

use std::process::ExitCode;
use std::sync::Arc;

use super::dial::Line;
use crate::simulator::networks::Subscriber;
use crate::simulator::{Handset, Wanted, pick};

/// Text a short code: a phone in the terminal.
#[derive(clap::Args)]
pub struct Text {
    /// What to say.
    body: String,
    /// The phone's number.
    #[arg(long, value_name = "NUMBER")]
    from: String,
    /// The short code.
    #[arg(long, value_name = "CODE")]
    to: String,
    #[command(flatten)]
    line: Line,
}

impl Text {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.send())?;
        Ok(ExitCode::SUCCESS)
    }

    async fn send(&self) -> anyhow::Result<()> {
        let number = Subscriber::parse(&self.from)?;
        self.line
            .with(async |client, url, channels| {
                let wanted = Wanted {
                    code: &self.to,
                    channel: self.line.channel.as_deref(),
                    country: None,
                };
                let channel = Arc::clone(pick(channels, &wanted)?);
                println!("to {} on channel {}", self.to, channel.id);
                let phone = Handset::new(client, url, channel, number)?;
                phone.text(&self.to, &self.body).await?;
                println!("taken: it is on record");
                Ok(())
            })
            .await
    }
}
