//! A menu as compiled from its file: screens by index, texts by key, nothing left to look up.

use std::sync::Arc;

use super::super::feedback::Experience;
use super::texts::TextKey;

/// A menu, checked: every index is in range, every text exists in every language.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// The file's name without `.toml`.
    pub id: String,
    /// The keys that work everywhere.
    pub keys: Keys,
    /// All screens.
    pub nodes: Vec<Node>,
    /// Index of the first screen.
    pub start: usize,
    /// Index of the screen that "home" leads to.
    pub home: usize,
    /// How long after its last step a session that was cut is offered again on redial, in
    /// milliseconds; none if it never is.
    pub resume: Option<i64>,
    /// What it remembers beside what every feedback has; screens name them by index.
    pub variables: Vec<Declared>,
}

/// A variable that a menu declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name in the file.
    pub name: String,
    /// What it can hold.
    pub kind: Kind,
}

/// What a variable can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Yes (1) or no (0).
    YesNo,
    /// A whole number from `least` to `most`.
    Number {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// One of a few names, by its place.
    Choice(Vec<String>),
    /// The citizen's own words.
    Text,
}

impl Kind {
    /// A value as whoever reads the record sees it: `yes`, `4`, a choice's name, the words.
    pub fn shown(&self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Text(words)) => words.to_string(),
            (Self::YesNo, Value::Number(n)) => if *n == 0 { "no" } else { "yes" }.to_owned(),
            (Self::Choice(names), Value::Number(n)) => usize::try_from(*n)
                .ok()
                .and_then(|n| names.get(n))
                .cloned()
                .unwrap_or_default(),
            (_, Value::Number(n)) => n.to_string(),
        }
    }
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number; yes and no, and choices, by their number.
    Number(i64),
    /// Words.
    Text(Arc<str>),
}

/// What choosing an option says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set {
    /// Good or bad.
    Experience(Experience),
    /// Whether the institution that the screen names may see the number.
    Consent(bool),
    /// Whether the number is not to be kept after the session.
    Sensitive(bool),
    /// What it is about (`corruption`).
    Subject(Arc<str>),
    /// A declared variable, by index.
    Variable(usize, Value),
}

/// Keys that mean the same on every screen. No list ever numbers an item with one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// One step back.
    pub back: String,
    /// To the menu's home.
    pub home: String,
    /// The rest of a screen that was too long.
    pub more: String,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            back: "0".into(),
            home: "00".into(),
            more: "98".into(),
        }
    }
}

/// One screen of a menu, or a fork between screens.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The name in the file.
    pub id: String,
    /// What stands above the options; none on what is never shown (branches, calls, returns).
    pub text: Option<TextKey>,
    /// Keys that are answers here although they navigate elsewhere (`0` as a real answer).
    pub answers: Vec<String>,
    /// What it asks.
    pub asks: Asks,
}

/// What a screen asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// One of the country's languages.
    Language {
        /// Index of the next screen.
        next: usize,
    },
    /// One of a few fixed options.
    Choice {
        /// The options, in order.
        options: Vec<Choice>,
    },
    /// One of the country's institutions.
    Institution {
        /// Index of the next screen.
        next: usize,
    },
    /// A place, walked down level by level.
    Place {
        /// How many levels below the country to walk at most (2: département, commune).
        depth: usize,
        /// Index of the next screen.
        next: usize,
    },
    /// One of what only the records know.
    List {
        /// What is listed.
        of: List,
        /// Index of the next screen.
        next: usize,
    },
    /// The citizen's own words.
    Words {
        /// Other ways out, each with a key of its own.
        options: Vec<Choice>,
        /// Index of the next screen.
        next: usize,
    },
    /// Other words of the citizen's, into a variable.
    Text {
        /// Index of the variable.
        into: usize,
        /// Index of the next screen.
        next: usize,
    },
    /// A number that the text asks for, into a variable.
    Rating {
        /// Index of the variable.
        into: usize,
        /// The smallest answer.
        least: i64,
        /// The largest.
        most: i64,
        /// Index of the next screen.
        next: usize,
    },
    /// The code of a feedback, to follow it.
    Code {
        /// Index of the next screen.
        next: usize,
    },
    /// Nothing: it is read, and any key leads on.
    Message {
        /// Index of the next screen.
        next: usize,
    },
    /// Never shown: the first case that holds leads on.
    Branch {
        /// The cases, in order.
        cases: Vec<Case>,
        /// Index of the next screen if none holds.
        otherwise: usize,
    },
    /// Never shown: leads to other screens, and on to `next` when they return.
    Call {
        /// Index of the first of those screens.
        to: usize,
        /// Index of the screen after them.
        next: usize,
    },
    /// Never shown: back to whoever called.
    Return {
        /// What it says: the result.
        set: Vec<Set>,
    },
    /// Nothing: the session ends here.
    Nothing,
}

