//! Screens, ways and keys.

use super::expect;

#[test]
fn every_way_leads_to_a_screen() {
    expect(
        &[(
            "menus/feedback.toml",
            r#"start = "language""#,
            r#"start = "langage""#,
        )],
        r##"
error: there is no screen `langage`
 --> menus/feedback.toml:2:9
  |
2 | start = "langage"
  |         ^^^^^^^^^
  |
  = help: did you mean `language`?
"##,
    );
    expect(
        &[(
            "menus/feedback.toml",
            r#"home = "experience""#,
            r#"home = "menu""#,
        )],
        r##"
error: there is no screen `menu`
 --> menus/feedback.toml:3:8
  |
3 | home = "menu"
  |        ^^^^^^
  |
  = help: one of: `confirm`, `experience`, `filed`, `institution`, `language`, `place`, `words`
"##,
    );
    expect(
        &[
            ("menus/feedback.toml", "depth = 2", "depth = 9"),
            (
                "menus/feedback.toml",
                "next = \"words\"\n",
                "next = \"wrds\"\n",
            ),
        ],
        r##"
error: 9 is no depth
  --> menus/feedback.toml:31:9
   |
31 | depth = 9                       # département, then commune; province, then district
   |         ^
   |
   = help: 1 to 6 levels below the country

error: there is no screen `wrds`
  --> menus/feedback.toml:33:8
   |
33 | next = "wrds"
   |        ^^^^^^
   |
   = help: did you mean `words`?
"##,
    );
}

#[test]
fn a_screen_asks_what_can_be_asked() {
    expect(
        &[(
            "menus/feedback.toml",
            r#"asks = "words""#,
            r#"asks = "word""#,
        )],
        r##"
error: a screen cannot ask `word`
  --> menus/feedback.toml:36:8
   |
36 | asks = "word"
   |        ^^^^^^
   |
   = help: did you mean `words`?
"##,
    );
    expect(
        &[(
            "menus/feedback.toml",
            r#"set = { experience = "good" }"#,
            r#"set = { experience = "fine" }"#,
        )],
        r##"
error: there is no experience `fine`
  --> menus/feedback.toml:20:53
   |
20 |   { label = "experience-good", set = { experience = "fine" }, next = "institution" },
   |                                                     ^^^^^^
   |
   = help: one of: `bad`, `good`
"##,
    );
    expect(
        &[(
            "menus/feedback.toml",
            r#"effect = "file""#,
            r#"effect = "fill""#,
        )],
        r##"
error: there is no effect `fill`
  --> menus/feedback.toml:44:38
   |
44 |   { label = "confirm-send", effect = "fill", next = "filed" },
   |                                      ^^^^^^
   |
   = help: did you mean `file`?
"##,
    );
}

#[test]
fn a_screen_that_nothing_leads_to_is_told() {
    expect(
        &[(
            "menus/feedback.toml",
            "[screens.filed]",
            "[screens.thanks]\nasks = \"nothing\"\ntext = \"filed\"\n\n[screens.filed]",
        )],
        r##"
warning: no screen leads to `thanks`
  --> menus/feedback.toml:48:10
   |
48 | [screens.thanks]
   |          ^^^^^^
   |
   = help: lead to it, or take it out
"##,
    );
}

#[test]
fn from_every_screen_an_end_can_be_reached() {
    expect(
        &[(
            "menus/feedback.toml",
            "asks = \"nothing\"\ntext = \"filed\"",
            "asks = \"words\"\nnext = \"confirm\"\ntext = \"filed\"",
        )],
        r##"
error: no end can be reached from `language`, `experience`, `institution`, `place`, `words`, `confirm`, `filed`
  --> menus/feedback.toml:11:10
   |
11 | [screens.language]
   |          ^^^^^^^^
   |
   = help: let a way lead to a screen that asks `nothing`
"##,
    );
}

#[test]
fn a_key_means_one_thing_on_a_screen() {
    expect(
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "2","#,
        )],
        r##"
error: the key `2`, which this option gets, is taken
  --> menus/feedback.toml:45:3
   |
45 |   { label = "confirm-change", next = "words" },
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: an option without `key` is counted: give this one a key of its own
"##,
    );
    expect(
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "0","#,
        )],
        r##"
warning: the key `0` is one of `keys`
  --> menus/feedback.toml:44:35
   |
44 |   { label = "confirm-send", key = "0", effect = "file", next = "filed" },
   |                                   ^^^
   |
   = help: on this screen it chooses the option and does not navigate
"##,
    );
    expect(
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "send","#,
        )],
        r##"
error: `send` is no key
  --> menus/feedback.toml:44:35
   |
44 |   { label = "confirm-send", key = "send", effect = "file", next = "filed" },
   |                                   ^^^^^^
   |
   = help: one to three digits
"##,
    );
    expect(
        &[("menus/feedback.toml", r#"home = "00""#, r#"home = "0""#)],
        r##"
error: the key `0` has a meaning already
 --> menus/feedback.toml:8:8
  |
8 | home = "0"
  |        ^^^
  |
  = help: each of them is another
"##,
    );
}

#[test]
fn a_menu_that_no_channel_names_is_told() {
    expect(
        &[(
            "menus/other.toml",
            "",
            "start = \"end\"\n[screens.end]\nasks = \"nothing\"\ntext = \"filed\"\n",
        )],
        r##"
warning: no channel answers with this menu
 --> menus/other.toml:1:1
  |
1 | start = "end"
  | ^
  |
  = help: name it in a channel
"##,
    );
}
