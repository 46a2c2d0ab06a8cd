//! Fixtures as files: a start line, headers, a blank line, a body.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use passerelle::domain::channel::{Access, Channel, Credentials};
use passerelle::domain::exchange::{Callback, Door};
use passerelle::domain::redact::Secret;
use passerelle::domain::text::Folding;

/// What a fixture is, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Http,
    Send,
    Sent,
    Register,
    Registered,
}

/// One file, taken apart.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub path: PathBuf,
    pub kind: Kind,
    /// The request line or status line; empty for `.send` and `.register`.
    pub start: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A request, owned, from which a [`Callback`] borrows.
#[derive(Debug, Clone)]
pub struct Call {
    pub channel: String,
    pub method: String,
    pub door: Door,
    pub rest: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub url: String,
}

impl Call {
    pub fn callback(&self) -> Callback<'_> {
        Callback {
            method: &self.method,
            door: self.door,
            rest: &self.rest,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
            url: &self.url,
        }
    }
}

/// The fuzz targets share this file from a package further down.
fn root() -> PathBuf {
    const BELOW: &str = "tests/fixtures/aggregators";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = here.ancestors().map(|folder| folder.join(BELOW));
    folders
        .find(|folder| folder.is_dir())
        .expect("the fixtures folder")
}

