//! Complaints that thousands of citizens cause at once, told in a handful of lines: when it
//! begins, every so often while it lasts, and when it is over.

use std::sync::{Mutex, PoisonError};

/// Between two lines about the same trouble.
const EVERY_MS: i64 = 10_000;

/// One kind of trouble.
pub struct Murmur {
    /// What happens to a citizen, or to a callback.
    what: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    began: i64,
    told: i64,
    /// How often since the last line.
    untold: u64,
    /// How often since it began.
    all: u64,
}

impl Murmur {
    /// `what` completes "all is well again; this happened 17 times: …".
    pub(super) const fn about(what: &'static str) -> Self {
        let state = State {
            began: 0,
            told: 0,
            untold: 0,
            all: 0,
        };
        Self {
            what,
            state: Mutex::new(state),
        }
    }

    /// It happened, for this reason.
    pub(super) fn trouble(&self, why: &str, now: i64) {
        if let Some(times) = self.state().trouble(now) {
            tracing::error!(why, times, "{}", self.what);
        }
    }

    /// It went well.
    pub(super) fn well(&self, now: i64) {
        if let Some((times, lasted)) = self.state().well(now) {
            tracing::info!(times, lasted_s = lasted / 1000, "over: {}", self.what);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // What is held is valid at every moment, whoever panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How often it happened since the last line, if there is to be one.
    fn trouble(&mut self, now: i64) -> Option<u64> {
        if self.all == 0 {
            self.began = now;
        }
        self.all += 1;
        self.untold += 1;
        if self.all > 1 && now - self.told < EVERY_MS {
            return None;
        }
        self.told = now;
        Some(std::mem::take(&mut self.untold))
    }

    /// How often it happened and how long it lasted, once it has been over for a while: what
    /// flickers is one trouble.
    fn well(&mut self, now: i64) -> Option<(u64, i64)> {
        if self.all == 0 || now - self.told < EVERY_MS / 10 {
            return None;
        }
        let over = std::mem::take(self);
        Some((over.all, now - over.began))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_complaints_are_a_handful_of_lines_that_miss_nobody() {
        let mut state = State::default();
        let mut lines = Vec::new();
        for call in 0..30_000 {
            lines.extend(state.trouble(call));
            lines.extend(state.trouble(call));
        }
        assert_eq!(lines, [1, 20_000, 20_000]);
        assert_eq!(state.well(20_500), None, "too soon to say");
        assert_eq!(state.well(31_500), Some((60_000, 31_500)));
        assert_eq!(state.well(31_600), None, "told once");
        assert_eq!(
            state.trouble(31_700),
            Some(1),
            "and the next trouble at once"
        );
    }
}
