//! What can be known of a menu before anybody dials: that every screen fits every channel in every
//! language with the longest values it may have to show, that every variable is set by the time it
//! is shown, and how many keys a feedback takes.
//!
//! Nothing is estimated: the screens are laid out by the very code that lays them out for citizens.

mod fit;
mod flow;
mod sms;
mod walk;
mod worst;

use std::collections::{BTreeMap, HashMap};

use super::Scene;
use super::model::Menu;
use super::texts::{TextKey, Variable};
use crate::domain::service::Service;
use crate::domain::text::{Cost, Folding};

/// What was proved, and what could not be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proof {
    /// What could not.
    pub findings: Vec<Finding>,
    /// What a menu asks of a citizen, by menu and language.
    pub rows: Vec<Row>,
    /// What each text that is sent costs, by text and language.
    pub sent: Vec<Sent>,
}

/// A text that is sent, in a language, with the longest institution's name and without what
/// somebody else writes: a line of the table of costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The text's name.
    pub text: String,
    /// The language's tag.
    pub language: String,
    /// Its cost on the channel on which it costs most.
    pub cost: Cost,
}

/// A menu in a language: a line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The menu's id.
    pub menu: String,
    /// The language's tag.
    pub language: String,
    /// The id of the screen that takes the largest part of its channel's budget.
    pub screen: String,
    /// Its septets with the longest values.
    pub septets: usize,
    /// The budget that they are of.
    pub budget: usize,
    /// The most pages that a screen has.
    pub pages: usize,
    /// The shortest way from dialling to a filed feedback; none if the menu files none.
    pub fewest: Option<Way>,
    /// The longest, every page turned and no screen seen twice.
    pub most: Option<Way>,
    /// The shortest session clock of the channels that serve it, in seconds, where one is known.
    pub clock: Option<u64>,
}

/// What somebody takes to read a screen and press a key, and to write a text, in seconds. No
/// operator or study says it (inference): slow rather than quick.
const SECONDS_A_KEY: usize = 8;
const SECONDS_A_TEXT: usize = 45;

/// What a citizen types on a way through the menu.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Keys, pages turned included.
    pub keys: usize,
    /// Texts in their own words.
    pub texts: usize,
}

impl Way {
    fn and(self, other: Self) -> Self {
        Self {
            keys: self.keys + other.keys,
            texts: self.texts + other.texts,
        }
    }

    fn all(self) -> usize {
        self.keys + self.texts
    }

    /// How long somebody takes who is not quick, in seconds.
    pub fn seconds(self) -> u64 {
        let seconds = self.keys * SECONDS_A_KEY + self.texts * SECONDS_A_TEXT;
        u64::try_from(seconds).unwrap_or(u64::MAX)
    }
}

/// Something that could not be proved.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is about.
    pub site: Site,
    /// What is wrong.
    pub fault: Fault,
    /// The screen on which it shows, if it is about one: the menu's id and the screen's.
    pub screen: Option<(String, String)>,
    /// Tags of the languages in which it shows.
    pub languages: Vec<String>,
    /// Ids of the channels on which it shows.
    pub channels: Vec<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Site {
    /// A screen, by its menu's id and its index.
    Screen(String, usize),
    /// A text in a language, by index.
    Text(usize, TextKey),
    /// An institution, by index.
    Institution(usize),
    /// A place, by index.
    Place(usize),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A way leads to this screen on which nobody was asked for what it shows.
    Unset(Variable),
    /// A text in which variables are not filled shows one.
    Unfilled(Variable),
    /// A page does not fit.
    Over {
        /// What it takes.
        septets: usize,
        /// What there is.
        budget: usize,
    },
    /// The keys that work everywhere, with their labels, leave too little of a page.
    Crowded {
        /// What they take.
        septets: usize,
        /// What there is.
        budget: usize,
    },
    /// A word has to be cut in two, for no page holds it.
    Torn(String),
    /// There is nothing to read on the screen.
    Blank,
    /// The text above the options is spread over pages.
    Spread {
        /// How many.
        pages: usize,
        /// The budget of each.
        budget: usize,
    },
    /// A label is shortened with `...`.
    Cut(String),
    /// A character is shown as `?`.
    Lost(char),
    /// Whom to call in danger is shown, and the country of this code names nobody.
    Nobody(String),
    /// A yes to "may they see your number" is offered, and nobody is named: it counts for nobody.
    Unnamed,
    /// The network ends a session before somebody who is not quick has filed a feedback.
    Slow {
        /// What they need, in seconds: by the shortest way where the menu offers to go on after a
        /// cut, by the longest where it does not.
        needs: u64,
        /// What the network gives, in seconds.
        clock: u64,
    },
    /// An SMS costs more than one part.
    Dear(Cost),
}

impl Fault {
    /// Whether a service with it must not start.
    pub fn is_grave(&self) -> bool {
        matches!(
            self,
            Self::Unset(_)
                | Self::Unfilled(_)
                | Self::Over { .. }
                | Self::Crowded { .. }
                | Self::Torn(_)
                | Self::Blank
        )
    }

    /// What makes two findings about one thing the same.
    fn kind(&self) -> (u8, char) {
        match self {
            Self::Unset(variable) => (0, letter(*variable)),
            Self::Unfilled(variable) => (1, letter(*variable)),
            Self::Over { .. } => (2, ' '),
            Self::Torn(_) => (3, ' '),
            Self::Blank => (4, ' '),
            Self::Spread { .. } => (5, ' '),
            Self::Cut(_) => (6, ' '),
            Self::Lost(c) => (7, *c),
            Self::Dear(_) => (8, ' '),
            Self::Crowded { .. } => (9, ' '),
            Self::Nobody(_) => (10, ' '),
            Self::Unnamed => (11, ' '),
            Self::Slow { .. } => (12, ' '),
        }
    }
}

