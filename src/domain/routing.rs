//! Who answers for it: from a citizen's SMS to an institution and a place.

use super::feedback::Experience;
use super::institution::Institution;
use super::service::Service;
use super::text::fold::key;

/// What could be understood of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Index of the institution that a keyword named.
    pub institution: Option<usize>,
    /// Index of the place that was named.
    pub place: Option<usize>,
    /// Praise or complaint, if a word said so.
    pub experience: Option<Experience>,
}

/// The longest name of a place, in words (`Commune Urbaine de Madingou`).
const LONGEST_NAME: usize = 4;

/// Words that mean praise or complaint, folded, in the languages of the three countries. A word
/// here must be unmistakable: "not good" must not count as praise, so `good` alone is not listed.
const PRAISE: [&str; 8] = [
    "merci",
    "felicitations",
    "bravo",
    "excellent",
    "murakoze",
    "thanks",
    "thankyou",
    "melesi",
];
const COMPLAINT: [&str; 10] = [
    "plainte",
    "mauvais",
    "mauvaise",
    "scandale",
    "corruption",
    "complaint",
    "bad",
    "ikibazo",
    "mbi",
    "ruswa",
];

/// Understands a text sent to a country's short code. Names and keywords compare folded; the most
/// precise place wins, and among institutions sharing a keyword the one that covers it closest.
pub fn hear(service: &Service, country: &str, text: &str) -> Heard {
    let words: Vec<String> = text
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | '(' | ')')
        })
        .map(key)
        .filter(|w| !w.is_empty())
        .collect();
    let place = place(service, country, &words);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    Heard {
        institution: institution(service, country, &words, place),
        place,
        experience: match (has(&PRAISE), has(&COMPLAINT)) {
            (true, false) => Some(Experience::Good),
            (false, true) => Some(Experience::Bad),
            _ => None,
        },
    }
}

/// Who answers for a subject at a place: of those whose files name the subject, the one that covers
/// the place closest; none if nobody does.
pub fn responsible(
    service: &Service,
    country: &str,
    subject: &str,
    place: Option<usize>,
) -> Option<usize> {
    service
        .institutions_of(country)
        .filter(|i| {
            let subjects = &service.institutions[*i].ties.subjects;
            subjects.iter().any(|s| key(s) == key(subject))
        })
        .filter_map(|i| Some((closeness(service, i, place)?, i)))
        // The first of equals: the menu's order.
        .max_by_key(|(closeness, i)| (*closeness, std::cmp::Reverse(*i)))
        .map(|(_, i)| i)
}

/// Who gets a copy of a feedback besides the institution that answers for it: those its file names
/// and, if it is praise and may be told, the one that oversees it. A media relay gets only what
/// the citizen agreed to publish.
pub fn copies<'a>(
    service: &'a Service,
    responsible: &Institution,
    experience: Option<Experience>,
    publish: bool,
) -> Vec<&'a Institution> {
    let ties = &responsible.ties;
    let praise = experience == Some(Experience::Good) && ties.share_praise;
    let up = ties.overseen_by.iter().filter(|_| praise);
    let mut copies: Vec<&Institution> = Vec::new();
    for id in ties.also.iter().chain(up) {
        let Some(institution) = service.institution(id) else {
            continue;
        };
        let wanted = !institution.ties.media || publish;
        if wanted && institution.id != responsible.id && !copies.iter().any(|c| c.id == *id) {
            copies.push(institution);
        }
    }
    copies
}

/// The institution whose keyword comes first in the text.
fn institution(
    service: &Service,
    country: &str,
    words: &[String],
    place: Option<usize>,
) -> Option<usize> {
    words.iter().find_map(|word| {
        service
            .institutions_of(country)
            .filter(|i| {
                service.institutions[*i]
                    .keywords
                    .iter()
                    .any(|k| key(k) == *word)
            })
            .filter_map(|i| Some((closeness(service, i, place)?, i)))
            // The first of equals: the menu's order.
            .max_by_key(|(closeness, i)| (*closeness, std::cmp::Reverse(*i)))
            .map(|(_, i)| i)
    })
}

/// How precisely an institution covers a place: the depth of what it covers; `None` if it does
/// not. Without a place, the widest cover is the closest.
fn closeness(service: &Service, institution: usize, place: Option<usize>) -> Option<i64> {
    let tree = &service.places;
    let depth = |c: &usize| i64::try_from(tree.depth(*c)).unwrap_or(i64::MAX);
    let covers = &service.institutions.get(institution)?.covers;
    match place {
        None => covers.iter().map(|c| -depth(c)).max(),
        Some(place) => covers
            .iter()
            .filter(|c| tree.within(place, **c))
            .map(depth)
            .max(),
    }
}

/// The deepest place named by one to four words in a row; a name that two places share at one
/// depth names neither.
fn place(service: &Service, country: &str, words: &[String]) -> Option<usize> {
    let tree = &service.places;
    let root = tree.find(country)?;
    let spoken: Vec<String> = (1..=LONGEST_NAME)
        .flat_map(|n| words.windows(n).map(<[String]>::concat))
        .collect();
    let mut named: Vec<(usize, usize)> = (0..tree.len())
        .filter(|i| *i != root && tree.within(*i, root))
        .filter(|i| tree.get(*i).is_some_and(|p| spoken.contains(&key(&p.name))))
        .map(|i| (tree.depth(i), i))
        .collect();
    named.sort_unstable();
    let (deepest, index) = *named.last()?;
    let alone = named.iter().filter(|(depth, _)| *depth == deepest).count() == 1;
    if alone {
        return Some(index);
    }
    // Two of one name: only what both lie in is sure.
    named
        .iter()
        .rev()
        .find(|(d, _)| named.iter().filter(|(e, _)| e == d).count() == 1)
        .map(|(_, i)| *i)
}
