//! What an institution's reply costs before it is sent, and how a long one travels.

use std::time::Duration;

use super::feedback::Standing;
use super::text::fold::fold;
use super::text::{Cost, Encoding, Folding, sms_cost};

/// The longest reply, in characters; what no SMS should hold waits on USSD.
pub const LONGEST: usize = 1000;
/// A reply that takes more parts than this goes as a short SMS, which says where the rest is.
pub const MOST_PARTS: usize = 3;
/// Of a reply cut short, at least this many characters are sent.
const SHORTEST_HEAD: usize = 20;

/// Where a reply stands on its way to the citizen, as its institution is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrival {
    /// No number is kept: it waits to be fetched by the code.
    Waiting,
    /// Not sent yet.
    Queued,
    /// An aggregator took it; no report yet.
    Sent,
    /// On the phone.
    Delivered,
    /// Given up, or reported as failed.
    Failed,
    /// An aggregator took it, and no report came in time. It may have arrived.
    Unknown,
}

impl Arrival {
    /// Of a message that stands so; `sent_at` and `now` in milliseconds since the epoch.
    pub fn of(
        standing: Standing,
        sent_at: Option<i64>,
        now: i64,
        reports_within: Duration,
    ) -> Self {
        let wait = i64::try_from(reports_within.as_millis()).unwrap_or(i64::MAX);
        match standing {
            Standing::Pending => Self::Queued,
            Standing::Delivered => Self::Delivered,
            Standing::Dead => Self::Failed,
            Standing::Sent if sent_at.is_some_and(|at| now.saturating_sub(at) > wait) => {
                Self::Unknown
            }
            Standing::Sent => Self::Sent,
        }
    }
}

/// What a text costs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Quote {
    /// SMS parts.
    pub parts: usize,
    /// GSM 7-bit or UCS-2.
    pub encoding: Encoding,
    /// Septets or UTF-16 units.
    pub units: usize,
    /// What made it dear, if anything did.
    pub dear: Option<Dear>,
}

/// The first character that the GSM alphabet lacks: it makes the whole message dear.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dear {
    /// Which.
    pub character: char,
    /// Counted in characters from 0, in the message as sent.
    pub at: usize,
}

/// What a text costs as it stands.
pub fn quote(text: &str) -> Quote {
    let Cost {
        encoding,
        units,
        parts,
        dear,
    } = sms_cost(text);
    Quote {
        parts,
        encoding,
        units,
        dear: dear.map(|(at, character)| Dear { character, at }),
    }
}

/// The same words in letters that every phone has; none if they are so already.
pub fn folded(text: &str) -> Option<String> {
    let folded = fold(text, Folding::Gsm7).into_owned();
    (folded != text).then_some(folded)
}

/// How a reply travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The SMS.
    pub sms: String,
    /// Whether it holds only the beginning.
    pub cut: bool,
}

/// The SMS that carries a reply: `whole` puts all its words into the message, `head` their
/// beginning and where the rest can be read; without `head` it goes whole at any length.
pub fn carried(
    words: &str,
    whole: impl Fn(&str) -> String,
    head: Option<impl Fn(&str) -> String>,
) -> Carried {
    let all = Carried {
        sms: whole(words),
        cut: false,
    };
    let Some(head) = head.filter(|_| sms_cost(&all.sms).parts > MOST_PARTS) else {
        return all;
    };
    (1..=MOST_PARTS)
        .find_map(|parts| longest_head(words, &head, parts))
        .map_or(all, |sms| Carried { sms, cut: true })
}

/// The message with the longest beginning, cut between words, that takes so many parts at most.
fn longest_head(words: &str, head: &impl Fn(&str) -> String, parts: usize) -> Option<String> {
    let ends: Vec<usize> = words
        .char_indices()
        .filter(|(_, c)| c.is_whitespace())
        .map(|(at, _)| at)
        .collect();
    let fits = |end: &usize| sms_cost(&head(&words[..*end])).parts <= parts;
    // What is longer never costs less.
    let fitting = ends.partition_point(|end| fits(end));
    let end = *ends.get(fitting.checked_sub(1)?)?;
    let beginning = words[..end].trim_end();
    (beginning.chars().count() >= SHORTEST_HEAD).then(|| head(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(words: &str) -> String {
        format!("Mairie (K7M-2QX-9): {words}")
    }

    fn head(words: &str) -> String {
        format!("Mairie (K7M-2QX-9): {words}... la suite: *7344#")
    }

    fn sent(words: &str) -> Carried {
        carried(words, whole, Some(head))
    }

    #[test]
    fn what_fits_goes_whole_and_what_does_not_says_where_the_rest_is() {
        let short = sent("Merci. Une équipe passe lundi.");
        assert_eq!((short.cut, sms_cost(&short.sms).parts), (false, 1));
        let long = sent(&"Une équipe passe lundi. ".repeat(40));
        assert!(long.cut);
        assert_eq!(sms_cost(&long.sms).parts, 1, "{}", long.sms);
        assert!(long.sms.ends_with("... la suite: *7344#"), "{}", long.sms);
        let nowhere = carried(&"mot ".repeat(300), whole, None::<fn(&str) -> String>);
        assert!(!nowhere.cut);
    }

    #[test]
    fn the_dear_character_is_named_and_the_cheap_words_offered() {
        let text = "Ça va être réglé d’ici lundi";
        let quote = quote(text);
        assert_eq!(quote.encoding, Encoding::Ucs2);
        assert_eq!(quote.dear.map(|d| (d.character, d.at)), Some(('ê', 6)));
        let folded = folded(text).expect("folds");
        assert_eq!(sms_cost(&folded).encoding, Encoding::Gsm7);
        assert_eq!(super::folded(&folded), None);
    }

    proptest! {
        #[test]
        fn a_beginning_is_a_beginning_and_never_costs_more(words in "[a-zé ê]{0,900}") {
            let sent = sent(&words);
            let all = sms_cost(&whole(&words)).parts;
            if sent.cut {
                prop_assert!(sms_cost(&sent.sms).parts <= MOST_PARTS && all > MOST_PARTS);
                let beginning = sent.sms.strip_prefix("Mairie (K7M-2QX-9): ").expect("a message");
                let beginning = beginning.strip_suffix("... la suite: *7344#").expect("a message");
                prop_assert!(words.starts_with(beginning));
            } else {
                prop_assert_eq!(sent.sms, whole(&words));
            }
        }
    }
}
