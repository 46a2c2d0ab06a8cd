//! Reading a TOML file key by key, with the place of everything.
//!
//! Not with serde: its first error ends a file, and a person who mends a file wants to see all
//! that is wrong with it at once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::excerpt;
use super::gate::{Gate, Spot, Word, printable};
use super::nearest;

/// A table of a TOML file. Whoever has asked for every key it may have calls [`Table::close`].
pub(super) struct Table<'a> {
    gate: &'a Gate<'a>,
    file: Rc<str>,
    content: &'a DeTable<'a>,
    at: Spot,
    /// How a message names it: `[access]`.
    name: String,
    /// Whether a value may be a secret that need not be at hand for a check.
    lenient: bool,
    asked: RefCell<BTreeSet<String>>,
}

/// Parses a file and reads it; a syntax error stops this file and no other.
pub(super) fn read<T>(
    gate: &Gate<'_>,
    path: &str,
    reader: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<T> {
    let text = gate.text(path)?;
    match DeTable::parse(text) {
        Ok(document) => {
            let table = Table::new(gate, path.into(), document.get_ref(), 0..0, String::new());
            let read = reader(&table);
            table.close();
            read
        }
        Err(error) => {
            let at = Spot::of(path, error.span().unwrap_or(0..0));
            let help = "the rest of this file is read once this is mended";
            gate.unparsed(&at, format!("not TOML: {}", error.message()), help);
            None
        }
    }
}

impl<'a> Table<'a> {
    fn new(
        gate: &'a Gate<'a>,
        file: Rc<str>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        name: String,
    ) -> Self {
        let at = Spot {
            file: file.clone(),
            span: Some(span),
        };
        Self {
            gate,
            file,
            content: table,
            at,
            name,
            lenient: false,
            asked: RefCell::default(),
        }
    }

    /// Where its header stands.
    pub(super) fn at(&self) -> &Spot {
        &self.at
    }

    /// Its values, secret or not, need not be at hand for a check: a partner gives them.
    pub(super) fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    fn spot(&self, span: Range<usize>) -> Spot {
        Spot {
            file: self.file.clone(),
            span: Some(span),
        }
    }

    /// Masks a value that nobody understands, in a file that may hold secrets: a secret may have
    /// slipped out of its table.
    fn hide(&self, at: &Spot) {
        let bytes = self.gate.files.get(&self.file).unwrap_or_default();
        let text = at.span.clone().and_then(|span| bytes.get(span));
        // The span of a table with a header is the header, which says no more than names.
        let header = text.is_some_and(|t| t.starts_with(b"[") && !t.contains(&b'"'));
        if !excerpt::is_public(&self.file) && !header {
            self.gate.mask(at);
        }
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.content.get(key)
    }

    /// Where a key's value stands, or else the table.
    pub(super) fn at_value(&self, key: &str) -> Spot {
        match self.content.get(key) {
            Some(value) => self.spot(value.span()),
            None => self.at.clone(),
        }
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let at = self.spot(value.span());
        // Where a table was expected, what stands there may be anything; and so in a table.
        if wanted.contains("table") || value.get_ref().is_table() {
            self.hide(&at);
        }
        let found = type_name(value.get_ref());
        self.gate
            .error(&at, format!("`{key}` is {wanted}, and this is {found}"), "");
    }

    /// A text, if the key is there.
    pub(super) fn word(&self, key: &str) -> Option<Word> {
        let value = self.get(key)?;
        self.text_of(key, value, false)
    }

    /// A secret, if the key is there; it is never shown.
    pub(super) fn secret(&self, key: &str) -> Option<Word> {
        let value = self.get(key)?;
        let word = self.text_of(key, value, true)?;
        if word.value.is_empty() && !word.missing {
            let help = "take the line out if there is none";
            self.gate.error(&word.at, format!("`{key}` is empty"), help);
            return None;
        }
        Some(word)
    }

    /// A secret for which `""` means that there is none.
    pub(super) fn secret_or_none(&self, key: &str) -> Option<Word> {
        match self.get(key)?.get_ref() {
            DeValue::String(text) if text.is_empty() => None,
            _ => self.secret(key),
        }
    }

    fn text_of(&self, key: &str, value: &Spanned<DeValue<'_>>, secret: bool) -> Option<Word> {
        let at = self.spot(value.span());
        let DeValue::String(text) = value.get_ref() else {
            if secret {
                self.gate.mask(&at);
            }
            self.wrong_type(key, value, "a text in quotes");
            return None;
        };
        if secret && !text.starts_with("env:") && !text.starts_with("file:") {
            self.gate.mask(&at);
        }
        let lenient = secret || self.lenient;
        self.gate.fetch(Word::new(text.as_ref(), at), lenient)
    }

    /// A text that must be there; `example` is how the line could look.
    pub(super) fn need(&self, key: &str, example: &str) -> Option<Word> {
        if self.content.contains_key(key) {
            return self.word(key);
        }
        self.missing(key, example);
        None
    }

    /// Notes that a key is missing.
    pub(super) fn missing(&self, key: &str, example: &str) {
        self.get(key);
        let whom = match self.name.as_str() {
            "" => "this file".to_owned(),
            name => format!("`{name}`"),
        };
        self.gate.error(
            &self.at,
            format!("{whom} lacks `{key}`"),
            format!("add a line like `{key} = {example}`"),
        );
    }

    /// A list of texts; empty if the key is not there.
    pub(super) fn words(&self, key: &str) -> Vec<Word> {
        self.listed(key, false)
    }

    /// A list of texts that no message shows; none is there if the key is absent.
    pub(super) fn secrets(&self, key: &str) -> Vec<Word> {
        self.listed(key, true)
    }

    fn listed(&self, key: &str, secret: bool) -> Vec<Word> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, "a list of texts, like `[\"…\"]`");
            return Vec::new();
        };
        let each = |item| self.text_of(&format!("an item of {key}"), item, secret);
        let there = |word: &Word| !word.missing;
        items.iter().filter_map(each).filter(there).collect()
    }

    /// Whether the key is there at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.content.contains_key(key)
    }

    /// Whether the key is there with an empty list.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        let value = self.content.get(key).map(Spanned::get_ref);
        matches!(value, Some(DeValue::Array(items)) if items.is_empty())
    }

    /// Whether the key is there with a list.
    pub(super) fn holds_list(&self, key: &str) -> bool {
        let value = self.content.get(key).map(Spanned::get_ref);
        matches!(value, Some(DeValue::Array(_)))
    }

    /// A whole number, if the key is there.
    pub(super) fn whole(&self, key: &str) -> Option<(i64, Spot)> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(key, value, "a whole number");
        }
        Some((number?, self.spot(value.span())))
    }

    /// `true` or `false`, if the key is there.
    pub(super) fn flag(&self, key: &str) -> Option<(bool, Spot)> {
        let value = self.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some((*flag, self.spot(value.span())));
        }
        self.wrong_type(key, value, "`true` or `false`");
        None
    }

    /// A table, if the key is there.
    pub(super) fn table(&self, key: &str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        self.table_of(key, value)
    }

    /// A list of tables; empty if the key is not there.
    pub(super) fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a list of tables, like `[[{key}]]`"));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.table_of(key, item))
            .collect()
    }

    fn table_of(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<Table<'a>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value, "a table");
            return None;
        };
        let name = match self.name.as_str() {
            "" => key.to_owned(),
            above => format!("{above}.{key}"),
        };
        Some(Self {
            lenient: self.lenient,
            ..Self::new(self.gate, self.file.clone(), table, value.span(), name)
        })
    }

    /// Every key with its place, in the file's order, all of them asked for: the file names them.
    pub(super) fn keys(&self) -> Vec<Word> {
        let mut keys: Vec<Word> = self
            .content
            .keys()
            .map(|key| Word::new(key.get_ref().as_ref(), self.spot(key.span())))
            .collect();
        keys.sort_by_key(|key| key.at.span.as_ref().map(|span| span.start));
        self.asked
            .borrow_mut()
            .extend(keys.iter().map(|key| key.value.clone()));
        keys
    }

    /// Every value as text under its dotted name: for settings that belong to somebody else.
    pub(super) fn flat(&self) -> Vec<(String, Word)> {
        let mut flat = Vec::new();
        for key in self.keys() {
            let Some(value) = self.content.get(key.value.as_str()) else {
                continue;
            };
            let at = self.spot(value.span());
            let text = match value.get_ref() {
                DeValue::String(_) => self.word(&key.value),
                DeValue::Integer(n) => Some(Word::new(n.to_string(), at)),
                DeValue::Float(n) => Some(Word::new(n.as_str(), at)),
                DeValue::Boolean(b) => Some(Word::new(b.to_string(), at)),
                DeValue::Table(_) => {
                    let inner = self.table(&key.value).map(|table| table.flat());
                    let dotted = |(name, word)| (format!("{}.{name}", key.value), word);
                    flat.extend(inner.into_iter().flatten().map(dotted));
                    None
                }
                DeValue::Array(_) | DeValue::Datetime(_) => {
                    self.wrong_type(&key.value, value, "a text, a number, or `true` or `false`");
                    None
                }
            };
            flat.extend(text.map(|text| (key.value.clone(), text)));
        }
        flat
    }

    /// Notes every key that nobody has asked for.
    pub(super) fn close(&self) {
        let asked = self.asked.borrow();
        for (key, value) in self.content {
            let name: &str = key.get_ref();
            if asked.contains(name) {
                continue;
            }
            let near = nearest::nearest(name, asked.iter().map(String::as_str));
            if !near.is_some_and(excerpt::is_harmless) {
                self.hide(&self.spot(value.span()));
            }
            let inside = match self.name.as_str() {
                "" => String::new(),
                name => format!(" in `{name}`"),
            };
            self.gate.error(
                &self.spot(key.span()),
                format!("unknown key `{}`{inside}", printable(name)),
                nearest::help(name, asked.iter().map(String::as_str)),
            );
        }
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
