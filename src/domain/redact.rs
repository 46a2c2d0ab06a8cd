//! Values that must never reach a log line: their `Debug` shows a shape, not the value.

use std::fmt;

/// Something only its owner may read: a webhook secret, an API token, an aggregator's password.
///
/// There is no `Display`, and `Debug` prints `Secret(…)`; [`Secret::expose`] is the one way out,
/// so that a search for it finds every place where a secret leaves.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value so that it cannot be printed by accident.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the code that signs or authenticates with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a citizen, or an institution answering one, said: kept exactly as typed, never logged.
#[derive(Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Words(String);

impl Words {
    /// Wraps words as they were typed; nothing is folded or trimmed.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The words, for a screen, a record or a webhook.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} characters)", self.0.chars().count())
    }
}

/// A sender or receiver exactly as an aggregator wrote it, before anyone decided whose number it
/// is: `22963109595`, `+250 788…`, a short code, or an alphanumeric name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RawNumber(String);

impl RawNumber {
    /// Wraps what stood on the wire.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// What stood on the wire, for the numbering rules and for dialects that echo it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RawNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawNumber({} characters)", self.0.chars().count())
    }
}
