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
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A breaker that has just opened, at time 0.
    fn opened() -> Breaker {
        let mut breaker = Breaker::new(None);
        for _ in 0..STREAK {
            let Admission::Go(ticket) = breaker.admit(0) else {
                panic!("a closed breaker lets go");
            };
            breaker.failed(ticket, 0);
        }
        breaker
    }

    #[test]
    fn a_streak_opens_it_and_a_probe_closes_it() {
        let mut breaker = opened();
        assert!(breaker.is_open());
        let early = breaker.admit(FIRST_COOL_DOWN - 1);
        assert_eq!(early, Admission::NotBefore(FIRST_COOL_DOWN));
        let Admission::Go(probe) = breaker.admit(FIRST_COOL_DOWN) else {
            panic!("a probe goes");
        };
        assert!(matches!(
            breaker.admit(FIRST_COOL_DOWN + 1),
            Admission::NotBefore(_)
        ));
        breaker.succeeded(probe);
        assert!(!breaker.is_open());
    }

    #[test]
    fn half_of_the_recent_tries_failing_opens_it_too() {
        let mut breaker = Breaker::new(None);
        let mut tries = 0;
        while let Admission::Go(ticket) = breaker.admit(0) {
            tries += 1;
            if tries % 2 == 0 {
                breaker.succeeded(ticket);
            } else {
                breaker.failed(ticket, 0);
            }
        }
        assert_eq!(tries, 2 * SHARE - 1);
    }

    #[test]
    fn cool_downs_double_up_to_ten_minutes() {
        let mut breaker = opened();
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..8 {
            let Admission::NotBefore(until) = breaker.admit(now) else {
                panic!("open");
            };
            waits.push((until - now) / 1000);
            now = until;
            let Admission::Go(probe) = breaker.admit(now) else {
                panic!("a probe goes");
            };
            breaker.failed(probe, now);
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 600, 600]);
    }

    #[test]
    fn five_days_of_failures_or_one_410_disable() {
        let mut breaker = Breaker::new(Some(0));
        let Admission::Go(ticket) = breaker.admit(SILENCE) else {
            panic!("a closed breaker lets go");
        };
        breaker.failed(ticket, SILENCE);
        assert_eq!(breaker.admit(i64::MAX), Admission::Never(Disabled::Silent));
        let mut breaker = Breaker::new(None);
        breaker.gone();
        assert_eq!(breaker.admit(0), Admission::Never(Disabled::Gone));
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it() {
        let mut breaker = Breaker::new(None);
        let Admission::Go(ticket) = breaker.admit(0) else {
            panic!("a closed breaker lets go");
        };
        breaker.failed(ticket, 0);
        breaker.hold(3_600_000);
        breaker.hold(5_000);
        assert_eq!(breaker.admit(3_599_999), Admission::NotBefore(3_600_000));
        let Admission::Go(probe) = breaker.admit(3_600_000) else {
            panic!("a probe goes");
        };
        breaker.succeeded(probe);
        assert!(!breaker.is_open());
    }

    #[test]
    fn what_one_instance_finds_out_the_others_learn() {
        let mut breaker = Breaker::new(None);
        breaker.learn(Some(5), Some(Disabled::Gone));
        assert_eq!(breaker.admit(9), Admission::Never(Disabled::Gone));
        breaker.learn(None, None);
        let Admission::Go(ticket) = breaker.admit(9) else {
            panic!("it has another chance");
        };
        breaker.learn(Some(0), None);
        breaker.failed(ticket, SILENCE);
        assert_eq!(breaker.disabled(), Some(Disabled::Silent));
    }

    /// What may happen to a breaker.
    #[derive(Debug, Clone)]
    enum Event {
        /// Time passes, and somebody asks.
        Ask { after: i64 },
        /// A try that is out, counted from the oldest, comes back.
        Back { which: usize, well: bool },
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let ask = (0i64..30_000).prop_map(|after| Event::Ask { after });
        let back = (0usize..8, any::<bool>()).prop_map(|(which, well)| Event::Back { which, well });
        proptest::collection::vec(prop_oneof![ask, back], 0..300)
    }

    proptest! {
        #[test]
        fn never_two_probes_never_early_and_always_again(events in events()) {
            let mut breaker = Breaker::new(None);
            let (mut now, mut out) = (0, Vec::new());
            // The probe that is out and until when it counts; until when nothing may go.
            let (mut probe, mut not_before) = (None::<(Ticket, i64)>, 0);
            for event in events {
                match event {
                    Event::Ask { after } => {
                        now += after;
                        let was_open = breaker.is_open();
                        match breaker.admit(now) {
                            Admission::Go(ticket) => {
                                prop_assert!(now >= not_before, "before its cool-down");
                                if was_open {
                                    prop_assert!(probe.is_none_or(|(_, until)| now >= until), "two probes");
                                    probe = Some((ticket, now + PROBE_LIFE));
                                }
                                out.push(ticket);
                            }
                            Admission::NotBefore(until) => {
                                prop_assert!(until > now && until - now <= LONGEST_COOL_DOWN);
                            }
                            Admission::Never(_) => prop_assert!(false, "not within minutes"),
                        }
                    }
                    Event::Back { which, well } if !out.is_empty() => {
                        let ticket = out.remove(which % out.len());
                        let was_open = breaker.is_open();
                        if well { breaker.succeeded(ticket) } else { breaker.failed(ticket, now) }
                        if probe.is_some_and(|(p, _)| p == ticket) {
                            prop_assert!(!well || !breaker.is_open(), "a probe's success closes it");
                            probe = None;
                        } else {
                            prop_assert!(!was_open || breaker.is_open(), "only its probe closes it");
                        }
                        not_before = match breaker.clone().admit(now) {
                            Admission::NotBefore(until) => until,
                            _ => 0,
                        };
                    }
                    Event::Back { .. } => {}
                }
            }
            // Whatever has happened, it tries again.
            let later = now + LONGEST_COOL_DOWN + PROBE_LIFE;
            let Admission::Go(ticket) = breaker.admit(later) else {
                return Err(TestCaseError::fail("it never tries again"));
            };
            breaker.succeeded(ticket);
            prop_assert!(!breaker.is_open());
        }
    }
}
