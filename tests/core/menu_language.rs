//! The menu language: what a file can say, played.

use std::sync::Arc;

use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::channel::Channel;
use passerelle::domain::menu::Scene;
use passerelle::domain::menu::model::Value;
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
