//! Letters go to institutions. One unit of work is one attempt; it says what happened, and a letter
//! leaves the outbox only as delivered, tried again later, or given up and kept.

use std::time::Duration;

use crate::client::NoAnswer;
use crate::domain::exchange::{Answered, Outgoing};
use crate::domain::feedback::Letter;
use crate::domain::institution::Webhook;
use crate::domain::mail;
use crate::domain::outbox::{Next, Schedule, hold};
use crate::domain::redact::{Words, without_people};
use crate::domain::webhook;
use crate::store::Away;
use crate::store::records::LetterOutcome;

use super::endpoints::{Health, Turn};
use super::{Gateway, clock, disclose, forward, post};

/// A lease outlives the client's clock by far: nobody else tries a letter that is being tried.
pub(super) const LEASE_MS: i64 = 60_000;

/// Takes up to `limit` letters that are due, new ones before those that have waited; for these half
/// of the hands stay closed.
///
/// # Errors
/// [`Away`]
pub async fn due_letters(gateway: &Gateway, limit: u32) -> Result<Vec<Letter>, Away> {
    gateway.endpoints.catch_up(gateway).await?;
    let now = gateway.clock.now();
    let late = gateway.endpoints.free_for_late(gateway.settings.parallel);
    let until = now + LEASE_MS;
    let letters = gateway.records.lease_letters(now, until, limit, late);
    let letters = letters.await?;
    gateway.endpoints.taken(&letters);
    Ok(letters)
}

/// Tries a letter once and notes what became of it.
///
/// # Errors
/// [`Away`] if that could not be noted: the lease runs out and the letter is tried again, under
/// the same `webhook-id`.
pub async fn letter(gateway: &Gateway, letter: &Letter) -> Result<(), Away> {
    let _carried = gateway.endpoints.carry(letter);
    let outcome = attempt(gateway, letter).await?;
    note(letter, &outcome);
    if let Some(word) = outcome_word(&outcome) {
        gateway.metrics.attempt("letter", word);
    }
    if let LetterOutcome::Delivered { at, status } = outcome {
        let records = &gateway.records;
        if records.deliver_letter(&letter.id, at, status).await? {
            gateway.letters.notify_one();
        }
        return Ok(());
    }
    gateway.records.settle_letter(&letter.id, outcome).await?;
    Ok(())
}

/// Finds the letter's address, as configured now, and tries there.
async fn attempt(gateway: &Gateway, letter: &Letter) -> Result<LetterOutcome, Away> {
    let service = gateway.service();
    let Some(institution) = service.institution(&letter.institution) else {
        return Ok(dead(gateway, "this institution is no longer configured"));
    };
    let Some(url) = forward::address(gateway, institution, letter).await? else {
        let why = "this address is no longer in the institution's file";
        return Ok(dead(gateway, why));
    };
    if let Some(to) = url.strip_prefix(mail::SCHEME) {
        return post::attempt(gateway, &service, institution, letter, to).await;
    }
    match institution.webhooks.iter().find(|w| w.url == url) {
        Some(webhook) => in_turn(gateway, letter, webhook).await,
        None => Ok(dead(gateway, "this address leads nowhere")),
    }
}

/// Gives back a letter whose attempt was broken off: it is due at once, for whoever takes it.
///
/// # Errors
/// [`Away`] if that could not be noted: the lease has to run out.
pub async fn give_back(gateway: &Gateway, id: &str) -> Result<(), Away> {
    let due_at = gateway.clock.now();
    let outcome = LetterOutcome::PutBack { due_at };
    gateway.records.settle_letter(id, outcome).await?;
    Ok(())
}

/// One attempt, if the letter's address may be tried now.
async fn in_turn(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
) -> Result<LetterOutcome, Away> {
    let body = disclose::body(gateway, letter).await?;
    let endpoint = gateway.endpoints.of(gateway, letter, webhook);
    let pass = match endpoint.turn(gateway, letter).await {
        Turn::Go(pass) => pass,
        Turn::NotBefore(due_at) => return Ok(LetterOutcome::PutBack { due_at }),
        Turn::Never(why) => return Ok(dead(gateway, &why.to_string())),
    };
    // Signed only now: it may have waited, and the signature holds the time.
    let request = match request(gateway, letter, webhook, &body) {
        Ok(request) => request,
        Err(why) => return Ok(dead(gateway, why)),
    };
    let answered = gateway.client.deliver(webhook.reach, &request).await;
    let health = health(&answered, gateway.clock.now());
    endpoint.note(gateway, &pass, health).await;
    Ok(judge(gateway, letter, answered))
}

fn health(answered: &Result<Answered, NoAnswer>, now: i64) -> Health {
    match answered {
        Ok(answered) if is_taken(answered) => Health::Well,
        Ok(Answered { status: 410, .. }) => Health::Gone,
        Ok(answered) => Health::Failing(asked(answered).map(|wait| hold(now, wait))),
        Err(_) => Health::Failing(None),
    }
}

