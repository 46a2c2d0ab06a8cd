//! The very program that is shipped, on free ports, with stub partners.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use passerelle::app::{App, Parts, Sockets};
use passerelle::config::{self, Config, Environment, Files, Key, Rules};
use passerelle::domain::citizen::Keyring;
use passerelle::domain::institution::Webhook;
use passerelle::domain::reach::Reach;
use passerelle::domain::redact::Secret;
use passerelle::domain::vault::PhoneKey;
use passerelle::flows::keys;
use passerelle::store::Records;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::partner::Partner;

/// The secret of every receiver in these tests.
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// One phone may say whatever it likes, as often as it likes.
const UNLIMITED: config::Limits = config::Limits {
    at_once: 0,
    then_every: Duration::ZERO,
    same_text: 0,
    same_within: Duration::ZERO,
};

/// A running gateway.
pub struct Gateway {
    pub url: String,
    pub admin: String,
    pub http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    folder: Arc<TempDir>,
}

/// What a test wants of its gateway.
pub struct Wanted<'a> {
    /// Where every institution's events go.
    pub receiver: Option<&'a Partner>,
    /// Whose events go elsewhere, and where.
    pub elsewhere: Option<(&'a str, String)>,
    /// How long an exchange may take, if not as usual.
    pub timeout: Option<Duration>,
    /// Where every channel sends.
    pub aggregator: Option<&'a Partner>,
    /// `memory:` or a Redis.
    pub sessions: String,
    /// Where the records are: another gateway's, to share or take over.
    pub folder: Option<Arc<TempDir>>,
    /// The address of its records, if they are not in the folder.
    pub records: Option<String>,
    /// Channels in place of the shipped ones: id, and file as an operator writes it. They stay as
    /// written, but that `{aggregator}` is the aggregator's address.
    pub channels: &'a [(&'a str, &'a str)],
    /// Texts replaced in the files: file, what stands there, what is to stand there.
    pub edits: &'a [(&'a str, &'a str, &'a str)],
    /// Files put in whole, in place of the shipped ones or beside them: path and text.
    pub files: &'a [(&'a str, &'a str)],
    /// What one phone may say, where a test is about that.
    pub limits: Option<config::Limits>,
    /// How the world reaches the gateway, if not directly.
    pub public_url: Option<&'a str>,
    /// Countries whose records are elsewhere, and where.
    pub own_records: BTreeMap<String, Secret>,
    /// Countries whose dialogues are elsewhere, and where.
    pub own_sessions: BTreeMap<String, Secret>,
    /// The phone keys, the one in force first.
    pub phone_keys: Vec<[u8; 32]>,
    /// Whether this machine is a reverse proxy that is believed.
    pub behind_proxy: bool,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self {
            receiver: None,
            elsewhere: None,
            timeout: None,
            aggregator: None,
            sessions: "memory:".into(),
            folder: None,
            records: None,
            channels: &[],
            edits: &[],
            files: &[],
            limits: None,
            public_url: None,
            own_records: BTreeMap::new(),
            own_sessions: BTreeMap::new(),
            phone_keys: vec![[7; 32]],
            behind_proxy: false,
        }
    }
}

/// The shipped files, with other channels if there are any.
pub fn files(channels: &[(&str, &str)], aggregator: &str) -> Files {
    let mut files = Files::embedded();
    if channels.is_empty() {
        return files;
    }
    let shipped: Vec<String> = files.paths().map(str::to_owned).collect();
    for path in shipped.iter().filter(|p| p.starts_with("channels/")) {
        files.remove(path);
    }
    for (id, text) in channels {
        let text = text.replace("{aggregator}", aggregator);
        files.insert(&format!("channels/{id}.toml"), text);
    }
    files
}

/// Reads files by the rules that need no secrets.
pub fn loaded(files: &Files) -> Config {
    let environment = Environment::of([] as [(&str, &str); 0]);
    config::load(files, &environment, &Rules::CHECK)
        .unwrap_or_else(|report| panic!("{}", report.text(false)))
}

