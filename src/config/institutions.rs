//! `institutions/*.toml`: who listens, for what and where.

use std::collections::BTreeMap;

use super::countries::Countries;
use super::emails;
use super::gate::{Gate, Word};
use super::locales::Locale;
use super::nearest;
use super::places::Atlas;
use super::sheet::{self, Table};
use super::templates;
use super::ties;
use super::webhooks;
use crate::domain::institution::Institution;
use crate::domain::place::Places;
use crate::domain::redact::Secret;
use crate::domain::text::fold;

/// Institutions, and the country of each by id; none where the file could not be read so far.
pub(super) struct Institutions {
    pub(super) all: Vec<Institution>,
    pub(super) countries: BTreeMap<String, Option<String>>,
}

/// An institution with what is compared with others.
struct Read {
    institution: Institution,
    keywords: Vec<Word>,
    token: Option<Word>,
    ties: ties::Words,
}

pub(super) fn read(
    gate: &Gate<'_>,
    countries: &Countries,
    locales: &[Locale],
    atlas: &Atlas,
    relay: bool,
) -> Institutions {
    let mut all: Vec<Read> = Vec::new();
    let mut by_id = BTreeMap::new();
    for (id, path) in gate.files.ids("institutions") {
        super::check_id(gate, id, path);
        let mut country = None;
        let read = sheet::read(gate, path, |file| {
            country = country_of(gate, file, countries);
            let mut read = one(
                gate,
                id,
                country.as_deref(),
                file,
                countries,
                locales,
                atlas,
            );
            let emails = emails::read(gate, file, relay);
            if let Some(read) = &mut read {
                read.institution.emails = emails;
            }
            read
        });
        by_id.insert(id.to_owned(), country);
        all.extend(read);
    }
    compare_tokens(gate, &all);
    compare_keywords(gate, &all, &atlas.places);
    let tied = all.iter().map(|read| (&read.institution, &read.ties));
    ties::check(gate, &tied.collect::<Vec<_>>());
    let mut all: Vec<Institution> = all.into_iter().map(|read| read.institution).collect();
    all.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    Institutions {
        all,
        countries: by_id,
    }
}

/// The file's country, if there is such a one.
pub(super) fn country_of(
    gate: &Gate<'_>,
    file: &Table<'_>,
    countries: &Countries,
) -> Option<String> {
    let word = file.need("country", "\"BJ\"")?;
    if countries.contains_key(&word.value) {
        return Some(word.value);
    }
    gate.error(
        &word.at,
        format!("there is no country {}", word.shown()),
        nearest::help(&word.value, countries.keys().map(String::as_str)),
    );
    None
}

fn one(
    gate: &Gate<'_>,
    id: &str,
    country: Option<&str>,
    file: &Table<'_>,
    countries: &Countries,
    locales: &[Locale],
    atlas: &Atlas,
) -> Option<Read> {
    let names = super::countries::names(gate, file, locales);
    let keywords = keywords(gate, file);
    let covers = covers(gate, country, file, atlas);
    let reply_within = file.word("reply_within").and_then(|word| {
        let message = format!("{} is no time to answer in", word.shown());
        let parsed = word.value.parse();
        parsed
            .map_err(|help: &str| gate.error(&word.at, message, help))
            .ok()
    });
    let order = file.whole("order").map_or(0, |(order, _)| order);
    let webhooks = webhooks::read(gate, file);
    let (ties, tied) = ties::read(gate, file);
    let spoken = country.and_then(|code| countries.get(code)?.as_ref());
    let templates = templates::read(gate, file, spoken.map(|checked| &checked.country));
    let api = file.table("api").map(Table::lenient);
    let token = api.as_ref().and_then(|table| table.secret("token"));
    if let Some(api) = api {
        if token.is_none() && !api.has("token") {
            api.missing("token", "\"env:…_TOKEN\"");
        }
        api.close();
    }
    if let Some(token) = &token
        && !token.missing
        && token.value.len() < SHORT_TOKEN
    {
        let help = "make one with `openssl rand -hex 24`";
        gate.warn(&token.at, "this token is short enough to be guessed", help);
    }
    Some(Read {
        institution: Institution {
            id: id.to_owned(),
            country: country?.to_owned(),
            names,
            keywords: keywords.iter().map(|word| word.value.clone()).collect(),
            reply_within,
            covers,
            webhooks,
            emails: Vec::new(),
            token: token.as_ref().map(|word| Secret::new(word.value.as_str())),
            order,
            ties,
            templates,
        },
        keywords,
        token,
        ties: tied,
    })
}

