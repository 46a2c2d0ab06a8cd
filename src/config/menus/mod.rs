//! `menus/*.toml`: what a citizen sees, read and then linked.

mod asks;
mod check;
mod link;
mod raw;
mod variables;

use std::collections::BTreeMap;

use super::gate::{Gate, Word};
use super::sheet;
use crate::domain::menu::model::Menu;
use crate::domain::menu::texts::Texts;

/// Menus by id; none for a file that is there but could not be read through.
pub(super) type Menus = BTreeMap<String, Option<raw::Menu>>;

pub(super) fn read(gate: &Gate<'_>) -> Menus {
    let files = gate.files.ids("menus");
    files
        .map(|(id, path)| {
            super::check_id(gate, id, path);
            let read = sheet::read(gate, path, |file| raw::menu(gate, file));
            if let Some(menu) = &read {
                check::screens(gate, menu);
            }
            (id.to_owned(), read)
        })
        .collect()
}

/// Every text that a menu shows, with the place of its name.
pub(super) fn texts(menu: &raw::Menu) -> impl Iterator<Item = &Word> {
    menu.screens.iter().flat_map(|screen| {
        let options = screen.options().iter();
        let labels = options.filter_map(|option| option.label.as_ref());
        screen.text.iter().chain(labels)
    })
}

/// The place of a screen's `text =`, by the screen's index.
pub(super) fn text_of(menu: &raw::Menu, screen: usize) -> Option<&Word> {
    menu.screens.get(screen)?.text.as_ref()
}

/// Whether everything in it could be read, so that what it does not name may be called unused.
pub(super) fn is_whole(menu: &raw::Menu) -> bool {
    menu.screens.iter().all(|screen| {
        let mut options = screen.options().iter();
        let known = !matches!(screen.asks, raw::Asks::Unknown);
        let whole = options.all(|option| option.label.is_some() && option.next.is_some());
        known && whole && (screen.is_fork() || screen.text.is_some())
    })
}

/// A menu with its names resolved; none if one of them is wrong, which was noted before.
pub(super) fn compile(id: &str, menu: &raw::Menu, texts: &mut Texts) -> Option<Menu> {
    link::menu(id, menu, texts)
}
