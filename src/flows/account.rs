//! Who read what a citizen said is accounted for, before it is shown: no account, no reading.
//!
//! Cheaply: a program that asks for its list every minute reads nothing new. What an institution
//! has read within the hour is not noted again; this process remembers that, and forgets it when it
//! ends, which costs an entry and loses none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::Away;
use crate::store::records::Deed;

use super::Gateway;

/// Read again within this time (milliseconds), it is one reading.
const AGAIN_MS: i64 = 60 * 60 * 1000;
/// Readings remembered; beyond that, those are forgotten that are past, or else all.
const REMEMBERED: usize = 100_000;

/// What institutions have read of late: institution, deed and feedback, and when.
#[derive(Default)]
pub struct Readings(Mutex<HashMap<(String, &'static str, String), i64>>);

/// Notes that an institution reads these feedbacks.
///
/// # Errors
/// [`Away`] if that could not be noted: then they are not to be shown.
pub async fn read(
    gateway: &Gateway,
    institution: &str,
    deed: &'static str,
    feedback: &[&str],
) -> Result<(), Away> {
    let at = gateway.clock.now();
    let new = gateway.readings.unread(institution, deed, feedback, at);
    if new.is_empty() {
        return Ok(());
    }
    note(gateway, institution, deed, new.join(" ")).await?;
    gateway.readings.noted(institution, deed, &new, at);
    Ok(())
}

/// Notes what an institution does besides.
///
/// # Errors
/// [`Away`]
pub async fn note(
    gateway: &Gateway,
    institution: &str,
    deed: &'static str,
    object: String,
) -> Result<(), Away> {
    let deed = Deed::of(institution, deed, object, gateway.clock.now());
    gateway.records.account(vec![deed]).await
}

impl Readings {
    /// Those that were not read of late.
    fn unread<'a>(
        &self,
        institution: &str,
        deed: &'static str,
        feedback: &[&'a str],
        at: i64,
    ) -> Vec<&'a str> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_late = |id: &&str| {
            let name = (institution.to_owned(), deed, (*id).to_owned());
            let before = read.get(&name);
            before.is_some_and(|before| (0..AGAIN_MS).contains(&at.saturating_sub(*before)))
        };
        feedback.iter().copied().filter(|id| !of_late(id)).collect()
    }

    fn noted(&self, institution: &str, deed: &'static str, feedback: &[&str], at: i64) {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if read.len() >= REMEMBERED {
            read.retain(|_, before| at.saturating_sub(*before) < AGAIN_MS);
            if read.len() >= REMEMBERED {
                read.clear();
            }
        }
        for id in feedback {
            read.insert((institution.to_owned(), deed, (*id).to_owned()), at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_of_late_is_not_noted_again() {
        let readings = Readings::default();
        let new = |deed, at| readings.unread("bj-sante", deed, &["fb_1", "fb_2"], at);
        assert_eq!(new("feedback.list", 0), ["fb_1", "fb_2"]);
        readings.noted("bj-sante", "feedback.list", &["fb_1"], 0);
        assert_eq!(new("feedback.list", AGAIN_MS - 1), ["fb_2"]);
        assert_eq!(new("feedback.read", 1), ["fb_1", "fb_2"]);
        assert_eq!(new("feedback.list", AGAIN_MS), ["fb_1", "fb_2"]);
        assert_eq!(
            readings.unread("bj-desk", "feedback.list", &["fb_1"], 1),
            ["fb_1"]
        );
    }
}
