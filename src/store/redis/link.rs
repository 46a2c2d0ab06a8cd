//! One connection for all, made when it is needed, by one attempt at a time.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use redis::{ErrorKind, RedisError};

use super::wire::{Way, Wire};

/// An attempt, which all who need the connection wait for together: however many citizens call
/// while a server is stalled, one connection is tried.
type Attempt = Shared<BoxFuture<'static, Result<Wire, RedisError>>>;

/// The way to the server, and the connection if there is one.
pub(super) struct Link {
    place: Arc<str>,
    way: Arc<Way>,
    held: Mutex<Held>,
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
            held: Mutex::default(),
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
    pub(super) async fn wire(&self) -> Result<(u64, Wire), RedisError> {
        let (generation, attempt) = self.attempt();
        Ok((generation, attempt.await?))
    }

    fn attempt(&self) -> (u64, Attempt) {
        let mut held = self.held();
        if let Some(attempt) = &held.attempt
            && !attempt.peek().is_some_and(Result::is_err)
        {
            return (held.generation, attempt.clone());
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
        (held.generation, attempt)
    }

    /// Lets go of a connection that is of no use, if it is still this one.
    pub(super) fn discard(&self, generation: u64) {
        let mut held = self.held();
        if held.generation == generation {
            held.attempt = None;
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // What is held is valid at every moment, whoever panicked.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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
