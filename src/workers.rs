//! The couriers: loop a flow until told to stop, then finish what they hold.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::domain::feedback::{Letter, Message};
use crate::flows::gather::{self, Waited};
use crate::flows::remind::{self, Reminded};
use crate::flows::{Gateway, deliver, digest, receipt, send};
use crate::store::Away;

/// The longest a courier sleeps: another instance may have written a letter, or given up a lease.
const LONGEST_NAP: Duration = Duration::from_secs(1);
/// After the store was away, before it is asked again.
const AWAY_NAP: Duration = Duration::from_millis(500);
/// Between two sweeps: what has waited long enough waits so much longer at most.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// What couriers hold when told to stop is given this long.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// The couriers at work.
pub struct Couriers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Couriers {
    /// Sends them out.
    pub fn start(gateway: &Arc<Gateway>) -> Self {
        let at_once = gateway.settings.parallel;
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            tokio::spawn(courier(Round::letters(gateway), at_once, stopped.clone())),
            tokio::spawn(courier(Round::messages(gateway), at_once, stopped.clone())),
            tokio::spawn(sweeper(Arc::clone(gateway), stopped)),
        ];
        Self { stop, tasks }
    }

    /// Calls them home: they take nothing new and finish what they hold; what is not finished in
    /// time goes back by its lease's end.
    pub async fn stop(self) {
        // An error says that all have gone home by themselves.
        let _ = self.stop.send(true);
        for mut task in self.tasks {
            if tokio::time::timeout(FINISH_WITHIN, &mut task)
                .await
                .is_err()
            {
                task.abort();
            }
        }
    }
}

/// What a courier carries: how to get it, how to try it, and what wakes the courier.
trait Load: Send + Sync + 'static {
    type Item: Send + 'static;
    fn take(&self, limit: u32) -> impl Future<Output = Result<Vec<Self::Item>, Away>> + Send;
    fn carry(&self, item: Self::Item) -> impl Future<Output = ()> + Send + 'static;
    fn next_due(&self) -> impl Future<Output = Result<Option<i64>, Away>> + Send;
    fn bell(&self) -> &Notify;
    fn now(&self) -> i64;
}

struct Round<T> {
    gateway: Arc<Gateway>,
    what: std::marker::PhantomData<fn() -> T>,
}

impl Round<Letter> {
    fn letters(gateway: &Arc<Gateway>) -> Self {
        Self {
            gateway: Arc::clone(gateway),
            what: std::marker::PhantomData,
        }
    }
}

impl Round<Message> {
    fn messages(gateway: &Arc<Gateway>) -> Self {
        Self {
            gateway: Arc::clone(gateway),
            what: std::marker::PhantomData,
        }
    }
}

impl Load for Round<Letter> {
    type Item = Letter;

    async fn take(&self, limit: u32) -> Result<Vec<Letter>, Away> {
        deliver::due_letters(&self.gateway, limit).await
    }

    fn carry(&self, letter: Letter) -> impl Future<Output = ()> + Send + 'static {
        let gateway = Arc::clone(&self.gateway);
        async move {
            if let Err(why) = deliver::letter(&gateway, &letter).await {
                tracing::error!(letter = letter.id, %why, "an attempt could not be noted");
            }
        }
    }

    async fn next_due(&self) -> Result<Option<i64>, Away> {
        self.gateway.records.next_letter_due().await
    }

    fn bell(&self) -> &Notify {
        &self.gateway.letters
    }

    fn now(&self) -> i64 {
        self.gateway.clock.now()
    }
}

impl Load for Round<Message> {
    type Item = Message;

    async fn take(&self, limit: u32) -> Result<Vec<Message>, Away> {
        send::due_messages(&self.gateway, limit).await
    }

    fn carry(&self, message: Message) -> impl Future<Output = ()> + Send + 'static {
        let gateway = Arc::clone(&self.gateway);
        async move {
            if let Err(why) = send::message(&gateway, &message).await {
                tracing::error!(message = message.id, %why, "an attempt could not be noted");
            }
        }
    }

    async fn next_due(&self) -> Result<Option<i64>, Away> {
        self.gateway.records.next_message_due().await
    }

    fn bell(&self) -> &Notify {
        &self.gateway.messages
    }

    fn now(&self) -> i64 {
        self.gateway.clock.now()
    }
}

/// Takes what is due as long as hands are free, and naps until something is.
async fn courier<L: Load>(load: L, at_once: usize, mut stopped: watch::Receiver<bool>) {
    let mut under_way = JoinSet::new();
    while !*stopped.borrow() {
        let free = at_once.saturating_sub(under_way.len());
        let nap = if free == 0 {
            LONGEST_NAP
        } else {
            match load.take(u32::try_from(free).unwrap_or(u32::MAX)).await {
                Ok(items) if items.is_empty() => nap(&load).await,
                Ok(items) => {
                    for item in items {
                        under_way.spawn(load.carry(item));
                    }
                    continue;
                }
                Err(why) => {
                    tracing::error!(%why, "the outbox cannot be read");
                    AWAY_NAP
                }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            () = load.bell().notified() => {}
            Some(_) = under_way.join_next() => {}
            _ = stopped.changed() => {}
        }
    }
    while under_way.join_next().await.is_some() {}
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

/// Ends what an earlier life of this process left unended and what has waited long enough, and
/// removes what has expired.
async fn sweeper(gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(why) = sweep(&gateway).await {
            tracing::error!(why, "the sweep did not finish");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stopped.changed() => {}
        }
    }
}

async fn sweep(gateway: &Gateway) -> Result<(), String> {
    let left = gateway
        .records
        .unconcluded(1000)
        .await
        .map_err(|e| e.to_string())?;
    for (message, report) in left {
        if let Some(ending) = receipt::ending(report.fate, &report.status, report.why.as_deref()) {
            receipt::conclude(gateway, &message, ending)
                .await
                .map_err(|e| e.to_string())?;
        }
    }
    digest::write_due(gateway)
        .await
        .map_err(|e| e.to_string())?;
    while remind::overdue(gateway).await.map_err(|e| e.to_string())? != Reminded::Nobody {}
    while gather::overdue(gateway).await.map_err(|e| e.to_string())? != Waited::Nobody {}
    while gateway
        .records
        .sweep(gateway.clock.now())
        .await
        .map_err(|e| e.to_string())?
        > 0
    {}
    Ok(())
}
