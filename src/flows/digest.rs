//! A day's feedback in one letter, for people who read their mail in the morning. The letter says
//! which day; what was said on it is read when it goes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Gateway;
use crate::domain::feedback::{Feedback, Letter};
use crate::domain::institution::Institution;
use crate::domain::mail::digest::Day;
use crate::domain::mail::{DIGEST, SCHEME};
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::webhook;
use crate::store::Away;
use crate::store::records::{Cursor, FeedbackQuery};

/// A process that was away writes the digests of so many days.
const DAYS: i64 = 7;
/// Feedback that one digest holds at most: mail servers refuse what is larger than some megabytes.
const MOST: usize = 10_000;
/// Feedback read at once.
const PAGE: u32 = 500;

/// Up to which day the digests of an institution and address are written, as far as this process
/// knows.
#[derive(Default)]
pub struct Written(Mutex<HashMap<(String, String), Day>>);

/// Writes the digests whose time has come, each once, however many processes there are: a letter's
/// id is derived from what it says. A day on which nothing was said has none.
///
/// # Errors
/// [`Away`]
pub async fn write_due(gateway: &Gateway) -> Result<(), Away> {
    let Some(post) = &gateway.post else {
        return Ok(());
    };
    let after = i64::try_from(post.digest_at.as_millis()).unwrap_or_default();
    let now = gateway.clock.now();
    let service = gateway.service();
    for institution in &service.institutions {
        let Some(country) = service.country(&institution.country) else {
            continue;
        };
        let newest = Day::of(now.saturating_sub(after), country.utc_offset).before(1);
        for to in institution.digest_to() {
            let key = (institution.id.clone(), to.to_owned());
            let known = gateway.digests.get(&key);
            if known.is_some_and(|known| known >= newest) {
                continue;
            }
            let days = (0..DAYS).rev().map(|back| newest.before(back));
            for day in days.filter(|day| known.is_none_or(|known| known < *day)) {
                write(gateway, institution, to, day, now).await?;
            }
            gateway.digests.set(key, newest);
        }
    }
    Ok(())
}

async fn write(
    gateway: &Gateway,
    institution: &Institution,
    to: &str,
    day: Day,
    now: i64,
) -> Result<(), Away> {
    let any = gateway
        .records
        .feedback_list(page(&institution.id, day, None, 1));
    if any.await?.is_empty() {
        return Ok(());
    }
    let url = format!("{SCHEME}{to}");
    let name = day.name();
    let body = webhook::body(DIGEST, day.ends(), &serde_json::json!({ "day": name }));
    let letter = Letter {
        id: gateway
            .keys()
            .name_at("msg", day.ends(), &[&institution.id, DIGEST, &url, &name]),
        feedback: None,
        institution: institution.id.clone(),
        url,
        event: DIGEST.to_owned(),
        body: Words::new(body),
        created_at: now,
        attempts: 0,
        waited: false,
    };
    if gateway.records.post(letter).await? {
        tracing::info!(
            institution = institution.id,
            day = name,
            "a digest is written"
        );
        gateway.letters.notify_one();
    }
    Ok(())
}

/// Which day a digest's letter is about.
pub fn day(letter: &Letter, offset: i32) -> Option<Day> {
    let body: serde_json::Value = serde_json::from_str(letter.body.as_str()).ok()?;
    Day::read(body["data"]["day"].as_str()?, offset)
}

/// What was said to an institution on a day, with the names of the places, oldest first.
///
/// # Errors
/// [`Away`]
pub async fn feedback(
    gateway: &Gateway,
    service: &Service,
    institution: &str,
    day: Day,
) -> Result<Vec<(Feedback, String)>, Away> {
    let mut all: Vec<Feedback> = Vec::new();
    while all.len() < MOST {
        let found = gateway
            .records
            .feedback_list(page(institution, day, all.last(), PAGE))
            .await?;
        let full = found.len() >= PAGE as usize;
        all.extend(found);
        if !full {
            break;
        }
    }
    all.reverse();
    let named = |feedback: Feedback| {
        let place = feedback.place.as_deref();
        let index = place.and_then(|code| service.places.find(code));
        let name = index.and_then(|i| service.places.get(i));
        let name = name.map_or_else(|| place.unwrap_or_default().to_owned(), |p| p.name.clone());
        (feedback, name)
    };
    Ok(all.into_iter().map(named).collect())
}

fn page(institution: &str, day: Day, last: Option<&Feedback>, limit: u32) -> FeedbackQuery {
    let after = last.map_or_else(
        // Before everything that came at the moment when the day ends.
        || Cursor {
            at: day.ends(),
            id: String::new(),
        },
        |last| Cursor {
            at: last.received_at,
            id: last.id.clone(),
        },
    );
    FeedbackQuery {
        institution: institution.to_owned(),
        since: Some(day.begins()),
        after: Some(after),
        limit,
        ..FeedbackQuery::default()
    }
}

impl Written {
    fn get(&self, key: &(String, String)) -> Option<Day> {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.get(key).copied()
    }

    fn set(&self, key: (String, String), day: Day) {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.insert(key, day);
    }
}
