//! From a state to the screen a citizen sees.

use super::layout::{self, Page};
use super::model::Asks;
use super::offers::{self, Offer};
use super::step::State;
use super::texts::{Own, Piece, TextKey, Variable};
use super::{Scene, Screen, values};
use crate::domain::text::fold::fold;

/// What only the record knows, for screens that come after filing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filed {
    /// The code that can be read out.
    pub code: String,
    /// Until when the institution promised to answer (`30/11`); empty if it promised nothing.
    pub reply_by: String,
}

/// The fewest septets of the citizen's words that are worth showing back.
const SHORTEST_EXCERPT: usize = 12;

/// The screen of a state.
pub fn screen(scene: &Scene<'_>, state: &State, filed: &Filed) -> Screen {
    let draft = Draft::new(scene, state, filed);
    let pages = draft.pages();
    let last = pages.len().saturating_sub(1);
    let page = pages
        .get(state.here.page.min(last))
        .cloned()
        .unwrap_or_default();
    let more = state.here.page < last;
    draft.finish(&page, more)
}

/// How many pages the screen of a state has.
pub fn pages(scene: &Scene<'_>, state: &State) -> usize {
    Draft::new(scene, state, &Filed::default()).pages().len()
}

/// The polite ending of a channel, in the language of a session or of the country.
pub fn apology(scene: &Scene<'_>, language: usize) -> Screen {
    let text = scene.service.texts.plain(language, Own::Apology.key());
    let text = fold(&text, scene.channel.folding);
    Screen::last(layout::shorten(&text, scene.channel.budget))
}

/// A screen as the prover looks at it: all its pages, and what did not fit as it was written.
pub(super) struct Laid {
    /// Every page as shown.
    pub pages: Vec<Screen>,
    /// How many of them hold a part of the text above the options.
    pub headed: usize,
    /// A word of that text that no page can hold whole.
    pub torn: Option<String>,
    /// The places of the offers whose labels were shortened.
    pub cut: Vec<usize>,
}

/// Lays a state out whole.
pub(super) fn lay(scene: &Scene<'_>, state: &State, filed: &Filed) -> Laid {
    let draft = Draft::new(scene, state, filed);
    let pages = draft.pages();
    let last = pages.len().saturating_sub(1);
    let each = draft.budget().saturating_sub(draft.navigation(true).0);
    let shown = layout::unglued(&draft.heading);
    let mut words = shown.split([' ', '\n']);
    let torn = words.find(|_| last > 0).and_then(|first| {
        let mut all = std::iter::once(first).chain(words);
        all.find(|word| layout::cost(word) > each)
    });
    let offers = offers::offers(scene, &state.here);
    let whole = |offer| one_line(&draft.fold(&offers::label(scene, &state.here, offer)));
    let shown = offers.iter().zip(&draft.items).enumerate();
    Laid {
        headed: pages.iter().filter(|p| !p.heading.is_empty()).count(),
        torn: torn.map(str::to_owned),
        cut: shown
            .filter(|(_, (offer, (_, label)))| whole(**offer) != *label)
            .map(|(place, _)| place)
            .collect(),
        pages: pages
            .iter()
            .enumerate()
            .map(|(place, page)| draft.finish(page, place < last))
            .collect(),
    }
}

/// A screen being laid out: everything folded, nothing placed.
struct Draft<'a> {
    scene: &'a Scene<'a>,
    state: &'a State,
    heading: String,
    items: Vec<(String, String)>,
    ends: bool,
}

impl<'a> Draft<'a> {
    fn new(scene: &'a Scene<'a>, state: &'a State, filed: &Filed) -> Self {
        let ends = state.ended(scene);
        let mut draft = Self {
            scene,
            state,
            heading: String::new(),
            items: Vec::new(),
            ends,
        };
        let offers = offers::offers(scene, &state.here);
        draft.items = offers
            .iter()
            .enumerate()
            .map(|(place, offer)| draft.item(place, *offer))
            .collect();
        // What shows nothing at its end leaves no blank there.
        let heading = draft.heading(filed);
        draft.heading.push_str(heading.trim_end());
        draft
    }

    /// One of the gateway's own texts, folded.
    fn own(&self, own: Own) -> String {
        let language = self.state.here.said.language;
        self.fold(&self.scene.service.texts.plain(language, own.key()))
    }

    /// What is said about the last key, with a space after it.
    fn noticed(&self) -> String {
        let notice = self.state.notice.map(|notice| self.own(notice));
        notice.map_or_else(String::new, |notice| format!("{notice} "))
    }

    fn item(&self, place: usize, offer: Offer) -> (String, String) {
        let key = offers::key(self.scene, &self.state.here, place, offer);
        let label = offers::label(self.scene, &self.state.here, offer);
        let label = one_line(&self.fold(&label));
        let room = self
            .budget()
            .saturating_sub(self.navigation(true).0 + key.len() + 1);
        let label = layout::shorten(&label, room.max(1));
        (key, label)
    }