impl Gateway {
    pub async fn start(wanted: Wanted<'_>) -> Self {
        let folder = wanted
            .folder
            .clone()
            .unwrap_or_else(|| Arc::new(TempDir::new().expect("a folder")));
        let any = ([127, 0, 0, 1], 0).into();
        let sockets = Sockets::bind(any, any).expect("free ports");
        let url = format!("http://{}", sockets.public().expect("an address"));
        let admin = format!("http://{}", sockets.admin().expect("an address"));
        let aggregator = wanted.aggregator.map_or("http://127.0.0.1:9", |a| &a.url);
        let mut files = files(wanted.channels, aggregator);
        for (file, from, to) in wanted.edits {
            let text = std::str::from_utf8(files.get(file).expect("a file")).expect("UTF-8");
            assert!(text.contains(from), "`{from}` does not stand in {file}");
            let text = text.replace(from, to);
            files.insert(file, text);
        }
        for (file, text) in wanted.files {
            files.insert(file, (*text).to_owned());
        }
        let mut config = loaded(&files);
        config.limits = wanted.limits.clone().unwrap_or(UNLIMITED);
        config.server.public_url = wanted.public_url.unwrap_or(&url).to_owned();
        if wanted.behind_proxy {
            config.server.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        }
        config.sessions.url = Secret::new(wanted.sessions.clone());
        config.sessions.by_country.clone_from(&wanted.own_sessions);
        config.records.by_country.clone_from(&wanted.own_records);
        config.records.url = match &wanted.records {
            Some(url) => Secret::new(url.clone()),
            None => database(folder.path()),
        };
        let mut keys = wanted.phone_keys.iter().map(|key| Key::new(*key));
        config.privacy.key = keys.next();
        config.privacy.previous_keys = keys.collect();
        config.delivery.timeout = wanted.timeout.unwrap_or(config.delivery.timeout);
        plug(&mut config, &wanted);
        let parts = Parts {
            sockets,
            simulator: None,
            load: Arc::new(|| Err("not in this test".into())),
        };
        let app = App::build(config, parts).await.expect("a gateway");
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(app.run(async {
            let _ = stopped.await;
        }));
        Self {
            url,
            admin,
            http: reqwest::Client::new(),
            stop: Some(stop),
            running: Some(running),
            folder,
        }
    }

    /// The folder of its records.
    pub fn folder(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    /// Stops it as SIGTERM would; its records stay for the next.
    pub async fn stop(mut self) -> Arc<TempDir> {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.expect("ends").expect("well");
        }
        Arc::clone(&self.folder)
    }

    /// Posts a body to a callback; answers status and body.
    pub async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> (u16, String) {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header("Content-Type", content_type)
            .header("X-Passerelle-Secret", "secret")
            .body(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a body"))
    }

    /// Posts a form to a callback.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.post(path, "application/x-www-form-urlencoded", body)
            .await
    }

    /// Calls the API as an institution.
    pub fn api(
        &self,
        method: reqwest::Method,
        path: &str,
        institution: &str,
    ) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(format!("token of {institution}"))
    }
}

/// The record store in a folder.
pub fn database(folder: &Path) -> Secret {
    Secret::new(format!("sqlite:{}", folder.join("passerelle.db").display()))
}

/// The keys in use of a gateway's records.
pub async fn keys(records: &Records) -> Keyring {
    let keys = keys::open(records, &[PhoneKey::new(&[7; 32])], 0).await;
    keys.expect("its phone key")
}

/// Has every institution listen at a partner's address, under its id.
pub fn listening_at(config: &mut Config, receiver: &str) {
    let service = Arc::get_mut(&mut config.service).expect("fresh");
    for institution in &mut service.institutions {
        institution.webhooks = vec![Webhook::new(
            format!("{receiver}/{}", institution.id),
            Reach::Private,
            Secret::new(WEBHOOK_SECRET),
            &["feedback.*", "reply.*"],
        )];
    }
}

fn plug(config: &mut Config, wanted: &Wanted<'_>) {
    let service = Arc::get_mut(&mut config.service).expect("fresh");
    for institution in &mut service.institutions {
        institution.token = Some(Secret::new(format!("token of {}", institution.id)));
        institution.webhooks = wanted
            .receiver
            .iter()
            .map(|partner| {
                Webhook::new(
                    format!("{}/{}", partner.url, institution.id),
                    Reach::Private,
                    Secret::new(WEBHOOK_SECRET),
                    &["feedback.*", "reply.*"],
                )
            })
            .collect();
        for webhook in &mut institution.webhooks {
            if let Some((_, url)) = wanted.elsewhere.as_ref().filter(|e| e.0 == institution.id) {
                webhook.url.clone_from(url);
            }
        }
    }
    for channel in service.channels.values_mut() {
        if !wanted.channels.is_empty() {
            break;
        }
        let channel = Arc::make_mut(channel);
        channel.access.allow.clear();
        channel.access.secret = Some(Secret::new("secret"));
        let credentials = &mut channel.credentials.0;
        if let Some(partner) = wanted.aggregator {
            credentials.insert("url".into(), Secret::new(partner.url.clone()));
        }
    }
}
