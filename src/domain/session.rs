//! A session is its own log: what came in, in the order in which the store took it, replayed
//! through the pure menu.
//!
//! The store only appends. Whether an entry is a new answer or a callback that came twice is
//! decided here, from the log alone, so that every instance decides the same:
//!
//! * Dialects that send everything typed so far: the text tells. One that the session has seen is
//!   that step again; one that goes on from the last is the next; any other is replayed whole.
//! * Dialects that number their requests: a number seen before is that request again.
//! * All others: the same text within [`Rules::repeat_within`] of the last is the same callback,
//!   as long as a hand is typing. Where the answers follow the screens faster than any network
//!   carries them, a test or another machine is typing, and the rule has no ground.

mod log;

use std::sync::Arc;

use super::inbound::Claim;
use super::menu::Scene;
use super::menu::step::State;

pub use log::{Birth, Entry, Log};

/// A key that follows its screen sooner than this was not pressed by a hand on a phone.
const FASTEST_HAND_MS: u64 = 250;

/// What every session obeys.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Two like inputs within this many milliseconds are one callback, where nothing better tells.
    pub repeat_within: u64,
    /// The channel's service codes without `*` and `#` at the ends (`7344`, `384*7344`).
    pub codes: Vec<String>,
    /// Whether the aggregator names its sessions. If it does not, a redial looks like an answer.
    pub named: bool,
}

impl Log {
    /// Whether a session that was just begun may be offered the one before it, which is this log:
    /// it was cut `within` the time that the menu gives, at the menu that is in force.
    pub fn may_go_on(&self, begun: &Self, within: i64) -> bool {
        let last = self.entries.iter().map(|entry| entry.at).max();
        self.birth.menu == begun.birth.menu
            && last.is_some_and(|last| begun.birth.at.saturating_sub(last) <= within)
    }

    /// Plays the log: the state that the last entry asks to see.
    pub fn play(&self, scene: &Scene<'_>, rules: &Rules) -> Played {
        let scene = &Scene {
            began: self.birth.at,
            ..*scene
        };
        let mut player = Player::new(scene, rules);
        for entry in &self.entries {
            player.take(entry);
        }
        Played {
            state: player.shown.as_ref().clone(),
            run: player.run,
        }
    }
}

/// What came of playing a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The state to show.
    pub state: State,
    /// How many times the code was dialled anew within this log, counted from 0.
    pub run: u32,
}

/// One effective step: where it led, and how to recognise it when it comes again.
struct Step {
    entry: Entry,
    state: Arc<State>,
}

struct Player<'a> {
    scene: &'a Scene<'a>,
    rules: &'a Rules,
    steps: Vec<Step>,
    /// Where the run began: the first screen, or the offer of a session that was cut.
    origin: Arc<State>,
    shown: Arc<State>,
    run: u32,
    by_hand: bool,
}

impl<'a> Player<'a> {
    fn new(scene: &'a Scene<'a>, rules: &'a Rules) -> Self {
        let origin = Arc::new(State::start(scene));
        Self {
            scene,
            rules,
            steps: Vec::new(),
            shown: Arc::clone(&origin),
            origin,
            run: 0,
            by_hand: true,
        }
    }

    fn take(&mut self, entry: &Entry) {
        if let Some(cut) = &entry.cut {
            let cut = cut.play(self.scene, self.rules).state;
            return self.offer(&cut);
        }
        if let Some(seen) = self.seen(entry) {
            self.shown = seen;
            return;
        }
        let state = match self.steps.last() {
            None => self.first(entry),
            Some(last) if self.redialled(entry, &last.state) => {
                let (cut, idle) = (
                    Arc::clone(&last.state),
                    entry.at.saturating_sub(last.entry.at),
                );
                self.run += 1;
                self.steps.clear();
                self.by_hand = true;
                self.origin = Arc::new(State::start(self.scene));
                self.begin(entry, self.first(entry));
                if self.scene.menu.resume.is_some_and(|within| idle <= within) {
                    self.offer(&cut);
                }
                return;
            }
            Some(last) => self.next(entry, last),
        };
        if let Some(last) = self.steps.last() {
            self.by_hand &= entry.at.abs_diff(last.entry.at) >= FASTEST_HAND_MS;
        }
        self.begin(entry, state);
    }

    /// Shows what an entry led to, and remembers it.
    fn begin(&mut self, entry: &Entry, state: State) {
        self.shown = Arc::new(state);
        self.steps.push(Step {
            entry: entry.clone(),
            state: Arc::clone(&self.shown),
        });
    }

