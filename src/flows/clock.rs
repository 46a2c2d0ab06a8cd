//! The one seam where time and chance come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The time: the system's, or a hand that a test moves.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// Milliseconds since the epoch, set by a test.
    Hand(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since the epoch, UTC.
    pub fn now(&self) -> i64 {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the seam")]
            Self::System => jiff::Timestamp::now().as_millisecond(),
            Self::Hand(hand) => hand.load(Ordering::SeqCst),
        }
    }
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // A machine without a random source cannot seal a number safely: nothing may go on.
        tracing::error!("the operating system gave no random bytes");
        std::process::abort();
    }
    bytes
}

/// A number in 0.0..1.0, for jitter.
pub fn dice() -> f64 {
    f64::from(u32::from_be_bytes(random())) / (f64::from(u32::MAX) + 1.0)
}
