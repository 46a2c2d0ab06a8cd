//! Texts between menus and languages: what is missing, and what nobody shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::countries::Countries;
use super::gate::{Gate, Spot, Word, printable};
use super::locales::Locale;
use super::menus::{self, Menus};
use super::nearest;
use crate::domain::channel::Channel;
use crate::domain::menu::texts::{Own, Piece, Template, Texts, Variable};

/// Proves that every language can say what it must.
pub(super) fn check(
    gate: &Gate<'_>,
    countries: &Countries,
    channels: &BTreeMap<String, Channel>,
    menus: &Menus,
    locales: &[Locale],
) {
    own(gate, countries, locales);
    for (id, menu) in menus {
        let Some(menu) = menu else { continue };
        let languages = spoken(countries, channels, id);
        // A channel that could not be read may be the one that names it.
        let all_read = gate.files.ids("channels").count() == channels.len();
        let named = channels.values().any(|channel| channel.menu == *id);
        if all_read && !named && !channels.is_empty() {
            let at = Spot::of(&format!("menus/{id}.toml"), 0..0);
            gate.warn(
                &at,
                "no channel answers with this menu",
                "name it in a channel",
            );
        }
        let spoken = locales
            .iter()
            .filter(|l| languages.contains(l.tag.as_str()));
        let spoken: Vec<&Locale> = spoken.filter(|l| !gate.is_broken(&l.path)).collect();
        for word in menus::texts(menu) {
            missing(gate, word, &spoken);
        }
    }
    unused(gate, menus, locales);
    same_variables(gate, locales);
}

/// Notes the languages that lack a menu's text, all of them at the menu's line.
fn missing(gate: &Gate<'_>, word: &Word, locales: &[&Locale]) {
    let without = locales.iter().filter(|locale| !locale.has(&word.value));
    let files: Vec<String> = without.map(|l| format!("`{}`", l.path)).collect();
    if files.is_empty() {
        return;
    }
    let known = locales.iter().flat_map(|locale| &locale.texts);
    let near = nearest::nearest(&word.value, known.map(|text| text.id.as_str()));
    let near = near.filter(|near| *near != word.value);
    let near = near.map_or(String::new(), |near| format!("; or did you mean `{near}`?"));
    gate.error(
        &word.at,
        format!(
            "the text {} is missing in {}",
            word.shown(),
            files.join(", ")
        ),
        format!("add `{} = …` there{near}", printable(&word.value)),
    );
}

/// The domain's texts, from the files as far as they are right.
pub(super) fn compile(locales: &[Locale]) -> Texts {
    let mut texts = Texts::new();
    for locale in locales {
        let named = locale.texts.iter();
        let named = named.map(|text| (text.id.clone(), text.template.clone()));
        texts.add(&locale.tag, locale.reviewed, named.collect());
    }
    texts
}

/// The languages of every channel that answers with this menu.
fn spoken<'a>(
    countries: &'a Countries,
    channels: &BTreeMap<String, Channel>,
    menu: &str,
) -> BTreeSet<&'a str> {
    let of_menu = channels.values().filter(|channel| channel.menu == menu);
    of_menu
        .filter_map(|channel| countries.get(&channel.country)?.as_ref())
        .flat_map(|checked| checked.country.languages.iter().map(String::as_str))
        .collect()
}

/// The gateway's own texts, in every language of every country.
fn own(gate: &Gate<'_>, countries: &Countries, locales: &[Locale]) {
    let offered: BTreeSet<&str> = countries
        .values()
        .flatten()
        .flat_map(|checked| checked.country.languages.iter().map(String::as_str))
        .collect();
    for locale in locales {
        if !offered.contains(locale.tag.as_str()) || gate.is_broken(&locale.path) {
            continue;
        }
        for (name, _) in Own::ALL {
            if !locale.has(name) {
                gate.error(
                    &Spot::of(&locale.path, 0..0),
                    format!("the text `{name}` is missing"),
                    format!("the gateway itself needs it: add `{name} = …`"),
                );
            }
        }
    }
}

/// Texts that neither a menu nor the gateway shows.
fn unused(gate: &Gate<'_>, menus: &Menus, locales: &[Locale]) {
    let whole = |menu: &Option<_>| menu.as_ref().is_some_and(menus::is_whole);
    if !menus.values().all(whole) {
        return;
    }
    let of_menus = menus.values().flatten().flat_map(menus::texts);
    let mut used: BTreeSet<&str> = of_menus.map(|word| word.value.as_str()).collect();
    let own = Own::ALL.map(|(name, _)| name);
    used.extend(own);
    for locale in locales {
        for text in &locale.texts {
            if used.contains(text.id.as_str()) {
                continue;
            }
            let near = nearest::nearest(&text.id, used.iter().copied());
            // A menu's misspelt name was told at the menu, with this text as its remedy.
            if near.is_some_and(|near| !own.contains(&near) && !locale.has(near)) {
                continue;
            }
            let help = near.map_or_else(
                || "name it in a menu, or take it out".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("nothing shows the text `{}`", text.id);
            gate.warn(&text.at, message, help);
        }
    }
}

/// A variable that one language shows and another does not: usually forgotten, as a code must
/// reach every citizen.
fn same_variables(gate: &Gate<'_>, locales: &[Locale]) {
    let by_id = |locale: &Locale| -> HashMap<String, usize> {
        let texts = locale.texts.iter().enumerate();
        texts.map(|(at, text)| (text.id.clone(), at)).collect()
    };
    // Thousands of texts in each of many languages: none is looked for one by one.
    let places: Vec<HashMap<String, usize>> = locales.iter().map(by_id).collect();
    for locale in locales {
        for text in locale.texts.iter().filter(|text| !text.flawed) {
            let others = locales.iter().zip(&places);
            let others: Vec<(&Locale, &Template)> = others
                .filter(|(other, _)| other.tag != locale.tag)
                .filter_map(|(other, places)| {
                    let twin = other.texts.get(*places.get(&text.id)?)?;
                    Some((other, &twin.template))
                })
                .collect();
            for (name, variable) in Variable::ALL {
                let shown = others.iter().find(|(_, t)| shows(t, variable));
                if let Some((other, _)) = shown
                    && !shows(&text.template, variable)
                {
                    gate.warn(
                        &text.at,
                        format!("`{}` does not show `{{ ${name} }}`", text.id),
                        format!("`{}` does", other.path),
                    );
                }
            }
        }
    }
}

fn shows(template: &Template, variable: Variable) -> bool {
    template.contains(&Piece::Slot(variable))
}
