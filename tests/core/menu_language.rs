//! The menu language: what a file can say, played.

use std::sync::{Arc, OnceLock};

use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::channel::Channel;
use passerelle::domain::code;
use passerelle::domain::feedback::Reply;
use passerelle::domain::ladder::{Stage, Standing};
use passerelle::domain::menu::Scene;
use passerelle::domain::menu::facts::{Bulletin, Facts, Need};
use passerelle::domain::menu::model::Value;
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::menu::step::State;
use passerelle::domain::redact::Words;
use passerelle::domain::service::Service;
use passerelle::domain::text::{Folding, gsm7};
use proptest::prelude::*;

/// The shipped service with another menu of the same name, and texts added in every language.
fn service(menu: &str, texts: &str) -> Arc<Service> {
    let mut files = Files::embedded();
    files.insert("menus/feedback.toml", menu);
    let locales: Vec<String> = files
        .paths()
        .filter(|p| p.starts_with("locales/"))
        .map(str::to_owned)
        .collect();
    for path in locales {
        let whole = files.get(&path).expect("a locale").to_vec();
        files.insert(&path, [whole.as_slice(), b"\n", texts.as_bytes()].concat());
    }
    let nothing = Environment::of([] as [(&str, &str); 0]);
    config::load(&files, &nothing, &Rules::CHECK)
        .unwrap_or_else(|report| panic!("{}", report.text(false)))
        .service
}

fn scene<'a>(service: &'a Service, channel: &'a Channel) -> Scene<'a> {
    super::support::scene(service, channel)
}

fn play(scene: &Scene<'_>, keys: &[&str]) -> State {
    keys.iter()
        .fold(State::start(scene), |state, key| state.step(scene, key))
}

const SETTING: &str = r#"
start = "ask"
[variables]
urgent = "yes/no"
stars = "1..5"
topic = ["water", "road"]
note = "text"
[screens.ask]
asks = "choice"
text = "t-ask"
options = [
  { label = "experience-good", set = { urgent = "yes", stars = 4, topic = "road", note = "n", consent = "yes", sensitive = true, subject = "corruption" }, next = "end" },
  { label = "experience-bad", set = { consent = "no" }, next = "end" },
]
[screens.end]
asks = "nothing"
text = "t-end"
"#;

#[test]
fn an_option_says_whatever_the_menu_declares() {
    let service = service(SETTING, "t-ask = Ask?\nt-end = End.\n");
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let scene = scene(&service, &channel);
    let said = play(&scene, &["1"]).here.said;
    let shown: Vec<String> = (0..4)
        .map(|i| {
            scene.menu.variables[i]
                .kind
                .shown(said.value(i).expect("set"))
        })
        .collect();
    assert_eq!(shown, ["yes", "4", "road", "n"]);
    assert_eq!(said.value(1), Some(&Value::Number(4)));
    assert!(said.sensitive && said.consent.is_some_and(|c| c.given));
    assert_eq!(said.subject.as_deref(), Some("corruption"));
    let consent = said.consent.expect("asked");
    assert_eq!(service.texts.name(consent.text), "t-ask");
    let other = play(&scene, &["2"]).here.said;
    assert_eq!(other.consent.map(|c| c.given), Some(false));
    assert_eq!(other.value(0), None);
    // Back forgets what the way said.
    let back = play(&scene, &["2", "0"]);
    assert!(back.ended(&scene), "an end stays");
}

#[test]
fn the_version_of_a_text_changes_with_its_words() {
    let version = |texts: &str| {
        let service = service(SETTING, texts);
        let key = service.texts.find("t-ask").expect("there");
        service.texts.version(0, key)
    };
    let one = version("t-ask = Ask?\nt-end = End.\n");
    assert_eq!(one, version("t-ask = Ask?\nt-end = Else.\n"));
    assert_ne!(one, version("t-ask = Ask!\nt-end = End.\n"));
}

