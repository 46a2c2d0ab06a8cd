//! Where sessions are kept, as `sessions.url` says it: read once, by `check` and by the store.
//!
//! ```text
//! memory:                                             in this process
//! redis://[user:password@]host[:6379][/db]            one server; valkey:// is the same
//! unix:///run/redis.sock                              one server, by its socket
//! redis-sentinel://[user:password@]h1[:26379],h2/name[/db][?sentinel_user=…&sentinel_password=…]
//! redis-cluster://[user:password@]h1[:6379],h2        any of its nodes; it tells of the others
//! ```
//!
//! `rediss`, `rediss-sentinel` and `rediss-cluster` are the same over TLS. User and password are
//! percent-encoded, as in any URL.

use url::Url;

use super::redact::Secret;

/// The port of a server or a cluster's node that names none.
const PORT: u16 = 6379;
/// The port of a Sentinel that names none.
const SENTINEL_PORT: u16 = 26379;

/// What kinds there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionUrl {
    /// In this process.
    Memory,
    /// One server.
    One(At),
    /// The master that Sentinels tell of.
    Sentinel {
        /// The Sentinels, each with its own credentials.
        sentinels: Vec<At>,
        /// What they call the master.
        master: String,
        /// How to enter the master: its host and port stand for whatever the Sentinels say.
        enter: Secret,
        /// What the log calls it.
        place: String,
    },
    /// A cluster, found by any of these nodes.
    Cluster {
        /// The nodes.
        nodes: Vec<At>,
        /// What the log calls it.
        place: String,
    },
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// As the client library wants it; it may hold a password.
    pub url: Secret,
    /// Host and port, or the socket's path: what the log may show.
    pub place: String,
}

/// Why an address cannot be used, and how to write it: never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub &'static str);

const FORM: Unusable = Unusable(
    "write `memory:`, `redis://127.0.0.1:6379`, `redis-sentinel://h1,h2/mymaster` or `redis-cluster://h1,h2`; \
     `rediss…` for TLS, `unix:///path` for a socket",
);
const HOST: Unusable = Unusable(
    "a host with a port between 1 and 65535 is expected, as in `redis.example.org:6379`; \
     in a password, write `@`, `/`, `:`, `?`, `#` and `%` percent-encoded",
);
const MASTER: Unusable = Unusable(
    "say what the Sentinels call the master, as in `redis-sentinel://h1:26379,h2:26379/mymaster`",
);
const DATABASE: Unusable = Unusable("the database is a whole number, as in `redis://h:6379/0`");
const NO_DATABASE: Unusable = Unusable("a cluster has no databases: end after the last host");
const OPTION: Unusable =
    Unusable("after `?` only `sentinel_user` and `sentinel_password` are known, and only there");

/// An address, taken apart by its commas and slashes.
struct Parts<'a> {
    tls: bool,
    /// With its `@`, if there is any.
    credentials: &'a str,
    hosts: Vec<&'a str>,
    path: Vec<&'a str>,
    query: &'a str,
}

