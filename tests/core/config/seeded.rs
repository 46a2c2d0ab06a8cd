//! Ten mistakes, each seeded into a copy of the shipped folder on disk, and what `check` prints for
//! each: the file, the line and the column, the line itself, a caret, and how to mend it.
//!
//! What is expected stands in `tests/fixtures/ten-mistakes.txt`, for people to read;
//! `UPDATE_FIXTURES=1` rewrites it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use passerelle::commands::check::{self, Format};
use passerelle::config::Files;

/// What is wrong in words, the file, what stands there, and what it becomes.
type Seed = (&'static str, &'static str, &'static str, &'static str);

const SEEDS: [Seed; 10] = [
    (
        "An option leads to a screen that there is not",
        "menus/feedback.toml",
        "next = \"urgent\" }",
        "next = \"urgence\" }",
    ),
    (
        "Nothing leads to a screen any more",
        "menus/feedback.toml",
        "  { label = \"home-urgent\", next = \"urgent\" },\n",
        "",
    ),
    (
        "Two screens lead to each other and to no end",
        "menus/feedback.toml",
        "text = \"info-kept\"\nnext = \"rights\"",
        "text = \"info-kept\"\nnext = \"info-seen\"",
    ),
    (
        "Two options have one key",
        "menus/feedback.toml",
        "{ label = \"erase-yes\", effect",
        "{ label = \"erase-yes\", key = \"2\", effect",
    ),
    (
        "Home would be the key of an answer",
        "menus/feedback.toml",
        "{ label = \"rights-info\", next",
        "{ label = \"rights-info\", key = \"00\", next",
    ),
    (
        "A text is missing in one language",
        "locales/rw.ftl",
        "ask-words = Byagenze bite? Andika mu magambo make.\n",
        "",
    ),
    (
        "A text shows what nobody was asked for yet",
        "locales/en.ftl",
        "ask-institution = Which office?",
        "ask-institution = Which office in { $place }?",
    ),
    (
        "A text does not fit the screen of a channel",
        "locales/fr.ftl",
        "info-seen = L'institution lit",
        "info-seen = Ce que vous écrivez ne se perd pas et va où il faut. L'institution lit",
    ),
    (
        "A label has a letter that no phone there shows",
        "locales/en.ftl",
        "experience-good = Good",
        "experience-good = Good ☺",
    ),
    (
        "One letter makes an SMS twice as dear",
        "locales/en.ftl",
        "sms-moved = Your message { $code } is now with: { $institution }.",
        "sms-moved = Your message “{ $code }” was passed on and is now with another office: { $institution }.",
    ),
];

/// What `check` prints for these files, problem by problem.
fn printed(files: &Files, folder: &Path) -> Vec<String> {
    for path in files.paths() {
        let to = folder.join(path);
        std::fs::create_dir_all(to.parent().expect("is below")).expect("made");
        std::fs::write(to, files.get(path).expect("is there")).expect("written");
    }
    let mut out = Vec::new();
    check::run(Some(folder), Format::Text, false, &mut out).expect("is written");
    let out = String::from_utf8(out).expect("is UTF-8");
    let root = format!("{}/", folder.display());
    let out = out.replace(&root, "");
    out.split("\n\n").map(str::to_owned).collect()
}

#[test]
fn check_tells_each_of_ten_seeded_mistakes() {
    let folder = tempfile::tempdir().expect("a folder");
    let sound: HashSet<String> = printed(&Files::embedded(), folder.path())
        .into_iter()
        .collect();
    let mut told = String::new();
    for (number, (what, path, from, to)) in SEEDS.iter().enumerate() {
        let mut files = Files::embedded();
        let text = String::from_utf8(files.get(path).expect(path).to_vec()).expect("UTF-8");
        assert!(text.contains(from), "`{from}` does not stand in {path}");
        files.insert(path, text.replacen(from, to, 1));
        let problems: Vec<String> = printed(&files, folder.path())
            .into_iter()
            .filter(|problem| problem.contains("--> ") && !problem.contains("are not at hand"))
            .filter(|problem| !sound.contains(problem))
            // What moved a line down is no other problem.
            .filter(|problem| !problem.starts_with("note: ") || problem.contains("makes it dear"))
            .collect();
        let at = problems
            .first()
            .unwrap_or_else(|| panic!("{what}: nothing is told"));
        let place = at.split_once("--> ").map_or("", |(_, after)| after);
        let mut place = place.lines().next().unwrap_or_default().split(':');
        let file = place.next().unwrap_or_default();
        assert!(files.get(file).is_some(), "{at}");
        let mut part = || place.next().and_then(|n| n.parse::<usize>().ok());
        assert!(part().is_some() && part().is_some(), "{at}");
        assert!(at.contains('^') && at.contains("= help: "), "{at}");
        let _ = write!(told, "{}. {what}\n\n", number + 1);
        for problem in &problems {
            let _ = write!(told, "{}\n\n", problem.trim());
        }
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ten-mistakes.txt");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&kept, &told).expect("written");
    }
    let expected = std::fs::read_to_string(&kept).expect("a fixture");
    assert_eq!(told, expected);
}
