//! Keys, types, tables: what TOML itself and its reading say.

use super::{Mistake, expect};

const A_SYNTAX_ERROR_STOPS_ITS_FILE_AND_NO_OTHER: &[Mistake<'_>] = &[(
    &[
        (
            "channels/mtn-bj.toml",
            r#"menu = "feedback""#,
            r#"menu = "feedback"#,
        ),
        (
            "institutions/bj-sante.toml",
            r#"country = "BJ""#,
            r#"contry = "BJ""#,
        ),
    ],
    r#"
error: not TOML: invalid basic string, expected `"`
 --> channels/mtn-bj.toml:6:17
  |
6 | menu = "feedback
  |                 ^
  |
  = help: the rest of this file is read once this is mended

error: this file lacks `country`
 --> institutions/bj-sante.toml:1:1
  |
1 | # Sample: no institution has agreed to anything yet. Its address, secret and token are its own to
  | ^
  |
  = help: add a line like `country = "BJ"`

error: unknown key `contry`
 --> institutions/bj-sante.toml:3:1
  |
3 | contry = "BJ"
  | ^^^^^^
  |
  = help: did you mean `country`?
"#,
)];

#[test]
fn a_syntax_error_stops_its_file_and_no_other() {
    expect(A_SYNTAX_ERROR_STOPS_ITS_FILE_AND_NO_OTHER);
}

const A_LINE_THAT_CANNOT_BE_PARSED_DOES_NOT_SHOW_ITS_VALUE: &[Mistake<'_>] = &[(
    &[(
        "channels/mtn-bj.toml",
        r#"secret = "env:MTN_BJ_SECRET""#,
        r#"secret = "hunter2"#,
    )],
    r#"
error: not TOML: invalid basic string, expected `"`
  --> channels/mtn-bj.toml:14:18
   |
14 | secret =*********
   |                  ^
   |
   = help: the rest of this file is read once this is mended
"#,
)];

#[test]
fn a_line_that_cannot_be_parsed_does_not_show_its_value() {
    expect(A_LINE_THAT_CANNOT_BE_PARSED_DOES_NOT_SHOW_ITS_VALUE);
}

const A_KEY_STANDS_ONCE: &[Mistake<'_>] = &[(
    &[(
        "channels/mtn-bj.toml",
        "sms = []",
        "sms = []\nsms = [\"7344\"]",
    )],
    r#"
error: not TOML: duplicate key
 --> channels/mtn-bj.toml:9:1
  |
9 | sms = ["7344"]
  | ^^^
  |
  = help: the rest of this file is read once this is mended
"#,
)];

#[test]
fn a_key_stands_once() {
    expect(A_KEY_STANDS_ONCE);
}