    /// Offers a session that was cut to whoever has just dialled the bare code. A path that was
    /// dialled with it says itself where it leads.
    fn offer(&mut self, cut: &State) {
        let [first] = self.steps.as_mut_slice() else {
            return;
        };
        if first.state != self.origin {
            return;
        }
        if let Some(offer) = State::resuming(self.scene, cut) {
            self.origin = Arc::new(offer);
            first.state = Arc::clone(&self.origin);
            self.shown = Arc::clone(&self.origin);
        }
    }

    /// The state this entry already led to, if it is a callback that came twice.
    fn seen(&self, entry: &Entry) -> Option<Arc<State>> {
        if entry.all {
            // An empty text in a session under way is the network beginning it again.
            let same = |s: &&Step| s.entry.all && s.entry.text == entry.text;
            return self
                .steps
                .iter()
                .rev()
                .find(same)
                .map(|s| Arc::clone(&s.state));
        }
        let last = self.steps.last()?;
        if last.entry == *entry {
            return Some(Arc::clone(&last.state));
        }
        if entry.request != 0 && self.ids_vary(entry) {
            return self
                .steps
                .iter()
                .rev()
                .find(|s| s.entry.request == entry.request && s.entry.text == entry.text)
                .map(|s| Arc::clone(&s.state));
        }
        let again = last.entry.text == entry.text
            && entry.at.abs_diff(last.entry.at) <= self.rules.repeat_within
            && (self.by_hand || self.steps.len() == 1);
        again.then(|| Arc::clone(&last.state))
    }

    /// Whether this dialect's ids belong to requests. Some deployments repeat one id through a
    /// whole session: then it tells nothing.
    fn ids_vary(&self, entry: &Entry) -> bool {
        let mut ids = self
            .steps
            .iter()
            .map(|s| s.entry.request)
            .chain([entry.request]);
        let first = ids.next().unwrap_or(0);
        ids.any(|id| id != first)
    }

    /// Whether this is the code dialled anew, in a log that is still alive.
    fn redialled(&self, entry: &Entry, last: &State) -> bool {
        if entry.all {
            return false;
        }
        let dialled = self.after_code(&entry.text).is_some();
        match entry.claim {
            Claim::Begins => dialled || entry.text.is_empty() && last.ended(self.scene),
            Claim::Silent => dialled && (!self.rules.named || last.ended(self.scene)),
            Claim::Continues => false,
        }
    }

    /// The first step of a session: the code, perhaps dialled with a path (`*7344*1*2#`), or an
    /// answer to a session that is lost.
    fn first(&self, entry: &Entry) -> State {
        let start = self.origin.as_ref().clone();
        if entry.all {
            return self.replay(start, &entry.text);
        }
        match self.after_code(&entry.text) {
            Some(path) => self.replay(start, path),
            None => start,
        }
    }

    fn next(&self, entry: &Entry, last: &Step) -> State {
        if !entry.all {
            return last.state.step(self.scene, &entry.text);
        }
        let before = last.entry.text.as_str();
        let added = match before {
            "" => Some(entry.text.as_str()),
            _ => entry
                .text
                .strip_prefix(before)
                .and_then(|t| t.strip_prefix('*')),
        };
        match added {
            Some(added) => self.feed(&last.state, added),
            // Not what we know with something added: this session's true history is this text.
            None => self.replay(self.origin.as_ref().clone(), &entry.text),
        }
    }

    /// Goes on with what was added: whole where words are asked for, key by key elsewhere.
    fn feed(&self, state: &State, added: &str) -> State {
        if state.wants_words(self.scene) {
            return state.step(self.scene, added);
        }
        match added.split_once('*') {
            None => state.step(self.scene, added),
            Some((key, rest)) => self.feed(&state.step(self.scene, key), rest),
        }
    }

    /// Plays a path from the start. A star in the words is lost: nothing tells it from a separator.
    fn replay(&self, start: State, path: &str) -> State {
        path.split('*')
            .filter(|_| !path.is_empty())
            .fold(start, |state, key| {
                // A printed path that no longer exists stops where it still did.
                if state.notice.is_some() {
                    state
                } else {
                    state.step(self.scene, key)
                }
            })
    }

    /// What follows the service code in a dialled string, if it begins with one.
    fn after_code<'t>(&self, text: &'t str) -> Option<&'t str> {
        let dialled = text.trim().trim_start_matches('*').trim_end_matches('#');
        self.rules
            .codes
            .iter()
            .find_map(|code| match dialled.strip_prefix(code.as_str()) {
                Some("") => Some(""),
                Some(rest) => rest.strip_prefix('*'),
                None => None,
            })
    }
}
