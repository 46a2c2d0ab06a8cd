//! Names to indexes.

use super::{Word, raw};
use crate::domain::menu::model::{Asks, Case, Choice, Menu, Node};
use crate::domain::menu::texts::Texts;

pub(super) fn menu(id: &str, menu: &raw::Menu, texts: &mut Texts) -> Option<Menu> {
    let index = |word: &Option<Word>| {
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
        let asks = asks(&screen.asks, &index, texts)?;
        let text = match &screen.text {
            Some(text) => Some(texts.key(&text.value)),
            None if screen.is_fork() => None,
            None => return None,
        };
        nodes.push(Node {
            id: screen.id.value.clone(),
            text,
            answers: screen.answers.iter().map(|key| key.value.clone()).collect(),
            asks,
        });
    }
    Some(Menu {
        id: id.to_owned(),
        keys: menu.keys.clone(),
        nodes,
        start,
        home,
        resume: menu.resume,
        variables: menu.variables.clone(),
    })
}

fn asks(
    asks: &raw::Asks,
    index: &impl Fn(&Option<Word>) -> Option<usize>,
    texts: &mut Texts,
) -> Option<Asks> {
    let mut choice = |option: &raw::Choice| {
        Some(Choice {
            label: texts.key(&option.label.as_ref()?.value),
            key: option.key.as_ref().map(|key| key.value.clone()),
            set: option.set.clone(),
            effect: option.effect,
            next: index(&option.next)?,
        })
    };
    let mut options = |options: &[raw::Choice]| -> Option<Vec<Choice>> {
        options.iter().map(&mut choice).collect()
    };
    Some(match asks {
        raw::Asks::Plain { what, next } => plain(what, index(next)?),
        raw::Asks::Words {
            options: given,
            next,
        } => Asks::Words {
            options: options(given)?,
            next: index(next)?,
        },
        raw::Asks::Choice { options: given } => Asks::Choice {
            options: options(given)?,
        },
        raw::Asks::Branch { cases, next } => Asks::Branch {
            cases: cases
                .iter()
                .map(|case| {
                    Some(Case {
                        when: case.when.clone(),
                        next: index(&case.next)?,
                    })
                })
                .collect::<Option<_>>()?,
            otherwise: index(next)?,
        },
        raw::Asks::Call { to, next } => Asks::Call {
            to: index(to)?,
            next: index(next)?,
        },
        raw::Asks::Return { set } => Asks::Return { set: set.clone() },
        raw::Asks::Nothing => Asks::Nothing,
        raw::Asks::Unknown => return None,
    })
}

fn plain(what: &raw::Plain, next: usize) -> Asks {
    match *what {
        raw::Plain::Language => Asks::Language { next },
        raw::Plain::Institution => Asks::Institution { next },
        raw::Plain::Place { depth } => Asks::Place { depth, next },
        raw::Plain::List(of) => Asks::List { of, next },
        raw::Plain::Text { into } => Asks::Text { into, next },
        raw::Plain::Rating { into, least, most } => Asks::Rating {
            into,
            least,
            most,
            next,
        },
        raw::Plain::Code => Asks::Code { next },
        raw::Plain::Message => Asks::Message { next },
    }
}
