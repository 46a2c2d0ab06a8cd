//! A dialogue by text message: what a message asks for, what is asked back, and which feedback it
//! belongs to. A citizen is asked one thing a message, and only what its words left open; whatever
//! they answer, nothing that they said is lost.

use super::feedback::{Experience, Feedback};
use super::hearing::lexicon::{Lexicon, Sense, words};
use super::hearing::{Heard, experience, hear, names};
use super::menu::texts::Own;
use super::redact::Words;
use super::service::Service;

/// So long (milliseconds) after the last word of either side a message without a code still belongs
/// to the same feedback.
pub const THREAD_MS: i64 = 7 * 24 * 3_600_000;
/// Whoever was heard or answered within this time is in the middle of an exchange.
pub const EXCHANGE_MS: i64 = 15 * 60_000;
/// So long an answer is waited for …
pub const ANSWER_MS: i64 = 24 * 3_600_000;
/// … and so long words that cannot be filed without one.
pub const WAIT_MS: i64 = 30 * 60_000;
/// What is offered by number, at most: a longer list makes a second SMS.
const OFFERED: usize = 6;
/// Threads offered, at most: each shows a name and a code.
const THREADS: usize = 3;
/// An answer with more words than this says something besides.
const SHORT: usize = 3;

/// What a citizen can ask for in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// No more messages; an open feedback stays open.
    Stop,
    /// Messages again.
    Start,
    /// Who holds what, and one's rights.
    Info,
    /// How this works.
    Help,
    /// Everything about them erased.
    Erase,
}

/// The right that is asked for: its word stands alone in the message. `STOP 12345` and `stop aux
/// pannes` are messages.
pub fn right(lexicon: &Lexicon, text: &str) -> Option<Right> {
    let whole = words(text);
    // `S.T.O.P.` is a STOP; `s top` is not.
    let spelled = (!text.trim().contains(char::is_whitespace))
        .then(|| words(&text.replace(|c: char| !c.is_alphanumeric(), "")));
    let said = |sense| {
        lexicon.is(sense, &whole) || spelled.as_ref().is_some_and(|one| lexicon.is(sense, one))
    };
    [
        (Sense::Stop, Right::Stop),
        (Sense::Start, Right::Start),
        (Sense::Info, Right::Info),
        (Sense::Help, Right::Help),
        (Sense::Erase, Right::Erase),
    ]
    .into_iter()
    .find_map(|(sense, right)| said(sense).then_some(right))
}

/// What is asked of a citizen, with what the numbers of the list stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Whom is it for? Ids of institutions.
    Office(Vec<String>),
    /// Was it good or bad? 1 good, 2 bad.
    Experience,
    /// Where was it? Codes of the places that share the name; none if no place was named.
    Place(Vec<String>),
    /// Which feedback does it belong to? Ids of feedback; the number after the last is "a new one".
    Thread(Vec<String>),
}

impl Ask {
    /// The word of the records, and the options.
    pub fn parts(&self) -> (&'static str, &[String]) {
        match self {
            Self::Office(options) => ("office", options),
            Self::Experience => ("experience", &[]),
            Self::Place(options) => ("place", options),
            Self::Thread(options) => ("thread", options),
        }
    }

    /// The other way round; `None` for a word that the records do not have.
    pub fn of(word: &str, options: Vec<String>) -> Option<Self> {
        Some(match word {
            "office" => Self::Office(options),
            "experience" => Self::Experience,
            "place" => Self::Place(options),
            "thread" => Self::Thread(options),
            _ => return None,
        })
    }

    /// The text that asks it.
    pub fn text(&self) -> Own {
        match self {
            Self::Office(_) => Own::SmsAskOffice,
            Self::Experience => Own::SmsAskExperience,
            Self::Place(options) if options.is_empty() => Own::SmsAskPlace,
            Self::Place(_) => Own::SmsAskWhichPlace,
            Self::Thread(_) => Own::SmsAskThread,
        }
    }
}

/// A question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The key of the message that led to it.
    pub origin: String,
    /// The citizen's lookup key.
    pub citizen: String,
    /// The channel by which that message came.
    pub channel: String,
    /// The operator, if known.
    pub operator: Option<String>,
    /// The feedback that it is about (`fb_…`), if one.
    pub feedback: Option<String>,
    /// What was asked.
    pub ask: Ask,
    /// The words that wait for the answer.
    pub words: Option<Words>,
    /// When it was asked, milliseconds since the epoch.
    pub asked_at: i64,
    /// Until when the words wait.
    pub due_at: Option<i64>,
}

