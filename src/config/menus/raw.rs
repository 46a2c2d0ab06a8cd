//! A menu as its file has it: names, each with its place.

use super::super::gate::{Gate, Spot, Word};
use super::super::nearest;
use super::super::sheet::Table;
use super::variables;
use crate::domain::menu::model::{Declared, Effect, Keys, Set};

/// The file.
pub(in crate::config) struct Menu {
    pub(super) start: Option<Word>,
    pub(super) home: Option<Word>,
    pub(super) keys: Keys,
    pub(super) variables: Vec<Declared>,
    /// In the file's order.
    pub(super) screens: Vec<Screen>,
}

/// `[screens.X]`
pub(super) struct Screen {
    pub(super) id: Word,
    pub(super) text: Option<Word>,
    pub(super) asks: Asks,
}

/// What it asks, as written.
pub(super) enum Asks {
    Language {
        next: Option<Word>,
    },
    Choice {
        options: Vec<Choice>,
    },
    Institution {
        next: Option<Word>,
    },
    Place {
        depth: usize,
        next: Option<Word>,
    },
    Words {
        next: Option<Word>,
    },
    Nothing,
    /// Something that there is not: noted, and nothing concluded from it.
    Unknown,
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

const ASKS: [&str; 6] = [
    "language",
    "choice",
    "institution",
    "place",
    "words",
    "nothing",
];

/// A country's tree has at most this many levels below it.
const DEEPEST: i64 = 6;

pub(super) fn menu(gate: &Gate<'_>, file: &Table<'_>) -> Option<Menu> {
    let start = file.need("start", "\"language\"");
    let home = file.word("home");
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
        let text = screen.need("text", "\"ask-words\"");
        let asks = asks(gate, &variables, &screen);
        screen.close();
        Some(Screen { id, text, asks })
    });
    let screens = screens.collect();
    Some(Menu {
        start,
        home,
        keys,
        variables,
        screens,
    })
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

fn asks(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Asks {
    let Some(asks) = screen.need("asks", "\"choice\"") else {
        screen.keys();
        return Asks::Unknown;
    };
    let next = || screen.need("next", "\"words\"");
    match asks.value.as_str() {
        "language" => Asks::Language { next: next() },
        "institution" => Asks::Institution { next: next() },
        "words" => Asks::Words { next: next() },
        "place" => Asks::Place {
            depth: depth(gate, screen),
            next: next(),
        },
        "choice" => {
            if !screen.has("options") {
                screen.missing("options", "[{ label = \"…\", next = \"…\" }]");
            }
            let options = screen.tables("options");
            Asks::Choice {
                options: options
                    .iter()
                    .map(|option| choice(gate, variables, option))
                    .collect(),
            }
        }
        "nothing" => Asks::Nothing,
        other => {
            let message = format!("a screen cannot ask {}", asks.shown());
            gate.error(&asks.at, message, nearest::help(other, ASKS));
            screen.keys();
            Asks::Unknown
        }
    }
}

fn depth(gate: &Gate<'_>, screen: &Table<'_>) -> usize {
    match screen.whole("depth") {
        None => 2,
        Some((depth, _)) if (1..=DEEPEST).contains(&depth) => usize::try_from(depth).unwrap_or(2),
        Some((depth, at)) => {
            let help = format!("1 to {DEEPEST} levels below the country");
            gate.error(&at, format!("{depth} is no depth"), help);
            2
        }
    }
}

fn choice(gate: &Gate<'_>, variables: &[Declared], option: &Table<'_>) -> Choice {
    let label = option.need("label", "\"confirm-send\"");
    let key = option.word("key").and_then(|word| short_key(gate, word));
    let set = option.table("set");
    let set = set.map(|table| variables::set(gate, variables, &table));
    let set = set.unwrap_or_default();
    let effect = option.word("effect");
    let effect = effect.and_then(|word| one_of(gate, &word, "effect", &[("file", Effect::File)]));
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
