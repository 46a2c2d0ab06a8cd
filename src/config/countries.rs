//! `countries/*.toml`: numbers, operators, languages, desk, days off, emergency numbers.

mod calendar;
mod operators;
mod retention;

use std::collections::BTreeMap;

use super::gate::{Gate, Spot, Word, printable};
use super::locales::Locale;
use super::nearest;
use super::places::Atlas;
use super::sheet::{self, Table};
use super::values;
use crate::domain::country::{Country, Emergency};
use crate::domain::msisdn::{Numbering, Plan, PlanError, Rewrite};

pub(super) use calendar::weekdays;

/// Countries by code; none for a file that is there but could not be read through.
pub(super) type Countries = BTreeMap<String, Option<Checked>>;

/// A country, with what can only be checked once institutions are known.
pub(super) struct Checked {
    pub(super) country: Country,
    desk: Option<Word>,
}

pub(super) fn read(gate: &Gate<'_>, locales: &[Locale], atlas: &Atlas) -> Countries {
    let mut countries = Countries::new();
    for (id, path) in gate.files.ids("countries") {
        let code = id.to_ascii_uppercase();
        let at = Spot::of(path, 0..0);
        if id.len() != 2 || !id.bytes().all(|b| b.is_ascii_lowercase()) {
            let help = "name it after the ISO 3166-1 code, like `bj.toml`";
            gate.error(&at, "this file's name is not a country", help);
            continue;
        }
        if atlas.root(&code).is_none() {
            let help = "the country's own row suffices: `code,name,level,parent`";
            gate.error(&at, format!("`places/{id}.csv` is missing"), help);
        }
        let read = sheet::read(gate, path, |file| country(gate, &code, file, locales));
        countries.insert(code, read);
    }
    if countries.is_empty() {
        let help = "add one, like `countries/bj.toml`: see the shipped ones";
        gate.error(&Spot::nowhere("countries"), "there is no country", help);
    }
    countries
}

/// Proves that each desk is an institution of its country, given institutions with their country.
pub(super) fn check_desks(
    gate: &Gate<'_>,
    countries: &Countries,
    institutions: &BTreeMap<String, Option<String>>,
) {
    for checked in countries.values().flatten() {
        let Some(desk) = &checked.desk else { continue };
        let code = checked.country.code.as_str();
        match institutions.get(&desk.value) {
            None => gate.error(
                &desk.at,
                format!("there is no institution {}", desk.shown()),
                nearest::help(&desk.value, institutions.keys().map(String::as_str)),
            ),
            Some(Some(country)) if country != code => gate.error(
                &desk.at,
                format!("{} is an institution of `{country}`", desk.shown()),
                format!("name one of `{code}`"),
            ),
            Some(_) => {}
        }
    }
}

fn country(gate: &Gate<'_>, code: &str, file: &Table<'_>, locales: &[Locale]) -> Option<Checked> {
    let names = names(gate, file, locales);
    let numbering = file.table("numbering");
    if numbering.is_none() && !file.has("numbering") {
        file.missing("numbering", "{ calling_code = \"229\", mobile = \"…\" }");
    }
    let numbering = numbering.and_then(|table| numbers(gate, code, &table));
    let (languages, default_language) = languages(gate, file, locales);
    let utc_offset = file.need("utc_offset", "\"+01:00\"").and_then(|word| {
        let offset = values::utc_offset(&word.value);
        offset
            .map_err(|help| gate.error(&word.at, format!("{} is no offset", word.shown()), help))
            .ok()
    });
    let operators = operators::read(gate, file);
    let calendar = calendar::read(gate, file);
    let quiet = calendar::quiet(gate, file);
    let emergency = emergency(gate, file, locales);
    let retention = retention::read(gate, file);
    let desk = file.word("desk");
    Some(Checked {
        country: Country {
            code: code.to_owned(),
            names,
            numbering: numbering?,
            languages,
            default_language: default_language?,
            utc_offset: utc_offset?,
            operators,
            desk: desk.as_ref().map(|word| word.value.clone()),
            calendar,
            quiet,
            emergency,
            retention,
        },
        desk,
    })
}

/// `name.fr = …`: a name by language, at least one.
pub(super) fn names(
    gate: &Gate<'_>,
    file: &Table<'_>,
    locales: &[Locale],
) -> Vec<(String, String)> {
    let Some(table) = file.table("name") else {
        if !file.has("name") {
            file.missing("name.fr", "\"…\"");
        }
        return Vec::new();
    };
    let mut names = Vec::new();
    for language in table.keys() {
        if !locales.iter().any(|locale| locale.tag == language.value) {
            gate.warn(
                &language.at,
                format!("there is no language {}", language.shown()),
                nearest::help(&language.value, locales.iter().map(|l| l.tag.as_str())),
            );
        }
        let Some(name) = table.word(&language.value) else {
            continue;
        };
        let length = name.value.trim().chars().count();
        if length == 0 || length > LONGEST_NAME {
            let help = format!("1 to {LONGEST_NAME} characters: it must fit on a phone's screen");
            gate.error(&name.at, format!("this name has {length} characters"), help);
        } else {
            names.push((language.value, name.value.trim().to_owned()));
        }
    }
    names
}

/// A name stands on a screen of 150 characters, with a key before it and the way back below.
const LONGEST_NAME: usize = 80;

