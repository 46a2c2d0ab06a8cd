//! Files that are missing, misnamed or unreadable, and what `check` makes of them.

use std::path::Path;

use passerelle::commands::check::{self, Format};
use passerelle::config::{Environment, Files, Rules, load};

use super::{edited, furnished, said};

fn expect(files: &Files, expected: &str) {
    let said = said(files, &furnished());
    assert_eq!(said.trim(), expected.trim(), "\n{said}");
}

#[test]
fn what_is_not_utf8_is_told_with_its_place() {
    let mut files = Files::embedded();
    files.insert("menus/other.toml", b"start = \"caf\xe9\"".to_vec());
    expect(
        &files,
        r#"
error: this byte is not UTF-8
 --> menus/other.toml:1:13
  |
1 | start = "caf�"
  |             ^
  |
  = help: save the file as UTF-8
"#,
    );
}

#[test]
fn a_byte_order_mark_is_named_where_it_harms() {
    let mut files = Files::embedded();
    for path in ["locales/rw.ftl", "menus/feedback.toml", "places/bj.csv"] {
        let plain = files.get(path).unwrap_or_default();
        let marked = ["\u{feff}".as_bytes(), plain].concat();
        files.insert(path, marked);
    }
    let said = said(&files, &furnished());
    assert!(
        said.starts_with(
            "error: this file begins with a byte order mark\n --> locales/rw.ftl:1:1\n"
        ),
        "{said}"
    );
    assert_eq!(said.matches(" --> ").count(), 1, "{said}");
}

#[test]
fn what_follows_from_a_broken_file_is_not_told() {
    for path in [
        "countries/bj.toml",
        "channels/mtn-bj.toml",
        "institutions/bj-desk.toml",
        "menus/feedback.toml",
        "locales/fr.ftl",
        "places/bj.csv",
    ] {
        let mut files = Files::embedded();
        files.insert(path, "= 1\n");
        let said = said(&files, &furnished());
        assert_eq!(said.matches(" --> ").count(), 1, "{said}");
        assert!(said.contains(&format!(" --> {path}:1:1\n")), "{said}");
    }
}

#[test]
fn a_file_has_a_name_that_is_read() {
    let mut files = Files::embedded();
    files.insert("channels/mtn.tml", "x");
    files.insert(
        "menus/Old Menu.toml",
        "start = \"a\"\n[screens.a]\nasks = \"nothing\"\ntext = \"filed\"\n",
    );
    files.insert("countries/benin.toml", "x");
    files.insert("README.md", "is nobody's business");
    expect(
        &files,
        r#"
warning: this file is not read
--> channels/mtn.tml
 = help: files in `channels/` end in `.toml`

error: this file's name is not a country
 --> countries/benin.toml:1:1
  |
1 | x
  | ^
  |
  = help: name it after the ISO 3166-1 code, like `bj.toml`

error: this file's name cannot be an id
 --> menus/Old Menu.toml:1:1
  |
1 | start = "a"
  | ^
  |
  = help: its name is its id: use a–z, 0–9 and `-`

warning: no channel answers with this menu
 --> menus/Old Menu.toml:1:1
  |
1 | start = "a"
  | ^
  |
  = help: name it in a channel
"#,
    );
}

#[test]
fn a_country_has_places() {
    let mut files = Files::embedded();
    files.remove("places/rw.csv");
    expect(
        &files,
        "
error: `places/rw.csv` is missing
 --> countries/rw.toml:1:1
  |
1 | # Rwanda. Trust marks: [A] regulator, ITU or libphonenumber's data; [B] press or vendors;
  | ^
  |
  = help: the country's own row suffices: `code,name,level,parent`
",
    );
}

#[test]
fn nothing_at_all_is_no_service() {
    expect(
        &Files::default(),
        "
warning: there is no channel: nobody can reach this service
--> channels
 = help: add one, like `channels/mtn-bj.toml`: see the shipped ones

error: there is no country
--> countries
 = help: add one, like `countries/bj.toml`: see the shipped ones
",
    );
}

