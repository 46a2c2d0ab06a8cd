//! How an institution listens: how much it was told, and how long it took over each rung.
//!
//! Counts are of messages, never of people: a shared phone is not a person.

use serde::Serialize;

/// The public sees no count below this: few messages of a small office could be traced to people.
pub const LEAST: u64 = 5;
/// The days that a scorecard looks back, unless another time is asked for.
pub const DAYS: i64 = 90;

/// One of the four clocks: from when a feedback was accepted until a rung was first reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Clock {
    /// How many feedback have reached it; `None` where it may not be shown.
    pub count: Option<u64>,
    /// The time that half of them took at most, in seconds; `None` if none has.
    pub median_seconds: Option<u64>,
}

/// What was told in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Told {
    /// Everything that came.
    pub total: Option<u64>,
    /// Praise.
    pub good: Option<u64>,
    /// Complaints.
    pub bad: Option<u64>,
    /// Promised answers that did not come in time.
    pub overdue: Option<u64>,
    /// Said to be done, and not mended, said the citizen.
    pub reopened: Option<u64>,
}

/// How one institution listens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Scorecard {
    /// The institution's id.
    pub institution: String,
    /// What was told.
    pub feedback: Told,
    /// An address of theirs took it.
    pub delivered: Clock,
    /// An official said that it was read.
    pub opened: Clock,
    /// A reply was written.
    pub answered: Clock,
    /// The citizen said that it is mended.
    pub fixed: Clock,
}

impl Scorecard {
    /// As the public may see it: small counts masked, and the medians of few with them. What is left
    /// when a small count is taken from a total is masked too, or the total would tell it.
    #[must_use]
    pub fn masked(mut self) -> Self {
        let told = &mut self.feedback;
        for count in [&mut told.total, &mut told.overdue, &mut told.reopened] {
            *count = count.filter(|n| *n == 0 || *n >= LEAST);
        }
        let enough = |count: Option<u64>| count.is_some_and(|n| n == 0 || n >= LEAST);
        let rest = told.total.zip(told.good).zip(told.bad);
        let rest = rest.map(|((total, good), bad)| total.saturating_sub(good + bad));
        if !(enough(told.good) && enough(told.bad) && enough(rest)) {
            (told.good, told.bad) = (None, None);
        }
        for clock in [
            &mut self.delivered,
            &mut self.opened,
            &mut self.answered,
            &mut self.fixed,
        ] {
            if !enough(clock.count) {
                *clock = Clock::default();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(total: u64, good: u64, bad: u64) -> Scorecard {
        Scorecard {
            feedback: Told {
                total: Some(total),
                good: Some(good),
                bad: Some(bad),
                ..Told::default()
            },
            opened: Clock {
                count: Some(total),
                median_seconds: Some(60),
            },
            ..Scorecard::default()
        }
    }

    #[test]
    fn small_counts_are_masked_and_cannot_be_worked_out() {
        let shown = |card: Scorecard| {
            let card = card.masked();
            (card.feedback.total, card.feedback.good, card.feedback.bad)
        };
        assert_eq!(shown(card(30, 10, 20)), (Some(30), Some(10), Some(20)));
        assert_eq!(shown(card(4, 0, 4)), (None, None, None));
        assert_eq!(shown(card(30, 4, 26)), (Some(30), None, None));
        assert_eq!(shown(card(30, 10, 18)), (Some(30), None, None));
        assert_eq!(card(4, 0, 4).masked().opened, Clock::default());
        assert_eq!(card(5, 0, 5).masked().opened.median_seconds, Some(60));
    }
}
