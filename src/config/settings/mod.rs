//! The gateway's own settings: `passerelle.toml` and the environment.

mod email;
mod read;
mod source;

pub use email::Email;
pub(super) use read::read;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

use crate::domain::flood::Rules;
use crate::domain::redact::Secret;
use crate::domain::throttle::Rule;

/// Everything in `passerelle.toml`. Its defaults are the ones that the shipped file documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
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
    /// `server.simulator`: whether `/simulator` is served.
    pub simulator: bool,
}

/// `[server]`: where we listen and how long we take.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Callbacks, API, pages.
    pub listen: SocketAddr,
    /// How the world reaches us, without a `/` at the end.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `/healthz`, `/readyz`, `/metrics`, `/reload`.
    pub admin_listen: SocketAddr,
    /// By when a citizen has a screen.
    pub answer_within: Duration,
    /// The largest body read, in bytes.
    pub max_body: usize,
    /// Threads that serve; one a core if not given.
    pub workers: Option<usize>,
}

/// `[sessions]`: where a dialogue lives while it lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessions {
    /// `memory:`, `redis://…`, as `domain::session_url` reads it; it may hold a password.
    pub url: Secret,
    /// Countries whose dialogues are kept elsewhere, and where.
    pub by_country: BTreeMap<String, Secret>,
    /// Certificates (PEM) to believe over TLS in place of the system's.
    pub ca: Option<String>,
    /// What every key begins with.
    pub prefix: String,
    /// How long a session that nobody touches is kept.
    pub lifetime: Duration,
    /// Within how long the same input again is a repeated callback, not a second press.
    pub repeat_within: Duration,
}

/// `[records]`: where citizens' words are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// `sqlite:…` or `postgres://…`; it may hold a password.
    pub url: Secret,
    /// Countries whose records are kept elsewhere, and where.
    pub by_country: BTreeMap<String, Secret>,
}

impl Records {
    /// Every place where records are kept, once, with the countries that are not kept in the
    /// default one; that is the first.
    pub fn places(&self) -> Vec<(&Secret, Vec<&str>)> {
        let mut places: Vec<(&Secret, Vec<&str>)> = vec![(&self.url, Vec::new())];
        for (country, url) in &self.by_country {
            let known = places
                .iter_mut()
                .find(|(at, _)| at.expose() == url.expose());
            match known {
                Some((_, countries)) => countries.push(country),
                None => places.push((url, vec![country])),
            }
        }
        places
    }
}

/// `[privacy]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Privacy {
    /// Seals phone numbers at rest; `serve` does not start without it.
    pub key: Option<Key>,
    /// Those before it, which still open: the further ones of `key`, and `previous_keys`.
    pub previous_keys: Vec<Key>,
    /// Where `key` is read from, if it stands elsewhere: `env:NAME`, `file:PATH`.
    pub kept: Option<String>,
}

impl Privacy {
    /// All keys, the one in force first; none if there is none in force.
    pub fn keys(&self) -> Vec<Key> {
        let Some(key) = &self.key else {
            return Vec::new();
        };
        std::iter::once(key)
            .chain(&self.previous_keys)
            .cloned()
            .collect()
    }
}

/// 32 bytes that seal and blind.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// Wraps the bytes so that they cannot be printed by accident.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the code that seals with them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// `[delivery]`: requests that we make.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// For a connection to stand.
    pub connect_timeout: Duration,
    /// For the whole exchange.
    pub timeout: Duration,
    /// Bytes of an answer that are kept.
    pub max_answer: usize,
    /// Letters, and messages, under way at once.
    pub parallel: usize,
    /// Letters under way to one address.
    pub parallel_each: usize,
}

/// `[limits]`: what one phone may say on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// So much at once reaches the institution; 0 if there is no limit.
    pub at_once: u32,
    /// After this, one more does.
    pub then_every: Duration,
    /// The same text is answered this often; 0 if there is no limit …
    pub same_text: u32,
    /// … within this time.
    pub same_within: Duration,
}

impl Limits {
    /// The same, as it is decided by.
    pub fn rules(&self) -> Rules {
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Rules {
            reach: (self.at_once > 0).then_some(Rule {
                burst: self.at_once,
                every: ms(self.then_every),
            }),
            same_text: self.same_text,
            same_within: ms(self.same_within),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: 20,
            then_every: Duration::from_mins(3),
            same_text: 3,
            same_within: Duration::from_mins(10),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self {
            listen,
            public_url: public_url(listen),
            trusted_proxies: Vec::new(),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            answer_within: Duration::from_secs(2),
            max_body: 64 * 1024,
            workers: None,
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            url: Secret::new("memory:"),
            by_country: BTreeMap::new(),
            ca: None,
            prefix: "passerelle:".to_owned(),
            lifetime: Duration::from_mins(10),
            repeat_within: Duration::from_secs(2),
        }
    }
}

impl Default for Records {
    fn default() -> Self {
        Self {
            url: Secret::new("sqlite:data/passerelle.db"),
            by_country: BTreeMap::new(),
        }
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            max_answer: 16 * 1024,
            parallel: 64,
            parallel_each: 8,
        }
    }
}

/// The address at which somebody on this machine reaches us.
fn public_url(listen: SocketAddr) -> String {
    let mut address = listen;
    if address.ip().is_unspecified() {
        address.set_ip(match listen {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}
