//! Problems as a compiler shows them.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Report, Severity};

impl Report {
    /// The problems as text, with `file:line:column`, the line, a caret and the help.
    pub fn text(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut out = String::new();
        for problem in &self.problems {
            out.push_str(&text(problem, &renderer));
            out.push_str("\n\n");
        }
        out
    }
}

fn text(problem: &Problem, renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level
        .primary_title(problem.message.as_str())
        .elements(std::iter::empty::<annotate_snippets::Element<'_>>());
    group = match (&problem.excerpt, problem.area) {
        (Some(excerpt), Some(area)) => group.element(
            Snippet::source(excerpt.text.as_str())
                .path(problem.file.as_str())
                .line_start(area.line)
                .annotation(AnnotationKind::Primary.span(excerpt.underline.clone())),
        ),
        _ => group.element(Origin::path(problem.file.as_str())),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}
