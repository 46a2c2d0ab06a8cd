//! What this process knows of the addresses that letters go to: how busy each is, how often it may
//! be written to, and whether its breaker is open. One that hangs or is dead must not take the hands
//! that others need. What all instances have to know is in the records ([`sharing`]).

mod queue;
pub mod sharing;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Gateway;
use crate::domain::breaker::{Admission, Breaker, Disabled, Ticket};
use crate::domain::feedback::Letter;
use crate::domain::institution::Webhook;
use crate::domain::mail;
use crate::domain::pace::{self, Allowance, Rate};
use sharing::Shared;

/// Letters that are put back come again one after another, so far apart at most …
const WIDEST_PACE: i64 = 1000;
/// … and, however many there are, within this; where a rate is kept to, it says when.
const BACK_WITHIN: i64 = 10 * 60_000;

/// An address, by institution and URL.
type Key = (String, String);

/// The addresses.
pub struct Endpoints {
    /// Attempts under way, to all of them together.
    under_way: Arc<Semaphore>,
    all: Mutex<HashMap<Key, Arc<Endpoint>>>,
    shared: Mutex<Shared>,
    /// Letters under way that had waited: they may not take the hands of new ones.
    waited: AtomicUsize,
}

/// One address.
pub struct Endpoint {
    institution: String,
    url: String,
    /// Its host and port, which is all that metrics tell of it.
    host: String,
    /// Whether it is the operator's mail server: nobody's address, and never disabled.
    is_relay: bool,
    /// Letters under way to it, at most.
    at_once: usize,
    hands: Arc<Semaphore>,
    /// What has waited takes half of the hands at most.
    hands_for_late: Arc<Semaphore>,
    /// Letters that wait here for their turn.
    waiting: AtomicUsize,
    condition: Mutex<Condition>,
}

struct Condition {
    breaker: Breaker,
    allowance: Allowance,
    /// How long an exchange takes here, milliseconds, smoothed.
    takes: i64,
    /// When the last letter that was put back comes again, microseconds: a new one, one that had
    /// waited.
    last_slots: [i64; 2],
    /// Whether the records know that it fails.
    noted: bool,
    /// When its breaker last changed.
    changed_at: i64,
}

/// What a letter is told.
pub enum Turn {
    /// Go, and give the pass back with the outcome.
    Go(Pass),
    /// Be put back until then.
    NotBefore(i64),
    /// Be given up.
    Never(Disabled),
}

/// The right to one attempt.
pub struct Pass {
    ticket: Ticket,
    since: i64,
    _hands: Vec<OwnedSemaphorePermit>,
}

/// How an attempt went, as far as its address is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// A 2xx.
    Well,
    /// Anything else; until when the receiver asks to be left alone, if it does.
    Failing(Option<i64>),
    /// A 410.
    Gone,
}

/// A letter in somebody's hands; it is counted until it is let go.
pub struct Carried<'a>(Option<&'a AtomicUsize>);

impl Endpoints {
    /// No addresses yet; so many attempts may be under way at once.
    pub fn new(parallel: usize) -> Self {
        Self {
            under_way: Arc::new(Semaphore::new(parallel.max(1))),
            all: Mutex::default(),
            shared: Mutex::default(),
            waited: AtomicUsize::new(0),
        }
    }

    /// The address of a letter.
    pub fn of(&self, gateway: &Gateway, letter: &Letter, webhook: &Webhook) -> Arc<Endpoint> {
        let key = (letter.institution.clone(), webhook.url.clone());
        self.find(gateway, key, |(institution, url)| Endpoint {
            institution: institution.clone(),
            url: url.clone(),
            host: host(url),
            ..Endpoint::new(gateway, Breaker::new(None), webhook.rate)
        })
    }

    /// The mail server at this host, through which all mail goes.
    pub fn relay(&self, gateway: &Gateway, host: &str) -> Arc<Endpoint> {
        let key = (String::new(), mail::SCHEME.to_owned());
        self.find(gateway, key, |_| Endpoint {
            host: host.to_owned(),
            is_relay: true,
            ..Endpoint::new(gateway, Breaker::lasting(), None)
        })
    }

