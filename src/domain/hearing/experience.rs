//! Praise or complaint, from a citizen's own words.

use super::lexicon::{Lexicon, Sense, Word};
use crate::domain::feedback::Experience;

/// How many words a "not" reaches: `ntabwo ari byiza`, `pas du tout bon`.
const REACH: usize = 3;
/// A message of so few words may be nothing but the answer: `c'est bien`.
const FEW: usize = 2;

/// What the words say; `None` if they say nothing, or both. A praise denied is a complaint; a
/// complaint denied (`pas mal`, `no problem`) is nothing sure.
pub fn said(lexicon: &Lexicon, words: &[Word]) -> Option<Experience> {
    if words.len() <= FEW {
        let alone = answer(lexicon, words);
        if alone.is_some() {
            return alone;
        }
    }
    let (mut good, mut bad) = (false, false);
    for language in &lexicon.languages {
        let negations: Vec<usize> = language
            .spots(Sense::Not, words)
            .into_iter()
            .map(|(at, length)| at + length - 1)
            .collect();
        let denied = |at: usize| {
            let mut reached = (at.saturating_sub(REACH)..at).rev();
            let breaks = |from: usize| (from + 1..=at).any(|i| words[i].breaks);
            reached.any(|i| negations.contains(&i) && !breaks(i))
        };
        for (at, _) in language.spots(Sense::Bad, words) {
            bad |= !denied(at);
        }
        for (at, _) in language.spots(Sense::Good, words) {
            if denied(at) {
                bad = true;
            } else {
                // A complaint's words may hold one of praise: `pas bien` holds `bien`.
                good |= !language
                    .spots(Sense::Bad, words)
                    .iter()
                    .any(|(from, length)| (*from..from + length).contains(&at));
            }
        }
        for (at, _) in language.spots(Sense::GoodAlone, words) {
            bad |= denied(at);
        }
    }
    match (good, bad) {
        (true, false) => Some(Experience::Good),
        (false, true) => Some(Experience::Bad),
        _ => None,
    }
}

/// What an answer to "good or bad?" says: with its first words, a "not" among them heard.
pub fn answer(lexicon: &Lexicon, words: &[Word]) -> Option<Experience> {
    let at = |sense| {
        let starts = words.get(..words.len().min(REACH)).unwrap_or_default();
        lexicon
            .languages
            .iter()
            .any(|language| !language.spots(sense, starts).is_empty())
    };
    let good = at(Sense::GoodAlone) || at(Sense::Good);
    let bad = at(Sense::BadAlone) || at(Sense::Bad);
    match (at(Sense::Not), good, bad) {
        (false, true, false) => Some(Experience::Good),
        (false, false, true) | (true, true, _) => Some(Experience::Bad),
        _ => None,
    }
}
