//! What one phone says on one channel, and when it is too much for an office, or no person at all.
//! Pure: the clock is an argument.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::code;
use super::text::fold::key;
use super::throttle::{Allowance, Rule};

/// What the operator has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What reaches the institution; none if there is no limit.
    pub reach: Option<Rule>,
    /// The same text is answered this often; 0 if there is no limit …
    pub same_text: u32,
    /// … within this time, in milliseconds.
    pub same_within: i64,
}

/// What one phone has said of late on one channel.
#[derive(Debug, Clone, Default)]
pub struct Said {
    left: Option<Allowance>,
    gist: u64,
    since: i64,
    times: u32,
    last: Option<u64>,
}

impl Said {
    /// Whether one more may reach the institution. [`Said::reached`] takes it.
    pub fn may_reach(&mut self, rules: &Rules, now: i64) -> bool {
        let Some(rule) = rules.reach else {
            return true;
        };
        self.left(rule, now).has(rule, now)
    }

    /// One more is on record.
    pub fn reached(&mut self, rules: &Rules, now: i64) {
        if let Some(rule) = rules.reach {
            self.left(rule, now).take(rule, now);
        }
    }

    fn left(&mut self, rule: Rule, now: i64) -> &mut Allowance {
        self.left.get_or_insert_with(|| Allowance::full(rule, now))
    }

    /// Hears a text; whether it is still one that a person may send. `name` is the message's: the
    /// same message again is not a second one.
    pub fn hears(&mut self, rules: &Rules, name: &str, text: &str, now: i64) -> bool {
        let (gist, name) = (gist(text), hash(name));
        let passed = now.saturating_sub(self.since);
        if gist != self.gist || !(0..rules.same_within).contains(&passed) {
            (self.gist, self.since, self.times, self.last) = (gist, now, 0, None);
        }
        if self.last != Some(name) {
            self.times = self.times.saturating_add(1);
            self.last = Some(name);
        }
        rules.same_text == 0 || self.times <= rules.same_text
    }

    /// Whether this need not be remembered any longer.
    pub fn is_past(&mut self, rules: &Rules, now: i64) -> bool {
        let quiet = now.saturating_sub(self.since) >= rules.same_within;
        let full = match (&mut self.left, rules.reach) {
            (Some(left), Some(rule)) => left.is_full(rule, now),
            _ => true,
        };
        quiet && full
    }
}

/// A text without what differs between the answers of a machine: case, accents, numbers, codes.
fn gist(text: &str) -> u64 {
    let words = text.split_whitespace().filter(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let code = bare.contains('-') && code::parse(bare).is_some();
        !code && !word.chars().any(|c| c.is_ascii_digit())
    });
    hash(words.map(key).collect::<Vec<_>>())
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        reach: Some(Rule {
            burst: 2,
            every: 100,
        }),
        same_text: 3,
        same_within: 1000,
    };

    #[test]
    fn what_is_too_much_for_an_office_passes_with_time() {
        let mut said = Said::default();
        for now in [0, 0, 100] {
            assert!(said.may_reach(&RULES, now), "{now}");
            said.reached(&RULES, now);
        }
        assert!(!said.may_reach(&RULES, 150));
        assert!(said.may_reach(&RULES, 200));
    }

    #[test]
    fn a_machine_is_told_by_saying_the_same_again_and_again() {
        let code = code::make([3; 8]);
        let other = code::make([4; 8]);
        let texts = [
            format!("Merci. Votre code: {code}."),
            format!("MERCI. Votre code: {other}."),
            "Merci! votre code 17".to_owned(),
            "merci, votre code:".to_owned(),
        ];
        let mut said = Said::default();
        let heard = |said: &mut Said, n: usize, now| {
            said.hears(&RULES, &format!("m{n}"), &texts[n % 4], now)
        };
        for n in 0..3 {
            assert!(heard(&mut said, n, 10), "{n}");
        }
        assert!(!heard(&mut said, 3, 10));
        assert!(!heard(&mut said, 4, 999));
        // Something else is a person's, and so is the same after a while.
        assert!(said.hears(&RULES, "m9", "Autre chose", 999));
        assert!(heard(&mut said, 5, 5000));
    }

    #[test]
    fn the_same_message_again_is_one() {
        let mut said = Said::default();
        for _ in 0..10 {
            assert!(said.hears(&RULES, "m1", "eau", 10));
        }
        assert!(!said.is_past(&RULES, 10));
        assert!(said.is_past(&RULES, 1010));
    }
}
