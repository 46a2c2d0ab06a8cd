//! What must hold between a menu's screens: every name leads somewhere, and every way out.

use std::collections::BTreeSet;

use super::super::gate::{Gate, Word};
use super::super::nearest;
use super::raw::{Asks, Choice, Menu, Screen};

impl Screen {
    /// Where it leads.
    pub(super) fn ways(&self) -> Vec<&Word> {
        let options = self.options().iter().filter_map(|o| o.next.as_ref());
        match &self.asks {
            Asks::Plain { next, .. } | Asks::Words { next, .. } => {
                options.chain(next.iter()).collect()
            }
            Asks::Branch { cases, next } => {
                let cases = cases.iter().filter_map(|case| case.next.as_ref());
                cases.chain(next.iter()).collect()
            }
            Asks::Call { to, next } => to.iter().chain(next.iter()).collect(),
            Asks::Choice { .. } => options.collect(),
            Asks::Return { .. } | Asks::Nothing | Asks::Unknown => Vec::new(),
        }
    }
}

pub(super) fn screens(gate: &Gate<'_>, menu: &Menu) {
    let names: Vec<&str> = menu.screens.iter().map(|s| s.id.value.as_str()).collect();
    let ways = menu.screens.iter().flat_map(Screen::ways);
    let mut all_known = true;
    for word in menu.start.iter().chain(&menu.home).chain(ways) {
        if !names.contains(&word.value.as_str()) {
            all_known = false;
            let help = nearest::help(&word.value, names.iter().copied());
            gate.error(
                &word.at,
                format!("there is no screen {}", word.shown()),
                help,
            );
        }
    }
    for screen in &menu.screens {
        keys(gate, menu, screen.options());
        if let Asks::Choice { options } = &screen.asks
            && options.is_empty()
        {
            let help = "add one, or let it ask `nothing`";
            gate.error(&screen.id.at, "this screen offers no option", help);
        }
    }
    for option in menu.screens.iter().filter_map(words_options).flatten() {
        if option.key.is_none() {
            let help = "a number would be taken for words: give it a `key`, like `\"9\"`";
            gate.error(&option.at, "this option has no key", help);
        }
    }
    // A name that leads nowhere was noted: what follows from it is no second mistake.
    if all_known && menu.start.is_some() && super::is_whole(menu) {
        unused(gate, menu);
        endless(gate, menu);
        circles(gate, menu);
    }
}

/// The options of a screen that takes words.
fn words_options(screen: &Screen) -> Option<&[Choice]> {
    matches!(screen.asks, Asks::Words { .. }).then(|| screen.options())
}

/// Forks that lead to each other without anything to show between them.
fn circles(gate: &Gate<'_>, menu: &Menu) {
    let forks: Vec<&Screen> = menu.screens.iter().filter(|s| s.is_fork()).collect();
    let called: Vec<&Word> = menu
        .screens
        .iter()
        .filter_map(|screen| match &screen.asks {
            Asks::Call { next, .. } => next.as_ref(),
            _ => None,
        })
        .collect();
    let onward = |screen: &Screen| match &screen.asks {
        Asks::Call { to, .. } => to.iter().map(|w| w.value.clone()).collect::<Vec<_>>(),
        Asks::Return { .. } => called.iter().map(|w| w.value.clone()).collect(),
        _ => screen.ways().iter().map(|w| w.value.clone()).collect(),
    };
    // What leads only to screens that are shown, or to forks that do, is sound.
    let mut sound: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = sound.len();
        for fork in &forks {
            let leads_out = |way: &String| {
                let to_fork = forks.iter().any(|f| f.id.value == *way);
                !to_fork || sound.contains(way.as_str())
            };
            if onward(fork).iter().all(leads_out) {
                sound.insert(&fork.id.value);
            }
        }
        if sound.len() == before {
            break;
        }
    }
    let mut round = forks
        .iter()
        .filter(|f| !sound.contains(f.id.value.as_str()));
    if let Some(first) = round.next() {
        let rest = round.map(|fork| fork.id.shown());
        let names: Vec<String> = std::iter::once(first.id.shown()).chain(rest).collect();
        gate.error(
            &first.id.at,
            format!("nothing is shown between {}", names.join(", ")),
            "they lead to each other in a circle: let a screen stand between them",
        );
    }
}

fn keys(gate: &Gate<'_>, menu: &Menu, options: &[Choice]) {
    let mut taken: Vec<String> = Vec::new();
    for (index, option) in options.iter().enumerate() {
        let Some(key) = &option.key else {
            let counted = (index + 1).to_string();
            if taken.contains(&counted) {
                let message = format!("the key `{counted}`, which this option gets, is taken");
                let help = "an option without `key` is counted: give this one a key of its own";
                gate.error(&option.at, message, help);
            }
            taken.push(counted);
            continue;
        };
        if taken.contains(&key.value) {
            let message = format!("the key {} stands twice on this screen", key.shown());
            gate.error(&key.at, message, "each option has a key of its own");
        }
        let navigation = [&menu.keys.back, &menu.keys.home, &menu.keys.more];
        if navigation.contains(&&key.value) {
            let message = format!("the key {} is one of `keys`", key.shown());
            let help = "on this screen it chooses the option and does not navigate";
            gate.warn(&key.at, message, help);
        }
        taken.push(key.value.clone());
    }
}

/// Screens that no way leads to.
fn unused(gate: &Gate<'_>, menu: &Menu) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let begin = menu.start.iter().chain(&menu.home);
    let mut left: Vec<&str> = begin.map(|word| word.value.as_str()).collect();
    while let Some(name) = left.pop() {
        if seen.insert(name) {
            let screen = menu.screens.iter().find(|s| s.id.value == name);
            let ways = screen.map(Screen::ways).unwrap_or_default();
            left.extend(ways.iter().map(|word| word.value.as_str()));
        }
    }
    for screen in &menu.screens {
        if !seen.contains(screen.id.value.as_str()) {
            let message = format!("no screen leads to {}", screen.id.shown());
            gate.warn(&screen.id.at, message, "lead to it, or take it out");
        }
    }
}

/// Screens from which no end can be reached: a citizen would pay for a dialogue without one.
fn endless(gate: &Gate<'_>, menu: &Menu) {
    let mut ending: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = ending.len();
        for screen in &menu.screens {
            let ends = match screen.asks {
                Asks::Nothing | Asks::Return { .. } | Asks::Unknown => true,
                _ => screen
                    .ways()
                    .iter()
                    .any(|way| ending.contains(way.value.as_str())),
            };
            if ends {
                ending.insert(&screen.id.value);
            }
        }
        if ending.len() == before {
            break;
        }
    }
    let endless = menu.screens.iter().map(|screen| &screen.id);
    let endless: Vec<&Word> = endless
        .filter(|id| !ending.contains(id.value.as_str()))
        .collect();
    if let Some(first) = endless.first() {
        let names: Vec<String> = endless.iter().map(|id| id.shown()).collect();
        gate.error(
            &first.at,
            format!("no end can be reached from {}", names.join(", ")),
            "let a way lead to a screen that asks `nothing`",
        );
    }
}
