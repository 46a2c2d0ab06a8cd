//! The stage of `demo`, `dial` and `text`: the configured service with its partners played by the
//! simulator. The gateway on it is the one of `serve`, over real HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::{App, Load, Parts, Sockets};
use crate::client::{Client, Limits};
use crate::config::{self, Config, Environment, Files, Key, Privacy, Rules};
use crate::domain::institution::Webhook;
use crate::domain::reach::Reach;
use crate::domain::redact::Secret;
use crate::domain::service::Service;
use crate::flows::clock::random;
use crate::simulator::{Inbox, Plan, Simulator};

/// Loads a configuration whose secrets need not be at hand.
pub fn load(folder: Option<&Path>) -> anyhow::Result<Config> {
    let files = Files::find(folder).context("the configuration cannot be read")?;
    config::load(&files, &Environment::process(), &Rules::CHECK)
        .map_err(|report| anyhow!("{}the configuration is not sound", report.text(false)))
}

/// Where a stage keeps its records.
pub enum Data {
    /// In a folder of the person's choice, kept.
    Kept(PathBuf),
    /// In a fresh temporary folder, removed at the end.
    Fresh(Scratch),
}

/// A temporary folder that goes with the process.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new folder that only this user can enter.
    pub fn new() -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let name = format!("passerelle-{:016x}", u64::from_be_bytes(random()));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is only a temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Data {
    fn folder(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Fresh(scratch) => &scratch.0,
        }
    }

    /// The key that seals numbers: kept beside kept records, or they could not be opened again.
    fn key(&self) -> anyhow::Result<Key> {
        let Self::Kept(folder) = self else {
            return Ok(Key::new(random()));
        };
        let path = folder.join("privacy.key");
        if let Ok(text) = std::fs::read_to_string(&path) {
            let bytes = STANDARD
                .decode(text.trim())
                .ok()
                .and_then(|b| b.try_into().ok());
            return Ok(Key::new(
                bytes.with_context(|| format!("{} is not a key", path.display()))?,
            ));
        }
        let key = random();
        write_private(&path, &STANDARD.encode(key))?;
        Ok(Key::new(key))
    }
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

/// A stage with its lights on: where it is, and what runs on it.
pub struct Stage {
    /// `http://127.0.0.1:8080`
    pub url: String,
    /// The gateway.
    pub app: App,
    /// The service, as plugged to the stage.
    pub service: Arc<Service>,
    /// Reaches the gateway as aggregators do.
    pub client: Client,
}

/// Plugs a configuration to the stage: records in `data`, sessions in this process, partners played.
pub async fn raise(mut config: Config, sockets: Sockets, data: &Data) -> anyhow::Result<Stage> {
    let url = format!("http://{}", sockets.public()?);
    std::fs::create_dir_all(data.folder())?;
    config.server.public_url.clone_from(&url);
    config.privacy = Privacy {
        key: Some(data.key()?),
        ..Privacy::default()
    };
    config.records.url = Secret::new(format!(
        "sqlite:{}",
        data.folder().join("passerelle.db").display()
    ));
    // A rehearsal keeps nothing where the service keeps it.
    config.records.by_country.clear();
    config.sessions.by_country.clear();
    plug(&mut config, &url)?;
    let client = Client::new(Limits::default()).context("the HTTP client cannot be made")?;
    let service = Arc::clone(&config.service);
    let simulator = Simulator::new(Plan {
        base_url: url.clone(),
        channels: service.channels.values().cloned().collect(),
        inboxes: inboxes(&service),
        client: client.clone(),
    });
    let load: Load =
        Arc::new(|| Err("the stage of `demo` does not load again: start it anew\n".into()));
    let parts = Parts {
        sockets,
        simulator: Some(simulator),
        load,
    };
    let app = App::build(config, parts).await?;
    Ok(Stage {
        url,
        app,
        service,
        client,
    })
}

/// Gives every partner fresh secrets and the stage's address.
fn plug(config: &mut Config, url: &str) -> anyhow::Result<()> {
    let service = Arc::get_mut(&mut config.service).context("the configuration is in use")?;
    for institution in &mut service.institutions {
        // A rehearsal sends no mail.
        institution.emails.clear();
        institution.webhooks = vec![Webhook::new(
            format!("{url}/simulator/inbox/{}", institution.id),
            Reach::Private,
            Secret::new(format!("whsec_{}", STANDARD.encode(random::<32>()))),
            &["*"],
        )];
        institution.token = Some(Secret::new(STANDARD.encode(random::<32>())));
    }
    for (id, channel) in &mut service.channels {
        let channel = Arc::make_mut(channel);
        // `dial --url` and anyone with curl on this machine may call too.
        channel.access.allow = [[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()]
            .map(|here: std::net::IpAddr| here.into())
            .to_vec();
        channel.access.secret = Some(Secret::new(STANDARD.encode(random::<18>())));
        let credentials = &mut channel.credentials.0;
        for value in credentials.values_mut().filter(|v| v.expose().is_empty()) {
            *value = Secret::new("demo");
        }
        credentials.insert(
            "url".into(),
            Secret::new(format!("{url}/simulator/aggregators/{id}")),
        );
    }
    Ok(())
}

fn inboxes(service: &Service) -> Vec<Inbox> {
    service
        .institutions
        .iter()
        .map(|institution| {
            let language = service
                .country(&institution.country)
                .map_or("", |c| c.default_language.as_str());
            Inbox {
                id: institution.id.clone(),
                name: institution.name(language).to_owned(),
                country: institution.country.clone(),
                secret: institution
                    .webhooks
                    .first()
                    .map(|w| w.secrets.current().clone())
                    .unwrap_or_default(),
                token: institution.token.clone().unwrap_or_default(),
            }
        })
        .collect()
}