    fn find(
        &self,
        gateway: &Gateway,
        key: Key,
        make: impl FnOnce(&Key) -> Endpoint,
    ) -> Arc<Endpoint> {
        let mut all = held(&self.all);
        if let Some(endpoint) = all.get(&key) {
            return Arc::clone(endpoint);
        }
        let endpoint = Arc::new(make(&key));
        held(&self.shared).tell(&key, &endpoint);
        all.insert(key, Arc::clone(&endpoint));
        drop(all);
        self.publish(gateway, &endpoint.institution, &endpoint.host);
        endpoint
    }

    /// Of so many hands, how many are free for what has waited: half of them, less those that have
    /// it already.
    pub fn free_for_late(&self, hands: usize) -> u32 {
        let half = (hands / 2).max(1);
        let free = half.saturating_sub(self.waited.load(Ordering::Relaxed));
        u32::try_from(free).unwrap_or(u32::MAX)
    }

    /// Counts letters that were taken into hands, until [`Endpoints::carry`] has let them go.
    pub fn taken(&self, letters: &[Letter]) {
        let waited = letters.iter().filter(|letter| letter.waited).count();
        self.waited.fetch_add(waited, Ordering::Relaxed);
    }

    /// Lets a letter that was taken go when the value is dropped.
    pub fn carry(&self, letter: &Letter) -> Carried<'_> {
        Carried(letter.waited.then_some(&self.waited))
    }

    /// Forgets everything: what was disabled gets another chance, by every instance, and letters to
    /// addresses that are no longer in the files are looked at.
    pub fn reset(&self, gateway: &Gateway) {
        held(&self.all).clear();
        held(&self.shared).begin_anew();
        gateway.metrics.breaker_open.clear();
        gateway.metrics.endpoint_disabled.clear();
    }

    /// Shows the state of an institution's addresses at a host.
    fn publish(&self, gateway: &Gateway, institution: &str, host: &str) {
        let all = held(&self.all);
        let (mut open, mut disabled) = (0, 0);
        let here = |e: &&Arc<Endpoint>| e.institution == institution && e.host == host;
        for endpoint in all.values().filter(here) {
            let condition = held(&endpoint.condition);
            open += i64::from(condition.breaker.is_open());
            disabled += i64::from(condition.breaker.disabled().is_some());
        }
        gateway.metrics.endpoints(institution, host, open, disabled);
    }
}

impl Drop for Carried<'_> {
    fn drop(&mut self) {
        if let Some(waited) = self.0 {
            // One that nobody counted (a test's) is not counted off.
            let less = |n: usize| n.checked_sub(1);
            let _ = waited.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }
}

/// No address takes more than a quarter of the hands.
fn at_once(gateway: &Gateway) -> usize {
    let quarter = (gateway.settings.parallel / 4).max(1);
    gateway.settings.parallel_each.clamp(1, quarter)
}

impl Endpoint {
    fn new(gateway: &Gateway, breaker: Breaker, rate: Option<Rate>) -> Self {
        let at_once = at_once(gateway);
        Self {
            institution: String::new(),
            url: String::new(),
            host: String::new(),
            is_relay: false,
            at_once,
            hands: Arc::new(Semaphore::new(at_once)),
            hands_for_late: Arc::new(Semaphore::new((at_once / 2).max(1))),
            waiting: AtomicUsize::new(0),
            condition: Mutex::new(Condition {
                breaker,
                allowance: Allowance::new(rate),
                takes: 100,
                last_slots: [0; 2],
                noted: false,
                changed_at: i64::MIN,
            }),
        }
    }

