//! The one seam where time and chance come in.

use std::cell::RefCell;
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

/// Random bytes from the operating system, which is asked for many at once: each asking costs more
/// than a step of a menu. No byte is given out twice.
pub fn random<const N: usize>() -> [u8; N] {
    thread_local! {
        static KEPT: RefCell<Kept> = const { RefCell::new(Kept { bytes: [0; KEPT_BYTES], left: 0 }) };
    }
    KEPT.with_borrow_mut(|kept| std::array::from_fn(|_| kept.next()))
}

const KEPT_BYTES: usize = 1024;

/// Random bytes that were not given out yet.
struct Kept {
    bytes: [u8; KEPT_BYTES],
    left: usize,
}

impl Kept {
    fn next(&mut self) -> u8 {
        if self.left == 0 {
            if getrandom::fill(&mut self.bytes).is_err() {
                // A machine without a random source cannot seal a number safely: nothing may go on.
                tracing::error!("the operating system gave no random bytes");
                std::process::abort();
            }
            self.left = KEPT_BYTES;
        }
        self.left -= 1;
        std::mem::take(&mut self.bytes[self.left])
    }
}

/// A number in 0.0..1.0, for jitter.
pub fn dice() -> f64 {
    f64::from(u32::from_be_bytes(random())) / (f64::from(u32::MAX) + 1.0)
}
