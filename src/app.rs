//! The fuse box: the only place where parts are plugged together.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App as Web, HttpServer};
use anyhow::Context;

use crate::client::mail::Mailer;
use crate::client::{Client, Limits};
use crate::config::Config;
use crate::domain::redact::Secret;
use crate::domain::vault::PhoneKey;
use crate::flows::borders::Gateways;
use crate::flows::clock::Clock;
use crate::flows::post::Post;
use crate::flows::{Gateway, Settings, keys};
use crate::simulator::{self, Simulator};
use crate::store::records::Records;
use crate::store::sessions::Sessions;
use crate::web::{self, Door, Reload};
use crate::workers::Couriers;

/// In-flight answers get this long when the service is told to stop: a text waits for its record
/// five seconds at most.
const FINISH_WITHIN_S: u64 = 6;
/// Whatever hangs, the process has ended so long after it was told to stop.
const GONE_WITHIN: Duration = Duration::from_millis(9500);

/// Loads the files again; the error is the whole report.
pub type Load = Arc<dyn Fn() -> Result<Config, String> + Send + Sync>;

/// The sockets, bound before anything else: with port 0 their addresses are not known earlier.
pub struct Sockets {
    public: TcpListener,
    admin: TcpListener,
}

impl Sockets {
    /// Binds both.
    ///
    /// # Errors
    /// When an address is taken or not ours.
    pub fn bind(public: SocketAddr, admin: SocketAddr) -> anyhow::Result<Self> {
        let bind = |address: SocketAddr, what: &str, variable: &str| {
            TcpListener::bind(address).with_context(|| {
                format!("cannot listen on {address} ({what}); set {variable} to another address")
            })
        };
        Ok(Self {
            public: bind(public, "callbacks, API, pages", "PASSERELLE_SERVER__LISTEN")?,
            admin: bind(
                admin,
                "health and metrics",
                "PASSERELLE_SERVER__ADMIN_LISTEN",
            )?,
        })
    }

    /// Where callbacks, API and pages are.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn public(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.public.local_addr()?)
    }

    /// Where health and metrics are.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn admin(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.admin.local_addr()?)
    }
}

/// What a process is made of, beyond its configuration.
pub struct Parts {
    /// The sockets.
    pub sockets: Sockets,
    /// The rehearsal stage, if it is switched on.
    pub simulator: Option<Arc<Simulator>>,
    /// How to load the files again.
    pub load: Load,
}

/// A gateway ready to run.
pub struct App {
    gateways: Arc<Gateways>,
    simulator: Option<Arc<Simulator>>,
    servers: Vec<Server>,
    load: Load,
}

impl App {
    /// Plugs everything together. Nothing is answered before [`App::run`].
    ///
    /// # Errors
    /// When a store cannot be opened or the client not be made.
    pub async fn build(config: Config, parts: Parts) -> anyhow::Result<Self> {
        let phone_keys = phone_keys(&config)
            .context("PASSERELLE_PRIVACY__KEY is not set: it seals citizens' numbers. Make one with: head -c 32 /dev/urandom | base64")?;
        let limits = Limits {
            connect: config.delivery.connect_timeout,
            whole: config.delivery.timeout,
            body: config.delivery.max_answer,
        };
        let client = Client::new(limits)
        .context("the HTTP client cannot be made: are the system's certificates (ca-certificates) installed?")?;
        let gateways = Arc::new(gateways(&config, &phone_keys, &client, limits).await?);
        let (public, admin) = (
            public(&config, &gateways, &parts)?,
            admin(&gateways, &parts)?,
        );
        let servers = vec![public, admin];
        Ok(Self {
            gateways,
            simulator: parts.simulator,
            servers,
            load: parts.load,
        })
    }

