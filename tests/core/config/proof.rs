//! What the prover finds: mistakes that every file on its own is innocent of.

use std::fmt::Write as _;

use passerelle::config::Files;

use super::{Mistake, expect, furnished, judged};

const A_TEXT_TOO_LONG_FOR_ONE_CHANNEL_S_BUDGET: &[Mistake<'_>] = &[(
    &[(
        "channels/mtn-bj.toml",
        r#"ussd = ["*7344#"]"#,
        "ussd = [\"*7344#\"]\nbudget = 60",
    )],
    r#"
warning: `Service not available right now. Nothing…` does not fit and ends in `...` on `mtn-bj`
  --> locales/en.ftl:10:1
   |
10 | apology = Service not available right now. Nothing is lost: please dial again in a few minutes.
   | ^^^^^^^
   |
   = help: shorten it

warning: `ask-confirm` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:19:1
   |
19 | ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
   | ^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `filed` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:22:1
   |
22 | filed = Thank you. Your code: { $code }. Keep it. Your message is on its way: { $institution }.
   | ^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:57:1
   |
57 | ask-sensitive = Your number will not be kept: note the code well. You report:
   | ^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-confirm-sensitive` is spread over 3 pages on `mtn-bj`
  --> locales/en.ftl:60:1
   |
60 | ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Your number will not be kept.
   | ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `filed-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:61:1
   |
61 | filed-sensitive = Thank you. Your code: { $code }. Note it: it alone leads to the answer. Your number is not kept.
   | ^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `info-seen` is spread over 4 pages on `mtn-bj`
  --> locales/en.ftl:67:1
   |
67 | info-seen = The office reads your words, the place and your code. It sees your number if you say so, and never otherwise.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `info-kept` is spread over 3 pages on `mtn-bj`
  --> locales/en.ftl:68:1
   |
68 | info-kept = Passerelle keeps your number encrypted, to answer you. It erases it when you want.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `stopped` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:69:1
   |
69 | stopped = You get no more SMS. Your messages stay open: follow them by their code.
   | ^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-erase` is spread over 3 pages on `mtn-bj`
  --> locales/en.ftl:71:1
   |
71 | ask-erase = Erase your number and your words here? The office keeps what it already has.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `Service indisponible pour le moment. Rie…` does not fit and ends in `...` on `mtn-bj`
  --> locales/fr.ftl:10:1
   |
10 | apology = Service indisponible pour le moment. Rien n'est perdu: recomposez le code dans quelques minutes.
   | ^^^^^^^
   |
   = help: shorten it

warning: `ask-language` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:12:1
   |
12 | ask-language = Passerelle. Choisissez votre langue:
   | ^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-words` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:18:1
   |
18 | ask-words = Que s'est-il passé? Écrivez-le en quelques mots.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-confirm` is spread over 3 pages on `mtn-bj`
  --> locales/fr.ftl:19:1
   |
19 | ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
   | ^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `filed` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:22:1
   |
22 | filed = Merci. Votre code: { $code }. Notez-le. Votre message est transmis: { $institution }.
   | ^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:57:1
   |
57 | ask-sensitive = Votre numéro ne sera pas gardé: notez bien le code. Vous signalez:
   | ^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-confirm-sensitive` is spread over 3 pages on `mtn-bj`
  --> locales/fr.ftl:60:1
   |
60 | ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Votre numéro ne sera pas gardé.
   | ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `filed-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:61:1
   |
61 | filed-sensitive = Merci. Votre code: { $code }. Notez-le: lui seul mène à la réponse. Votre numéro n'est pas gardé.
   | ^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `info-seen` is spread over 4 pages on `mtn-bj`
  --> locales/fr.ftl:67:1
   |
67 | info-seen = L'institution lit vos mots, le lieu et votre code. Elle voit votre numéro si vous le dites, jamais sinon.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `info-kept` is spread over 3 pages on `mtn-bj`
  --> locales/fr.ftl:68:1
   |
68 | info-kept = Passerelle garde votre numéro chiffré, pour vous répondre. Elle l'efface quand vous voulez.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `stopped` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:69:1
   |
69 | stopped = Vous ne recevrez plus de SMS. Vos messages restent ouverts: suivez-les par leur code.
   | ^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it

warning: `ask-erase` is spread over 3 pages on `mtn-bj`
  --> locales/fr.ftl:71:1
   |
71 | ask-erase = Effacer ici votre numéro et vos mots? L'institution garde ce qu'elle a déjà reçu.
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 60 septets cannot hold it: shorten it
"#,
)];

