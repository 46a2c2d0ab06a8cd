//! Letters that wait for a hand at an address that is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::{Endpoint, Gateway, held};
use crate::domain::feedback::Letter;

/// A letter waits no longer than this for its turn at a busy address: its lease has to outlive the
/// attempt that follows.
const TURN_WITHIN: Duration = Duration::from_secs(15);
/// As many letters wait for their turn at an address as it takes within this, by how long it has
/// taken lately, milliseconds; others go back to the outbox. So many at least as may be under way.
const WAITING_FOR: i64 = 1000;
/// However fast it is, no more.
const MOST_WAITING: i64 = 512;
impl Endpoint {
    /// A hand; what has waited gets one of its half, or comes again: it never queues before what
    /// is new.
    pub(super) async fn hands(
        &self,
        gateway: &Gateway,
        letter: &Letter,
    ) -> Option<Vec<OwnedSemaphorePermit>> {
        let hand = || Arc::clone(&self.hands);
        let mut taken = Vec::with_capacity(3);
        if letter.waited {
            taken.push(Arc::clone(&self.hands_for_late).try_acquire_owned().ok()?);
            taken.push(hand().try_acquire_owned().ok()?);
        } else if let Ok(free) = hand().try_acquire_owned() {
            taken.push(free);
        } else {
            let _waiting = self.queue()?;
            taken.push(in_time(hand().acquire_owned()).await?);
        }
        let any = Arc::clone(&gateway.endpoints.under_way);
        taken.push(in_time(any.acquire_owned()).await?);
        Some(taken)
    }

    /// A place among those that wait for their turn, until it is dropped; none if there are as many
    /// as the address takes in a while.
    fn queue(&self) -> Option<Queued<'_>> {
        let takes = held(&self.condition).takes.max(1);
        let at_once = i64::try_from(self.at_once).unwrap_or(MOST_WAITING);
        let most = at_once * WAITING_FOR / takes;
        let most = most.min(MOST_WAITING).max(at_once);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let more = |waiting: usize| Some(waiting + 1).filter(|waiting| *waiting <= most);
        let (set, read) = (Ordering::Relaxed, Ordering::Relaxed);
        self.waiting.fetch_update(set, read, more).ok()?;
        Some(Queued(&self.waiting))
    }
}

/// What is waited for, if it comes in time.
async fn in_time<T, E>(turn: impl Future<Output = Result<T, E>>) -> Option<T> {
    tokio::time::timeout(TURN_WITHIN, turn).await.ok()?.ok()
}

/// A letter that waits for its turn.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
