//! Channels, institutions, countries and places.

use super::expect;

#[test]
fn a_channel_names_what_there_is() {
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#""comviva-xml""#,
            r#""comviva-xlm""#,
        )],
        r##"
error: there is no aggregator `comviva-xlm`
 --> channels/mtn-bj.toml:3:14
  |
3 | aggregator = "comviva-xlm"
  |              ^^^^^^^^^^^^^
  |
  = help: did you mean `comviva-xml`?
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"country = "BJ""#,
            r#"country = "BF""#,
        )],
        r##"
error: there is no country `BF`
 --> channels/mtn-bj.toml:4:11
  |
4 | country = "BF"
  |           ^^^^
  |
  = help: did you mean `BJ`?
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"operator = "mtn""#,
            r#"operator = "mtm""#,
        )],
        r##"
error: `BJ` has no operator `mtm`
 --> channels/mtn-bj.toml:5:12
  |
5 | operator = "mtm"
  |            ^^^^^
  |
  = help: did you mean `mtn`?
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"menu = "feedback""#,
            r#"menu = "fedback""#,
        )],
        r##"
error: there is no menu `fedback`
 --> channels/mtn-bj.toml:6:8
  |
6 | menu = "fedback"
  |        ^^^^^^^^^
  |
  = help: did you mean `feedback`?
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"aggregator = "comviva-xml""#,
            r#"aggregator = "pindo""#,
        )],
        r##"
error: `pindo` only sends
 --> channels/mtn-bj.toml:3:14
  |
3 | aggregator = "pindo"
  |              ^^^^^^^
  |
  = help: citizens reach us through another channel: leave `ussd` and `sms` out here
"##,
    );
}

#[test]
fn codes_are_written_as_citizens_enter_them() {
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"ussd = ["*7344#"]"#,
            r#"ussd = ["7344", "*7344#", "*7344#"]"#,
        )],
        r##"
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
"##,
    );
    expect(
        &[("channels/mtn-bj.toml", "sms = []", r#"sms = ["MTN"]"#)],
        r##"
error: `MTN` is no code
 --> channels/mtn-bj.toml:8:8
  |
8 | sms = ["MTN"]
  |        ^^^^^
  |
  = help: write it as citizens enter it: `7344`
"##,
    );
}

#[test]
fn somebody_may_call_a_channel_but_not_everybody() {
    expect(
        &[(
            "channels/mtn-bj.toml",
            "allow = [\"127.0.0.0/8\", \"::1\"]\nsecret = \"env:MTN_BJ_SECRET\"",
            "allow = []",
        )],
        r##"
error: nobody may call this channel
  --> channels/mtn-bj.toml:12:1
   |
12 | [access]
   | ^^^^^^^^
   |
   = help: give at least one of `allow`, `secret` and `signature`
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#""127.0.0.0/8", "::1""#,
            r#""0.0.0.0/0", "127.0.0.0/40""#,
        )],
        r##"
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
"##,
    );
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"secret = "env:MTN_BJ_SECRET""#,
            r#"secret = """#,
        )],
        r##"
error: `secret` is empty
  --> channels/mtn-bj.toml:14:10
   |
14 | secret = **
   |          ^^
   |
   = help: take the line out if there is none
"##,
    );
}

#[test]
fn screens_have_lengths_and_foldings() {
    expect(
        &[(
            "channels/mtn-bj.toml",
            r#"menu = "feedback""#,
            "menu = \"feedback\"\nbudget = 200\nfolding = \"asci\"",
        )],
        r##"
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
"##,
    );
}

#[test]
fn an_address_of_an_api_is_one() {
    expect(
        &[(
            "channels/at-rw.toml",
            r#"sender = "7344""#,
            r#"url = "api.example.org""#,
        )],
        r##"
error: this is no address of an API
  --> channels/at-rw.toml:17:7
   |
17 | url = "api.example.org"
   |       ^^^^^^^^^^^^^^^^^
   |
   = help: write an address like `https://example.org/hook`
"##,
    );
}

#[test]
fn an_institution_covers_places_of_its_country() {
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#"covers = ["BJ"]"#,
            r#"covers = ["BJ-LI", "BJ-LI-91", "RW-01"]"#,
        )],
        r##"
error: there is no place `BJ-LI-91`
 --> institutions/bj-sante.toml:9:20
  |
9 | covers = ["BJ-LI", "BJ-LI-91", "RW-01"]
  |                    ^^^^^^^^^^
  |
  = help: did you mean `BJ-LI-01`? codes stand in `places/bj.csv`

error: `RW-01` does not lie in `BJ`
 --> institutions/bj-sante.toml:9:32
  |
9 | covers = ["BJ-LI", "BJ-LI-91", "RW-01"]
  |                                ^^^^^^^
  |
  = help: an institution covers places of its country
"##,
    );
}

#[test]
fn keywords_are_words_and_one_institution_s() {
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#"keywords = ["sante", "hopital", "dispensaire", "maternite"]"#,
            r#"keywords = ["sante", "Santé!", "?", "police"]"#,
        )],
        r##"