/// Below this many characters a token can be tried out.
const SHORT_TOKEN: usize = 16;

fn keywords(gate: &Gate<'_>, file: &Table<'_>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::new();
    for word in file.words("keywords") {
        let key = fold::key(&word.value);
        if key.is_empty() {
            let help = "a keyword is a word that begins an SMS";
            gate.error(&word.at, "this keyword has no letters", help);
        } else if let Some(twin) = kept.iter().find(|k| fold::key(&k.value) == key) {
            let message = format!("{} is the same keyword as {}", word.shown(), twin.shown());
            let help = "keywords are compared without case, accents and punctuation";
            gate.error(&word.at, message, help);
        } else {
            kept.push(word);
        }
    }
    kept
}

/// Indexes of what it covers: the whole country if the file does not say.
fn covers(gate: &Gate<'_>, country: Option<&str>, file: &Table<'_>, atlas: &Atlas) -> Vec<usize> {
    let words = file.words("covers");
    let Some((country, Some(root))) = country.and_then(|c| Some((c, atlas.root(c)?))) else {
        return Vec::new();
    };
    if !file.has("covers") {
        return vec![root];
    }
    let mut covers = Vec::new();
    for word in words {
        if let Some(place) = atlas.find_in(country, &word.value) {
            covers.push(place);
        } else if atlas.places.find(&word.value).is_some() {
            let message = format!("{} does not lie in `{country}`", word.shown());
            gate.error(
                &word.at,
                message,
                "an institution covers places of its country",
            );
        } else {
            gate.error(
                &word.at,
                format!("there is no place {}", word.shown()),
                place_help(&word.value, country, atlas),
            );
        }
    }
    covers
}

fn place_help(code: &str, country: &str, atlas: &Atlas) -> String {
    let file = format!(
        "codes stand in `places/{}.csv`",
        country.to_ascii_lowercase()
    );
    match nearest::nearest(code, atlas.codes(country)) {
        Some(nearest) => format!("did you mean `{nearest}`? {file}"),
        None => file,
    }
}

fn compare_tokens(gate: &Gate<'_>, all: &[Read]) {
    let tokens: Vec<(&str, &Word)> = all
        .iter()
        .filter_map(|read| Some((read.institution.id.as_str(), read.token.as_ref()?)))
        .filter(|(_, token)| !token.missing)
        .collect();
    for (index, (_, token)) in tokens.iter().enumerate() {
        let twin = tokens[..index].iter().find(|(_, t)| t.value == token.value);
        if let Some((twin, _)) = twin {
            let message = format!("`{twin}` has the same token");
            let help = "whoever holds it could read both institutions' feedback: give each its own";
            gate.error(&token.at, message, help);
        }
    }
}

/// A keyword that two institutions share where both answer leaves it to chance who gets the SMS.
fn compare_keywords(gate: &Gate<'_>, all: &[Read], places: &Places) {
    for (index, read) in all.iter().enumerate() {
        for twin in &all[..index] {
            if !overlap(&read.institution.covers, &twin.institution.covers, places) {
                continue;
            }
            for word in &read.keywords {
                let key = fold::key(&word.value);
                if twin.keywords.iter().any(|k| fold::key(&k.value) == key) {
                    gate.warn(
                        &word.at,
                        format!(
                            "`{}` has the keyword {} too",
                            twin.institution.id,
                            word.shown()
                        ),
                        "both answer for the same places: who gets the SMS is left to their order",
                    );
                }
            }
        }
    }
}

fn overlap(a: &[usize], b: &[usize], places: &Places) -> bool {
    a.iter().any(|a| {
        b.iter()
            .any(|b| places.within(*a, *b) || places.within(*b, *a))
    })
}
