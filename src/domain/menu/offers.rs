//! What can be chosen on a screen, and which key chooses it.

use super::Scene;
use super::model::{Asks, Choice, Keys, List};
use super::step::Position;
use super::texts::Own;
use crate::domain::menu::texts::TextKey;
use crate::domain::{follow, promise};

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// A language, by index in the texts.
    Language(usize),
    /// A fixed option, by its place on the screen.
    Choice(usize),
    /// An institution, by index in the service.
    Institution(usize),
    /// A place, by index in the tree.
    Place(usize),
    /// What the citizen said before, by its place.
    Own(usize),
    /// A bulletin, by its place.
    Bulletin(usize),
    /// On, from what was only to be read.
    On,
    /// Go on with the session that was cut.
    Resume,
    /// Begin anew instead.
    Anew,
}

/// What is offered to whoever was cut.
pub(super) const RESUMING: [Offer; 2] = [Offer::Resume, Offer::Anew];

/// The offers of a position, in order.
pub(super) fn offers(scene: &Scene<'_>, at: &Position) -> Vec<Offer> {
    if at.cut.is_some() {
        return RESUMING.to_vec();
    }
    let Some(node) = scene.menu.nodes.get(at.node) else {
        return Vec::new();
    };
    match &node.asks {
        Asks::Language { .. } => languages(scene).map(Offer::Language).collect(),
        Asks::Choice { options } | Asks::Words { options, .. } => {
            (0..options.len()).map(Offer::Choice).collect()
        }
        Asks::List { of, .. } => {
            let count = |all: Option<usize>| 0..all.unwrap_or(0);
            let facts = scene.facts;
            match of {
                List::Own => count(facts.own.as_ref().map(Vec::len))
                    .map(Offer::Own)
                    .collect(),
                List::Bulletins => count(facts.bulletins.as_ref().map(Vec::len))
                    .map(Offer::Bulletin)
                    .collect(),
            }
        }
        Asks::Message { .. } => vec![Offer::On],
        Asks::Institution { .. } => scene
            .service
            .institutions_of(&scene.country.code)
            .map(Offer::Institution)
            .collect(),
        Asks::Place { .. } => places(scene, at).into_iter().map(Offer::Place).collect(),
        Asks::Text { .. }
        | Asks::Rating { .. }
        | Asks::Code { .. }
        | Asks::Branch { .. }
        | Asks::Call { .. }
        | Asks::Return { .. }
        | Asks::Nothing => Vec::new(),
    }
}

/// Indexes of the country's languages in the texts.
pub(super) fn languages<'a>(scene: &Scene<'a>) -> impl Iterator<Item = usize> + 'a {
    let texts = &scene.service.texts;
    scene
        .country
        .languages
        .iter()
        .filter_map(|tag| texts.language(tag))
}

/// The places listed at a position: those that letters found, or else those to walk on from.
pub(super) fn places(scene: &Scene<'_>, at: &Position) -> Vec<usize> {
    match &at.found {
        Some(found) => found.to_vec(),
        None => onward(scene, at),
    }
}

/// The places that letters typed at a position mean, in what can be walked to from there. Digits
/// alone are keys, never a name.
pub(super) fn sought(scene: &Scene<'_>, at: &Position, typed: &str) -> Vec<usize> {
    let asked = scene.menu.nodes.get(at.node).map(|node| &node.asks);
    if !matches!(asked, Some(Asks::Place { .. })) || !typed.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let tree = &scene.service.places;
    let roots = onward(scene, at);
    tree.search(typed, |hit| {
        roots.iter().any(|root| tree.within(hit, *root))
    })
}

/// The places to walk on from: what lies in the one that was opened, or where the walk
/// begins: in the one place that the institution covers, or among the several.
fn onward(scene: &Scene<'_>, at: &Position) -> Vec<usize> {
    let tree = &scene.service.places;
    let inside = |place: usize| tree.get(place).map(|p| p.children.clone());
    if let Some(opened) = at.inside {
        return inside(opened).unwrap_or_default();
    }
    let covers = at
        .said
        .institution
        .and_then(|i| scene.service.institutions.get(i))
        .map_or(&[][..], |i| i.covers.as_slice());
    match covers {
        [] => tree
            .find(&scene.country.code)
            .and_then(inside)
            .unwrap_or_default(),
        [one] => match inside(*one) {
            Some(children) if !children.is_empty() => children,
            _ => vec![*one],
        },
        several => several.to_vec(),
    }
}

/// The label of an offer in the language of the position.
pub(super) fn label(scene: &Scene<'_>, at: &Position, offer: Offer) -> String {
    let texts = &scene.service.texts;
    let language = at.said.language;
    match offer {
        Offer::Language(index) => texts.plain(index, Own::LanguageName.key()),
        Offer::Choice(index) => choice(scene, at, index)
            .map(|c| texts.plain(language, c.label))
            .unwrap_or_default(),
        Offer::Institution(index) => {
            let tag = texts.languages().get(language).map_or("", |l| &l.tag);
            scene
                .service
                .institutions
                .get(index)
                .map(|i| i.name(tag).to_owned())
                .unwrap_or_default()
        }
        Offer::Place(index) => place_label(scene, at, index).unwrap_or_default(),
        Offer::Own(index) => {
            let own = scene.facts.own.iter().flatten().nth(index);
            own.map_or_else(String::new, |standing| {
                let told = follow::told(scene.service, standing, language);
                let day = promise::day(standing.received_at, scene.country);
                format!("{day} {}", told.institution)
            })
        }
        Offer::Bulletin(index) => {
            let bulletin = scene.facts.bulletins.iter().flatten().nth(index);
            bulletin.map_or_else(String::new, |b| b.title.clone())
        }
        Offer::On => texts.plain(language, Own::Next.key()),
        Offer::Resume => texts.plain(language, Own::ResumeYes.key()),
        Offer::Anew => texts.plain(language, Own::ResumeNo.key()),
    }
}

