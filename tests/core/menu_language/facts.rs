//! What screens show that only the records know, and whatever is in it.

use std::sync::{Arc, OnceLock};

use passerelle::domain::code;
use passerelle::domain::feedback::Reply;
use passerelle::domain::ladder::{Stage, Standing};
use passerelle::domain::menu::Scene;
use passerelle::domain::menu::facts::{Bulletin, Facts, Need};
use passerelle::domain::menu::model::Value;
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::redact::Words;
use passerelle::domain::service::Service;
use passerelle::domain::text::{Folding, gsm7};
use proptest::prelude::*;

use super::{THURSDAY_NOON, play, scene, service, shown};

const ASKING: &str = r#"
start = "stars"
home = "lists"
[keys]
back = "7"
home = "77"
more = "79"
[variables]
stars = "0..10"
note = "text"
[screens.stars]
asks = "rating"
text = "t-stars"
into = "stars"
next = "note"
[screens.note]
asks = "text"
text = "t-note"
into = "note"
answers = ["7"]
next = "lists"
[screens.lists]
asks = "choice"
text = "t-lists"
options = [
  { label = "t-own", next = "own" },
  { label = "t-news", next = "news" },
  { label = "t-code", next = "code" },
  { label = "t-end", next = "end" },
]
[screens.own]
asks = "list"
of = "own"
text = "t-own"
next = "stands"
[screens.news]
asks = "list"
of = "bulletins"
text = "t-news"
next = "piece"
[screens.piece]
asks = "message"
text = "t-piece"
next = "lists"
[screens.code]
asks = "code"
text = "t-code"
next = "stands"
[screens.stands]
asks = "message"
text = "t-stands"
next = "lists"
[screens.end]
asks = "nothing"
text = "t-end"
"#;

const ASKING_TEXTS: &str = "t-stars = Stars, 0 to 10?\nt-note = Note?\nt-lists = What?\n\
    t-own = Mine\nt-news = News\nt-code = Code?\nt-end = End.\nt-piece = { $bulletin }\n\
    t-stands = { $code } { $standing } { $reply }\n";

fn standing(code: &str, reply: &str) -> Standing {
    Standing {
        feedback: "fb_1".into(),
        code: code.into(),
        country: "BJ".into(),
        institution: "bj-sante".into(),
        language: "fr".into(),
        experience: None,
        stage: Stage::Answered,
        since: THURSDAY_NOON,
        received_at: THURSDAY_NOON,
        due: None,
        overdue: false,
        asks_verdict: false,
        waits: false,
        replies: vec![Reply {
            id: "rp_1".into(),
            feedback: "fb_1".into(),
            text: Words::new(reply),
            created_at: THURSDAY_NOON,
        }],
    }
}

#[test]
fn real_answers_win_over_navigation_and_navigation_is_the_menu_s() {
    let service = asking();
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let scene = scene(&service, &channel);
    let rated = |keys: &[&str]| play(&scene, keys).here.said.value(0).cloned();
    assert_eq!(rated(&["0"]), Some(Value::Number(0)));
    assert_eq!(rated(&["7"]), Some(Value::Number(7)));
    assert_eq!(rated(&["10"]), Some(Value::Number(10)));
    for wrong in ["11", "-1", "00", "3.5", "x", ""] {
        assert_eq!(rated(&[wrong]), None, "{wrong}");
    }
    // `7` is words here, for the screen says so; `77` still leads home.
    let note = play(&scene, &["0", "7"]).here.said.value(1).cloned();
    assert_eq!(note, Some(Value::Text("7".into())));
    assert_eq!(play(&scene, &["0", "77"]).here.said.value(0), None);
    assert!(shown(&scene, &["0", "x"]).ends_with("7 Retour"));
}

#[test]
fn lists_and_codes_wait_for_what_the_records_know() {
    let service = asking();
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let bare = scene(&service, &channel);
    let code = code::make([3; 8]);
    let typed = code.to_lowercase().replace('-', " ");
    let needs = |keys: &[&str]| play(&bare, keys).needs(&bare);
    assert_eq!(
        needs(&["77", "3", &typed]),
        Some(Need::Standing(code.clone()))
    );
    assert_eq!(needs(&["77", "1"]), Some(Need::Own));
    assert_eq!(needs(&["77", "2"]), Some(Need::Bulletins));
    let wrong = shown(&bare, &["77", "3", "K7M"]);
    assert!(wrong.starts_with("Code inconnu"), "{wrong}");
}

