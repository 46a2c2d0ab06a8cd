//! Texts and languages.

use passerelle::config::Files;

use super::{Mistake, edited, expect, furnished, judged, said};

const A_TEXT_OF_A_MENU_IS_THERE_IN_EVERY_LANGUAGE_SPOKEN: &[Mistake<'_>] = &[
    (
        &[("locales/rw.ftl", "ask-place = Hehe?\n", "")],
        r#"
error: the text `ask-place` is missing in `locales/rw.ftl`
  --> menus/feedback.toml:36:8
   |
36 | text = "ask-place"
   |        ^^^^^^^^^^^
   |
   = help: add `ask-place = …` there
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"text = "ask-place""#,
            r#"text = "ask-plce""#,
        )],
        r#"
error: the text `ask-plce` is missing in `locales/en.ftl`, `locales/fr.ftl`, `locales/rw.ftl`
  --> menus/feedback.toml:36:8
   |
36 | text = "ask-plce"
   |        ^^^^^^^^^^
   |
   = help: add `ask-plce = …` there; or did you mean `ask-place`?
"#,
    ),
];

#[test]
fn a_text_of_a_menu_is_there_in_every_language_spoken() {
    expect(A_TEXT_OF_A_MENU_IS_THERE_IN_EVERY_LANGUAGE_SPOKEN);
}

const THE_GATEWAY_S_OWN_TEXTS_ARE_THERE: &[Mistake<'_>] = &[
    (
        &[("locales/fr.ftl", "apology =", "apologie =")],
        "
error: the text `apology` is missing
 --> locales/fr.ftl:1:1
  |
1 | # Français.
  | ^
  |
  = help: the gateway itself needs it: add `apology = …`

warning: nothing shows the text `apologie`
  --> locales/fr.ftl:10:1
   |
10 | apologie = Service indisponible pour le moment. Rien n'est perdu: recomposez le code dans quelques minutes.
   | ^^^^^^^^
   |
   = help: did you mean `apology`?
",
    ),
];

#[test]
fn the_gateway_s_own_texts_are_there() {
    expect(THE_GATEWAY_S_OWN_TEXTS_ARE_THERE);
}

const WHAT_IS_NOT_FLUENT_STOPS_AT_ITS_TEXT: &[Mistake<'_>] = &[
    (
        &[(
            "locales/fr.ftl",
            "no-words = Écrivez quelques mots.",
            "no-words Écrivez quelques mots.",
        )],
        r#"
error: not Fluent: Expected a token starting with "="
 --> locales/fr.ftl:9:10
  |
9 | no-words Écrivez quelques mots.
  |          ^
  |
  = help: a text is written `its-id = What it says { $code }`
"#,
    ),
    (
        &[("locales/fr.ftl", "{ $code }. Notez", "{ $code. Notez")],
        r#"
error: not Fluent: Expected a token starting with "}"
  --> locales/fr.ftl:22:35
   |
22 | filed = Merci. Votre code: { $code. Notez-le. Votre message est transmis: { $institution }.
   |                                   ^
   |
   = help: a text is written `its-id = What it says { $code }`
"#,
    ),
];

#[test]
fn what_is_not_fluent_stops_at_its_text() {
    expect(WHAT_IS_NOT_FLUENT_STOPS_AT_ITS_TEXT);
}

const TEXTS_ARE_PLAIN_WORDS_AND_KNOWN_VARIABLES: &[Mistake<'_>] = &[
    (
        &[(
            "locales/fr.ftl",
            "Votre code: { $code }. Notez",
            "Votre code: { $cod }. Notez",
        )],
        "
error: there is no variable `$cod`
  --> locales/fr.ftl:22:31
   |
22 | filed = Merci. Votre code: { $cod }. Notez-le. Votre message est transmis: { $institution }.
   |                               ^^^
   |
   = help: did you mean `code`?
",
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            "nav-more = { $code ->\n   [one] Un\n  *[other] Suite\n }",
        )],
        "
error: selectors are not read here
 --> locales/fr.ftl:7:1
  |
7 | nav-more = { $code ->
  | ^^^^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
",
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            "nav-more = { -brand }",
        )],
        "
error: terms are not read here
 --> locales/fr.ftl:7:15
  |
7 | nav-more = { -brand }
  |               ^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
",
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            "-brand = Passerelle\nnav-more = Suite",
        )],
        "
error: terms are not read here
 --> locales/fr.ftl:7:2
  |
7 | -brand = Passerelle
  |  ^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
",
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            r#"nav-more = { UPPER("suite") }"#,
        )],
        r#"
error: functions are not read here
 --> locales/fr.ftl:7:14
  |
7 | nav-more = { UPPER("suite") }
  |              ^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
"#,
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            "nav-more = { nav-back }",
        )],
        "
error: references to other texts are not read here
 --> locales/fr.ftl:7:14
  |
7 | nav-more = { nav-back }
  |              ^^^^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
",
    ),
    (
        &[(
            "locales/fr.ftl",
            "nav-more = Suite",
            "nav-more = Suite\n    .title = Suite",
        )],
        "
error: attributes are not read here
 --> locales/fr.ftl:8:6
  |
8 |     .title = Suite
  |      ^^^^^
  |
  = help: a text is plain words and variables, like `{ $code }`
",
    ),
];

#[test]
fn texts_are_plain_words_and_known_variables() {
    expect(TEXTS_ARE_PLAIN_WORDS_AND_KNOWN_VARIABLES);
}

const A_TEXT_STANDS_ONCE_AND_IS_SHOWN: &[Mistake<'_>] = &[(
    &[(
        "locales/fr.ftl",
        "nav-more = Suite",
        "nav-more = Suite\nnav-more = Encore\nnav-mroe = Encore",
    )],
    "
error: the text `nav-more` stands twice
 --> locales/fr.ftl:8:1
  |
8 | nav-more = Encore
  | ^^^^^^^^
  |
  = help: take one of the two out

warning: nothing shows the text `nav-mroe`
 --> locales/fr.ftl:9:1
  |
9 | nav-mroe = Encore
  | ^^^^^^^^
  |
  = help: did you mean `nav-more`?
",
)];

#[test]
fn a_text_stands_once_and_is_shown() {
    expect(A_TEXT_STANDS_ONCE_AND_IS_SHOWN);
}

#[test]
fn a_language_that_is_only_begun_cannot_be_offered() {
    let offered = ("countries/cg.toml", "\"en\"]", "\"en\", \"mkw\"]");
    let said = said(&edited(&[offered]), &furnished());
    let (first, others) = said.split_once("\n\n").expect("several problems");
    assert!(
        first.starts_with("error: ") && first.contains(" texts are missing: `nav-home`, `"),
        "{first}"
    );
    assert!(first.contains("take the language out"), "{first}");
    assert!(others.contains("missing in `locales/mkw.ftl`"), "{others}");
}

#[test]
fn a_language_that_is_begun_is_no_mistake_and_one_that_is_whole_is_told() {
    let notes = |files: &Files| {
        let config = judged(files, &furnished()).unwrap_or_else(|r| panic!("{r}"));
        config.remarks.text(false)
    };
    let begun = notes(&Files::embedded());
    assert!(begun.contains("note: `ln` is begun: "), "{begun}");
    let mut files = Files::embedded();
    let whole = files.get("locales/fr.ftl").unwrap_or_default().to_vec();
    files.insert("locales/ln.ftl", String::from_utf8(whole).expect("UTF-8"));
    let whole = notes(&files);
    assert!(whole.contains("it is whole: name `ln` in"), "{whole}");
}
