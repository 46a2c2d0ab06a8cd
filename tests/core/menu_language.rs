//! The menu language: what a file can say, played.

mod facts;

use std::sync::Arc;

use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::channel::Channel;
use passerelle::domain::menu::Scene;
use passerelle::domain::menu::model::Value;
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::menu::step::State;
use passerelle::domain::service::Service;

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

#[test]
fn a_yes_that_names_nobody_is_told() {
    let mut files = Files::embedded();
    let text = files.get("locales/fr.ftl").expect("a file").to_vec();
    let text = String::from_utf8(text).expect("UTF-8");
    let asks = text.lines().find(|line| line.starts_with("ask-confirm ="));
    let asks = asks.expect("the question");
    let vague = text.replace(asks, &asks.replace("{ $institution }", "..."));
    assert_ne!(vague, text);
    files.insert("locales/fr.ftl", vague);
    let nothing = Environment::of([] as [(&str, &str); 0]);
    let config = config::load(&files, &nothing, &Rules::CHECK);
    let told = config.map(|config| config.remarks.text(false));
    let told = told.unwrap_or_else(|report| report.text(false));
    let wanted = "`ask-confirm` asks for the number and names no institution";
    assert!(told.contains(wanted), "{told}");
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
        told.contains("nothing is shown between `where`, "),
        "{told}"
    );
}