#[test]
fn what_others_wrote_is_read_page_by_page_and_whole() {
    let service = asking();
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let code = code::make([3; 8]);
    let long = "Le guichet ouvre à 8h. ".repeat(40);
    let facts = Facts {
        standings: vec![(code.clone(), Some(standing(&code, &long)))],
        own: None,
        bulletins: Some(vec![Bulletin {
            title: "Eau".into(),
            body: long.clone(),
        }]),
    };
    let full = Scene {
        facts: &facts,
        ..scene(&service, &channel)
    };
    let by_code = ["77", "3", &code];
    for (keys, begins) in [
        (&by_code[..], code.as_str()),
        (&["77", "2", "1"], "Le guichet"),
    ] {
        let mut state = play(&full, keys);
        assert_eq!(state.needs(&full), None);
        let mut read = String::new();
        for page in 0..20 {
            let screen = render::screen(&full, &state, &Filed::default());
            let septets = gsm7::count(&screen.text);
            assert!(septets.is_some_and(|s| s <= 150), "{}", screen.text);
            assert!(
                page > 0 || screen.text.starts_with(begins),
                "{}",
                screen.text
            );
            read.push_str(&screen.heading);
            read.push(' ');
            if !screen.options.iter().any(|(key, _)| key == "79") {
                break;
            }
            state = state.step(&full, "79");
        }
        assert_eq!(read.matches("Le guichet ouvre à 8h.").count(), 40, "{read}");
    }
}

#[test]
fn what_is_not_there_is_said() {
    let service = asking();
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let code = code::make([3; 8]);
    let facts = Facts {
        standings: vec![(code.clone(), None)],
        own: Some(vec![standing("AAA-AAA-A", "Bien noté.")]),
        bulletins: Some(Vec::new()),
    };
    let scene = Scene {
        facts: &facts,
        ..scene(&service, &channel)
    };
    let own = shown(&scene, &["77", "1", "1"]);
    assert!(own.starts_with("AAA-AAA-A Minist"), "{own}");
    assert!(own.contains("Bien noté."), "{own}");
    let news = shown(&scene, &["77", "2"]);
    assert!(news.starts_with("News Rien pour le moment."), "{news}");
    let unknown = shown(&scene, &["77", "3", &code]);
    assert!(unknown.contains("Code inconnu"), "{unknown}");
}

proptest! {
    // Each lays out screens of ten thousand characters.
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn hostile_content_of_any_length_fits(
        text in prop_oneof![
            "[a-z ]{0,400}", "[€\\[\\]{}^~|\\\\]{0,300}", ".{0,300}", "(😀|ẹ\u{301}|ɖ|\u{301}){0,200}",
            Just("x".repeat(10_000)), Just("é € ".repeat(2_000)),
        ],
        budget in 60usize..=182,
        ascii in any::<bool>(),
        pages in 0usize..6,
    ) {
        let service = asking();
        let mut channel = service.channels["mtn-bj"].as_ref().clone();
        channel.budget = budget;
        channel.folding = if ascii { Folding::Ascii } else { Folding::Gsm7 };
        let facts = Facts {
            standings: Vec::new(),
            own: Some(vec![standing("AAA-AAA-A", &text)]),
            bulletins: Some(vec![Bulletin { title: text.clone(), body: text.clone() }; 12]),
        };
        let scene = Scene { facts: &facts, ..scene(&service, &channel) };
        for keys in [&["77", "1", "1"][..], &["77", "2"], &["77", "2", "1"]] {
            let mut state = play(&scene, keys);
            for _ in 0..=pages {
                let screen = render::screen(&scene, &state, &Filed::default());
                prop_assert!(gsm7::count(&screen.text).is_some_and(|s| s <= budget), "{}", screen.text);
                prop_assert!(!screen.text.trim().is_empty());
                state = state.step(&scene, "79");
            }
        }
    }
}

fn asking() -> Arc<Service> {
    static ONCE: OnceLock<Arc<Service>> = OnceLock::new();
    Arc::clone(ONCE.get_or_init(|| service(ASKING, ASKING_TEXTS)))
}
