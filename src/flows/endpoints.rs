//! What this process knows of the addresses that letters go to: how busy each is, and whether its
//! breaker is open. One that hangs or is dead must not take the hands that others need.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Gateway;
use crate::domain::breaker::{Admission, Breaker, Disabled, SILENCE, Ticket};
use crate::domain::feedback::Letter;
use crate::store::Away;

/// A letter waits in a hand no longer than this for its turn at a busy address: its lease has to
/// outlive the attempt that follows.
const TURN_WITHIN: Duration = Duration::from_secs(15);
/// Letters that are put back come again one after another, so far apart at most …
const WIDEST_PACE: i64 = 1000;
/// … and, however many there are, within this.
const BACK_WITHIN: i64 = 10 * 60_000;

/// The addresses, by institution and URL.
#[derive(Default)]
pub struct Endpoints(Mutex<HashMap<(String, String), Arc<Endpoint>>>);

/// One address.
pub struct Endpoint {
    institution: String,
    hands: Arc<Semaphore>,
    /// Letters that wait in a hand for their turn, at most as many as may be under way.
    room: Semaphore,
    condition: Mutex<Condition>,
}

struct Condition {
    breaker: Breaker,
    /// How long an exchange takes here, milliseconds, smoothed.
    takes: i64,
    /// When the last letter that was put back comes again.
    last_slot: i64,
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
    _hand: OwnedSemaphorePermit,
}

/// How an attempt went, as far as its address is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// A 2xx.
    Well,
    /// Anything else.
    Failing,
    /// A 410.
    Gone,
}

impl Endpoints {
    /// The address of a letter. What happened there before this process began is asked of the
    /// records once.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn of(&self, gateway: &Gateway, letter: &Letter) -> Result<Arc<Endpoint>, Away> {
        let key = (letter.institution.clone(), letter.url.clone());
        if let Some(endpoint) = held(&self.0).get(&key) {
            return Ok(Arc::clone(endpoint));
        }
        let after = gateway.clock.now().saturating_sub(SILENCE);
        let records = &gateway.records;
        let since = records.failing_since(&key.0, &key.1, after).await?;
        let at_once = at_once(gateway);
        let mut all = held(&self.0);
        let endpoint = all.entry(key).or_insert_with(|| {
            Arc::new(Endpoint {
                institution: letter.institution.clone(),
                hands: Arc::new(Semaphore::new(at_once)),
                room: Semaphore::new(at_once),
                condition: Mutex::new(Condition {
                    breaker: Breaker::new(since),
                    takes: 100,
                    last_slot: 0,
                }),
            })
        });
        Ok(Arc::clone(endpoint))
    }

    /// Forgets everything: what was disabled gets another chance.
    pub fn reset(&self, gateway: &Gateway) {
        held(&self.0).clear();
        gateway.metrics.breaker_open.clear();
        gateway.metrics.endpoint_disabled.clear();
    }

    /// Shows the state of an institution's addresses.
    fn publish(&self, gateway: &Gateway, institution: &str) {
        let all = held(&self.0);
        let (mut open, mut disabled) = (0, 0);
        for endpoint in all.values().filter(|e| e.institution == institution) {
            let condition = held(&endpoint.condition);
            open += i64::from(condition.breaker.is_open());
            disabled += i64::from(condition.breaker.disabled().is_some());
        }
        gateway.metrics.endpoints(institution, open, disabled);
    }
}

/// No address takes more than a quarter of the hands.
fn at_once(gateway: &Gateway) -> usize {
    let quarter = (gateway.settings.parallel / 4).max(1);
    gateway.settings.parallel_each.clamp(1, quarter)
}

impl Endpoint {
    /// Asks for a turn, and waits for it a little if the address is only busy.
    pub async fn turn(&self, gateway: &Gateway) -> Turn {
        if let Some(turn) = self.held_back(gateway.clock.now()) {
            return turn;
        }
        let Some(hand) = self.hand().await else {
            let now = gateway.clock.now();
            return Turn::NotBefore(held(&self.condition).slot(now, now));
        };
        // While it waited the breaker may have opened.
        let now = gateway.clock.now();
        let mut condition = held(&self.condition);
        match condition.breaker.admit(now) {
            Admission::Go(ticket) => Turn::Go(Pass {
                ticket,
                since: now,
                _hand: hand,
            }),
            Admission::NotBefore(until) => Turn::NotBefore(condition.slot(until, now)),
            Admission::Never(why) => Turn::Never(why),
        }
    }

    /// What can be said without a hand: a copy is asked, so that no probe is taken.
    fn held_back(&self, now: i64) -> Option<Turn> {
        let mut condition = held(&self.condition);
        match condition.breaker.clone().admit(now) {
            Admission::Go(_) => None,
            Admission::NotBefore(until) => Some(Turn::NotBefore(condition.slot(until, now))),
            Admission::Never(why) => Some(Turn::Never(why)),
        }
    }

    async fn hand(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(hand) = Arc::clone(&self.hands).try_acquire_owned() {
            return Some(hand);
        }
        let _room = self.room.try_acquire().ok()?;
        let hand = Arc::clone(&self.hands).acquire_owned();
        tokio::time::timeout(TURN_WITHIN, hand).await.ok()?.ok()
    }

    /// Notes how an attempt went.
    pub fn note(&self, gateway: &Gateway, pass: &Pass, health: Health) {
        let now = gateway.clock.now();
        let (before, after) = {
            let mut condition = held(&self.condition);
            let before = (condition.breaker.is_open(), condition.breaker.disabled());
            let took = now.saturating_sub(pass.since).clamp(0, 60_000);
            condition.takes = (condition.takes * 7 + took) / 8;
            match health {
                Health::Well => condition.breaker.succeeded(pass.ticket),
                Health::Failing => condition.breaker.failed(pass.ticket, now),
                Health::Gone => condition.breaker.gone(),
            }
            let after = (condition.breaker.is_open(), condition.breaker.disabled());
            (before, after)
        };
        if before == after {
            return;
        }
        let institution = self.institution.as_str();
        match after {
            (_, Some(why)) => {
                tracing::error!(institution, %why, "its letters are given up until a reload");
            }
            (true, None) => tracing::warn!(institution, "an address keeps failing: letters wait"),
            (false, None) => tracing::info!(institution, "an address is well again"),
        }
        gateway.endpoints.publish(gateway, institution);
    }
}

impl Condition {
    /// When a letter that is put back comes again: not before `earliest`, and as far from the one
    /// before it as the address needs for one. So what waits does not come all at once.
    fn slot(&mut self, earliest: i64, now: i64) -> i64 {
        let pace = (self.takes / 8).clamp(1, WIDEST_PACE);
        let latest = earliest.max(now) + BACK_WITHIN;
        let next = self.last_slot.saturating_add(pace);
        self.last_slot = next.max(earliest).max(now + pace).min(latest);
        self.last_slot
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is held is valid at every moment, whoever panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
