//! `words/*.toml`: the words that text messages are understood by.

use std::collections::BTreeMap;

use super::Rules;
use super::environment::Environment;
use super::files::Files;
use super::gate::Gate;
use super::sheet::{self, Table};
use crate::domain::hearing::lexicon::{Language, Lexicon, Sense, words};

/// Reads every language's words. Where the folder has none, those that are shipped: a STOP is
/// understood everywhere.
pub(super) fn read(gate: &Gate<'_>) -> Lexicon {
    if gate.files.ids("words").next().is_none() {
        let (shipped, environment) = (Files::embedded(), Environment::of([] as [(&str, &str); 0]));
        return all(&Gate::new(&shipped, &environment, &Rules::CHECK));
    }
    all(gate)
}

fn all(gate: &Gate<'_>) -> Lexicon {
    let mut rights: BTreeMap<String, Sense> = BTreeMap::new();
    let files = gate.files.ids("words");
    let languages = files.into_iter().filter_map(|(tag, path)| {
        sheet::read(gate, path, |file| {
            Some(language(gate, tag, file, &mut rights))
        })
    });
    let languages = languages.collect();
    Lexicon { languages }
}

/// The senses of a message that is one word: an entry that means two of them means neither.
const LONE: [Sense; 7] = [
    Sense::Stop,
    Sense::Start,
    Sense::Info,
    Sense::Help,
    Sense::Erase,
    Sense::Yes,
    Sense::No,
];

fn language(
    gate: &Gate<'_>,
    tag: &str,
    file: &Table<'_>,
    rights: &mut BTreeMap<String, Sense>,
) -> Language {
    let mut lists = Vec::new();
    for (name, sense) in Sense::ALL {
        let mut entries = Vec::new();
        for entry in file.words(name) {
            let folded: Vec<String> = words(&entry.value).into_iter().map(|w| w.text).collect();
            if folded.is_empty() {
                let help = "take it out, or write a word";
                gate.error(&entry.at, format!("{} has no letter", entry.shown()), help);
                continue;
            }
            let before = rights.insert(folded.join(" "), sense);
            if LONE.contains(&sense) && before.is_some_and(|b| b != sense && LONE.contains(&b)) {
                let message = format!("{} means something else already", entry.shown());
                gate.error(
                    &entry.at,
                    message,
                    "one word has one meaning, in every language",
                );
            }
            entries.push(entry.value);
        }
        lists.push((sense, entries));
    }
    let lists = lists
        .iter()
        .map(|(sense, entries)| (*sense, entries.iter().map(String::as_str).collect()));
    Language::new(tag, lists)
}
