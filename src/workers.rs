//! The couriers: loop a flow until told to stop, then finish what they hold.

mod courier;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::domain::audit::Actor;
use crate::domain::feedback::{Letter, Message};
use crate::flows::bags::Bag;
use crate::flows::gather::{self, Waited};
use crate::flows::keys::{self, NoKeys};
use crate::flows::remind::{self, Reminded};
use crate::flows::turn::{self, Unanswered};
use crate::flows::{Gateway, deliver, digest, receipt, relink, retain, rotate, send};
use crate::store::Away;
use courier::{FINISH_WITHIN, GIVE_BACK_WITHIN, LONGEST_NAP, Load, courier};

/// Between two sweeps: what has waited long enough waits so much longer at most.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// Between two looks at how the session store is set up.
const INSPECT_EVERY: Duration = Duration::from_mins(5);
/// Between two looks for what was kept long enough; the first comes later than a start, so that a
/// mistake in a file can be seen and mended before something is gone.
const RETAIN_EVERY: Duration = Duration::from_hours(1);
const RETAIN_FIRST: Duration = Duration::from_mins(10);

/// The couriers at work.
pub struct Couriers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Couriers {
    /// Sends them out.
    pub fn start(gateway: &Arc<Gateway>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            tokio::spawn(courier(Round::letters(gateway), stopped.clone())),
            tokio::spawn(courier(Round::messages(gateway), stopped.clone())),
            tokio::spawn(sweeper(Arc::clone(gateway), stopped.clone())),
            tokio::spawn(keeper(Arc::clone(gateway), stopped.clone())),
            tokio::spawn(retainer(Arc::clone(gateway), stopped.clone())),
            tokio::spawn(inspector(Arc::clone(gateway), stopped)),
        ];
        Self { stop, tasks }
    }

    /// Tells them to take nothing new.
    pub fn call_home(&self) {
        // An error says that all have gone home by themselves.
        let _ = self.stop.send(true);
    }

    /// Calls them home and waits for them: they finish what they hold. A letter that is not
    /// finished in time is given back, so that whoever takes over tries it at once.
    pub async fn stop(self) {
        self.call_home();
        let all = self.tasks.into_iter().map(|mut task| async move {
            let home = FINISH_WITHIN + GIVE_BACK_WITHIN;
            if tokio::time::timeout(home, &mut task).await.is_err() {
                task.abort();
            }
        });
        futures_util::future::join_all(all).await;
    }
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

    fn id(letter: &Letter) -> String {
        letter.id.clone()
    }

    async fn give_back(&self, id: String) {
        if let Err(why) = deliver::give_back(&self.gateway, &id).await {
            tracing::warn!(letter = id, %why, "not given back: its lease has to run out");
        }
    }

    async fn next_due(&self) -> Result<Option<i64>, Away> {
        self.gateway.records.next_letter_due().await
    }

    fn bell(&self) -> &Notify {
        &self.gateway.letters
    }

    fn bag(&self) -> &Bag<Letter> {
        &self.gateway.letter_bag
    }

    fn now(&self) -> i64 {
        self.gateway.clock.now()
    }

    fn round(&self, went: Result<(), &Away>) {
        self.gateway.round(went);
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

    fn id(message: &Message) -> String {
        message.id.clone()
    }

    /// Its lease runs out: sent again at once, a message that was taken would ring twice.
    async fn give_back(&self, _id: String) {}

    async fn next_due(&self) -> Result<Option<i64>, Away> {
        self.gateway.records.next_message_due().await
    }

    fn bell(&self) -> &Notify {
        &self.gateway.messages
    }

    fn bag(&self) -> &Bag<Message> {
        &self.gateway.message_bag
    }

    fn now(&self) -> i64 {
        self.gateway.clock.now()
    }

    fn round(&self, went: Result<(), &Away>) {
        self.gateway.round(went);
    }
}

/// Looks whether the session store is set up well, at start and now and then, and says so if not.
async fn inspector(gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    let mut said = None;
    while !*stopped.borrow() {
        let (mut found, mut again) = (Vec::new(), INSPECT_EVERY);
        for sessions in gateway.all_sessions() {
            match sessions.advice().await {
                Ok(advice) => found.extend(advice),
                Err(away) => {
                    found.push(away.to_string());
                    again = LONGEST_NAP;
                }
            }
        }
        if said.as_ref() != Some(&found) {
            for why in &found {
                tracing::warn!(why, "the session store needs attention");
            }
            said = Some(found);
        }
        tokio::select! {
            () = tokio::time::sleep(again) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Has go what was kept for as long as its country says.
async fn retainer(gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    let mut nap = RETAIN_FIRST;
    while !*stopped.borrow() {
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            _ = stopped.changed() => continue,
        }
        nap = RETAIN_EVERY;
        let (service, now) = (gateway.service(), gateway.clock.now());
        let actor = Actor::Worker("retention");
        match retain::enforce(&gateway.records, &service, &actor, now).await {
            Ok(all) => {
                for gone in all.iter().filter(|gone| gone.count > 0) {
                    let (country, kind) = (&gone.country, gone.kind.word());
                    tracing::info!(
                        country,
                        kind,
                        count = gone.count,
                        "kept long enough, and gone"
                    );
                }
            }
            Err(why) => tracing::error!(%why, "what was kept long enough is not all gone"),
        }
    }
}

/// Learns of keys that a rotation has made.
async fn keeper(gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    let every = Duration::from_millis(rotate::LOOK_EVERY_MS.unsigned_abs());
    let mut said = None;
    while !*stopped.borrow() {
        match keys::refresh(&gateway).await {
            // Whoever needs the records says that they are away.
            Ok(_) | Err(NoKeys::Away(_)) => {}
            Err(why) => {
                if said.as_ref() != Some(&why) {
                    tracing::error!(%why, "a new key cannot be used: the old one stays in use");
                }
                said = Some(why);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Ends what an earlier life of this process left unended and what has waited long enough, and
/// removes what has expired.
async fn sweeper(gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    // The files by which the citizens were gone through last.
    let mut linked_by = None;
    while !*stopped.borrow() {
        let version = gateway.service().version;
        if linked_by != Some(version) {
            match relink::all(&gateway).await {
                Ok(_) => linked_by = Some(version),
                Err(why) => tracing::error!(%why, "old forms of numbers are still to be linked"),
            }
        }
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
    while turn::unanswered(gateway).await.map_err(|e| e.to_string())? != Unanswered::Nobody {}
    while gateway
        .records
        .sweep(gateway.clock.now())
        .await
        .map_err(|e| e.to_string())?
        > 0
    {}
    Ok(())
}
