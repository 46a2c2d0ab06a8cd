//! One phone cannot drown an office, and no machine talks with us for ever. What is over a limit is
//! on record as everything else, with a screen and a code; it only goes into the institution's list
//! and not into its letters, and nothing is sent back.
//!
//! Limits hold for this process, and are forgotten with it: nothing of them is stored.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::flood::Said;

use super::file::Source;
use super::{Gateway, turn};

/// Phones remembered; beyond that, those are forgotten that have been quiet, or else all.
const REMEMBERED: usize = 50_000;

/// What phones have said of late.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<(String, String), Said>>);

/// Hears a text message: who says the same again and again is a machine, and not answered.
pub(super) fn hears<'a>(
    gateway: &Gateway,
    source: &Source<'a>,
    said: &turn::Said<'_>,
) -> Source<'a> {
    let rules = &gateway.settings.limits;
    let person = gateway.limits.with(gateway, source, |phone| {
        phone.hears(rules, said.key, said.text, source.at)
    });
    Source {
        quiet: !person,
        ..source.clone()
    }
}

/// Whether what is said here is kept but folded.
pub(super) fn folds(gateway: &Gateway, source: &Source<'_>) -> bool {
    let rules = &gateway.settings.limits;
    let may = |phone: &mut Said| phone.may_reach(rules, source.at);
    source.quiet || !gateway.limits.with(gateway, source, may)
}

/// It is on record, and was not folded.
pub(super) fn reached(gateway: &Gateway, source: &Source<'_>) {
    let rules = &gateway.settings.limits;
    gateway
        .limits
        .with(gateway, source, |said| said.reached(rules, source.at));
}

impl Limits {
    fn with<T>(
        &self,
        gateway: &Gateway,
        source: &Source<'_>,
        act: impl FnOnce(&mut Said) -> T,
    ) -> T {
        let rules = &gateway.settings.limits;
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let who = (source.channel.id.clone(), source.lookup.clone());
        if said.len() >= REMEMBERED && !said.contains_key(&who) {
            said.retain(|_, said| !said.is_past(rules, source.at));
            if said.len() >= REMEMBERED {
                said.clear();
            }
        }
        act(said.entry(who).or_default())
    }
}
