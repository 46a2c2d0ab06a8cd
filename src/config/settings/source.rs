//! One setting: from the environment, or from the file, or not given.

use std::cell::RefCell;

use super::super::gate::{ENVIRONMENT, Gate, Spot, Word, printable};
use super::super::nearest;
use super::super::sheet::Table;
use super::super::values::Parsed;

/// What begins the name of every variable that is a setting.
const PREFIX: &str = "PASSERELLE_";

/// The settings' two sources, and the names of all that were asked for.
pub(super) struct Source<'a> {
    pub(super) gate: &'a Gate<'a>,
    asked: RefCell<Vec<String>>,
}

/// A section, with its table if the file has it.
pub(super) struct Section<'a> {
    source: &'a Source<'a>,
    name: &'static str,
    table: Option<Table<'a>>,
}

/// How a value is written in the file; in the environment everything is text.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Secret,
    Whole,
    Flag,
}

impl<'a> Source<'a> {
    pub(super) fn new(gate: &'a Gate<'a>) -> Self {
        Self {
            gate,
            asked: RefCell::default(),
        }
    }

    pub(super) fn section(&'a self, name: &'static str, file: Option<&Table<'a>>) -> Section<'a> {
        Section {
            source: self,
            name,
            table: file.and_then(|file| file.table(name)),
        }
    }

    /// Warns of variables that look like settings and are none.
    pub(super) fn close(&self) {
        let asked = self.asked.borrow();
        for name in self.gate.environment.names() {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if rest.contains("__") && !asked.iter().any(|known| known == name) {
                self.gate.warn(
                    &Spot::nowhere(ENVIRONMENT),
                    format!("`{}` is no setting", printable(name)),
                    nearest::help(name, asked.iter().map(String::as_str)),
                );
            }
        }
    }
}

impl Section<'_> {
    /// A text that `parse` understands.
    pub(super) fn text<T>(&self, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        self.parsed(&self.one(key, Kind::Text)?, key, parse)
    }

    /// A text that may hold a secret: no message shows it.
    pub(super) fn secret<T>(&self, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        self.kept_secret(key, parse).map(|(value, _)| value)
    }

    /// The same, and where it is kept, if it is read from somewhere (`file:PATH`).
    pub(super) fn kept_secret<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Parsed<T>,
    ) -> Option<(T, Option<String>)> {
        let word = self.one(key, Kind::Secret)?;
        let value = self.unshown(&word, key, &parse)?;
        Some((value, word.from))
    }

    /// A list of such texts: in the environment, with commas between.
    pub(super) fn secrets<T>(&self, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Vec<T> {
        let in_file = self.table.as_ref().map(|table| table.secrets(key));
        let words = match self.variable(key, true) {
            Some(all) => {
                let all = all.map_or_else(String::new, |word| word.value);
                let items = all
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                let word = |item| Word::new(item, Spot::nowhere(ENVIRONMENT));
                let fetched = |item| self.source.gate.fetch(word(item), true);
                items.filter_map(fetched).collect()
            }
            None => in_file.unwrap_or_default(),
        };
        let each = |word: &Word| self.unshown(word, key, &parse);
        words.iter().filter_map(each).collect()
    }

    fn unshown<T>(&self, word: &Word, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        if word.missing {
            return None;
        }
        parse(&word.value)
            .map_err(|help| {
                let message = format!("{} cannot be used", self.subject(word, key));
                self.source.gate.error(&word.at, message, help);
            })
            .ok()
    }

    /// A whole number.
    pub(super) fn whole<T>(&self, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        self.parsed(&self.one(key, Kind::Whole)?, key, parse)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &str, parse: impl Fn(&str) -> Parsed<bool>) -> Option<bool> {
        self.parsed(&self.one(key, Kind::Flag)?, key, parse)
    }

    /// A list: in the environment, with commas between.
    pub(super) fn list<T>(&self, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<Vec<T>> {
        let in_file = self.table.as_ref().map(|table| table.words(key));
        let words = match self.variable(key, false) {
            Some(all) => all?
                .value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Word::new(item, Spot::nowhere(ENVIRONMENT)))
                .collect(),
            None => in_file?,
        };
        let each = |word: &Word| self.parsed(word, key, &parse);
        Some(words.iter().filter_map(each).collect())
    }

    /// Whether a setting is given at all, right or wrong.
    pub(super) fn is_given(&self, key: &str) -> bool {
        let variable = self.source.gate.environment.get(&self.variable_name(key));
        variable.is_some() || self.table.as_ref().is_some_and(|table| table.has(key))
    }

    /// Notes something about a setting, where it was given.
    pub(super) fn complain(&self, key: &str, message: &str, help: &str) {
        let variable = self.variable_name(key);
        let at = match &self.table {
            Some(table) if self.source.gate.environment.get(&variable).is_none() => {
                table.at_value(key)
            }
            _ => Spot::nowhere(ENVIRONMENT),
        };
        self.source.gate.error(&at, message, help);
    }

    /// Ends the section: what the file has besides is a problem.
    pub(super) fn close(self) {
        if let Some(table) = self.table {
            table.close();
        }
    }

    fn one(&self, key: &str, kind: Kind) -> Option<Word> {
        // The file's value is read even where a variable wins: a wrong type is wrong all the same.
        let in_file = self.table.as_ref().and_then(|table| match kind {
            Kind::Text => table.word(key),
            Kind::Secret => table.secret_or_none(key),
            Kind::Whole => table.whole(key).map(|(n, at)| Word::new(n.to_string(), at)),
            Kind::Flag => table.flag(key).map(|(b, at)| Word::new(b.to_string(), at)),
        });
        match self.variable(key, matches!(kind, Kind::Secret)) {
            Some(word) => word,
            None => in_file,
        }
    }

    /// The variable's value; `Some(None)` if it names something that is not there.
    #[expect(
        clippy::option_option,
        reason = "set, set to something missing, not set"
    )]
    fn variable(&self, key: &str, secret: bool) -> Option<Option<Word>> {
        let name = self.variable_name(key);
        let value = self.source.gate.environment.get(&name);
        self.source.asked.borrow_mut().push(name);
        let word = Word::new(value?, Spot::nowhere(ENVIRONMENT));
        Some(self.source.gate.fetch(word, secret))
    }

    fn variable_name(&self, key: &str) -> String {
        format!("{PREFIX}{}__{}", self.name, key).to_uppercase()
    }

    fn parsed<T>(&self, word: &Word, key: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        parse(&word.value)
            .map_err(|help| {
                let message = format!("{} is wrong for {}", word.shown(), self.subject(word, key));
                self.source.gate.error(&word.at, message, help);
            })
            .ok()
    }

    fn subject(&self, word: &Word, key: &str) -> String {
        match word.at.span {
            Some(_) => format!("`{}.{key}`", self.name),
            None => format!("`{}`", self.variable_name(key)),
        }
    }
}