fn checked(files: &Files, format: Format) -> (u8, String) {
    let mut out = Vec::new();
    let environment = Environment::default();
    let code = check::judge(files, &environment, format, false, &mut out).expect("is written");
    (code, String::from_utf8(out).expect("is UTF-8"))
}

#[test]
fn check_sums_up_what_is_right() {
    let (code, out) = checked(&Files::embedded(), Format::Text);
    assert_eq!(code, check::FINE);
    let summary = "
the sample service in the program: nothing wrong; 43 warnings, 22 notes
  countries     BJ (fr, en), CG (fr, en), RW (rw, en, fr)
  channels      at-rw, mtn-bj, mtn-cg, sms-bj, sms-cg
  institutions  BJ 5, CG 5, RW 5
  menus         feedback (21 screens)
  languages     en (not reviewed), fr (not reviewed), rw (not reviewed)
  begun         fon (not reviewed), ln (not reviewed), mkw (not reviewed), yo (not reviewed)
  places        682
  menu      language  longest screen  septets     pages  keys to a filed feedback                 time, not quick
  feedback  en        info-seen       150 of 150  2      5 keys and a text to 10 keys and a text  85 to 125 s; the network's clock is not known
  feedback  fr        place           150 of 150  2      5 keys and a text to 9 keys and a text   85 to 117 s; the network's clock is not known
  feedback  rw        place           150 of 150  2      6 keys and a text to 10 keys and a text  93 to 125 s; the network's clock is not known
  sent by SMS ";
    assert!(out.contains(summary), "{out}");
    let last = "\n`serve` will want `privacy.key`, which is not set here.\n";
    assert!(out.ends_with(last), "{out}");
}

#[test]
fn check_tells_problems_to_people_and_to_programs() {
    let files = edited(&[("channels/mtn-bj.toml", "\"feedback\"", "\"fedback\"")]);
    let (code, out) = checked(&files, Format::Text);
    assert_eq!(code, check::PROBLEMS);
    assert!(out.ends_with(": 1 error, 43 warnings, 11 notes\n"), "{out}");
    let (code, out) = checked(&files, Format::Json);
    assert_eq!(code, check::PROBLEMS);
    let problems: serde_json::Value = serde_json::from_str(&out).expect("is JSON");
    let error = problems
        .as_array()
        .and_then(|all| all.iter().find(|p| p["severity"] == "error"));
    let expected = serde_json::json!({
        "severity": "error",
        "file": "channels/mtn-bj.toml",
        "line": 6,
        "column": 8,
        "end_line": 6,
        "end_column": 17,
        "message": "there is no menu `fedback`",
        "help": "did you mean `feedback`?",
    });
    assert_eq!(error, Some(&expected));
}

#[test]
fn a_folder_on_disk_is_read_like_the_one_in_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let embedded = Files::embedded();
    for path in embedded.paths() {
        let to = folder.path().join(path);
        std::fs::create_dir_all(to.parent().expect("is below")).expect("made");
        std::fs::write(to, embedded.get(path).expect("is there")).expect("written");
    }
    std::fs::create_dir(folder.path().join("channels/..data")).expect("made");
    let files = Files::read(folder.path()).expect("is read");
    assert!(files.paths().eq(embedded.paths()));

    let broken = folder.path().join("channels/mtn-bj.toml");
    std::fs::write(&broken, "aggregator = 1").expect("written");
    let files = Files::read(folder.path()).expect("is read");
    let report = load(&files, &furnished(), &Rules::SERVE).expect_err("is broken");
    let named = format!("--> {}:1:14", broken.display());
    assert!(report.text(false).contains(&named), "{report}");

    let mut out = Vec::new();
    let code = check::run(Some(folder.path()), Format::Text, false, &mut out);
    assert_eq!(code.expect("is written"), check::PROBLEMS);
    let code = check::run(Some(Path::new("/nowhere")), Format::Text, false, &mut out);
    assert_eq!(code.expect("is written"), check::USAGE);
}
