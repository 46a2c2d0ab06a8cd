//! Every screen, every page, with the longest values it may have to show.

use std::collections::BTreeSet;

use super::super::model::Asks;
use super::super::offers::{self, Offer};
use super::super::render::{self, Filed, Laid};
use super::super::step::{Position, State};
use super::super::texts::{Own, Piece, TextKey, Variable};
use super::super::{Scene, layout};
use super::worst::{Worst, of_country};
use super::{Fault, Notes, Site, Target};
use crate::domain::text::fold;

/// Codes are all of one length; a date is `30/11`.
pub(super) const LONGEST_CODE: &str = "WWW-WWW-W";
const LONGEST_DATE: &str = "30/11";

/// What a screen came to.
#[derive(Clone, Copy)]
pub(super) struct Fitted {
    /// The longest page, in septets.
    pub septets: usize,
    /// The most pages that it has.
    pub pages: usize,
}

/// Lays out every screen in a language; answers what each came to.
pub(super) fn screens(notes: &mut Notes, target: &Target<'_>, language: usize) -> Vec<Fitted> {
    let scene = &target.scene;
    let worst = Worst::find(scene, language);
    for own in [
        Own::Back,
        Own::Home,
        Own::More,
        Own::Next,
        Own::ResumeAsk,
        Own::ResumeYes,
        Own::ResumeNo,
        Own::NothingYet,
        Own::NotAnOption,
        Own::NoWords,
        Own::FollowUnknown,
        Own::Apology,
    ] {
        characters(notes, target, language, own.key(), None);
        unfilled(notes, target, language, own.key());
    }
    apology(notes, target, language);
    let empty = Fitted {
        septets: 0,
        pages: 1,
    };
    if crowded(notes, target, language) {
        // What follows from it, on every screen, is no mistake of its own.
        return vec![empty; scene.menu.nodes.len()];
    }
    if scene.menu.resume.is_some() {
        let mut fitted = empty;
        screen(notes, target, worst.cut(scene.menu.start), &mut fitted);
    }
    let nodes = scene.menu.nodes.iter().enumerate();
    nodes
        .map(|(index, node)| {
            if node.is_fork() {
                return empty;
            }
            let mut texts: Vec<TextKey> = node.text.into_iter().collect();
            texts.extend(node.options().iter().map(|o| o.label));
            if let Asks::Language { .. } = node.asks {
                texts.push(Own::LanguageName.key());
            }
            for text in texts {
                characters(notes, target, language, text, Some(index));
            }
            let mut fitted = empty;
            for here in worst.positions(index, &node.asks) {
                screen(notes, target, here, &mut fitted);
            }
            fitted
        })
        .collect()
}

/// One screen, as it comes and below the longest notice.
fn screen(notes: &mut Notes, target: &Target<'_>, here: Position, fitted: &mut Fitted) {
    let scene = &target.scene;
    let filed = Filed {
        code: LONGEST_CODE.to_owned(),
        reply_by: LONGEST_DATE.to_owned(),
    };
    let node = here.node;
    let notice = match scene.menu.nodes.get(node).map(|n| &n.asks) {
        Some(Asks::Nothing) | None => None,
        Some(Asks::Words { .. } | Asks::Text { .. }) => Some(Own::NoWords),
        Some(Asks::Code { .. }) => Some(Own::FollowUnknown),
        Some(_) => Some(Own::NotAnOption),
    };
    let mut state = State {
        here,
        // Deep enough that both ways out are offered.
        past: vec![Position::default(); 2],
        ..State::default()
    };
    let laid = render::lay(scene, &state, &filed);
    fitted.pages = fitted.pages.max(laid.pages.len());
    let mut longest = length(&laid);
    judge(notes, target, &state, &laid);
    if notice.is_some() {
        state.notice = notice;
        longest = longest.max(length(&render::lay(scene, &state, &filed)));
    }
    fitted.septets = fitted.septets.max(longest);
    let budget = scene.channel.budget;
    if longest > budget {
        let fault = Fault::Over {
            septets: longest,
            budget,
        };
        note(notes, target, &state.here, None, fault);
    }
}

fn length(laid: &Laid) -> usize {
    let pages = laid.pages.iter().map(|page| layout::cost(&page.text));
    pages.max().unwrap_or(0)
}

fn judge(notes: &mut Notes, target: &Target<'_>, state: &State, laid: &Laid) {
    let scene = &target.scene;
    let here = &state.here;
    if let Some(word) = &laid.torn {
        note(notes, target, here, None, Fault::Torn(word.clone()));
    } else if laid.headed > 1 && !is_open_ended(scene, here) {
        let (pages, budget) = (laid.headed, scene.channel.budget);
        note(notes, target, here, None, Fault::Spread { pages, budget });
    }
    let text = offers::heading(scene, here);
    let said = text.is_some_and(|text| scene.service.texts.has(here.said.language, text));
    // What somebody else writes is not known here: it may be all that the screen says.
    if said
        && !is_open_ended(scene, here)
        && laid
            .pages
            .first()
            .is_some_and(|p| p.heading.trim().is_empty())
    {
        note(notes, target, here, None, Fault::Blank);
    }
    let offers = offers::offers(scene, here);
    for offer in laid.cut.iter().filter_map(|place| offers.get(*place)) {
        let label = offers::label(scene, here, *offer);
        note(notes, target, here, Some(*offer), Fault::Cut(label));
    }
}

