//! Everything that the files describe, checked and linked: what a flow needs to know.

use std::collections::HashMap;
use std::sync::Arc;

use super::channel::Channel;
use super::country::Country;
use super::hearing::lexicon::Lexicon;
use super::institution::Institution;
use super::menu::model::Menu;
use super::menu::texts::Texts;
use super::place::Places;

/// The service as configured. Immutable: a reload makes a new one.
#[derive(Debug, Default)]
pub struct Service {
    /// A hash of all the files: a live session stays on the version it began with.
    pub version: u32,
    /// Countries, in the order of their files' names.
    pub countries: Vec<Country>,
    /// Channels by id.
    pub channels: HashMap<String, Arc<Channel>>,
    /// Institutions, in the menu's order: by `order`, then by id.
    pub institutions: Vec<Institution>,
    /// Menus by id.
    pub menus: HashMap<String, Arc<Menu>>,
    /// Texts in every language.
    pub texts: Texts,
    /// The words of text messages, in every language.
    pub lexicon: Lexicon,
    /// Every place of every country.
    pub places: Places,
}

impl Service {
    /// The country of this code.
    pub fn country(&self, code: &str) -> Option<&Country> {
        self.countries.iter().find(|c| c.code == code)
    }

    /// The institution of this id.
    pub fn institution(&self, id: &str) -> Option<&Institution> {
        self.institutions.iter().find(|i| i.id == id)
    }

    /// Indexes of a country's institutions, in the menu's order.
    pub fn institutions_of<'a>(&'a self, country: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.institutions
            .iter()
            .enumerate()
            .filter(move |(_, i)| i.country == country)
            .map(|(at, _)| at)
    }

    /// A short code to which a country's citizens send texts: the first channel's, by id.
    pub fn short_code(&self, country: &str) -> Option<&str> {
        let of_country = self.channels.values().filter(|c| c.country == country);
        let taking = of_country.filter(|channel| !channel.sms.is_empty());
        let first = taking.min_by_key(|channel| &channel.id)?;
        first.sms.first().map(String::as_str)
    }
}
