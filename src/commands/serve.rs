//! `passerelle serve`: the service.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::Folder;
use crate::app::{self, App, Parts, Sockets};
use crate::config::{self, Config, Environment, Files, Rules};
use crate::telemetry;

/// Run the service.
#[derive(clap::Args)]
pub struct Serve {
    #[command(flatten)]
    folder: Folder,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        telemetry::start();
        let folder = self.folder.config;
        let config = match load(
            folder.as_ref(),
            &Rules::SERVE,
            std::io::stderr().is_terminal(),
        ) {
            Ok(config) => config,
            Err(report) => {
                eprint!("{report}");
                bail!("the configuration is not sound: nothing was started");
            }
        };
        let runtime = super::runtime()?;
        let served = runtime.block_on(serve(config, folder));
        // A name that is being looked up is not waited for.
        runtime.shutdown_background();
        served.map(|()| ExitCode::SUCCESS)
    }
}

async fn serve(mut config: Config, folder: Option<PathBuf>) -> anyhow::Result<()> {
    let sockets = Sockets::bind(config.server.listen, config.server.admin_listen)?;
    if config.server.listen.port() == 0 && config.server.public_url.ends_with(":0") {
        config.server.public_url = format!("http://{}", sockets.public()?);
    }
    let (public, admin) = (sockets.public()?, sockets.admin()?);
    let load = Arc::new(move || load(folder.as_ref(), &Rules::SERVE, false));
    if config.simulator {
        tracing::warn!("server.simulator is for `demo`: `serve` has no stage to play on");
    }
    let parts = Parts {
        sockets,
        simulator: None,
        load,
    };
    let app = App::build(config, parts)
        .await
        .context("passerelle cannot start")?;
    tracing::info!(%public, %admin, "passerelle is ready");
    let stop = async {
        app::asked_to_stop().await;
        app::end_in_time();
    };
    app.run(stop).await
}

/// The files, checked with their secrets; the error is the whole report.
pub(super) fn load(
    folder: Option<&PathBuf>,
    rules: &Rules<'_>,
    colour: bool,
) -> Result<Config, String> {
    let files = Files::find(folder.map(PathBuf::as_path))
        .map_err(|why| format!("the configuration cannot be read: {why}\n"))?;
    config::load(&files, &Environment::process(), rules).map_err(|report| report.text(colour))
}
