//! A citizen asks where a feedback stands, by its code: on USSD, by SMS, or on the public page.
//!
//! Whoever has the code may know, so codes must not be found by trying. An asker has a few
//! questions and then one every so often; and all askers of a kind together may miss only so often
//! before every stranger is told "unknown". That a code is right is told in no other way: what is
//! refused looks like what is unknown. Limits hold for this process.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::domain::code;
use crate::domain::ladder::Standing;
use crate::domain::throttle::{Allowance, Rule};

use super::{Gateway, Halt};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A citizen, by their lookup key. Their own feedback is theirs to see, however often.
    Citizen(String),
    /// A browser, by its address after trusted proxies.
    Address(Option<IpAddr>),
}

/// One asker's questions: some, because one address can be a whole town's, and then one every five
/// seconds.
const EACH: Rule = Rule {
    burst: 30,
    every: 5_000,
};
/// Misses of all askers of a kind: at one a second, finding one of a hundred thousand live codes
/// among 594 million takes an hour and a half, and reading them all forever.
const MISSES: Rule = Rule {
    burst: 300,
    every: 1_000,
};
/// Askers remembered; beyond that, those are forgotten who have everything left.
const REMEMBERED: usize = 20_000;

/// What askers have left.
#[derive(Default)]
pub struct Askers(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    each: HashMap<Asker, Allowance>,
    phones: Option<Allowance>,
    browsers: Option<Allowance>,
}

/// Where the feedback of a code stands; `None` if there is none, or the asker has asked too often.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn standing(
    gateway: &Gateway,
    typed: &str,
    asker: &Asker,
) -> Result<Option<Standing>, Halt> {
    let Some(code) = code::parse(typed) else {
        return Ok(None);
    };
    let now = gateway.clock.now();
    let found = gateway.records.feedback_by_code(&code).await?;
    let own = matches!((&found, asker), (Some(f), Asker::Citizen(who)) if f.citizen == *who);
    if !own && !gateway.askers.may_know(asker, found.is_some(), now) {
        return Ok(None);
    }
    let Some(feedback) = found else {
        return Ok(None);
    };
    let ladder = gateway
        .records
        .ladder(&feedback.id, &feedback.institution)
        .await?;
    let replies = gateway.records.replies(&feedback.id).await?;
    Ok(Some(Standing::of(&feedback, &ladder, replies, now)))
}

impl Askers {
    /// Counts a question; whether its answer may be told.
    fn may_know(&self, asker: &Asker, hit: bool, now: i64) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asker = asker.network();
        if kept.each.len() >= REMEMBERED {
            kept.each.retain(|_, left| !left.is_full(EACH, now));
        }
        // A crowd that cannot be remembered is limited as a whole only.
        let crowded = kept.each.len() >= REMEMBERED && !kept.each.contains_key(&asker);
        let fresh = || Allowance::full(EACH, now);
        if !crowded
            && !kept
                .each
                .entry(asker.clone())
                .or_insert_with(fresh)
                .take(EACH, now)
        {
            return false;
        }
        let everybody = match asker {
            Asker::Citizen(_) => &mut kept.phones,
            Asker::Address(_) => &mut kept.browsers,
        };
        let everybody = everybody.get_or_insert_with(|| Allowance::full(MISSES, now));
        if hit {
            everybody.has(MISSES, now)
        } else {
            everybody.take(MISSES, now)
        }
    }
}

impl Asker {
    /// Whoever has one IPv6 address has a whole /64 of them.
    fn network(&self) -> Self {
        match self {
            Self::Address(Some(IpAddr::V6(ip))) => {
                let network = ip.to_bits() & !u128::from(u64::MAX);
                Self::Address(Some(Ipv6Addr::from_bits(network).into()))
            }
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Asker {
        Asker::Address(Some([192, 0, 2, last].into()))
    }

    #[test]
    fn one_asker_is_limited_and_another_is_not_hurt() {
        let askers = Askers::default();
        let asked = (0..100).filter(|_| askers.may_know(&address(1), true, 0));
        assert_eq!(asked.count(), 30);
        assert!(askers.may_know(&address(2), true, 0));
        assert!(askers.may_know(&address(1), true, 5_000));
    }

    #[test]
    fn many_askers_together_can_miss_only_so_often_and_phones_do_not_pay_for_browsers() {
        let askers = Askers::default();
        let mut missed = 0;
        for last in 0..=255 {
            for _ in 0..4 {
                missed += usize::from(askers.may_know(&address(last), false, 0));
            }
        }
        assert_eq!(missed, 300);
        assert!(!askers.may_know(&Asker::Address(Some([198, 51, 100, 1].into())), true, 0));
        assert!(askers.may_know(&Asker::Citizen("somebody".into()), true, 0));
    }

    #[test]
    fn addresses_of_one_network_are_one_asker() {
        let askers = Askers::default();
        let asked = (0..100_u16).filter(|n| {
            let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, *n);
            askers.may_know(&Asker::Address(Some(ip.into())), true, 0)
        });
        assert_eq!(asked.count(), 30);
    }
}