/// Whether a screen shows what somebody else writes, of any length: pages are what it is made for.
fn is_open_ended(scene: &Scene<'_>, here: &Position) -> bool {
    let text = offers::heading(scene, here);
    let pieces = text.map(|text| scene.service.texts.get(here.said.language, text));
    pieces.into_iter().flatten().any(|piece| {
        let Piece::Slot(variable) = piece else {
            return false;
        };
        matches!(
            variable,
            Variable::Standing | Variable::Reply | Variable::Bulletin | Variable::Emergency
        )
    })
}

/// Notes a fault where it can be mended: at the text, or at the name, that does not fit.
fn note(
    notes: &mut Notes,
    target: &Target<'_>,
    here: &Position,
    offer: Option<Offer>,
    fault: Fault,
) {
    let menu = target.scene.menu;
    let Some(text) = offers::heading(&target.scene, here) else {
        return;
    };
    let language = here.said.language;
    let site = match offer {
        None => Site::Text(language, text),
        Some(Offer::Language(index)) => Site::Text(index, Own::LanguageName.key()),
        Some(Offer::Choice(index)) => {
            let choice = offers::choice(&target.scene, here, index);
            Site::Text(language, choice.map_or(text, |choice| choice.label))
        }
        // These come from the records: nothing here is to be mended.
        Some(Offer::Own(_) | Offer::Bulletin(_)) => return,
        Some(Offer::Resume) => Site::Text(language, Own::ResumeYes.key()),
        Some(Offer::Anew) => Site::Text(language, Own::ResumeNo.key()),
        Some(Offer::On) => Site::Text(language, Own::Next.key()),
        Some(Offer::Institution(index)) => Site::Institution(index),
        Some(Offer::Place(index)) => Site::Place(index),
    };
    let texts = &target.scene.service.texts;
    let tag = texts.languages().get(language).map(|l| l.tag.as_str());
    notes.note(site, fault, Some((menu, here.node)), tag, &target.channels);
}

/// Characters of a text that the channel cannot show.
fn characters(
    notes: &mut Notes,
    target: &Target<'_>,
    language: usize,
    text: TextKey,
    node: Option<usize>,
) {
    let scene = &target.scene;
    let folding = scene.channel.folding;
    let lost = notes
        .read
        .entry((language, text, folding))
        .or_insert_with(|| {
            fold::lost(&scene.service.texts.plain(language, text), folding).collect()
        });
    let tag = scene.service.texts.languages().get(language);
    for c in lost.clone() {
        let site = Site::Text(language, text);
        let screen = node.map(|node| (scene.menu, node));
        let tag = tag.map(|l| l.tag.as_str());
        notes.note(site, Fault::Lost(c), screen, tag, &target.channels);
    }
}

/// Variables in a text that is shown without filling them.
fn unfilled(notes: &mut Notes, target: &Target<'_>, language: usize, text: TextKey) {
    for piece in target.scene.service.texts.get(language, text) {
        if let Piece::Slot(variable) = piece {
            let fault = Fault::Unfilled(*variable);
            notes.note(
                Site::Text(language, text),
                fault,
                None,
                None,
                &target.channels,
            );
        }
    }
}

/// Whether the navigation line takes more than two thirds of a page.
fn crowded(notes: &mut Notes, target: &Target<'_>, language: usize) -> bool {
    let (texts, keys) = (&target.scene.service.texts, &target.scene.menu.keys);
    let budget = target.scene.channel.budget;
    let each = [
        (&keys.more, Own::More),
        (&keys.back, Own::Back),
        (&keys.home, Own::Home),
    ];
    let septets = each
        .map(|(key, own)| {
            let label = texts.plain(language, own.key());
            key.len() + 2 + layout::cost(&fold::fold(&label, target.scene.channel.folding))
        })
        .iter()
        .sum();
    let crowded = septets * 3 > budget * 2;
    if crowded {
        let site = Site::Text(language, Own::More.key());
        let fault = Fault::Crowded { septets, budget };
        let tag = texts.languages().get(language).map(|l| l.tag.as_str());
        notes.note(site, fault, None, tag, &target.channels);
    }
    crowded
}

/// The polite ending has one page.
fn apology(notes: &mut Notes, target: &Target<'_>, language: usize) {
    let key = Own::Apology.key();
    let texts = &target.scene.service.texts;
    let whole = fold::fold(&texts.plain(language, key), target.scene.channel.folding).into_owned();
    if layout::cost(&whole) > target.scene.channel.budget {
        let tag = texts.languages().get(language).map(|l| l.tag.as_str());
        let site = Site::Text(language, key);
        notes.note(site, Fault::Cut(whole), None, tag, &target.channels);
    }
}

/// Characters of institutions' and places' names that a channel of their country cannot show.
pub(super) fn names(notes: &mut Notes, targets: &[Target<'_>]) {
    let mut done = BTreeSet::new();
    for target in targets {
        let (service, folding) = (target.scene.service, target.scene.channel.folding);
        let code = target.scene.country.code.as_str();
        if !done.insert((code, folding)) {
            continue;
        }
        for index in service.institutions_of(code) {
            for (tag, name) in &service.institutions[index].names {
                for c in fold::lost(name, folding) {
                    let site = Site::Institution(index);
                    notes.note(site, Fault::Lost(c), None, Some(tag), &target.channels);
                }
            }
        }
        for (index, name) in of_country(&target.scene) {
            for c in fold::lost(name, folding) {
                notes.note(
                    Site::Place(index),
                    Fault::Lost(c),
                    None,
                    None,
                    &target.channels,
                );
            }
        }
    }
}