#[test]
fn a_text_too_long_for_one_channel_s_budget() {
    expect(A_TEXT_TOO_LONG_FOR_ONE_CHANNEL_S_BUDGET);
}

const A_TEXT_TOO_LONG_FOR_EVERY_CHANNEL: &[Mistake<'_>] = &[(
    &[(
        "locales/fr.ftl",
        "ask-words = Que s'est-il passé? Écrivez-le en quelques mots.",
        "ask-words = Dites en quelques mots ce qui s'est passé au guichet, quand, et avec qui. Dites en quelques mots ce qui s'est passé au guichet, quand, et avec qui. Dites en quelques mots ce qui s'est passé au guichet, quand, et avec qui.",
    )],
    "
warning: `ask-words` is spread over 2 pages on `at-rw`, `mtn-bj`, `mtn-cg`
  --> locales/fr.ftl:18:1
   |
18 | ask-words = Dites en quelques mots ce qui s'est passé au guichet, quand, et avec qui. Dites en quelques mots ce qui s'est passé au g...
   | ^^^^^^^^^
   |
   = help: with the longest values, a page of 150 septets cannot hold it: shorten it
",
)];

#[test]
fn a_text_too_long_for_every_channel() {
    expect(A_TEXT_TOO_LONG_FOR_EVERY_CHANNEL);
}

const AN_INSTITUTION_NOT_YET_ASKED_FOR: &[Mistake<'_>] = &[(
    &[(
        "menus/feedback.toml",
        r#"text = "ask-experience""#,
        r#"text = "ask-confirm""#,
    )],
    r#"
warning: nothing shows the text `ask-experience`
  --> locales/en.ftl:13:1
   |
13 | ask-experience = The service was:
   | ^^^^^^^^^^^^^^
   |
   = help: name it in a menu, or take it out

warning: nothing shows the text `ask-experience`
  --> locales/fr.ftl:13:1
   |
13 | ask-experience = Le service était:
   | ^^^^^^^^^^^^^^
   |
   = help: name it in a menu, or take it out

warning: nothing shows the text `ask-experience`
  --> locales/rw.ftl:13:1
   |
13 | ask-experience = Serivisi yari:
   | ^^^^^^^^^^^^^^
   |
   = help: name it in a menu, or take it out

error: `ask-confirm` shows `{ $experience }` in `rw`, `en`, `fr`, and a way to `experience` leaves it unset
  --> menus/feedback.toml:18:8
   |
18 | text = "ask-confirm"
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `experience`, or leave it out of `ask-confirm`

error: `ask-confirm` shows `{ $institution }` in `rw`, `en`, `fr`, and a way to `experience` leaves it unset
  --> menus/feedback.toml:18:8
   |
18 | text = "ask-confirm"
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `experience`, or leave it out of `ask-confirm`

error: `ask-confirm` shows `{ $place }` in `rw`, `en`, `fr`, and a way to `experience` leaves it unset
  --> menus/feedback.toml:18:8
   |
18 | text = "ask-confirm"
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `experience`, or leave it out of `ask-confirm`

error: `ask-confirm` shows `{ $words }` in `rw`, `en`, `fr`, and a way to `experience` leaves it unset
  --> menus/feedback.toml:18:8
   |
18 | text = "ask-confirm"
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `experience`, or leave it out of `ask-confirm`
"#,
)];

#[test]
fn an_institution_not_yet_asked_for() {
    expect(AN_INSTITUTION_NOT_YET_ASKED_FOR);
}

