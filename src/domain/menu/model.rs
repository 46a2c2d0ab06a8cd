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

/// One screen of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The name in the file.
    pub id: String,
    /// What stands above the options.
    pub text: TextKey,
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
    /// The citizen's own words.
    Words {
        /// Index of the next screen.
        next: usize,
    },
    /// Nothing: the session ends here.
    Nothing,
}

/// An option of a [`Asks::Choice`].
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

/// What a menu can make happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Put the feedback on record and send it to the institution.
    File,
}