    /// The text above the options, with the citizen's words cut to what fits one page.
    fn heading(&self, filed: &Filed) -> String {
        let Some(text) = offers::heading(self.scene, &self.state.here) else {
            return String::new();
        };
        let words = self.state.here.said.words.as_deref().unwrap_or("");
        let words = one_line(&self.fold(words));
        let whole = self.filled(text, filed, &words);
        if self.fits(&whole) {
            return whole;
        }
        let around = layout::cost(&self.filled(text, filed, ""));
        let items: usize = self.lines().iter().map(|l| layout::cost(l) + 1).sum();
        let taken = around + items + self.navigation(false).0;
        let room = self.budget().saturating_sub(taken).max(SHORTEST_EXCERPT);
        self.filled(text, filed, &layout::shorten(&words, room))
    }

    fn filled(&self, text: TextKey, filed: &Filed, words: &str) -> String {
        let texts = &self.scene.service.texts;
        let language = self.state.here.said.language;
        let mut heading = self.noticed();
        for piece in texts.get(language, text) {
            match piece {
                Piece::Plain(plain) => heading.push_str(&self.fold(plain)),
                Piece::Slot(Variable::Words) => heading.push_str(words),
                Piece::Slot(slot) => {
                    let value = self.fold(&values::value(self.scene, self.state, filed, *slot));
                    // What somebody wrote may be long, and breaks anywhere; a name does not.
                    match slot {
                        Variable::Reply | Variable::Bulletin | Variable::Standing => {
                            heading.push_str(&value);
                        }
                        Variable::Emergency => {
                            let each: Vec<String> = value.lines().map(layout::glued).collect();
                            heading.push_str(&each.join(", "));
                        }
                        _ => heading.push_str(&layout::glued(&one_line(&value))),
                    }
                }
            }
        }
        let lists = self.scene.menu.nodes.get(self.state.here.node);
        if lists.is_some_and(|n| matches!(n.asks, Asks::List { .. })) && self.items.is_empty() {
            heading.push(' ');
            heading.push_str(&self.own(Own::NothingYet));
        }
        heading
    }

    fn fits(&self, heading: &str) -> bool {
        let items: usize = self.lines().iter().map(|l| layout::cost(l) + 1).sum();
        layout::cost(heading) + items + self.navigation(false).0 <= self.budget()
    }

    fn pages(&self) -> Vec<Page> {
        let single = self.budget().saturating_sub(self.navigation(false).0);
        let each = self.budget().saturating_sub(self.navigation(true).0);
        layout::pages(&self.heading, &self.lines(), single, each)
    }

    fn lines(&self) -> Vec<String> {
        self.items.iter().map(|(k, l)| format!("{k} {l}")).collect()
    }

    /// What the navigation line costs with its line break, and its keys with their labels.
    fn navigation(&self, more: bool) -> (usize, Vec<(String, String)>) {
        let keys = &self.scene.menu.keys;
        let mut shown = Vec::new();
        if more {
            shown.push((&keys.more, Own::More));
        }
        if !self.ends {
            let deep = self.state.past.len();
            if deep > 0 {
                shown.push((&keys.back, Own::Back));
            }
            if deep > 1 && self.state.here.node != self.scene.menu.home {
                shown.push((&keys.home, Own::Home));
            }
        }
        let texts = &self.scene.service.texts;
        let language = self.state.here.said.language;
        let shown: Vec<(String, String)> = shown
            .into_iter()
            .filter(|(key, _)| !offers::claims(self.scene, &self.state.here, key))
            .map(|(key, own)| (key.clone(), self.fold(&texts.plain(language, own.key()))))
            .collect();
        let cost = shown
            .iter()
            .map(|(k, l)| layout::cost(k) + layout::cost(l) + 2)
            .sum();
        (cost, shown)
    }

    fn finish(&self, page: &Page, more: bool) -> Screen {
        let heading = layout::unglued(&page.heading);
        let mut text = heading.clone();
        let mut options = Vec::new();
        for (key, label) in self.items.get(page.items.clone()).unwrap_or(&[]) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(key);
            text.push(' ');
            text.push_str(label);
            options.push((key.clone(), label.clone()));
        }
        let (_, navigation) = self.navigation(more);
        for (place, (key, label)) in navigation.into_iter().enumerate() {
            text.push(if place == 0 { '\n' } else { ' ' });
            text.push_str(&key);
            text.push(' ');
            text.push_str(&label);
            options.push((key, label));
        }
        Screen {
            text,
            // An ending too long for one page stays open until its last page has been read.
            ends: self.ends && !more,
            heading,
            options,
        }
    }

    fn fold(&self, text: &str) -> String {
        fold(text, self.scene.channel.folding).into_owned()
    }

    fn budget(&self) -> usize {
        self.scene.channel.budget
    }
}

/// Words on one line: a line break in a name or in what was typed would read as an option.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == ' ')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