/// The names of all folders.
pub fn folders() -> BTreeSet<String> {
    let entries = fs::read_dir(root()).expect("the fixtures folder");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// All files of a folder, in order.
pub fn files(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files
}

/// All cases of a folder, in order.
pub fn cases(name: &str) -> Vec<Fixture> {
    files(name).into_iter().filter_map(Fixture::open).collect()
}

impl Fixture {
    fn open(path: PathBuf) -> Option<Self> {
        let kind = match path.extension()?.to_str()? {
            "http" => Kind::Http,
            "send" => Kind::Send,
            "sent" => Kind::Sent,
            "register" => Kind::Register,
            "registered" => Kind::Registered,
            "toml" | "expected" => return None,
            _ => panic!("{}: what is this file?", path.display()),
        };
        let bytes = fs::read(&path).expect("a fixture");
        let mut lines = Lines(&bytes);
        let mut first = lines.next();
        while first.starts_with('#') {
            first = lines.next();
        }
        let mut headers = Vec::new();
        let start = if matches!(kind, Kind::Send | Kind::Register) {
            headers.push(header(&first));
            String::new()
        } else {
            first
        };
        loop {
            let line = lines.next();
            if line.is_empty() {
                break;
            }
            headers.push(header(&line));
        }
        let body = lines.0.strip_suffix(b"\n").unwrap_or(lines.0).to_vec();
        Some(Self {
            path,
            kind,
            start,
            headers,
            body,
        })
    }

    /// A header by its name in lower case.
    pub fn header_of(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A header that has to be there.
    pub fn header(&self, name: &str) -> &str {
        self.header_of(name)
            .unwrap_or_else(|| panic!("{}: no `{name}:`", self.path.display()))
    }

    /// The status of a `.sent` or `.registered` fixture.
    pub fn status(&self) -> u16 {
        let status = self.start.split(' ').nth(1).expect("HTTP/1.1 200 OK");
        status.parse().expect("a status")
    }

    /// The request of a `.http` fixture.
    pub fn call(&self) -> Call {
        let mut parts = self.start.split(' ');
        let (method, target) = (parts.next().expect("a method"), parts.next());
        let target = target.expect("POST /callbacks/<channel>/<door> HTTP/1.1");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let below = path.strip_prefix("/callbacks/").expect("/callbacks/");
        let (channel, door) = below.split_once('/').expect("a channel and a door");
        let (door, rest) = match door.split_once('/') {
            Some(("ussd", "end")) => (Door::UssdEnd, ""),
            Some((door, rest)) => (door_named(door), rest),
            None => (door_named(door), ""),
        };
        let host = self.header_of("host").unwrap_or("passerelle.example");
        Call {
            channel: channel.to_owned(),
            method: method.to_owned(),
            door,
            rest: rest.to_owned(),
            query: query.to_owned(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            url: format!("https://{host}{target}"),
        }
    }

    /// A channel of this fixture's folder; its only one if the name is empty.
    pub fn channel(&self, id: &str) -> Channel {
        let folder = self.path.parent().expect("a folder");
        let path = if id.is_empty() {
            let files = files(&folder.file_name().expect("a name").to_string_lossy());
            let mut tomls = files
                .iter()
                .filter(|p| p.extension().is_some_and(|e| e == "toml"));
            let only = tomls.next().expect("a channel").clone();
            assert!(
                tomls.next().is_none(),
                "{}: which channel?",
                self.path.display()
            );
            only
        } else {
            folder.join(format!("{id}.toml"))
        };
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let table = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let stem = path.file_stem().expect("a name").to_string_lossy();
        channel(&stem, folder, &table)
    }
}

fn door_named(name: &str) -> Door {
    match name {
        "ussd" => Door::Ussd,
        "sms" => Door::Sms,
        "receipt" => Door::Receipt,
        _ => panic!("no door is called {name}"),
    }
}

fn header(line: &str) -> (String, String) {
    let (name, value) = line
        .split_once(':')
        .unwrap_or_else(|| panic!("no header: {line}"));
    (name.trim().to_ascii_lowercase(), value.trim().to_owned())
}

/// Bytes, eaten line by line; a line may end in CR LF.
struct Lines<'a>(&'a [u8]);

impl Lines<'_> {
    fn next(&mut self) -> String {
        let end = self.0.iter().position(|b| *b == b'\n');
        let line = &self.0[..end.unwrap_or(self.0.len())];
        self.0 = end.map_or(&[], |end| &self.0[end + 1..]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        String::from_utf8(line.to_vec()).expect("a head in UTF-8")
    }
}

fn channel(id: &str, folder: &Path, table: &toml::Table) -> Channel {
    let text = |name: &str| table.get(name).and_then(toml::Value::as_str).unwrap_or("");
    let list = |name: &str| -> Vec<String> {
        let items = table.get(name).and_then(toml::Value::as_array);
        let items = items.into_iter().flatten();
        items
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect()
    };
    let mut credentials = BTreeMap::new();
    flatten("", table.get("credentials"), &mut credentials);
    let mut dialect = BTreeMap::new();
    flatten("", table.get("dialect"), &mut dialect);
    let mut access = BTreeMap::new();
    flatten("", table.get("access"), &mut access);
    let secrets = credentials
        .into_iter()
        .map(|(name, value)| (name, Secret::new(value)));
    Channel {
        id: id.to_owned(),
        aggregator: folder.file_name().expect("a name").to_string_lossy().into(),
        country: text("country").to_owned(),
        operator: Some(text("operator").to_owned()).filter(|o| !o.is_empty()),
        menu: "feedback".to_owned(),
        ussd: list("ussd"),
        sms: list("sms"),
        access: Access {
            allow: vec![],
            secret: access.get("secret").map(Secret::new),
            signature: access.get("signature").map(Secret::new),
        },
        credentials: Credentials(secrets.collect()),
        budget: 150,
        folding: Folding::Gsm7,
        session_clock: None,
        reports_within: passerelle::domain::channel::REPORTS_WITHIN,
        dialect,
    }
}

/// Tables within tables become dotted names, as the channel's reader does it.
fn flatten(prefix: &str, value: Option<&toml::Value>, out: &mut BTreeMap<String, String>) {
    match value {
        None => {}
        Some(toml::Value::Table(table)) => {
            for (name, value) in table {
                let dot = if prefix.is_empty() { "" } else { "." };
                flatten(&format!("{prefix}{dot}{name}"), Some(value), out);
            }
        }
        Some(toml::Value::String(text)) => {
            out.insert(prefix.to_owned(), text.clone());
        }
        Some(other) => {
            out.insert(prefix.to_owned(), other.to_string());
        }
    }
}
