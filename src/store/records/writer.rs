//! The one writer: it takes all that waits, commits it at once, and only then answers.
//!
//! Many citizens, one fsync: the batch grows with the load, without a timer. Nobody is told
//! "kept" before the commit, and one item that cannot be written does not spoil the others.

use std::future::Future;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::sql::{Conn, sql};
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
pub struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    /// Gives the connection to a task of its own.
    pub fn start(conn: Conn) -> Self {
        let (to, queue) = mpsc::channel(BATCH);
        tokio::spawn(write(conn, queue));
        Self(to)
    }

    /// Has an op done and waits for its commit. It is done even if nobody waits any longer.
    pub async fn submit<O: Op>(&self, op: O) -> Result<O::Answer, Away> {
        let gone = || Away::records("the writer has stopped");
        let (to, answer) = oneshot::channel();
        let job = Item { op, done: None, to };
        self.0.send(Box::new(job)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// An op of any kind, on its way through the queue.
trait Job: Send {
    /// Runs the op and keeps its answer back.
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Away>>;

    /// Gives the answer out, or what went wrong instead.
    fn answer(self: Box<Self>, committed: Result<(), Away>);
}

struct Item<O: Op> {
    op: O,
    done: Option<O::Answer>,
    to: oneshot::Sender<Result<O::Answer, Away>>,
}

impl<O: Op> Job for Item<O> {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Away>> {
        Box::pin(async move {
            self.done = Some(self.op.run(conn).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), Away>) {
        let done = self.done;
        let answer = committed
            .and_then(|()| done.ok_or_else(|| Away::records("an answer without its question")));
        // Whoever asked may have gone; what was asked is done all the same.
        let _ = self.to.send(answer);
    }
}

async fn write(mut conn: Conn, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        if transaction(&mut conn, &mut batch).await.is_ok() {
            for job in batch.drain(..) {
                job.answer(Ok(()));
            }
            continue;
        }
        // One of them cannot be written, and the database does not say which one spoiled the
        // commit: each gets a transaction of its own. Rare, so its cost does not matter; savepoints
        // would make every filing pay for it.
        for mut job in batch.drain(..) {
            let committed = transaction(&mut conn, std::slice::from_mut(&mut job)).await;
            job.answer(committed);
        }
    }
}

/// All of the batch, or nothing of it.
async fn transaction(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> Result<(), Away> {
    // Immediate: a second process on the same file waits its turn here, and not in the middle.
    sql("BEGIN IMMEDIATE").run(conn).await?;
    let done = run_all(conn, batch).await;
    let ended = match done {
        Ok(()) => sql("COMMIT").run(conn).await.map(|_| ()),
        Err(away) => Err(away),
    };
    if ended.is_err() {
        // Some failures have ended the transaction already: then this has nothing to do.
        let _ = sql("ROLLBACK").run(conn).await;
    }
    ended
}

async fn run_all(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> Result<(), Away> {
    for job in batch {
        job.run(conn).await?;
    }
    Ok(())
}
