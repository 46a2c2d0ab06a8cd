//! What the transcripts' citizens type, on several channels.

use std::fs;
use std::path::Path;

/// Name, the byte that chooses the channel, keys.
pub fn sessions() -> Vec<(String, u8, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/transcripts");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("transcripts").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a transcript");
        let typed = text.lines().filter_map(|line| line.strip_prefix("> "));
        let keys: Vec<String> = typed.map(str::to_owned).collect();
        let name = entry.path();
        let name = name.file_stem().expect("a name").to_string_lossy();
        for choice in [0, 1, 2, 15] {
            all.push((format!("{name}-{choice}"), choice, keys.clone()));
        }
    }
    all
}
