//! Messages as people write them, to the shipped service: what is understood of each.

use std::sync::{Arc, LazyLock};

use passerelle::config::{Environment, Files, Rules, load};
use passerelle::domain::feedback::Experience;
use passerelle::domain::hearing::codes::{self, Asked};
use passerelle::domain::hearing::{self, Heard};
use passerelle::domain::service::Service;
use proptest::prelude::*;

pub static SERVICE: LazyLock<Arc<Service>> = LazyLock::new(|| {
    let environment = Environment::of([] as [(&str, &str); 0]);
    let config = load(&Files::embedded(), &environment, &Rules::CHECK);
    config
        .unwrap_or_else(|r| panic!("{}", r.text(false)))
        .service
});

pub fn heard(country: &str, text: &str) -> Heard {
    hearing::hear(&SERVICE, country, text)
}

/// Institution, place, `+` or `-`, language, as one line.
fn told(country: &str, text: &str) -> String {
    let heard = heard(country, text);
    let institution = heard
        .institution
        .map(|i| SERVICE.institutions[i].id.as_str());
    let place = heard.place.and_then(|p| SERVICE.places.get(p));
    let sign = match heard.experience {
        Some(Experience::Good) => "+",
        Some(Experience::Bad) => "-",
        None => "?",
    };
    format!(
        "{} {} {sign} {}",
        institution.unwrap_or("none"),
        place.map_or("nowhere", |p| p.name.as_str()),
        heard.language.as_deref().unwrap_or("any"),
    )
}

#[test]
fn messages_are_understood_as_they_are_meant() {
    for (country, text, want) in [
        (
            "BJ",
            "SANTE Cotonou 5h d'attente à la maternité",
            "bj-sante Cotonou ? fr",
        ),
        ("BJ", "santé cotonou", "bj-sante Cotonou ? any"),
        ("BJ", "SNATE Cotonou", "bj-sante Cotonou ? any"),
        ("BJ", "snte, porto novo: rien", "bj-sante Porto-Novo ? fr"),
        (
            "BJ",
            "L'hôpital de Parakou est très bien",
            "bj-sante Parakou + fr",
        ),
        (
            "BJ",
            "Hopital Cotonu c'est pas bien",
            "bj-sante Cotonou - fr",
        ),
        (
            "BJ",
            "sante Cotonou n'était vraiment pas bon",
            "bj-sante Cotonou - fr",
        ),
        ("BJ", "sante Cotonou pas mal", "bj-sante Cotonou ? fr"),
        ("BJ", "sante Cotonou bien", "bj-sante Cotonou ? fr"),
        ("BJ", "C'est une femme puissante", "none nowhere ? fr"),
        ("BJ", "Marie est morte hier", "none nowhere ? fr"),
        ("BJ", "Bonjour", "none nowhere ? fr"),
        (
            "BJ",
            "PLAINTE police Calavi racket",
            "bj-police nowhere - fr",
        ),
        (
            "RW",
            "minisante Gasabo not good",
            "rw-minisante Gasabo - en",
        ),
        (
            "RW",
            "minisante Gasabo very good doctors",
            "rw-minisante Gasabo + en",
        ),
        (
            "RW",
            "ubuzima Gasabo ntabwo ari byiza",
            "rw-minisante Gasabo - rw",
        ),
        (
            "RW",
            "ubuzima Gasabo ni byiza cyane",
            "rw-minisante Gasabo + rw",
        ),
        ("RW", "minisante no problem", "rw-minisante nowhere ? en"),
    ] {
        assert_eq!(told(country, text), want, "{text}");
    }
}

#[test]
fn a_name_that_places_share_needs_its_parent() {
    let alone = heard("RW", "minisante Busasamana bad");
    assert_eq!(alone.place, None);
    assert!(alone.places.len() > 1, "{alone:?}");
    let with = heard("RW", "minisante Busasamana Rubavu bad");
    let place = with
        .place
        .and_then(|p| SERVICE.places.get(p))
        .expect("a place");
    let parent = place
        .parent
        .and_then(|p| SERVICE.places.get(p))
        .expect("one");
    assert_eq!(
        (place.name.as_str(), parent.name.as_str()),
        ("Busasamana", "Rubavu")
    );
}

#[test]
fn only_a_keyword_at_the_start_opens_something_new() {
    for (text, opens) in [
        ("sante Cotonou", true),
        ("PLAINTE: sante Cotonou", true),
        ("Toujours rien a l'hopital", false),
        ("Il pleut", false),
    ] {
        assert_eq!(heard("BJ", text).opens, opens, "{text}");
    }
}

#[test]
fn codes_are_found_however_they_are_typed() {
    let code = "FVD-ZTK-K";
    let ask = |text: &str| codes::asked(&SERVICE.lexicon, text);
    let standing = Some(Asked::Standing(code.to_owned()));
    for text in [
        "SUIVI FVD-ZTK-K",
        "suivi fvd ztk k",
        "Status: fvdztkk",
        "kurikirana FVD ZTK K.",
        "fvd-ztk-k",
    ] {
        // Seven letters without dashes may be a word as well.
        let bare = Some(Asked::Bare(code.to_owned()));
        let dashes = text.contains('-');
        assert_eq!(
            ask(text),
            if dashes { standing.clone() } else { bare },
            "{text}"
        );
    }
    assert_eq!(
        ask("FVD-ZTK-K toujours rien"),
        Some(Asked::About(code.to_owned()))
    );
    assert_eq!(ask("suivi FVD-ZTK-M"), Some(Asked::Wrong));
    assert_eq!(ask("SUIVI"), Some(Asked::Without));
    for text in [
        "rendez-vous a 9 h",
        "il y a 1234567 francs",
        "Code de la route",
        "bonjour",
    ] {
        assert_eq!(ask(text), None, "{text}");
    }
    // Ordinary messages that could be codes if letters were mended: they are words unless somebody
    // has such a code.
    for n in 0..100 {
        let text = format!("SANTE S{n}");
        assert!(matches!(ask(&text), None | Some(Asked::Bare(_))), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_heard(text in any::<String>()) {
        let _ = heard("BJ", &text);
        let _ = codes::asked(&SERVICE.lexicon, &text);
    }
}
