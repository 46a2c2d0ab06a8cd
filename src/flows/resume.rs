//! A session was cut, by the network or its clock: whoever dials again is offered to go on with it.
//!
//! The store remembers which session a phone began last on a channel, under a derived name. Only a
//! session's first step looks there; and only if there is something to go on with is the cut
//! session's log carried over into the new one, which then explains itself as any log does.

use std::time::Duration;

use crate::domain::menu::Scene;
use crate::domain::menu::model::Menu;
use crate::domain::menu::step::State;
use crate::domain::session::{Entry, Log, Rules};
use crate::store::{Away, SessionKey};

use super::{Gateway, clock};

/// How long a session's log is kept: as long as it may be asked for.
pub fn lifetime(gateway: &Gateway, menu: &Menu) -> Duration {
    gateway.settings.session_lifetime.max(within(menu))
}

fn within(menu: &Menu) -> Duration {
    Duration::from_millis(
        menu.resume
            .and_then(|ms| u64::try_from(ms).ok())
            .unwrap_or(0),
    )
}

/// The log of a session that has just begun, with the one that was cut before it, if there is one
/// to go on with. A store that fails here costs the citizen the offer, not the screen.
pub async fn offer(
    gateway: &Gateway,
    scene: &Scene<'_>,
    rules: &Rules,
    session: &SessionKey,
    citizen: &str,
    log: Log,
) -> Log {
    if scene.menu.resume.is_none() || log.entries.len() != 1 {
        return log;
    }
    // Keys that came with the first step were pressed on other screens: a path that was dialled, or
    // a session that the store has lost and that is rebuilt from all that was typed.
    let mut entries = log.entries.iter();
    if entries.any(|first| first.all && !first.text.trim().is_empty()) {
        return log;
    }
    match carried(gateway, scene, rules, session, citizen, &log).await {
        Ok(with_offer) => with_offer.unwrap_or(log),
        Err(why) => {
            tracing::debug!(channel = scene.channel.id, %why, "a cut session was not looked for");
            log
        }
    }
}

async fn carried(
    gateway: &Gateway,
    scene: &Scene<'_>,
    rules: &Rules,
    session: &SessionKey,
    citizen: &str,
    log: &Log,
) -> Result<Option<Log>, Away> {
    let now = log.birth.at;
    let sessions = gateway.sessions_of(&scene.channel.country);
    let within = within(scene.menu);
    let whose = gateway.keys().last_session(&scene.channel.id, citizen);
    let whose = SessionKey::new(whose);
    let before = sessions.begin(&whose, session, within, now).await?;
    let Some(before) = before.filter(|before| before != session) else {
        return Ok(None);
    };
    let read = sessions.read(&before, now).await?;
    let cut = read.and_then(|bytes| Log::decode(&bytes));
    let Some(cut) = cut.filter(|cut| cut.may_go_on(log, scene.menu.resume.unwrap_or(0))) else {
        return Ok(None);
    };
    if State::resuming(scene, &cut.play(scene, rules).state).is_none() {
        return Ok(None);
    }
    let Some(entry) = Entry::offering(cut, now, u16::from_be_bytes(clock::random())) else {
        return Ok(None);
    };
    let (header, entry) = (log.birth.encode(), entry.encode());
    let lifetime = lifetime(gateway, scene.menu);
    let with_offer = sessions.append(session, &header, &entry, lifetime, now);
    Ok(Log::decode(&with_offer.await?))
}