/// What to ask of whoever sent this: the first of whom, how and where that is not told.
pub fn open(service: &Service, country: &str, heard: &Heard) -> Option<Ask> {
    if heard.institution.is_none() {
        let offices = offices(service, country);
        return (!offices.is_empty()).then_some(Ask::Office(offices));
    }
    if heard.experience.is_none() {
        return Some(Ask::Experience);
    }
    if heard.places.len() > OFFERED || (heard.places.is_empty() && heard.place.is_none()) {
        return Some(Ask::Place(Vec::new()));
    }
    let codes = heard.places.iter().filter_map(|p| service.places.get(*p));
    let codes: Vec<String> = codes.map(|p| p.code.clone()).collect();
    (!codes.is_empty()).then_some(Ask::Place(codes))
}

/// The institutions that are offered: those with a keyword, the desk last of all.
fn offices(service: &Service, country: &str) -> Vec<String> {
    let desk = service.country(country).and_then(|c| c.desk.as_deref());
    let mut seen: Vec<&str> = Vec::new();
    service
        .institutions_of(country)
        .map(|i| &service.institutions[i])
        .filter(|i| Some(i.id.as_str()) != desk)
        // Town halls share a keyword: it is offered once.
        .filter(|i| {
            let keyword = i.keywords.first().map(String::as_str);
            keyword.is_some_and(|k| {
                !seen.contains(&k) && {
                    seen.push(k);
                    true
                }
            })
        })
        .take(OFFERED)
        .map(|i| i.id.clone())
        .collect()
}

/// The keywords of a country, as they are offered to whoever asks how this works: `SANTE, POLICE`.
pub fn keywords(service: &Service, country: &str) -> String {
    let all: Vec<String> = offices(service, country)
        .iter()
        .map(|id| keyword(service, id))
        .collect();
    all.join(", ")
}

fn keyword(service: &Service, institution: &str) -> String {
    let institution = service.institution(institution);
    let keyword = institution.and_then(|i| i.keywords.first());
    keyword.map(|k| k.to_uppercase()).unwrap_or_default()
}

/// The options as they are shown: `1 SANTE, 2 POLICE`. `threads` are the feedback of an
/// [`Ask::Thread`]; `tag` is the language.
pub fn listed(service: &Service, ask: &Ask, threads: &[Thread], tag: &str) -> String {
    let labels: Vec<String> = match ask {
        Ask::Office(ids) => ids.iter().map(|id| keyword(service, id)).collect(),
        Ask::Experience => Vec::new(),
        Ask::Place(codes) => codes.iter().map(|code| parent(service, code)).collect(),
        Ask::Thread(ids) => {
            let language = service.texts.language(tag).unwrap_or(0);
            let found = ids
                .iter()
                .filter_map(|id| threads.iter().find(|t| t.feedback == *id));
            let known = found.map(|t| format!("{} {}", keyword(service, &t.institution), t.code));
            let none = service
                .texts
                .filled(language, Own::NewThread.key(), |_| String::new());
            known.chain([none]).collect()
        }
    };
    let numbered = labels
        .iter()
        .enumerate()
        .map(|(i, label)| format!("{} {label}", i + 1));
    numbered.collect::<Vec<_>>().join(", ")
}

/// What tells a place from others of its name: the place that it lies in.
fn parent(service: &Service, code: &str) -> String {
    let tree = &service.places;
    let Some(place) = tree.find(code) else {
        return code.to_owned();
    };
    let path = tree.path(place);
    let holder = path.iter().rev().nth(1).unwrap_or(&place);
    tree.get(*holder)
        .map(|p| p.name.clone())
        .unwrap_or_default()
}

/// What an answer fills in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// Whom it is for: the institution's id.
    pub institution: Option<String>,
    /// Good or bad.
    pub experience: Option<Experience>,
    /// The place's code.
    pub place: Option<String>,
    /// Whether the message says something besides: its words are to be kept as well.
    pub more: bool,
}

