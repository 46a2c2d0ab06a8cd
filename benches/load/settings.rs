//! The files and the environment that the service of a run gets: the shipped ones, its webhooks
//! leading to the run's sink, and grown where it is asked how cost grows with size.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sink;

/// A folder that goes with its value.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let nth = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| d.as_nanos());
        let path = std::env::temp_dir().join(format!("passerelle-{name}-{nth}"));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system sweeps what cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The shipped files in a folder of their own: webhooks, and messages to phones, go to `sink`.
pub fn shipped(sink: &str) -> Folder {
    let folder = Folder::new("files");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("config"),
        &folder.path().join("config"),
    );
    for file in files(&folder.path().join("config/institutions")) {
        edit(&file, |text| to_sink(text, sink));
    }
    edit(&folder.path().join("config/channels/sms-bj.toml"), |text| {
        format!("{text}url = \"{sink}\"\n")
    });
    folder
}

/// So many institutions more, in Benin and Rwanda by turns: none of them first in a list.
pub fn more_institutions(folder: &Folder, count: usize) {
    for nth in 0..count {
        let country = if nth % 2 == 0 { "BJ" } else { "RW" };
        let text = format!(
            "country = \"{country}\"\norder = {}\nname.fr = \"Bureau {nth}\"\nname.en = \"Office {nth}\"\nname.rw = \"Ibiro {nth}\"\nkeywords = [\"bureau{nth}\"]\ncovers = [\"{country}\"]\n\n[[webhooks]]\nurl = \"http://127.0.0.1:9/{nth}\"\nprivate = true\nsecret = \"{}\"\nevents = [\"feedback.*\"]\n",
            1000 + nth,
            sink::SECRET
        );
        let path = format!("config/institutions/more-{nth:05}.toml");
        fs::write(folder.path().join(path), text).expect("written");
    }
}

/// So many screens more, in one long row that can be reached from the screen after the language.
pub fn more_screens(folder: &Folder, count: usize) {
    if count == 0 {
        return;
    }
    let menu = folder.path().join("config/menus/feedback.toml");
    edit(&menu, |text| {
        let mut text = text.replace(
            "set = { experience = \"bad\" }, next = \"institution\" },\n",
            "set = { experience = \"bad\" }, next = \"institution\" },\n  { label = \"confirm-change\", set = { experience = \"bad\" }, next = \"more-0\" },\n",
        );
        for nth in 0..count {
            let next = if nth + 1 < count {
                format!("more-{}", nth + 1)
            } else {
                "institution".to_owned()
            };
            let _ = write!(
                text,
                "\n[screens.more-{nth}]\nasks = \"choice\"\ntext = \"ask-experience\"\noptions = [\n  {{ label = \"experience-good\", next = \"{next}\" }},\n  {{ label = \"experience-bad\", next = \"{next}\" }},\n]\n"
            );
        }
        text
    });
}

/// A value for every secret that the files ask for.
pub fn secrets(folder: &Folder) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for below in ["config/channels", "config/institutions"] {
        for file in files(&folder.path().join(below)) {
            let text = fs::read_to_string(file).expect("a file");
            for after in text.split("\"env:").skip(1) {
                let name = after.split('"').next().unwrap_or_default().to_owned();
                let signs = below.ends_with("institutions") && name.ends_with("_SECRET");
                let value = if signs {
                    sink::SECRET.to_owned()
                } else {
                    format!("value of {name}")
                };
                found.push((name, value));
            }
        }
    }
    found
}

fn to_sink(text: &str, sink: &str) -> String {
    let lines =
        text.lines().map(
            |line| match line.strip_prefix("url = \"https://hooks.example.org") {
                Some(own) => format!("url = \"{sink}{own}\nprivate = true\n"),
                None => format!("{line}\n"),
            },
        );
    lines.collect()
}

fn edit(path: &Path, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(path).expect("a file");
    fs::write(path, change(&text)).expect("written");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| entry.path()).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