/// What is said of a menu, of which this line is wrong.
fn told(line: &str) -> String {
    let mut files = Files::embedded();
    let good = "set = { consent = \"no\" }";
    assert!(SETTING.contains(good));
    files.insert("menus/feedback.toml", SETTING.replacen(good, line, 1));
    let nothing = Environment::of([] as [(&str, &str); 0]);
    match config::load(&files, &nothing, &Rules::CHECK) {
        Ok(_) => String::new(),
        Err(report) => report.text(false),
    }
}

#[test]
fn what_cannot_be_said_is_told() {
    for (line, expected) in [
        ("set = { urgnt = \"yes\" }", "there is no variable `urgnt`"),
        ("set = { urgent = \"maybe\" }", "there is no answer `maybe`"),
        ("set = { stars = 6 }", "`stars` cannot hold 6"),
        ("set = { topic = \"sea\" }", "there is no topic `sea`"),
        ("set = { sensitive = \"yes\" }", "`true` or `false`"),
    ] {
        let told = told(line);
        assert!(told.contains(expected), "{line}: {told}");
        assert!(told.contains("menus/feedback.toml:13"), "{told}");
    }
}

/// The screen after these keys, from the first minute of a session that began at `began`.
fn shown(scene: &Scene<'_>, keys: &[&str]) -> String {
    render::screen(scene, &play(scene, keys), &Filed::default()).text
}

const FORKS: &str = r#"
start = "where"
[variables]
urgent = "yes/no"
[screens.where]
asks = "branch"
next = "else"
cases = [
  { country = "RW", next = "rwanda" },
  { operator = ["mtn", "moov"], days = ["sat", "sun"], next = "weekend" },
  { working_day = true, hours = "22:00-06:00", next = "night" },
]
[screens.else]
asks = "call"
call = "is-urgent"
next = "after"
[screens.is-urgent]
asks = "confirm"
text = "t-urgent"
yes = { label = "t-yes", set = { urgent = "yes" }, next = "done" }
no = { label = "t-no", next = "done" }
[screens.done]
asks = "return"
[screens.after]
asks = "branch"
next = "calm"
cases = [{ urgent = "yes", next = "hurry" }]
[screens.hurry]
asks = "message"
text = "t-hurry"
next = "calm"
[screens.calm]
asks = "nothing"
text = "t-calm"
[screens.rwanda]
asks = "nothing"
text = "t-rwanda"
[screens.weekend]
asks = "nothing"
text = "t-weekend"
[screens.night]
asks = "nothing"
text = "t-night"
"#;

const FORK_TEXTS: &str = "t-urgent = Urgent?\nt-yes = Yes\nt-no = No\nt-hurry = Hurry.\n\
    t-calm = Calm.\nt-rwanda = Rwanda.\nt-weekend = Weekend.\nt-night = Night.\n";

/// Thursday 26 November 2026, 12:00 UTC; 13:00 in Benin.
const THURSDAY_NOON: i64 = 1_795_694_400_000;
const HOUR: i64 = 3_600_000;

#[test]
fn branches_look_at_country_operator_and_the_country_s_clock() {
    let service = service(FORKS, FORK_TEXTS);
    let at = |id: &str, began: i64| {
        let channel = Arc::clone(&service.channels[id]);
        let scene = Scene {
            began,
            ..scene(&service, &channel)
        };
        shown(&scene, &[])
    };
    assert_eq!(at("at-rw", THURSDAY_NOON), "Rwanda.");
    assert!(at("mtn-bj", THURSDAY_NOON).starts_with("Urgent?"));
    assert_eq!(at("mtn-bj", THURSDAY_NOON + 48 * HOUR), "Weekend.");
    // 22:00 in Benin is 21:00 in UTC; at 06:00 the night is over.
    assert!(at("mtn-bj", THURSDAY_NOON + 9 * HOUR - 1).starts_with("Urgent?"));
    assert_eq!(at("mtn-bj", THURSDAY_NOON + 9 * HOUR), "Night.");
    assert_eq!(at("mtn-bj", THURSDAY_NOON - 7 * HOUR - 1), "Night.");
    assert!(at("mtn-bj", THURSDAY_NOON - 7 * HOUR).starts_with("Urgent?"));
}

