//! The one writer: it takes all that waits, commits it at once, and only then answers.
//!
//! Many citizens, one fsync: the batch grows with the load, without a timer. Nobody is told
//! "kept" before the commit, and one item that cannot be written does not spoil the others.

use std::future::Future;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::delivering::{self, Delivered, Done};
use super::filing;
use super::postgres::Server;
use super::sql::Conn;
use super::types::Filed;
use crate::domain::feedback::Filing;
use crate::store::away::Away;

/// The most items that one transaction holds.
const BATCH: usize = 1000;

/// One thing to do with the records. It may be run more than once, each time on a clean slate.
pub trait Op: Send + Sync + 'static {
    /// What it answers.
    type Answer: Send + 'static;

    /// Does it within a transaction that somebody else ends. An op that answers without wanting
    /// anything kept must not have written yet: the transaction is not its own to roll back.
    fn run(&self, conn: &mut Conn) -> impl Future<Output = Result<Self::Answer, Away>> + Send;
}

/// The way to the writer; the writer ends when the last clone is gone and the queue is empty.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Job>);

/// Filings and deliveries come in crowds and go in crowds; everything else goes by itself.
enum Job {
    File(Box<Waiting<(Filing, i64), Filed>>),
    Deliver(Box<Waiting<Delivered, Done>>),
    Other(Box<dyn Other>),
}

/// Something to do, its answer once it is known, and who waits for it.
struct Waiting<T, A> {
    what: T,
    done: Option<A>,
    to: oneshot::Sender<Result<A, Away>>,
}

impl Writer {
    /// Gives the connection to a task of its own, with the server that it can be had from again.
    pub fn start(conn: Conn, server: Option<Server>) -> Self {
        let (to, queue) = mpsc::channel(BATCH);
        let conn = Some(conn);
        tokio::spawn(write(Line { conn, server }, queue));
        Self(to)
    }

    /// Has a feedback filed and waits for the commit. It is filed even if nobody waits any longer.
    /// `in_hand`: see [`filing::InHand`].
    pub async fn file(&self, filing: Filing, in_hand: i64) -> Result<Filed, Away> {
        self.wait_for((filing, in_hand), |waiting| Job::File(Box::new(waiting)))
            .await
    }

    /// Has a letter noted as delivered and waits for the commit, likewise.
    pub async fn deliver(&self, delivered: Delivered) -> Result<Done, Away> {
        self.wait_for(delivered, |waiting| Job::Deliver(Box::new(waiting)))
            .await
    }

    /// Has an op done and waits for its commit, likewise.
    pub async fn submit<O: Op>(&self, op: O) -> Result<O::Answer, Away> {
        self.wait_for(op, |waiting| Job::Other(Box::new(waiting)))
            .await
    }

