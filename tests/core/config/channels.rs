//! Channels.

use super::{Mistake, expect};

const A_CHANNEL_NAMES_WHAT_THERE_IS: &[Mistake<'_>] = &[
    (
        &[(
            "channels/mtn-bj.toml",
            r#""comviva-xml""#,
            r#""comviva-xlm""#,
        )],
        r#"
error: there is no aggregator `comviva-xlm`
 --> channels/mtn-bj.toml:3:14
  |
3 | aggregator = "comviva-xlm"
  |              ^^^^^^^^^^^^^
  |
  = help: did you mean `comviva-xml`?
"#,
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"country = "BJ""#,
            r#"country = "BF""#,
        )],
        r#"
error: there is no country `BF`
 --> channels/mtn-bj.toml:4:11
  |
4 | country = "BF"
  |           ^^^^
  |
  = help: did you mean `BJ`?
"#,
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"operator = "mtn""#,
            r#"operator = "mtm""#,
        )],
        r#"
error: `BJ` has no operator `mtm`
 --> channels/mtn-bj.toml:5:12
  |
5 | operator = "mtm"
  |            ^^^^^
  |
  = help: did you mean `mtn`?
"#,
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"menu = "feedback""#,
            r#"menu = "fedback""#,
        )],
        r#"
error: there is no menu `fedback`
 --> channels/mtn-bj.toml:6:8
  |
6 | menu = "fedback"
  |        ^^^^^^^^^
  |
  = help: did you mean `feedback`?
"#,
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"aggregator = "comviva-xml""#,
            r#"aggregator = "pindo""#,
        )],
        r#"
error: `pindo` only sends
 --> channels/mtn-bj.toml:3:14
  |
3 | aggregator = "pindo"
  |              ^^^^^^^
  |
  = help: citizens reach us through another channel: leave `ussd` and `sms` out here
"#,
    ),
];

#[test]
fn a_channel_names_what_there_is() {
    expect(A_CHANNEL_NAMES_WHAT_THERE_IS);
}

const CODES_ARE_WRITTEN_AS_CITIZENS_ENTER_THEM: &[Mistake<'_>] = &[
    (
        &[(
            "channels/mtn-bj.toml",
            r#"ussd = ["*7344#"]"#,
            r#"ussd = ["7344", "*7344#", "*7344#"]"#,
        )],
        r#"
error: `7344` is no code
 --> channels/mtn-bj.toml:7:9
  |
7 | ussd = ["7344", "*7344#", "*7344#"]
  |         ^^^^^^
  |
  = help: write it as citizens enter it: `*7344#` or `*384*7344#`

error: the code `*7344#` stands twice
 --> channels/mtn-bj.toml:7:27
  |
7 | ussd = ["7344", "*7344#", "*7344#"]
  |                           ^^^^^^^^
  |
  = help: take one of the two out
"#,
    ),
    (
        &[("channels/mtn-bj.toml", "sms = []", r#"sms = ["MTN"]"#)],
        r#"
error: `MTN` is no code
 --> channels/mtn-bj.toml:8:8
  |
8 | sms = ["MTN"]
  |        ^^^^^
  |
  = help: write it as citizens enter it: `7344`
"#,
    ),
];

#[test]
fn codes_are_written_as_citizens_enter_them() {
    expect(CODES_ARE_WRITTEN_AS_CITIZENS_ENTER_THEM);
}

const SOMEBODY_MAY_CALL_A_CHANNEL_BUT_NOT_EVERYBODY: &[Mistake<'_>] = &[
    (
        &[(
            "channels/mtn-bj.toml",
            "allow = [\"127.0.0.0/8\", \"::1\"]\nsecret = \"env:MTN_BJ_SECRET\"",
            "allow = []",
        )],
        "
error: nobody may call this channel
  --> channels/mtn-bj.toml:12:1
   |
12 | [access]
   | ^^^^^^^^
   |
   = help: give at least one of `allow`, `secret` and `signature`
",
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#""127.0.0.0/8", "::1""#,
            r#""0.0.0.0/0", "127.0.0.0/40""#,
        )],
        r#"
warning: anybody in the world may call this channel
  --> channels/mtn-bj.toml:13:10
   |
13 | allow = ["0.0.0.0/0", "127.0.0.0/40"]
   |          ^^^^^^^^^^^
   |
   = help: name the aggregator's addresses, or use `secret`

error: `127.0.0.0/40` is no network
  --> channels/mtn-bj.toml:13:23
   |
13 | allow = ["0.0.0.0/0", "127.0.0.0/40"]
   |                       ^^^^^^^^^^^^^^
   |
   = help: write an address or a network, like `10.0.0.0/8`
"#,
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            r#"secret = "env:MTN_BJ_SECRET""#,
            r#"secret = """#,
        )],
        "
error: `secret` is empty
  --> channels/mtn-bj.toml:14:10
   |
14 | secret = **
   |          ^^
   |
   = help: take the line out if there is none
",
    ),
];

#[test]
fn somebody_may_call_a_channel_but_not_everybody() {
    expect(SOMEBODY_MAY_CALL_A_CHANNEL_BUT_NOT_EVERYBODY);
}

const SCREENS_HAVE_LENGTHS_AND_FOLDINGS: &[Mistake<'_>] = &[(
    &[(
        "channels/mtn-bj.toml",
        r#"menu = "feedback""#,
        "menu = \"feedback\"\nbudget = 200\nfolding = \"asci\"",
    )],
    r#"
error: 200 is no screen's length
 --> channels/mtn-bj.toml:7:10
  |
7 | budget = 200
  |          ^^^
  |
  = help: 40 to 182 characters: no phone shows more on one screen

error: there is no folding `asci`
 --> channels/mtn-bj.toml:8:11
  |
8 | folding = "asci"
  |           ^^^^^^
  |
  = help: did you mean `ascii`?
"#,
)];

#[test]
fn screens_have_lengths_and_foldings() {
    expect(SCREENS_HAVE_LENGTHS_AND_FOLDINGS);
}

const AN_ADDRESS_OF_AN_API_IS_ONE: &[Mistake<'_>] = &[(
    &[(
        "channels/at-rw.toml",
        r#"sender = "7344""#,
        r#"url = "api.example.org""#,
    )],
    r#"
error: this is no address of an API
  --> channels/at-rw.toml:17:7
   |
17 | url = "api.example.org"
   |       ^^^^^^^^^^^^^^^^^
   |
   = help: write an address like `https://example.org/hook`
"#,
)];

#[test]
fn an_address_of_an_api_is_one() {
    expect(AN_ADDRESS_OF_AN_API_IS_ONE);
}
