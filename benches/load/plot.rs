//! Plots as SVG, by hand: lines over two axes.

use std::fmt::Write as _;
use std::path::Path;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 50.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 20.0;
const COLOURS: [&str; 4] = ["#0b6e4f", "#b3541e", "#2a4b8d", "#7b2d8b"];

/// A named line.
pub struct Line {
    name: &'static str,
    points: Vec<(f64, f64)>,
}

impl Line {
    pub fn new(name: &'static str, points: Vec<(f64, f64)>) -> Self {
        Self { name, points }
    }

    fn draw(&self, out: &mut String, nth: usize, at: impl Iterator<Item = (f64, f64)>) {
        let colour = COLOURS[nth % COLOURS.len()];
        let path: Vec<String> = at.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{}\" y=\"{}\" fill=\"{colour}\" text-anchor=\"end\">{}</text>",
            path.join(" "),
            WIDTH - RIGHT,
            20.0 + 14.0 * nth as f64,
            self.name
        );
    }
}

/// A plot.
pub struct Plot {
    pub title: &'static str,
    pub across: &'static str,
    pub up: &'static str,
    /// Whether what is across grows by factors.
    pub logarithmic: bool,
    pub lines: Vec<Line>,
}

impl Plot {
    /// Writes it into `docs/images`.
    pub fn write(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, self.svg()).expect("written");
        println!("(plot: {})", path.display());
    }

    fn place(&self, x: f64) -> f64 {
        if self.logarithmic {
            x.max(1.0).log10()
        } else {
            x
        }
    }

    fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| line.points.iter());
        let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(0.0, f64::max);
        let (right, top) = (most(|p| p.0), nice(most(|p| p.1)));
        let left = if self.logarithmic {
            self.place(points().map(|p| p.0).fold(f64::INFINITY, f64::min))
        } else {
            0.0
        };
        let span = (self.place(right) - left).max(f64::MIN_POSITIVE);
        let x = |v: f64| LEFT + (self.place(v) - left) / span * (WIDTH - LEFT - RIGHT);
        let y = |v: f64| HEIGHT - BOTTOM - v / top * (HEIGHT - TOP - BOTTOM);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{0}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"{LEFT}\" y=\"20\" font-size=\"14\">{0}: {1}</text>\n<text x=\"{2}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
            self.title,
            self.up,
            f64::midpoint(WIDTH, LEFT),
            HEIGHT - 10.0,
            self.across
        );
        for nth in 0..=4 {
            let value = top * f64::from(nth) / 4.0;
            let at = y(value);
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                at + 4.0,
                short(value)
            );
        }
        let ticks: Vec<f64> = self.lines.first().map_or(Vec::new(), |line| {
            line.points.iter().map(|point| point.0).collect()
        });
        for tick in ticks {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x(tick),
                HEIGHT - BOTTOM + 16.0,
                short(tick)
            );
        }
        for (nth, line) in self.lines.iter().enumerate() {
            let at = line.points.iter().map(|(a, b)| (x(*a), y(*b)));
            line.draw(&mut out, nth, at);
        }
        out.push_str("</svg>\n");
        out
    }
}

/// A round number not below.
fn nice(value: f64) -> f64 {
    let unit = 10_f64.powf(value.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0];
    let step = steps.into_iter().find(|step| step * unit >= value);
    step.unwrap_or(10.0) * unit
}

fn short(value: f64) -> String {
    match value {
        v if v >= 1_000_000.0 => format!("{:.0}M", v / 1_000_000.0),
        v if v >= 10_000.0 => format!("{:.0}k", v / 1000.0),
        v if v >= 1000.0 => format!("{:.1}k", v / 1000.0),
        v if v >= 10.0 || v == 0.0 => format!("{v:.0}"),
        v => format!("{v:.2}"),
    }
}
