//! A menu as its file has it: names, each with its place.

use std::time::Duration;

use super::super::gate::{Gate, Spot, Word};
use super::super::nearest;
use super::super::sheet::Table;
use super::super::values;
use super::{asks, variables};
use crate::domain::menu::model::{Condition, Declared, Effect, Keys, List, Set};

/// The file.
pub(in crate::config) struct Menu {
    pub(super) start: Option<Word>,
    pub(super) home: Option<Word>,
    pub(super) resume: Option<i64>,
    pub(super) keys: Keys,
    pub(super) variables: Vec<Declared>,
    /// In the file's order.
    pub(super) screens: Vec<Screen>,
}

/// `[screens.X]`
pub(super) struct Screen {
    pub(super) id: Word,
    pub(super) text: Option<Word>,
    /// Navigation keys that are answers here.
    pub(super) answers: Vec<Word>,
    pub(super) asks: Asks,
}

/// What it asks, as written.
pub(super) enum Asks {
    /// Asked, and then on to one screen.
    Plain {
        what: Plain,
        next: Option<Word>,
    },
    /// Fixed options; a confirmation is two of them.
    Choice {
        options: Vec<Choice>,
    },
    Words {
        options: Vec<Choice>,
        next: Option<Word>,
    },
    Branch {
        cases: Vec<Case>,
        next: Option<Word>,
    },
    Call {
        to: Option<Word>,
        next: Option<Word>,
    },
    Return {
        set: Vec<Set>,
    },
    Nothing,
    /// Something that there is not: noted, and nothing concluded from it.
    Unknown,
}

/// What is asked before going on to one screen.
pub(super) enum Plain {
    Language,
    Institution,
    Place { depth: usize },
    List(List),
    Text { into: usize },
    Rating { into: usize, least: i64, most: i64 },
    Code,
    Message,
}

/// A way out of a branch.
pub(super) struct Case {
    pub(super) when: Vec<Condition>,
    pub(super) next: Option<Word>,
}

/// An option.
pub(super) struct Choice {
    pub(super) label: Option<Word>,
    pub(super) key: Option<Word>,
    pub(super) set: Vec<Set>,
    pub(super) effect: Option<Effect>,
    pub(super) next: Option<Word>,
    pub(super) at: Spot,
}

impl Screen {
    /// Whether it is never shown.
    pub(super) fn is_fork(&self) -> bool {
        matches!(
            self.asks,
            Asks::Branch { .. } | Asks::Call { .. } | Asks::Return { .. }
        )
    }

    /// Its fixed options.
    pub(super) fn options(&self) -> &[Choice] {
        match &self.asks {
            Asks::Choice { options } | Asks::Words { options, .. } => options,
            _ => &[],
        }
    }
}

const EFFECTS: [(&str, Effect); 5] = [
    ("file", Effect::File),
    ("file-and-copy", Effect::FileAndCopy),
    ("stop", Effect::Stop),
    ("subscribe", Effect::Subscribe),
    ("erase", Effect::Erase),
];

pub(super) fn menu(gate: &Gate<'_>, file: &Table<'_>) -> Option<Menu> {
    let start = file.need("start", "\"language\"");
    let home = file.word("home");
    let resume = resume(gate, file);
    let keys = file.table("keys");
    let keys = keys.map_or_else(Keys::default, |table| navigation(gate, &table));
    let variables = file.table("variables");
    let variables = variables.map(|table| variables::read(gate, &table));
    let variables = variables.unwrap_or_default();
    let Some(table) = file.table("screens") else {
        if !file.has("screens") {
            file.missing("screens.language", "{ asks = \"language\", … }");
        }
        return None;
    };
    let screens = table.keys().into_iter().filter_map(|id| {
        let screen = table.table(&id.value)?;
        let asks = asks::read(gate, &variables, &screen);
        let answers = screen.words("answers");
        let answers = answers.into_iter().filter_map(|key| short_key(gate, key));
        let mut screen_read = Screen {
            id,
            text: None,
            answers: answers.collect(),
            asks,
        };
        if !screen_read.is_fork() {
            screen_read.text = screen.need("text", "\"ask-words\"");
        }
        screen.close();
        Some(screen_read)
    });
    let screens = screens.collect();
    Some(Menu {
        start,
        home,
        resume,
        keys,
        variables,
        screens,
    })
}

/// `resume = "10 min"`: how long a session that was cut is offered again, in milliseconds.
fn resume(gate: &Gate<'_>, file: &Table<'_>) -> Option<i64> {
    const LEAST: Duration = Duration::from_secs(10);
    const MOST: Duration = Duration::from_hours(24);
    let word = file.word("resume")?;
    match values::duration_within(&word.value, LEAST, MOST) {
        Ok(time) => i64::try_from(time.as_millis()).ok(),
        Err(help) => {
            gate.error(&word.at, format!("{} is no time here", word.shown()), help);
            None
        }
    }
}

/// `[keys]`: short, and each another.
fn navigation(gate: &Gate<'_>, table: &Table<'_>) -> Keys {
    let mut keys = Keys::default();
    let mut taken: Vec<Word> = Vec::new();
    for (name, key) in [
        ("back", &mut keys.back),
        ("home", &mut keys.home),
        ("more", &mut keys.more),
    ] {
        let Some(word) = table.word(name).and_then(|word| short_key(gate, word)) else {
            continue;
        };
        if taken.iter().any(|other| other.value == word.value) {
            let message = format!("the key {} has a meaning already", word.shown());
            gate.error(&word.at, message, "each of them is another");
        }
        key.clone_from(&word.value);
        taken.push(word);
    }
    table.close();
    keys
}

/// A key that a telephone can send and that cannot be taken for words.
fn short_key(gate: &Gate<'_>, word: Word) -> Option<Word> {
    let short = (1..=3).contains(&word.value.len());
    if short && word.value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(word);
    }
    gate.error(
        &word.at,
        format!("{} is no key", word.shown()),
        "one to three digits",
    );
    None
}

pub(super) fn choice(gate: &Gate<'_>, variables: &[Declared], option: &Table<'_>) -> Choice {
    let label = option.need("label", "\"confirm-send\"");
    let key = option.word("key").and_then(|word| short_key(gate, word));
    let set = option.table("set");
    let set = set.map(|table| variables::set(gate, variables, &table));
    let set = set.unwrap_or_default();
    let effect = option.word("effect");
    let effect = effect.and_then(|word| one_of(gate, &word, "effect", &EFFECTS));
    let next = option.need("next", "\"words\"");
    option.close();
    Choice {
        label,
        key,
        set,
        effect,
        next,
        at: option.at().clone(),
    }
}

pub(super) fn one_of<T: Copy>(
    gate: &Gate<'_>,
    word: &Word,
    what: &str,
    known: &[(&str, T)],
) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == word.value);
    if found.is_none() {
        gate.error(
            &word.at,
            format!("there is no {what} {}", word.shown()),
            nearest::help(&word.value, known.iter().map(|(name, _)| *name)),
        );
    }
    found.map(|(_, value)| *value)
}
