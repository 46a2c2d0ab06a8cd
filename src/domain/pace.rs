//! How often an address is written to: rate limits. Pure values: the time is an argument.

use std::str::FromStr;

/// A rate as institutions' files write it: `20/s`, `300/min`, `5000/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Microseconds from one to the next.
    interval: i64,
}

/// What has waited goes at most so often, beside what is new: a receiver that comes back after a
/// day is not drowned in that day.
pub const LATE: Rate = Rate { interval: 10_000 };
/// A letter has waited if it was written so long ago, milliseconds.
pub const LATE_AFTER: i64 = 60_000;
/// Together come at most those of so long a time, microseconds; always one.
const BURST: i64 = 100_000;

impl Rate {
    /// Microseconds from one to the next.
    pub fn interval(self) -> i64 {
        self.interval
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write it as `20/s`, `300/min` or `5000/h`, at most 100000 a second";
        let (count, unit) = text.split_once('/').ok_or(FORM)?;
        let count: i64 = count.trim().parse().map_err(|_| FORM)?;
        let seconds = match unit.trim() {
            "s" | "second" => 1,
            "min" | "minute" => 60,
            "h" | "hour" => 3600,
            _ => return Err(FORM),
        };
        let span = seconds * 1_000_000;
        if (1..=span / 10).contains(&count) {
            Ok(Self {
                interval: span / count,
            })
        } else {
            Err(FORM)
        }
    }
}

/// One rate, kept to: a leaky bucket in one number (the generic cell rate algorithm).
#[derive(Debug, Clone, Copy)]
struct Pace {
    interval: i64,
    tolerance: i64,
    /// When the next one would come if all came evenly, microseconds since the epoch.
    next: i64,
}

impl Pace {
    fn new(rate: Rate) -> Self {
        Self {
            interval: rate.interval,
            tolerance: (BURST - rate.interval).max(0),
            next: i64::MIN,
        }
    }

    /// Takes one, or says when to come again, milliseconds.
    fn take(&mut self, now: i64) -> Result<(), i64> {
        let micros = now.saturating_mul(1000);
        let early = self.next.saturating_sub(micros);
        if early > self.tolerance {
            let at = self.next - self.tolerance;
            return Err(at.div_euclid(1000) + i64::from(at.rem_euclid(1000) > 0));
        }
        self.next = self.next.max(micros).saturating_add(self.interval);
        Ok(())
    }
}

/// What one address may be sent: all of it as its file says, and what is late besides at [`LATE`].
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    all: Option<Pace>,
    late: Pace,
}

impl Allowance {
    /// The allowance of an address whose file gives this rate, or none.
    pub fn new(rate: Option<Rate>) -> Self {
        Self {
            all: rate.map(Pace::new),
            late: Pace::new(LATE),
        }
    }

    /// Takes one that was written at `written`.
    ///
    /// # Errors
    /// When to come again, milliseconds since the epoch; nothing was then taken.
    pub fn take(&mut self, written: i64, now: i64) -> Result<(), i64> {
        let mut after = *self;
        if is_late(written, now) {
            after.late.take(now)?;
        }
        if let Some(all) = &mut after.all {
            all.take(now)?;
        }
        *self = after;
        Ok(())
    }

    /// Microseconds between those that wait, at the rate that holds for them.
    pub fn interval(&self, written: i64, now: i64) -> i64 {
        let all = self.all.map_or(0, |pace| pace.interval);
        if is_late(written, now) {
            all.max(self.late.interval)
        } else {
            all
        }
    }
}

/// Whether something written at `written` has waited.
pub fn is_late(written: i64, now: i64) -> bool {
    now.saturating_sub(written) >= LATE_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        for (text, interval) in [
            ("20/s", 50_000),
            (" 1 / s ", 1_000_000),
            ("300/min", 200_000),
            ("60/hour", 60_000_000),
            ("100000/s", 10),
        ] {
            assert_eq!(
                text.parse::<Rate>().map(Rate::interval),
                Ok(interval),
                "{text}"
            );
        }
        for text in [
            "",
            "20",
            "20/d",
            "0/s",
            "-1/s",
            "fast",
            "1000000/s",
            "2.5/s",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_new_does_not_wait_for_what_is_late() {
        let mut allowance = Allowance::new(None);
        let now = 10 * LATE_AFTER;
        while allowance.take(0, now).is_ok() {}
        assert_eq!(allowance.take(now, now), Ok(()));
        let again = allowance.take(0, now).expect_err("used up");
        assert_eq!(allowance.take(0, again), Ok(()));
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_never_shut_for_good(
            count in 1u32..500,
            unit in prop_oneof![Just(("s", 1_000)), Just(("min", 60_000))],
            steps in proptest::collection::vec(0i64..400, 1..400),
        ) {
            let rate: Rate = format!("{count}/{}", unit.0).parse().expect("a rate");
            let mut allowance = Allowance::new(Some(rate));
            let (mut now, mut taken) = (1_800_000_000_000_i64, Vec::new());
            for step in steps {
                now += step;
                match allowance.take(now, now) {
                    Ok(()) => taken.push(now),
                    Err(until) => {
                        prop_assert!(until > now, "later is later");
                        let mut then = allowance;
                        prop_assert_eq!(then.take(until, until), Ok(()), "what was said holds");
                    }
                }
            }
            // Any stretch of time holds what the rate gives in it, and one burst.
            let burst = BURST / rate.interval() + 1;
            for (at, first) in taken.iter().enumerate() {
                for (more, last) in taken[at..].iter().enumerate() {
                    let allowed = (last - first) * 1000 / rate.interval() + burst;
                    let sent = i64::try_from(more + 1).expect("few");
                    prop_assert!(sent <= allowed, "{} in {} ms", sent, last - first);
                }
            }
        }
    }
}