/// A place's name in the session's language; with its parent's where another of the same name was
/// found too. What lies just below the country needs none.
fn place_label(scene: &Scene<'_>, at: &Position, index: usize) -> Option<String> {
    let tree = &scene.service.places;
    let tags = scene.service.texts.languages();
    let tag = tags.get(at.said.language).map_or("", |l| l.tag.as_str());
    let place = tree.get(index)?;
    let name = place.name_in(tag);
    let alike =
        |other: &usize| *other != index && tree.get(*other).is_some_and(|o| o.name_in(tag) == name);
    let repeated = at
        .found
        .as_ref()
        .is_some_and(|found| found.iter().any(alike));
    let parent = place.parent.and_then(|parent| tree.get(parent));
    match parent.filter(|parent| repeated && parent.parent.is_some()) {
        Some(parent) => Some(format!("{name} ({})", parent.name_in(tag))),
        None => Some(name.to_owned()),
    }
}

/// The fixed option at this place of the position's screen.
pub(super) fn choice<'a>(scene: &Scene<'a>, at: &Position, index: usize) -> Option<&'a Choice> {
    scene.menu.nodes.get(at.node)?.options().get(index)
}

/// The key of an offer: the file's own, or its number, which is never a navigation key.
pub(super) fn key(scene: &Scene<'_>, at: &Position, place: usize, offer: Offer) -> String {
    let given = match offer {
        Offer::Choice(index) => choice(scene, at, index).and_then(|c| c.key.clone()),
        _ => None,
    };
    given.unwrap_or_else(|| number(&scene.menu.keys, place).to_string())
}

/// The offer that a key chooses.
pub(super) fn chosen(
    scene: &Scene<'_>,
    at: &Position,
    offers: &[Offer],
    typed: &str,
) -> Option<Offer> {
    let by_own_key = offers.iter().enumerate().find(|(place, offer)| {
        matches!(offer, Offer::Choice(_)) && key(scene, at, *place, **offer) == typed
    });
    if let Some((_, offer)) = by_own_key {
        return Some(*offer);
    }
    let typed: usize = typed.parse().ok()?;
    let offer = *offers.get(place(&scene.menu.keys, typed)?)?;
    // An option with a key of its own answers to that key alone.
    let own =
        matches!(offer, Offer::Choice(i) if choice(scene, at, i).is_some_and(|c| c.key.is_some()));
    (!own).then_some(offer)
}

/// Whether a key is an answer on this screen, whatever it means elsewhere.
pub(super) fn claims(scene: &Scene<'_>, at: &Position, typed: &str) -> bool {
    let Some(node) = scene.menu.nodes.get(at.node) else {
        return false;
    };
    let by_option = || {
        let mut options = node.options().iter();
        options.any(|option| option.key.as_deref() == Some(typed))
    };
    let by_rating = || match node.asks {
        Asks::Rating { least, most, .. } => rated(least, most, typed).is_some(),
        _ => false,
    };
    node.answers.iter().any(|key| key == typed) || by_option() || by_rating()
}

/// The number that was typed, if it is one from `least` to `most`, written as one writes it: `00`
/// is no zero.
pub(super) fn rated(least: i64, most: i64, typed: &str) -> Option<i64> {
    let number: i64 = typed.parse().ok()?;
    let plain = number.to_string() == typed;
    (plain && (least..=most).contains(&number)).then_some(number)
}

/// The text above the options.
pub(super) fn heading(scene: &Scene<'_>, at: &Position) -> Option<TextKey> {
    if at.cut.is_some() {
        return Some(Own::ResumeAsk.key());
    }
    scene.menu.nodes.get(at.node)?.text
}

/// The number of the offer at this place, counted from 0: 1, 2, 3 … without navigation keys.
fn number(keys: &Keys, place: usize) -> usize {
    let mut number = place + 1;
    for reserved in reserved(keys) {
        if number >= reserved {
            number += 1;
        }
    }
    number
}

/// The place of the offer with this number; `None` for navigation keys.
fn place(keys: &Keys, number: usize) -> Option<usize> {
    let before = reserved(keys).filter(|r| *r < number).count();
    let free = !reserved(keys).any(|r| r == number);
    free.then(|| number.checked_sub(1 + before)).flatten()
}

/// Navigation keys that are numbers a list could reach, ascending.
fn reserved(keys: &Keys) -> impl Iterator<Item = usize> {
    let mut numbers = [&keys.back, &keys.home, &keys.more].map(|k| {
        k.parse::<usize>()
            .ok()
            .filter(|n| *n > 0 && n.to_string() == **k)
    });
    numbers.sort_unstable();
    numbers.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_98th_item_is_number_99() {
        let keys = Keys::default();
        assert_eq!(number(&keys, 0), 1);
        assert_eq!(number(&keys, 96), 97);
        assert_eq!(number(&keys, 97), 99);
        assert_eq!(place(&keys, 98), None);
        assert_eq!(place(&keys, 0), None);
        assert_eq!(place(&keys, 99), Some(97));
    }

    proptest! {
        #[test]
        fn numbers_and_places_are_each_others_inverse(at in 0usize..500, back in 0usize..20, more in 1usize..120) {
            let keys = Keys { back: back.to_string(), home: "00".into(), more: more.to_string() };
            prop_assert_eq!(place(&keys, number(&keys, at)), Some(at));
        }
    }
}
