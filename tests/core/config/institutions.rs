//! Institutions.

use super::{Mistake, expect};

const AN_INSTITUTION_COVERS_PLACES_OF_ITS_COUNTRY: &[Mistake<'_>] = &[(
    &[(
        "institutions/bj-sante.toml",
        r#"covers = ["BJ"]"#,
        r#"covers = ["BJ-LI", "BJ-LI-91", "RW-01"]"#,
    )],
    r#"
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
"#,
)];

#[test]
fn an_institution_covers_places_of_its_country() {
    expect(AN_INSTITUTION_COVERS_PLACES_OF_ITS_COUNTRY);
}

const KEYWORDS_ARE_WORDS_AND_ONE_INSTITUTION_S: &[Mistake<'_>] = &[(
    &[(
        "institutions/bj-sante.toml",
        r#"keywords = ["sante", "hopital", "dispensaire", "maternite"]"#,
        r#"keywords = ["sante", "Santé!", "?", "police"]"#,
    )],
    r#"
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
"#,
)];

#[test]
fn keywords_are_words_and_one_institution_s() {
    expect(KEYWORDS_ARE_WORDS_AND_ONE_INSTITUTION_S);
}

const PROMISES_AND_EVENTS_HAVE_THEIR_FORMS: &[Mistake<'_>] = &[
    (
        &[(
            "institutions/bj-sante.toml",
            r#""5 working days""#,
            r#""soon""#,
        )],
        r#"
error: `soon` is no time to answer in
 --> institutions/bj-sante.toml:8:16
  |
8 | reply_within = "soon"
  |                ^^^^^^
  |
  = help: write it as `5 working days`, `3 days` or `12 hours`
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            r#"events = ["feedback.*", "reply.*"]"#,
            r#"events = ["feedback.recieved", "answer.*"]"#,
        )],
        r#"
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
"#,
    ),
];

#[test]
fn promises_and_events_have_their_forms() {
    expect(PROMISES_AND_EVENTS_HAVE_THEIR_FORMS);
}

const WEBHOOKS_ARE_ADDRESSES_WITH_SECRETS: &[Mistake<'_>] = &[
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, r#""hooks.example.org""#)],
        r#"
error: this is no address to send events to
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "hooks.example.org"
   |       ^^^^^^^^^^^^^^^^^^^
   |
   = help: write an address like `https://example.org/hook`
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, r#""http://hooks.example.org/bj-sante""#)],
        r#"
error: this address is not encrypted
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "http://hooks.example.org/bj-sante"
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: use https: citizens' words pass here; `private = true` allows http within the institution's own network
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, r#""https://0x7f.1:8443/""#)],
        r#"
error: this address leads inside
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "https://0x7f.1:8443/"
   |       ^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: if the receiver is in the institution's own network, add `private = true` below it
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, r#""https://us:er@hooks.example.org/""#)],
        r#"
error: this address holds a user or password
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "https://us:er@hooks.example.org/"
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: leave them out: the signature shows who sends
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, "\"http://10.0.0.7/hook\"\nprivate = true")],
        r#"
warning: this address is not encrypted
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "http://10.0.0.7/hook"
   |       ^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: use https: citizens' words pass here
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""https://hooks.example.org/bj-sante""#, "\"http://169.254.169.254/\"\nprivate = true")],
        r#"
error: nobody's events may go to this address
  --> institutions/bj-sante.toml:12:7
   |
