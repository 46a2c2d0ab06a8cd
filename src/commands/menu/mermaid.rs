//! A menu as a Mermaid flowchart.

use std::fmt::Write as _;

use super::graph::Graph;

pub(super) fn draw(graph: &Graph) -> String {
    let mut out = format!(
        "---\ntitle: \"{}\"\n---\nflowchart TD\n",
        graph.title.replace('"', "'")
    );
    for (at, screen) in graph.screens.iter().enumerate() {
        let (open, close) = if screen.ends {
            ("([", "])")
        } else {
            ("[", "]")
        };
        let (id, text) = (escaped(&screen.id), escaped(&screen.text));
        // A number as name: `end` and other words are Mermaid's own.
        let _ = writeln!(out, "  s{at}{open}\"<b>{id}</b><br/>{text}\"{close}");
    }
    for arrow in &graph.arrows {
        let labels: Vec<String> = arrow.labels.iter().map(|l| escaped(l)).collect();
        let label = labels.join("<br/>");
        let _ = writeln!(out, "  s{} -->|\"{label}\"| s{}", arrow.from, arrow.to);
    }
    out
}

/// What Mermaid or HTML would read as its own, as entities in Mermaid's form.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' => out.push_str("#35;"),
            '`' => out.push_str("#96;"),
            '\n' => out.push_str("<br/>"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
