//! `menus/*.toml`: what a citizen sees, read and then linked.

mod check;
mod link;
mod raw;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::files::Files;
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
        let labels = match &screen.asks {
            raw::Asks::Choice { options } => options.as_slice(),
            _ => &[],
        };
        let labels = labels.iter().filter_map(|option| option.label.as_ref());
        screen.text.iter().chain(labels)
    })
}

/// Whether everything in it could be read, so that what it does not name may be called unused.
pub(super) fn is_whole(menu: &raw::Menu) -> bool {
    menu.screens.iter().all(|screen| {
        let asks = match &screen.asks {
            raw::Asks::Unknown => false,
            raw::Asks::Choice { options } => options
                .iter()
                .all(|option| option.label.is_some() && option.next.is_some()),
            _ => true,
        };
        asks && screen.text.is_some()
    })
}

/// A menu with its names resolved; none if one of them is wrong, which was noted before.
pub(super) fn compile(
    files: &Files,
    id: &str,
    menu: &raw::Menu,
    texts: &mut Texts,
) -> Option<Menu> {
    link::menu(id, version(files, id), menu, texts)
}

/// A number that changes when the menu's file or any text does, and with nothing else: sessions
/// outlive a restart, and must not be continued on another menu.
fn version(files: &Files, id: &str) -> u32 {
    let own = format!("menus/{id}.toml");
    let texts = files.paths().filter(|path| path.starts_with("locales/"));
    let mut hash = Sha256::new();
    for path in std::iter::once(own.as_str()).chain(texts) {
        let bytes = files.get(path).unwrap_or_default();
        hash.update(path);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    let hash = hash.finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}
