//! Which institution and which place a message names, as people write them: folded, with a slip.

use super::lexicon::{Lexicon, Word};
use crate::domain::place::Place;
use crate::domain::service::Service;
use crate::domain::text::fold::key;

/// A keyword with a slip in it is looked for among so many first words: further in, an ordinary
/// word is likelier.
const NEAR_THE_START: usize = 3;
/// The longest name of a place, in words (`Commune Urbaine de Madingou`).
const LONGEST_NAME: usize = 5;
/// Only names of so many letters are recognised with a slip: shorter ones are too like ordinary
/// words.
const SLIPS_FROM: usize = 6;

/// How many slips so many letters forgive.
fn forgiven(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

/// The edit distance with swaps of neighbours counted as one slip (optimal string alignment).
pub fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (above[j] + usize::from(x != y))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

/// A keyword in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// The institutions that share it, by index, in the menu's order.
    pub institutions: Vec<usize>,
    /// Which word it is.
    pub at: usize,
    /// Whether it is written without a slip.
    pub exact: bool,
}

/// The keyword of a country's institutions that the message names: the first without a slip, or
/// else the one nearest to one of the first words.
pub fn keyword(
    service: &Service,
    country: &str,
    lexicon: &Lexicon,
    words: &[Word],
) -> Option<Keyword> {
    let keywords: Vec<(String, usize)> = service
        .institutions_of(country)
        .flat_map(|i| {
            let keywords = service.institutions[i].keywords.iter();
            keywords.map(move |k| (key(k), i))
        })
        .collect();
    let having = |text: &str| -> Vec<usize> {
        let with = keywords.iter().filter(|(k, _)| k == text);
        with.map(|(_, i)| *i).collect()
    };
    for (at, word) in words.iter().enumerate() {
        let institutions = having(&word.text);
        if !institutions.is_empty() {
            return Some(Keyword {
                institutions,
                at,
                exact: true,
            });
        }
    }
    let mut near: Vec<(usize, usize, &str)> = Vec::new();
    for (at, word) in words.iter().enumerate().take(NEAR_THE_START) {
        if lexicon.knows(&word.text) || !place_named(service, country, &word.text).is_empty() {
            continue;
        }
        for (keyword, _) in &keywords {
            let shorter = keyword.chars().count().min(word.text.chars().count());
            let slips = slips(&word.text, keyword);
            if slips <= forgiven(shorter) {
                near.push((slips, at, keyword));
            }
        }
    }
    near.sort_unstable();
    let (least, at, nearest) = near.first().copied()?;
    let institutions = having(nearest);
    let rivals = near
        .iter()
        .filter(|(slips, other, _)| (*slips, *other) == (least, at));
    // Two offices equally near: better asked than guessed.
    let sure = rivals
        .into_iter()
        .all(|(_, _, k)| having(k) == institutions);
    sure.then_some(Keyword {
        institutions,
        at,
        exact: false,
    })
}

/// A place that a message names, or several of one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The place, or the nearest that holds all that are meant; `None` if that is the country.
    pub place: Option<usize>,
    /// The places that share the name, where the message does not tell which.
    pub candidates: Vec<usize>,
    /// Which words name it.
    pub words: Vec<usize>,
}

fn place_named(service: &Service, country: &str, folded: &str) -> Vec<usize> {
    let tree = &service.places;
    let Some(root) = tree.find(country) else {
        return Vec::new();
    };
    let mut named = tree.named(folded);
    named.retain(|p| *p != root && tree.within(*p, root));
    named
}