const A_PLACE_THAT_ONE_WAY_LEAVES_OUT: &[Mistake<'_>] = &[(
    &[(
        "menus/feedback.toml",
        r#"{ label = "experience-bad", set = { experience = "bad" }, next = "institution" }"#,
        r#"{ label = "experience-bad", set = { experience = "bad" }, next = "words" }"#,
    )],
    r#"
error: `ask-confirm` shows `{ $institution }` in `rw`, `en`, `fr`, and a way to `confirm` leaves it unset
  --> menus/feedback.toml:46:8
   |
46 | text = "ask-confirm"            # may show {$institution}, {$place}, {$experience}, {$words}
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `confirm`, or leave it out of `ask-confirm`

error: `ask-confirm` shows `{ $place }` in `rw`, `en`, `fr`, and a way to `confirm` leaves it unset
  --> menus/feedback.toml:46:8
   |
46 | text = "ask-confirm"            # may show {$institution}, {$place}, {$experience}, {$words}
   |        ^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `confirm`, or leave it out of `ask-confirm`

error: `filed` shows `{ $institution }` in `rw`, `en`, `fr`, and a way to `filed` leaves it unset
  --> menus/feedback.toml:55:8
   |
55 | text = "filed"                  # shows {$code}
   |        ^^^^^^^
   |
   = help: ask for it on every way to `filed`, or leave it out of `filed`

error: `ask-confirm-sensitive` shows `{ $institution }` in `rw`, `en`, `fr`, and a way to `confirm-sensitive` leaves it unset
  --> menus/feedback.toml:74:8
   |
74 | text = "ask-confirm-sensitive"
   |        ^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `confirm-sensitive`, or leave it out of `ask-confirm-sensitive`

error: `ask-confirm-sensitive` shows `{ $place }` in `rw`, `en`, `fr`, and a way to `confirm-sensitive` leaves it unset
  --> menus/feedback.toml:74:8
   |
74 | text = "ask-confirm-sensitive"
   |        ^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: ask for it on every way to `confirm-sensitive`, or leave it out of `ask-confirm-sensitive`
"#,
)];

#[test]
fn a_place_that_one_way_leaves_out() {
    expect(A_PLACE_THAT_ONE_WAY_LEAVES_OUT);
}

const A_CODE_BEFORE_ANYTHING_WAS_FILED: &[Mistake<'_>] = &[(
    &[
        (
            "locales/fr.ftl",
            "ask-words = Que",
            "ask-words = { $code } Que",
        ),
        (
            "locales/en.ftl",
            "ask-words = What",
            "ask-words = { $code } What",
        ),
        (
            "locales/rw.ftl",
            "ask-words = Bya",
            "ask-words = { $code } Bya",
        ),
    ],
    r#"
error: `ask-words` shows `{ $code }` in `rw`, `en`, `fr`, and a way to `words` leaves it unset
  --> menus/feedback.toml:41:8
   |
41 | text = "ask-words"
   |        ^^^^^^^^^^^
   |
   = help: only a screen that asks `nothing` right after `effect = "file"` knows it
"#,
)];

#[test]
fn a_code_before_anything_was_filed() {
    expect(A_CODE_BEFORE_ANYTHING_WAS_FILED);
}

const AN_END_THAT_ONE_WAY_REACHES_WITHOUT_FILING: &[Mistake<'_>] = &[(
    &[(
        "menus/feedback.toml",
        r#"{ label = "confirm-change", next = "words" }"#,
        r#"{ label = "confirm-change", next = "filed" }"#,
    )],
    r#"
error: `filed` shows `{ $code }` in `rw`, `en`, `fr`, and a way to `filed` leaves it unset
  --> menus/feedback.toml:55:8
   |
55 | text = "filed"                  # shows {$code}
   |        ^^^^^^^
   |
   = help: only a screen that asks `nothing` right after `effect = "file"` knows it
"#,
)];

#[test]
fn an_end_that_one_way_reaches_without_filing() {
    expect(AN_END_THAT_ONE_WAY_REACHES_WITHOUT_FILING);
}

const A_REPLY_ON_A_SCREEN: &[Mistake<'_>] = &[(
    &[
        (
            "locales/en.ftl",
            "ask-place = Where?",
            "ask-place = Where? { $reply }",
        ),
        (
            "locales/fr.ftl",
            "ask-place = Où?",
            "ask-place = Où? { $reply }",
        ),
        (
            "locales/rw.ftl",
            "ask-place = Hehe?",
            "ask-place = Hehe? { $reply }",
        ),
    ],
    r#"
error: `ask-place` shows `{ $reply }` in `rw`, `en`, `fr`, and a way to `place` leaves it unset
  --> menus/feedback.toml:36:8
   |
36 | text = "ask-place"
   |        ^^^^^^^^^^^
   |
   = help: only a screen after one that asks `code`, or lists `own`, knows it
"#,
)];

#[test]
fn a_reply_on_a_screen() {
    expect(A_REPLY_ON_A_SCREEN);
}

