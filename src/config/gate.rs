//! What every reader shares: the files, the environment, and the list of what is wrong.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use super::environment::Environment;
use super::excerpt::{self, Mask};
use super::files::{FOLDERS, Files, SETTINGS};
use super::problem::{Area, Problem, Report, Severity};
use super::{Rules, Secrets};

/// What stands in for a file's name when a variable is wrong.
pub(super) const ENVIRONMENT: &str = "environment";

/// Where something stands.
#[derive(Clone)]
pub(super) struct Spot {
    pub(super) file: Rc<str>,
    /// Bytes of the file; none for a variable, or for a file that is not there.
    pub(super) span: Option<Range<usize>>,
}

impl Spot {
    pub(super) fn of(file: &str, span: Range<usize>) -> Self {
        Self {
            file: file.into(),
            span: Some(span),
        }
    }

    pub(super) fn nowhere(file: &str) -> Self {
        Self {
            file: file.into(),
            span: None,
        }
    }
}

/// A value as text, with its place. No `Debug`: it may be a secret.
#[derive(Clone)]
pub(super) struct Word {
    pub(super) value: String,
    pub(super) at: Spot,
    /// The reference (`env:NAME`) that it came from: then messages show that, not the value.
    pub(super) from: Option<String>,
    /// A secret that is not there, which these rules allow: empty, and not to be looked at.
    pub(super) missing: bool,
}

impl Word {
    pub(super) fn new(value: impl Into<String>, at: Spot) -> Self {
        Self {
            value: value.into(),
            at,
            from: None,
            missing: false,
        }
    }

    /// The value as a message may show it.
    pub(super) fn shown(&self) -> String {
        match &self.from {
            Some(from) => format!("the value of `{from}`"),
            None => format!("`{}`", printable(&self.value)),
        }
    }
}

/// The text with what a terminal would obey written out.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

struct Finding {
    severity: Severity,
    at: Spot,
    message: String,
    help: Option<String>,
    /// A file that could not be parsed: nobody knows which of its values are secrets.
    unparsed: bool,
    /// What a secret should have come from.
    absent: Option<String>,
}

