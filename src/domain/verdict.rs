//! "Is it mended?", answered in a text message.

use super::redact::Words;
use super::text::fold::key;

/// What the citizen says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Fixed,
    /// It is not; why not, if they say.
    NotFixed(Option<Words>),
}

/// Yes, folded, in the languages of the three countries.
const YES: [&str; 4] = ["oui", "yes", "yego", "ee"];
/// No, likewise.
const NO: [&str; 3] = ["non", "no", "oya"];
/// A yes with more words than this says something else.
const LONGEST_YES: usize = 4;

/// Reads a message as an answer; none if it is none. A number answers only by itself: `2 hours
/// late` is a message.
pub fn read(text: &str) -> Option<Verdict> {
    let text = text.trim();
    let (first, rest) = text
        .split_once(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '!'))
        .unwrap_or((text, ""));
    let apart = |c: char| !c.is_alphanumeric();
    let rest = rest.trim_matches(apart);
    let first = key(first);
    match first.as_str() {
        "1" if rest.is_empty() => Some(Verdict::Fixed),
        "2" if rest.is_empty() => Some(Verdict::NotFixed(None)),
        yes if YES.contains(&yes) && rest.split_whitespace().count() < LONGEST_YES => {
            Some(Verdict::Fixed)
        }
        no if NO.contains(&no) => {
            let why = (!rest.is_empty()).then(|| Words::new(rest));
            Some(Verdict::NotFixed(why))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_is_a_yes_a_no_says_why_and_a_message_is_a_message() {
        for text in ["1", " Oui ", "OUI, merci beaucoup", "yego!", "1."] {
            assert_eq!(read(text), Some(Verdict::Fixed), "{text}");
        }
        for text in ["2", "non", "Oya."] {
            assert_eq!(read(text), Some(Verdict::NotFixed(None)), "{text}");
        }
        let why = Some(Words::new("toujours pas d'eau"));
        let read_why = read("Non, toujours pas d'eau!");
        assert_eq!(read_why, Some(Verdict::NotFixed(why)));
        for text in [
            "",
            "2 heures d'attente",
            "1 agent au guichet",
            "nonobstant",
            "sante",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
