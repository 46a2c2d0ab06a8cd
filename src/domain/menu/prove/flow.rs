//! Variables are set before they are read, on every way.

use super::super::model::{Asks, Choice, Condition, Effect, List, Menu, Set};
use super::super::texts::{Piece, TextKey, Variable};
use super::{Fault, Notes, Site, Target};

/// What has been said for certain, as bits.
type Said = u16;

const EXPERIENCE: Said = 1;
const INSTITUTION: Said = 2;
const PLACE: Said = 4;
const WORDS: Said = 8;
const FILED: Said = 16;
const FOLLOWED: Said = 32;
const BULLETIN: Said = 64;
const EVERYTHING: Said = 127;

/// Notes every variable that a screen shows though a way leads there without it.
pub(super) fn unset(notes: &mut Notes, target: &Target<'_>, language: usize) {
    let menu = target.scene.menu;
    let texts = &target.scene.service.texts;
    let tag = texts.languages().get(language).map(|l| l.tag.as_str());
    let said = certain(menu);
    for (index, node) in menu.nodes.iter().enumerate() {
        let Some(text) = node.text else { continue };
        let mut said = said.get(index).copied().unwrap_or(EVERYTHING);
        if node.asks != Asks::Nothing {
            // Only an ending goes on showing the code: any key elsewhere takes it away.
            said &= !FILED;
        }
        for variable in slots(target, language, text) {
            if needs(variable).is_none_or(|bits| bits != 0 && said & bits == 0) {
                let site = Site::Screen(menu.id.clone(), index);
                let fault = Fault::Unset(variable);
                notes.note(site, fault, Some((menu, index)), tag, &target.channels);
            }
        }
        if slots(target, language, text).any(|variable| variable == Variable::Emergency)
            && target.scene.country.emergency.is_empty()
        {
            let site = Site::Screen(menu.id.clone(), index);
            let fault = Fault::Nobody(target.scene.country.code.clone());
            notes.note(site, fault, Some((menu, index)), tag, &target.channels);
        }
        let yes = |option: &Choice| option.set.contains(&Set::Consent(true));
        let mut named = slots(target, language, text);
        if node.options().iter().any(yes) && !named.any(|v| v == Variable::Institution) {
            let site = Site::Text(language, text);
            notes.note(
                site,
                Fault::Unnamed,
                Some((menu, index)),
                tag,
                &target.channels,
            );
        }
        for label in node.options().iter().map(|option| option.label) {
            for variable in slots(target, language, label) {
                let site = Site::Text(language, label);
                let fault = Fault::Unfilled(variable);
                notes.note(site, fault, Some((menu, index)), tag, &target.channels);
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

/// What must have been said for a variable to be there, any one of the bits; no bits for what is
/// always there, none for what no menu sets.
fn needs(variable: Variable) -> Option<Said> {
    match variable {
        Variable::Institution => Some(INSTITUTION),
        Variable::Place => Some(PLACE),
        Variable::Experience => Some(EXPERIENCE),
        Variable::Words => Some(WORDS),
        Variable::Code => Some(FILED | FOLLOWED),
        Variable::ReplyBy => Some(FILED),
        Variable::Standing | Variable::Reply => Some(FOLLOWED),
        Variable::Bulletin => Some(BULLETIN),
        Variable::ShortCode | Variable::Emergency => Some(0),
        Variable::Since | Variable::Dial | Variable::List => None,
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
    let Some(node) = menu.nodes.get(from) else {
        return Vec::new();
    };
    let mut ways: Vec<(usize, Said)> = node
        .options()
        .iter()
        .map(|option| {
            let filed = if option.effect.is_some_and(Effect::files) {
                FILED
            } else {
                0
            };
            (option.next, before | says(&option.set) | filed)
        })
        .collect();
    match &node.asks {
        // A fork right after filing does not take the code away.
        Asks::Branch { cases, otherwise } => {
            ways.extend(
                cases
                    .iter()
                    .map(|case| (case.next, said | sure(&case.when))),
            );
            ways.push((*otherwise, said));
        }
        // What the called screens say is known only where they return to.
        Asks::Call { to, .. } => ways.push((*to, said)),
        Asks::Return { set } => {
            let called = menu.nodes.iter().filter_map(|node| match node.asks {
                Asks::Call { next, .. } => Some(next),
                _ => None,
            });
            ways.extend(called.map(|next| (next, said | says(set))));
        }
        // A place was chosen among those of another institution.
        Asks::Institution { next } => ways.push((*next, (before | INSTITUTION) & !PLACE)),
        Asks::Place { next, .. } => ways.push((*next, before | PLACE)),
        Asks::Words { next, .. } => ways.push((*next, before | WORDS)),
        Asks::Code { next }
        | Asks::List {
            of: List::Own,
            next,
        } => ways.push((*next, before | FOLLOWED)),
        Asks::List {
            of: List::Bulletins,
            next,
        } => ways.push((*next, before | BULLETIN)),
        Asks::Language { next }
        | Asks::Text { next, .. }
        | Asks::Rating { next, .. }
        | Asks::Message { next } => ways.push((*next, before)),
        Asks::Choice { .. } | Asks::Nothing => {}
    }
    ways
}

fn says(set: &[Set]) -> Said {
    let experience = set.iter().any(|set| matches!(set, Set::Experience(_)));
    if experience { EXPERIENCE } else { 0 }
}

/// What must have been said for a case to hold.
fn sure(when: &[Condition]) -> Said {
    let experience = |c: &Condition| matches!(c, Condition::Said(Set::Experience(_)));
    if when.iter().any(experience) {
        EXPERIENCE
    } else {
        0
    }
}