impl SessionUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Unusable`]
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        let (scheme, rest) = text.split_once("://").ok_or(FORM)?;
        if let "unix" | "redis+unix" | "valkey+unix" = scheme {
            return socket(text, rest);
        }
        let scheme = match scheme.strip_prefix("valkey") {
            Some(kind) => format!("redis{kind}"),
            None => scheme.to_owned(),
        };
        let kind = scheme.strip_prefix("redis").ok_or(FORM)?;
        let tls = kind.starts_with('s');
        let parts = Parts::of(tls, rest);
        match kind.strip_prefix('s').unwrap_or(kind) {
            "" => one(&parts),
            "-sentinel" => sentinel(&parts),
            "-cluster" => cluster(&parts),
            _ => Err(FORM),
        }
    }

    /// What the log may call it: hosts and ports, never a password.
    pub fn place(&self) -> &str {
        match self {
            Self::Memory => "this process",
            Self::One(at) => &at.place,
            Self::Sentinel { place, .. } | Self::Cluster { place, .. } => place,
        }
    }

    /// Whether what is said there is said over TLS.
    pub fn tls(&self) -> bool {
        let url = match self {
            Self::Memory => return false,
            Self::One(at) => at.url.expose(),
            Self::Sentinel { enter, .. } => enter.expose(),
            Self::Cluster { nodes, .. } => nodes.first().map_or("", |n| n.url.expose()),
        };
        url.starts_with("rediss:")
    }
}

impl<'a> Parts<'a> {
    fn of(tls: bool, rest: &'a str) -> Self {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let at = authority.rfind('@').map_or(0, |at| at + 1);
        let (credentials, hosts) = authority.split_at(at);
        Self {
            tls,
            credentials,
            hosts: hosts.split(',').map(str::trim).collect(),
            path: path.split('/').filter(|p| !p.is_empty()).collect(),
            query,
        }
    }

    /// One host's address, entered with these credentials (ending in `@`, or empty).
    fn at(&self, host: &str, port: u16, credentials: &str, database: &str) -> Result<At, Unusable> {
        let scheme = if self.tls { "rediss" } else { "redis" };
        // `http` only to have the host judged as a host: of another scheme anything may be one.
        let judged = Url::parse(&format!("http://{host}")).map_err(|_| HOST)?;
        let name = judged.host_str().filter(|h| !h.is_empty()).ok_or(HOST)?;
        let bare =
            judged.path() == "/" && judged.username().is_empty() && judged.fragment().is_none();
        // `url` leaves out the port that is http's own.
        let port = match host.rsplit_once(':') {
            Some((_, "80")) => 80,
            _ => judged.port().unwrap_or(port),
        };
        if !bare || port == 0 {
            return Err(HOST);
        }
        let place = format!("{name}:{port}");
        let url = format!("{scheme}://{credentials}{place}/{database}");
        Url::parse(&url).map_err(|_| HOST)?;
        Ok(At {
            url: Secret::new(url),
            place,
        })
    }

    fn all(&self, port: u16, credentials: &str) -> Result<(Vec<At>, String), Unusable> {
        let all = self.hosts.iter().map(|h| self.at(h, port, credentials, ""));
        let all: Vec<At> = all.collect::<Result<_, _>>()?;
        let places: Vec<&str> = all.iter().map(|at| at.place.as_str()).collect();
        let place = places.join(",");
        Ok((all, place))
    }
}

fn socket(text: &str, path: &str) -> Result<SessionUrl, Unusable> {
    let place = path.split(['?', '#']).next().unwrap_or_default();
    if !place.starts_with('/') {
        return Err(Unusable(
            "a socket's path begins with `/`, as in `unix:///run/redis.sock`",
        ));
    }
    Ok(SessionUrl::One(At {
        url: Secret::new(text),
        place: place.to_owned(),
    }))
}

fn one(parts: &Parts<'_>) -> Result<SessionUrl, Unusable> {
    let [host] = parts.hosts.as_slice() else {
        return Err(Unusable(
            "one server has one host: for several write `redis-sentinel://` or `redis-cluster://`",
        ));
    };
    let database = database(&parts.path)?;
    // What the client library knows of options (`protocol=resp3`) is its own affair.
    let mut at = parts.at(host, PORT, parts.credentials, database)?;
    if !parts.query.is_empty() {
        at.url = Secret::new(format!("{}?{}", at.url.expose(), parts.query));
    }
    Ok(SessionUrl::One(at))
}

fn sentinel(parts: &Parts<'_>) -> Result<SessionUrl, Unusable> {
    let (master, path) = parts.path.split_first().ok_or(MASTER)?;
    let database = database(path)?;
    let credentials = sentinel_credentials(parts.query)?;
    let (sentinels, hosts) = parts.all(SENTINEL_PORT, &credentials)?;
    let enter = parts.at("localhost", PORT, parts.credentials, database)?;
    Ok(SessionUrl::Sentinel {
        sentinels,
        master: (*master).to_owned(),
        enter: enter.url,
        place: format!("{master} of {hosts}"),
    })
}

fn cluster(parts: &Parts<'_>) -> Result<SessionUrl, Unusable> {
    if !parts.path.is_empty() {
        return Err(NO_DATABASE);
    }
    if !parts.query.is_empty() {
        return Err(OPTION);
    }
    let (nodes, place) = parts.all(PORT, parts.credentials)?;
    Ok(SessionUrl::Cluster { nodes, place })
}

