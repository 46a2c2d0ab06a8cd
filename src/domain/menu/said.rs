//! What a citizen has said so far, before anything is on record.

use std::sync::Arc;

use super::model::{Set, Value};
use super::texts::TextKey;
use crate::domain::feedback::Experience;

/// What a citizen has said so far.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Index of the language in the texts.
    pub language: usize,
    /// Good or bad.
    pub experience: Option<Experience>,
    /// Index of the institution in the service.
    pub institution: Option<usize>,
    /// Index of the place in the tree.
    pub place: Option<usize>,
    /// The citizen's words, exactly as typed.
    pub words: Option<Arc<str>>,
    /// The code that was typed, or chosen, to be followed.
    pub code: Option<Arc<str>>,
    /// Which bulletin was chosen, by its place.
    pub bulletin: Option<usize>,
    /// Whether the institution that the screen named may see the number, if that was asked.
    pub consent: Option<Consent>,
    /// Whether the number is not to be kept after the session.
    pub sensitive: bool,
    /// What it is about (`corruption`), if the menu says.
    pub subject: Option<Arc<str>>,
    /// The menu's own variables by index; short of one means that it is unset.
    pub(super) values: Arc<Vec<Option<Value>>>,
}

/// A yes or no to "may they see your number", and which text asked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Yes or no.
    pub given: bool,
    /// The text of the screen on which it was said.
    pub text: TextKey,
    /// The institution that had been chosen by then: who is chosen later was not agreed to.
    pub institution: Option<usize>,
}

impl Said {
    /// Takes what an option says; `text` is the screen's.
    pub fn take(&mut self, set: &[Set], text: Option<TextKey>) {
        for set in set {
            match set {
                Set::Experience(experience) => self.experience = Some(*experience),
                Set::Consent(given) => {
                    let institution = self.institution;
                    let asked = |text| Consent {
                        given: *given,
                        text,
                        institution,
                    };
                    self.consent = text.map(asked);
                }
                Set::Sensitive(sensitive) => self.sensitive = *sensitive,
                Set::Subject(subject) => self.subject = Some(Arc::clone(subject)),
                Set::Variable(index, value) => self.set(*index, value.clone()),
            }
        }
    }

    /// Whether somebody who was cut would have to say something again, and may be reminded of it.
    pub fn is_worth_keeping(&self) -> bool {
        let said = self.experience.is_some()
            || self.institution.is_some()
            || self.words.is_some()
            || self.values.iter().any(Option::is_some);
        said && !self.sensitive
    }

    /// Whether exactly this was said. What was not asked is neither yes nor no.
    pub fn has(&self, set: &Set) -> bool {
        match set {
            Set::Experience(experience) => self.experience == Some(*experience),
            Set::Consent(given) => self.consent.is_some_and(|c| c.given == *given),
            Set::Sensitive(sensitive) => self.sensitive == *sensitive,
            Set::Subject(subject) => self.subject.as_ref() == Some(subject),
            Set::Variable(index, value) => self.value(*index) == Some(value),
        }
    }

    /// Sets one of the menu's variables.
    pub fn set(&mut self, variable: usize, value: Value) {
        let values = Arc::make_mut(&mut self.values);
        if values.len() <= variable {
            values.resize(variable + 1, None);
        }
        values[variable] = Some(value);
    }

    /// What one of the menu's variables holds, if it is set.
    pub fn value(&self, variable: usize) -> Option<&Value> {
        self.values.get(variable)?.as_ref()
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Said")
            .field("experience", &self.experience)
            .field("institution", &self.institution)
            .field("place", &self.place)
            .field("words", &self.words.as_ref().map(|w| w.chars().count()))
            .finish_non_exhaustive()
    }
}
