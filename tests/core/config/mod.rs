//! The shipped configuration with one mistake at a time: what is said, and where.

mod channels;
mod countries;
mod days;
mod environment;
mod facts;
mod files;
mod institutions;
mod languages;
mod menus;
mod proof;
mod seeded;
mod settings;
mod shipped;
mod sound;
mod syntax;
mod ties;

use passerelle::config::{Config, Environment, Files, Report, Rules, Severity, load};

/// Every variable that the sample service names, with a value of the right form.
fn furnished() -> Environment {
    Environment::of::<&str, &str>([]).with_missing(|name| {
        if name.ends_with("_SECRET") {
            Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())
        } else {
            Some(format!("{name:-<32}").to_lowercase())
        }
    })
}

/// The shipped files with texts replaced: file, what stood there, what stands there now.
fn edited(edits: &[(&str, &str, &str)]) -> Files {
    let mut files = Files::embedded();
    for (file, from, to) in edits {
        let before = files.get(file).unwrap_or_default();
        let before = std::str::from_utf8(before).expect("shipped files are UTF-8");
        assert!(before.contains(from), "`{from}` does not stand in {file}");
        let after = if from.is_empty() {
            (*to).to_owned()
        } else {
            before.replacen(from, to, 1)
        };
        files.insert(file, after);
    }
    files
}

fn judged(files: &Files, environment: &Environment) -> Result<Config, Report> {
    load(files, environment, &Rules::SERVE)
}

/// What is said of these files, without the notes.
fn said(files: &Files, environment: &Environment) -> String {
    let mut report = judged(files, environment).map_or_else(|r| r, |config| config.remarks);
    report.problems.retain(|p| p.severity > Severity::Note);
    report.text(false)
}

/// Edits, and what is said of them.
type Mistake<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a str);

/// Proves that exactly this is said of the shipped files with these edits.
#[track_caller]
fn expect(mistakes: &[Mistake<'_>]) {
    for (edits, expected) in mistakes {
        let said = said(&edited(edits), &furnished());
        assert_eq!(
            said.trim(),
            expected.trim(),
            "\n--- said of {edits:?}:\n{said}"
        );
    }
}
