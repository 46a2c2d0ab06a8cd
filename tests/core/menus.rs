//! The shipped menus: transcripts that anybody can read, and what holds for any keys.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use passerelle::domain::channel::Channel;
use passerelle::domain::inbound::Claim;
use passerelle::domain::menu::Scene;
use passerelle::domain::menu::model::Effect;
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::menu::step::State;
use passerelle::domain::text::fold::key;
use passerelle::domain::text::{Folding, gsm7};
use proptest::prelude::*;

use super::support::{Session, channel, scene, shipped};

/// A transcript begins with `dial CODE on CHANNEL`; every line after `> ` is what was typed. After
/// `(cut; N minutes later)` the session was lost by the network, and the code is dialled anew.
fn play(script: &str) -> String {
    let (head, rest) = script
        .split_once("\ndial ")
        .expect("a line `dial CODE on CHANNEL`");
    let (dialled, _) = rest.split_once('\n').unwrap_or((rest, ""));
    let (code, on) = dialled.split_once(" on ").expect("dial CODE on CHANNEL");
    let mut session = Session::on(on.trim());
    let mut played = session.last(
        code.trim().trim_start_matches('*').trim_end_matches('#'),
        Claim::Begins,
        None,
    );
    let mut out = format!("{head}\ndial {dialled}\n\n{}\n", session.show(&played).text);
    let code = code.trim().trim_start_matches('*').trim_end_matches('#');
    for line in rest.lines() {
        if let Some(typed) = line.strip_prefix("> ") {
            played = session.wait(3000).last(typed, Claim::Continues, None);
        } else if let Some(minutes) = line.strip_prefix("(cut; ") {
            let minutes = minutes.split(' ').next().and_then(|m| m.parse().ok());
            let minutes: i64 = minutes.expect("(cut; N minutes later)");
            played = session.wait(minutes * 60_000).redial(code);
        } else {
            continue;
        }
        let _ = write!(out, "\n{line}\n\n{}\n", session.show(&played).text);
    }
    out
}

