//! `passerelle text`: an SMS from the terminal.

use std::process::ExitCode;

use super::dial::Line;

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
        self.line
            .with(async |reached| {
                let channel = self.line.channel.as_deref();
                let (channel, phone) = reached.phone(&self.from, &self.to, channel)?;
                println!("to {} on channel {}", self.to, channel.id);
                phone.text(&self.to, &self.body).await?;
                println!("taken: it is on record");
                Ok(())
            })
            .await
    }
}
