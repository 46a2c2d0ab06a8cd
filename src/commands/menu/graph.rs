//! A menu as boxes and arrows.

use crate::domain::menu::model::{Asks, Effect, List, Menu};
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
        for from in 0..menu.nodes.len() {
            for (to, label) in ways(menu, from, &text) {
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
            text: node.text.map_or_else(|| fork(&node.asks).to_owned(), text),
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

/// What stands in the box of what is never shown.
fn fork(asks: &Asks) -> &'static str {
    match asks {
        Asks::Branch { .. } => "(which way?)",
        Asks::Call { .. } => "(goes and comes back)",
        _ => "(back to whoever called)",
    }
}

/// Where a screen leads, and by what.
fn ways(menu: &Menu, from: usize, text: &impl Fn(TextKey) -> String) -> Vec<(usize, String)> {
    let Some(node) = menu.nodes.get(from) else {
        return Vec::new();
    };
    let by_option = node.options().iter().enumerate().map(|(at, option)| {
        let counted = (at + 1).to_string();
        let key = option.key.as_deref().unwrap_or(&counted);
        let does = match option.effect {
            None => "",
            Some(effect) if effect.files() => " (files it)",
            Some(Effect::Stop) => " (stops messages)",
            Some(_) => " (takes back a stop)",
        };
        (option.next, format!("{key} {}{does}", text(option.label)))
    });
    let by = match &node.asks {
        Asks::Language { .. } => "a language",
        Asks::Institution { .. } => "an institution",
        Asks::Place { .. } => "a place",
        Asks::List { of: List::Own, .. } => "one of their own",
        Asks::List { .. } => "a bulletin",
        Asks::Words { .. } | Asks::Text { .. } => "words",
        Asks::Rating { .. } => "a number",
        Asks::Code { .. } => "a code",
        Asks::Message { .. } => "any key",
        Asks::Branch { .. } => "if so",
        Asks::Call { .. } => "calls",
        Asks::Return { .. } => "returns",
        Asks::Choice { .. } | Asks::Nothing => "",
    };
    let onward = menu.onward(from).into_iter();
    by_option
        .chain(onward.map(|to| (to, by.to_owned())))
        .collect()
}

/// A text with its variables by name.
fn shown(service: &Service, language: usize, key: TextKey) -> String {
    service.texts.filled(language, key, |variable| {
        let known = Variable::ALL.iter().find(|(_, v)| *v == variable);
        known.map_or_else(String::new, |(name, _)| format!("{{{name}}}"))
    })
}
