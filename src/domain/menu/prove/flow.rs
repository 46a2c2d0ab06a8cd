//! Variables are set before they are read, on every way.

use super::super::model::{Asks, Effect, Menu, Set};
use super::super::texts::{Piece, TextKey, Variable};
use super::{Fault, Notes, Site, Target};

/// What has been said for certain, as bits.
type Said = u8;

const EXPERIENCE: Said = 1;
const INSTITUTION: Said = 2;
const PLACE: Said = 4;
const WORDS: Said = 8;
const FILED: Said = 16;
const EVERYTHING: Said = 31;

/// Notes every variable that a screen shows though a way leads there without it.
pub(super) fn unset(notes: &mut Notes, target: &Target<'_>, language: usize) {
    let menu = target.scene.menu;
    let texts = &target.scene.service.texts;
    let tag = texts.languages().get(language).map(|l| l.tag.as_str());
    let said = certain(menu);
    for (index, node) in menu.nodes.iter().enumerate() {
        let mut said = said.get(index).copied().unwrap_or(EVERYTHING);
        if node.asks != Asks::Nothing {
            // Only an ending goes on showing the code: any key elsewhere takes it away.
            said &= !FILED;
        }
        for variable in slots(target, language, node.text) {
            if needs(variable).is_none_or(|bit| said & bit == 0) {
                let site = Site::Screen(menu.id.clone(), index);
                let fault = Fault::Unset(variable);
                notes.note(site, fault, Some((menu, index)), tag, &target.channels);
            }
        }
        if let Asks::Choice { options } = &node.asks {
            for label in options.iter().map(|option| option.label) {
                for variable in slots(target, language, label) {
                    let site = Site::Text(language, label);
                    let fault = Fault::Unfilled(variable);
                    notes.note(site, fault, Some((menu, index)), tag, &target.channels);
                }
            }
        }
    }
}

fn slots<'a>(
    target: &Target<'a>,
    language: usize,
    text: TextKey,
) -> impl Iterator<Item = Variable> + 'a {
    let pieces = target.scene.service.texts.get(language, text);
    pieces.iter().filter_map(|piece| match piece {
        Piece::Slot(variable) => Some(*variable),
        Piece::Plain(_) => None,
    })
}

/// What must have been said for a variable to be there; none for one that no menu sets.
fn needs(variable: Variable) -> Option<Said> {
    match variable {
        Variable::Institution => Some(INSTITUTION),
        Variable::Place => Some(PLACE),
        Variable::Experience => Some(EXPERIENCE),
        Variable::Words => Some(WORDS),
        Variable::Code | Variable::ReplyBy => Some(FILED),
        Variable::Reply | Variable::Since | Variable::Dial => None,
    }
}

/// What has been said for certain on each screen: what every way to it has in common.
fn certain(menu: &Menu) -> Vec<Said> {
    let mut said = vec![EVERYTHING; menu.nodes.len()];
    let mut left = Vec::new();
    // "Home" forgets all but the language, and works from everywhere.
    for begin in [menu.start, menu.home] {
        if let Some(known) = said.get_mut(begin) {
            *known = 0;
            left.push(begin);
        }
    }
    while let Some(from) = left.pop() {
        for (to, after) in ways(menu, from, said.get(from).copied().unwrap_or(0)) {
            let Some(known) = said.get_mut(to) else {
                continue;
            };
            let common = *known & after;
            if common != *known {
                *known = common;
                left.push(to);
            }
        }
    }
    said
}

/// Where a screen leads, and what has been said on arriving there.
fn ways(menu: &Menu, from: usize, said: Said) -> Vec<(usize, Said)> {
    let before = said & !FILED;
    match menu.nodes.get(from).map(|node| &node.asks) {
        Some(Asks::Language { next }) => vec![(*next, before)],
        // A place was chosen among those of another institution.
        Some(Asks::Institution { next }) => vec![(*next, (before | INSTITUTION) & !PLACE)],
        Some(Asks::Place { next, .. }) => vec![(*next, before | PLACE)],
        Some(Asks::Words { next }) => vec![(*next, before | WORDS)],
        Some(Asks::Choice { options }) => options
            .iter()
            .map(|option| {
                let says = |set: &Set| matches!(set, Set::Experience(_));
                let set = if option.set.iter().any(says) {
                    EXPERIENCE
                } else {
                    0
                };
                let filed = option.effect.map_or(0, |Effect::File| FILED);
                (option.next, before | set | filed)
            })
            .collect(),
        Some(Asks::Nothing) | None => Vec::new(),
    }
}