error: `Santé!` is the same keyword as `sante`
 --> institutions/bj-sante.toml:7:22
  |
7 | keywords = ["sante", "Santé!", "?", "police"]
  |                      ^^^^^^^^
  |
  = help: keywords are compared without case, accents and punctuation

error: this keyword has no letters
 --> institutions/bj-sante.toml:7:32
  |
7 | keywords = ["sante", "Santé!", "?", "police"]
  |                                ^^^
  |
  = help: a keyword is a word that begins an SMS

warning: `bj-police` has the keyword `police` too
 --> institutions/bj-sante.toml:7:37
  |
7 | keywords = ["sante", "Santé!", "?", "police"]
  |                                     ^^^^^^^^
  |
  = help: both answer for the same places: who gets the SMS is left to their order
"##,
    );
}

#[test]
fn promises_and_events_have_their_forms() {
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""5 working days""#,
            r#""soon""#,
        )],
        r##"
error: `soon` is no time to answer in
 --> institutions/bj-sante.toml:8:16
  |
8 | reply_within = "soon"
  |                ^^^^^^
  |
  = help: write it as `5 working days`, `3 days` or `12 hours`
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#"events = ["feedback.*", "reply.*"]"#,
            r#"events = ["feedback.recieved", "answer.*"]"#,
        )],
        r##"
error: there is no event `feedback.recieved`
  --> institutions/bj-sante.toml:14:11
   |
14 | events = ["feedback.recieved", "answer.*"]
   |           ^^^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `feedback.received`?

error: there is no event `answer.*`
  --> institutions/bj-sante.toml:14:32
   |
14 | events = ["feedback.recieved", "answer.*"]
   |                                ^^^^^^^^^^
   |
   = help: one of: `bulletin.*`, `bulletin.sent`, `feedback.*`, `feedback.added`, `feedback.overdue`, `feedback.received`, `feedback.reopened`, `reply.*`, `reply.delivered`, `reply.failed`
"##,
    );
}

#[test]
fn webhooks_are_addresses_with_secrets() {
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""https://hooks.example.org/bj-sante""#,
            r#""hooks.example.org""#,
        )],
        r##"
error: this is no address to send events to
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "hooks.example.org"
   |       ^^^^^^^^^^^^^^^^^^^
   |
   = help: write an address like `https://example.org/hook`
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""https://hooks.example.org/bj-sante""#,
            r#""http://hooks.example.org/bj-sante""#,
        )],
        r##"
warning: this address is not encrypted
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "http://hooks.example.org/bj-sante"
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: use https: citizens' words pass here
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_SECRET""#,
            r#""hunter2""#,
        )],
        r##"
error: this secret begins with neither `whsec_` nor `whsk_`
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *********
   |          ^^^^^^^^^
   |
   = help: make one with `echo whsec_$(openssl rand -base64 32)`
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_SECRET""#,
            r#""whsec_not base64!""#,
        )],
        r##"
error: what follows the secret's `_` is not base64
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *******************
   |          ^^^^^^^^^^^^^^^^^^^
   |
   = help: make one with `echo whsec_$(openssl rand -base64 32)`
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_SECRET""#,
            r#""whsec_aHVudGVyMg==""#,
        )],
        r##"
warning: this secret has 7 bytes
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = ********************
   |          ^^^^^^^^^^^^^^^^^^^^
   |
   = help: Standard Webhooks asks for 24 to 64 bytes; make one with `echo whsec_$(openssl rand -base64 32)`
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_SECRET""#,
            r#""whsk_aHVudGVyMg==""#,
        )],
        r##"
error: this is no signing key
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *******************
   |          ^^^^^^^^^^^^^^^^^^^
   |
   = help: after `whsk_` comes an ed25519 key: 32 or 64 bytes in base64
"##,
    );
}

#[test]
fn a_token_is_long_and_one_institution_s() {
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_TOKEN""#,
            r#""env:BJ_POLICE_TOKEN""#,
        )],
        r##"
error: `bj-police` has the same token
  --> institutions/bj-sante.toml:17:9
   |
17 | token = "env:BJ_POLICE_TOKEN"
   |         ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: whoever holds it could read both institutions' feedback: give each its own
"##,
    );
    expect(
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_TOKEN""#,
            r#""hunter2""#,
        )],
        r##"
warning: this token is short enough to be guessed
  --> institutions/bj-sante.toml:17:9
   |
17 | token = *********
   |         ^^^^^^^^^
   |
   = help: make one with `openssl rand -hex 24`
"##,
    );
}

#[test]
fn numbers_have_patterns() {
    expect(
        &[(
            "countries/bj.toml",
            r#"fixed = '012[0-4]\d{6}'"#,
            r#"fixed = '012[0-4\d{6}'"#,
        )],
        r##"
error: `012[0-4\d{6}` is not a regular expression
  --> countries/bj.toml:19:9
   |
19 | fixed = '012[0-4\d{6}'
   |         ^^^^^^^^^^^^^^
   |
   = help: check its brackets; in single quotes, `\d` is a digit
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"calling_code = "229""#,
            r#"calling_code = "+229""#,
        )],
        r##"
