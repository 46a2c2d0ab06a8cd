//! The table of goals, with what was measured.

/// A goal, and how near it is.
struct Goal {
    what: &'static str,
    wanted: &'static str,
    measured: String,
    met: bool,
}

/// All goals of a run.
#[derive(Default)]
pub struct Goals(Vec<Goal>);

impl Goals {
    /// A ratio or figure that has to be at least this.
    pub fn least(&mut self, what: &'static str, goal: &'static str, least: f64, got: f64) {
        self.add(what, goal, format!("{got:.2}"), got >= least);
    }

    /// A ratio or figure that must not be above this.
    pub fn most(&mut self, what: &'static str, goal: &'static str, most: f64, got: f64) {
        self.add(what, goal, format!("{got:.2}"), got <= most);
    }

    /// Anything else.
    pub fn add(&mut self, what: &'static str, goal: &'static str, measured: String, met: bool) {
        self.0.push(Goal {
            what,
            wanted: goal,
            measured,
            met,
        });
    }

    /// Prints them.
    pub fn print(&self) {
        println!("\n| | goal | measured | |");
        println!("|---|---|---|---|");
        for goal in &self.0 {
            let met = if goal.met { "met" } else { "missed" };
            println!(
                "| {} | {} | {} | {met} |",
                goal.what, goal.wanted, goal.measured
            );
        }
    }
}
