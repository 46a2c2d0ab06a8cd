//! Problems as a compiler shows them.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Report, Severity};

/// More absent secrets than this are told in one block: a service not yet furnished lacks dozens,
/// and one real mistake must not drown among them.
const APART: usize = 3;

impl Report {
    /// The problems as text, with `file:line:column`, the line, a caret and the help.
    pub fn text(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let absent: Vec<&Problem> = self
            .problems
            .iter()
            .filter(|problem| problem.absent.is_some())
            .collect();
        let together = absent.len() > APART;
        let mut out = String::new();
        for problem in &self.problems {
            if !(together && problem.absent.is_some()) {
                let _ = write!(out, "{}\n\n", one(problem, &renderer));
            }
        }
        if together {
            let _ = write!(out, "{}\n\n", block(&absent, &renderer));
        }
        out
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn one(problem: &Problem, renderer: &Renderer) -> String {
    let title = level(problem.severity).primary_title(problem.message.as_str());
    let mut group = match (&problem.excerpt, problem.area) {
        (Some(excerpt), Some(area)) => title.element(
            Snippet::source(excerpt.text.as_str())
                .path(problem.file.as_str())
                .line_start(area.line)
                .annotation(AnnotationKind::Primary.span(excerpt.underline.clone())),
        ),
        _ => title.element(Origin::path(problem.file.as_str())),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// Absent secrets, a line each.
fn block(absent: &[&Problem], renderer: &Renderer) -> String {
    let worst = absent.iter().map(|problem| problem.severity).max();
    let title = format!("{} secrets are not at hand", absent.len());
    let mut group = level(worst.unwrap_or(Severity::Error))
        .primary_title(title)
        .elements(std::iter::empty::<Origin<'_>>());
    for problem in absent {
        let name = problem.absent.as_deref().unwrap_or_default();
        let place = match problem.area {
            Some(area) => format!("{}:{}:{}", problem.file, area.line, area.column),
            None => problem.file.clone(),
        };
        group = group.element(Origin::path(format!("{place}: {name}")));
    }
    let help = "set these variables; `serve` refuses to start without them";
    renderer.render(&[group.element(Level::HELP.message(help))])
}
