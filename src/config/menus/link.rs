//! Names to indexes.

use super::raw;
use crate::domain::menu::model::{Asks, Choice, Menu, Node};
use crate::domain::menu::texts::Texts;

pub(super) fn menu(id: &str, menu: &raw::Menu, texts: &mut Texts) -> Option<Menu> {
    let index = |word: &Option<super::Word>| {
        let name = &word.as_ref()?.value;
        menu.screens.iter().position(|s| s.id.value == *name)
    };
    let start = index(&menu.start)?;
    let home = match &menu.home {
        Some(_) => index(&menu.home)?,
        None => start,
    };
    let mut nodes = Vec::new();
    for screen in &menu.screens {
        let asks = match &screen.asks {
            raw::Asks::Language { next } => Asks::Language { next: index(next)? },
            raw::Asks::Institution { next } => Asks::Institution { next: index(next)? },
            raw::Asks::Words { next } => Asks::Words { next: index(next)? },
            raw::Asks::Place { depth, next } => Asks::Place {
                depth: *depth,
                next: index(next)?,
            },
            raw::Asks::Choice { options } => Asks::Choice {
                options: options
                    .iter()
                    .map(|option| {
                        Some(Choice {
                            label: texts.key(&option.label.as_ref()?.value),
                            key: option.key.as_ref().map(|key| key.value.clone()),
                            set: option.set.clone(),
                            effect: option.effect,
                            next: index(&option.next)?,
                        })
                    })
                    .collect::<Option<_>>()?,
            },
            raw::Asks::Nothing => Asks::Nothing,
            raw::Asks::Unknown => return None,
        };
        nodes.push(Node {
            id: screen.id.value.clone(),
            text: texts.key(&screen.text.as_ref()?.value),
            asks,
        });
    }
    Some(Menu {
        id: id.to_owned(),
        keys: menu.keys.clone(),
        nodes,
        start,
        home,
        variables: menu.variables.clone(),
    })
}
