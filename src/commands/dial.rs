//! `passerelle dial`: a phone in the terminal.

use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use super::Folder;
use super::stage::{self, Data, Scratch, Stage};
use crate::app::Sockets;
use crate::client::{Client, Limits};
use crate::domain::channel::Channel;
use crate::domain::service::Service;
use crate::simulator::networks::{Shown, Subscriber};
use crate::simulator::{Handset, Wanted, pick};

/// Dial a service code: a phone in the terminal.
#[derive(clap::Args)]
pub struct Dial {
    /// The code, as on a phone: `*7344#`, or with a path, `*7344*1*2#`.
    code: String,
    /// The phone's number.
    #[arg(long, value_name = "NUMBER")]
    from: String,
    #[command(flatten)]
    to: Line,
    /// What to press, comma by comma, instead of asking: `1,2,Attente de 5 h,1`. A comma within a
    /// text is written `\,`.
    #[arg(long)]
    keys: Option<String>,
}

/// Which gateway, which channel.
#[derive(clap::Args)]
pub(super) struct Line {
    /// The channel, where the code alone does not tell.
    #[arg(long, value_name = "ID")]
    pub channel: Option<String>,
    /// A running gateway [default: the configuration itself, in this process].
    #[arg(long)]
    pub url: Option<String>,
    #[command(flatten)]
    pub folder: Folder,
}

/// What a phone in the terminal reaches.
pub(super) struct Reached<'a> {
    client: &'a Client,
    url: &'a str,
    service: &'a Service,
}

impl Reached<'_> {
    /// A phone with this number on the channel that answers `code`. Countries may share a code:
    /// then the number's own country is meant.
    pub fn phone(
        &self,
        number: &str,
        code: &str,
        channel: Option<&str>,
    ) -> anyhow::Result<(Arc<Channel>, Handset)> {
        let mut countries = self.service.countries.iter();
        let country = countries.find(|c| c.numbering.parse(number).is_ok());
        let wanted = Wanted {
            code,
            channel,
            country: country.map(|c| c.code.as_str()),
        };
        let channel = Arc::clone(pick(self.service.channels.values(), &wanted)?);
        // As it is dialled in its country, too: the network knows it with its country code.
        let home = self.service.country(&channel.country);
        let parsed = home.and_then(|c| c.numbering.parse(number).ok());
        let number = match parsed {
            Some(parsed) => Subscriber::parse(parsed.msisdn.e164())?,
            None => Subscriber::parse(number)?,
        };
        let phone = Handset::new(self.client.clone(), self.url, Arc::clone(&channel), number)?;
        Ok((channel, phone))
    }
}

impl Line {
    /// Calls `go` with what can be reached; without `--url` a gateway is raised on a stage of its
    /// own for as long as that takes.
    pub async fn with<T>(
        &self,
        go: impl AsyncFnOnce(Reached<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let config = stage::load(self.folder.config.as_deref())?;
        if let Some(url) = &self.url {
            let client =
                Client::new(Limits::default()).context("the HTTP client cannot be made")?;
            let url = url.trim_end_matches('/');
            let service = &config.service;
            return go(Reached {
                client: &client,
                url,
                service,
            })
            .await;
        }
        let data = Data::Fresh(Scratch::new()?);
        let any = ([127, 0, 0, 1], 0).into();
        let Stage {
            url,
            app,
            service,
            client,
        } = stage::raise(config, Sockets::bind(any, any)?, &data).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(app.run(async {
            // A dropped sender stops it too.
            let _ = stopped.await;
        }));
        let done = go(Reached {
            client: &client,
            url: &url,
            service: &service,
        })
        .await;
        drop(stop);
        running.await??;
        done
    }
}

impl Dial {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        super::runtime()?.block_on(self.call())?;
        Ok(ExitCode::SUCCESS)
    }

    /// The call, until it ends or there is nothing more to press.
    async fn call(&self) -> anyhow::Result<()> {
        self.to
            .with(async |reached| {
                let channel = self.to.channel.as_deref();
                let (_, mut phone) = reached.phone(&self.from, &self.code, channel)?;
                let mut shown = phone.dial(&self.code).await?.shown;
                print(&shown)?;
                let mut keys = self.keys.as_deref().map(split).map(Vec::into_iter);
                while !shown.ends {
                    let next = match &mut keys {
                        Some(keys) => keys.next(),
                        None => ask()?,
                    };
                    let Some(typed) = next else {
                        phone.hang_up().await?;
                        return Ok(());
                    };
                    if keys.is_some() {
                        println!("> {typed}");
                    }
                    shown = phone.press(&typed).await?.shown;
                    print(&shown)?;
                }
                Ok(())
            })
            .await
    }
}

/// Splits at commas that no backslash precedes.
fn split(keys: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut chars = keys.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(',')) => {
                chars.next();
                if let Some(last) = out.last_mut() {
                    last.push(',');
                }
            }
            (',', _) => out.push(String::new()),
            _ => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out
}

/// A screen, framed on a terminal and plain in a pipe.
fn print(shown: &Shown) -> anyhow::Result<()> {
    let text = shown.text.as_str();
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        let width = text
            .lines()
            .map(|l| l.chars().count())
            .max()
            .unwrap_or(0)
            .max(24);
        writeln!(out, "┌{}┐", "─".repeat(width + 2))?;
        for line in text.lines() {
            writeln!(
                out,
                "│ {line}{} │",
                " ".repeat(width - line.chars().count())
            )?;
        }
        writeln!(out, "└{}┘", "─".repeat(width + 2))?;
    } else {
        writeln!(out, "{text}\n")?;
    }
    Ok(())
}

/// What the person types; `None` when they hang up (Ctrl-D).
fn ask() -> anyhow::Result<Option<String>> {
    print!("> ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_split_at_commas_and_a_text_may_hold_one() {
        assert_eq!(
            super::split(r"1,2,Attente\, bruit,1"),
            ["1", "2", "Attente, bruit", "1"]
        );
        assert_eq!(super::split(""), [""]);
    }
}
