//! When a letter or message is tried again. A pure value: the clock and the dice are arguments.

use std::time::Duration;

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Try again at this time, milliseconds since the epoch.
    At(i64),
    /// Give up: keep it, show it, let it be replayed.
    GiveUp,
}

/// The contract's schedule for letters: after the n-th failure wait this long …
const LETTERS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
];
/// … then every ten hours, until five days have gone since the letter was written.
const LETTERS_LIFE: Duration = Duration::from_hours(5 * 24);
/// Messages to phones: an aggregator that is away for a day will not be waited for longer.
const MESSAGES_LIFE: Duration = Duration::from_hours(24);
/// No receiver can ask us to wait longer than this.
const LONGEST_WAIT: Duration = Duration::from_hours(10);

/// An address as a whole is left alone no longer than this, whatever it asks for.
const LONGEST_HOLD: Duration = Duration::from_hours(1);

/// Until when an address that asks for so much time is left alone.
pub fn hold(now: i64, asked: Duration) -> i64 {
    let wait = asked.min(LONGEST_HOLD).as_millis();
    now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX))
}

/// How far apart the tries of one thing are, and for how long.
#[derive(Debug, Clone, Copy)]
pub enum Schedule {
    /// Webhooks.
    Letters,
    /// SMS.
    Messages,
}

impl Schedule {
    /// What comes after failure number `failures` (from 1) of something written at `created`.
    /// `dice` in 0.0..1.0 adds up to a tenth; `asked` is the receiver's `Retry-After`, which only
    /// ever delays, and at most ten hours.
    pub fn after(
        self,
        failures: u32,
        created: i64,
        now: i64,
        dice: f64,
        asked: Option<Duration>,
    ) -> Next {
        let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait = LETTERS[step.min(LETTERS.len() - 1)];
        let wait = wait.max(asked.unwrap_or_default().min(LONGEST_WAIT));
        let wait = wait.mul_f64(1.0 + 0.1 * dice.clamp(0.0, 1.0));
        let at = now.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let life = match self {
            Self::Letters => LETTERS_LIFE,
            Self::Messages => MESSAGES_LIFE,
        };
        let until = created.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX));
        if at > until {
            Next::GiveUp
        } else {
            Next::At(at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_contracts_schedule() {
        let waits: Vec<i64> = (1..=8)
            .map(|n| match Schedule::Letters.after(n, 0, 0, 0.0, None) {
                Next::At(at) => at / 1000,
                Next::GiveUp => -1,
            })
            .collect();
        assert_eq!(waits, [5, 60, 300, 1800, 7200, 18000, 36000, 36000]);
        let five_days = 5 * 24 * 3_600_000;
        assert_eq!(
            Schedule::Letters.after(20, 0, five_days, 0.0, None),
            Next::GiveUp
        );
    }

    proptest! {
        #[test]
        fn honouring_retry_after_only_ever_delays_and_never_past_ten_hours(
            failures in 1u32..40, dice in 0.0..1.0f64, asked in 0u64..10_000_000,
        ) {
            let plain = Schedule::Letters.after(failures, 0, 0, dice, None);
            let asked = Schedule::Letters.after(failures, 0, 0, dice, Some(Duration::from_secs(asked)));
            let (Next::At(plain), Next::At(asked)) = (plain, asked) else { panic!("young letters are tried again") };
            prop_assert!(asked >= plain && asked <= 11 * 3_600_000);
        }
    }
}
