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

/// What a stranger wrote, as an operator may keep it: without digits that could be somebody's
/// number, without the words that were sent there, without what a terminal would obey.
pub fn without_people(text: &str, sent: &[&str]) -> String {
    let mut text = text.to_owned();
    for words in sent
        .iter()
        .filter(|words| words.chars().count() >= SHORTEST_WORDS)
    {
        text = text.replace(words, HIDDEN);
        // An echo of JSON writes them its own way.
        let json = serde_json::to_string(words).unwrap_or_default();
        if let Some(inner) = json.get(1..json.len().saturating_sub(1)) {
            text = text.replace(inner, HIDDEN);
        }
    }
    without_numbers(&text)
}

const HIDDEN: &str = "…";
/// Words shorter than this are found in any text.
const SHORTEST_WORDS: usize = 4;
/// As many digits could be a number; statuses, years and small counts have fewer.
const FEWEST_DIGITS: usize = 6;

/// Digits that stand together, or apart by what people write between the digits of a number.
fn without_numbers(text: &str) -> String {
    let between = |c: char| matches!(c, ' ' | '\u{a0}' | '.' | '-' | '/' | '(' | ')');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !c.is_numeric() {
            let obeyed = c.is_control() && !matches!(c, '\n' | '\t');
            out.push(if obeyed { ' ' } else { c });
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (mut digits, mut end, mut gap) = (0, 0, 0);
        for (at, c) in rest.char_indices() {
            if c.is_numeric() {
                (digits, end, gap) = (digits + 1, at + c.len_utf8(), 0);
            } else if between(c) && gap < 2 {
                gap += 1;
            } else {
                break;
            }
        }
        let run = &rest[..end];
        out.push_str(if digits >= FEWEST_DIGITS { HIDDEN } else { run });
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_kept_without_people() {
        let sent = ["L'eau est \"coupée\"", "ok"];
        for (text, kept) in [
            ("database is down", "database is down"),
            ("error 500 at 2026", "error 500 at 2026"),
            ("unknown user +229 01 63 10 95 95!", "unknown user +…!"),
            ("tel:0163109595;", "tel:…;"),
            ("(01) 63-10-95-95 is it", "(… is it"),
            ("said: L'eau est \"coupée\".", "said: …."),
            (r#"{"text":"L'eau est \"coupée\""}"#, r#"{"text":"…"}"#),
            ("ok\u{1b}[31m", "ok [31m"),
            ("٠٧٨٨٣٠٨٥٥٩", "…"),
        ] {
            assert_eq!(without_people(text, &sent), kept, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_number_survives(before in "[a-z ]{0,9}", number in "[0-9]{6,15}", after in any::<String>()) {
            let kept = without_people(&format!("{before}{number}{after}"), &[]);
            prop_assert!(!kept.contains(&number));
        }
    }
}
