//! Who read or changed what, as a chain: each entry's hash covers the entry and the hash before it.
//!
//! A row that is changed, taken out or put in breaks the chain there. Whoever can write the whole
//! table can also write a whole new chain: against that, note the last hash somewhere else.

use std::fmt;

use sha2::{Digest, Sha256};

use super::citizen::hex;

/// The hash before the first entry.
pub const BEGINNING: &str = "";

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A citizen, about what is their own.
    Citizen,
    /// Whoever may run commands on the records.
    Operator,
    /// An institution, with its API token.
    Institution(String),
    /// The service by itself.
    Worker(&'static str),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Citizen => f.write_str("citizen"),
            Self::Operator => f.write_str("operator"),
            Self::Institution(id) => write!(f, "institution:{id}"),
            Self::Worker(name) => write!(f, "worker:{name}"),
        }
    }
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the chain, counted from 1.
    pub seq: i64,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// Who, as [`Actor`] writes it.
    pub actor: String,
    /// What: `citizen.forget`, …
    pub deed: String,
    /// To what: ids and counts, never anything that leads to a person.
    pub object: String,
}

impl Entry {
    /// The entry's hash, behind the hash of the entry before: SHA-256 over all of it, each part
    /// with its length before it, so that no two entries look alike.
    pub fn hash(&self, before: &str) -> String {
        let (seq, at) = (self.seq.to_be_bytes(), self.at.to_be_bytes());
        let parts: [&[u8]; 6] = [
            before.as_bytes(),
            &seq,
            &at,
            self.actor.as_bytes(),
            self.deed.as_bytes(),
            self.object.as_bytes(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }
}

/// How far a chain holds: walk it from its first entry to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Entries that hold.
    pub entries: i64,
    /// The hash of the last of them.
    pub head: String,
}

impl Walk {
    /// Before the first entry.
    pub fn new() -> Self {
        Self {
            entries: 0,
            head: BEGINNING.to_owned(),
        }
    }

    /// Takes the next entry as it was found; false if the chain is broken there.
    pub fn step(&mut self, entry: &Entry, found: &str) -> bool {
        let sound = entry.seq == self.entries + 1 && entry.hash(&self.head) == found;
        if sound {
            self.entries = entry.seq;
            found.clone_into(&mut self.head);
        }
        sound
    }
}

impl Default for Walk {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(n: i64) -> Vec<(Entry, String)> {
        let mut head = BEGINNING.to_owned();
        (1..=n)
            .map(|seq| {
                let entry = Entry {
                    seq,
                    at: 1_795_334_700_000 + seq,
                    actor: Actor::Institution("bj-sante".into()).to_string(),
                    deed: "feedback.read".into(),
                    object: format!("fb_{seq}"),
                };
                head = entry.hash(&head);
                (entry, head.clone())
            })
            .collect()
    }

    fn holds(chain: &[(Entry, String)]) -> Result<(), i64> {
        let mut walk = Walk::new();
        for (entry, hash) in chain {
            if !walk.step(entry, hash) {
                return Err(entry.seq);
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn whatever_is_changed_taken_out_or_put_in_shows(n in 2_i64..20, which in 0_usize..19, how in 0..5) {
            let mut chain = chain(n);
            prop_assert_eq!(holds(&chain), Ok(()));
            let at = which % (chain.len() - 1);
            let first = match how {
                0 => { chain[at].0.object.push('x'); chain[at].0.seq }
                1 => { chain[at].0.at += 1; chain[at].0.seq }
                2 => { chain.remove(at); chain[at].0.seq }
                3 => { let twin = chain[at].clone(); chain.insert(at, twin); chain[at].0.seq }
                _ => { chain.swap(at, at + 1); chain[at].0.seq }
            };
            prop_assert_eq!(holds(&chain), Err(first));
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        let entry = |deed: &str, object: &str| Entry {
            seq: 1,
            at: 0,
            actor: Actor::Operator.to_string(),
            deed: deed.into(),
            object: object.into(),
        };
        assert_ne!(entry("ab", "c").hash(""), entry("a", "bc").hash(""));
    }
}
