//! `[variables]` of a menu, and what an option says with `set`.

use super::super::gate::{Gate, Word};
use super::super::nearest;
use super::super::sheet::Table;
use super::raw::one_of;
use crate::domain::feedback::Experience;
use crate::domain::menu::model::{Declared, Kind, Set, Value};

/// What every feedback has: no menu's variable is called so.
const TAKEN: [&str; 4] = ["experience", "consent", "sensitive", "subject"];

/// The widest range of a number: what a telephone's keys can say in a few presses.
const LARGEST: i64 = 9_999;

pub(super) fn read(gate: &Gate<'_>, table: &Table<'_>) -> Vec<Declared> {
    let mut declared = Vec::new();
    for name in table.keys() {
        if TAKEN.contains(&name.value.as_str()) {
            let message = format!("{} is there without being declared", name.shown());
            gate.error(&name.at, message, "give it another name");
        }
        let kind = if table.holds_list(&name.value) {
            let names = table.words(&name.value);
            if names.is_empty() {
                let message = format!("{} can hold nothing", name.shown());
                gate.error(&name.at, message, "name what it can hold: `[\"a\", \"b\"]`");
            }
            Some(Kind::Choice(names.into_iter().map(|n| n.value).collect()))
        } else {
            table.word(&name.value).and_then(|word| kind(gate, &word))
        };
        // What a mistake leaves open is told once: elsewhere the name is known.
        declared.push(Declared {
            name: name.value,
            kind: kind.unwrap_or(Kind::Text),
        });
    }
    declared
}

fn kind(gate: &Gate<'_>, word: &Word) -> Option<Kind> {
    let range = word.value.split_once("..").and_then(|(least, most)| {
        let (least, most) = (least.trim().parse().ok()?, most.trim().parse().ok()?);
        let sound = (0..=LARGEST).contains(&least) && (least..=LARGEST).contains(&most);
        sound.then_some(Kind::Number { least, most })
    });
    match word.value.as_str() {
        "yes/no" => Some(Kind::YesNo),
        "text" => Some(Kind::Text),
        _ => range.or_else(|| {
            gate.error(
                &word.at,
                format!("{} is no kind of variable", word.shown()),
                format!(
                    "`\"yes/no\"`, `\"1..5\"` (within 0..{LARGEST}), `\"text\"`, or a list of names"
                ),
            );
            None
        }),
    }
}

/// `set = { … }`: what choosing an option says.
pub(super) fn set(gate: &Gate<'_>, variables: &[Declared], table: &Table<'_>) -> Vec<Set> {
    let mut set = Vec::new();
    if table.keys().is_empty() {
        gate.warn(table.at(), "this says nothing", "take it out");
    }
    for key in table.keys() {
        set.extend(said(gate, variables, table, &key));
    }
    set
}

/// What one key of a table says.
pub(super) fn said(
    gate: &Gate<'_>,
    variables: &[Declared],
    table: &Table<'_>,
    key: &Word,
) -> Option<Set> {
    let name = key.value.as_str();
    match name {
        "experience" => experience(gate, table),
        "consent" => yes_or_no(gate, table, name).map(Set::Consent),
        "sensitive" => table.flag(name).map(|(flag, _)| Set::Sensitive(flag)),
        "subject" => table
            .word(name)
            .map(|word| Set::Subject(word.value.as_str().into())),
        _ => variable(gate, variables, table, key),
    }
}

fn experience(gate: &Gate<'_>, table: &Table<'_>) -> Option<Set> {
    let word = table.word("experience")?;
    let known = [("good", Experience::Good), ("bad", Experience::Bad)];
    one_of(gate, &word, "experience", &known).map(Set::Experience)
}

fn yes_or_no(gate: &Gate<'_>, table: &Table<'_>, name: &str) -> Option<bool> {
    let word = table.word(name)?;
    one_of(gate, &word, "answer", &[("yes", true), ("no", false)])
}

fn variable(gate: &Gate<'_>, variables: &[Declared], table: &Table<'_>, key: &Word) -> Option<Set> {
    let Some(index) = variables.iter().position(|v| v.name == key.value) else {
        let names = variables.iter().map(|v| v.name.as_str()).chain(TAKEN);
        let help = match nearest::nearest(&key.value, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: `[variables] {} = \"yes/no\"`", key.value),
        };
        gate.error(
            &key.at,
            format!("there is no variable {}", key.shown()),
            help,
        );
        return None;
    };
    let value = value(gate, &variables[index].kind, table, &key.value)?;
    Some(Set::Variable(index, value))
}

/// The value of a key, as the variable's kind has it.
fn value(gate: &Gate<'_>, kind: &Kind, table: &Table<'_>, name: &str) -> Option<Value> {
    match kind {
        Kind::YesNo => yes_or_no(gate, table, name).map(|yes| Value::Number(i64::from(yes))),
        Kind::Text => Some(Value::Text(table.word(name)?.value.as_str().into())),
        Kind::Number { least, most } => {
            let (number, at) = table.whole(name)?;
            if !(*least..=*most).contains(&number) {
                let message = format!("`{name}` cannot hold {number}");
                gate.error(&at, message, format!("it holds {least} to {most}"));
                return None;
            }
            Some(Value::Number(number))
        }
        Kind::Choice(names) => {
            let word = table.word(name)?;
            let known: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(0_i64..).collect();
            one_of(gate, &word, name, &known).map(Value::Number)
        }
    }
}
