//! A new phone key: it wraps the keys in use, a new one of these seals, and every number is sealed
//! with that.
//!
//! It may be broken off at any time and begun again: what is sealed anew already is passed over.
//! Until it is done both phone keys unwrap everything, so whoever runs with the old one goes on.
//! Lookups, aliases and names keep their keys: nobody becomes somebody else.

use crate::domain::audit::Actor;
use crate::domain::citizen::Keyring;
use crate::domain::vault::{DataKey, PhoneKey, Purpose, Wrapped};
use crate::store::Away;
use crate::store::records::{Deed, Records, Resealed, SealedKind};

use super::clock;
use super::keys::{self, NoKeys};

/// Numbers sealed anew in one transaction.
const PAGE: u32 = 500;
/// A running service looks for new keys this often …
pub const LOOK_EVERY_MS: i64 = 2_000;
/// … and surely knows one after this long, in milliseconds: nothing needs a key before that.
const KNOWN_AFTER_MS: i64 = 2 * LOOK_EVERY_MS + 1_000;

/// Where records stand with a phone key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It wraps all keys, and no other does: there is nothing to do.
    InForce,
    /// It wraps none yet.
    New,
    /// Another one wraps them too.
    UnderWay,
}

/// Where these records stand with the first of the phone keys.
///
/// # Errors
/// [`NoKeys`]
pub async fn stand(records: &Records, roots: &[PhoneKey]) -> Result<Stand, NoKeys> {
    let now = clock::Clock::System.now();
    keys::open(records, roots, now).await?;
    let kept = records.data_keys().await?;
    let first = roots.first().map_or("", PhoneKey::id);
    let ours = kept.iter().filter(|key| key.root == first).count();
    Ok(match (ours, kept.len() - ours) {
        (0, _) => Stand::New,
        (_, 0) => Stand::InForce,
        _ => Stand::UnderWay,
    })
}

/// A re-sealing under way. It may be dropped at any time, and taken up by another one.
pub struct Rotation<'a> {
    records: &'a Records,
    root: &'a PhoneKey,
    ring: Keyring,
    /// The kinds that are left, the one at hand last.
    kinds: Vec<SealedKind>,
    /// The last row seen of the kind at hand.
    after: String,
    /// Numbers that were to be sealed anew when it began.
    pub total: u64,
    /// Numbers sealed anew so far.
    pub done: u64,
    /// Numbers that no key opens.
    pub unopened: u64,
}

impl<'a> Rotation<'a> {
    /// Begins, or goes on with what was begun, with the first of these phone keys.
    ///
    /// # Errors
    /// [`NoKeys`]
    pub async fn begin(
        records: &'a Records,
        roots: &'a [PhoneKey],
        now: i64,
    ) -> Result<Self, NoKeys> {
        keys::open(records, roots, now).await?;
        let kept = records.data_keys().await?;
        let Some(root) = roots.first() else {
            return Err(NoKeys::Damaged("in force".to_owned()));
        };
        let known = keys::unwrap(&kept, roots)?;
        // Adds nothing if this or another process has done so before.
        let added = anew(&known, &kept, roots, now);
        let deed = deed("keys.rotate", format!("to={}", root.id()), now);
        records.add_keys(root.id(), added, deed).await?;
        let ring = keys::open(records, roots, now).await?;
        let total = records.sealed_otherwise(ring.id()).await?;
        Ok(Self {
            records,
            root,
            ring,
            kinds: SealedKind::ALL.to_vec(),
            after: String::new(),
            total,
            done: 0,
            unopened: 0,
        })
    }

    /// How long to wait, in milliseconds, until every running service knows the new key.
    pub fn known_in(&self, now: i64) -> u64 {
        let known = self.ring.made_at().saturating_add(KNOWN_AFTER_MS);
        u64::try_from(known.saturating_sub(now)).unwrap_or(0)
    }

    /// Seals some numbers anew; false once there are no more.
    ///
    /// # Errors
    /// [`Away`]; what was done stands.
    pub async fn step(&mut self) -> Result<bool, Away> {
        let Some(kind) = self.kinds.last().copied() else {
            return Ok(false);
        };
        let current = self.ring.id();
        let page = self.records.to_reseal(kind, current, &self.after, PAGE);
        let page = page.await?;
        let Some((last, ..)) = page.last() else {
            self.kinds.pop();
            self.after.clear();
            return Ok(!self.kinds.is_empty());
        };
        self.after.clone_from(last);
        let mut numbers = Vec::with_capacity(page.len());
        for (row, citizen, old) in page {
            match self.ring.seal_again(&old, &citizen, clock::random()) {
                Some(new) => numbers.push(Resealed {
                    row,
                    citizen,
                    old,
                    new,
                }),
                None => self.unopened += 1,
            }
        }
        self.done += self.records.reseal(kind, numbers).await?;
        Ok(true)
    }

    /// Looks whether all is done. If so, the other phone keys unwrap nothing from now on; the key
    /// that sealed before stays for what a backup may bring back, older ones go. False if something
    /// was sealed with an old key meanwhile: then everything has to be gone through again.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn finish(&mut self, now: i64) -> Result<bool, Away> {
        let left = self.records.sealed_otherwise(self.ring.id()).await?;
        if left > self.unopened {
            self.kinds = SealedKind::ALL.to_vec();
            self.unopened = 0;
            return Ok(false);
        }
        if left > 0 {
            return Ok(true);
        }
        let retired = self.ring.ids().skip(2).map(str::to_owned).collect();
        let object = format!("phone_key={} numbers={}", self.root.id(), self.done);
        let deed = deed("keys.resealed", object, now);
        self.records
            .drop_keys(self.root.id(), retired, deed)
            .await?;
        Ok(true)
    }
}

/// What a new phone key adds: its wrap of every key, and a new key to seal with, wrapped by the
/// phone keys before it too.
fn anew(known: &[DataKey], kept: &[Wrapped], roots: &[PhoneKey], now: i64) -> Vec<Wrapped> {
    let Some(root) = roots.first() else {
        return Vec::new();
    };
    let newest = known.iter().map(|key| key.made_at).max().unwrap_or(0);
    let seal = DataKey::new(Purpose::Seal, clock::random(), now.max(newest + 1));
    let mut added: Vec<Wrapped> = known
        .iter()
        .map(|key| root.wrap(key, clock::random()))
        .collect();
    let wrapping = |root: &&PhoneKey| kept.iter().any(|key| key.root == root.id());
    let before = roots.iter().skip(1).filter(wrapping);
    added.extend(
        std::iter::once(root)
            .chain(before)
            .map(|root| root.wrap(&seal, clock::random())),
    );
    added
}

fn deed(deed: &'static str, object: String, at: i64) -> Deed {
    Deed {
        actor: Actor::Operator,
        deed,
        object,
        at,
    }
}