    /// Serves until `stop` resolves, then finishes what is under way: answers first, then couriers.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn run(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let couriers: Vec<Couriers> = self
            .gateways
            .all()
            .into_iter()
            .map(Couriers::start)
            .collect();
        let handles: Vec<ServerHandle> = self.servers.iter().map(Server::handle).collect();
        let mut servers: Vec<_> = self.servers.into_iter().map(tokio::spawn).collect();
        let gateways = Arc::clone(&self.gateways);
        let reloads = tokio::spawn(reload_on_hangup(gateways, Arc::clone(&self.load)));
        tokio::select! {
            () = stop => {}
            failed = first(&mut servers) => failed.context("a server stopped by itself")?,
        }
        tracing::info!("stopping");
        reloads.abort();
        if let Some(simulator) = &self.simulator {
            simulator.close();
        }
        let answered = handles.iter().map(|handle| handle.stop(true));
        tokio::join!(
            futures_util::future::join_all(answered),
            futures_util::future::join_all(couriers.into_iter().map(Couriers::stop))
        );
        tracing::info!("stopped");
        Ok(())
    }
}

/// A gateway for each place where records are kept.
async fn gateways(
    config: &Config,
    phone_keys: &[PhoneKey],
    client: &Client,
    limits: Limits,
) -> anyhow::Result<Gateways> {
    let sessions = sessions(config, &config.sessions.url).await?;
    let mut country_sessions = Vec::new();
    for (country, url) in &config.sessions.by_country {
        country_sessions.push((country.clone(), self::sessions(config, url).await?));
    }
    let mut places = Vec::new();
    for (url, countries) in config.records.places() {
        let records = Records::open(url.expose())
            .await
            .with_context(|| format!("the record store cannot be used{}", of(&countries)))?;
        places.push((records, countries));
    }
    let mut built = Vec::new();
    for (at, (records, countries)) in places.iter().enumerate() {
        let keys = keys::open(records, phone_keys, Clock::System.now())
            .await
            .with_context(|| format!("citizens' numbers cannot be opened{}", of(countries)))?;
        let mut gateway = Gateway::new(
            Arc::clone(&config.service),
            sessions.clone(),
            records.clone(),
            client.clone(),
            keys,
            settings(config),
        );
        gateway.country_sessions.clone_from(&country_sessions);
        let others = places.iter().enumerate().filter(|(other, _)| *other != at);
        gateway.neighbours = others.map(|(_, (records, _))| records.clone()).collect();
        gateway.post = post(config, limits)?;
        gateway.phone_keys = phone_keys.to_vec();
        if let Some((first, _)) = built.first() {
            let first: &Arc<Gateway> = first;
            gateway.metrics = Arc::clone(&first.metrics);
            gateway.askers = Arc::clone(&first.askers);
        }
        built.push((Arc::new(gateway), countries));
    }
    left_behind(&places).await;
    let mut built = built.into_iter();
    let (default, _) = built.next().context("there are no records")?;
    let mut gateways = Gateways::new(default);
    for (gateway, countries) in built {
        for country in countries {
            gateways.give(country, Arc::clone(&gateway));
        }
    }
    Ok(gateways)
}

/// What was kept at the default place before its country had its own stays there: letters still go,
/// but whoever asks is led elsewhere.
async fn left_behind(places: &[(Records, Vec<&str>)]) {
    let Some(((default, _), own)) = places.split_first() else {
        return;
    };
    for country in own.iter().flat_map(|(_, countries)| countries) {
        if default.knows(country).await.unwrap_or(false) {
            tracing::warn!(
                country,
                "the default records hold what was said there before it had its own: it is not found any more"
            );
        }
    }
}

/// Whose store it is, for a message.
fn of(countries: &[&str]) -> String {
    match countries {
        [] => String::new(),
        countries => format!(" (of {})", countries.join(", ")),
    }
}

async fn sessions(config: &Config, url: &Secret) -> anyhow::Result<Sessions> {
    let ca = config.sessions.ca.as_deref();
    let sessions = Sessions::open_trusting(url.expose(), &config.sessions.prefix, ca)
        .context("the session store cannot be used")?;
    // The first citizen finds the connection made; a store that is away is told of later, by
    // the couriers' inspector, and delays the start by half a second at most.
    let _ = sessions.ping().await;
    Ok(sessions)
}

