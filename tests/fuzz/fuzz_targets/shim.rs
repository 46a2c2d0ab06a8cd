//! One target, two programs: under `--cfg fuzzing` libFuzzer calls it with bytes of its own;
//! otherwise it is a `main` that replays the files it is given, on any toolchain. Both write the
//! corpus that the target begins with when `PASSERELLE_FUZZ_SEED` names a folder, and do nothing
//! else then.

use std::path::Path;
use std::{env, fs, process};

/// What a corpus begins with: names (which may hold a folder) and bytes.
pub type Seeds = Vec<(String, Vec<u8>)>;

/// Defines the program around `fn(&[u8])` and its seeds.
#[macro_export]
macro_rules! target {
    ($run:path, $seeds:path) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(init: shim::sow($seeds), |data: &[u8]| $run(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            shim::sow($seeds);
            for path in std::env::args_os().skip(1) {
                let path = std::path::PathBuf::from(path);
                eprintln!("{}", path.display());
                $run(&std::fs::read(&path)?);
            }
            Ok(())
        }
    };
}

/// Writes the seeds and ends the program, if that was asked for.
pub fn sow(seeds: fn() -> Seeds) {
    let Some(folder) = env::var_os("PASSERELLE_FUZZ_SEED") else {
        return;
    };
    for (name, bytes) in seeds() {
        let path = Path::new(&folder).join(name);
        let inside = path.parent().expect("a folder");
        fs::create_dir_all(inside).expect("a folder that can be made");
        fs::write(&path, bytes).expect("a seed that can be written");
    }
    process::exit(0);
}