/// What only the records know, as a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What the citizen has said before, the newest first.
    Own,
    /// Official news, the newest first.
    Bulletins,
}

/// A way out of an [`Asks::Branch`].
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// All of these hold.
    pub when: Vec<Condition>,
    /// Index of the next screen.
    pub next: usize,
}

/// What a branch looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The channel's country is one of these.
    Country(Vec<String>),
    /// The citizen's operator is one of these.
    Operator(Vec<String>),
    /// The language that was chosen is one of these.
    Language(Vec<String>),
    /// The session began at this local time of day.
    Hours(Hours),
    /// The session began on one of these days of the week: Monday is 0.
    Days(Vec<u8>),
    /// The session began on a working day, or not.
    WorkingDay(bool),
    /// This was said.
    Said(Set),
}

/// A part of the day, in minutes after local midnight; one that ends before it begins goes on
/// past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first minute.
    pub from: u16,
    /// The first minute after it.
    pub until: u16,
}

impl Hours {
    /// Whether a minute of the day is in it.
    pub fn hold(self, minute: u16) -> bool {
        if self.from <= self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

/// An option of a screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its text.
    pub label: TextKey,
    /// Its key, if the file gives one; counted from 1 otherwise. A key given in the file wins
    /// over navigation on that screen.
    pub key: Option<String>,
    /// What choosing it says.
    pub set: Vec<Set>,
    /// What choosing it does.
    pub effect: Option<Effect>,
    /// Index of the next screen.
    pub next: usize,
}

/// What a menu can make happen. The pure menu decides it, `flows` carry it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Put the feedback on record and send it to the institution.
    File,
    /// The same, and send its code by SMS too.
    FileAndCopy,
    /// No more messages to this citizen.
    Stop,
    /// Messages again: the citizen takes back a stop.
    Subscribe,
    /// The citizen's number and words are erased.
    Erase,
}

impl Effect {
    /// Whether a feedback is on record after it.
    pub fn files(self) -> bool {
        matches!(self, Self::File | Self::FileAndCopy)
    }
}

impl Node {
    /// Whether it is a fork, never shown.
    pub fn is_fork(&self) -> bool {
        matches!(
            self.asks,
            Asks::Branch { .. } | Asks::Call { .. } | Asks::Return { .. }
        )
    }

    /// Its fixed options.
    pub fn options(&self) -> &[Choice] {
        match &self.asks {
            Asks::Choice { options } | Asks::Words { options, .. } => options,
            _ => &[],
        }
    }
}

impl Menu {
    /// Where a screen leads, its options apart; a return leads to wherever somebody called from.
    pub fn onward(&self, from: usize) -> Vec<usize> {
        match self.nodes.get(from).map(|node| &node.asks) {
            Some(
                Asks::Language { next }
                | Asks::Institution { next }
                | Asks::Place { next, .. }
                | Asks::List { next, .. }
                | Asks::Words { next, .. }
                | Asks::Text { next, .. }
                | Asks::Rating { next, .. }
                | Asks::Code { next }
                | Asks::Message { next },
            ) => vec![*next],
            Some(Asks::Branch { cases, otherwise }) => {
                let cases = cases.iter().map(|case| case.next);
                cases.chain([*otherwise]).collect()
            }
            Some(Asks::Call { to, .. }) => vec![*to],
            Some(Asks::Return { .. }) => {
                let calls = self.nodes.iter().filter_map(|node| match node.asks {
                    Asks::Call { next, .. } => Some(next),
                    _ => None,
                });
                calls.collect()
            }
            Some(Asks::Choice { .. } | Asks::Nothing) | None => Vec::new(),
        }
    }
}
