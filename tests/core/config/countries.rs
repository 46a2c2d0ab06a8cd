//! Countries and places.

use super::{Mistake, expect};

const NUMBERS_HAVE_PATTERNS: &[Mistake<'_>] = &[
    (
        &[(
            "countries/bj.toml",
            r"fixed = '012[0-4]\d{6}'",
            r"fixed = '012[0-4\d{6}'",
        )],
        r"
error: `012[0-4\d{6}` is not a regular expression
  --> countries/bj.toml:19:9
   |
19 | fixed = '012[0-4\d{6}'
   |         ^^^^^^^^^^^^^^
   |
   = help: check its brackets; in single quotes, `\d` is a digit
",
    ),
    (
        &[(
            "countries/bj.toml",
            r#"calling_code = "229""#,
            r#"calling_code = "+229""#,
        )],
        r#"
error: `+229` is wrong here
  --> countries/bj.toml:16:16
   |
16 | calling_code = "+229"
   |                ^^^^^^
   |
   = help: 1 to 3 digits, in quotes
"#,
    ),
    (
        &[(
            "countries/bj.toml",
            r#"networks = ["61602"]"#,
            r#"networks = ["61603"]"#,
        )],
        r#"
error: `61603` belongs to `mtn` already
  --> countries/bj.toml:42:13
   |
42 | networks = ["61603"]                   # Moov Africa [A]
   |             ^^^^^^^
   |
   = help: a network has one operator
"#,
    ),
];

#[test]
fn numbers_have_patterns() {
    expect(NUMBERS_HAVE_PATTERNS);
}

const A_COUNTRY_S_LANGUAGES_OFFSET_AND_DESK_ARE_THERE: &[Mistake<'_>] = &[
    (
        &[(
            "countries/bj.toml",
            r#"default_language = "fr""#,
            r#"default_language = "fon""#,
        )],
        r#"
error: `fon` is not one of `languages`
  --> countries/bj.toml:10:20
   |
10 | default_language = "fon"
   |                    ^^^^^
   |
   = help: one of: `en`, `fr`
"#,
    ),
    (
        &[(
            "countries/bj.toml",
            r#"languages = ["fr", "en"]"#,
            r#"languages = ["fr", "en", "bba"]"#,
        )],
        r#"
error: `locales/bba.ftl` is missing
 --> countries/bj.toml:9:26
  |
9 | languages = ["fr", "en", "bba"]
  |                          ^^^^^
  |
  = help: one of: `en`, `fon`, `fr`, `ln`, `mkw`, `rw`, `yo`
"#,
    ),
    (
        &[(
            "countries/bj.toml",
            r#"languages = ["fr", "en"]"#,
            "languages = []",
        )],
        r#"
error: there is no language
 --> countries/bj.toml:9:13
  |
9 | languages = []
  |             ^^
  |
  = help: name at least one, like `["fr"]`
"#,
    ),
    (
        &[("countries/bj.toml", r#""+01:00""#, r#""UTC+1""#)],
        r#"
error: `UTC+1` is no offset
  --> countries/bj.toml:11:14
   |
11 | utc_offset = "UTC+1"
   |              ^^^^^^^
   |
   = help: write it as `+01:00`
"#,
    ),
    (
        &[(
            "countries/bj.toml",
            r#"desk = "bj-desk""#,
            r#"desk = "bj-dsk""#,
        )],
        r#"
error: there is no institution `bj-dsk`
  --> countries/bj.toml:12:8
   |
12 | desk = "bj-dsk"
   |        ^^^^^^^^
   |
   = help: did you mean `bj-desk`?
"#,
    ),
    (
        &[(
            "countries/bj.toml",
            r#"desk = "bj-desk""#,
            r#"desk = "rw-desk""#,
        )],
        r#"
error: `rw-desk` is an institution of `RW`
  --> countries/bj.toml:12:8
   |
12 | desk = "rw-desk"
   |        ^^^^^^^^^
   |
   = help: name one of `BJ`
"#,
    ),
];

#[test]
fn a_country_s_languages_offset_and_desk_are_there() {
    expect(A_COUNTRY_S_LANGUAGES_OFFSET_AND_DESK_ARE_THERE);
}

const PLACES_HANG_IN_ONE_TREE: &[Mistake<'_>] = &[
    (
        &[(
            "places/bj.csv",
            "code,name,level,parent",
            "code;name;level;parent",
        )],
        "
error: this is not the header
 --> places/bj.csv:1:1
  |
1 | code;name;level;parent,aliases
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: the first line is `code,name,level,parent`, and then `aliases`, `language` or `name.fr`, if any
",
    ),
    (
        &[(
            "places/bj.csv",
            "BJ-AL-01,Banikoara,commune,BJ-AL",
            "BJ-AL-01,Banikoara,commune,BJ-AX",
        )],
        "
error: no row above has the code `BJ-AX`
 --> places/bj.csv:4:28
  |
4 | BJ-AL-01,Banikoara,commune,BJ-AX
  |                            ^^^^^
  |
  = help: parents stand above their children
",
    ),
    (
        &[("places/bj.csv", "BJ-AL-02,Gogounou", "BJ-AL-01,Gogounou")],
        "
error: the code `BJ-AL-01` stands twice
 --> places/bj.csv:5:1
  |
5 | BJ-AL-01,Gogounou,commune,BJ-AL
  | ^^^^^^^^
  |
  = help: each place has a code of its own
",
    ),
    (
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            "BJ-AL-02,Gogounou,commune",
        )],
        "
error: this row has 3 fields, not 4 to 5
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,Gogounou,commune
  | ^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: each row is `code,name,level,parent`
",
    ),
    (
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            r#"BJ-AL-02,"Gogounou,commune,BJ-AL"#,
        )],
        r#"
error: a quote is not closed
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,"Gogounou,commune,BJ-AL
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: put `"` at the field's end
"#,
    ),
    (
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            "BJ-AL-02,Gogounou,commune,",
        )],
        "
error: `BJ-AL-02` cannot stand so
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,Gogounou,commune,
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: only `BJ`, the country's own row, has no parent
",
    ),
];

#[test]
fn places_hang_in_one_tree() {
    expect(PLACES_HANG_IN_ONE_TREE);
}
