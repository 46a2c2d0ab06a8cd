//! The files as bytes: from a folder, or from inside the program.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

/// The sample service, as shipped.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config");

/// The file of the gateway's own settings.
pub(super) const SETTINGS: &str = "passerelle.toml";

/// Each folder with the ending of the files that are read there.
pub(super) const FOLDERS: [(&str, &str); 7] = [
    ("channels", ".toml"),
    ("countries", ".toml"),
    ("institutions", ".toml"),
    ("locales", ".ftl"),
    ("menus", ".toml"),
    ("places", ".csv"),
    ("words", ".toml"),
];

/// Configuration files by their path below the folder (`channels/mtn-bj.toml`).
#[derive(Clone, Default)]
pub struct Files {
    root: String,
    all: BTreeMap<String, Vec<u8>>,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: a file may hold a secret.
        f.debug_set().entries(self.all.keys()).finish()
    }
}

impl Files {
    /// Reads a folder. Hidden files are passed over, as are folders that the service has not.
    ///
    /// # Errors
    /// If the folder or one of its files cannot be read; the message names it.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = Self {
            root: folder.display().to_string(),
            all: BTreeMap::new(),
        };
        // Listing first: a folder that is not there is an error, a file that is not there is none.
        for name in listing(folder)? {
            if name == SETTINGS {
                files.insert(SETTINGS, contents(&folder.join(SETTINGS))?);
            }
        }
        for (below, _) in FOLDERS {
            let inside = folder.join(below);
            if !inside.is_dir() {
                continue;
            }
            for name in listing(&inside)? {
                let path = inside.join(&name);
                if path.is_file() {
                    files.insert(&format!("{below}/{name}"), contents(&path)?);
                }
            }
        }
        Ok(files)
    }

    /// The sample service inside the program.
    pub fn embedded() -> Self {
        let mut files = Self::default();
        let folders = SHIPPED.dirs().flat_map(Dir::files);
        for file in SHIPPED.files().chain(folders) {
            files.insert(&file.path().to_string_lossy(), file.contents());
        }
        files
    }

    /// The folder given, or `config` in the working directory, or else the sample service.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub fn find(folder: Option<&Path>) -> io::Result<Self> {
        let usual = Path::new("config");
        match folder {
            Some(folder) => Self::read(folder),
            None if usual.is_dir() => Self::read(usual),
            None => Ok(Self::embedded()),
        }
    }

    /// The folder they came from; empty for the sample service.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Puts a file in, or another in its place.
    pub fn insert(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.all.insert(path.to_owned(), bytes.into());
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) -> Option<Vec<u8>> {
        self.all.remove(path)
    }

    /// A file's bytes.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.all.get(path).map(Vec::as_slice)
    }

    /// Every path, in alphabetical order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    /// A number that changes when any file does but the gateway's own settings: sessions outlive
    /// a restart, and must not go on with another service.
    pub fn version(&self) -> u32 {
        let mut hash = Sha256::new();
        for (path, bytes) in self.all.iter().filter(|(path, _)| *path != SETTINGS) {
            hash.update(path);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let hash = hash.finalize();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// Ids and paths of the files that are read in a folder: the name without its ending is the id.
    pub(super) fn ids<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let ending = FOLDERS
            .iter()
            .find(|(name, _)| *name == folder)
            .map_or("", |(_, ending)| ending);
        self.paths().filter_map(move |path| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some((name.strip_suffix(ending)?, path))
        })
    }
}

/// The names in a folder, without the hidden ones (Kubernetes mounts have `..data`).
fn listing(folder: &Path) -> io::Result<Vec<String>> {
    let named = |error: io::Error| naming(folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(named)? {
        let name = entry.map_err(named)?.file_name();
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    Ok(names)
}

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| naming(path, &error))
}

fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
