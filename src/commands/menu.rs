//! `passerelle menu graph`: draws the menus.

mod graph;
mod mermaid;
mod svg;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::Folder;
use super::stage;
use crate::domain::service::Service;
use graph::Graph;

/// How a menu is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// A picture.
    #[default]
    Svg,
    /// A flowchart for pages that draw Mermaid.
    Mermaid,
}

/// Look at the menus.
#[derive(clap::Args)]
pub struct Menu {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Draw a menu: its screens, and which key leads where.
    Graph(Draw),
}

#[derive(clap::Args)]
struct Draw {
    #[command(flatten)]
    folder: Folder,
    /// How it is drawn.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Which menu, where there are several.
    #[arg(long, value_name = "ID")]
    menu: Option<String>,
}

impl Menu {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let What::Graph(draw) = self.what;
        let config = stage::load(draw.folder.config.as_deref())?;
        let drawn = drawn(&config.service, draw.menu.as_deref(), draw.format)?;
        std::io::stdout().lock().write_all(drawn.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A menu drawn, with its texts in the default language of the first country that it serves.
///
/// # Errors
/// If there is no such menu, or none is named where there are several.
pub fn drawn(service: &Service, menu: Option<&str>, format: Format) -> anyhow::Result<String> {
    let mut ids: Vec<&str> = service.menus.keys().map(String::as_str).collect();
    ids.sort_unstable();
    let listed = || ids.join(", ");
    let id = match (menu, ids.as_slice()) {
        (Some(id), _) => id,
        (None, [only]) => only,
        (None, []) => bail!("there is no menu"),
        (None, _) => bail!("which menu? `--menu` is one of: {}", listed()),
    };
    let menu = service.menus.get(id);
    let menu = menu.with_context(|| format!("there is no menu `{id}`; one of: {}", listed()))?;
    let graph = Graph::of(service, menu);
    Ok(match format {
        Format::Svg => svg::draw(&graph),
        Format::Mermaid => mermaid::draw(&graph),
    })
}
