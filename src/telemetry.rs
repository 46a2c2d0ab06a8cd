//! Logs and counters. The law of the log: no number, no text, no secret, ever; the types that hold
//! them print a shape (`domain::redact`), and a test greps the log of a whole run.

mod stages;

pub use stages::{Stage, Stages, Watch};

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What a callback was and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CallbackLabels {
    /// The channel's id.
    pub channel: String,
    /// `ussd`, `sms`, `receipt`.
    pub door: &'static str,
    /// `ok`, `unreadable`, `away`, …
    pub outcome: &'static str,
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct AttemptLabels {
    /// `letter` or `message`.
    pub kind: &'static str,
    /// `delivered`, `later`, `given_up`.
    pub outcome: &'static str,
}

/// Which addresses: as many as the files name, and nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct EndpointLabels {
    /// The institution's id.
    pub institution: String,
    /// Host and port, without path and query.
    pub host: String,
}

/// Every counter of the gateway.
pub struct Metrics {
    registry: Registry,
    /// Callbacks taken or refused.
    pub callbacks: Family<CallbackLabels, Counter>,
    /// Seconds from a callback's arrival to its answer.
    pub answer_seconds: Histogram,
    /// What the steps of menus spend their time on.
    pub stages: Stages,
    /// Feedback put on record.
    pub filed: Counter,
    /// Of these, what is in a list and went out in no letter, because one phone said too much.
    pub folded: Counter,
    /// Attempts to deliver letters and send messages.
    pub attempts: Family<AttemptLabels, Counter>,
    /// Addresses that keep failing and are only probed.
    pub breaker_open: Family<EndpointLabels, Gauge>,
    /// Addresses that are not tried any more.
    pub endpoint_disabled: Family<EndpointLabels, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("passerelle");
        let callbacks = Family::default();
        let answer_seconds = Histogram::new(exponential_buckets(0.0005, 2.0, 14));
        let (stages, by_stage) = Stages::new();
        let filed = Counter::default();
        let folded = Counter::default();
        let attempts = Family::default();
        let breaker_open = Family::default();
        let endpoint_disabled = Family::default();
        registry.register("callbacks", "Callbacks from aggregators", callbacks.clone());
        registry.register_with_unit(
            "answer",
            "From a callback's arrival to its answer",
            Unit::Seconds,
            answer_seconds.clone(),
        );
        registry.register_with_unit(
            "stage",
            "What the steps of menus spend their time on",
            Unit::Seconds,
            by_stage,
        );
        registry.register("feedback_filed", "Feedback put on record", filed.clone());
        let folds = "Feedback kept in a list because one phone said too much";
        registry.register("feedback_folded", folds, folded.clone());
        registry.register(
            "attempts",
            "Attempts to deliver letters and send messages",
            attempts.clone(),
        );
        registry.register(
            "breaker_open",
            "Webhook addresses that keep failing and are only probed",
            breaker_open.clone(),
        );
        registry.register(
            "endpoint_disabled",
            "Webhook addresses that are not tried any more",
            endpoint_disabled.clone(),
        );
        Self {
            registry,
            callbacks,
            answer_seconds,
            stages,
            filed,
            folded,
            attempts,
            breaker_open,
            endpoint_disabled,
        }
    }
}

impl Metrics {
    /// Counts an attempt to deliver a letter or send a message.
    pub fn attempt(&self, kind: &'static str, outcome: &'static str) {
        self.attempts
            .get_or_create(&AttemptLabels { kind, outcome })
            .inc();
    }

    /// Shows how many of an institution's addresses at a host are open and disabled.
    pub fn endpoints(&self, institution: &str, host: &str, open: i64, disabled: i64) {
        let labels = EndpointLabels {
            institution: institution.to_owned(),
            host: host.to_owned(),
        };
        self.breaker_open.get_or_create(&labels).set(open);
        self.endpoint_disabled.get_or_create(&labels).set(disabled);
    }

    /// Counts a callback.
    pub fn callback(&self, channel: &str, door: &'static str, outcome: &'static str) {
        let channel = channel.to_owned();
        let labels = CallbackLabels {
            channel,
            door,
            outcome,
        };
        self.callbacks.get_or_create(&labels).inc();
    }

    /// All counters in the `OpenMetrics` text format.
    pub fn encode(&self) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut out, &self.registry);
        out
    }
}

/// What is logged if `PASSERELLE_LOG` does not say: the web server tells of every thread it starts.
const USUAL: &str = "info,actix_server=warn";

/// Starts the log on standard error: readable on a terminal, JSON lines elsewhere.
/// `PASSERELLE_LOG` sets the level (`info` by default), as `tracing`'s filters are written.
pub fn start() {
    let filter =
        EnvFilter::try_from_env("PASSERELLE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // An error means that a log was started already: tests do.
    let _ = if std::io::stderr().is_terminal() {
        log.with_target(false).try_init()
    } else {
        log.json().flatten_event(true).try_init()
    };
}
