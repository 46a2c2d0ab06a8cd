//! What `check` tells beside problems: the table of menus, the network's clock, what an SMS costs.

use passerelle::commands::check::{self, Format};
use passerelle::config::{Environment, Files};
use serde_json::{Value, json};

use super::{Mistake, edited, expect};

fn printed(files: &Files, format: Format) -> String {
    let mut out = Vec::new();
    let environment = Environment::default();
    let code = check::judge(files, &environment, format, false, &mut out).expect("is written");
    assert_eq!(code, check::FINE);
    String::from_utf8(out).expect("is UTF-8")
}

#[test]
fn an_sms_is_listed_with_its_parts_and_the_letter_that_doubled_it() {
    let dear = edited(&[("locales/en.ftl", "sms-erased = ", "sms-erased = “Done”: ")]);
    for (files, expected) in [
        (Files::embedded(), &["sms-erased", "en", "1", "septets"][..]),
        (dear, &["sms-erased", "en", "1", "UCS-2", "units", "“"][..]),
    ] {
        let out = printed(&files, Format::Text);
        let line = out.lines().find(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some("sms-erased") && words.next() == Some("en")
        });
        let words: Vec<&str> = line.expect("is listed").split_whitespace().collect();
        let length: Option<usize> = words[3].parse().ok();
        assert!(length.is_some_and(|length| length > 0), "{words:?}");
        let others: Vec<&str> = words[..3].iter().chain(&words[4..]).copied().collect();
        assert_eq!(others, expected);
    }
}

#[test]
fn programs_are_told_the_same() {
    let timed = [(
        "channels/at-rw.toml",
        "menu = \"feedback\"",
        "menu = \"feedback\"\nsession_clock = \"180s\"",
    )];
    let out = printed(&edited(&timed), Format::Json);
    let all: Vec<Value> = serde_json::from_str(&out).expect("is JSON");
    let told = |name: &str| all.iter().filter(|o| o.get(name).is_some()).count();
    assert_eq!(told("menu"), 3);
    assert!(told("sms") >= 18);
    let keys = ["severity", "file", "line", "column", "message", "help"];
    for object in &all {
        assert!(keys.iter().all(|key| object.get(key).is_some()), "{object}");
    }
    let of = |language: &str| {
        let found = all.iter().find(|o| o["menu"]["language"] == language);
        found.expect("is told")["menu"].clone()
    };
    let fewest = json!({"keys": 6, "texts": 1, "seconds": 93});
    assert_eq!(of("rw")["fewest"], fewest);
    assert_eq!(of("rw")["session_clock"], 180);
    let sms = all
        .iter()
        .find(|o| o["sms"]["text"] == "sms-verdict" && o["sms"]["language"] == "fr");
    assert_eq!(sms.expect("is told")["sms"]["doubled_by"], "ô");
}

const A_CLOCK_THAT_RUNS_OUT: &[Mistake<'_>] = &[
    (
        &[(
            "channels/mtn-bj.toml",
            "operator = \"mtn\"",
            "operator = \"mtn\"\nsession_clock = \"60s\"",
        )],
        "
warning: filing takes somebody slow 85 s, and `mtn-bj` ends a session after 60 s
  --> menus/feedback.toml:13:8
   |
13 | text = \"ask-language\"
   |        ^^^^^^^^^^^^^^
   |
   = help: ask less, or let `resume` offer what was cut
",
    ),
    (
        &[
            (
                "channels/mtn-bj.toml",
                "operator = \"mtn\"",
                "operator = \"mtn\"\nsession_clock = \"120s\"",
            ),
            (
                "channels/mtn-cg.toml",
                "operator = \"mtn\"",
                "operator = \"mtn\"\nsession_clock = \"120s\"",
            ),
        ],
        "",
    ),
    (
        &[(
            "channels/mtn-bj.toml",
            "operator = \"mtn\"",
            "operator = \"mtn\"\nsession_clock = \"3 d\"",
        )],
        "
error: `3 d` is no session's time
 --> channels/mtn-bj.toml:6:17
  |
6 | session_clock = \"3 d\"
  |                 ^^^^^
  |
  = help: between 10s and 1800 s
",
    ),
];

#[test]
fn a_clock_that_runs_out_is_told() {
    expect(A_CLOCK_THAT_RUNS_OUT);
}
