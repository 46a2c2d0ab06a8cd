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