const A_VARIABLE_IN_A_LABEL: &[Mistake<'_>] = &[(
    &[
        (
            "locales/en.ftl",
            "confirm-send = Send",
            "confirm-send = Send to { $institution }",
        ),
        (
            "locales/fr.ftl",
            "confirm-send = Envoyer",
            "confirm-send = Envoyer: { $institution }",
        ),
        (
            "locales/rw.ftl",
            "confirm-send = Ohereza",
            "confirm-send = Ohereza { $institution }",
        ),
    ],
    "
error: `confirm-send` cannot show `{ $institution }`
  --> locales/en.ftl:20:1
   |
20 | confirm-send = Send to { $institution }
   | ^^^^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out

error: `confirm-send` cannot show `{ $institution }`
  --> locales/fr.ftl:20:1
   |
20 | confirm-send = Envoyer: { $institution }
   | ^^^^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out

error: `confirm-send` cannot show `{ $institution }`
  --> locales/rw.ftl:20:1
   |
20 | confirm-send = Ohereza { $institution }
   | ^^^^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out
",
)];

#[test]
fn a_variable_in_a_label() {
    expect(A_VARIABLE_IN_A_LABEL);
}

const A_VARIABLE_THAT_NO_SMS_FILLS: &[Mistake<'_>] = &[(
    &[
        (
            "locales/en.ftl",
            "sms-filed = Thank you.",
            "sms-filed = { $place }.",
        ),
        (
            "locales/fr.ftl",
            "sms-filed = Merci.",
            "sms-filed = { $place }.",
        ),
        (
            "locales/rw.ftl",
            "sms-filed = Murakoze.",
            "sms-filed = { $place }.",
        ),
    ],
    "
error: `sms-filed` cannot show `{ $place }`
  --> locales/en.ftl:24:1
   |
24 | sms-filed = { $place }. Your message is on its way: { $institution }. Your code: { $code }
   | ^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out

error: `sms-filed` cannot show `{ $place }`
  --> locales/fr.ftl:24:1
   |
24 | sms-filed = { $place }. Votre message est transmis: { $institution }. Votre code: { $code }
   | ^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out

error: `sms-filed` cannot show `{ $place }`
  --> locales/rw.ftl:24:1
   |
24 | sms-filed = { $place }. Ubutumwa bwawe bwoherejwe: { $institution }. Kode yawe: { $code }
   | ^^^^^^^^^
   |
   = help: nothing is filled in there: take the variable out
",
)];

#[test]
fn a_variable_that_no_sms_fills() {
    expect(A_VARIABLE_THAT_NO_SMS_FILLS);
}

const A_CHARACTER_THAT_NO_PHONE_SHOWS: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "confirm-send = Send",
        "confirm-send = ✔ Send",
    )],
    "
warning: `✔` shows as `?` on `at-rw`, `mtn-bj`, `mtn-cg`
  --> locales/en.ftl:20:1
   |
20 | confirm-send = ✔ Send
   | ^^^^^^^^^^^^
   |
   = help: phones there cannot show it: write it in other letters
",
)];

#[test]
fn a_character_that_no_phone_shows() {
    expect(A_CHARACTER_THAT_NO_PHONE_SHOWS);
}

const A_GREEK_LETTER_WHERE_ONLY_ASCII_GOES: &[Mistake<'_>] = &[(
    &[
        (
            "channels/at-rw.toml",
            r#"ussd = ["*384*7344#"]"#,
            "ussd = [\"*384*7344#\"]\nfolding = \"ascii\"",
        ),
        (
            "locales/en.ftl",
            "ask-experience = The service was:",
            "ask-experience = Ω The service was:",
        ),
    ],
    "
warning: `Ω` shows as `?` on `at-rw`
  --> locales/en.ftl:13:1
   |
13 | ask-experience = Ω The service was:
   | ^^^^^^^^^^^^^^
   |
   = help: phones there cannot show it: write it in other letters
",
)];

#[test]
fn a_greek_letter_where_only_ascii_goes() {
    expect(A_GREEK_LETTER_WHERE_ONLY_ASCII_GOES);
}

const A_CHARACTER_IN_A_PLACE_S_NAME: &[Mistake<'_>] = &[(
    &[("places/bj.csv", "Banikoara", "Banikoara 市")],
    "
warning: `市` shows as `?` on `mtn-bj`
 --> places/bj.csv:4:10
  |
4 | BJ-AL-01,Banikoara 市,commune,BJ-AL
  |          ^^^^^^^^^^^^
  |
  = help: phones there cannot show it: write it in other letters
",
)];

#[test]
fn a_character_in_a_place_s_name() {
    expect(A_CHARACTER_IN_A_PLACE_S_NAME);
}