#[test]
fn called_screens_return_with_a_result() {
    let service = service(FORKS, FORK_TEXTS);
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let scene = scene(&service, &channel);
    let scene = Scene {
        began: THURSDAY_NOON,
        ..scene
    };
    assert!(shown(&scene, &["1"]).starts_with("Hurry.\n1 "));
    assert_eq!(shown(&scene, &["2"]), "Calm.");
    // A message leads on with any key, and back leads back.
    assert_eq!(shown(&scene, &["1", "7"]), "Calm.");
    assert!(shown(&scene, &["1", "0"]).starts_with("Urgent?"));
}

#[test]
fn forks_in_a_circle_are_refused() {
    let mut files = Files::embedded();
    let circle = FORKS
        .replacen("next = \"else\"", "next = \"after\"", 1)
        .replacen("next = \"calm\"", "next = \"where\"", 1);
    files.insert("menus/feedback.toml", circle);
    let nothing = Environment::of([] as [(&str, &str); 0]);
    let told = config::load(&files, &nothing, &Rules::CHECK).expect_err("a circle");
    let told = told.text(false);
    assert!(
        told.contains("nothing is shown between `where`, `after`"),
        "{told}"
    );
}

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
    let service = service(ASKING, ASKING_TEXTS);
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
    let service = service(ASKING, ASKING_TEXTS);
    let channel = Arc::clone(&service.channels["mtn-bj"]);
    let bare = scene(&service, &channel);
    let code = code::make([3; 8]);
    let typed = code.to_lowercase().replace('-', " ");
    let by_code = ["77", "3", &typed];
    assert_eq!(
        play(&bare, &by_code).needs(&bare),
        Some(Need::Standing(code.clone()))
    );
    assert_eq!(play(&bare, &["77", "1"]).needs(&bare), Some(Need::Own));
    assert_eq!(
        play(&bare, &["77", "2"]).needs(&bare),
        Some(Need::Bulletins)
    );
    let wrong = shown(&bare, &["77", "3", "K7M"]);
    assert!(wrong.starts_with("Code inconnu"), "{wrong}");

    let long = "Le guichet ouvre à 8h. ".repeat(40);
    let facts = Facts {
        standings: vec![(code.clone(), Some(standing(&code, &long)))],
        own: Some(vec![standing("AAA-AAA-A", "Bien reçu.")]),
        bulletins: Some(vec![Bulletin {
            title: "Eau coupée".into(),
            body: long.clone(),
        }]),
    };
    let full = Scene {
        facts: &facts,
        ..bare
    };
    for (keys, begins) in [
        (&by_code[..], code.as_str()),
        (&["77", "2", "1"], "Le guichet"),
    ] {
        let mut state = play(&full, keys);
        assert_eq!(state.needs(&full), None);
        let mut read = String::new();
        for page in 0.. {
            let screen = render::screen(&full, &state, &Filed::default());
            assert!(
                gsm7::count(&screen.text).is_some_and(|s| s <= 150),
                "{}",
                screen.text
            );
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
    let own = shown(&full, &["77", "1", "1"]);
    assert!(own.starts_with("AAA-AAA-A Minist"), "{own}");
    assert!(
        own.contains("Bien reçu.") || own.contains("Bien recu."),
        "{own}"
    );
    let none = Facts {
        own: Some(Vec::new()),
        ..Facts::default()
    };
    let none = Scene {
        facts: &none,
        ..bare
    };
    assert!(shown(&none, &["77", "1"]).starts_with("Mine Rien pour le moment."));
    let unknown = Facts {
        standings: vec![(code.clone(), None)],
        ..Facts::default()
    };
    let unknown = Scene {
        facts: &unknown,
        ..bare
    };
    assert!(shown(&unknown, &by_code).contains("Code inconnu"));
}

proptest! {
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
