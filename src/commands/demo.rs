//! `passerelle demo`: everything in one process, with nothing to install.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use super::Folder;
use super::stage::{self, Data, Scratch};
use crate::app::{self, Sockets};
use crate::config::Config;
use crate::telemetry;

/// Try everything in one process: a phone and an institution's inbox in the browser.
#[derive(clap::Args)]
pub struct Demo {
    /// Keep the records in this folder [default: a fresh temporary folder, removed at the end].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        telemetry::start();
        let config = stage::load(self.folder.config.as_deref())?;
        let data = match self.data {
            Some(folder) => Data::Kept(folder),
            None => Data::Fresh(Scratch::new()?),
        };
        super::runtime()?.block_on(demo(config, &data))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn demo(config: Config, data: &Data) -> anyhow::Result<()> {
    let sockets = sockets(&config)?;
    let stage = stage::raise(config, sockets, data).await?;
    println!(
        "passerelle demo is ready. Open this in a browser:\n\n    {}/simulator\n",
        stage.url
    );
    if let Data::Kept(folder) = data {
        println!("Records are kept in {}.", folder.display());
    }
    println!("Press Ctrl-C to stop.");
    stage.app.run(app::asked_to_stop()).await
}

/// The configured addresses, or any free ones on this machine if those are taken.
fn sockets(config: &Config) -> anyhow::Result<Sockets> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Sockets::bind(config.server.listen, any).or_else(|_| Sockets::bind(any, any))
}
