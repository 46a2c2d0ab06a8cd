//! A country's records and dialogues can be kept in that country: then it has a gateway of its own,
//! with the same files, the same client and the same doors. What crosses no border by itself (a
//! callback, an institution's call) is led to its country's; what is asked of all (a code, whether
//! the stores answer) is asked of each.

use std::sync::Arc;

use crate::domain::code;
use crate::domain::service::Service;
use crate::store::{Away, Records, Sessions};

use super::Gateway;

/// One gateway a place where records are kept.
pub struct Gateways {
    default: Arc<Gateway>,
    /// Those of countries that are not kept in the default place: country, gateway.
    own: Vec<(String, Arc<Gateway>)>,
}

impl Gateways {
    /// All countries at one place.
    pub fn new(default: Arc<Gateway>) -> Self {
        let own = Vec::new();
        Self { default, own }
    }

    /// Gives a country its own.
    pub fn give(&mut self, country: &str, gateway: Arc<Gateway>) {
        self.own.push((country.to_owned(), gateway));
    }

    /// The one for whatever is in no country: the files, the counters.
    pub fn default(&self) -> &Arc<Gateway> {
        &self.default
    }

    /// A country's.
    pub fn of(&self, country: &str) -> &Arc<Gateway> {
        let own = self.own.iter().find(|(code, _)| code == country);
        own.map_or(&self.default, |(_, gateway)| gateway)
    }

    /// Each once, the default one first.
    pub fn all(&self) -> Vec<&Arc<Gateway>> {
        let mut all = vec![&self.default];
        for (_, gateway) in &self.own {
            if !all.iter().any(|known| Arc::ptr_eq(known, gateway)) {
                all.push(gateway);
            }
        }
        all
    }

    /// The one that has a feedback of this code, as somebody typed it; the default one if none has.
    ///
    /// # Errors
    /// [`Away`] if one that might have it cannot be asked.
    pub async fn holding(&self, typed: &str) -> Result<&Arc<Gateway>, Away> {
        let Some(code) = code::parse(typed).filter(|_| !self.own.is_empty()) else {
            return Ok(&self.default);
        };
        let mut away = None;
        for gateway in self.all() {
            match gateway.records.feedback_by_code(&code).await {
                Ok(Some(_)) => return Ok(gateway),
                Ok(None) => {}
                Err(why) => away = Some(why),
            }
        }
        away.map_or(Ok(&self.default), Err)
    }

    /// Puts a new configuration in force everywhere.
    pub fn renew(&self, service: &Arc<Service>) {
        for gateway in self.all() {
            gateway.renew(service);
        }
    }
}

impl Gateway {
    /// Where a country's dialogues are kept.
    pub fn sessions_of(&self, country: &str) -> &Sessions {
        let own = self.country_sessions.iter().find(|(c, _)| c == country);
        own.map_or(&self.sessions, |(_, sessions)| sessions)
    }

    /// Every place where dialogues are kept.
    pub fn all_sessions(&self) -> impl Iterator<Item = &Sessions> {
        let own = self.country_sessions.iter().map(|(_, sessions)| sessions);
        std::iter::once(&self.sessions).chain(own)
    }

    /// Whether a code is on record in another country's place: there only one may have it, too. One
    /// that cannot be asked does not hold anybody up: a code in two places needs a coincidence
    /// besides.
    pub async fn is_elsewhere(&self, code: &str) -> bool {
        for records in &self.neighbours {
            if let Ok(Some(_)) = Records::feedback_by_code(records, code).await {
                return true;
            }
        }
        false
    }
}
