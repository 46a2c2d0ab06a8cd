//! What a step of a menu spends its time on.

use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// A part of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading what the aggregator sent.
    Parse,
    /// Adding it to the session and having the session back.
    Session,
    /// Playing the session through the menu, with what its screen shows of the records.
    Menu,
    /// Putting on record what was said; only of steps that say it.
    Commit,
    /// Writing the screen, in the aggregator's form.
    Render,
}

/// Every stage, as the metrics call it, in the order of a step.
const STAGES: [&str; 5] = ["parse", "session", "menu", "commit", "render"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StageLabels {
    stage: &'static str,
}

/// A histogram a stage.
pub struct Stages([Histogram; STAGES.len()]);

impl Stages {
    /// The histograms, and the family in which they are told.
    pub(super) fn new() -> (Self, Family<StageLabels, Histogram>) {
        // From 10 µs to 20 s.
        let each = || Histogram::new(exponential_buckets(0.000_01, 3.0, 14));
        let family = Family::new_with_constructor(each as fn() -> Histogram);
        let of = |stage| family.get_or_create(&StageLabels { stage }).clone();
        (Self(STAGES.map(of)), family)
    }
}

/// A watch that is looked at between the stages of one step.
pub struct Watch<'a> {
    stages: &'a Stages,
    last: Instant,
    spent: [Duration; STAGES.len()],
}

impl<'a> Watch<'a> {
    /// Begins now.
    pub fn start(stages: &'a Stages) -> Self {
        Self {
            stages,
            last: Instant::now(),
            spent: [Duration::ZERO; STAGES.len()],
        }
    }

    /// What has gone since it was last looked at was spent on this.
    pub fn spent_on(&mut self, stage: Stage) {
        let now = Instant::now();
        let spent = now - self.last;
        self.last = now;
        self.stages.0[stage as usize].observe(spent.as_secs_f64());
        self.spent[stage as usize] += spent;
    }

    /// What was spent on each stage, in microseconds.
    pub fn told(&self) -> [u128; STAGES.len()] {
        self.spent.map(|spent| spent.as_micros())
    }
}
