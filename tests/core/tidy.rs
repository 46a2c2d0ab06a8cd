//! The house rules that a compiler does not keep: who may know whom, which room may name which
//! outside crate, how long a file may be. `docs/ARCHITECTURE.md` says why.

use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms that it may import, and the outside crates that only it may name.
struct Room {
    name: &'static str,
    may_import: &'static [&'static str],
    owns: &'static [&'static str],
}

const ANY: &[&str] = &["*"];

const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        may_import: &["domain"],
        owns: &[],
    },
    Room {
        name: "aggregators",
        may_import: &["domain"],
        owns: &["quick_xml"],
    },
    Room {
        name: "store",
        may_import: &["domain"],
        owns: &["redis", "sqlx"],
    },
    Room {
        name: "client",
        may_import: &["domain"],
        owns: &["reqwest", "rustls", "lettre"],
    },
    Room {
        name: "flows",
        may_import: &["domain", "aggregators", "store", "client", "telemetry"],
        owns: &["getrandom"],
    },
    Room {
        name: "web",
        may_import: &["flows", "domain", "store"],
        owns: &["actix_web", "askama"],
    },
    Room {
        name: "simulator",
        may_import: &["domain", "client"],
        owns: &["actix_web", "getrandom"],
    },
    Room {
        name: "workers",
        may_import: &["flows", "domain", "store"],
        owns: &[],
    },
    Room {
        name: "config",
        may_import: &["domain", "aggregators"],
        owns: &["toml", "fluent_syntax", "annotate_snippets", "include_dir"],
    },
    Room {
        name: "telemetry",
        may_import: &[],
        owns: &["prometheus_client", "tracing_subscriber"],
    },
    Room {
        name: "app",
        may_import: ANY,
        owns: &["actix_web"],
    },
    Room {
        name: "commands",
        may_import: ANY,
        owns: &["clap"],
    },
    Room {
        name: "main",
        may_import: ANY,
        owns: &[],
    },
    Room {
        name: "lib",
        may_import: ANY,
        owns: &[],
    },
];

/// Files and folders that no newcomer should have to scroll through.
const LONGEST_FILE: usize = 400;

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found
}

fn room_of(path: &Path) -> &'static Room {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("in src");
    let first = inside.components().next().expect("a file");
    let name = Path::new(first.as_os_str()).file_stem().expect("a name");
    ROOMS
        .iter()
        .find(|r| Path::new(r.name).as_os_str() == name)
        .unwrap_or_else(|| panic!("{} is in no room of the plan", inside.display()))
}

/// The code of a file without comments: a sentence may name any room.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.split("//").next().unwrap_or("")))
}

#[test]
fn rooms_know_only_whom_they_may() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        if room.may_import == ANY {
            continue;
        }
        for (line, code) in code(&text) {
            for after in code.split("crate::").skip(1) {
                let names = after.trim_start_matches('{');
                let named = names
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or("");
                if named != room.name && !room.may_import.contains(&named) {
                    broken.push(format!(
                        "{}:{line}: {} may not know {named}",
                        path.display(),
                        room.name
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut broken = Vec::new();
    let owned: Vec<&str> = ROOMS.iter().flat_map(|r| r.owns).copied().collect();
    for (path, text) in sources() {
        let room = room_of(&path);
        for (line, code) in code(&text) {
            for name in &owned {
                let named = code.contains(&format!("use {name}::"))
                    || code.contains(&format!(" {name}::"))
                    || code.contains(&format!("({name}::"))
                    || code.contains(&format!("<{name}::"));
                if named && !room.owns.contains(name) {
                    broken.push(format!(
                        "{}:{line}: only its room may name {name}",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LONGEST_FILE)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_unfinished_or_orphaned() {
    let sources = sources();
    let mut broken = Vec::new();
    for (path, text) in &sources {
        for word in ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!(")) {
            if text.contains(&word) {
                broken.push(format!("{}: {word}", path.display()));
            }
        }
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        if matches!(stem, "main" | "lib") {
            continue;
        }
        let module = if stem == "mod" {
            path.parent()
                .and_then(Path::file_name)
                .and_then(|s| s.to_str())
                .expect("a folder")
        } else {
            stem
        };
        let declared = sources.iter().any(|(_, text)| {
            code(text).any(|(_, line)| {
                line.trim()
                    .trim_end_matches(';')
                    .ends_with(&format!("mod {module}"))
            })
        });
        if !declared {
            broken.push(format!("{}: no file says `mod {module};`", path.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
