//! What a citizen's text message says: decided from its words alone.
//!
//! * [`lexicon`]: the words of each language, read from `words/*.toml`.
//! * [`names`]: the institution and the place that are named.
//! * [`experience`]: praise or complaint.
//! * [`codes`]: the code of a feedback, however it is typed.

pub mod codes;
pub mod experience;
pub mod lexicon;
pub mod names;

use super::feedback::Experience;
use super::routing;
use super::service::Service;
use lexicon::Word;

/// What could be understood of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Index of the institution that a keyword named.
    pub institution: Option<usize>,
    /// Whether that keyword opens the message: then it is about something new.
    pub opens: bool,
    /// Index of the place that was named.
    pub place: Option<usize>,
    /// Indexes of the places that share the name, where it is not told which.
    pub places: Vec<usize>,
    /// Praise or complaint, if a word said so.
    pub experience: Option<Experience>,
    /// The language of the words, if they tell.
    pub language: Option<String>,
}

/// Understands a text sent to a country's short code.
pub fn hear(service: &Service, country: &str, text: &str) -> Heard {
    let words = lexicon::words(text);
    let lexicon = &service.lexicon;
    let named = names::place(service, country, lexicon, &words);
    let keyword = names::keyword(service, country, lexicon, &words);
    let institution = keyword
        .as_ref()
        .and_then(|k| routing::closest(service, &k.institutions, named.place));
    let languages = service.country(country).map(|c| c.languages.as_slice());
    Heard {
        institution,
        opens: keyword.is_some_and(|k| opens(service, &words, k.at)),
        place: named.place,
        places: named.candidates,
        experience: experience::said(lexicon, &words),
        language: languages
            .and_then(|of| lexicon.language(&words, of))
            .map(str::to_owned),
    }
}

/// Whether a keyword stands at the start: nothing before it, or only `PLAINTE` and its like.
fn opens(service: &Service, words: &[Word], at: usize) -> bool {
    use lexicon::Sense;
    let lexicon = &service.lexicon;
    at == 0
        || words.get(..at).is_some_and(|before| {
            at == 1 && (lexicon.is(Sense::Bad, before) || lexicon.is(Sense::Good, before))
        })
}
