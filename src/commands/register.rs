//! `passerelle register`: tells an aggregator where to call us.

use std::fmt::Write;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::Folder;
use crate::aggregators::{Registered, Registration};
use crate::client::{Client, Limits};
use crate::config::{Config, Rules};
use crate::domain::channel::Channel;
use crate::domain::redact::Secret;
use crate::flows::register;

/// Tell an aggregator where to call us, where its API takes that (`mtn-madapi`).
#[derive(clap::Args)]
pub struct Register {
    #[command(flatten)]
    folder: Folder,
    /// The channel: the name of its file, without `.toml`.
    channel: String,
    /// Print the requests, secrets hidden, and send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Credentials that are no secrets: a request is easier to check when they are seen.
const PLAIN: [&str; 3] = ["url", "sender", "service_code"];

impl Register {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        // Nothing is sent in a dry run: it needs no secrets.
        let rules = if self.dry_run {
            Rules::CHECK
        } else {
            Rules::SERVE
        };
        let folder = self.folder.config.as_ref();
        let config = match super::serve::load(folder, &rules, std::io::stderr().is_terminal()) {
            Ok(config) => config,
            Err(report) => {
                eprint!("{report}");
                bail!("the configuration is not sound: nothing was registered");
            }
        };
        let channel = channel(&config, &self.channel)?;
        let public_url = config.server.public_url.trim_end_matches('/');
        if self.dry_run {
            for registration in register::registrations(&hidden(&channel), public_url) {
                println!("{}", shown(&registration));
            }
            return Ok(ExitCode::SUCCESS);
        }
        super::runtime()?.block_on(carry_out(&config, &channel, public_url))
    }
}

fn channel(config: &Config, id: &str) -> anyhow::Result<Arc<Channel>> {
    let channels = &config.service.channels;
    let mut known: Vec<&str> = channels.keys().map(String::as_str).collect();
    known.sort_unstable();
    let found = channels.get(id).cloned();
    let channel = found
        .with_context(|| format!("there is no channel {id}: there are {}", known.join(", ")))?;
    if register::registrations(&channel, "").is_empty() {
        let aggregator = &channel.aggregator;
        bail!(
            "{aggregator} has nothing to register for {id}: give it the channel's addresses in \
             the way that it asks for"
        );
    }
    Ok(channel)
}

async fn carry_out(
    config: &Config,
    channel: &Channel,
    public_url: &str,
) -> anyhow::Result<ExitCode> {
    let client = Client::new(Limits {
        connect: config.delivery.connect_timeout,
        whole: config.delivery.timeout,
        body: config.delivery.max_answer,
    })
    .context("the HTTP client cannot be made: are the system's certificates (ca-certificates) installed?")?;
    eprintln!("Callbacks are to come to {public_url} (server.public_url).");
    let mut ended = ExitCode::SUCCESS;
    for registration in register::registrations(channel, public_url) {
        let Registration { what, code, .. } = &registration;
        match register::register(&client, channel, &registration).await {
            Ok(Registered::Now { id: Some(id) }) => println!("{what} {code}: registered as {id}"),
            Ok(Registered::Now { id: None }) => println!("{what} {code}: registered"),
            Ok(Registered::Before) => println!("{what} {code}: was registered already"),
            Ok(Registered::Refused { why }) => {
                println!("{what} {code}: refused: {why}");
                ended = ExitCode::FAILURE;
            }
            Err(why) => {
                println!("{what} {code}: {why}");
                ended = ExitCode::FAILURE;
            }
        }
    }
    Ok(ended)
}

/// The channel with every secret gone, so that none can be in what is made of it.
fn hidden(channel: &Channel) -> Channel {
    let mut channel = channel.clone();
    let hide = || Secret::new("hidden");
    channel.access.secret = channel.access.secret.map(|_| hide());
    channel.access.signature = channel.access.signature.map(|_| hide());
    for (name, value) in &mut channel.credentials.0 {
        if !PLAIN.contains(&name.as_str()) {
            *value = hide();
        }
    }
    channel
}

/// A request as it would go over the wire.
fn shown(registration: &Registration) -> String {
    let Registration {
        what,
        code,
        request,
    } = registration;
    let mut out = format!("# {what} {code}\n{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    if let Some(oauth) = &request.oauth {
        let _ = writeln!(out, "Authorization: Bearer (a token from {})", oauth.url);
    }
    let _ = writeln!(out, "\n{}", String::from_utf8_lossy(&request.body));
    out
}