/// The place that the message names. Of several names the deepest counts, and a name that places
/// share is told apart by the other names in the message.
pub fn place(service: &Service, country: &str, lexicon: &Lexicon, words: &[Word]) -> Named {
    let mut spans = exact(service, country, words);
    if spans.is_empty() {
        spans = nearly(service, country, lexicon, words);
    }
    let tree = &service.places;
    let mut scored: Vec<(usize, usize, usize)> = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        for place in &span.places {
            let others = spans.iter().enumerate().filter(|(other, _)| *other != at);
            let support = others.filter(|(_, other)| {
                let mut holds = other.places.iter();
                holds.any(|o| o != place && tree.within(*place, *o))
            });
            scored.push((support.count(), tree.depth(*place), *place));
        }
    }
    let Some(best) = scored
        .iter()
        .map(|(support, depth, _)| (*support, *depth))
        .max()
    else {
        return Named::default();
    };
    let with_most = scored.iter().filter(|(support, _, _)| *support == best.0);
    let mut deepest: Vec<usize> = with_most
        .clone()
        .filter(|(_, depth, _)| *depth == best.1)
        .map(|(_, _, place)| *place)
        .collect();
    deepest.sort_unstable();
    deepest.dedup();
    let words = spans.iter().flat_map(|s| s.from..s.to).collect();
    if let [place] = deepest[..] {
        return Named {
            place: Some(place),
            candidates: Vec::new(),
            words,
        };
    }
    Named {
        place: common(service, &deepest),
        candidates: deepest,
        words,
    }
}

/// The deepest place that holds all of these; the country itself is no place to name.
fn common(service: &Service, places: &[usize]) -> Option<usize> {
    let (first, rest) = places.split_first()?;
    let tree = &service.places;
    let path = tree.path(*first);
    let holds = |holder: &usize| rest.iter().all(|p| tree.within(*p, *holder));
    path.into_iter().rev().find(holds)
}

struct Span {
    from: usize,
    to: usize,
    places: Vec<usize>,
}

/// The names in a row of words, the longest first: `Porto-Novo` is not also `Novo`.
fn exact(service: &Service, country: &str, words: &[Word]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = (1..=LONGEST_NAME.min(words.len() - at)).rev();
        let found = longest
            .map(|length| {
                let name: String = words[at..at + length]
                    .iter()
                    .map(|w| w.text.as_str())
                    .collect();
                (length, place_named(service, country, &name))
            })
            .find(|(_, places)| !places.is_empty());
        match found {
            Some((length, places)) => {
                spans.push(Span {
                    from: at,
                    to: at + length,
                    places,
                });
                at += length;
            }
            None => at += 1,
        }
    }
    spans
}

/// A name with a slip, if there is one name that it can be.
fn nearly(service: &Service, country: &str, lexicon: &Lexicon, words: &[Word]) -> Vec<Span> {
    let tree = &service.places;
    let Some(root) = tree.find(country) else {
        return Vec::new();
    };
    let mut near: Vec<(usize, usize)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if word.text.chars().count() < SLIPS_FROM || lexicon.knows(&word.text) {
            continue;
        }
        for place in (0..tree.len()).filter(|p| *p != root && tree.within(*p, root)) {
            let names = tree.get(place).into_iter().flat_map(Place::called);
            let meant = names.map(key).any(|name| {
                let length = name.chars().count();
                length >= SLIPS_FROM
                    && length.abs_diff(word.text.chars().count()) <= 1
                    && slips(&word.text, &name) == 1
            });
            if meant {
                near.push((at, place));
            }
        }
    }
    match near[..] {
        [(at, place)] => vec![Span {
            from: at,
            to: at + 1,
            places: vec![place],
        }],
        _ => Vec::new(),
    }
}

/// The institution that an answer names: by keyword or by name, with a slip.
pub fn office(service: &Service, offered: &[usize], answer: &str) -> Option<usize> {
    let wanted = key(answer);
    if wanted.is_empty() {
        return None;
    }
    let fits = |i: &&usize| {
        service.institutions.get(**i).is_some_and(|institution| {
            let names = institution.names.iter().map(|(_, name)| key(name));
            let keywords = institution.keywords.iter().map(|k| key(k));
            let mut all = names.chain(keywords);
            all.any(|name| {
                slips(&name, &wanted) <= forgiven(name.chars().count().min(wanted.chars().count()))
            })
        })
    };
    let mut fitting = offered.iter().filter(fits);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(*first)
}
