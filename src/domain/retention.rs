//! How long what is finished is kept, by country and kind.

use std::time::Duration;

/// What may go after a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was said and answered, in a case that is closed.
    Texts,
    /// The number of a citizen whose cases are all closed.
    Numbers,
    /// Messages that nobody could place.
    Unroutable,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Texts, Self::Numbers, Self::Unroutable];

    /// As the country's file and the audit say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Texts => "texts",
            Self::Numbers => "numbers",
            Self::Unroutable => "unroutable",
        }
    }

    /// What it is called in the audit when it goes.
    pub fn deed(self) -> &'static str {
        match self {
            Self::Texts => "retention.texts",
            Self::Numbers => "retention.numbers",
            Self::Unroutable => "retention.unroutable",
        }
    }
}

/// A country's `[retention]`. What has no time there is kept for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention(Vec<(Kind, Duration)>);

impl Retention {
    /// These times.
    pub fn new(times: Vec<(Kind, Duration)>) -> Self {
        Self(times)
    }

    /// What was finished before this (milliseconds since the epoch) is to go; `None` if it stays.
    pub fn before(&self, kind: Kind, now: i64) -> Option<i64> {
        let (_, time) = self.0.iter().find(|(k, _)| *k == kind)?;
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Some(now.saturating_sub(time))
    }
}
