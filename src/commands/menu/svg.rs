//! A menu as a picture: screens in layers from top to bottom. Ways to the next layer go straight
//! down; all others go round on the right, each in a lane of its own, so that no two lie upon
//! each other.

use std::fmt::Write as _;

use super::graph::{Arrow, Graph};

const WIDTH: usize = 280;
const LINE: usize = 18;
const ACROSS: usize = 48;
const MARGIN: usize = 32;
const LANE: usize = 22;
/// What a letter of the labels takes, generously.
const LETTER: usize = 8;
/// Letters on a line of a box.
const LETTERS: usize = 36;

const STYLE: &str = "text{font-family:system-ui,'DejaVu Sans',sans-serif;font-size:13px;fill:#1b1f24}\
.title{font-size:18px;font-weight:600}.id{font-weight:600}\
.box{fill:#f6f8fa;stroke:#57606a;stroke-width:1.2}.start{fill:#ddf4ff}.ends{fill:#dafbe1}\
.way{fill:none;stroke:#57606a;stroke-width:1.4}\
.label{font-size:12px;fill:#0a3069;paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}";

/// A screen's place in the picture.
#[derive(Clone, Default)]
struct Placed {
    x: usize,
    y: usize,
    height: usize,
    layer: usize,
    lines: Vec<String>,
}

pub(super) fn draw(graph: &Graph) -> String {
    let placed = place(graph);
    let right = placed.iter().map(|b| b.x + WIDTH).max().unwrap_or(WIDTH);
    let bottom = placed.iter().map(|b| b.y + b.height).max().unwrap_or(0);
    let (down, round): (Vec<&Arrow>, Vec<&Arrow>) = graph
        .arrows
        .iter()
        .partition(|a| placed[a.to].layer == placed[a.from].layer + 1);
    let letters = round
        .iter()
        .flat_map(|a| &a.labels)
        .map(|l| l.chars().count());
    let lanes = right + letters.max().unwrap_or(0) * LETTER + LANE;
    let width = if round.is_empty() {
        right + MARGIN
    } else {
        lanes + round.len() * LANE + MARGIN
    };
    let title = escaped(&graph.title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#57606a\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{title}</text>\n",
        MARGIN + 6,
        height = bottom + MARGIN,
    );
    for arrow in &down {
        straight(&mut out, arrow, &placed);
    }
    let mut left = vec![0; placed.len()];
    let mut came = vec![0; placed.len()];
    for (lane, arrow) in round.iter().enumerate() {
        let nth = (left[arrow.from], came[arrow.to]);
        left[arrow.from] += arrow.labels.len();
        came[arrow.to] += 1;
        around(&mut out, arrow, &placed, lanes + lane * LANE, nth);
    }
    for (at, screen) in graph.screens.iter().enumerate() {
        let kind = match (screen.ends, at == graph.start) {
            (true, _) => "box ends",
            (_, true) => "box start",
            _ => "box",
        };
        boxed(&mut out, &screen.id, kind, &placed[at]);
    }
    out.push_str("</svg>\n");
    out
}

/// Each screen in its layer, below every screen that leads to it but by a way back.
fn place(graph: &Graph) -> Vec<Placed> {
    let layer = layers(graph);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); layer.iter().max().map_or(0, |l| l + 1)];
    for (screen, layer) in layer.iter().enumerate() {
        rows[*layer].push(screen);
    }
    let mut placed = vec![Placed::default(); graph.screens.len()];
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let span = |many: usize| many * (WIDTH + ACROSS);
    let mut y = MARGIN * 2;
    for (at, row) in rows.iter_mut().enumerate() {
        // Screens stand below those that lead to them.
        let above = |screen: usize| {
            let ways = graph.arrows.iter().filter(|a| a.to == screen);
            let xs: Vec<usize> = ways
                .filter(|a| layer[a.from] < at)
                .map(|a| placed[a.from].x)
                .collect();
            xs.iter().sum::<usize>() / xs.len().max(1)
        };
        row.sort_by_key(|screen| above(*screen));
        let from = MARGIN + (span(widest) - span(row.len())) / 2;
        let mut tallest = 0;
        for (column, screen) in row.iter().enumerate() {
            let lines = wrapped(&graph.screens[*screen].text);
            let height = LINE * (lines.len() + 1) + 20;
            tallest = tallest.max(height);
            placed[*screen] = Placed {
                x: from + span(column),
                y,
                height,
                layer: at,
                lines,
            };
        }
        let leaving = graph.arrows.iter().filter(|a| row.contains(&a.from));
        let labels = leaving.map(|a| a.labels.len()).max().unwrap_or(0);
        y += tallest + LINE * labels + 40;
    }
    placed
}

