//! The channels of the fixtures, by interpreter.

use std::collections::HashMap;
use std::sync::OnceLock;

use passerelle::aggregators::ALL;
use passerelle::domain::channel::Channel;

#[allow(dead_code, reason = "the tests use all of it, the targets a part")]
#[path = "../../core/aggregators/fixture.rs"]
pub mod fixture;

/// Every channel of an interpreter's folder.
pub fn of(name: &str) -> &'static [Channel] {
    static ALL_OF_THEM: OnceLock<HashMap<&'static str, Vec<Channel>>> = OnceLock::new();
    &ALL_OF_THEM.get_or_init(|| ALL.iter().map(|i| (i.name(), read(i.name()))).collect())[name]
}

fn read(name: &str) -> Vec<Channel> {
    let case = fixture::cases(name).remove(0);
    ids(name).iter().map(|id| case.channel(id)).collect()
}

/// The names of an interpreter's channels, in order.
pub fn ids(name: &str) -> Vec<String> {
    let files = fixture::files(name).into_iter();
    let tomls = files.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    tomls
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect()
}