    /// Asks for a letter's turn, and waits for it a little if the address is only busy.
    pub async fn turn(&self, gateway: &Gateway, letter: &Letter) -> Turn {
        if let Some(turn) = self.held_back(letter, gateway.clock.now()) {
            return turn;
        }
        let Some(hands) = self.hands(gateway, letter).await else {
            let now = gateway.clock.now();
            return Turn::NotBefore(held(&self.condition).slot(letter, now, now));
        };
        // While it waited the breaker may have opened.
        let now = gateway.clock.now();
        let mut condition = held(&self.condition);
        match condition.admit(letter, now) {
            Admission::Go(ticket) => Turn::Go(Pass {
                ticket,
                since: now,
                _hands: hands,
            }),
            Admission::NotBefore(until) => Turn::NotBefore(condition.slot(letter, until, now)),
            Admission::Never(why) => Turn::Never(why),
        }
    }

    /// What can be said without a hand: a copy is asked, so that no probe is taken.
    fn held_back(&self, letter: &Letter, now: i64) -> Option<Turn> {
        let mut condition = held(&self.condition);
        match condition.breaker.clone().admit(now) {
            Admission::Go(_) => None,
            Admission::NotBefore(until) => {
                Some(Turn::NotBefore(condition.slot(letter, until, now)))
            }
            Admission::Never(why) => Some(Turn::Never(why)),
        }
    }

    /// Notes how an attempt went.
    pub async fn note(&self, gateway: &Gateway, pass: &Pass, health: Health) {
        let now = gateway.clock.now();
        let (before, after) = {
            let mut condition = held(&self.condition);
            let before = condition.breaker.clone();
            let took = now.saturating_sub(pass.since).clamp(0, 60_000);
            condition.takes = (condition.takes * 7 + took) / 8;
            match health {
                Health::Well => condition.breaker.succeeded(pass.ticket),
                Health::Failing(hold) => {
                    condition.breaker.failed(pass.ticket, now);
                    if let Some(until) = hold {
                        condition.breaker.hold(until);
                    }
                }
                Health::Gone => condition.breaker.gone(),
            }
            let after = condition.breaker.clone();
            if before.disabled() != after.disabled() {
                condition.changed_at = now;
            }
            (before, after)
        };
        self.share(gateway, &before, &after, now).await;
        let state = |b: &Breaker| (b.is_open(), b.disabled());
        if state(&before) == state(&after) {
            return;
        }
        let (institution, host) = (self.institution.as_str(), self.host.as_str());
        match state(&after) {
            (_, Some(why)) => {
                tracing::error!(institution, host, %why, "its letters are given up until `passerelle deliveries enable` or a reload");
            }
            (true, None) => {
                tracing::warn!(institution, host, "an address keeps failing: letters wait");
            }
            (false, None) => tracing::info!(institution, host, "an address is well again"),
        }
        gateway.endpoints.publish(gateway, institution, host);
    }
}

impl Condition {
    /// Asks breaker and allowance; nothing is taken of the one where the other refuses.
    fn admit(&mut self, letter: &Letter, now: i64) -> Admission {
        if let Admission::Go(_) = self.breaker.clone().admit(now)
            && let Err(until) = self.allowance.take(letter.created_at, now)
        {
            return Admission::NotBefore(until);
        }
        self.breaker.admit(now)
    }

    /// When a letter that is put back comes again: not before `earliest`, and as far from the one
    /// before it as the address needs for one. So what waits does not come all at once.
    fn slot(&mut self, letter: &Letter, earliest: i64, now: i64) -> i64 {
        let rate = self.allowance.interval(letter.created_at, now);
        let takes = (self.takes / 8).clamp(1, WIDEST_PACE) * 1000;
        let apart = takes.max(rate);
        let late = usize::from(pace::is_late(letter.created_at, now));
        let soonest = earliest.saturating_mul(1000).max(now * 1000 + apart);
        let mut next = self.last_slots[late].saturating_add(apart).max(soonest);
        if rate < takes {
            next = next.min((earliest.max(now) + BACK_WITHIN).saturating_mul(1000));
        }
        self.last_slots[late] = next;
        next.div_euclid(1000) + 1
    }
}

/// Host and port of an address: what may be shown of it.
fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(|u| Some((u.host_str()?, u.port())));
    match host {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_owned(),
        None => "?".to_owned(),
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is held is valid at every moment, whoever panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
