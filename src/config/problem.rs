//! What is wrong with the files: where, what, and how to mend it.

use std::ops::Range;

use serde::Serialize;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works, but probably not as meant.
    Warning,
    /// The service must not start like this.
    Error,
}

/// A stretch of a file, counted from 1 in lines and characters; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Area {
    /// The line on which it begins.
    pub line: usize,
    /// The character of that line at which it begins.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The character of that line before which it ends.
    pub end_column: usize,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// The file, as a person would open it; `environment` for a variable.
    pub file: String,
    /// Where in the file; none when the file is not there.
    #[serde(flatten, serialize_with = "area_or_nulls")]
    pub area: Option<Area>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// The name of the variable or file that a secret should have come from.
    #[serde(skip)]
    pub(super) absent: Option<String>,
    /// The line itself, secrets masked.
    #[serde(skip)]
    pub(super) excerpt: Option<Excerpt>,
}

/// The first line of a problem's area, and which bytes of it to underline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) underline: Range<usize>,
}

/// Every problem of one reading, in the order of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The problems, by file and place.
    pub problems: Vec<Problem>,
}

impl Report {
    /// How many problems matter this much.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems
            .iter()
            .filter(|p| p.severity == severity)
            .count()
    }

    /// Whether the service must not start.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// An array of objects, one a problem, for editors and CI.
    pub fn json_with(&self, more: Vec<serde_json::Value>) -> String {
        let problems = serde_json::to_value(&self.problems).unwrap_or_default();
        let mut all = match problems {
            serde_json::Value::Array(all) => all,
            _ => Vec::new(),
        };
        all.extend(more);
        serde_json::to_string_pretty(&all).unwrap_or_default()
    }

    /// An array of objects, one a problem.
    pub fn json(&self) -> String {
        // Strings and numbers only: there is nothing here that serde_json can refuse.
        serde_json::to_string_pretty(&self.problems).unwrap_or_default()
    }

    /// Puts a folder before every file's name, so that an editor can open it.
    #[must_use]
    pub fn below(mut self, folder: &str) -> Self {
        let folder = folder.trim_end_matches('/');
        for problem in &mut self.problems {
            if !folder.is_empty() && problem.file != super::gate::ENVIRONMENT {
                problem.file = format!("{folder}/{}", problem.file);
            }
        }
        self
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(false))
    }
}

impl std::error::Error for Report {}

/// A reader of the JSON finds the same keys in every object.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
fn area_or_nulls<S: serde::Serializer>(
    area: &Option<Area>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(4))?;
    map.serialize_entry("line", &area.map(|a| a.line))?;
    map.serialize_entry("column", &area.map(|a| a.column))?;
    map.serialize_entry("end_line", &area.map(|a| a.end_line))?;
    map.serialize_entry("end_column", &area.map(|a| a.end_column))?;
    map.end()
}
