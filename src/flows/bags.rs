//! The couriers' bags: what is new goes from the record straight into one, leased already, instead of
//! being looked for in the outbox. If there is no place it waits there with all others, and comes to
//! no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Gateway;
use super::deliver::LEASE_MS;
use crate::domain::feedback::{Filing, Letter, Message};

/// The bag for one kind of thing.
pub struct Bag<T> {
    places: usize,
    free: Arc<Semaphore>,
    /// Whether somebody takes what is handed over.
    open: AtomicBool,
    to: UnboundedSender<Handed<T>>,
    from: Mutex<Option<UnboundedReceiver<Handed<T>>>>,
}

/// Something leased, and its place.
pub struct Handed<T> {
    /// What it is.
    pub item: T,
    /// The place: free again when this is dropped.
    pub place: OwnedSemaphorePermit,
}

impl<T> Bag<T> {
    /// A bag with so many places; nothing is handed over before [`Bag::open`].
    pub fn new(places: usize) -> Self {
        let (to, from) = unbounded_channel();
        Self {
            places,
            free: Arc::new(Semaphore::new(places)),
            open: AtomicBool::new(false),
            to,
            from: Mutex::new(Some(from)),
        }
    }

    /// Begins to take what is handed over; none if somebody does already.
    pub fn open(&self) -> Option<UnboundedReceiver<Handed<T>>> {
        let from = self.from.lock();
        let from = from.unwrap_or_else(PoisonError::into_inner).take();
        if from.is_some() {
            self.open.store(true, Ordering::Release);
        }
        from
    }

    /// Nothing more is handed over, but what was promised a place before.
    pub fn close(&self) {
        self.open.store(false, Ordering::Release);
    }

    /// Whether nothing is in it, or promised to it.
    pub fn is_empty(&self) -> bool {
        self.free.available_permits() == self.places
    }

    /// Half of the free places, for what is taken from the outbox: what is new finds the other half
    /// free while the outbox is looked through.
    pub fn take(&self) -> Vec<OwnedSemaphorePermit> {
        let half = self.free.available_permits().div_ceil(2);
        (0..half).map_while(|_| self.place()).collect()
    }

    /// A place for each of `count` things that are about to be put on record, or none.
    fn reserve(&self, count: usize) -> Option<Vec<OwnedSemaphorePermit>> {
        let open = self.open.load(Ordering::Acquire);
        (0..count).map(|_| self.place().filter(|_| open)).collect()
    }

    fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    fn hand_over(&self, items: impl IntoIterator<Item = T>, places: Vec<OwnedSemaphorePermit>) {
        for (item, place) in items.into_iter().zip(places) {
            // If the courier has gone home, the lease runs out.
            let _ = self.to.send(Handed { item, place });
        }
    }
}

/// What a filing brings along, and the places that were reserved for it.
pub(super) struct Reserved {
    /// When the lease ends.
    pub until: i64,
    letters: (Vec<Letter>, Vec<OwnedSemaphorePermit>),
    message: (Option<Message>, Vec<OwnedSemaphorePermit>),
}

/// Reserves a place for each letter and message of a filing, or none at all.
pub(super) fn reserve(gateway: &Gateway, filing: &Filing) -> Option<Reserved> {
    // The first to each address; another to the same waits behind it.
    let first = |at: usize, letter: &Letter| {
        let before = &filing.letters[..at];
        before.iter().all(|other| other.url != letter.url)
    };
    let letters = filing.letters.iter().enumerate();
    let letters = letters.filter(|(at, letter)| first(*at, letter));
    let letters: Vec<&Letter> = letters.map(|(_, letter)| letter).collect();
    let for_letters = gateway.letter_bag.reserve(letters.len())?;
    let for_message = gateway.message_bag.reserve(filing.message.iter().len())?;
    // A lease counts its attempt beforehand.
    let letters = letters.into_iter().cloned().map(|letter| Letter {
        attempts: 1,
        ..letter
    });
    let message = filing.message.clone().map(|message| Message {
        attempts: 1,
        ..message
    });
    Some(Reserved {
        until: gateway.clock.now() + LEASE_MS,
        letters: (letters.collect(), for_letters),
        message: (message, for_message),
    })
}

impl Reserved {
    /// Hands over what has been put on record.
    pub(super) fn hand_over(self, gateway: &Gateway) {
        gateway.letter_bag.hand_over(self.letters.0, self.letters.1);
        gateway
            .message_bag
            .hand_over(self.message.0, self.message.1);
    }
}
