//! Whether an address is tried now: a circuit breaker. A pure value: the time is an argument.
//!
//! Closed, everything goes. After a streak of failures, or when half of the recent tries failed, it
//! opens: nothing goes until a cool-down has passed. Then one probe goes; its success closes the
//! breaker, its failure opens it for twice as long.

/// Failures in a row that open it.
pub const STREAK: u32 = 5;
/// Tries that are looked back upon …
const WINDOW: u32 = 20;
/// … and as many failures among them open it as well.
const SHARE: u32 = 10;
/// The first cool-down, milliseconds …
pub const FIRST_COOL_DOWN: i64 = 10_000;
/// … doubled with every probe that fails, up to this.
pub const LONGEST_COOL_DOWN: i64 = 10 * 60_000;
/// A probe that nobody lived to report is given up after this long.
pub const PROBE_LIFE: i64 = 60_000;
/// An address that has failed for so long without one success is disabled: five days.
pub const SILENCE: i64 = 5 * 24 * 3_600_000;

/// The breaker of one address.
#[derive(Debug, Clone)]
pub struct Breaker {
    state: State,
    /// Grows with every change of state: what was admitted before says nothing about what is now.
    epoch: u64,
    cool_down: i64,
    failing_since: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The last tries, the newest in the lowest bit; ones are failures.
    Closed {
        recent: u32,
        streak: u32,
    },
    Open {
        until: i64,
    },
    /// A probe is out; nobody waits for it longer than this.
    Probing {
        until: i64,
    },
    Disabled(Disabled),
}

const CLOSED: State = State::Closed {
    recent: 0,
    streak: 0,
};

/// Why an address is not tried any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disabled {
    /// The receiver answered 410.
    #[error("the receiver says that it is gone (410): this address is disabled")]
    Gone,
    /// Five days without a success.
    #[error("this address has failed for five days: it is disabled")]
    Silent,
}

/// What is admitted; to be given back with the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// What a breaker says to a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Go ahead.
    Go(Ticket),
    /// Not before this time.
    NotBefore(i64),
    /// Not at all.
    Never(Disabled),
}

impl Breaker {
    /// A closed breaker; `failing_since` is what is known of an address from earlier.
    pub fn new(failing_since: Option<i64>) -> Self {
        Self {
            state: CLOSED,
            epoch: 0,
            cool_down: FIRST_COOL_DOWN,
            failing_since,
        }
    }

    /// Asks whether a try may go now; one that may is under way from here on.
    pub fn admit(&mut self, now: i64) -> Admission {
        match self.state {
            State::Closed { .. } => Admission::Go(Ticket(self.epoch)),
            State::Open { until } | State::Probing { until } if now < until => {
                Admission::NotBefore(until)
            }
            State::Open { .. } | State::Probing { .. } => {
                let until = now.saturating_add(PROBE_LIFE);
                self.turn(State::Probing { until });
                Admission::Go(Ticket(self.epoch))
            }
            State::Disabled(why) => Admission::Never(why),
        }
    }

    /// A try was answered with success.
    pub fn succeeded(&mut self, ticket: Ticket) {
        self.failing_since = None;
        if ticket.0 != self.epoch {
            return;
        }
        match self.state {
            State::Closed { recent, .. } => {
                self.state = State::Closed {
                    recent: recent << 1,
                    streak: 0,
                };
            }
            State::Probing { .. } => {
                self.cool_down = FIRST_COOL_DOWN;
                self.turn(CLOSED);
            }
            State::Open { .. } | State::Disabled(_) => {}
        }
    }

    /// A try failed.
    pub fn failed(&mut self, ticket: Ticket, now: i64) {
        let since = *self.failing_since.get_or_insert(now);
        if self.disabled().is_some() {
            return;
        }
        if now.saturating_sub(since) >= SILENCE {
            self.turn(State::Disabled(Disabled::Silent));
            return;
        }
        if ticket.0 != self.epoch {
            return;
        }
        match self.state {
            State::Closed { recent, streak } => {
                let (recent, streak) = (recent << 1 | 1, streak.saturating_add(1));
                let failures = (recent & ((1 << WINDOW) - 1)).count_ones();
                if streak >= STREAK || failures >= SHARE {
                    self.open(now);
                } else {
                    self.state = State::Closed { recent, streak };
                }
            }
            State::Probing { .. } => {
                self.cool_down = (self.cool_down * 2).min(LONGEST_COOL_DOWN);
                self.open(now);
            }
            State::Open { .. } | State::Disabled(_) => {}
        }
    }

    /// The receiver asked to be left alone until then: nothing goes before, and then one probe.
    pub fn hold(&mut self, until: i64) {
        match self.state {
            State::Open { until: known } if known >= until => {}
            State::Disabled(_) => {}
            _ => self.turn(State::Open { until }),
        }
    }

    /// Takes over what other instances know: since when nothing was taken, and whether it is
    /// disabled. One that no longer is begins anew.
    pub fn learn(&mut self, failing_since: Option<i64>, disabled: Option<Disabled>) {
        if let Some(since) = failing_since {
            self.failing_since = Some(self.failing_since.map_or(since, |own| own.min(since)));
        }
        match disabled {
            Some(why) if self.disabled().is_none() => self.turn(State::Disabled(why)),
            None if self.disabled().is_some() => {
                self.failing_since = failing_since;
                self.cool_down = FIRST_COOL_DOWN;
                self.turn(CLOSED);
            }
            _ => {}
        }
    }

    /// Forgets since when nothing was taken: something was, elsewhere.
    pub fn well_elsewhere(&mut self) {
        self.failing_since = None;
    }

    /// Since when nothing was taken, if something has failed since.
    pub fn failing_since(&self) -> Option<i64> {
        self.failing_since
    }

    /// The receiver said that it is gone.
    pub fn gone(&mut self) {
        self.turn(State::Disabled(Disabled::Gone));
    }

    /// Whether tries are held back: open, or waiting for its probe.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. } | State::Probing { .. })
    }

    /// Why it is disabled, if it is.
    pub fn disabled(&self) -> Option<Disabled> {
        match self.state {
            State::Disabled(why) => Some(why),
            _ => None,
        }
    }

    fn open(&mut self, now: i64) {
        let until = now.saturating_add(self.cool_down);
        self.turn(State::Open { until });
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests;
