//! A menu as boxes and arrows.

use crate::domain::menu::model::{Asks, Menu};
use crate::domain::menu::texts::{TextKey, Variable};
use crate::domain::service::Service;

/// What is drawn.
pub(super) struct Graph {
    /// The menu's id and the language of the texts.
    pub title: String,
    pub screens: Vec<Screen>,
    pub arrows: Vec<Arrow>,
    pub start: usize,
}

pub(super) struct Screen {
    pub id: String,
    pub text: String,
    /// Whether the session ends here.
    pub ends: bool,
}

/// From one screen to another, with everything that leads there.
pub(super) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub labels: Vec<String>,
}

impl Graph {
    pub(super) fn of(service: &Service, menu: &Menu) -> Self {
        let serves = |code: &str| {
            let mut channels = service.channels.values();
            channels.any(|channel| channel.menu == menu.id && channel.country == code)
        };
        let country = service.countries.iter().find(|c| serves(&c.code));
        let tag = country.map_or("", |c| c.default_language.as_str());
        let language = service.texts.language(tag).unwrap_or(0);
        let text = |key| shown(service, language, key);
        let mut arrows: Vec<Arrow> = Vec::new();
        for (from, node) in menu.nodes.iter().enumerate() {
            for (to, label) in ways(&node.asks, &text) {
                match arrows.iter_mut().find(|a| (a.from, a.to) == (from, to)) {
                    Some(arrow) => arrow.labels.push(label),
                    None => arrows.push(Arrow {
                        from,
                        to,
                        labels: vec![label],
                    }),
                }
            }
        }
        let screens = menu.nodes.iter().map(|node| Screen {
            id: node.id.clone(),
            text: text(node.text),
            ends: node.asks == Asks::Nothing,
        });
        Self {
            title: format!("{} ({tag})", menu.id),
            screens: screens.collect(),
            arrows,
            start: menu.start,
        }
    }
}

/// Where a screen leads, and by what.
fn ways(asks: &Asks, text: &impl Fn(TextKey) -> String) -> Vec<(usize, String)> {
    match asks {
        Asks::Language { next } => vec![(*next, "a language".to_owned())],
        Asks::Institution { next } => vec![(*next, "an institution".to_owned())],
        Asks::Place { next, .. } => vec![(*next, "a place".to_owned())],
        Asks::Words { next } => vec![(*next, "words".to_owned())],
        Asks::Choice { options } => options
            .iter()
            .enumerate()
            .map(|(at, option)| {
                let counted = (at + 1).to_string();
                let key = option.key.as_deref().unwrap_or(&counted);
                let files = option.effect.map_or("", |_| " (files it)");
                (option.next, format!("{key} {}{files}", text(option.label)))
            })
            .collect(),
        Asks::Nothing => Vec::new(),
    }
}

/// A text with its variables by name.
fn shown(service: &Service, language: usize, key: TextKey) -> String {
    service.texts.filled(language, key, |variable| {
        let known = Variable::ALL.iter().find(|(_, v)| *v == variable);
        known.map_or_else(String::new, |(name, _)| format!("{{{name}}}"))
    })
}
