//! Screens, ways and keys.

use super::{Mistake, expect};

const EVERY_WAY_LEADS_TO_A_SCREEN: &[Mistake<'_>] = &[
    (
        &[(
            "menus/feedback.toml",
            r#"start = "language""#,
            r#"start = "langage""#,
        )],
        r#"
error: there is no screen `langage`
 --> menus/feedback.toml:2:9
  |
2 | start = "langage"
  |         ^^^^^^^^^
  |
  = help: did you mean `language`?
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"home = "experience""#,
            r#"home = "menu""#,
        )],
        r#"
error: there is no screen `menu`
 --> menus/feedback.toml:3:8
  |
3 | home = "menu"
  |        ^^^^^^
  |
  = help: one of: `confirm`, `confirm-sensitive`, `erase`, `erased`, `experience`, `filed`, `filed-sensitive`, `follow`, `info-kept`, `info-seen`, `institution`, `language`, `place`, `rights`, `sensitive`, `standing`, `started`, `stopped`, `to-confirm`, `urgent`, `words`
"#,
    ),
    (
        &[
            ("menus/feedback.toml", "depth = 2", "depth = 9"),
            (
                "menus/feedback.toml",
                "next = \"words\"\n",
                "next = \"wrds\"\n",
            ),
        ],
        r#"
error: 9 is no depth
  --> menus/feedback.toml:35:9
   |
35 | depth = 9                       # département, then commune; province, then district
   |         ^
   |
   = help: 1 to 6 levels below the country

error: there is no screen `wrds`
  --> menus/feedback.toml:37:8
   |
37 | next = "wrds"
   |        ^^^^^^
   |
   = help: did you mean `words`?
"#,
    ),
];

#[test]
fn every_way_leads_to_a_screen() {
    expect(EVERY_WAY_LEADS_TO_A_SCREEN);
}

const A_SCREEN_ASKS_WHAT_CAN_BE_ASKED: &[Mistake<'_>] = &[
    (
        &[(
            "menus/feedback.toml",
            r#"asks = "words""#,
            r#"asks = "word""#,
        )],
        r#"
error: a screen cannot ask `word`
  --> menus/feedback.toml:40:8
   |
40 | asks = "word"
   |        ^^^^^^
   |
   = help: did you mean `words`?
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"set = { experience = "good" }"#,
            r#"set = { experience = "fine" }"#,
        )],
        r#"
error: there is no experience `fine`
  --> menus/feedback.toml:20:53
   |
20 |   { label = "experience-good", set = { experience = "fine" }, next = "institution" },
   |                                                     ^^^^^^
   |
   = help: one of: `bad`, `good`
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"effect = "file""#,
            r#"effect = "fill""#,
        )],
        r#"
error: there is no effect `fill`
  --> menus/feedback.toml:48:38
   |
48 |   { label = "confirm-send", effect = "fill", next = "filed", set = { consent = "no" } },
   |                                      ^^^^^^
   |
   = help: did you mean `file`?
"#,
    ),
];

#[test]
fn a_screen_asks_what_can_be_asked() {
    expect(A_SCREEN_ASKS_WHAT_CAN_BE_ASKED);
}

const A_SCREEN_THAT_NOTHING_LEADS_TO_IS_TOLD: &[Mistake<'_>] = &[(
    &[(
        "menus/feedback.toml",
        "[screens.filed]",
        "[screens.thanks]\nasks = \"nothing\"\ntext = \"filed\"\n\n[screens.filed]",
    )],
    "
warning: no screen leads to `thanks`
  --> menus/feedback.toml:53:10
   |
53 | [screens.thanks]
   |          ^^^^^^
   |
   = help: lead to it, or take it out
",
)];

#[test]
fn a_screen_that_nothing_leads_to_is_told() {
    expect(A_SCREEN_THAT_NOTHING_LEADS_TO_IS_TOLD);
}

const FROM_EVERY_SCREEN_AN_END_CAN_BE_REACHED: &[Mistake<'_>] = &[(
    &[(
        "menus/feedback.toml",
        "text = \"info-kept\"\nnext = \"rights\"",
        "text = \"info-kept\"\nnext = \"info-seen\"",
    )],
    "
error: no end can be reached from `info-seen`, `info-kept`
   --> menus/feedback.toml:110:10
    |
110 | [screens.info-seen]
    |          ^^^^^^^^^
    |
    = help: let a way lead to a screen that asks `nothing`
",
)];

#[test]
fn from_every_screen_an_end_can_be_reached() {
    expect(FROM_EVERY_SCREEN_AN_END_CAN_BE_REACHED);
}

const A_KEY_MEANS_ONE_THING_ON_A_SCREEN: &[Mistake<'_>] = &[
    (
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "2","#,
        )],
        r#"
error: the key `2`, which this option gets, is taken
  --> menus/feedback.toml:49:3
   |
49 |   { label = "confirm-with-number", effect = "file", next = "filed", set = { consent = "yes" } },
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: an option without `key` is counted: give this one a key of its own
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "0","#,
        )],
        r#"
warning: the key `0` is one of `keys`
  --> menus/feedback.toml:48:35
   |
48 |   { label = "confirm-send", key = "0", effect = "file", next = "filed", set = { consent = "no" } },
   |                                   ^^^
   |
   = help: on this screen it chooses the option and does not navigate
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-send","#,
            r#"{ label = "confirm-send", key = "send","#,
        )],
        r#"
error: `send` is no key
  --> menus/feedback.toml:48:35
   |
48 |   { label = "confirm-send", key = "send", effect = "file", next = "filed", set = { consent = "no" } },
   |                                   ^^^^^^
   |
   = help: one to three digits
"#,
    ),
    (
        &[("menus/feedback.toml", r#"home = "00""#, r#"home = "0""#)],
        r#"
error: the key `0` has a meaning already
 --> menus/feedback.toml:8:8
  |
8 | home = "0"
  |        ^^^
  |
  = help: each of them is another
"#,
    ),
];

#[test]
fn a_key_means_one_thing_on_a_screen() {
    expect(A_KEY_MEANS_ONE_THING_ON_A_SCREEN);
}

const A_MENU_THAT_NO_CHANNEL_NAMES_IS_TOLD: &[Mistake<'_>] = &[(
    &[(
        "menus/other.toml",
        "",
        "start = \"end\"\n[screens.end]\nasks = \"nothing\"\ntext = \"filed\"\n",
    )],
    r#"
warning: no channel answers with this menu
 --> menus/other.toml:1:1
  |
1 | start = "end"
  | ^
  |
  = help: name it in a channel
"#,
)];

#[test]
fn a_menu_that_no_channel_names_is_told() {
    expect(A_MENU_THAT_NO_CHANNEL_NAMES_IS_TOLD);
}
