//! One courier: takes what is due and what is handed over, and carries it.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::flows::bags::{Bag, Handed};
use crate::store::Away;

/// The longest a courier sleeps: another instance may have written a letter, or given up a lease.
pub(super) const LONGEST_NAP: Duration = Duration::from_secs(1);
/// After the store was away, before it is asked again.
const AWAY_NAP: Duration = Duration::from_millis(500);
/// What couriers hold when told to stop is given this long …
pub(super) const FINISH_WITHIN: Duration = Duration::from_secs(7);
/// Meanwhile, whether a place that was promised is still needed is looked at this often.
const PROMISES_EVERY: Duration = Duration::from_millis(10);
/// … and what is given back, so long.
pub(super) const GIVE_BACK_WITHIN: Duration = Duration::from_secs(1);

/// What a courier carries: how to get it, how to try it, and what wakes the courier.
pub(super) trait Load: Send + Sync + 'static {
    type Item: Send + 'static;
    fn take(&self, limit: u32) -> impl Future<Output = Result<Vec<Self::Item>, Away>> + Send;
    fn carry(&self, item: Self::Item) -> impl Future<Output = ()> + Send + 'static;
    /// The item's id.
    fn id(item: &Self::Item) -> String;
    /// What becomes of an item whose attempt was broken off.
    fn give_back(&self, id: String) -> impl Future<Output = ()> + Send;
    fn next_due(&self) -> impl Future<Output = Result<Option<i64>, Away>> + Send;
    fn bell(&self) -> &Notify;
    /// The bag that it is carried in.
    fn bag(&self) -> &Bag<Self::Item>;
    fn now(&self) -> i64;
    /// How a round went, for the log.
    fn round(&self, went: Result<(), &Away>);
}

/// Takes what is due as long as there is place, and naps until something is; what is new is handed
/// over meanwhile.
pub(super) async fn courier<L: Load>(load: L, mut stopped: watch::Receiver<bool>) {
    let mut carried = Carried::default();
    let mut new = None;
    let mut look_at = Instant::now();
    // Whether something may wait for a place in the bag.
    let mut is_full = false;
    while !*stopped.borrow() {
        if look_at <= Instant::now() {
            let places = load.bag().take();
            is_full = places.is_empty();
            match look(&load, &mut carried, places).await {
                Some(nap) => look_at = Instant::now() + nap,
                None => continue,
            }
        }
        if new.is_none() {
            new = load.bag().open();
        }
        tokio::select! {
            () = tokio::time::sleep_until(look_at) => {}
            () = load.bell().notified() => look_at = Instant::now(),
            handed = handed(&mut new) => carried.carry(&load, handed),
            () = carried.one_done() => if is_full { look_at = Instant::now() },
            _ = stopped.changed() => {}
        }
    }
    load.bag().close();
    let finished = finish(&load, &mut carried, &mut new);
    if tokio::time::timeout(FINISH_WITHIN, finished).await.is_err() {
        give_back(&load, carried, new).await;
    }
}

/// Takes from the outbox what there is place for; how long to nap, once nothing is there or no
/// place was free.
async fn look<L: Load>(
    load: &L,
    carried: &mut Carried,
    places: Vec<OwnedSemaphorePermit>,
) -> Option<Duration> {
    if places.is_empty() {
        return Some(LONGEST_NAP);
    }
    match load
        .take(u32::try_from(places.len()).unwrap_or(u32::MAX))
        .await
    {
        Ok(items) if items.is_empty() => {
            load.round(Ok(()));
            Some(nap(load).await)
        }
        Ok(items) => {
            for (item, place) in items.into_iter().zip(places) {
                carried.carry(load, Handed { item, place });
            }
            None
        }
        Err(why) => {
            load.round(Err(&why));
            Some(AWAY_NAP)
        }
    }
}

type New<L> = Option<UnboundedReceiver<Handed<<L as Load>::Item>>>;

/// What is handed over next.
async fn handed<T>(new: &mut Option<UnboundedReceiver<Handed<T>>>) -> Handed<T> {
    if let Some(new) = new
        && let Some(handed) = new.recv().await
    {
        return handed;
    }
    std::future::pending().await
}

/// Carries to the end what is held and what was promised a place.
async fn finish<L: Load>(load: &L, carried: &mut Carried, new: &mut New<L>) {
    while !(carried.under_way.is_empty() && load.bag().is_empty()) {
        tokio::select! {
            handed = handed(new) => carried.carry(load, handed),
            () = carried.one_done() => {}
            // A promise may also be let go.
            () = tokio::time::sleep(PROMISES_EVERY) => {}
        }
    }
}

/// Breaks off what takes too long, and gives it back.
async fn give_back<L: Load>(load: &L, mut carried: Carried, mut new: New<L>) {
    carried.under_way.shutdown().await;
    let mut ids: Vec<String> = carried.held.into_values().collect();
    while let Some(handed) = new.as_mut().and_then(|new| new.try_recv().ok()) {
        ids.push(L::id(&handed.item));
    }
    tracing::warn!(
        broken_off = ids.len(),
        "stopping: these attempts took too long"
    );
    let back = ids.into_iter().map(|id| load.give_back(id));
    let back = futures_util::future::join_all(back);
    // What cannot be given back now goes back by its lease's end.
    let _ = tokio::time::timeout(GIVE_BACK_WITHIN, back).await;
}

/// What is under way, by task.
#[derive(Default)]
struct Carried {
    under_way: JoinSet<()>,
    held: HashMap<tokio::task::Id, String>,
}

impl Carried {
    fn carry<L: Load>(&mut self, load: &L, handed: Handed<L::Item>) {
        let Handed { item, place } = handed;
        let id = L::id(&item);
        let carried = load.carry(item);
        let task = self.under_way.spawn(async move {
            carried.await;
            drop(place);
        });
        self.held.insert(task.id(), id);
    }

    /// Waits until one is done; for ever, if none is under way.
    async fn one_done(&mut self) {
        match self.under_way.join_next_with_id().await {
            Some(done) => {
                self.held
                    .remove(&done.map_or_else(|e| e.id(), |(id, ())| id));
            }
            None => std::future::pending().await,
        }
    }
}

/// Until the next thing is due, at least a moment and at most [`LONGEST_NAP`].
async fn nap<L: Load>(load: &L) -> Duration {
    match load.next_due().await {
        Ok(Some(due)) => {
            let wait = u64::try_from(due.saturating_sub(load.now())).unwrap_or(0);
            Duration::from_millis(wait.max(10)).min(LONGEST_NAP)
        }
        Ok(None) => LONGEST_NAP,
        Err(_) => AWAY_NAP,
    }
}