fn database<'a>(path: &[&'a str]) -> Result<&'a str, Unusable> {
    match path {
        [] => Ok("0"),
        [number] if number.parse::<u16>().is_ok() => Ok(number),
        _ => Err(DATABASE),
    }
}

/// `user:password@` for the Sentinels themselves, which have their own or none.
fn sentinel_credentials(query: &str) -> Result<String, Unusable> {
    let (mut user, mut password) = ("", "");
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        match pair.split_once('=').ok_or(OPTION)? {
            ("sentinel_user", value) => user = value,
            ("sentinel_password", value) => password = value,
            _ => return Err(OPTION),
        }
    }
    if user.is_empty() && password.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("{user}:{password}@"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its addresses as they are handed on, and what the log calls it.
    fn read(text: &str) -> (Vec<String>, String) {
        let read = SessionUrl::parse(text).expect(text);
        let all = |all: &[At]| all.iter().map(|at| at.url.expose().to_owned()).collect();
        let urls = match &read {
            SessionUrl::Memory => Vec::new(),
            SessionUrl::One(at) => vec![at.url.expose().to_owned()],
            SessionUrl::Sentinel {
                sentinels, enter, ..
            } => {
                let mut urls: Vec<String> = all(sentinels);
                urls.push(enter.expose().to_owned());
                urls
            }
            SessionUrl::Cluster { nodes, .. } => all(nodes),
        };
        (urls, read.place().to_owned())
    }

    #[test]
    fn every_documented_form_is_read() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("memory:", &[], "this process"),
            ("redis://h", &["redis://h:6379/0"], "h:6379"),
            ("redis://h:80/3", &["redis://h:80/3"], "h:80"),
            ("valkeys://h", &["rediss://h:6379/0"], "h:6379"),
            (
                "rediss://u:p%40x@[::1]:7000/1?protocol=resp3",
                &["rediss://u:p%40x@[::1]:7000/1?protocol=resp3"],
                "[::1]:7000",
            ),
            ("unix:///run/r.sock", &["unix:///run/r.sock"], "/run/r.sock"),
            (
                "redis-sentinel://u:p@h1,h2:5/mine/2",
                &[
                    "redis://h1:26379/",
                    "redis://h2:5/",
                    "redis://u:p@localhost:6379/2",
                ],
                "mine of h1:26379,h2:5",
            ),
            (
                "rediss-sentinel://:p@h1/mine?sentinel_user=s&sentinel_password=q",
                &["rediss://s:q@h1:26379/", "rediss://:p@localhost:6379/0"],
                "mine of h1:26379",
            ),
            (
                "rediss-cluster://u:p@h1,h2:7001/",
                &["rediss://u:p@h1:6379/", "rediss://u:p@h2:7001/"],
                "h1:6379,h2:7001",
            ),
        ];
        for (text, urls, place) in cases {
            let (found, called) = read(text);
            assert_eq!(
                (found, called.as_str()),
                (urls.iter().map(|u| (*u).to_owned()).collect(), *place)
            );
        }
        assert!(SessionUrl::parse("rediss-cluster://h").expect("read").tls());
        assert!(!SessionUrl::parse("redis://h").expect("read").tls());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_being_quoted() {
        for text in [
            "",
            "redis",
            "memory",
            "http://hunter2",
            "redis://",
            "redis://:hunter2@h:99999/",
            "redis://:hunter2@h:0/",
            "redis://:hunter2@h:port/",
            "redis://:hunter2@h/first",
            "redis://:hunter2@h1,h2",
            "redis://h/1/2",
            "redisx://hunter2",
            "redis-sentinel://:hunter2@h1,h2",
            "redis-sentinel://:hunter2@h1,,h2/mine",
            "redis-sentinel://h1/mine/one",
            "redis-sentinel://h1/mine?password=hunter2",
            "redis-cluster://:hunter2@h1/1",
            "redis-cluster://h1?x=hunter2",
            "redis-cluster://",
            "unix://run/r.sock",
        ] {
            let why = SessionUrl::parse(text).expect_err(text).to_string();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
