//! What only the records know, handed to the menu as data.
//!
//! The menu says what it lacks ([`Need`]); `flows` fetch it and play the session again with it.

use super::super::ladder::Standing;

/// What a screen shows and the menu cannot know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Where the feedback of this code stands.
    Standing(String),
    /// What the citizen has said before.
    Own,
    /// Official news.
    Bulletins,
}

/// What has been fetched for a session.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Codes that were followed; none for one that nobody has, or that may not be told.
    pub standings: Vec<(String, Option<Standing>)>,
    /// What the citizen has said before, the newest first.
    pub own: Option<Vec<Standing>>,
    /// Official news, the newest first.
    pub bulletins: Option<Vec<Bulletin>>,
}

/// A piece of official news, in the citizen's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulletin {
    /// What the list shows.
    pub title: String,
    /// All of it.
    pub body: String,
}

/// For a scene before anything was fetched.
pub static NOTHING: Facts = Facts {
    standings: Vec::new(),
    own: None,
    bulletins: None,
};

impl Facts {
    /// What is known of a code; nothing if it was not fetched.
    pub fn standing(&self, code: &str) -> Option<Option<&Standing>> {
        let own = self.own.iter().flatten().find(|s| s.code == code);
        let fetched = || self.standings.iter().find(|(known, _)| known == code);
        match own {
            Some(standing) => Some(Some(standing)),
            None => fetched().map(|(_, standing)| standing.as_ref()),
        }
    }

    /// Whether this was fetched.
    pub fn has(&self, need: &Need) -> bool {
        match need {
            Need::Standing(code) => self.standing(code).is_some(),
            Need::Own => self.own.is_some(),
            Need::Bulletins => self.bulletins.is_some(),
        }
    }
}