const A_CHARACTER_IN_AN_INSTITUTION_S_NAME: &[Mistake<'_>] = &[(
    &[(
        "institutions/cg-sante.toml",
        r#"name.en = "Ministry of Health""#,
        r#"name.en = "Ministry of Health ☂""#,
    )],
    r#"
warning: `☂` shows as `?` on `mtn-cg`
 --> institutions/cg-sante.toml:6:12
  |
6 | name.en = "Ministry of Health ☂"
  |            ^^^^^^^^^^^^^^^^^^^^
  |
  = help: phones there cannot show it: write it in other letters
"#,
)];

#[test]
fn a_character_in_an_institution_s_name() {
    expect(A_CHARACTER_IN_AN_INSTITUTION_S_NAME);
}

const A_LABEL_THAT_DOES_NOT_FIT: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "confirm-change = Change",
        "confirm-change = Change what you have written before it is sent Change what you have written before it is sent Change what you have written before it is sent Change what you have written before it is sent",
    )],
    "
warning: `Change what you have written before it i…` does not fit and ends in `...` on `at-rw`, `mtn-bj`, `mtn-cg`
  --> locales/en.ftl:21:1
   |
21 | confirm-change = Change what you have written before it is sent Change what you have written before it is sent Change what you have ...
   | ^^^^^^^^^^^^^^
   |
   = help: shorten it
",
)];

#[test]
fn a_label_that_does_not_fit() {
    expect(A_LABEL_THAT_DOES_NOT_FIT);
}

