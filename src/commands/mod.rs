//! The commands, one file each; names and meanings are the contract's.

mod audit;
pub mod check;
mod citizen;
mod deliveries;
mod desk;
mod demo;
mod dial;
mod register;
pub mod menu;
mod progress;
mod records;
mod retention;
mod secret;
mod serve;
mod stage;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// An SMS and USSD gateway for public life: any phone takes part, no internet needed.
#[derive(Parser)]
#[command(name = "passerelle", version, about, propagate_version = true)]
struct Passerelle {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try everything in one process: a phone and an institution's inbox in the browser.
    Demo(demo::Demo),
    /// Run the service.
    Serve(serve::Serve),
    /// Prove the configuration and the menus.
    Check(check::Check),
    /// Dial a service code: a phone in the terminal.
    Dial(dial::Dial),
    /// Text a short code: a phone in the terminal.
    Text(text::Text),
    /// Tell an aggregator where to call us.
    Register(register::Register),
    /// See what went to institutions and what did not, and send it again.
    Deliveries(deliveries::Deliveries),
    /// Change secrets.
    Secret(secret::Secret),
    /// A person's rights over their data: what is held, and erasure.
    Citizen(citizen::Citizen),
    /// Who read or changed what, and whether that account still holds.
    Audit(audit::Audit),
    /// Have go what has been kept for as long as its country says, or say what would.
    Retention(retention::Retention),
    /// Look at the menus.
    Menu(menu::Menu),
    /// Move the records to another database.
    Records(records::Records),
}

/// Where the configuration is.
#[derive(clap::Args)]
struct Folder {
    /// The configuration's folder [default: ./config if there is one, else the sample inside the program].
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
}

/// Parses the command line and carries out the command.
pub fn main() -> ExitCode {
    Passerelle::parse().run()
}

impl Passerelle {
    /// Carries out the command; what goes wrong is said on standard error, with its causes.
    fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Demo(command) => command.run(),
            Command::Serve(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Dial(command) => command.run(),
            Command::Text(command) => command.run(),
            Command::Register(command) => command.run(),
            Command::Deliveries(command) => command.run(),
            Command::Secret(command) => command.run(),
            Command::Citizen(command) => command.run(),
            Command::Audit(command) => command.run(),
            Command::Retention(command) => command.run(),
            Command::Menu(command) => command.run(),
            Command::Records(command) => command.run(),
        };
        done.unwrap_or_else(|error| {
            eprintln!("passerelle: {error:#}");
            ExitCode::FAILURE
        })
    }
}

/// A runtime for commands that wait for things.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // Citizens are served by threads of their own, one a core. Couriers that had as many besides
    // would mostly wake one another.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads((cores / 2).max(1))
        .enable_all()
        .build()?)
}