#[test]
fn transcripts_are_what_citizens_see() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("transcripts")
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    assert!(files.len() >= 6, "transcripts in three languages and more");
    let mut wrong = Vec::new();
    for path in files {
        let script = std::fs::read_to_string(&path).expect("a transcript");
        let played = play(&script);
        if played == script {
            continue;
        }
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&path, &played).expect("written");
        } else {
            wrong.push(format!("{}:\n{played}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Channels that have a menu, with budgets and foldings that operators ask for.
fn channels() -> Vec<Channel> {
    let mut all = Vec::new();
    for id in ["mtn-bj", "at-rw", "mtn-cg"] {
        for (budget, folding) in [
            (150, Folding::Gsm7),
            (182, Folding::Gsm7),
            (100, Folding::Ascii),
            (60, Folding::Ascii),
        ] {
            let mut channel = channel(id).as_ref().clone();
            channel.budget = budget;
            channel.folding = folding;
            all.push(channel);
        }
    }
    all
}

/// Keys as people press them: mostly options and navigation, sometimes words.
fn keys() -> impl Strategy<Value = Vec<String>> {
    let key = prop_oneof![
        8 => "[1-9]",
        2 => "1[0-9]",
        3 => Just("0".to_owned()),
        1 => Just("00".to_owned()),
        3 => Just("98".to_owned()),
        2 => ".{0,200}",
        2 => "[a-zéç€ ]{1,160}",
    ];
    proptest::collection::vec(key, 0..16)
}

proptest! {
    #[test]
    fn any_keys_give_a_screen_within_budget(keys in keys()) {
        let service = shipped();
        let filed = Filed { code: "WWW-WWW-W".into(), reply_by: "30/11".into() };
        for channel in channels() {
            let scene = scene(&service, &channel);
            let mut state = State::start(&scene);
            for key in &keys {
                state = state.step(&scene, key);
                let screen = render::screen(&scene, &state, &filed);
                let septets = gsm7::count(&screen.text);
                prop_assert!(septets.is_some_and(|s| s <= channel.budget), "{septets:?} of {}: {}", channel.budget, screen.text);
                prop_assert!(!screen.text.trim().is_empty());
                if channel.folding == Folding::Ascii {
                    prop_assert!(screen.text.is_ascii());
                }
            }
        }
    }

    #[test]
    fn back_undoes(keys in keys(), key in prop_oneof!["[1-9]", Just("98".to_owned()), "[a-z]{2,20}"]) {
        let service = shipped();
        let channel = channel("mtn-bj");
        let scene = scene(&service, &channel);
        let before = keys.iter().fold(State::start(&scene), |s, k| s.step(&scene, k));
        let after = before.step(&scene, &key);
        if after.past.len() > before.past.len() && !after.ended(&scene) {
            prop_assert_eq!(after.step(&scene, "0").here, before.here);
        }
    }

    #[test]
    fn from_any_state_a_feedback_can_be_filed(keys in keys()) {
        let service = shipped();
        let channel = channel("mtn-cg");
        let scene = scene(&service, &channel);
        let state = keys.iter().fold(State::start(&scene), |s, k| s.step(&scene, k));
        if !state.ended(&scene) {
            let end = ["00", "1", "1", "1", "1", "mots", "1"].iter().fold(state, |s, k| {
                if s.ended(&scene) { s } else { s.step(&scene, k) }
            });
            prop_assert!(end.ended(&scene));
            prop_assert_eq!(end.effect, Some(Effect::File));
        }
    }
}

/// The shipped menu of a channel, at its place screen, with an institution that covers the country.
fn at_places(scene: &Scene<'_>) -> State {
    ["1", "2", "1"]
        .iter()
        .fold(State::start(scene), |s, k| s.step(scene, k))
}

#[test]
fn a_place_s_own_name_finds_it() {
    let service = shipped();
    for id in ["mtn-bj", "at-rw", "mtn-cg"] {
        let channel = channel(id);
        let scene = scene(&service, &channel);
        let asked = at_places(&scene);
        let root = service.places.find(&channel.country).expect("a country");
        for place in (0..service.places.len()).filter(|p| *p != root) {
            if !service.places.within(place, root) {
                continue;
            }
            let name = &service.places.get(place).expect("a place").name;
            for typed in [name.clone(), name.to_uppercase(), key(name)] {
                let next = asked.step(&scene, &typed);
                let found = next.here.found.as_deref().unwrap_or_default();
                // A place on the way is opened, and one with a single child walked through.
                let taken = [next.here.said.place, next.here.inside];
                let taken = taken.into_iter().flatten().next();
                let here = taken.is_some_and(|t| service.places.within(t, place));
                assert!(found.contains(&place) || here, "{typed}: {next:?}");
                assert_eq!(next.notice, None, "{typed}");
                let back = next.step(&scene, "0");
                assert_eq!(back.here, asked.here, "{typed}");
            }
        }
    }
}

#[test]
fn a_name_that_several_share_is_listed_with_its_parent() {
    let service = shipped();
    let channel = channel("at-rw");
    let scene = scene(&service, &channel);
    let listed = at_places(&scene).step(&scene, "Ngoma");
    let screen = render::screen(&scene, &listed, &Filed::default());
    let labels: Vec<&str> = screen
        .options
        .iter()
        .map(|(_, label)| label.as_str())
        .collect();
    assert_eq!(
        &labels[..4],
        [
            "Ngoma (Nyaruguru)",
            "Ngoma (Huye)",
            "Ngoma (Rulindo)",
            "Ngoma (Iburasirazuba)"
        ]
    );
    // A sector lies deeper than the menu walks: its name reaches it all the same.
    let chosen = listed.step(&scene, "2");
    let place = chosen.here.said.place.and_then(|p| service.places.get(p));
    assert_eq!(place.map(|p| p.code.as_str()), Some("RW2409"));
}

#[test]
fn digits_on_a_place_screen_are_keys_and_nothing_else() {
    let service = shipped();
    let channel = channel("mtn-bj");
    let scene = scene(&service, &channel);
    let asked = at_places(&scene);
    for typed in ["99", "7344", "-1", "?"] {
        let next = asked.step(&scene, typed);
        assert_eq!(
            (next.here, next.past.len()),
            (asked.here.clone(), asked.past.len())
        );
        assert!(next.notice.is_some(), "{typed}");
    }
}

proptest! {
    #[test]
    fn any_text_on_a_place_screen_gives_a_screen(
        typed in proptest::collection::vec(prop_oneof!["[a-z]{1,3}", ".{0,40}", "[A-Zé -]{1,12}", "[1-9]", Just("98".to_owned()), Just("0".to_owned())], 1..8),
    ) {
        let service = shipped();
        for channel in channels() {
            let scene = scene(&service, &channel);
            let mut state = at_places(&scene);
            for typed in &typed {
                state = state.step(&scene, typed);
                let screen = render::screen(&scene, &state, &Filed::default());
                let septets = gsm7::count(&screen.text);
                prop_assert!(septets.is_some_and(|s| s <= channel.budget), "{}", screen.text);
            }
        }
    }
}

#[test]
fn words_that_begin_with_a_navigation_key_are_words() {
    let service = shipped();
    let channel = channel("mtn-bj");
    let scene = scene(&service, &channel);
    let at_words = ["1", "2", "1", "8"]
        .iter()
        .fold(State::start(&scene), |s, k| s.step(&scene, k));
    for words in ["00 personne au guichet", "98", "0 medecin", "1", "*", "#"] {
        let said = at_words.step(&scene, words).here.said.words;
        assert_eq!(said.as_deref(), Some(words));
    }
    assert_eq!(at_words.step(&scene, "0").here.said.words, None);
    assert_eq!(at_words.step(&scene, " ").here.said.words, None);
}
