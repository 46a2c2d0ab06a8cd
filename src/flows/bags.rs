//! The couriers' bags: what is new goes from the record straight into one, leased already, instead of
//! being looked for in the outbox. If there is no place it waits there with all others, and comes to
//! no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::deliver::LEASE_MS;
use super::{Gateway, Halt};
use crate::domain::feedback::{Filing, Letter, Message};
use crate::store::Away;
use crate::store::records::Filed;

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
}

/// What a filing brings along, and the places that were reserved for it.
pub(super) struct Reserved {
    /// When the lease ends.
    pub until: i64,
    letters: Promised<Letter>,
    message: Promised<Message>,
}

/// Things, their places, and the way there.
struct Promised<T> {
    items: Vec<T>,
    places: Vec<OwnedSemaphorePermit>,
    to: UnboundedSender<Handed<T>>,
}

impl<T> Promised<T> {
    fn hand_over(self) {
        for (item, place) in self.items.into_iter().zip(self.places) {
            // If the courier has gone home, the lease runs out.
            let _ = self.to.send(Handed { item, place });
        }
    }
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
        letters: Promised {
            items: letters.collect(),
            places: for_letters,
            to: gateway.letter_bag.to.clone(),
        },
        message: Promised {
            items: message.into_iter().collect(),
            places: for_message,
            to: gateway.message_bag.to.clone(),
        },
    })
}

/// Files, and hands over what is leased by that. The deadline of an answer may end whoever waits
/// for this; the filing is committed all the same, and its letters must not wait for their lease to
/// run out.
///
/// # Errors
/// [`Halt`] if it could not be committed.
pub(super) async fn file(
    gateway: &Gateway,
    filing: Filing,
    reserved: Option<Reserved>,
) -> Result<Filed, Halt> {
    let Some(reserved) = reserved else {
        return Ok(gateway.records.file(filing).await?);
    };
    let records = gateway.records.clone();
    let filing = tokio::spawn(async move {
        let filed = records.file_in_hand(filing, reserved.until).await;
        if let Ok(Filed::Kept(_)) = &filed {
            reserved.hand_over();
        }
        filed
    });
    let filed = filing
        .await
        .map_err(|_| Away::records("filing was stopped"))?;
    Ok(filed?)
}

impl Reserved {
    /// Hands over what has been put on record.
    pub(super) fn hand_over(self) {
        self.letters.hand_over();
        self.message.hand_over();
    }
}
