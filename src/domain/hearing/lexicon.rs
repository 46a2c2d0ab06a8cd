//! The words by which people say what they mean, language by language: `words/*.toml`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::text::fold::key;

/// What a list of words means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sense {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// Who holds what, and one's rights.
    Info,
    /// How this works.
    Help,
    /// Erase what is held of me.
    Erase,
    /// Where does it stand.
    Follow,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Praise, wherever it stands.
    Good,
    /// Complaint, wherever it stands.
    Bad,
    /// Praise only where nothing else is said, or where it was asked for.
    GoodAlone,
    /// Complaint likewise.
    BadAlone,
    /// What turns praise that follows into a complaint.
    Not,
    /// Everyday words, by which a language is known.
    Common,
}

impl Sense {
    /// Every sense with its name in the files.
    pub const ALL: [(&'static str, Sense); 14] = [
        ("stop", Sense::Stop),
        ("start", Sense::Start),
        ("info", Sense::Info),
        ("help", Sense::Help),
        ("erase", Sense::Erase),
        ("follow", Sense::Follow),
        ("yes", Sense::Yes),
        ("no", Sense::No),
        ("good", Sense::Good),
        ("bad", Sense::Bad),
        ("good_alone", Sense::GoodAlone),
        ("bad_alone", Sense::BadAlone),
        ("not", Sense::Not),
        ("common", Sense::Common),
    ];
}

/// A word of a message, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Without case and accents.
    pub text: String,
    /// Whether a comma, a stop or a new line stands before it.
    pub breaks: bool,
}

/// The words of a message. An apostrophe parts words: `l'hôpital` names a hospital.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let (mut word, mut breaks) = (String::new(), false);
    for c in text.nfc().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() || is_combining_mark(c) {
            word.push(c);
            continue;
        }
        let folded = key(&word);
        word.clear();
        if !folded.is_empty() {
            found.push(Word {
                text: folded,
                breaks: std::mem::take(&mut breaks),
            });
        }
        breaks |= matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\n');
    }
    found
}

/// One language's lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Language {
    /// BCP 47 tag.
    pub tag: String,
    lists: Vec<(Sense, Vec<Vec<String>>)>,
}

impl Language {
    /// A language with these lists; an entry may be several words.
    pub fn new<'a>(tag: &str, lists: impl IntoIterator<Item = (Sense, Vec<&'a str>)>) -> Self {
        let lists = lists.into_iter().map(|(sense, entries)| {
            let entries = entries.into_iter().map(phrase);
            (sense, entries.filter(|e| !e.is_empty()).collect())
        });
        Self {
            tag: tag.to_owned(),
            lists: lists.collect(),
        }
    }

    fn entries(&self, sense: Sense) -> impl Iterator<Item = &[String]> {
        self.lists
            .iter()
            .filter(move |(s, _)| *s == sense)
            .flat_map(|(_, entries)| entries.iter().map(Vec::as_slice))
    }

    /// Where in the message an entry of this sense begins, and how many words it has.
    pub fn spots(&self, sense: Sense, words: &[Word]) -> Vec<(usize, usize)> {
        let mut spots = Vec::new();
        for entry in self.entries(sense) {
            let at = (0..words.len()).filter(|at| begins(entry, words.get(*at..)));
            spots.extend(at.map(|at| (at, entry.len())));
        }
        spots
    }
}

fn phrase(entry: &str) -> Vec<String> {
    words(entry).into_iter().map(|w| w.text).collect()
}

fn begins(entry: &[String], words: Option<&[Word]>) -> bool {
    words.and_then(|w| w.get(..entry.len())).is_some_and(|w| {
        let mut pairs = w.iter().zip(entry);
        pairs.all(|(word, wanted)| word.text == *wanted)
    })
}

/// Every language's words. All of them are understood in every country: a STOP in a neighbour's
/// language is a STOP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// The languages, in the order of their files' names.
    pub languages: Vec<Language>,
}

impl Lexicon {
    /// Whether the message is an entry of this sense and nothing else.
    pub fn is(&self, sense: Sense, words: &[Word]) -> bool {
        !words.is_empty() && self.start(sense, words) == Some(words.len())
    }

    /// How many words an entry of this sense takes at the message's start: the longest.
    pub fn start(&self, sense: Sense, words: &[Word]) -> Option<usize> {
        self.languages
            .iter()
            .flat_map(|language| language.entries(sense))
            .filter(|entry| begins(entry, Some(words)))
            .map(<[String]>::len)
            .max()
    }

    /// Whether this word is an everyday one, which no slip turns into a name.
    pub fn knows(&self, word: &str) -> bool {
        self.languages.iter().any(|language| {
            let mut entries = language.lists.iter().flat_map(|(_, entries)| entries);
            entries.any(|entry| entry.iter().any(|w| w == word))
        })
    }

    /// The language, of those given, that most words of the message are of; `None` if there is no
    /// such one.
    pub fn language<'a>(&self, words: &[Word], of: &'a [String]) -> Option<&'a str> {
        let score = |tag: &String| {
            let language = self.languages.iter().find(|l| l.tag == *tag)?;
            let mut known = vec![false; words.len()];
            for (sense, _) in &language.lists {
                for (at, length) in language.spots(*sense, words) {
                    known[at..at + length].fill(true);
                }
            }
            Some(known.into_iter().filter(|k| *k).count())
        };
        let scores: Vec<(usize, &String)> = of
            .iter()
            .filter_map(|tag| Some((score(tag)?, tag)))
            .collect();
        let best = scores.iter().map(|(score, _)| *score).max()?;
        let mut firsts = scores.iter().filter(|(score, _)| *score == best);
        let (_, tag) = firsts.next()?;
        (best > 0 && firsts.next().is_none()).then_some(tag.as_str())
    }
}
