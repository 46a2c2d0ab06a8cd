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
    begun(gate, countries, menus, locales);
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
    unused(gate, countries, menus, locales);
    same_variables(gate, countries, locales);
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

/// The languages that any country offers.
fn offered(countries: &Countries) -> BTreeSet<&str> {
    let checked = countries.values().flatten();
    checked
        .flat_map(|checked| checked.country.languages.iter().map(String::as_str))
        .collect()
}

/// Notes a language that no country offers yet, and how far it has come.
fn begun(gate: &Gate<'_>, countries: &Countries, menus: &Menus, locales: &[Locale]) {
    let offered = offered(countries);
    let needed: BTreeSet<&str> = Own::ALL
        .iter()
        .map(|(name, _)| *name)
        .chain(
            menus
                .values()
                .flatten()
                .flat_map(menus::texts)
                .map(|word| word.value.as_str()),
        )
        .collect();
    for locale in locales {
        if offered.contains(locale.tag.as_str()) || gate.is_broken(&locale.path) {
            continue;
        }
        let (written, missing): (Vec<&str>, Vec<&str>) =
            needed.iter().partition(|name| locale.has(name));
        let tag = printable(&locale.tag);
        let help = match missing.first() {
            None => format!("it is whole: name `{tag}` in a country's `languages`"),
            Some(first) => format!(
                "before a country can offer it, it needs the others: `{}`, …",
                printable(first)
            ),
        };
        gate.note(
            &Spot::of(&locale.path, 0..0),
            format!(
                "`{tag}` is begun: {} of {} texts; no country offers it",
                written.len(),
                needed.len()
            ),
            help,
        );
    }
}

/// The gateway's own texts, in every language of every country.
fn own(gate: &Gate<'_>, countries: &Countries, locales: &[Locale]) {
    let offered = offered(countries);
    for locale in locales {
        if !offered.contains(locale.tag.as_str()) || gate.is_broken(&locale.path) {
            continue;
        }
        let missing: Vec<&str> = Own::ALL
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !locale.has(name))
            .collect();
        let at = Spot::of(&locale.path, 0..0);
        if missing.len() > TOLD_APART {
            gate.error(
                &at,
                format!(
                    "{} texts are missing: `{}`",
                    missing.len(),
                    missing.join("`, `")
                ),
                "the gateway itself needs them; until they are here, take the language out of \
                 every country's `languages`",
            );
            continue;
        }
        for name in missing {
            gate.error(
                &at,
                format!("the text `{name}` is missing"),
                format!("the gateway itself needs it: add `{name} = …`"),
            );
        }
    }
}

/// More missing texts than this are told in one: a language only begun lacks dozens.
const TOLD_APART: usize = 3;

/// Texts that neither a menu nor the gateway shows. A language that is only begun is not told what
/// the others are told.
fn unused(gate: &Gate<'_>, countries: &Countries, menus: &Menus, locales: &[Locale]) {
    let whole = |menu: &Option<_>| menu.as_ref().is_some_and(menus::is_whole);
    if !menus.values().all(whole) {
        return;
    }
    let of_menus = menus.values().flatten().flat_map(menus::texts);
    let mut used: BTreeSet<&str> = of_menus.map(|word| word.value.as_str()).collect();
    let own = Own::ALL.map(|(name, _)| name);
    used.extend(own);
    let offered = offered(countries);
    let told: BTreeSet<&str> = locales
        .iter()
        .filter(|locale| offered.contains(locale.tag.as_str()))
        .flat_map(|locale| locale.texts.iter().map(|text| text.id.as_str()))
        .collect();
    for locale in locales {
        let begun = !offered.contains(locale.tag.as_str());
        for text in &locale.texts {
            let id = text.id.as_str();
            if used.contains(id) || begun && told.contains(id) {
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
fn same_variables(gate: &Gate<'_>, countries: &Countries, locales: &[Locale]) {
    let offered = offered(countries);
    let locales: Vec<&Locale> = locales
        .iter()
        .filter(|locale| offered.contains(locale.tag.as_str()))
        .collect();
    let by_id = |locale: &Locale| -> HashMap<String, usize> {
        let texts = locale.texts.iter().enumerate();
        texts.map(|(at, text)| (text.id.clone(), at)).collect()
    };
    // Thousands of texts in each of many languages: none is looked for one by one.
    let places: Vec<HashMap<String, usize>> = locales.iter().map(|l| by_id(l)).collect();
    for locale in &locales {
        for text in locale.texts.iter().filter(|text| !text.flawed) {
            let others = locales.iter().zip(&places);
            let others: Vec<(&Locale, &Template)> = others
                .filter(|(other, _)| other.tag != locale.tag)
                .filter_map(|(other, places)| {
                    let twin = other.texts.get(*places.get(&text.id)?)?;
                    Some((*other, &twin.template))
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
