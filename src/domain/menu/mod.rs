//! Menus: pure data, a pure step, a pure rendering.

pub mod model;
pub mod texts;

/// What a citizen sees, already folded and within the channel's budget.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// The whole screen as one text: heading, options, navigation.
    pub text: String,
    /// Whether the session is over with this screen.
    pub ends: bool,
    /// The screen's parts, for dialects that want options apart (Moov Benin); empty `options`
    /// means a form or a message.
    pub heading: String,
    /// Every key offered on this screen with its label, navigation included, in order.
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
