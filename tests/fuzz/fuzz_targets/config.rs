//! Any text as one of the files, beside the shipped ones: it loads, or is refused with a report
//! that can be shown. The first byte chooses the file.
#![cfg_attr(fuzzing, no_main)]

mod shim;

use passerelle::config::{self, Environment, Files, Rules};

target!(run, seeds);

/// A long list of places says no more than its beginning.
const LONGEST_SEED: usize = 4096;

/// Every shipped file, in each place where one of its kind is read.
fn seeds() -> shim::Seeds {
    let files = Files::embedded();
    let mut seeds = shim::Seeds::new();
    for (choice, place) in (0_u8..).zip(PATHS) {
        let folder = place.split('/').next().unwrap_or(place);
        for path in files.paths().filter(|path| path.starts_with(folder)) {
            let text = files.get(path).unwrap_or_default();
            let text = &text[..text.len().min(LONGEST_SEED)];
            let name = format!("{choice}-{}", path.replace('/', "-"));
            seeds.push((name, [&[choice], text].concat()));
        }
    }
    seeds
}

const PATHS: [&str; 8] = [
    "channels/mtn-bj.toml",
    "channels/new.toml",
    "menus/feedback.toml",
    "countries/bj.toml",
    "institutions/bj-sante.toml",
    "locales/fr.ftl",
    "places/bj.csv",
    "passerelle.toml",
];

fn run(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else {
        return;
    };
    let mut files = Files::embedded();
    files.insert(PATHS[usize::from(choice) % PATHS.len()], text);
    let nothing = Environment::of([] as [(&str, &str); 0]);
    let report = match config::load(&files, &nothing, &Rules::CHECK) {
        Ok(config) => config.remarks,
        Err(report) => report,
    };
    let _ = report.text(false);
}