fn settings(config: &Config) -> Settings {
    Settings {
        answer_within: config.server.answer_within,
        session_lifetime: config.sessions.lifetime,
        repeat_within: config.sessions.repeat_within,
        public_url: config.server.public_url.trim_end_matches('/').to_owned(),
        parallel: config.delivery.parallel,
        parallel_each: config.delivery.parallel_each,
        limits: config.limits.rules(),
    }
}

/// The phone keys, the one in force first; `None` if there is none in force.
pub fn phone_keys(config: &Config) -> Option<Vec<PhoneKey>> {
    let keys = config.privacy.keys();
    let keys: Vec<PhoneKey> = keys.iter().map(|key| PhoneKey::new(key.expose())).collect();
    (!keys.is_empty()).then_some(keys)
}

/// The way out for mail, where one is set up.
fn post(config: &Config, limits: Limits) -> anyhow::Result<Option<Post>> {
    let Some(email) = &config.email else {
        return Ok(None);
    };
    let mailer = Mailer::new(&email.relay, limits).context("mail cannot be sent")?;
    Ok(Some(Post {
        mailer,
        host: format!("{}:{}", email.relay.host, email.relay.port),
        digest_at: email.digest_at,
    }))
}

async fn first(servers: &mut [tokio::task::JoinHandle<std::io::Result<()>>]) -> anyhow::Result<()> {
    let (ended, _, _) = futures_util::future::select_all(servers.iter_mut()).await;
    Ok(ended??)
}

fn public(config: &Config, gateways: &Arc<Gateways>, parts: &Parts) -> anyhow::Result<Server> {
    let door = Door {
        trusted_proxies: config.server.trusted_proxies.clone().into(),
        max_body: config.server.max_body,
    };
    let (gateways, simulator) = (Arc::clone(gateways), parts.simulator.clone());
    let server = HttpServer::new(move || {
        let mut app = Web::new();
        if let Some(simulator) = &simulator {
            app = app.configure(simulator::routes(Arc::clone(simulator)));
        }
        app.configure(web::public(Arc::clone(&gateways), door.clone()))
    })
    .disable_signals()
    .shutdown_timeout(FINISH_WITHIN_S)
    .client_request_timeout(Duration::from_secs(10));
    let server = match config.server.workers {
        Some(workers) => server.workers(workers.max(1)),
        None => server,
    };
    Ok(server.listen(parts.sockets.public.try_clone()?)?.run())
}

fn admin(gateways: &Arc<Gateways>, parts: &Parts) -> anyhow::Result<Server> {
    let gateways = Arc::clone(gateways);
    let reload = {
        let (gateways, load) = (Arc::clone(&gateways), Arc::clone(&parts.load));
        Reload(Arc::new(move || reload(&gateways, &load)))
    };
    let server = HttpServer::new(move || {
        Web::new().configure(web::admin(Arc::clone(&gateways), reload.clone()))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(FINISH_WITHIN_S);
    Ok(server.listen(parts.sockets.admin.try_clone()?)?.run())
}

/// All files again, or none.
fn reload(gateways: &Gateways, load: &Load) -> Result<(), String> {
    let config = load()?;
    gateways.renew(&config.service);
    tracing::info!(
        version = config.service.version,
        "the configuration was loaded again"
    );
    Ok(())
}

async fn reload_on_hangup(gateways: Arc<Gateways>, load: Load) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangups.recv().await.is_some() {
        if let Err(report) = reload(&gateways, &load) {
            tracing::error!("the configuration was not loaded again, the old one stays:\n{report}");
        }
    }
}

/// Sees to it that the process ends in time, even if something blocks that nobody can tell to stop:
/// a disk, a name server. Nothing acknowledged is in memory only.
pub fn end_in_time() {
    std::thread::spawn(|| {
        std::thread::sleep(GONE_WITHIN);
        tracing::error!("something did not stop in time: ending all the same");
        std::process::exit(1);
    });
}

/// Resolves when the process is asked to end: SIGTERM or Ctrl-C.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