fn letter(variable: Variable) -> char {
    let place = Variable::ALL.iter().position(|(_, v)| *v == variable);
    place
        .and_then(|p| char::from_digit(u32::try_from(p).ok()?, 36))
        .unwrap_or(' ')
}

/// One menu as channels of one kind show it: these need to be proved once.
struct Target<'a> {
    scene: Scene<'a>,
    channels: Vec<&'a str>,
}

/// Proves everything that the service's channels serve.
pub fn prove(service: &Service) -> Proof {
    let mut notes = Notes::default();
    let targets = targets(service);
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    for target in &targets {
        for language in super::offers::languages(&target.scene) {
            flow::unset(&mut notes, target, language);
            let fitted = fit::screens(&mut notes, target, language);
            let row = walk::row(target, language, &fitted);
            slow(&mut notes, target, language, &row);
            let key = (row.menu.clone(), row.language.clone());
            match rows.get_mut(&key) {
                Some(known) => known.worsen(row),
                None => drop(rows.insert(key, row)),
            }
        }
    }
    fit::names(&mut notes, &targets);
    let sent = sms::texts(&mut notes, service);
    Proof {
        findings: notes.found,
        rows: rows.into_values().collect(),
        sent,
    }
}

/// Notes a menu that takes longer than the network's clock runs.
fn slow(notes: &mut Notes, target: &Target<'_>, language: usize, row: &Row) {
    let menu = target.scene.menu;
    let way = if menu.resume.is_some() {
        row.fewest
    } else {
        row.most
    };
    let (Some(clock), Some(way)) = (target.scene.channel.session_clock, way) else {
        return;
    };
    let needs = way.seconds();
    if needs > clock {
        let tag = target.scene.service.texts.languages().get(language);
        let tag = tag.map(|l| l.tag.as_str());
        let site = Site::Screen(menu.id.clone(), menu.start);
        let fault = Fault::Slow { needs, clock };
        notes.note(site, fault, Some((menu, menu.start)), tag, &target.channels);
    }
}

/// The menus that channels answer with, channels alike in all that matters put together.
fn targets(service: &Service) -> Vec<Target<'_>> {
    let mut ids: Vec<&String> = service.channels.keys().collect();
    ids.sort_unstable();
    let mut targets: Vec<Target<'_>> = Vec::new();
    for id in ids {
        let channel = service.channels[id].as_ref();
        let menu = service.menus.get(&channel.menu);
        let (Some(menu), Some(country)) = (menu, service.country(&channel.country)) else {
            continue;
        };
        if channel.ussd.is_empty() {
            continue;
        }
        let alike = |c: &crate::domain::channel::Channel| {
            (&c.menu, &c.country, c.budget, c.folding, c.session_clock)
                == (
                    &channel.menu,
                    &channel.country,
                    channel.budget,
                    channel.folding,
                    channel.session_clock,
                )
        };
        match targets.iter_mut().find(|t| alike(t.scene.channel)) {
            Some(target) => target.channels.push(id),
            None => targets.push(Target {
                scene: Scene::new(service, country, channel, menu),
                channels: vec![id],
            }),
        }
    }
    targets
}

impl Row {
    /// The worse of the two in everything.
    fn worsen(&mut self, other: Self) {
        if other.septets * self.budget > self.septets * other.budget {
            self.screen = other.screen;
            self.septets = other.septets;
            self.budget = other.budget;
        }
        self.pages = self.pages.max(other.pages);
        self.clock = self.clock.into_iter().chain(other.clock).min();
        self.fewest = match (self.fewest, other.fewest) {
            (Some(a), Some(b)) => Some(if b.all() < a.all() { b } else { a }),
            (a, b) => a.or(b),
        };
        self.most = match (self.most, other.most) {
            (Some(a), Some(b)) => Some(if b.all() > a.all() { b } else { a }),
            (a, b) => a.or(b),
        };
    }
}

/// What was found so far, each thing once with every language and channel that has it.
#[derive(Default)]
struct Notes {
    found: Vec<Finding>,
    known: HashMap<(Site, u8, char), usize>,
    /// Texts whose characters were looked at.
    read: HashMap<(usize, TextKey, Folding), Vec<char>>,
}

impl Notes {
    fn note(
        &mut self,
        site: Site,
        fault: Fault,
        screen: Option<(&Menu, usize)>,
        language: Option<&str>,
        channels: &[&str],
    ) {
        let (kind, detail) = fault.kind();
        let at = *self
            .known
            .entry((site.clone(), kind, detail))
            .or_insert_with(|| {
                let screen = screen.and_then(|(menu, node)| {
                    Some((menu.id.clone(), menu.nodes.get(node)?.id.clone()))
                });
                self.found.push(Finding {
                    site,
                    fault,
                    screen,
                    languages: Vec::new(),
                    channels: Vec::new(),
                });
                self.found.len() - 1
            });
        let Some(finding) = self.found.get_mut(at) else {
            return;
        };
        if let Some(tag) = language {
            add(&mut finding.languages, tag);
        }
        for channel in channels {
            add(&mut finding.channels, channel);
        }
    }
}

fn add(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}
