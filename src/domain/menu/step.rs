//! One key, one step: from a state and what was typed to the next state. Pure and total.

use std::sync::Arc;

use super::facts::Need;
use super::model::{Asks, Effect, List, Value};
use super::offers::{self, Offer};
use super::said::Said;
use super::texts::{Own, Piece, Variable};
use super::{Scene, forks, render};
use crate::domain::code;

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
    /// Screens to go on with when those that were called return, the innermost last.
    pub calls: Vec<usize>,
    /// What was said before coming here.
    pub said: Said,
    /// A session that was cut, while it is asked whether to go on with it: nothing else is.
    pub cut: Option<Arc<State>>,
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
    /// What a step on the way had to know and did not: what came of it is a guess until then.
    pub lacked: Option<Need>,
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
        forks::follow(scene, &mut state.here);
        state.skip_the_obvious(scene);
        state
    }

    /// The first screen of a session whose citizen may go on with one that was cut; none if nothing
    /// in it is worth going on with. What puts somebody in danger is never offered: whoever holds
    /// the phone now would read it.
    pub fn resuming(scene: &Scene<'_>, cut: &Self) -> Option<Self> {
        // Cut again while it was asked: what was cut first is still there.
        let cut = cut.here.cut.as_deref().unwrap_or(cut);
        if cut.ended(scene) || !cut.here.said.is_worth_keeping() {
            return None;
        }
        let mut state = Self::start(scene);
        state.here.said.language = cut.here.said.language;
        state.here.cut = Some(Arc::new(Self {
            notice: None,
            effect: None,
            ..cut.clone()
        }));
        Some(state)
    }

    /// What the screen shows, or a step on the way to it looked at, and is not yet fetched.
    pub fn needs(&self, scene: &Scene<'_>) -> Option<Need> {
        self.lacked.clone().or_else(|| self.shows_unknown(scene))
    }

    fn shows_unknown(&self, scene: &Scene<'_>) -> Option<Need> {
        if self.here.cut.is_some() {
            return None;
        }
        let node = scene.menu.nodes.get(self.here.node)?;
        let listed = match &node.asks {
            Asks::List { of: List::Own, .. } => Some(Need::Own),
            Asks::List {
                of: List::Bulletins,
                ..
            } => Some(Need::Bulletins),
            _ => None,
        };
        let said = &self.here.said;
        let shows = |variable| {
            let pieces = node.text.map(|t| scene.service.texts.get(said.language, t));
            pieces.is_some_and(|p| p.contains(&Piece::Slot(variable)))
        };
        let standing = || {
            let code = said.code.as_deref()?;
            let shown = shows(Variable::Standing) || shows(Variable::Reply);
            shown.then(|| Need::Standing(code.to_owned()))
        };
        let bulletin = || shows(Variable::Bulletin).then_some(Need::Bulletins);
        let needs = listed.or_else(standing).or_else(bulletin);
        needs.filter(|need| !scene.facts.has(need))
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
        let asks = scene.menu.nodes.get(self.here.node).map(|n| &n.asks);
        self.here.cut.is_none() && matches!(asks, Some(Asks::Words { .. } | Asks::Text { .. }))
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
        if let Some(cut) = &self.here.cut {
            return next.resume(scene, cut, key);
        }
        if next.lacked.is_none() && self.hangs_on_records(scene, key) {
            next.lacked = self.shows_unknown(scene);
        }
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
                next.go(scene, here);
                return next;
            }
        }
        next.answer(scene, typed);
        next
    }

    /// Goes on with the session that was cut, or begins anew; any other key asks again.
    fn resume(mut self, scene: &Scene<'_>, cut: &Arc<Self>, key: &str) -> Self {
        match offers::chosen(scene, &self.here, &offers::RESUMING, key) {
            Some(Offer::Resume) => cut.as_ref().clone(),
            Some(_) => Self::start(scene),
            None => {
                self.notice = Some(Own::NotAnOption);
                self
            }
        }
    }

    /// Whether a key's meaning here hangs on what the records know: how many pages there are, or
    /// what is listed.
    fn hangs_on_records(&self, scene: &Scene<'_>, key: &str) -> bool {
        let asks = scene.menu.nodes.get(self.here.node).map(|n| &n.asks);
        key == scene.menu.keys.more || matches!(asks, Some(Asks::List { .. }))
    }

    fn answer(&mut self, scene: &Scene<'_>, typed: &str) {
        let Some(node) = scene.menu.nodes.get(self.here.node) else {
            return;
        };
        let key = typed.trim();
        let offers = offers::offers(scene, &self.here);
        let chosen = match node.asks {
            // Digits here are words, unless they are exactly an option's key.
            Asks::Words { .. } if !offers::claims(scene, &self.here, key) => None,
            _ => offers::chosen(scene, &self.here, &offers, key),
        };
        if let Some(offer) = chosen {
            self.take(scene, offer);
            self.skip_the_obvious(scene);
            return;
        }
        let mut said = self.here.said.clone();
        let next = match &node.asks {
            Asks::Words { .. } | Asks::Text { .. } if key.is_empty() => Err(Own::NoWords),
            Asks::Words { next, .. } => {
                said.words = Some(typed.into());
                Ok(*next)
            }
            Asks::Text { into, next } => {
                said.set(*into, Value::Text(typed.into()));
                Ok(*next)
            }
            Asks::Rating {
                into,
                least,
                most,
                next,
            } => match offers::rated(*least, *most, key) {
                Some(rated) => {
                    said.set(*into, Value::Number(rated));
                    Ok(*next)
                }
                None => Err(Own::NotAnOption),
            },
            Asks::Code { next } => match code::read(key) {
                Some(code) => {
                    said.code = Some(code.into());
                    Ok(*next)
                }
                None => Err(Own::FollowUnknown),
            },
            Asks::Message { next } => Ok(*next),
            _ => return self.seek(scene, typed),
        };
        match next {
            Err(notice) => self.notice = Some(notice),
            Ok(next) => {
                let mut here = self.at(next);
                here.said = said;
                self.go(scene, here);
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
                self.go(scene, here);
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
            (Asks::Message { next }, Offer::On) => self.at(*next),
            (Asks::List { next, .. }, Offer::Own(index)) => {
                let mut to = self.at(*next);
                let own = scene.facts.own.iter().flatten().nth(index);
                to.said.code = own.map(|standing| standing.code.as_str().into());
                to
            }
            (Asks::List { next, .. }, Offer::Bulletin(index)) => {
                let mut to = self.at(*next);
                to.said.bulletin = Some(index);
                to
            }
            (_, Offer::Choice(index)) => {
                let Some(option) = node.options().get(index) else {
                    return;
                };
                let mut to = self.at(option.next);
                to.said.take(&option.set, node.text);
                self.effect = option.effect;
                self.filed += u32::from(option.effect.is_some_and(Effect::files));
                to
            }
            _ => return,
        };
        self.go(scene, to);
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
            calls: self.here.calls.clone(),
            said: self.here.said.clone(),
            cut: None,
        }
    }

    fn go(&mut self, scene: &Scene<'_>, mut to: Position) {
        forks::follow(scene, &mut to);
        self.past.push(std::mem::replace(&mut self.here, to));
    }

    fn back(&mut self) {
        if let Some(before) = self.past.pop() {
            self.here = before;
        }
    }

    fn home(&mut self, scene: &Scene<'_>) {
        let mut home = Position {
            node: scene.menu.home,
            said: Said {
                language: self.here.said.language,
                ..Said::default()
            },
            ..Position::default()
        };
        forks::follow(scene, &mut home);
        if home != self.here {
            self.go(scene, home);
        }
    }
}

/// Whether the walk ends with this place.
fn deepest(scene: &Scene<'_>, depth: usize, place: usize) -> bool {
    let tree = &scene.service.places;
    tree.depth(place) >= depth || tree.get(place).is_none_or(|p| p.children.is_empty())
}
