//! Whether a channel is well, and how much goes by another one meanwhile. A pure value: the clock
//! and the dice are arguments.
//!
//! What goes elsewhere grows by steps while a channel refuses or is slow, and comes back by steps;
//! a little keeps going by it, or nobody would notice that it is well again.

/// Steps from "all by this channel" to "nearly all by another".
const STEPS: u8 = 4;
/// Of what is shifted altogether, this share still tries the channel.
const PROBES: f64 = 0.05;
/// So many refusals or slow answers in a row are a step away …
const BAD_IN_A_ROW: u32 = 3;
/// … and so many good answers in a row a step back,
const GOOD_IN_A_ROW: u32 = 5;
/// but no two steps are closer than this (milliseconds),
const BETWEEN_STEPS: i64 = 5_000;
/// and who hears nothing for this long (milliseconds) tries again with one step more.
const QUIET: i64 = 10 * 60_000;

/// How sending went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Taken, in good time.
    Well,
    /// Refused, slow, or not answered.
    Bad,
}

/// What is known of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    step: u8,
    bad: u32,
    good: u32,
    /// When it last moved a step; 0 if never.
    moved_at: i64,
}

impl Health {
    /// How far it is shifted, from 0 to 4.
    pub fn step(&self) -> u8 {
        self.step
    }

    /// Takes note of how sending went.
    pub fn note(&mut self, sign: Sign, now: i64) {
        self.rest(now);
        match sign {
            Sign::Well => {
                self.bad = 0;
                self.good = self.good.saturating_add(1);
            }
            Sign::Bad => {
                self.good = 0;
                self.bad = self.bad.saturating_add(1);
            }
        }
        // A clock that was set back must not hold a step up.
        let since = now.saturating_sub(self.moved_at);
        if self.step > 0 && (0..BETWEEN_STEPS).contains(&since) {
            return;
        }
        if self.bad >= BAD_IN_A_ROW && self.step < STEPS {
            self.go(self.step + 1, now);
        } else if self.good >= GOOD_IN_A_ROW && self.step > 0 {
            self.go(self.step - 1, now);
        }
    }

    /// Whether a new message goes by another channel, if there is one. `dice` in 0.0..1.0.
    pub fn goes_elsewhere(&mut self, now: i64, dice: f64) -> bool {
        self.rest(now);
        let share = f64::from(self.step) / f64::from(STEPS);
        dice < share.min(1.0 - PROBES)
    }

    /// Where little is sent, time heals: a step back for each quiet while.
    fn rest(&mut self, now: i64) {
        if self.step > 0 && now.saturating_sub(self.moved_at) >= QUIET {
            self.go(self.step - 1, now);
        }
    }

    fn go(&mut self, step: u8, now: i64) {
        *self = Self {
            step,
            moved_at: now,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signs() -> impl Strategy<Value = Vec<(bool, i64)>> {
        prop::collection::vec((any::<bool>(), 0i64..20_000), 0..300)
    }

    proptest! {
        #[test]
        fn it_moves_by_single_steps_and_not_in_haste(signs in signs()) {
            let mut health = Health::default();
            let (mut now, mut moved) = (0, i64::MIN);
            for (well, wait) in signs {
                now += wait;
                let before = health.step();
                health.note(if well { Sign::Well } else { Sign::Bad }, now);
                let after = health.step();
                prop_assert!(after <= STEPS && before.abs_diff(after) <= 1);
                if before != after {
                    prop_assert!(before == 0 || now.saturating_sub(moved) >= BETWEEN_STEPS);
                    moved = now;
                }
            }
        }

        #[test]
        fn a_channel_that_is_well_keeps_what_is_its_own(waits in prop::collection::vec(0i64..9_999_999, 0..99), dice in 0.0..1.0f64) {
            let mut health = Health::default();
            let mut now = 0;
            for wait in waits {
                now += wait;
                health.note(Sign::Well, now);
                prop_assert!(!health.goes_elsewhere(now, dice));
            }
        }

        #[test]
        fn whatever_happened_it_comes_back_once_it_is_well(signs in signs()) {
            let mut health = Health::default();
            let mut now = 0;
            for (well, wait) in signs {
                now += wait;
                health.note(if well { Sign::Well } else { Sign::Bad }, now);
            }
            for _ in 0..40 {
                now += BETWEEN_STEPS;
                health.note(Sign::Well, now);
            }
            prop_assert_eq!(health.step(), 0);
        }

        #[test]
        fn silence_heals_too_and_some_always_try(signs in signs(), dice in 0.96..1.0f64) {
            let mut health = Health::default();
            let mut now = 0;
            for (well, wait) in signs {
                now += wait;
                health.note(if well { Sign::Well } else { Sign::Bad }, now);
                prop_assert!(!health.goes_elsewhere(now, dice));
            }
            for _ in 0..STEPS {
                now += QUIET;
                health.goes_elsewhere(now, dice);
            }
            prop_assert_eq!(health.step(), 0);
        }
    }

    #[test]
    fn one_that_only_refuses_is_left_but_for_a_few() {
        let mut health = Health::default();
        for second in 0..60 {
            health.note(Sign::Bad, second * 1000);
        }
        assert_eq!(health.step(), STEPS);
        assert!(health.goes_elsewhere(60_000, 0.94));
        assert!(!health.goes_elsewhere(60_000, 0.951));
    }
}
