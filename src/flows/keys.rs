//! The keys in use: fetched at the start, and again when another process has made a new one.

use std::sync::Arc;

use crate::domain::citizen::Keyring;
use crate::domain::feedback::Sealed;
use crate::domain::msisdn::Msisdn;
use crate::domain::vault::{DataKey, PhoneKey, Purpose, Wrapped};
use crate::store::Away;
use crate::store::records::{Founding, Records};

use super::{Gateway, clock};

/// Why records cannot be worked on with these phone keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    /// Another phone key is needed.
    #[error(
        "the records need the phone key {needed}, and there is only {given}: set \
         PASSERELLE_PRIVACY__KEY to it, or PASSERELLE_PRIVACY__PREVIOUS_KEYS if it is the one before"
    )]
    Missing {
        /// The names of those that would do.
        needed: String,
        /// The names of those that were given.
        given: String,
    },
    /// A kept key is not as it was written.
    #[error("the key {0} among the records is damaged: restore table `data_key` from a backup")]
    Damaged(String),
    /// The records are away.
    #[error(transparent)]
    Away(#[from] Away),
}

/// The keys in use of these records; those of new records are made here. The first of the phone
/// keys is the one in force.
///
/// # Errors
/// [`NoKeys`]
pub async fn open(records: &Records, roots: &[PhoneKey], now: i64) -> Result<Keyring, NoKeys> {
    let mut kept = records.data_keys().await?;
    if kept.is_empty() {
        kept = first(records, roots, now).await?;
    }
    let keys = unwrap(&kept, roots)?;
    Keyring::of(&keys).ok_or_else(|| NoKeys::Damaged("of a purpose".to_owned()))
}

/// Gives records that have no keys their first ones.
async fn first(records: &Records, roots: &[PhoneKey], now: i64) -> Result<Vec<Wrapped>, NoKeys> {
    let wrap = |root: &PhoneKey, key: &DataKey| root.wrap(key, clock::random());
    let new = |root: &PhoneKey| {
        let key = |purpose| wrap(root, &DataKey::new(purpose, clock::random(), now));
        Purpose::ALL.map(key).to_vec()
    };
    let derived = |root: &PhoneKey| root.derived().iter().map(|key| wrap(root, key)).collect();
    let derived = roots.iter().map(derived).collect();
    let new = roots.first().map(new).unwrap_or_default();
    match records.found_keys(new, derived).await? {
        Founding::Has(kept) => Ok(kept),
        Founding::Foreign(needed) => Err(NoKeys::Missing {
            needed,
            given: names(roots),
        }),
    }
}

/// Every kept key once, by whichever phone key unwraps it.
///
/// # Errors
/// [`NoKeys`] if one cannot be had.
pub fn unwrap(kept: &[Wrapped], roots: &[PhoneKey]) -> Result<Vec<DataKey>, NoKeys> {
    let mut keys: Vec<DataKey> = Vec::new();
    for wrapped in kept {
        if keys.iter().any(|key| key.id == wrapped.id) {
            continue;
        }
        let copies = || kept.iter().filter(|other| other.id == wrapped.id);
        let by = |copy| roots.iter().find_map(|root| root.unwrap(copy));
        if let Some(key) = copies().find_map(by) {
            keys.push(key);
            continue;
        }
        let ours = |copy: &Wrapped| roots.iter().any(|root| root.id() == copy.root);
        if copies().any(ours) {
            return Err(NoKeys::Damaged(wrapped.id.clone()));
        }
        let needed: Vec<&str> = copies().map(|copy| copy.root.as_str()).collect();
        return Err(NoKeys::Missing {
            needed: needed.join(" or "),
            given: names(roots),
        });
    }
    Ok(keys)
}

fn names(roots: &[PhoneKey]) -> String {
    let names: Vec<&str> = roots.iter().map(PhoneKey::id).collect();
    names.join(", ")
}

impl Gateway {
    /// The keys in use.
    pub fn keys(&self) -> Arc<Keyring> {
        self.keyring.load_full()
    }

    /// Opens a number; `None` if it is not a subscriber's that a message could be sent to, or
    /// cannot be opened.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn opened(&self, sealed: &Sealed, lookup: &str) -> Result<Option<Msisdn>, Away> {
        let known = |keys: &Keyring| keys.ids().any(|id| id == sealed.key_id);
        if !known(&self.keys()) {
            // Sealed a moment ago, with a key that another process has made.
            if let Err(NoKeys::Away(away)) = refresh(self).await {
                return Err(away);
            }
        }
        Ok(self.keys().open(sealed, lookup))
    }
}

/// Learns of keys that another process has made; whether there were any.
///
/// # Errors
/// [`NoKeys`]; the keys known so far stay in use.
pub async fn refresh(gateway: &Gateway) -> Result<bool, NoKeys> {
    if gateway.phone_keys.is_empty() {
        return Ok(false);
    }
    let kept = gateway.records.data_keys().await?;
    let keys = gateway.keys();
    let news = |key: &&Wrapped| key.purpose == Purpose::Seal && !keys.ids().any(|id| id == key.id);
    if !kept.iter().any(|key| news(&key)) {
        return Ok(false);
    }
    let unwrapped = unwrap(&kept, &gateway.phone_keys)?;
    let Some(ring) = Keyring::of(&unwrapped) else {
        return Ok(false);
    };
    tracing::info!(key = ring.id(), "numbers are sealed with a new key");
    gateway.keyring.store(Arc::new(ring));
    Ok(true)
}