12 | url = "http://169.254.169.254/"
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: link-local, multicast, reserved and embedded addresses are never called, with `private = true` neither
"#,
    ),
    (
        &[("institutions/bj-sante.toml", r#""env:BJ_SANTE_SECRET""#, r#""hunter2""#)],
        "
error: this secret begins with neither `whsec_` nor `whsk_`
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *********
   |          ^^^^^^^^^
   |
   = help: make one with `echo whsec_$(openssl rand -base64 32)`
",
    ),
    (
        &[("institutions/bj-sante.toml", r#""env:BJ_SANTE_SECRET""#, r#""whsec_not base64!""#)],
        "
error: what follows the secret's `_` is not base64
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *******************
   |          ^^^^^^^^^^^^^^^^^^^
   |
   = help: make one with `echo whsec_$(openssl rand -base64 32)`
",
    ),
    (
        &[("institutions/bj-sante.toml", r#""env:BJ_SANTE_SECRET""#, r#""whsec_aHVudGVyMg==""#)],
        "
warning: this secret has 7 bytes
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = ********************
   |          ^^^^^^^^^^^^^^^^^^^^
   |
   = help: Standard Webhooks asks for 24 to 64 bytes; make one with `echo whsec_$(openssl rand -base64 32)`
",
    ),
    (
        &[("institutions/bj-sante.toml", r#""env:BJ_SANTE_SECRET""#, r#""whsk_aHVudGVyMg==""#)],
        "
error: this is no signing key
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = *******************
   |          ^^^^^^^^^^^^^^^^^^^
   |
   = help: after `whsk_` comes an ed25519 key: 32 or 64 bytes in base64
",
    ),
];

#[test]
fn webhooks_are_addresses_with_secrets() {
    expect(WEBHOOKS_ARE_ADDRESSES_WITH_SECRETS);
}

const A_TOKEN_IS_LONG_AND_ONE_INSTITUTION_S: &[Mistake<'_>] = &[
    (
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_TOKEN""#,
            r#""env:BJ_POLICE_TOKEN""#,
        )],
        r#"
error: `bj-police` has the same token
  --> institutions/bj-sante.toml:17:9
   |
17 | token = "env:BJ_POLICE_TOKEN"
   |         ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: whoever holds it could read both institutions' feedback: give each its own
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            r#""env:BJ_SANTE_TOKEN""#,
            r#""hunter2""#,
        )],
        "
warning: this token is short enough to be guessed
  --> institutions/bj-sante.toml:17:9
   |
17 | token = *********
   |         ^^^^^^^^^
   |
   = help: make one with `openssl rand -hex 24`
",
    ),
];

#[test]
fn a_token_is_long_and_one_institution_s() {
    expect(A_TOKEN_IS_LONG_AND_ONE_INSTITUTION_S);
}

const MAIL_AND_RATES: &[Mistake<'_>] = &[
    (
        &[
            (
                "institutions/bj-sante.toml",
                "[api]",
                "[[emails]]\nto = [\"accueil@sante\", \"a@x.bj\\r\\nBcc: b@x.bj\"]\ndigest = \"hourly\"\n\n[api]",
            ),
            (
                "passerelle.toml",
                "#url = \"\"\n\n# Who sends.\n#from = \"\"",
                "url = \"smtp://mail.example.org\"\nfrom = \"passerelle@example.org\"",
            ),
        ],
        r#"
error: `accueil@sante` is no address for mail
  --> institutions/bj-sante.toml:17:7
   |
17 | to = ["accueil@sante", "a@x.bj\r\nBcc: b@x.bj"]
   |       ^^^^^^^^^^^^^^^
   |
   = help: its domain has no dot: write it in full

error: `a@x.bj\r\nBcc: b@x.bj` is no address for mail
  --> institutions/bj-sante.toml:17:24
   |
17 | to = ["accueil@sante", "a@x.bj\r\nBcc: b@x.bj"]
   |                        ^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write it as `name@example.org`

error: `hourly` is no time for a digest
  --> institutions/bj-sante.toml:18:10
   |
18 | digest = "hourly"
   |          ^^^^^^^^
   |
   = help: there is one: `digest = "daily"`
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            "[api]",
            "[[emails]]\nto = [\"a@sante.bj\"]\n\n[api]",
        )],
        r#"
error: nothing is sent to these addresses
  --> institutions/bj-sante.toml:16:1
   |
16 | [[emails]]
   | ^^^^^^^^^^
   |
   = help: add `events = ["feedback.*"]`, `digest = "daily"`, or both

error: there is no mail server to send this by
  --> institutions/bj-sante.toml:16:1
   |
16 | [[emails]]
   | ^^^^^^^^^^
   |
   = help: set `email.url` and `email.from` in passerelle.toml
"#,
    ),
    (
        &[(
            "institutions/bj-sante.toml",
            r#"events = ["feedback.*", "reply.*"]"#,
            "events = [\"feedback.*\", \"reply.*\"]\nrate = \"fast\"",
        )],
        r#"
error: `fast` is no rate
  --> institutions/bj-sante.toml:15:8
   |
15 | rate = "fast"
   |        ^^^^^^
   |
   = help: write it as `20/s`, `300/min` or `5000/h`, at most 100000 a second
"#,
    ),
];

#[test]
fn mail_has_addresses_and_rates_are_rates() {
    expect(MAIL_AND_RATES);
}