/// Files and environment going in, problems coming out.
pub(super) struct Gate<'a> {
    pub(super) files: &'a Files,
    pub(super) environment: &'a Environment,
    pub(super) rules: &'a Rules<'a>,
    findings: RefCell<Vec<Finding>>,
    masks: RefCell<Vec<(Rc<str>, Mask)>>,
    broken: RefCell<BTreeSet<String>>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        files: &'a Files,
        environment: &'a Environment,
        rules: &'a Rules<'a>,
    ) -> Self {
        Self {
            files,
            environment,
            rules,
            findings: RefCell::default(),
            masks: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    pub(super) fn error(&self, at: &Spot, message: impl Into<String>, help: impl Into<String>) {
        self.find(Severity::Error, at, message.into(), help.into());
    }

    pub(super) fn warn(&self, at: &Spot, message: impl Into<String>, help: impl Into<String>) {
        self.find(Severity::Warning, at, message.into(), help.into());
    }

    pub(super) fn note(&self, at: &Spot, message: impl Into<String>, help: impl Into<String>) {
        self.find(Severity::Note, at, message.into(), help.into());
    }

    /// A file, or a part of it, that could not be parsed: nothing is concluded from its silence.
    pub(super) fn unparsed(&self, at: &Spot, message: impl Into<String>, help: impl Into<String>) {
        self.broken.borrow_mut().insert(at.file.to_string());
        self.error(at, message, help);
        if let Some(finding) = self.findings.borrow_mut().last_mut() {
            finding.unparsed = true;
        }
    }

    /// Whether a file could not be parsed.
    pub(super) fn is_broken(&self, file: &str) -> bool {
        self.broken.borrow().contains(file)
    }

    /// Whether something is wrong already.
    pub(super) fn has_errors(&self) -> bool {
        let findings = self.findings.borrow();
        findings.iter().any(|f| f.severity == Severity::Error)
    }

    fn find(&self, severity: Severity, at: &Spot, message: String, help: String) {
        self.findings.borrow_mut().push(Finding {
            severity,
            at: at.clone(),
            message,
            help: Some(help).filter(|help| !help.is_empty()),
            unparsed: false,
            absent: None,
        });
    }

    /// Keeps these bytes of a file out of every problem.
    pub(super) fn mask(&self, at: &Spot) {
        if let Some(span) = &at.span {
            let mask = (at.file.clone(), span.clone());
            self.masks.borrow_mut().push(mask);
        }
    }

    /// A file's text; what is not UTF-8 is a problem.
    pub(super) fn text(&self, path: &str) -> Option<&'a str> {
        let bytes = self.files.get(path)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                let from = error.valid_up_to();
                let at = Spot::of(path, from..from + 1);
                self.unparsed(&at, "this byte is not UTF-8", "save the file as UTF-8");
                None
            }
        }
    }

    /// What a text that stands in a file means: `env:NAME` and `file:PATH` are read from there.
    /// Nothing, with the problem noted, if there is nothing to read.
    pub(super) fn fetch(&self, word: Word, secret: bool) -> Option<Word> {
        let (found, help) = if let Some(name) = word.value.strip_prefix("env:") {
            let found = self.environment.named(name);
            let shown = printable(name);
            let missing = format!("the variable `{shown}` is not set");
            (found.ok_or(missing), format!("set it: `{shown}=…`"))
        } else if let Some(path) = word.value.strip_prefix("file:") {
            let help = "a path counts from where the program runs".to_owned();
            (self.content(path), help)
        } else {
            return Some(word);
        };
        let missing = found.is_err();
        let value = match found {
            Ok(value) => value,
            Err(why) => {
                self.absent(&word, why, help, secret)?;
                String::new()
            }
        };
        Some(Word {
            value,
            at: word.at,
            from: Some(word.value),
            missing,
        })
    }

    /// Notes that there is nothing where a value points; nothing if that is an error.
    fn absent(&self, word: &Word, why: String, help: String, secret: bool) -> Option<()> {
        let lenient = secret && self.rules.secrets == Secrets::Optional;
        if lenient {
            let help = format!("{help}; `serve` refuses to start without it");
            self.find(Severity::Warning, &word.at, why, help);
        } else {
            self.find(Severity::Error, &word.at, why, help);
        }
        if let Some(finding) = self.findings.borrow_mut().last_mut() {
            finding.absent = secret.then(|| word.value.clone());
        }
        lenient.then_some(())
    }

    fn content(&self, path: &str) -> Result<String, String> {
        let shown = printable(path);
        let bytes = self
            .environment
            .file(Path::new(path))
            .map_err(|error| format!("the file `{shown}` cannot be read: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| format!("`{shown}` is not UTF-8"))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(format!("the file `{shown}` is empty")),
            text => Ok(text.to_owned()),
        }
    }

    /// Warns of files that lie where files are read but are not named like one.
    pub(super) fn unread(&self) {
        for path in self.files.paths() {
            let Some((folder, name)) = path.split_once('/') else {
                continue;
            };
            let ending = FOLDERS.iter().find(|(f, _)| *f == folder);
            if let Some((_, ending)) = ending
                && !name.ends_with(ending)
            {
                self.warn(
                    &Spot::nowhere(path),
                    "this file is not read",
                    format!("files in `{folder}/` end in `{ending}`"),
                );
            }
        }
    }

    /// Everything found, in the order of the files: the settings first, then by name.
    pub(super) fn report(self) -> Report {
        let mut masks: BTreeMap<&str, Vec<Mask>> = BTreeMap::new();
        let listed = self.masks.into_inner();
        for (file, mask) in &listed {
            masks.entry(file).or_default().push(mask.clone());
        }
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|f| {
            let rank = match &*f.at.file {
                ENVIRONMENT => 0,
                SETTINGS => 1,
                _ => 2,
            };
            let start = f.at.span.as_ref().map_or(0, |span| span.start);
            (rank, f.at.file.clone(), start)
        });
        let none = Vec::new();
        let problems = findings.into_iter().map(|finding| {
            let masks = masks.get(&*finding.at.file).unwrap_or(&none);
            problem(self.files, masks, finding)
        });
        Report {
            problems: problems.collect(),
        }
    }
}

fn problem(files: &Files, masks: &[Mask], finding: Finding) -> Problem {
    let bytes = files.get(&finding.at.file).unwrap_or_default();
    // What comes before the first byte that is not UTF-8 keeps its place.
    let text = String::from_utf8_lossy(bytes);
    let place = finding.at.span.map(|span| excerpt::sound(&text, span));
    let area: Option<Area> = place.clone().map(|span| excerpt::area(&text, &span));
    let excerpt = place.map(|span| {
        if finding.unparsed {
            excerpt::guarded(&finding.at.file, &text, &span)
        } else {
            excerpt::line(&text, &span, masks)
        }
    });
    Problem {
        severity: finding.severity,
        file: finding.at.file.to_string(),
        area,
        message: finding.message,
        help: finding.help,
        absent: finding.absent,
        excerpt,
    }
}
