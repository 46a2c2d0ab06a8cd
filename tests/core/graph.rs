//! The menus drawn: Mermaid as a fixture, and pictures that any reader of XML takes.

use std::fmt::Write as _;
use std::path::Path;

use passerelle::commands::menu::{Format, drawn};
use passerelle::config::{Environment, Files, Rules, load};
use passerelle::domain::service::Service;
use quick_xml::events::Event;

use super::support::shipped;

/// The texts of a picture; it is well-formed XML or the test fails.
fn texts(svg: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let mut texts = vec![String::new()];
    let mut open = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(_) => {
                open += 1;
                texts.push(String::new());
            }
            Event::End(_) => open -= 1,
            Event::Text(text) => texts
                .last_mut()
                .expect("one")
                .push_str(&text.xml10_content()),
            Event::GeneralRef(_) => texts.last_mut().expect("one").push('&'),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "every element is closed");
    texts.iter().map(|text| text.trim().to_owned()).collect()
}

fn checked(path: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, drawn).expect("written");
    }
    let kept = std::fs::read_to_string(&path).expect("a fixture");
    assert_eq!(drawn, kept, "{}", path.display());
}

#[test]
fn the_shipped_menu_as_mermaid() {
    let mermaid = drawn(&shipped(), None, Format::Mermaid).expect("is drawn");
    checked("tests/fixtures/menus/feedback.mermaid", &mermaid);
}

#[test]
fn the_picture_in_the_docs_is_the_shipped_menu() {
    let svg = drawn(&shipped(), None, Format::Svg).expect("is drawn");
    checked("docs/images/menu-feedback.svg", &svg);
    let texts = texts(&svg);
    for node in &shipped().menus["feedback"].nodes {
        assert!(texts.contains(&node.id), "{} is not there", node.id);
    }
    assert!(texts.contains(&"2 Corriger".to_owned()));
}

fn service(menu: &str) -> Service {
    let mut files = Files::embedded();
    files.insert("menus/feedback.toml", menu);
    let environment = Environment::of([] as [(&str, &str); 0]);
    let config = load(&files, &environment, &Rules::CHECK).unwrap_or_else(|r| panic!("{r}"));
    std::sync::Arc::into_inner(config.service).expect("nobody else has it")
}

#[test]
fn a_menu_with_branches_leaps_and_rings_is_drawn() {
    let mut menu = String::from("start = \"end\"\n");
    for (id, options) in [
        ("end", &["left", "right", "last", "end"][..]),
        ("left", &["last", "deep", "left"]),
        ("right", &["end", "deep", "left", "last"]),
        ("deep", &["end", "last", "right"]),
    ] {
        let options: Vec<String> = options
            .iter()
            .map(|next| format!("{{ label = \"confirm-send\", next = \"{next}\" }}"))
            .collect();
        let _ = writeln!(
            menu,
            "[screens.{id}]\nasks = \"choice\"\ntext = \"ask-experience\"\noptions = [{}]",
            options.join(", ")
        );
    }
    menu.push_str("[screens.last]\nasks = \"nothing\"\ntext = \"apology\"\n");
    let service = service(&menu);
    let texts = texts(&drawn(&service, Some("feedback"), Format::Svg).expect("is drawn"));
    for id in ["end", "left", "right", "deep", "last"] {
        assert!(texts.contains(&id.to_owned()), "{id} is not there");
    }
}

#[test]
fn a_menu_that_is_not_there_is_told() {
    let said = drawn(&shipped(), Some("fedback"), Format::Svg).expect_err("is not there");
    assert_eq!(
        said.to_string(),
        "there is no menu `fedback`; one of: feedback"
    );
}
