//! `places/*.csv`: one tree a country, its own row first. After the four columns that every file has
//! may come `aliases` (between `;`), `language`, and a `name.<tag>` for each language.

use std::collections::BTreeMap;
use std::ops::Range;

use super::gate::{Gate, Spot, printable};
use crate::domain::place::{More, PlaceError, Places};

const HEADER: &str = "code,name,level,parent";

/// Every place, and the countries that have some.
pub(super) struct Atlas {
    pub(super) places: Places,
    /// The index of a country's own row, by country; none if its file could not be read so far.
    roots: BTreeMap<String, Option<usize>>,
}

impl Atlas {
    /// A country's own row; `Some(None)` if its file is there but has none that can be used.
    #[expect(clippy::option_option, reason = "no file, a file without it, a row")]
    pub(super) fn root(&self, country: &str) -> Option<Option<usize>> {
        self.roots.get(country).copied()
    }

    /// The index of a place that lies in this country, with the country itself.
    pub(super) fn find_in(&self, country: &str, code: &str) -> Option<usize> {
        let root = self.root(country)??;
        let place = self.places.find(code)?;
        self.places.within(place, root).then_some(place)
    }

    /// Codes of the places in a country.
    pub(super) fn codes<'a>(&'a self, country: &str) -> Vec<&'a str> {
        let root = self.root(country).flatten();
        (0..self.places.len())
            .filter(|place| root.is_some_and(|root| self.places.within(*place, root)))
            .filter_map(|place| Some(self.places.get(place)?.code.as_str()))
            .collect()
    }
}

pub(super) fn read(gate: &Gate<'_>) -> Atlas {
    let mut atlas = Atlas {
        places: Places::default(),
        roots: BTreeMap::new(),
    };
    for (id, path) in gate.files.ids("places") {
        let country = id.to_ascii_uppercase();
        let root = gate
            .text(path)
            .and_then(|text| file(gate, &mut atlas.places, &country, path, text));
        atlas.roots.insert(country, root);
    }
    atlas.places.ready();
    atlas
}

/// Reads a file's rows; answers the index of the country's own.
fn file(
    gate: &Gate<'_>,
    places: &mut Places,
    country: &str,
    path: &str,
    text: &str,
) -> Option<usize> {
    let mut lines = lines(text);
    let (header, at) = lines.next().unwrap_or(("", 0..0));
    let Some(columns) = columns(header.trim_start_matches('\u{feff}')) else {
        let help = format!(
            "the first line is `{HEADER}`, and then `aliases`, `language` or `name.fr`, if any"
        );
        gate.unparsed(&Spot::of(path, at), "this is not the header", help);
        return None;
    };
    for (line, at) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        row(gate, places, country, &columns, (&Spot::of(path, at), line));
    }
    let root = places.find(country);
    if root.is_none() {
        let help = format!("below the header, add `{country},<name>,country,`");
        let message = format!("the row of `{country}` itself is missing");
        gate.error(&Spot::of(path, 0..HEADER.len()), message, help);
    }
    root
}

/// A column beyond the first four.
enum Column {
    Aliases,
    Language,
    Name(String),
}

/// What the header says of the columns beyond the first four; none if it is no header.
fn columns(header: &str) -> Option<Vec<Column>> {
    let more = header.strip_prefix(HEADER)?;
    let named = |name: &str| match name {
        "aliases" => Some(Column::Aliases),
        "language" => Some(Column::Language),
        name => {
            let tag = name.strip_prefix("name.").filter(|tag| !tag.is_empty());
            tag.map(|tag| Column::Name(tag.to_owned()))
        }
    };
    match more.strip_prefix(',') {
        Some(more) => more.split(',').map(named).collect(),
        None => more.is_empty().then(Vec::new),
    }
}

/// What a row says in these columns; a row may end before them.
fn more(columns: &[Column], fields: &[Field]) -> More {
    let mut more = More::default();
    let given = columns
        .iter()
        .zip(fields)
        .filter(|(_, f)| !f.text.is_empty());
    for (column, field) in given {
        match column {
            Column::Language => more.language = Some(field.text.clone()),
            Column::Name(tag) => more.names.push((tag.clone(), field.text.clone())),
            Column::Aliases => {
                let each = field.text.split(';').map(str::trim);
                more.aliases = each.filter(|a| !a.is_empty()).map(str::to_owned).collect();
            }
        }
    }
    more
}

fn row(
    gate: &Gate<'_>,
    places: &mut Places,
    country: &str,
    columns: &[Column],
    (at, line): (&Spot, &str),
) {
    let from = at.span.as_ref().map_or(0, |span| span.start);
    let Some(fields) = fields(line) else {
        gate.error(at, "a quote is not closed", "put `\"` at the field's end");
        return;
    };
    let whole = fields.split_first_chunk::<4>();
    let whole = whole.filter(|(_, rest)| rest.len() <= columns.len());
    let Some(([code, name, level, parent], rest)) = whole else {
        let most = match columns.len() {
            0 => String::new(),
            more => format!(" to {}", 4 + more),
        };
        let message = format!("this row has {} fields, not 4{most}", fields.len());
        gate.error(at, message, format!("each row is `{HEADER}`"));
        return;
    };
    let spot = |field: &Field| Spot {
        file: at.file.clone(),
        span: Some(from + field.at.start..from + field.at.end),
    };
    for (field, what) in [(code, "code"), (name, "name"), (level, "level")] {
        if field.text.is_empty() {
            gate.error(&spot(field), format!("the {what} is empty"), "");
            return;
        }
    }
    if parent.text.is_empty() != (code.text == country) {
        let help = format!("only `{country}`, the country's own row, has no parent");
        let message = format!("`{}` cannot stand so", printable(&code.text));
        gate.error(at, message, help);
        return;
    }
    match places.add(&code.text, &name.text, &level.text, &parent.text) {
        Ok(()) => places.tell(&code.text, more(columns, rest)),
        Err(PlaceError::Twice) => gate.error(
            &spot(code),
            format!("the code `{}` stands twice", printable(&code.text)),
            "each place has a code of its own",
        ),
        Err(PlaceError::NoParent) => gate.error(
            &spot(parent),
            format!("no row above has the code `{}`", printable(&parent.text)),
            "parents stand above their children",
        ),
    }
}

/// Lines with their bytes, without the line ends.
fn lines(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut from = 0;
    text.split_inclusive('\n').map(move |whole| {
        let line = whole.trim_end_matches(['\n', '\r']);
        let at = from..from + line.len();
        from += whole.len();
        (line, at)
    })
}

struct Field {
    text: String,
    at: Range<usize>,
}

/// The fields of a row (RFC 4180, without line ends inside a field); none if a quote stays open.
fn fields(line: &str) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut text = String::new();
    let (mut from, mut quoted) = (0, false);
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.next_if(|(_, next)| *next == '"').is_some() => text.push('"'),
            '"' if quoted || text.is_empty() => quoted = !quoted,
            ',' if !quoted => {
                fields.push(Field {
                    text: std::mem::take(&mut text).trim().to_owned(),
                    at: from..at,
                });
                from = at + 1;
            }
            c => text.push(c),
        }
    }
    fields.push(Field {
        text: text.trim().to_owned(),
        at: from..line.len(),
    });
    (!quoted).then_some(fields)
}