fn is_taken(answered: &Answered) -> bool {
    (200..300).contains(&answered.status)
}

/// What a receiver that is overwhelmed asks for.
fn asked(answered: &Answered) -> Option<Duration> {
    let overwhelmed = matches!(answered.status, 429 | 503);
    answered
        .retry_after
        .filter(|wait| overwhelmed && !wait.is_zero())
}

/// How an attempt went; none if there was none.
fn outcome_word(outcome: &LetterOutcome) -> Option<&'static str> {
    match outcome {
        LetterOutcome::Delivered { .. } => Some("delivered"),
        LetterOutcome::Retry { .. } => Some("later"),
        LetterOutcome::Dead { .. } => Some("given_up"),
        LetterOutcome::PutBack { .. } => None,
    }
}

fn note(letter: &Letter, outcome: &LetterOutcome) {
    match outcome {
        LetterOutcome::Delivered { status, .. } => {
            tracing::info!(
                letter = letter.id,
                institution = letter.institution,
                status,
                "delivered"
            );
        }
        LetterOutcome::Retry { why, .. } => {
            tracing::warn!(
                letter = letter.id,
                institution = letter.institution,
                why,
                attempts = letter.attempts,
                "not delivered, will be tried again"
            );
        }
        LetterOutcome::PutBack { .. } => {
            tracing::debug!(
                letter = letter.id,
                "put back: its address cannot take it now"
            );
        }
        LetterOutcome::Dead { why, .. } => {
            tracing::error!(
                letter = letter.id,
                institution = letter.institution,
                why,
                attempts = letter.attempts,
                "given up: it can be replayed"
            );
        }
    }
}

/// The signed request of one attempt.
fn request(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
    body: &str,
) -> Result<Outgoing, &'static str> {
    let headers = webhook::headers(webhook, &letter.id, gateway.clock.now(), body)
        .map_err(|_| "the institution's secret cannot sign")?;
    Ok(Outgoing {
        method: "POST",
        url: webhook.url.clone(),
        headers,
        body: body.as_bytes().to_vec(),
        oauth: None,
    })
}

fn judge(
    gateway: &Gateway,
    letter: &Letter,
    answered: Result<Answered, NoAnswer>,
) -> LetterOutcome {
    let at = gateway.clock.now();
    let answered = match answered {
        Ok(answered) if is_taken(&answered) => {
            let status = answered.status;
            return LetterOutcome::Delivered { at, status };
        }
        answered => answered,
    };
    let (status, asked, why, answer) = match answered {
        Ok(answered) => {
            let status = answered.status;
            let why = match status {
                410 => "the receiver says that it is gone (410)".to_owned(),
                status => format!("the receiver answered {status}"),
            };
            (
                Some(status),
                asked(&answered),
                why,
                said(letter, &String::from_utf8_lossy(&answered.body)),
            )
        }
        Err(why) => (None, None, why.to_string(), None),
    };
    let for_good = status == Some(410);
    failed(gateway, letter, status, why, answer, asked, for_good)
}

/// An attempt that failed: tried again when the schedule says so, unless it is for good.
pub(super) fn failed(
    gateway: &Gateway,
    letter: &Letter,
    status: Option<u16>,
    why: String,
    answer: Option<Words>,
    asked: Option<Duration>,
    for_good: bool,
) -> LetterOutcome {
    let at = gateway.clock.now();
    let dice = clock::dice();
    let next = Schedule::Letters.after(letter.attempts, letter.created_at, at, dice, asked);
    match next {
        Next::At(due_at) if !for_good => LetterOutcome::Retry {
            due_at,
            status,
            why,
            answer,
        },
        _ => LetterOutcome::Dead {
            at,
            status,
            why,
            answer,
        },
    }
}

/// An attempt that could not be made, this time.
pub(super) fn refused(gateway: &Gateway, letter: &Letter, why: String) -> LetterOutcome {
    failed(gateway, letter, None, why, None, None, false)
}

/// What a receiver said with its refusal, for the operator: without numbers, and without what we
/// had sent it.
pub(super) fn said(letter: &Letter, said: &str) -> Option<Words> {
    let sent: Option<serde_json::Value> = serde_json::from_str(letter.body.as_str()).ok();
    let words = sent.as_ref().and_then(|sent| sent["data"]["text"].as_str());
    let kept = without_people(said.trim(), words.as_slice());
    (!kept.is_empty()).then(|| Words::new(kept))
}

fn dead(gateway: &Gateway, why: &str) -> LetterOutcome {
    LetterOutcome::Dead {
        at: gateway.clock.now(),
        status: None,
        why: why.to_owned(),
        answer: None,
    }
}