    async fn wait_for<T, A>(
        &self,
        what: T,
        job: impl FnOnce(Waiting<T, A>) -> Job,
    ) -> Result<A, Away> {
        let gone = || Away::records("the writer has stopped");
        let (to, answer) = oneshot::channel();
        let done = None;
        let job = job(Waiting { what, done, to });
        self.0.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl<T, A> Waiting<T, A> {
    /// Gives the answer out, or what went wrong instead.
    fn answer(self, committed: Result<(), Away>) {
        let done = self.done;
        let answer = committed
            .and_then(|()| done.ok_or_else(|| Away::records("an answer without its question")));
        // Whoever asked may have gone; what was asked is done all the same.
        let _ = self.to.send(answer);
    }
}

impl Job {
    fn answer(self, committed: Result<(), Away>) {
        match self {
            Self::File(waiting) => waiting.answer(committed),
            Self::Deliver(waiting) => waiting.answer(committed),
            Self::Other(other) => other.answer(committed),
        }
    }
}

/// An op of any kind, on its way through the queue.
trait Other: Send {
    /// Runs the op and keeps its answer back.
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Away>>;

    /// See [`Waiting::answer`].
    fn answer(self: Box<Self>, committed: Result<(), Away>);
}

impl<O: Op> Other for Waiting<O, O::Answer> {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Away>> {
        Box::pin(async move {
            self.done = Some(self.what.run(conn).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), Away>) {
        Waiting::answer(*self, committed);
    }
}

async fn write(mut line: Line, mut queue: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let Err(away) = line.transaction(&mut batch).await else {
            for job in batch.drain(..) {
                job.answer(Ok(()));
            }
            continue;
        };
        // One of them cannot be written, and the database does not say which one spoiled the
        // commit: each gets a transaction of its own. Rare, so its cost does not matter; savepoints
        // would make every filing pay for it. Nobody waits for a server that is away.
        let mut lost = line.mend().await.is_err();
        for mut job in batch.drain(..) {
            let committed = if lost {
                Err(away.clone())
            } else {
                let committed = line.transaction(std::slice::from_mut(&mut job)).await;
                lost = line.conn.is_none();
                committed
            };
            job.answer(committed);
        }
    }
}

/// The writer's connection. One to a server can be lost, and is then made anew for the next batch.
struct Line {
    conn: Option<Conn>,
    server: Option<Server>,
}

/// A server that has not answered a transaction in this time is given up, with the connection.
/// What was asked of it may have been committed: whoever asks again finds it there.
const PATIENCE: Duration = Duration::from_secs(12);

impl Line {
    /// Makes the connection anew if it is lost.
    async fn mend(&mut self) -> Result<&mut Conn, Away> {
        match (&mut self.conn, &self.server) {
            (Some(conn), _) => Ok(conn),
            (lost, Some(server)) => Ok(lost.insert(server.connect().await?)),
            (None, None) => Err(Away::records("the connection is gone")),
        }
    }

    /// All of the batch, or nothing of it.
    async fn transaction(&mut self, batch: &mut [Job]) -> Result<(), Away> {
        let remote = self.server.is_some();
        let conn = self.mend().await?;
        if !remote {
            return attempt(conn, batch).await.map_err(|(away, _)| away);
        }
        let done = tokio::time::timeout(PATIENCE, attempt(conn, batch)).await;
        let (away, usable) = match done {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(failed)) => failed,
            Err(_) => (Away::records("no answer in time"), false),
        };
        if !usable {
            self.conn = None;
        }
        Err(away)
    }
}

/// All of the batch, or nothing of it; whether the connection can be used after a failure.
async fn attempt(conn: &mut Conn, batch: &mut [Job]) -> Result<(), (Away, bool)> {
    let done = async {
        conn.begin().await?;
        run_all(conn, batch).await?;
        conn.commit().await
    };
    match done.await {
        Ok(()) => Ok(()),
        Err(away) => Err((away, conn.roll_back().await)),
    }
}

/// Filings first, then deliveries. That changes no order that anybody could know of: whoever waits for an answer
/// before asking again is not twice in one batch.
async fn run_all(conn: &mut Conn, batch: &mut [Job]) -> Result<(), Away> {
    let mut filings = Vec::new();
    let mut deliveries = Vec::new();
    let mut others = Vec::new();
    for job in batch {
        match job {
            Job::File(waiting) => filings.push(waiting),
            Job::Deliver(waiting) => deliveries.push(waiting),
            Job::Other(other) => others.push(other),
        }
    }
    // In one order everywhere, lest two instances wait for one another's.
    filings.sort_by(|a, b| a.what.0.feedback.key.cmp(&b.what.0.feedback.key));
    let crowd = filings
        .iter()
        .map(|waiting| (&waiting.what.0, waiting.what.1));
    let crowd: Vec<filing::InHand<'_>> = crowd.collect();
    let filed = filing::file_all(conn, &crowd).await?;
    for (waiting, filed) in filings.into_iter().zip(filed) {
        waiting.done = Some(filed);
    }
    // The same order here.
    deliveries.sort_by(|a, b| a.what.id.cmp(&b.what.id));
    let crowd: Vec<&Delivered> = deliveries.iter().map(|waiting| &waiting.what).collect();
    let delivered = delivering::deliver_all(conn, &crowd).await?;
    for (waiting, delivered) in deliveries.into_iter().zip(delivered) {
        waiting.done = Some(delivered);
    }
    for other in others {
        other.run(conn).await?;
    }
    Ok(())
}
