//! The code of a feedback in a message, however it is typed: `K7M-2QX-9`, `k7m 2qx 9`, `k7m2qx9`.

use super::lexicon::{Lexicon, Sense, words};
use crate::domain::code;

/// What a message has to do with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Where does this one stand? As kept: `K7M-2QX-9`.
    Standing(String),
    /// The message is nothing but this, which may be a code: if nobody has it, it is words.
    Bare(String),
    /// They ask by a code that cannot be one: a slip.
    Wrong,
    /// They ask, without a code.
    Without,
    /// They say something about this one.
    About(String),
}

/// What the message has to do with a code; `None` if nothing.
pub fn asked(lexicon: &Lexicon, text: &str) -> Option<Asked> {
    let spoken = words(text);
    if let Some(length) = lexicon.start(Sense::Follow, &spoken) {
        let rest: String = spoken[length..].iter().map(|w| w.text.as_str()).collect();
        return match code::read(&rest) {
            Some(code) if looks_like_one(&rest) || dashed(after_first(text)) => {
                Some(Asked::Standing(code))
            }
            // "SUIVI medecin" may be a code by chance.
            Some(code) => Some(Asked::Bare(code)),
            None if rest.is_empty() => Some(Asked::Without),
            // "CODE de la route" is about no code of ours.
            None if looks_like_one(&rest) || dashed(after_first(text)) => Some(Asked::Wrong),
            None => within(text),
        };
    }
    let alone = text.trim();
    if dashed(alone) {
        return Some(code::read(alone).map_or(Asked::Wrong, Asked::Standing));
    }
    // Read to the letter: with letters mended, one of three words like `SANTE S1` would be a code.
    if let Some(code) = code::parse(alone).filter(|_| looks_like_one(alone)) {
        return Some(Asked::Bare(code));
    }
    within(text)
}

/// Digits among the letters, or dashes: seven letters in a row may be a word.
fn looks_like_one(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    (6..=8).contains(&letters) && (dashed(text) || text.chars().any(|c| c.is_ascii_digit()))
}

/// What follows the first word, as it was typed.
fn after_first(text: &str) -> &str {
    text.trim()
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest.trim())
}

/// Three, three and one, with dashes.
fn dashed(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').map(str::trim).collect();
    let fits = |group: &&str, length| {
        group.chars().count() == length && group.chars().all(|c| c.is_ascii_alphanumeric())
    };
    matches!(groups[..], [a, b, c] if fits(&a, 3) && fits(&b, 3) && fits(&c, 1))
}

/// A code among other words.
fn within(text: &str) -> Option<Asked> {
    let pieces: Vec<&str> = text
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '!' | '?' | '(' | ')')
        })
        .filter(|p| !p.is_empty())
        .collect();
    let one = pieces
        .iter()
        .find_map(|piece| code::parse(piece).filter(|_| looks_like_one(piece) && piece.len() >= 7));
    let spaced = pieces.windows(3).find_map(|w| {
        let joined = w.join("-");
        code::parse(&joined)
            .filter(|_| dashed(&joined) && joined.chars().any(|c| c.is_ascii_digit()))
    });
    one.or(spaced).map(Asked::About)
}
