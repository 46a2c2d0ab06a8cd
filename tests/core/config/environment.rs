//! Variables, secrets, and the files that values name.

use std::io;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use passerelle::config::{Environment, Files, Rules, load};
use passerelle::domain::redact::Secret;

use super::{edited, furnished, judged, said};

#[test]
fn a_variable_wins_over_the_file() {
    let files = edited(&[(
        "passerelle.toml",
        "#listen = \"127.0.0.1:8080\"",
        "listen = \"127.0.0.1:1\"",
    )]);
    let environment = furnished()
        .with("PASSERELLE_SERVER__LISTEN", "0.0.0.0:8081")
        .with("PASSERELLE_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1")
        .with("PASSERELLE_SERVER__WORKERS", "3")
        .with("PASSERELLE_SERVER__SIMULATOR", "true")
        .with("PASSERELLE_SESSIONS__URL", "redis://:hunter2@10.0.0.1")
        .with("PASSERELLE_SESSIONS__LIFETIME", "5 min")
        .with(
            "PASSERELLE_PRIVACY__KEY",
            "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        )
        .with("PASSERELLE_DELIVERY__TIMEOUT", "");
    let config = judged(&files, &environment).unwrap_or_else(|r| panic!("{r}"));
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8081");
    assert_eq!(config.server.public_url, "http://127.0.0.1:8081");
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.server.workers, Some(3));
    assert!(config.simulator);
    assert_eq!(config.sessions.url.expose(), "redis://:hunter2@10.0.0.1");
    assert_eq!(config.sessions.lifetime, Duration::from_mins(5));
    assert_eq!(config.delivery.timeout, Duration::from_secs(15));
    let key = config.privacy.key.as_ref().map(|key| *key.expose());
    assert_eq!(key, Some(*b"0123456789abcdef0123456789abcdef"));
    let shown = format!("{config:?}{files:?}{environment:?}");
    for secret in [
        "hunter2",
        "0123456789abcdef",
        "whsec_M",
        "bj_sante_token---",
    ] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[test]
fn a_country_may_have_stores_of_its_own() {
    let files = edited(&[(
        "passerelle.toml",
        "#url = \"memory:\"",
        "url = \"redis://10.0.0.1\"\nrw = \"redis://:hunter2@10.9.0.1\"",
    )]);
    let kigali = "postgres://p:hunter2@kigali.example/p";
    let environment = furnished()
        .with("PASSERELLE_RECORDS__RW", kigali)
        .with("PASSERELLE_RECORDS__CG", "sqlite:brazzaville.db");
    let config = judged(&files, &environment).unwrap_or_else(|r| panic!("{r}"));
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let places: Vec<_> = config
        .records
        .places()
        .into_iter()
        .map(|(url, countries)| (url.expose().to_owned(), countries))
        .collect();
    let default = config.records.url.expose().to_owned();
    assert_eq!(
        places,
        [
            (default, vec![]),
            ("sqlite:brazzaville.db".to_owned(), vec!["CG"]),
            (kigali.to_owned(), vec!["RW"]),
        ]
    );
    let own = config.sessions.by_country.keys();
    assert_eq!(own.collect::<Vec<_>>(), ["RW"]);
    // Congo is half at home, and a country without a file has nothing to keep.
    let remarks = said(&files, &environment);
    assert!(
        remarks.contains("`records.cg` is set and `sessions.cg` is not"),
        "{remarks}"
    );
    assert!(!remarks.contains("sessions.rw"), "{remarks}");
    let nowhere = furnished().with("PASSERELLE_RECORDS__ZZ", "sqlite:zz.db");
    let remarks = said(&files, &nowhere);
    assert!(
        remarks.contains("`PASSERELLE_RECORDS__ZZ` is no setting"),
        "{remarks}"
    );
}

#[test]
fn earlier_phone_keys_stand_behind_the_one_in_force() {
    let key = |byte: u8| base64::engine::general_purpose::STANDARD.encode([byte; 32]);
    let environment = furnished()
        .with("PASSERELLE_PRIVACY__KEY", &format!("{} {}", key(1), key(2)))
        .with("PASSERELLE_PRIVACY__PREVIOUS_KEYS", &key(3));
    let config = judged(&edited(&[]), &environment).unwrap_or_else(|r| panic!("{r}"));
    let keys = config.privacy.keys();
    let first: Vec<u8> = keys.iter().map(|key| key.expose()[0]).collect();
    assert_eq!(first, [1, 2, 3]);
}

#[test]
fn a_wrong_variable_is_named_and_a_secret_one_is_not_shown() {
    let environment = furnished()
        .with("PASSERELLE_SERVER__LISTEN", "here")
        .with("PASSERELLE_SERVER__MAX_BODY", "lots")
        .with("PASSERELLE_PRIVACY__KEY", "hunter2!")
        .with("PASSERELLE_SERVER__LISTNE", "127.0.0.1:80")
        .with("PASSERELLE_RECORDS__URL", "file:/run/secrets/records")
        .with("PASSERELLE_CONFIG", "config");
    let expected = "
error: `here` is wrong for `PASSERELLE_SERVER__LISTEN`
--> environment
 = help: write an address and a port, like `127.0.0.1:8080` or `[::]:8080`

error: `lots` is wrong for `PASSERELLE_SERVER__MAX_BODY`
--> environment
 = help: a whole number between 1024 and 16777216

error: the file `/run/secrets/records` cannot be read: entity not found
--> environment
 = help: a path counts from where the program runs

error: `PASSERELLE_PRIVACY__KEY` cannot be used
--> environment
 = help: it is not base64; make one with `openssl rand -base64 32`

warning: `PASSERELLE_SERVER__LISTNE` is no setting
--> environment
 = help: did you mean `PASSERELLE_SERVER__LISTEN`?
";
    let said = said(&Files::embedded(), &environment);
    assert_eq!(said.trim(), expected.trim(), "\n{said}");
}

#[test]
fn a_missing_secret_is_an_error_to_serve_and_a_warning_to_check() {
    let environment = furnished().with_missing(|name| match name {
        "BJ_SANTE_SECRET" | "BJ_SANTE_TOKEN" => None,
        name if name.ends_with("_SECRET") => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
        name => Some(format!("{name}-0123456789")),
    });
    let expected = "
error: the variable `BJ_SANTE_SECRET` is not set
  --> institutions/bj-sante.toml:13:10
   |
13 | secret = \"env:BJ_SANTE_SECRET\"
   |          ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: set it: `BJ_SANTE_SECRET=…`

error: the variable `BJ_SANTE_TOKEN` is not set
  --> institutions/bj-sante.toml:17:9
   |
17 | token = \"env:BJ_SANTE_TOKEN\"
   |         ^^^^^^^^^^^^^^^^^^^^
   |
   = help: set it: `BJ_SANTE_TOKEN=…`
";
    assert_eq!(
        said(&Files::embedded(), &environment).trim(),
        expected.trim()
    );
    let config = load(&Files::embedded(), &environment, &Rules::CHECK);
    let config = config.unwrap_or_else(|r| panic!("{r}"));
    let institution = config.service.institution("bj-sante").expect("is shipped");
    assert_eq!(institution.webhooks[0].secrets.current().expose(), "");
}

#[test]
fn many_missing_secrets_are_told_in_one_block() {
    let said = said(&Files::embedded(), &Environment::default());
    assert!(
        said.starts_with("error: 43 secrets are not at hand\n"),
        "{said}"
    );
    assert!(said.contains("\n::: institutions/bj-sante.toml:13:10: env:BJ_SANTE_SECRET\n"));
}

#[test]
fn a_missing_variable_that_is_no_secret_is_an_error_to_check_too() {
    let files = edited(&[("channels/mtn-bj.toml", "\"BJ\"", "\"env:NOWHERE\"")]);
    let environment = Environment::default();
    let report = load(&files, &environment, &Rules::CHECK).expect_err("has an error");
    assert!(
        report.text(false).contains(
            "error: the variable `NOWHERE` is not set
 --> channels/mtn-bj.toml:4:11
"
        ),
        "{report}"
    );
}

#[test]
fn a_value_is_read_from_the_file_that_it_names() {
    let files = edited(&[
        (
            "institutions/bj-sante.toml",
            "env:BJ_SANTE_TOKEN",
            "file:/run/secrets/bj-sante",
        ),
        ("countries/bj.toml", "\"+01:00\"", "\"env:OFFSET\""),
    ]);
    let read = |path: &Path| match path.to_str() {
        Some("/run/secrets/bj-sante") => Ok(b"a-token-of-some-length\n".to_vec()),
        _ => Err(io::ErrorKind::NotFound.into()),
    };
    let environment = furnished().with("OFFSET", "+02:00").with_files(read);
    let config = judged(&files, &environment).unwrap_or_else(|r| panic!("{r}"));
    let token = config
        .service
        .institution("bj-sante")
        .and_then(|i| i.token.as_ref());
    assert_eq!(token.map(Secret::expose), Some("a-token-of-some-length"));
    assert_eq!(
        config.service.country("BJ").map(|c| c.utc_offset),
        Some(120)
    );

    // What was fetched is never shown: somebody may have named the wrong variable.
    let environment = environment.with("OFFSET", "hunter2");
    let said = said(&files, &environment);
    assert!(said.starts_with("error: the value of `env:OFFSET` is no offset\n"));
    assert!(!said.contains("hunter2"));
}
