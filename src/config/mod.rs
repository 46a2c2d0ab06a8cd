//! Files and environment in, a checked [`Config`] out: the only reader of disk and environment.
//!
//! What was written becomes what it means in one pass, and everything that is wrong is found at
//! once, each with its place. Nothing behind this door checks again.

mod channels;
mod countries;
mod emails;
mod environment;
mod excerpt;
mod files;
mod gate;
mod institutions;
mod locales;
mod menus;
mod nearest;
mod places;
mod problem;
mod proof;
mod render;
mod settings;
mod sheet;
mod templates;
mod texts;
mod ties;
mod values;
mod webhooks;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use channels::{AGGREGATORS, default_url};
pub use environment::Environment;
pub use files::Files;
pub use problem::{Area, Problem, Report, Severity};
pub use settings::{Delivery, Email, Key, Limits, Privacy, Records, Server, Sessions, Settings};
pub use webhooks::EVENTS;

use crate::domain::channel::Channel;
use crate::domain::menu::prove::{Row, Sent};
use crate::domain::service::Service;
use gate::{Gate, Spot};

/// A configuration that was checked whole.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[records]`
    pub records: Records,
    /// `[privacy]`
    pub privacy: Privacy,
    /// `[delivery]`
    pub delivery: Delivery,
    /// `[limits]`
    pub limits: Limits,
    /// `[email]`, if there is one.
    pub email: Option<Email>,
    /// Whether `/simulator` is served.
    pub simulator: bool,
    /// Countries, channels, institutions, menus, texts and places.
    pub service: Arc<Service>,
    /// What the menus ask of a citizen, by menu and language.
    pub table: Vec<Row>,
    /// What each text that is sent costs.
    pub sent: Vec<Sent>,
    /// What is not wrong but worth knowing: warnings and notes.
    pub remarks: Report,
}

/// Whether secrets must be at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// A secret that is not there is an error: the service is about to start.
    Required,
    /// It is a warning, and the secret empty: files are proved where the secrets are not.
    Optional,
}

/// By which rules the files are judged.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Whether secrets must be at hand.
    pub secrets: Secrets,
    /// The aggregators that channels may name.
    pub aggregators: &'a [&'a str],
}

impl Rules<'static> {
    /// For a service that is about to start.
    pub const SERVE: Self = Self {
        secrets: Secrets::Required,
        aggregators: &AGGREGATORS,
    };
    /// For proving the files anywhere. What loads by these rules may hold empty secrets and must
    /// not face the world.
    pub const CHECK: Self = Self {
        secrets: Secrets::Optional,
        aggregators: &AGGREGATORS,
    };
}

/// Reads and checks everything.
///
/// # Errors
/// A [`Report`] with every problem, warnings and notes included, if one of them is an error.
pub fn load(files: &Files, environment: &Environment, rules: &Rules<'_>) -> Result<Config, Report> {
    let gate = Gate::new(files, environment, rules);
    let settings = settings::read(&gate);
    let (service, (table, sent)) = service(&gate, settings.email.is_some());
    gate.unread();
    let remarks = gate.report().below(files.root());
    if remarks.has_errors() {
        return Err(remarks);
    }
    Ok(Config {
        server: settings.server,
        sessions: settings.sessions,
        records: settings.records,
        privacy: settings.privacy,
        delivery: settings.delivery,
        limits: settings.limits,
        email: settings.email,
        simulator: settings.simulator,
        service: Arc::new(service),
        table,
        sent,
        remarks,
    })
}

/// A length of time as settings write it: `24h`, `7 days`.
///
/// # Errors
/// What would be right.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    values::duration(text)
}

/// Each file in an order in which it can be checked against those before it; `relay` is whether
/// mail can be sent.
fn service(gate: &Gate<'_>, relay: bool) -> (Service, (Vec<Row>, Vec<Sent>)) {
    let locales = locales::read(gate);
    let atlas = places::read(gate);
    let countries = countries::read(gate, &locales, &atlas);
    let institutions = institutions::read(gate, &countries, &locales, &atlas, relay);
    countries::check_desks(gate, &countries, &institutions.countries);
    let menus = menus::read(gate);
    let menu_ids: Vec<&str> = menus.keys().map(String::as_str).collect();
    let channels = channels::read(gate, &countries, &menu_ids);
    texts::check(gate, &countries, &channels, &menus, &locales);

    let mut texts = texts::compile(&locales);
    let linked = menus.iter().filter_map(|(id, menu)| {
        let menu = menus::compile(id, menu.as_ref()?, &mut texts)?;
        Some((id.clone(), Arc::new(menu)))
    });
    let linked: HashMap<_, _> = linked.collect();
    let service = Service {
        version: gate.files.version(),
        countries: countries
            .into_values()
            .filter_map(|checked| Some(checked?.country))
            .collect(),
        channels: shared(channels),
        institutions: institutions.all,
        menus: linked,
        texts,
        lexicon: words::read(gate),
        places: atlas.places,
    };
    let table = proof::check(gate, &service, &menus, &locales);
    (service, table)
}

fn shared(channels: BTreeMap<String, Channel>) -> HashMap<String, Arc<Channel>> {
    let each = |(id, channel)| (id, Arc::new(channel));
    channels.into_iter().map(each).collect()
}

/// A file's name is an id, and ids stand in addresses.
fn check_id(gate: &Gate<'_>, id: &str, path: &str) {
    if !values::is_id(id) {
        let help = "its name is its id: use a–z, 0–9 and `-`";
        gate.error(
            &Spot::of(path, 0..0),
            "this file's name cannot be an id",
            help,
        );
    }
}
