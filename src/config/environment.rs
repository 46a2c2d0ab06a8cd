//! The environment as a value: variables, and the files that `file:` names.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// How a file that a value names is read.
type Reader = Arc<dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync>;

/// What stands in for a variable that is not set.
type Fallback = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A secret is a line; whoever names a device by mistake must not fill the memory.
const LONGEST: u64 = 64 * 1024;

/// Variables, and a way to read the files that values name.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    reader: Option<Reader>,
    fallback: Option<Fallback>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: most values that matter here are secrets.
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Environment {
    /// The process's own: its variables that are UTF-8, its files relative to where it runs.
    pub fn process() -> Self {
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            variables: std::env::vars_os().filter_map(utf8).collect(),
            reader: Some(Arc::new(read)),
            fallback: None,
        }
    }

    /// These variables and no files.
    pub fn of<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            reader: None,
            fallback: None,
        }
    }

    /// With another way to read the files that values name.
    #[must_use]
    pub fn with_files(
        mut self,
        reader: impl Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        self.reader = Some(Arc::new(reader));
        self
    }

    /// With this variable, or another value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With values for `env:NAME` where no variable of that name is set: a demo makes its own
    /// secrets.
    #[must_use]
    pub fn with_missing(
        mut self,
        fallback: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.fallback = Some(Arc::new(fallback));
        self
    }

    /// What `env:NAME` means.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        let fallback = || self.fallback.as_ref()?(name);
        self.get(name).map(str::to_owned).or_else(fallback)
    }

    /// A variable that is set and not empty: Compose and Kubernetes set what is not given to "".
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        match &self.reader {
            Some(reader) => reader(path),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LONGEST)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
