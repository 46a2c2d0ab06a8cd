//! What institutions are to each other: who oversees, who gets copies, who relays.

use super::gate::{Gate, Word};
use super::nearest;
use super::sheet::Table;
use crate::domain::institution::{Institution, Ties};

/// What can only be checked once all institutions are known.
#[derive(Default)]
pub(super) struct Words {
    overseen_by: Option<Word>,
    also: Vec<Word>,
}

pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>) -> (Ties, Words) {
    let media = match file.word("kind") {
        None => false,
        Some(word) => match word.value.as_str() {
            "office" => false,
            "media" => true,
            _ => {
                let message = format!("{} is no kind of institution", word.shown());
                let help =
                    "write `office`, or `media` for one that only relays what citizens publish";
                gate.error(&word.at, message, help);
                false
            }
        },
    };
    let words = Words {
        overseen_by: file.word("overseen_by"),
        also: file.words("also"),
    };
    let share_praise = file.flag("share_praise").is_none_or(|(share, _)| share);
    let subjects = file.words("subjects");
    let ties = Ties {
        media,
        overseen_by: words.overseen_by.as_ref().map(|word| word.value.clone()),
        share_praise,
        also: words.also.iter().map(|word| word.value.clone()).collect(),
        subjects: subjects.into_iter().map(|word| word.value).collect(),
    };
    (ties, words)
}

/// Proves that everybody named is there, in the same country, and that nobody oversees themselves
/// by way of others.
pub(super) fn check(gate: &Gate<'_>, all: &[(&Institution, &Words)]) {
    for (institution, words) in all {
        if let Some(word) = &words.overseen_by
            && let Some(overseer) = named(gate, all, institution, word)
        {
            if overseer.ties.media {
                let message = format!("{} is a media relay: it oversees nobody", word.shown());
                gate.error(&word.at, message, "name an office");
            }
            circle(gate, all, institution, word);
        }
        for (index, word) in words.also.iter().enumerate() {
            named(gate, all, institution, word);
            if words.also[..index].iter().any(|w| w.value == word.value) {
                let message = format!("{} stands twice", word.shown());
                gate.error(
                    &word.at,
                    message,
                    "it gets one copy: take one of the two out",
                );
            }
        }
    }
}

/// The institution that a word names.
fn named<'a>(
    gate: &Gate<'_>,
    all: &[(&'a Institution, &Words)],
    of: &Institution,
    word: &Word,
) -> Option<&'a Institution> {
    let ids = || all.iter().map(|(i, _)| i.id.as_str());
    let Some((found, _)) = all.iter().find(|(i, _)| i.id == word.value) else {
        let path = format!("institutions/{}.toml", word.value);
        // One that is there but could not be read is told of already.
        if gate.files.get(&path).is_none() {
            let message = format!("there is no institution {}", word.shown());
            gate.error(&word.at, message, nearest::help(&word.value, ids()));
        }
        return None;
    };
    if found.id == of.id {
        gate.error(
            &word.at,
            "this is the institution itself",
            "name another one",
        );
        return None;
    }
    if found.country != of.country {
        let message = format!("{} is an institution of `{}`", word.shown(), found.country);
        gate.error(&word.at, message, format!("name one of `{}`", of.country));
        return None;
    }
    Some(found)
}

/// Walks up from an institution; told once, at the first of the circle's files.
fn circle(gate: &Gate<'_>, all: &[(&Institution, &Words)], from: &Institution, word: &Word) {
    let up = |id: &str| {
        let found = all.iter().find(|(i, _)| i.id == id);
        found.and_then(|(i, _)| i.ties.overseen_by.as_deref())
    };
    let mut way = vec![from.id.as_str()];
    let mut at = up(&from.id);
    while let Some(id) = at {
        if id == from.id {
            if way.iter().min() == Some(&from.id.as_str()) {
                way.push(id);
                let message = format!("they oversee each other in a circle: {}", way.join(" → "));
                gate.error(&word.at, message, "take `overseen_by` out of one of them");
            }
            return;
        }
        if way.contains(&id) {
            return;
        }
        way.push(id);
        at = up(id);
    }
}
