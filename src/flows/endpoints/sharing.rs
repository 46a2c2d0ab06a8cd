//! What instances tell each other of addresses, by way of the records: since when one fails, and
//! that one is disabled. It outlives a restart, and an operator can take it back.

use std::collections::HashMap;

use super::{Endpoint, Endpoints, Gateway, Key, held};
use crate::domain::breaker::{Breaker, Disabled};
use crate::domain::feedback::Letter;
use crate::domain::mail::{DISABLED, SCHEME};
use crate::domain::redact::Words;
use crate::domain::webhook::{self, rfc3339};
use crate::store::Away;
use crate::store::records::Trouble;

/// What others have found out is known here so much later at most, milliseconds.
const EVERY: i64 = 5_000;
/// An address that fails for so long is noted; most are well again before.
const WORTH_NOTING: i64 = 60_000;

/// What the records said when they were last asked.
#[derive(Default)]
pub(super) struct Shared {
    known: HashMap<Key, Trouble>,
    /// When they were.
    asked_at: Option<i64>,
    /// Whether all addresses are to get another chance.
    forgive: bool,
    /// Whether letters to addresses that have left the files were looked at.
    looked_at: bool,
}

impl Shared {
    pub(super) fn begin_anew(&mut self) {
        *self = Self {
            forgive: true,
            ..Self::default()
        };
    }

    /// Tells a new address what is known of it.
    pub(super) fn tell(&self, key: &Key, endpoint: &Endpoint) {
        if let Some(trouble) = self.known.get(key) {
            endpoint.learn(Some(trouble), i64::MAX);
        }
    }
}

impl Endpoints {
    /// Asks the records what other instances, or the operator, have to say of addresses, unless
    /// they were asked a moment ago.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn catch_up(&self, gateway: &Gateway) -> Result<(), Away> {
        let now = gateway.clock.now();
        let (forgive, look) = {
            let shared = held(&self.shared);
            // The absolute distance: a clock may be put back.
            if shared
                .asked_at
                .is_some_and(|at| at.abs_diff(now) < EVERY.unsigned_abs())
            {
                return Ok(());
            }
            (shared.forgive, !shared.looked_at)
        };
        if forgive {
            gateway.records.forgive(None, None).await?;
        }
        if look {
            look_elsewhere(gateway, now).await?;
        }
        let troubles = gateway.records.troubles().await?;
        let known: HashMap<Key, Trouble> = troubles
            .into_iter()
            .map(|t| ((t.institution.clone(), t.url.clone()), t))
            .collect();
        {
            let mut shared = held(&self.shared);
            shared.asked_at = Some(now);
            // A reload may have come in between: then it is all done once more.
            shared.forgive &= !forgive;
            shared.looked_at |= look;
            shared.known = known;
        }
        self.learn(gateway, now);
        Ok(())
    }

    fn learn(&self, gateway: &Gateway, now: i64) {
        let mut changed = Vec::new();
        {
            let all = held(&self.all);
            let shared = held(&self.shared);
            for (key, endpoint) in all.iter().filter(|(_, e)| !e.is_relay) {
                if endpoint.learn(shared.known.get(key), now) {
                    changed.push((endpoint.institution.clone(), endpoint.host.clone()));
                }
            }
        }
        for (institution, host) in changed {
            self.publish(gateway, &institution, &host);
        }
    }
}

/// Letters whose address has left the institution's file are looked at now and not in ten hours.
async fn look_elsewhere(gateway: &Gateway, now: i64) -> Result<(), Away> {
    for institution in &gateway.service().institutions {
        let urls = institution.all_addresses();
        if urls.is_empty() {
            // There is nowhere to send them, and no hurry to give them up.
            continue;
        }
        let found = gateway.records.hurry_elsewhere(&institution.id, &urls, now);
        let letters = found.await?;
        if letters > 0 {
            let institution = institution.id.as_str();
            tracing::info!(
                institution,
                letters,
                "letters wait for an address that has changed"
            );
        }
    }
    Ok(())
}

impl Endpoint {
    /// Takes over what the records say; whether that changed whether it is disabled. What was found
    /// out here a moment ago may not have been there yet.
    fn learn(&self, trouble: Option<&Trouble>, now: i64) -> bool {
        let mut condition = held(&self.condition);
        if now.saturating_sub(condition.changed_at) < EVERY {
            return false;
        }
        let before = condition.breaker.disabled();
        if trouble.is_none() && condition.noted {
            condition.breaker.well_elsewhere();
        }
        let since = trouble.map(|t| t.failing_since);
        let why = trouble.and_then(|t| t.disabled_at.and(t.why));
        condition.breaker.learn(since, why);
        condition.noted = trouble.is_some();
        before != condition.breaker.disabled()
    }

    /// Tells the others what an attempt has changed. What cannot be told is found out again.
    pub(super) async fn share(
        &self,
        gateway: &Gateway,
        before: &Breaker,
        after: &Breaker,
        now: i64,
    ) {
        if self.is_relay {
            return;
        }
        let noted = held(&self.condition).noted;
        let (records, institution, url) = (&gateway.records, &self.institution, &self.url);
        let since = after.failing_since();
        let told = match (before.disabled(), after.disabled()) {
            (None, Some(why)) => self.disable(gateway, since.unwrap_or(now), now, why).await,
            (Some(_), _) => return,
            (None, None) => match since {
                None if noted => records.note_well(institution, url).await,
                Some(since) if !noted && now.saturating_sub(since) >= WORTH_NOTING => {
                    records.note_failing(institution, url, since).await
                }
                _ => return,
            },
        };
        match told {
            Ok(()) => held(&self.condition).noted = since.is_some() || after.disabled().is_some(),
            Err(why) => tracing::warn!(institution, %why, "what became of an address is not noted"),
        }
    }

    async fn disable(
        &self,
        gateway: &Gateway,
        since: i64,
        now: i64,
        why: Disabled,
    ) -> Result<(), Away> {
        let letters = self.notices(gateway, since, now, why);
        let told = !letters.is_empty();
        let disabled = gateway
            .records
            .disable(&self.institution, &self.url, since, now, why, letters)
            .await?;
        if disabled && told {
            gateway.letters.notify_one();
        }
        Ok(())
    }

    /// What the institution's people are told by mail, if it has named any.
    fn notices(&self, gateway: &Gateway, since: i64, now: i64, why: Disabled) -> Vec<Letter> {
        let service = gateway.service();
        let Some(institution) = service.institution(&self.institution) else {
            return Vec::new();
        };
        let body = webhook::body(
            DISABLED,
            now,
            &serde_json::json!({
                "institution": institution.id,
                "host": self.host,
                "why": why.to_string(),
                "failing_since": rfc3339(since),
            }),
        );
        let letter = |to: &str| {
            let url = format!("{SCHEME}{to}");
            Letter {
                id: gateway
                    .keys()
                    .name_at("msg", now, &[&self.institution, DISABLED, &url, &body]),
                feedback: None,
                institution: self.institution.clone(),
                url,
                event: DISABLED.to_owned(),
                body: Words::new(body.as_str()),
                created_at: now,
                attempts: 0,
                waited: false,
            }
        };
        institution
            .people(|_| true)
            .into_iter()
            .map(letter)
            .collect()
    }
}