error: `+229` is wrong here
  --> countries/bj.toml:16:16
   |
16 | calling_code = "+229"
   |                ^^^^^^
   |
   = help: 1 to 3 digits, in quotes
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"networks = ["61602"]"#,
            r#"networks = ["61603"]"#,
        )],
        r##"
error: `61603` belongs to `mtn` already
  --> countries/bj.toml:39:13
   |
39 | networks = ["61603"]                   # Moov Africa [A]
   |             ^^^^^^^
   |
   = help: a network has one operator
"##,
    );
}

#[test]
fn a_country_s_languages_offset_and_desk_are_there() {
    expect(
        &[(
            "countries/bj.toml",
            r#"default_language = "fr""#,
            r#"default_language = "fon""#,
        )],
        r##"
error: `fon` is not one of `languages`
  --> countries/bj.toml:10:20
   |
10 | default_language = "fon"
   |                    ^^^^^
   |
   = help: one of: `en`, `fr`
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"languages = ["fr", "en"]"#,
            r#"languages = ["fr", "en", "fon"]"#,
        )],
        r##"
error: `locales/fon.ftl` is missing
 --> countries/bj.toml:9:26
  |
9 | languages = ["fr", "en", "fon"]
  |                          ^^^^^
  |
  = help: one of: `en`, `fr`, `rw`
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"languages = ["fr", "en"]"#,
            "languages = []",
        )],
        r##"
error: there is no language
 --> countries/bj.toml:9:13
  |
9 | languages = []
  |             ^^
  |
  = help: name at least one, like `["fr"]`
"##,
    );
    expect(
        &[("countries/bj.toml", r#""+01:00""#, r#""UTC+1""#)],
        r##"
error: `UTC+1` is no offset
  --> countries/bj.toml:11:14
   |
11 | utc_offset = "UTC+1"
   |              ^^^^^^^
   |
   = help: write it as `+01:00`
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"desk = "bj-desk""#,
            r#"desk = "bj-dsk""#,
        )],
        r##"
error: there is no institution `bj-dsk`
  --> countries/bj.toml:12:8
   |
12 | desk = "bj-dsk"
   |        ^^^^^^^^
   |
   = help: did you mean `bj-desk`?
"##,
    );
    expect(
        &[(
            "countries/bj.toml",
            r#"desk = "bj-desk""#,
            r#"desk = "rw-desk""#,
        )],
        r##"
error: `rw-desk` is an institution of `RW`
  --> countries/bj.toml:12:8
   |
12 | desk = "rw-desk"
   |        ^^^^^^^^^
   |
   = help: name one of `BJ`
"##,
    );
}

#[test]
fn places_hang_in_one_tree() {
    expect(
        &[(
            "places/bj.csv",
            "code,name,level,parent",
            "code;name;level;parent",
        )],
        r##"
error: this is not the header
 --> places/bj.csv:1:1
  |
1 | code;name;level;parent
  | ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: the first line is `code,name,level,parent`
"##,
    );
    expect(
        &[(
            "places/bj.csv",
            "BJ-AL-01,Banikoara,commune,BJ-AL",
            "BJ-AL-01,Banikoara,commune,BJ-AX",
        )],
        r##"
error: no row above has the code `BJ-AX`
 --> places/bj.csv:4:28
  |
4 | BJ-AL-01,Banikoara,commune,BJ-AX
  |                            ^^^^^
  |
  = help: parents stand above their children
"##,
    );
    expect(
        &[("places/bj.csv", "BJ-AL-02,Gogounou", "BJ-AL-01,Gogounou")],
        r##"
error: the code `BJ-AL-01` stands twice
 --> places/bj.csv:5:1
  |
5 | BJ-AL-01,Gogounou,commune,BJ-AL
  | ^^^^^^^^
  |
  = help: each place has a code of its own
"##,
    );
    expect(
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            "BJ-AL-02,Gogounou,commune",
        )],
        r##"
error: this row has 3 fields, not 4
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,Gogounou,commune
  | ^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: each row is `code,name,level,parent`
"##,
    );
    expect(
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            r#"BJ-AL-02,"Gogounou,commune,BJ-AL"#,
        )],
        r##"
error: a quote is not closed
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,"Gogounou,commune,BJ-AL
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: put `"` at the field's end
"##,
    );
    expect(
        &[(
            "places/bj.csv",
            "BJ-AL-02,Gogounou,commune,BJ-AL",
            "BJ-AL-02,Gogounou,commune,",
        )],
        r##"
error: `BJ-AL-02` cannot stand so
 --> places/bj.csv:5:1
  |
5 | BJ-AL-02,Gogounou,commune,
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: only `BJ`, the country's own row, has no parent
"##,
    );
}
