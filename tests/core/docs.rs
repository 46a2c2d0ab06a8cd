//! What the pages promise an operator: the files on them load, the requests on them are those of
//! the fixtures, and every key that an interpreter reads is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle::aggregators::ALL;
use passerelle::config::{self, Environment, Files, Rules};
use regex::Regex;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// The pages by the interpreter's name.
fn pages() -> Vec<(String, String)> {
    let files = entries(&root().join("docs/aggregators"));
    let page = |path: &PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy();
        (name.into_owned(), read(path))
    };
    files.iter().map(page).collect()
}

/// The blocks of a page that are fenced as this language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let after = page.split(fence.as_str()).skip(1);
    after
        .map(|rest| rest.split("```").next().unwrap_or(rest))
        .collect()
}

#[test]
fn every_interpreter_has_its_page_and_every_page_its_interpreter() {
    let names: BTreeSet<String> = ALL.iter().map(|i| i.name().to_owned()).collect();
    let pages: BTreeSet<String> = pages().into_iter().map(|(name, _)| name).collect();
    assert_eq!(pages, names);
    let index = read(&root().join("docs/aggregators.md"));
    for name in names {
        let row = index
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/aggregators.md has no row for {name}"));
        assert!(row.contains(&format!("(aggregators/{name}.md)")), "{row}");
    }
}

#[test]
fn every_channel_file_on_the_pages_loads() {
    let index = read(&root().join("docs/aggregators.md"));
    let index = ("index".to_owned(), index);
    for (name, page) in pages().into_iter().chain([index]) {
        let blocks = blocks(&page, "toml");
        assert_eq!(blocks.is_empty(), name == "index", "{name}: a file to copy");
        for block in blocks {
            let path = block
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("# config/"));
            let path = path.unwrap_or_else(|| panic!("{name}: a file begins with its path"));
            let mut files = Files::embedded();
            files.insert(path, block);
            let nothing = Environment::of([] as [(&str, &str); 0]);
            let config = config::load(&files, &nothing, &Rules::CHECK)
                .unwrap_or_else(|report| panic!("{name}:\n{}", report.text(false)));
            let id = path
                .trim_start_matches("channels/")
                .trim_end_matches(".toml");
            assert_eq!(config.service.channels[id].aggregator, name);
        }
    }
}

#[test]
fn the_requests_on_the_pages_are_those_of_the_fixtures() {
    let mut shown = 0;
    for (name, page) in pages() {
        let fixtures = entries(&root().join("tests/fixtures/aggregators").join(&name));
        let fixtures: Vec<String> = fixtures
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "http"))
            .map(|path| fs::read(path).expect("a fixture"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect();
        for block in blocks(&page, "http") {
            let found = fixtures.iter().any(|text| text.contains(block.trim_end()));
            assert!(found, "{name}: no fixture holds\n{block}");
            shown += 1;
        }
    }
    assert!(shown >= 12, "each dialect that is called shows a request");
}

/// The source of an interpreter, the files below it included.
fn source(name: &str) -> String {
    let stem = name.replace('-', "_");
    let room = root().join("src/aggregators");
    let below = room.join(&stem);
    let mut files = vec![room.join(format!("{stem}.rs"))];
    if below.is_dir() {
        files.extend(entries(&below));
    }
    files.iter().map(|path| read(path)).collect()
}

/// Keys of `[credentials]` and `[dialect]` that a source reads.
fn keys_read(source: &str) -> BTreeSet<String> {
    let patterns = [
        r#"credentials\s*\.(?:get|some)\(\s*"([a-z_]+)""#,
        r#"setting\(channel, "([a-z_.]+)""#,
        r#"names\("([a-z_]+)""#,
        r#""((?:sms|ussd|receipt|send|answer)\.[a-z_.]+)""#,
    ];
    let mut keys = BTreeSet::new();
    for pattern in patterns {
        let pattern = Regex::new(pattern).expect("a pattern");
        keys.extend(
            pattern
                .captures_iter(source)
                .map(|found| found[1].to_owned()),
        );
    }
    keys
}

#[test]
fn every_key_that_is_read_is_on_the_page_and_no_other() {
    for (name, page) in pages() {
        let keys = keys_read(&source(&name));
        for key in &keys {
            let key = key.trim_end_matches('.');
            assert!(page.contains(key), "{name}: the page does not name {key}");
        }
        if name == "http" {
            // Its credentials are whatever the templates name.
            continue;
        }
        for block in blocks(&page, "toml") {
            let table: toml::Table = block.parse().expect("TOML");
            let written = ["credentials", "dialect"].map(|part| table.get(part));
            let written = written
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_table);
            for key in written.flat_map(toml::Table::keys) {
                let known = keys.contains(key) || ["url", "sender"].contains(&key.as_str());
                assert!(known, "{name}: nothing reads {key}");
            }
        }
    }
}