/// The longest way from the start to each screen, ways back left out.
fn layers(graph: &Graph) -> Vec<usize> {
    let ways = |from: usize| {
        let ways = graph.arrows.iter().filter(move |a| a.from == from);
        ways.map(|a| a.to).collect::<Vec<_>>()
    };
    let mut seen = vec![false; graph.screens.len()];
    let mut order = Vec::new();
    // The start first; then what it does not lead to.
    for begin in std::iter::once(graph.start).chain(0..graph.screens.len()) {
        if std::mem::replace(&mut seen[begin], true) {
            continue;
        }
        let mut path = vec![(begin, ways(begin))];
        let mut after = Vec::new();
        while let Some((screen, left)) = path.last_mut() {
            if let Some(to) = left.pop() {
                if !std::mem::replace(&mut seen[to], true) {
                    path.push((to, ways(to)));
                }
            } else {
                after.push(*screen);
                path.pop();
            }
        }
        after.reverse();
        order.extend(after);
    }
    let mut rank = vec![0; order.len()];
    for (at, screen) in order.iter().enumerate() {
        rank[*screen] = at;
    }
    let mut layer = vec![0; order.len()];
    for from in order {
        for to in ways(from) {
            if rank[to] > rank[from] {
                layer[to] = layer[to].max(layer[from] + 1);
            }
        }
    }
    layer
}

fn boxed(out: &mut String, id: &str, kind: &str, at: &Placed) {
    let (x, y, height) = (at.x, at.y, at.height);
    let _ = writeln!(
        out,
        "<g><rect class=\"{kind}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\
         <text class=\"id\" x=\"{}\" y=\"{}\">{}</text>",
        x + 12,
        y + 22,
        escaped(id)
    );
    for (nth, line) in at.lines.iter().enumerate() {
        let (x, y) = (x + 12, y + 22 + LINE * (nth + 1));
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(line));
    }
    out.push_str("</g>\n");
}

/// Down to the next layer.
fn straight(out: &mut String, arrow: &Arrow, placed: &[Placed]) {
    let (from, to) = (&placed[arrow.from], &placed[arrow.to]);
    let (x, y) = (from.x + WIDTH / 2, from.y + from.height);
    let (end, tip) = (to.x + WIDTH / 2, to.y - 2);
    let middle = y.midpoint(tip);
    let _ = writeln!(
        out,
        "<path class=\"way\" marker-end=\"url(#tip)\" d=\"M{x} {y}C{x} {middle} {end} {middle} {end} {tip}\"/>"
    );
    let first = (middle + 4).saturating_sub(arrow.labels.len().saturating_sub(1) * LINE / 2);
    labels(out, arrow, x.midpoint(end) + 8, first);
}

/// Out to the right, along a lane, and back in. `nth`: how many lines left that side before, and
/// how many ways came in there.
fn around(out: &mut String, arrow: &Arrow, placed: &[Placed], lane: usize, nth: (usize, usize)) {
    let (from, to) = (&placed[arrow.from], &placed[arrow.to]);
    let (x, y) = (from.x + WIDTH, from.y + 26 + nth.0 * LINE);
    let (end, tip) = (to.x + WIDTH + 2, to.y + 12 + nth.1 * 8);
    let _ = writeln!(
        out,
        "<path class=\"way\" marker-end=\"url(#tip)\" d=\"M{x} {y}H{lane}V{tip}H{end}\"/>"
    );
    labels(out, arrow, x + 8, y - 6);
}

fn labels(out: &mut String, arrow: &Arrow, x: usize, y: usize) {
    for (nth, label) in arrow.labels.iter().enumerate() {
        let (y, label) = (y + nth * LINE, escaped(label));
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{x}\" y=\"{y}\">{label}</text>"
        );
    }
}

/// Lines of a box, broken between words.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + word.chars().count() < LETTERS {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// As XML wants it, without what XML 1.0 cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