/// Reads a message as the answer to a question about a feedback; `None` if it is none, but
/// something said.
pub fn filled(service: &Service, feedback: &Feedback, ask: &Ask, text: &str) -> Option<Filled> {
    let country = feedback.country.as_str();
    let heard = hear(service, country, text);
    let said = words(text);
    let number = number(text);
    let option = |options: &[String]| number.and_then(|n| options.get(n).cloned());
    let institution = |index: usize| service.institutions.get(index).map(|i| i.id.clone());
    let mut filled = Filled {
        more: said.len() > SHORT,
        ..Filled::default()
    };
    match ask {
        Ask::Office(options) => {
            let all: Vec<usize> = service.institutions_of(country).collect();
            let named = || names::office(service, &all, text).and_then(institution);
            let heard = heard.institution.and_then(institution);
            filled.institution = Some(option(options).or(heard).or_else(named)?);
        }
        // An office's word at the start: it begins something new, if it is another's or says more.
        _ if heard.opens
            && (filled.more
                || heard.institution.and_then(institution).as_deref()
                    != Some(feedback.institution.as_str())) =>
        {
            return None;
        }
        Ask::Experience => {
            let pressed = match number {
                Some(0) => Some(Experience::Good),
                Some(1) => Some(Experience::Bad),
                _ => None,
            };
            let answered = || experience::answer(&service.lexicon, &said);
            filled.experience = Some(pressed.or_else(answered).or(heard.experience)?);
        }
        Ask::Place(options) => {
            let place = |index: usize| service.places.get(index).map(|p| p.code.clone());
            filled.place = Some(option(options).or_else(|| heard.place.and_then(place))?);
        }
        Ask::Thread(_) => return None,
    }
    if number.is_none() {
        filled.experience = filled.experience.or(heard.experience);
        let place = heard.place.and_then(|p| service.places.get(p));
        filled.place = filled.place.or_else(|| place.map(|p| p.code.clone()));
    }
    filled.experience = filled.experience.filter(|_| feedback.experience.is_none());
    filled.place = filled
        .place
        .filter(|_| feedback.place.is_none() || matches!(ask, Ask::Place(_)));
    Some(filled)
}

/// A number alone in a message, counted from 0.
fn number(text: &str) -> Option<usize> {
    let digits = text.trim_matches(|c: char| !c.is_alphanumeric());
    digits.parse::<usize>().ok()?.checked_sub(1)
}

/// A citizen's feedback that is not done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// `fb_…`
    pub feedback: String,
    /// Its code.
    pub code: String,
    /// Who answers for it.
    pub institution: String,
    /// When either side last said something, milliseconds since the epoch.
    pub last_at: i64,
}

/// Where words go that carry no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// They begin something new.
    New,
    /// They belong to this feedback.
    To(String),
    /// It has to be asked; the newest first.
    Asked(Vec<String>),
}

/// Which feedback a message belongs to, of those that are open.
pub fn thread(service: &Service, open: &[Thread], heard: &Heard, now: i64) -> Where {
    if heard.opens {
        return Where::New;
    }
    let named = heard.institution.and_then(|i| service.institutions.get(i));
    let within = |thread: &&Thread, time: i64| now.saturating_sub(thread.last_at) <= time;
    let mut open: Vec<&Thread> = open
        .iter()
        .filter(|t| within(t, THREAD_MS) && named.is_none_or(|i| i.id == t.institution))
        .collect();
    open.sort_by(|a, b| (b.last_at, &b.feedback).cmp(&(a.last_at, &a.feedback)));
    let current: Vec<&&Thread> = open.iter().filter(|t| within(t, EXCHANGE_MS)).collect();
    match (&open[..], &current[..]) {
        ([], _) => Where::New,
        ([one], _) => Where::To(one.feedback.clone()),
        (_, [one]) => Where::To(one.feedback.clone()),
        (several, _) => {
            let offered = several.iter().take(THREADS);
            Where::Asked(offered.map(|t| t.feedback.clone()).collect())
        }
    }
}

/// The feedback that an answer to [`Ask::Thread`] names: `Some(None)` for a new one, `None` if it
/// names nothing.
pub fn chosen(options: &[String], threads: &[Thread], text: &str) -> Option<Option<String>> {
    if let Some(n) = number(text) {
        return match options.get(n) {
            Some(id) => Some(Some(id.clone())),
            None => (n == options.len()).then_some(None),
        };
    }
    let code = super::code::read(text)?;
    let named = threads.iter().find(|t| t.code == code)?;
    Some(Some(named.feedback.clone()))
}
