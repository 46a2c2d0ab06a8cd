//! Which channel a dialled code or a short code belongs to.

use std::sync::Arc;

use crate::domain::channel::Channel;

/// Which channel is meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// What is dialled (`*7344#`, `*7344*1#`) or texted to (`7344`).
    pub code: &'a str,
    /// The channel's id, if it was named.
    pub channel: Option<&'a str>,
    /// The country of the phone, ISO 3166-1 alpha-2, if it is known: services of several countries
    /// may share a code.
    pub country: Option<&'a str>,
}

/// Why no channel was picked. Says which ones there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoChannel {
    /// No channel of that name.
    #[error("there is no channel `{id}`; there are {known}")]
    Unknown {
        /// The name.
        id: String,
        /// The names there are.
        known: String,
    },
    /// No channel answers that code.
    #[error("nobody answers {code}; known codes: {known}")]
    Unanswered {
        /// The code.
        code: String,
        /// The codes there are.
        known: String,
    },
    /// Several channels answer that code.
    #[error("several channels answer {code}: name one of {fitting}")]
    Several {
        /// The code.
        code: String,
        /// The channels.
        fitting: String,
    },
}

/// Picks the channel that answers a code: the named one, or the one whose code fits best.
///
/// # Errors
/// [`NoChannel`].
pub fn pick<'a>(
    channels: impl IntoIterator<Item = &'a Arc<Channel>>,
    wanted: &Wanted<'_>,
) -> Result<&'a Arc<Channel>, NoChannel> {
    let mut all: Vec<_> = channels.into_iter().collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let code = wanted.code.trim();
    if let Some(id) = wanted.channel {
        let named = all.iter().copied().find(|c| c.id == id);
        return named.ok_or_else(|| NoChannel::Unknown {
            id: id.to_owned(),
            known: names(&all),
        });
    }
    let unanswered = || NoChannel::Unanswered {
        code: code.to_owned(),
        known: codes(&all),
    };
    let here = |c: &&Arc<Channel>| wanted.country.is_none_or(|country| c.country == country);
    let fitting: Vec<_> = all
        .iter()
        .copied()
        .filter(here)
        .filter_map(|c| Some((fit(c, code)?, c)))
        .collect();
    let best = fitting.iter().map(|(fit, _)| *fit).max();
    let best: Vec<_> = fitting
        .iter()
        .filter(|(fit, _)| Some(*fit) == best)
        .map(|(_, c)| *c)
        .collect();
    match best.as_slice() {
        [] => Err(unanswered()),
        [one] => Ok(one),
        several => Err(NoChannel::Several {
            code: code.to_owned(),
            fitting: names(several),
        }),
    }
}

fn names(channels: &[&Arc<Channel>]) -> String {
    let named: Vec<_> = channels
        .iter()
        .map(|c| format!("`{}` ({})", c.id, c.country))
        .collect();
    named.join(", ")
}

fn codes(channels: &[&Arc<Channel>]) -> String {
    let known: Vec<_> = channels
        .iter()
        .flat_map(|c| c.ussd.iter().chain(&c.sms).map(move |code| (code, c)))
        .map(|(code, c)| format!("{code} (`{}`, {})", c.id, c.country))
        .collect();
    known.join(", ")
}

/// How much of a code a channel's own codes cover; `None` if they do not fit.
fn fit(channel: &Channel, code: &str) -> Option<usize> {
    if code.starts_with(['*', '#']) {
        split(channel, code).map(|(service_code, _)| service_code.len())
    } else {
        channel.sms.iter().any(|c| c == code).then_some(code.len())
    }
}

/// A dialled code as the channel's own code and what was dialled beyond it.
pub(super) fn split<'a>(channel: &'a Channel, code: &str) -> Option<(&'a str, Vec<String>)> {
    let dialled = code.trim().strip_suffix('#')?;
    channel
        .ussd
        .iter()
        .filter_map(|own| {
            let beyond = dialled.strip_prefix(own.strip_suffix('#')?)?;
            let deep = match beyond.strip_prefix('*') {
                Some(deep) => deep.split('*').map(str::to_owned).collect(),
                None if beyond.is_empty() => Vec::new(),
                None => return None,
            };
            Some((own.as_str(), deep))
        })
        .max_by_key(|(own, _)| own.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use crate::domain::channel::{Access, Credentials};
    use crate::domain::text::Folding;

    fn channel(id: &str, country: &str, ussd: &[&str], sms: &[&str]) -> Arc<Channel> {
        let own = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect();
        Arc::new(Channel {
            id: id.into(),
            aggregator: "comviva-xml".into(),
            country: country.into(),
            operator: None,
            menu: "feedback".into(),
            ussd: own(ussd),
            sms: own(sms),
            access: Access::default(),
            credentials: Credentials::default(),
            budget: 150,
            session_clock: None,
            folding: Folding::Gsm7,
            reports_within: crate::domain::channel::REPORTS_WITHIN,
            dialect: BTreeMap::new(),
        })
    }

    fn picked(code: &str, id: Option<&str>, country: Option<&str>) -> Result<String, String> {
        let channels = [
            channel("mtn-bj", "BJ", &["*7344#"], &[]),
            channel("sms-bj", "BJ", &[], &["7344"]),
            channel("at-rw", "RW", &["*384*7344#", "*7344#"], &["7344"]),
            channel("bus-bj", "BJ", &["*7344*5#"], &[]),
        ];
        let wanted = Wanted {
            code,
            channel: id,
            country,
        };
        let found = pick(&channels, &wanted);
        found.map(|c| c.id.clone()).map_err(|why| why.to_string())
    }

    #[test]
    fn the_code_that_fits_best_wins_and_a_country_narrows_it() {
        for (code, id, country, want) in [
            ("*384*7344#", None, None, "at-rw"),
            ("*384*7344*1*2#", None, None, "at-rw"),
            ("*7344#", None, Some("BJ"), "mtn-bj"),
            ("*7344*5#", None, Some("BJ"), "bus-bj"),
            ("*7344*5*1#", None, None, "bus-bj"),
            ("*7344*55#", None, Some("BJ"), "mtn-bj"),
            ("7344", None, Some("BJ"), "sms-bj"),
            ("*7344#", Some("at-rw"), None, "at-rw"),
        ] {
            assert_eq!(picked(code, id, country).as_deref(), Ok(want), "{code}");
        }
    }

    #[test]
    fn a_refusal_says_what_there_is() {
        let why = |code, id| picked(code, id, None).unwrap_err();
        assert!(why("*999#", None).contains("*7344# (`mtn-bj`, BJ)"));
        assert!(why("*73440#", None).contains("nobody answers"));
        assert!(why("*7344", None).contains("nobody answers"));
        assert!(why("7344", None).contains("`at-rw` (RW), `sms-bj` (BJ)"));
        assert!(why("*7344#", Some("nobody")).contains("`mtn-bj` (BJ)"));
    }

    #[test]
    fn what_was_dialled_beyond_the_code_is_kept_in_order() {
        let own = channel("x", "BJ", &["*7344#"], &[]);
        let deep = |code| split(&own, code).map(|(_, deep)| deep.join("|"));
        assert_eq!(deep("*7344#").as_deref(), Some(""));
        assert_eq!(deep("*7344*1*2#").as_deref(), Some("1|2"));
        assert_eq!(deep("*7344*1**3#").as_deref(), Some("1||3"));
        assert_eq!(deep("7344#"), None);
    }
}
