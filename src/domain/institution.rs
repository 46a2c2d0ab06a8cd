//! An institution that listens: who it is, what it covers, where its letters go.

use super::mail::SCHEME;
use super::pace::Rate;
use super::reach::Reach;
use super::redact::Secret;
use super::signing::Secrets;
use super::template::Template;

/// A checked institution file; its name without `.toml` is the id.
#[derive(Debug, Clone)]
pub struct Institution {
    /// The file's name without `.toml` (`bj-sante`).
    pub id: String,
    /// ISO 3166-1 alpha-2 of its country.
    pub country: String,
    /// Its name by language, at least one.
    pub names: Vec<(String, String)>,
    /// First words of an SMS that mean it; compared folded.
    pub keywords: Vec<String>,
    /// Within how long it promises to answer, if it does.
    pub reply_within: Option<ReplyWithin>,
    /// Indexes of the places it answers for.
    pub covers: Vec<usize>,
    /// Where its events go.
    pub webhooks: Vec<Webhook>,
    /// Who gets them by mail.
    pub emails: Vec<Mailbox>,
    /// The bearer token of its API calls, if it may make any.
    pub token: Option<Secret>,
    /// Its rank in the menu: lower first, then by name.
    pub order: i64,
    /// What it is to others, and others to it.
    pub ties: Ties,
    /// Replies that it has prepared.
    pub templates: Vec<Template>,
}

/// What an institution is to others, and others to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// Whether it relays what citizens agreed to publish and answers for nothing: then it gets
    /// nothing else.
    pub media: bool,
    /// The id of the institution one step up: it hears of deadlines missed, and of praise.
    pub overseen_by: Option<String>,
    /// Whether praise is told one step up too.
    pub share_praise: bool,
    /// The ids of those who get a copy of what comes in: an ombudsman, a media relay.
    pub also: Vec<String>,
    /// What it answers for whoever asks for it (`corruption`), as the menus name it.
    pub subjects: Vec<String>,
}

/// A promise: `5 working days`, `3 days`, `12 hours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyWithin {
    /// Elapsed hours.
    Hours(u32),
    /// Elapsed days.
    Days(u32),
    /// Days on which the country's offices are open.
    WorkingDays(u32),
}

/// An address that gets an institution's events.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// Where to POST.
    pub url: String,
    /// How far that may be.
    pub reach: Reach,
    /// What signs: `whsec_…` (HMAC) or `whsk_…` (ed25519), Standard Webhooks 1.0.0.
    pub secrets: Secrets,
    /// Where they are kept (`file:PATH`, `env:NAME`), if not in the institution's file.
    pub kept: Option<String>,
    /// `feedback.*`, `reply.delivered`, …
    pub events: Vec<String>,
    /// How often it may be written to, if its file says.
    pub rate: Option<Rate>,
}

/// People who get an institution's events by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Their addresses; each gets a mail of its own.
    pub to: Vec<String>,
    /// What they get at once.
    pub events: Vec<String>,
    /// Whether they get a digest of each day.
    pub digest: bool,
}

impl Institution {
    /// Where letters about this event go: webhooks first, then mail, each once.
    pub fn addresses(&self, event: &str) -> Vec<String> {
        let webhooks = self.webhooks.iter().filter(|w| w.wants(event));
        let mut addresses: Vec<String> = webhooks.map(|w| w.url.clone()).collect();
        let mailboxes = self.emails.iter().filter(|m| wants(&m.events, event));
        for to in mailboxes.flat_map(|mailbox| &mailbox.to) {
            let address = format!("{SCHEME}{to}");
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// All addresses that a letter may go to.
    pub fn all_addresses(&self) -> Vec<String> {
        let webhooks = self.webhooks.iter().map(|w| w.url.clone());
        let people = self.people(|_| true);
        webhooks
            .chain(people.into_iter().map(|to| format!("{SCHEME}{to}")))
            .collect()
    }

    /// Who gets a digest of each day.
    pub fn digest_to(&self) -> Vec<&str> {
        self.people(|mailbox| mailbox.digest)
    }

    /// Everybody who may get mail, each once.
    pub fn people(&self, which: impl Fn(&Mailbox) -> bool) -> Vec<&str> {
        let mut people: Vec<&str> = Vec::new();
        for to in self.emails.iter().filter(|m| which(m)).flat_map(|m| &m.to) {
            if !people.contains(&to.as_str()) {
                people.push(to);
            }
        }
        people
    }

    /// Its name in a language, or in the first one its file gives.
    pub fn name(&self, language: &str) -> &str {
        self.names
            .iter()
            .find(|(l, _)| l == language)
            .or_else(|| self.names.first())
            .map_or(self.id.as_str(), |(_, n)| n)
    }
}

impl Webhook {
    /// An address that is written to as often as there is something to say.
    pub fn new(url: impl Into<String>, reach: Reach, secret: Secret, events: &[&str]) -> Self {
        Self {
            url: url.into(),
            reach,
            secrets: Secrets::only(secret),
            kept: None,
            events: events.iter().map(|&event| event.to_owned()).collect(),
            rate: None,
        }
    }

    /// Whether this address wants events of this type.
    pub fn wants(&self, event: &str) -> bool {
        wants(&self.events, event)
    }
}

/// Whether any of these patterns (`feedback.*`, `reply.failed`) means this event.
fn wants(events: &[String], event: &str) -> bool {
    events
        .iter()
        .any(|pattern| match pattern.strip_suffix('*') {
            Some(stem) => event.starts_with(stem),
            None => pattern == event,
        })
}

impl std::str::FromStr for ReplyWithin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write it as `5 working days`, `3 days` or `12 hours`";
        let mut words = text.split_whitespace();
        let count = words.next().and_then(|n| n.parse().ok()).ok_or(FORM)?;
        let unit: Vec<&str> = words.collect();
        match unit.as_slice() {
            ["hour" | "hours"] => Ok(Self::Hours(count)),
            ["day" | "days"] => Ok(Self::Days(count)),
            ["working", "day" | "days"] => Ok(Self::WorkingDays(count)),
            _ => Err(FORM),
        }
    }
}
