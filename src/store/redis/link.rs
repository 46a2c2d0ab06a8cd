//! One connection for each thread that serves, made when it is needed, by one attempt at a time. A
//! thread that waits for its own connection is woken by its own sockets: with one for all, every
//! answer would first wake another thread, twice a step.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use redis::{ErrorKind, RedisError};

use super::wire::{Way, Wire};

/// An attempt, which all who need the connection wait for together: however many citizens call
/// while a server is stalled, one connection a thread is tried.
type Attempt = Shared<BoxFuture<'static, Result<Wire, RedisError>>>;

/// Threads that have a connection of their own; more than these share.
const SEATS: usize = 64;

/// The way to the server, and the connections that there are.
pub(super) struct Link {
    place: Arc<str>,
    way: Arc<Way>,
    held: [Mutex<Held>; SEATS],
}

/// Which connection it is: whose, and the how manieth.
#[derive(Clone, Copy)]
pub(super) struct Which {
    seat: usize,
    generation: u64,
}

thread_local! {
    /// The thread's place among those that have asked for a connection.
    static SEAT: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) % SEATS
    };
}

#[derive(Default)]
struct Held {
    attempt: Option<Attempt>,
    generation: u64,
}

impl Link {
    pub(super) fn new(place: &str, way: Way) -> Self {
        Self {
            place: place.into(),
            way: Arc::new(way),
            held: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// What the log calls the server.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The connection, and which one it is.
    ///
    /// # Errors
    /// When it cannot be made; the next caller tries again.
    pub(super) async fn wire(&self) -> Result<(Which, Wire), RedisError> {
        let (which, attempt) = self.attempt();
        if let Some(made) = attempt.peek() {
            return made.clone().map(|wire| (which, wire));
        }
        Ok((which, attempt.await?))
    }

    fn attempt(&self) -> (Which, Attempt) {
        // A cluster's is many connections already, and spreads what is asked by itself.
        let seat = match *self.way {
            Way::Cluster(_) => 0,
            _ => SEAT.with(|seat| *seat),
        };
        let mut held = self.held(seat);
        let generation = held.generation;
        if let Some(attempt) = &held.attempt
            && !attempt.peek().is_some_and(Result::is_err)
        {
            return (Which { seat, generation }, attempt.clone());
        }
        let way = Arc::clone(&self.way);
        // A task of its own: a caller who goes away does not take the others' connection along.
        let made = tokio::spawn(async move { way.wire().await });
        let attempt = made
            .map(|made| made.unwrap_or_else(|_| Err(trouble("the attempt to connect ended"))))
            .boxed()
            .shared();
        held.attempt = Some(attempt.clone());
        held.generation += 1;
        let generation = held.generation;
        (Which { seat, generation }, attempt)
    }

    /// Lets go of a connection that is of no use, if it is still this one.
    pub(super) fn discard(&self, which: Which) {
        let mut held = self.held(which.seat);
        if held.generation == which.generation {
            held.attempt = None;
        }
    }

    fn held(&self, seat: usize) -> std::sync::MutexGuard<'_, Held> {
        // What is held is valid at every moment, whoever panicked.
        self.held[seat]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error of our own making.
pub(super) fn trouble(why: &'static str) -> RedisError {
    (ErrorKind::Io, OURS, why.to_owned()).into()
}

const OURS: &str = "passerelle";

/// What [`trouble`] said, if it was that.
pub(super) fn own_words(error: &RedisError) -> Option<&str> {
    let ours = error.kind() == ErrorKind::Io && error.to_string().starts_with(OURS);
    error.detail().filter(|_| ours)
}
