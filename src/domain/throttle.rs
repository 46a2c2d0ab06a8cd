//! How often somebody may ask. A pure value: the clock is an argument.

/// So many at once, and then one every so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How many may come at once after a long silence.
    pub burst: u32,
    /// After which time (milliseconds) one more is allowed.
    pub every: i64,
}

/// What one asker has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    left: u32,
    /// Until when what has been allowed since is counted.
    counted: i64,
}

impl Allowance {
    /// Nobody has asked yet.
    pub fn full(rule: Rule, now: i64) -> Self {
        Self {
            left: rule.burst,
            counted: now,
        }
    }

    /// Takes one, if one is left. A clock that is set back allows nothing sooner, and one that is
    /// set forward no more than a burst.
    pub fn take(&mut self, rule: Rule, now: i64) -> bool {
        self.count(rule, now);
        let one = self.left > 0;
        self.left = self.left.saturating_sub(1);
        one
    }

    /// Whether one is left; takes none.
    pub fn has(&mut self, rule: Rule, now: i64) -> bool {
        self.count(rule, now);
        self.left > 0
    }

    /// Whether this is as good as new: it need not be remembered.
    pub fn is_full(&mut self, rule: Rule, now: i64) -> bool {
        self.count(rule, now);
        self.left >= rule.burst
    }

    fn count(&mut self, rule: Rule, now: i64) {
        let every = rule.every.max(1);
        let since = now.saturating_sub(self.counted);
        if since < 0 {
            self.counted = now;
            return;
        }
        let more = u32::try_from(since / every).unwrap_or(u32::MAX);
        if more >= rule.burst {
            *self = Self::full(rule, now);
        } else {
            self.counted = self.counted.saturating_add(i64::from(more) * every);
            self.left = self.left.saturating_add(more).min(rule.burst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_span_of_time_allows_more_than_a_burst_and_its_share(
            burst in 1u32..20, every in 1i64..1000, steps in prop::collection::vec(0i64..500, 1..200),
        ) {
            let rule = Rule { burst, every };
            let mut allowance = Allowance::full(rule, 0);
            let (mut now, mut taken) = (0, 0_i64);
            for step in steps {
                now += step;
                taken += i64::from(allowance.take(rule, now));
            }
            prop_assert!(taken <= i64::from(burst) + now / every);
        }

        #[test]
        fn a_clock_that_jumps_allows_no_more_than_a_burst_at_once(
            burst in 1u32..20, jumps in prop::collection::vec(any::<i64>(), 1..20),
        ) {
            let rule = Rule { burst, every: 1000 };
            let mut allowance = Allowance::full(rule, 0);
            for now in jumps {
                let taken = (0..100).filter(|_| allowance.take(rule, now)).count();
                prop_assert!(taken <= burst as usize);
            }
        }
    }

    #[test]
    fn whoever_waits_may_ask_again() {
        let rule = Rule {
            burst: 2,
            every: 10,
        };
        let mut allowance = Allowance::full(rule, 0);
        assert!(allowance.take(rule, 0) && allowance.take(rule, 0));
        assert!(!allowance.take(rule, 9));
        assert!(allowance.take(rule, 10));
        assert!(!allowance.is_full(rule, 20));
        assert!(allowance.is_full(rule, 30));
    }
}
