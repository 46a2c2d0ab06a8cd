//! One key, one step: from a state and what was typed to the next state. Pure and total.

use std::sync::Arc;

use super::Scene;
use super::model::{Asks, Effect};
use super::offers::{self, Offer};
use super::render;
use super::said::Said;
use super::texts::Own;

/// Where a citizen stands: a screen, a page of it, and what was said on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// Index of the screen.
    pub node: usize,
    /// Page of it, from 0.
    pub page: usize,
    /// The place that was opened, on a screen that walks down the tree.
    pub inside: Option<usize>,
    /// The places that letters typed here found, if there are several.
    pub found: Option<Arc<[usize]>>,
    /// What was said before coming here.
    pub said: Said,
}

/// A session's state: here, and the way back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Where the citizen stands.
    pub here: Position,
    /// Where they came from, oldest first: "back" pops.
    pub past: Vec<Position>,
    /// What to say above the screen about the last key.
    pub notice: Option<Own>,
    /// What the last key made happen.
    pub effect: Option<Effect>,
    /// How many feedbacks this session has filed, the one of `effect` included.
    pub filed: u32,
}

impl State {
    /// The first screen.
    pub fn start(scene: &Scene<'_>) -> Self {
        let texts = &scene.service.texts;
        let said = Said {
            language: texts.language(&scene.country.default_language).unwrap_or(0),
            ..Said::default()
        };
        let mut state = Self {
            here: Position {
                node: scene.menu.start,
                said,
                ..Position::default()
            },
            ..Self::default()
        };
        state.skip_the_obvious(scene);
        state
    }

    /// Whether this is a last screen.
    pub fn ended(&self, scene: &Scene<'_>) -> bool {
        scene
            .menu
            .nodes
            .get(self.here.node)
            .is_none_or(|n| n.asks == Asks::Nothing)
    }

    /// Whether this screen takes free text, in which `*` and digits are the citizen's own.
    pub fn wants_words(&self, scene: &Scene<'_>) -> bool {
        matches!(
            scene.menu.nodes.get(self.here.node).map(|n| &n.asks),
            Some(Asks::Words { .. })
        )
    }

    /// The state after `typed`. A key that the screen does not have leaves everything as it is,
    /// with a notice.
    #[must_use]
    pub fn step(&self, scene: &Scene<'_>, typed: &str) -> Self {
        let key = typed.trim();
        let keys = &scene.menu.keys;
        let more = key == keys.more && self.here.page + 1 < render::pages(scene, self);
        let mut next = self.clone();
        if self.ended(scene) {
            // What the ending shows (a code) stays: it may go on for a page.
            next.here.page += usize::from(more);
            return next;
        }
        next.notice = None;
        next.effect = None;
        if !offers::claims(scene, &self.here, key) {
            if key == keys.back {
                next.back();
                return next;
            }
            if key == keys.home {
                next.home(scene);
                return next;
            }
            if more {
                let mut here = self.here.clone();
                here.page += 1;
                next.go(here);
                return next;
            }
        }
        next.answer(scene, typed);
        next
    }

    fn answer(&mut self, scene: &Scene<'_>, typed: &str) {
        let Some(node) = scene.menu.nodes.get(self.here.node) else {
            return;
        };
        if let Asks::Words { next } = node.asks {
            if typed.trim().is_empty() {
                self.notice = Some(Own::NoWords);
            } else {
                let mut here = self.at(next);
                here.said.words = Some(typed.into());
                self.go(here);
                self.skip_the_obvious(scene);
            }
            return;
        }
        let offers = offers::offers(scene, &self.here);
        match offers::chosen(scene, &self.here, &offers, typed.trim()) {
            None => self.seek(scene, typed),
            Some(offer) => {
                self.take(scene, offer);
                self.skip_the_obvious(scene);
            }
        }
    }

    /// What is no key may be the name of a place, where one is asked for.
    fn seek(&mut self, scene: &Scene<'_>, typed: &str) {
        let found = offers::sought(scene, &self.here, typed);
        match found.as_slice() {
            [] => self.notice = Some(Own::NotAnOption),
            [only] => {
                self.take(scene, Offer::Place(*only));
                self.skip_the_obvious(scene);
            }
            _ => {
                let mut here = self.here.clone();
                here.page = 0;
                here.found = Some(found.into());
                self.go(here);
            }
        }
    }

    /// Goes where an offer leads, saying what it says.
    fn take(&mut self, scene: &Scene<'_>, offer: Offer) {
        let Some(node) = scene.menu.nodes.get(self.here.node) else {
            return;
        };
        let to = match (&node.asks, offer) {
            (Asks::Language { next }, Offer::Language(language)) => {
                let mut to = self.at(*next);
                to.said.language = language;
                to
            }
            (Asks::Institution { next }, Offer::Institution(institution)) => {
                let mut to = self.at(*next);
                to.said.institution = Some(institution);
                to.said.place = None;
                to
            }
            (Asks::Place { depth, next }, Offer::Place(place)) => {
                if deepest(scene, *depth, place) {
                    let mut to = self.at(*next);
                    to.said.place = Some(place);
                    to
                } else {
                    let mut to = self.at(self.here.node);
                    to.inside = Some(place);
                    to
                }
            }
            (Asks::Choice { options }, Offer::Choice(index)) => {
                let Some(option) = options.get(index) else {
                    return;
                };
                let mut to = self.at(option.next);
                to.said.take(&option.set, node.text);
                self.effect = option.effect;
                self.filed += u32::from(option.effect == Some(Effect::File));
                to
            }
            _ => return,
        };
        self.go(to);
    }

    /// A screen with only one answer is not asked: one language, one place.
    fn skip_the_obvious(&mut self, scene: &Scene<'_>) {
        // As many times as there are screens, so that a menu in a circle cannot hold us here.
        for _ in 0..scene.menu.nodes.len() {
            let asks = scene.menu.nodes.get(self.here.node).map(|n| &n.asks);
            let only = match asks {
                Some(Asks::Language { .. } | Asks::Place { .. }) => {
                    match offers::offers(scene, &self.here).as_slice() {
                        [only] => *only,
                        _ => return,
                    }
                }
                _ => return,
            };
            let (past, effect) = (self.past.clone(), self.effect);
            self.take(scene, only);
            self.past = past;
            self.effect = effect;
        }
    }

    /// A position on another screen, with what was said so far.
    fn at(&self, node: usize) -> Position {
        Position {
            node,
            page: 0,
            inside: None,
            found: None,
            said: self.here.said.clone(),
        }
    }

    fn go(&mut self, to: Position) {
        self.past.push(std::mem::replace(&mut self.here, to));
    }

    fn back(&mut self) {
        if let Some(before) = self.past.pop() {
            self.here = before;
        }
    }

    fn home(&mut self, scene: &Scene<'_>) {
        let home = Position {
            node: scene.menu.home,
            said: Said {
                language: self.here.said.language,
                ..Said::default()
            },
            ..Position::default()
        };
        if home != self.here {
            self.go(home);
        }
    }
}

/// Whether the walk ends with this place.
fn deepest(scene: &Scene<'_>, depth: usize, place: usize) -> bool {
    let tree = &scene.service.places;
    tree.depth(place) >= depth || tree.get(place).is_none_or(|p| p.children.is_empty())
}