const UNKNOWN_KEYS_ARE_NAMED_WHEREVER_THEY_STAND: &[Mistake<'_>] = &[
    (
        &[("channels/mtn-bj.toml", r#"menu = "feedback""#, r#"mneu = "feedback""#)],
        r#"
error: this file lacks `menu`
 --> channels/mtn-bj.toml:1:1
  |
1 | # Sample: USSD on MTN Benin, over Comviva's gateway.
  | ^
  |
  = help: add a line like `menu = "feedback"`

error: unknown key `mneu`
 --> channels/mtn-bj.toml:6:1
  |
6 | mneu = "feedback"
  | ^^^^
  |
  = help: did you mean `menu`?
"#,
    ),
    (
        &[("institutions/bj-sante.toml", "events = [", "evnts = [")],
        r#"
error: `webhooks` lacks `events`
  --> institutions/bj-sante.toml:11:1
   |
11 | [[webhooks]]
   | ^^^^^^^^^^^^
   |
   = help: add a line like `events = ["feedback.*", "reply.*"]`

error: unknown key `evnts` in `webhooks`
  --> institutions/bj-sante.toml:14:1
   |
14 | evnts = ["feedback.*", "reply.*"]
   | ^^^^^
   |
   = help: did you mean `events`?
"#,
    ),
    (
        &[("menus/feedback.toml", r#"label = "confirm-change", next"#, r#"label = "confirm-change", nxt"#)],
        r#"
error: `screens.confirm.options` lacks `next`
  --> menus/feedback.toml:50:3
   |
50 |   { label = "confirm-change", nxt = "words" },
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: add a line like `next = "words"`

error: unknown key `nxt` in `screens.confirm.options`
  --> menus/feedback.toml:50:31
   |
50 |   { label = "confirm-change", nxt = "words" },
   |                               ^^^
   |
   = help: did you mean `next`?
"#,
    ),
    (
        &[("channels/mtn-bj.toml", "[access]", "[acces]")],
        r#"
error: this file lacks `access`
 --> channels/mtn-bj.toml:1:1
  |
1 | # Sample: USSD on MTN Benin, over Comviva's gateway.
  | ^
  |
  = help: add a line like `access = { secret = "env:…" }`

error: unknown key `acces`
  --> channels/mtn-bj.toml:12:2
   |
12 | [acces]
   |  ^^^^^
   |
   = help: did you mean `access`?
"#,
    ),
    (
        &[("channels/mtn-bj.toml", "sms = []", "sms = []\nsecret = \"hunter2\"")],
        "
error: unknown key `secret`
 --> channels/mtn-bj.toml:9:1
  |
9 | secret = *********
  | ^^^^^^
  |
  = help: one of: `access`, `aggregator`, `budget`, `country`, `credentials`, `dialect`, `folding`, `menu`, `operator`, `reports_within`, `session_clock`, `sms`, `ussd`
",
    ),
    (
        &[("countries/bj.toml", r#"mark = "old-plan""#, "mark = \"old-plan\"\nwhy = \"x\"")],
        r#"
error: unknown key `why` in `numbering.rewrite`
  --> countries/bj.toml:30:1
   |
30 | why = "x"
   | ^^^
   |
   = help: one of: `mark`, `prepend`, `when`
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#"name.fr = "Ministère de la Santé""#, r#"name.fre = "Ministère de la Santé""#)],
        r#"
warning: there is no language `fre`
 --> institutions/bj-sante.toml:5:6
  |
5 | name.fre = "Ministère de la Santé"
  |      ^^^
  |
  = help: did you mean `fr`?
"#,
    ),
];

#[test]
fn unknown_keys_are_named_wherever_they_stand() {
    expect(UNKNOWN_KEYS_ARE_NAMED_WHEREVER_THEY_STAND);
}

const TYPES_ARE_CHECKED: &[Mistake<'_>] = &[
    (
        &[("channels/mtn-bj.toml", "sms = []", r#"sms = "7344""#)],
        r#"
error: `sms` is a list of texts, like `["…"]`, and this is a text
 --> channels/mtn-bj.toml:8:7
  |
8 | sms = "7344"
  |       ^^^^^^
"#,
    ),
    (
        &[("channels/at-rw.toml", r#"sms = ["7344"]"#, "sms = [7344]")],
        "
error: `an item of sms` is a text in quotes, and this is a whole number
 --> channels/at-rw.toml:7:8
  |
7 | sms = [7344]
  |        ^^^^
",
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"menu = "feedback""#,
            "menu = \"feedback\"\nbudget = \"150\"",
        )],
        r#"
error: `budget` is a whole number, and this is a text
 --> channels/mtn-bj.toml:7:10
  |
7 | budget = "150"
  |          ^^^^^
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            "[api]\ntoken = \"env:BJ_SANTE_TOKEN\"",
            "[[api]]\ntoken = \"env:BJ_SANTE_TOKEN\"",
        )],
        "
error: `api` is a table, and this is a list
  --> institutions/bj-sante.toml:16:1
   |
16 | [[api]]
   | ^^^^^^^
",
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            r#"token = "env:BJ_SANTE_TOKEN""#,
            "token = 20261122",
        )],
        "
error: `token` is a text in quotes, and this is a whole number
  --> institutions/bj-sante.toml:17:9
   |
17 | token = ********
   |         ^^^^^^^^
",
    ),
    (
        &[(
            "countries/bj.toml",
            r#"languages = ["fr", "en"]"#,
            "languages = { fr = 1, en = 2 }",
        )],
        r#"
error: `languages` is a list of texts, like `["…"]`, and this is a table
 --> countries/bj.toml:9:13
  |
9 | languages = { fr = 1, en = 2 }
  |             ^^^^^^^^^^^^^^^^^^
"#,
    ),
];

#[test]
fn types_are_checked() {
    expect(TYPES_ARE_CHECKED);
}

const WHAT_IS_MISSING_IS_TOLD_AT_ITS_TABLE: &[Mistake<'_>] = &[
    (
        &[("institutions/bj-sante.toml", "country = \"BJ\"\n", "")],
        r#"
error: this file lacks `country`
 --> institutions/bj-sante.toml:1:1
  |
1 | # Sample: no institution has agreed to anything yet. Its address, secret and token are its own to
  | ^
  |
  = help: add a line like `country = "BJ"`
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            "secret = \"env:BJ_SANTE_SECRET\"\n",
            "",
        )],
        r#"
error: `webhooks` lacks `secret`
  --> institutions/bj-sante.toml:11:1
   |
11 | [[webhooks]]
   | ^^^^^^^^^^^^
   |
   = help: add a line like `secret = "env:…_SECRET"`
"#,
    ),
    (
        &[("countries/bj.toml", "calling_code = \"229\"\n", "")],
        r#"
error: `numbering` lacks `calling_code`
  --> countries/bj.toml:15:1
   |
15 | [numbering]
   | ^^^^^^^^^^^
   |
   = help: add a line like `calling_code = "229"`
"#,
    ),
    (
        &[("countries/bj.toml", "mark = \"old-plan\"\n", "")],
        r#"
error: `numbering.rewrite` lacks `mark`
  --> countries/bj.toml:26:1
   |
26 | [[numbering.rewrite]]
   | ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: add a line like `mark = "old-plan"`
"#,
    ),
    (
        &[("menus/feedback.toml", "text = \"ask-place\"\n", "")],
        r#"
error: `screens.place` lacks `text`
  --> menus/feedback.toml:33:1
   |
33 | [screens.place]
   | ^^^^^^^^^^^^^^^
   |
   = help: add a line like `text = "ask-words"`
"#,
    ),
    (
        &[(
            "menus/feedback.toml",
            r#"{ label = "confirm-change", next = "words" }"#,
            r#"{ next = "words" }"#,
        )],
        r#"
error: `screens.confirm.options` lacks `label`
  --> menus/feedback.toml:50:3
   |
50 |   { next = "words" },
   |   ^^^^^^^^^^^^^^^^^^
   |
   = help: add a line like `label = "confirm-send"`
"#,
    ),
];

#[test]
fn what_is_missing_is_told_at_its_table() {
    expect(WHAT_IS_MISSING_IS_TOLD_AT_ITS_TABLE);
}