fn languages(
    gate: &Gate<'_>,
    file: &Table<'_>,
    locales: &[Locale],
) -> (Vec<String>, Option<String>) {
    if !file.has("languages") {
        file.missing("languages", "[\"fr\"]");
    }
    let languages = file.words("languages");
    if file.is_empty_list("languages") {
        let help = "name at least one, like `[\"fr\"]`";
        gate.error(&file.at_value("languages"), "there is no language", help);
    }
    for (index, language) in languages.iter().enumerate() {
        if !locales.iter().any(|locale| locale.tag == language.value) {
            gate.error(
                &language.at,
                format!("`locales/{}.ftl` is missing", printable(&language.value)),
                nearest::help(&language.value, locales.iter().map(|l| l.tag.as_str())),
            );
        }
        if languages[..index].iter().any(|l| l.value == language.value) {
            let message = format!("the language {} stands twice", language.shown());
            gate.error(&language.at, message, "take one of the two out");
        }
    }
    let default = file.need("default_language", "\"fr\"");
    if let Some(default) = &default
        && !languages.is_empty()
        && !languages.iter().any(|l| l.value == default.value)
    {
        gate.error(
            &default.at,
            format!("{} is not one of `languages`", default.shown()),
            nearest::help(&default.value, languages.iter().map(|l| l.value.as_str())),
        );
    }
    let languages = languages.into_iter().map(|l| l.value).collect();
    (languages, default.map(|d| d.value))
}

fn numbers(gate: &Gate<'_>, code: &str, table: &Table<'_>) -> Option<Numbering> {
    let calling_code = table.need("calling_code", "\"229\"");
    let trunk_prefix = table.word("trunk_prefix");
    let mobile = pattern(gate, table.need("mobile", "'7[2389]\\d{7}'"));
    let fixed = pattern(gate, table.word("fixed"));
    let unverified = pattern(gate, table.word("unverified"));
    let rewrites = table.tables("rewrite");
    let rewrites = rewrites.iter().filter_map(|rewrite| {
        let when = pattern(gate, rewrite.need("when", "'[456]\\d{7}'"));
        let prepend = rewrite.need("prepend", "\"0\"");
        let prepend = prepend.and_then(|word| digits(gate, word, 1..=6));
        let mark = rewrite.need("mark", "\"old-plan\"");
        rewrite.close();
        Some(Rewrite {
            when: when?.value,
            prepend: prepend?.value,
            mark: mark?.value,
        })
    });
    let rewrites = rewrites.collect();
    table.close();
    let calling_code = calling_code.and_then(|word| digits(gate, word, 1..=3))?;
    let trunk_prefix = match trunk_prefix {
        Some(word) => Some(digits(gate, word, 1..=4)?.value),
        None => None,
    };
    let plan = Plan {
        region: code.to_owned(),
        calling_code: calling_code.value,
        trunk_prefix,
        mobile: mobile?.value,
        fixed: fixed.map(|word| word.value),
        unverified: unverified.map(|word| word.value),
        rewrites,
    };
    Numbering::new(plan)
        .map_err(|error| {
            let help = match error {
                PlanError::Region(_) => "name the file after the ISO 3166-1 code",
                _ => "",
            };
            gate.error(table.at(), error.to_string(), help);
        })
        .ok()
}

/// A regular expression that compiles.
fn pattern(gate: &Gate<'_>, word: Option<Word>) -> Option<Word> {
    let word = word?;
    // As the plan will compile it: a pattern is matched whole.
    if regex::Regex::new(&format!("^(?:{})$", word.value)).is_ok() {
        return Some(word);
    }
    let message = format!("{} is not a regular expression", word.shown());
    let help = "check its brackets; in single quotes, `\\d` is a digit";
    gate.error(&word.at, message, help);
    None
}

fn digits(gate: &Gate<'_>, word: Word, most: std::ops::RangeInclusive<usize>) -> Option<Word> {
    if most.contains(&word.value.len()) && word.value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(word);
    }
    let help = format!("{} to {} digits, in quotes", most.start(), most.end());
    gate.error(&word.at, format!("{} is wrong here", word.shown()), help);
    None
}

/// `emergency = [{ number, name, source }]`: shown, never called.
fn emergency(gate: &Gate<'_>, file: &Table<'_>, locales: &[Locale]) -> Vec<Emergency> {
    let mut numbers: Vec<Emergency> = Vec::new();
    for table in file.tables("emergency") {
        let number = table.need("number", "\"117\"");
        let names = names(gate, &table, locales);
        let source = source(&table);
        table.close();
        let number = number.and_then(|word| digits(gate, word, 2..=8));
        if let (Some(number), Some(source)) = (number, source) {
            if numbers.iter().any(|e| e.number == number.value) {
                let message = format!("{} stands twice", number.shown());
                gate.error(&number.at, message, "one entry a number");
                continue;
            }
            numbers.push(Emergency {
                number: number.value,
                names,
                source,
            });
        }
    }
    numbers
}

/// Where a fact comes from: every fact that a citizen's safety or an institution's promise hangs
/// on must say so.
fn source(table: &Table<'_>) -> Option<String> {
    let source = table.need("source", "\"[A] whose text, of when\"")?;
    Some(source.value)
}
