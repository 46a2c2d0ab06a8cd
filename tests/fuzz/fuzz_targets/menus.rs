//! Any keys × the shipped menus: the first byte chooses channel, budget and folding, every line
//! after it is what was typed. There is always a screen, and it is within the budget.
#![cfg_attr(fuzzing, no_main)]

mod service;
mod shim;
mod typed;

use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::menu::step::State;
use passerelle::domain::text::gsm7;

target!(run, seeds);

fn seeds() -> shim::Seeds {
    let seed = |(name, choice, keys): (String, u8, Vec<String>)| {
        (name, [&[choice], keys.join("\n").as_bytes()].concat())
    };
    typed::sessions().into_iter().map(seed).collect()
}

/// More than any citizen types in one session.
const LONGEST: usize = 64;

fn run(data: &[u8]) {
    let Some((&choice, typed)) = data.split_first() else {
        return;
    };
    let channel = service::channel(choice);
    let scene = service::scene(&channel);
    let filed = Filed {
        code: "WWW-WWW-W".into(),
        reply_by: "30/11".into(),
    };
    let typed = String::from_utf8_lossy(typed);
    let mut state = State::start(&scene);
    for key in typed.split('\n').take(LONGEST) {
        state = state.step(&scene, key);
        let screen = render::screen(&scene, &state, &filed);
        let septets = gsm7::count(&screen.text).expect("GSM 7-bit only");
        assert!(septets <= channel.budget, "{septets} of {}", channel.budget);
        assert!(!screen.text.trim().is_empty(), "an empty screen");
    }
}
