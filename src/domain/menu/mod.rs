//! Menus: pure data ([`model`], [`texts`]), a pure step ([`step`]), a pure rendering ([`render`]).
//!
//! Total by design: any key on any screen gives a screen, and the same keys give the same one.

pub mod facts;
mod forks;
mod layout;
pub mod model;
mod offers;
pub mod prove;
pub mod render;
pub mod said;
pub mod step;
pub mod texts;
mod values;

use super::channel::Channel;
use super::country::Country;
use super::service::Service;
use facts::Facts;
use model::Menu;

/// What a menu is played on: all that a step or a rendering may look at.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Everything configured.
    pub service: &'a Service,
    /// The country of the channel.
    pub country: &'a Country,
    /// The channel: its budget and folding.
    pub channel: &'a Channel,
    /// The menu that the session is pinned to.
    pub menu: &'a Menu,
    /// The citizen's operator, if known.
    pub operator: Option<&'a str>,
    /// When the session began, milliseconds since the epoch: branches on time look at it.
    pub began: i64,
    /// What was fetched from the records.
    pub facts: &'a Facts,
}

impl<'a> Scene<'a> {
    /// A scene of which nothing more is known than what is configured.
    pub fn new(
        service: &'a Service,
        country: &'a Country,
        channel: &'a Channel,
        menu: &'a Menu,
    ) -> Self {
        Self {
            service,
            country,
            channel,
            menu,
            operator: channel.operator.as_deref(),
            began: 0,
            facts: &facts::NOTHING,
        }
    }
}

/// What a citizen sees, already folded and within the channel's budget.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// The whole screen as one text: heading, options, navigation.
    pub text: String,
    /// Whether the session is over with this screen.
    pub ends: bool,
    /// The text above the options, for dialects that want options apart (Moov Benin).
    pub heading: String,
    /// Every key offered on this screen with its label, navigation included, in order; empty on
    /// a form or a message.
    pub options: Vec<(String, String)>,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A confirmation repeats the citizen's own words: only the shape may be logged.
        f.debug_struct("Screen")
            .field("characters", &self.text.chars().count())
            .field("ends", &self.ends)
            .field("options", &self.options.len())
            .finish()
    }
}

impl Screen {
    /// A last screen of plain text.
    pub fn last(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            heading: text.clone(),
            text,
            ends: true,
            options: Vec::new(),
        }
    }
}
