//! The flows without their doors and couriers, and with a clock whose hand a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle::client::{Client, Limits};
use passerelle::domain::citizen::Keyring;
use passerelle::flows::clock::Clock;
use passerelle::flows::{Gateway, Settings};
use passerelle::store::{Records, Sessions};

use super::gateway::{files, loaded};
use super::samples::NOW;

/// Flows over these records, with these channels.
pub struct Hallway {
    pub gateway: Gateway,
    hand: Arc<AtomicI64>,
}

impl Hallway {
    pub async fn new(channels: &[(&str, &str)]) -> Self {
        Self::new_at(channels, "http://127.0.0.1:9").await
    }

    /// With the aggregator's API at this address.
    pub async fn new_at(channels: &[(&str, &str)], aggregator: &str) -> Self {
        let records = Records::open("sqlite::memory:").await.expect("opens");
        let config = loaded(&files(channels, aggregator));
        let hand = Arc::new(AtomicI64::new(NOW));
        let mut gateway = Gateway::new(
            config.service,
            Sessions::memory(),
            records,
            Client::new(Limits::default()).expect("a client"),
            Keyring::new(&[7; 32]),
            Settings {
                answer_within: Duration::from_secs(2),
                session_lifetime: Duration::from_mins(10),
                repeat_within: Duration::from_secs(2),
                public_url: "http://127.0.0.1:9".into(),
                parallel: 8,
                parallel_each: 8,
            },
        );
        gateway.clock = Clock::Hand(Arc::clone(&hand));
        Self { gateway, hand }
    }

    /// Moves the clock's hand on.
    pub fn later(&self, milliseconds: i64) {
        self.hand.fetch_add(milliseconds, Ordering::SeqCst);
    }
}
