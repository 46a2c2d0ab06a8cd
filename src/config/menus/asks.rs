//! What a screen asks, as its table has it.

use super::super::gate::{Gate, Word};
use super::super::nearest;
use super::super::sheet::Table;
use super::raw::{self, Asks, Case, Choice, Plain, one_of};
use super::variables;
use crate::domain::menu::model::{Condition, Declared, Hours, Kind, List, Set};

const ASKS: [&str; 15] = [
    "language",
    "choice",
    "confirm",
    "institution",
    "place",
    "list",
    "words",
    "text",
    "rating",
    "code",
    "message",
    "branch",
    "call",
    "return",
    "nothing",
];

/// A country's tree has at most this many levels below it.
const DEEPEST: i64 = 6;

pub(super) fn read(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Asks {
    let Some(asks) = screen.need("asks", "\"choice\"") else {
        screen.keys();
        return Asks::Unknown;
    };
    let next = || screen.need("next", "\"words\"");
    let plain = |what: Option<Plain>| {
        if let Some(what) = what {
            return Asks::Plain { what, next: next() };
        }
        screen.keys();
        Asks::Unknown
    };
    match asks.value.as_str() {
        "language" => plain(Some(Plain::Language)),
        "institution" => plain(Some(Plain::Institution)),
        "code" => plain(Some(Plain::Code)),
        "message" => plain(Some(Plain::Message)),
        "place" => plain(Some(Plain::Place {
            depth: depth(gate, screen),
        })),
        "list" => plain(list(gate, screen)),
        "text" => plain(text(gate, variables, screen)),
        "rating" => plain(rating(gate, variables, screen)),
        "words" => Asks::Words {
            options: options(gate, variables, screen),
            next: next(),
        },
        "choice" => {
            if !screen.has("options") {
                screen.missing("options", "[{ label = \"…\", next = \"…\" }]");
            }
            Asks::Choice {
                options: options(gate, variables, screen),
            }
        }
        "confirm" => confirm(gate, variables, screen),
        "branch" => Asks::Branch {
            cases: cases(gate, variables, screen),
            next: next(),
        },
        "call" => Asks::Call {
            to: screen.need("call", "\"place\""),
            next: next(),
        },
        "return" => Asks::Return {
            set: result(gate, variables, screen),
        },
        "nothing" => Asks::Nothing,
        other => {
            let message = format!("a screen cannot ask {}", asks.shown());
            gate.error(&asks.at, message, nearest::help(other, ASKS));
            screen.keys();
            Asks::Unknown
        }
    }
}

fn cases(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Vec<Case> {
    let cases = screen.tables("cases");
    let each = cases.iter();
    each.map(|table| case(gate, variables, table)).collect()
}

/// What a return says.
fn result(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Vec<Set> {
    let set = screen.table("set");
    let set = set.map(|table| variables::set(gate, variables, &table));
    set.unwrap_or_default()
}

fn options(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Vec<Choice> {
    let options = screen.tables("options");
    let each = options.iter();
    each.map(|option| raw::choice(gate, variables, option))
        .collect()
}

/// `yes = { … }` and `no = { … }`: a choice of two.
fn confirm(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Asks {
    let options = ["yes", "no"].into_iter().filter_map(|key| {
        if !screen.has(key) {
            screen.missing(key, "{ label = \"…\", next = \"…\" }");
        }
        let option = screen.table(key)?;
        Some(raw::choice(gate, variables, &option))
    });
    Asks::Choice {
        options: options.collect(),
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

/// `of = …`: institutions and places have screens of their own, and may be named here too.
fn list(gate: &Gate<'_>, screen: &Table<'_>) -> Option<Plain> {
    let of = screen.need("of", "\"bulletins\"")?;
    match of.value.as_str() {
        "institutions" => Some(Plain::Institution),
        "places" => Some(Plain::Place {
            depth: depth(gate, screen),
        }),
        _ => {
            let known = [
                ("own", Some(List::Own)),
                ("bulletins", Some(List::Bulletins)),
                ("institutions", None),
                ("places", None),
            ];
            one_of(gate, &of, "list", &known).flatten().map(Plain::List)
        }
    }
}

/// `into = …`: the variable that an answer goes into.
fn into(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Option<(usize, Word)> {
    let word = screen.need("into", "\"rating\"")?;
    let index = variables.iter().position(|v| v.name == word.value);
    if index.is_none() {
        let names = variables.iter().map(|v| v.name.as_str());
        let near = nearest::nearest(&word.value, names);
        let help = near.map_or_else(
            || "declare it in `[variables]`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        gate.error(
            &word.at,
            format!("there is no variable {}", word.shown()),
            help,
        );
    }
    Some((index?, word))
}

fn text(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Option<Plain> {
    let (into, word) = into(gate, variables, screen)?;
    if variables[into].kind != Kind::Text {
        let message = format!("{} cannot hold words", word.shown());
        gate.error(&word.at, message, "declare it as `\"text\"`");
        return None;
    }
    Some(Plain::Text { into })
}

fn rating(gate: &Gate<'_>, variables: &[Declared], screen: &Table<'_>) -> Option<Plain> {
    let (into, word) = into(gate, variables, screen)?;
    let Kind::Number { least, most } = variables[into].kind else {
        let message = format!("{} cannot hold a number", word.shown());
        gate.error(&word.at, message, "declare its range, like `\"1..5\"`");
        return None;
    };
    Some(Plain::Rating { into, least, most })
}

/// `{ country = "RW", hours = "08:00-18:00", urgent = "yes", next = "…" }`: all of it holds.
fn case(gate: &Gate<'_>, variables: &[Declared], table: &Table<'_>) -> Case {
    let next = table.need("next", "\"words\"");
    let mut when = Vec::new();
    let mut said = Vec::new();
    for key in table.keys() {
        let name = key.value.as_str();
        let condition = match name {
            "next" => None,
            "country" => Some(Condition::Country(several(table, name))),
            "operator" => Some(Condition::Operator(several(table, name))),
            "language" => Some(Condition::Language(several(table, name))),
            "hours" => table
                .word(name)
                .and_then(|word| hours(gate, &word))
                .map(Condition::Hours),
            "days" => {
                let days = table.words(name);
                let known: Vec<(&str, u8)> = DAYS.into_iter().zip(0_u8..).collect();
                let days = days
                    .iter()
                    .filter_map(|day| one_of(gate, day, "day", &known));
                Some(Condition::Days(days.collect()))
            }
            "working_day" => table
                .flag(name)
                .map(|(flag, _)| Condition::WorkingDay(flag)),
            _ => {
                said.push(key);
                None
            }
        };
        when.extend(condition);
    }
    let said = said
        .iter()
        .filter_map(|key| variables::said(gate, variables, table, key));
    when.extend(said.map(Condition::Said));
    if when.is_empty() {
        let help = "say when: `country`, `operator`, `language`, `hours`, `days`, `working_day`, \
                    or a variable";
        gate.error(table.at(), "this case always holds", help);
    }
    Case { when, next }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One text, or a list of them.
fn several(table: &Table<'_>, key: &str) -> Vec<String> {
    let words = if table.holds_list(key) {
        table.words(key)
    } else {
        table.word(key).into_iter().collect()
    };
    words.into_iter().map(|word| word.value).collect()
}

/// `08:00-18:00`, in the country's local time.
fn hours(gate: &Gate<'_>, word: &Word) -> Option<Hours> {
    let minute = |text: &str| -> Option<u16> {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && (hour < 24 || (hour, minute) == (24, 0))).then_some(hour * 60 + minute)
    };
    let both = word.value.split_once('-');
    let both = both.and_then(|(from, until)| minute(from).zip(minute(until)));
    if both.is_none() {
        let help = "`\"08:00-18:00\"`, by the country's clock";
        gate.error(
            &word.at,
            format!("{} is no part of a day", word.shown()),
            help,
        );
    }
    both.map(|(from, until)| Hours { from, until })
}
