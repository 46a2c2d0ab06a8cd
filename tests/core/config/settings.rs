//! `passerelle.toml`.

use super::{Mistake, expect};

const SETTINGS_ARE_CHECKED_LIKE_THE_REST: &[Mistake<'_>] = &[
    (
        &[(
            "passerelle.toml",
            r#"#listen = "127.0.0.1:8080""#,
            r#"listen = "localhost""#,
        )],
        r#"
error: `localhost` is wrong for `server.listen`
  --> passerelle.toml:12:10
   |
12 | listen = "localhost"
   |          ^^^^^^^^^^^
   |
   = help: write an address and a port, like `127.0.0.1:8080` or `[::]:8080`
"#,
    ),
    (
        &[(
            "passerelle.toml",
            r#"#answer_within = "2s""#,
            r#"answer_within = "2 parsecs""#,
        )],
        r#"
error: `2 parsecs` is wrong for `server.answer_within`
  --> passerelle.toml:25:17
   |
25 | answer_within = "2 parsecs"
   |                 ^^^^^^^^^^^
   |
   = help: write it as `2s`, `500 ms`, `10 min` or `1 h 30 min`
"#,
    ),
    (
        &[(
            "passerelle.toml",
            r#"#answer_within = "2s""#,
            r#"answer_within = "2 h""#,
        )],
        r#"
error: `2 h` is wrong for `server.answer_within`
  --> passerelle.toml:25:17
   |
25 | answer_within = "2 h"
   |                 ^^^^^
   |
   = help: between 100ms and 60 s
"#,
    ),
    (
        &[("passerelle.toml", "#max_body = 65536", "max_body = 10")],
        "
error: `10` is wrong for `server.max_body`
  --> passerelle.toml:28:12
   |
28 | max_body = 10
   |            ^^
   |
   = help: a whole number between 1024 and 16777216
",
    ),
    (
        &[(
            "passerelle.toml",
            "#max_body = 65536",
            r#"max_body = "64 kB""#,
        )],
        r#"
error: `max_body` is a whole number, and this is a text
  --> passerelle.toml:28:12
   |
28 | max_body = "64 kB"
   |            ^^^^^^^
"#,
    ),
    (
        &[(
            "passerelle.toml",
            "#simulator = false",
            r#"simulator = "no""#,
        )],
        r#"
error: `simulator` is `true` or `false`, and this is a text
  --> passerelle.toml:34:13
   |
34 | simulator = "no"
   |             ^^^^
"#,
    ),
    (
        &[(
            "passerelle.toml",
            "#trusted_proxies = []",
            r#"trusted_proxies = ["10.0.0.0/8", "proxy"]"#,
        )],
        r#"
error: `proxy` is wrong for `server.trusted_proxies`
  --> passerelle.toml:19:34
   |
19 | trusted_proxies = ["10.0.0.0/8", "proxy"]
   |                                  ^^^^^^^
   |
   = help: write an address or a network, like `10.0.0.0/8`
"#,
    ),
    (
        &[("passerelle.toml", "#lifetime", "lifetme")],
        r#"
error: unknown key `lifetme` in `sessions`
  --> passerelle.toml:54:1
   |
54 | lifetme = "10 min"
   | ^^^^^^^
   |
   = help: did you mean `lifetime`?
"#,
    ),
    (
        &[("passerelle.toml", "[records]", "[record]")],
        "
error: unknown key `record`
  --> passerelle.toml:59:2
   |
59 | [record]
   |  ^^^^^^
   |
   = help: did you mean `records`?
",
    ),
    (
        &[(
            "passerelle.toml",
            r#"#admin_listen = "127.0.0.1:9090""#,
            r#"admin_listen = "127.0.0.1:8080""#,
        )],
        r#"
error: `server.admin_listen` is the same as `server.listen`
  --> passerelle.toml:22:16
   |
22 | admin_listen = "127.0.0.1:8080"
   |                ^^^^^^^^^^^^^^^^
   |
   = help: the admin address is for the operator only: give it a port of its own
"#,
    ),
    (
        &[(
            "passerelle.toml",
            r#"#public_url = "http://127.0.0.1:8080""#,
            r#"public_url = "https://example.org/?x""#,
        )],
        r#"
error: `https://example.org/?x` is wrong for `server.public_url`
  --> passerelle.toml:16:14
   |
16 | public_url = "https://example.org/?x"
   |              ^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: leave out what follows `?` or `#`
"#,
    ),
];

#[test]
fn settings_are_checked_like_the_rest() {
    expect(SETTINGS_ARE_CHECKED_LIKE_THE_REST);
}

const WHAT_MAY_HOLD_A_PASSWORD_IS_NOT_SHOWN: &[Mistake<'_>] = &[
    (
        &[(
            "passerelle.toml",
            r#"#url = "memory:""#,
            r#"url = "reddis://:hunter2@10.0.0.1""#,
        )],
        "
error: `sessions.url` cannot be used
  --> passerelle.toml:44:7
   |
44 | url = ****************************
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write `memory:`, `redis://127.0.0.1:6379`, `redis-sentinel://h1,h2/mymaster` or `redis-cluster://h1,h2`; `rediss…` for TLS, `unix:///path` for a socket
",
    ),
    (
        &[(
            "passerelle.toml",
            r#"#url = "sqlite:data/passerelle.db""#,
            r#"url = "mysql://root:hunter2@10.0.0.1""#,
        )],
        "
error: `records.url` cannot be used
  --> passerelle.toml:61:7
   |
61 | url = *******************************
   |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write `sqlite:data/passerelle.db` or `postgres://…`
",
    ),
    (
        &[("passerelle.toml", r#"#key = """#, r#"key = "hunter2""#)],
        "
error: `privacy.key` cannot be used
  --> passerelle.toml:66:7
   |
66 | key = *********
   |       ^^^^^^^^^
   |
   = help: it is not base64; make one with `openssl rand -base64 32`
",
    ),
    (
        &[("passerelle.toml", r#"#key = """#, r#"key = "aHVudGVyMg==""#)],
        "
error: `privacy.key` cannot be used
  --> passerelle.toml:66:7
   |
66 | key = **************
   |       ^^^^^^^^^^^^^^
   |
   = help: it must be 32 bytes in base64 and is 7; make one with `openssl rand -base64 32`
",
    ),
    (
        &[("passerelle.toml", r#"#key = """#, r#"kye = "hunter2""#)],
        "
error: unknown key `kye` in `privacy`
  --> passerelle.toml:66:1
   |
66 | kye = *********
   | ^^^
   |
   = help: did you mean `key`?
",
    ),
];

#[test]
fn what_may_hold_a_password_is_not_shown() {
    expect(WHAT_MAY_HOLD_A_PASSWORD_IS_NOT_SHOWN);
}