const A_PLACE_S_NAME_THAT_DOES_NOT_FIT: &[Mistake<'_>] = &[(
    &[(
        "places/bj.csv",
        "Banikoara",
        "Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve",
    )],
    r#"
warning: `ask-confirm` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:19:1
   |
19 | ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
   | ^^^^^^^^^^^
   |
   = help: with the longest values, a page of 150 septets cannot hold it: shorten it

warning: `ask-confirm-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/en.ftl:60:1
   |
60 | ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Your number will not be kept.
   | ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 150 septets cannot hold it: shorten it

warning: `ask-confirm` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:19:1
   |
19 | ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
   | ^^^^^^^^^^^
   |
   = help: with the longest values, a page of 150 septets cannot hold it: shorten it

warning: `ask-confirm-sensitive` is spread over 2 pages on `mtn-bj`
  --> locales/fr.ftl:60:1
   |
60 | ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Votre numéro ne sera pas gardé.
   | ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: with the longest values, a page of 150 septets cannot hold it: shorten it

warning: `Banikoara au bord du fleuve Banikoara au…` does not fit and ends in `...` on `mtn-bj`
 --> places/bj.csv:4:10
  |
4 | ...01,Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve Banikoara au bord du fleuve,co...
  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: shorten it
"#,
)];

#[test]
fn a_place_s_name_that_does_not_fit() {
    expect(A_PLACE_S_NAME_THAT_DOES_NOT_FIT);
}

const A_WORD_LONGER_THAN_A_PAGE: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "ask-words = What",
        "ask-words = WhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhat",
    )],
    "
error: no page on `at-rw`, `mtn-bj`, `mtn-cg` holds the whole of `WhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWh…`
  --> locales/en.ftl:18:1
   |
18 | ask-words = WhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWhWh...
   | ^^^^^^^^^
   |
   = help: put spaces into `ask-words`
",
)];

#[test]
fn a_word_longer_than_a_page() {
    expect(A_WORD_LONGER_THAN_A_PAGE);
}

const AN_APOLOGY_THAT_DOES_NOT_FIT: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "apology = Service",
        "apology = Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Service",
    )],
    "
warning: `Sorry, sorry. Sorry, sorry. Sorry, sorry…` does not fit and ends in `...` on `at-rw`, `mtn-bj`, `mtn-cg`
  --> locales/en.ftl:10:1
   |
10 | apology = Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Sorry, sorry. Service no...
   | ^^^^^^^
   |
   = help: shorten it
",
)];

#[test]
fn an_apology_that_does_not_fit() {
    expect(AN_APOLOGY_THAT_DOES_NOT_FIT);
}

const A_TEXT_THAT_SAYS_NOTHING: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "ask-place = Where? (no. or name)",
        r#"ask-place = { "" }"#,
    )],
    r#"
error: `ask-place` says nothing on the screen `place`
  --> locales/en.ftl:17:1
   |
17 | ask-place = { "" }
   | ^^^^^^^^^
   |
   = help: a citizen has to know what is asked
"#,
)];

#[test]
fn a_text_that_says_nothing() {
    expect(A_TEXT_THAT_SAYS_NOTHING);
}

const NAVIGATION_THAT_LEAVES_NO_ROOM: &[Mistake<'_>] = &[(
    &[(
        "locales/en.ftl",
        "nav-more = More",
        "nav-more = More More More More More More More More More More More More More More More More More More More More More More More More More More More More More More ",
    )],
    "
error: the keys at a page's end take 168 of 150 septets on `at-rw`, `mtn-bj`, `mtn-cg`
 --> locales/en.ftl:7:1
  |
7 | nav-more = More More More More More More More More More More More More More More More More More More More More More More More More Mo...
  | ^^^^^^^^
  |
  = help: shorten `nav-back`, `nav-home` and `nav-more`
",
)];

#[test]
fn navigation_that_leaves_no_room() {
    expect(NAVIGATION_THAT_LEAVES_NO_ROOM);
}

/// A menu of this many screens, a way to an end from each, with its texts in six languages.
fn generated(screens: usize) -> Files {
    let mut files = Files::embedded();
    let mut menu = String::from("start = \"s0\"\n");
    let mut texts = String::new();
    for at in 0..screens {
        let (next, other) = (at + 1, (at + 7).min(screens));
        let asks = match at % 10 {
            0 => format!("\"institution\"\nnext = \"s{next}\""),
            1 => format!("\"place\"\nnext = \"s{next}\""),
            2 => format!("\"words\"\nnext = \"s{next}\""),
            _ => format!(
                "\"choice\"\noptions = [{{ label = \"a{at}\", next = \"s{next}\" }}, {{ label = \"b{at}\", next = \"s{other}\" }}, {{ label = \"confirm-send\", effect = \"file\", next = \"filed\" }}]"
            ),
        };
        let _ = write!(menu, "[screens.s{at}]\ntext = \"t{at}\"\nasks = {asks}\n");
        let _ = writeln!(texts, "t{at} = Question {at}, posée à chacun:");
        if at % 10 > 2 {
            let _ = writeln!(texts, "a{at} = Réponse {at}\nb{at} = Autre {at}");
        }
    }
    let end = format!(
        "[screens.s{screens}]\nasks = \"nothing\"\ntext = \"apology\"\n[screens.filed]\nasks = \"nothing\"\ntext = \"apology\"\n"
    );
    files.insert("menus/long.toml", menu + &end);
    let french = files.get("locales/fr.ftl").unwrap_or_default().to_vec();
    let french = String::from_utf8(french).expect("is UTF-8");
    for tag in ["en", "fr", "rw", "ln", "mkw", "fon"] {
        files.insert(&format!("locales/{tag}.ftl"), format!("{french}\n{texts}"));
    }
    for (file, from, to) in [
        (
            "countries/rw.toml",
            "[\"rw\", \"en\", \"fr\"]",
            "[\"rw\", \"en\", \"fr\", \"ln\", \"mkw\", \"fon\"]",
        ),
        (
            "channels/at-rw.toml",
            "menu = \"feedback\"",
            "menu = \"long\"",
        ),
    ] {
        let before = files.get(file).unwrap_or_default().to_vec();
        let before = String::from_utf8(before).expect("is UTF-8");
        files.insert(file, before.replacen(from, to, 1));
    }
    files
}

#[test]
fn a_long_menu_in_six_languages_are_proved() {
    // To measure: `PASSERELLE_WRITE=DIR cargo test …`, then `time passerelle check --config DIR`.
    let folder = std::env::var_os("PASSERELLE_WRITE");
    let screens = if folder.is_some() { 1000 } else { 100 };
    let files = generated(screens);
    if let Some(folder) = folder {
        for path in files.paths() {
            let to = std::path::Path::new(&folder).join(path);
            std::fs::create_dir_all(to.parent().expect("is below")).expect("made");
            std::fs::write(to, files.get(path).expect("is there")).expect("written");
        }
    }
    let config = judged(&files, &furnished()).unwrap_or_else(|r| panic!("{r}"));
    let long = config.table.iter().filter(|row| row.menu == "long");
    let long: Vec<&str> = long.map(|row| row.language.as_str()).collect();
    assert_eq!(long, ["en", "fon", "fr", "ln", "mkw", "rw"]);
    let most = config.table.iter().find(|row| row.menu == "long");
    let most = most.and_then(|row| row.most).expect("one can file");
    assert!(
        most.keys > screens && most.texts >= screens / 12,
        "{most:?}"
    );
}
