//! Letters go to institutions. One unit of work is one attempt; it says what happened, and a letter
//! leaves the outbox only as delivered, tried again later, or given up and kept.

use crate::client::NoAnswer;
use crate::domain::exchange::{Answered, Outgoing};
use crate::domain::feedback::Letter;
use crate::domain::institution::Webhook;
use crate::domain::outbox::{Next, Schedule};
use crate::domain::webhook;
use crate::store::Away;
use crate::store::records::LetterOutcome;

use super::endpoints::{Health, Turn};
use super::{Gateway, clock};

/// A lease outlives the client's clock by far: nobody else tries a letter that is being tried.
pub(super) const LEASE_MS: i64 = 60_000;

/// Takes up to `limit` letters that are due.
///
/// # Errors
/// [`Away`]
pub async fn due_letters(gateway: &Gateway, limit: u32) -> Result<Vec<Letter>, Away> {
    let now = gateway.clock.now();
    gateway
        .records
        .lease_letters(now, now + LEASE_MS, limit)
        .await
}

/// Tries a letter once and notes what became of it.
///
/// # Errors
/// [`Away`] if that could not be noted: the lease runs out and the letter is tried again, under
/// the same `webhook-id`.
pub async fn letter(gateway: &Gateway, letter: &Letter) -> Result<(), Away> {
    let outcome = match webhook_of(gateway, letter) {
        Err(why) => dead(gateway, None, why),
        Ok(webhook) => in_turn(gateway, letter, &webhook).await?,
    };
    note(letter, &outcome);
    if let Some(word) = outcome_word(&outcome) {
        gateway.metrics.attempt("letter", word);
    }
    let again = matches!(outcome, LetterOutcome::Delivered { .. });
    gateway.records.settle_letter(&letter.id, outcome).await?;
    if again {
        // The next letter of this feedback may have waited for this one.
        gateway.letters.notify_one();
    }
    Ok(())
}

/// One attempt, if the letter's address may be tried now.
async fn in_turn(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
) -> Result<LetterOutcome, Away> {
    let endpoint = gateway.endpoints.of(gateway, letter).await?;
    let pass = match endpoint.turn(gateway).await {
        Turn::Go(pass) => pass,
        Turn::NotBefore(due_at) => return Ok(LetterOutcome::PutBack { due_at }),
        Turn::Never(why) => return Ok(dead(gateway, None, &why.to_string())),
    };
    // Signed only now: it may have waited, and the signature holds the time.
    let request = match request(gateway, letter, webhook) {
        Ok(request) => request,
        Err(why) => return Ok(dead(gateway, None, why)),
    };
    let answered = gateway.client.deliver(webhook.reach, &request).await;
    let health = match &answered {
        Ok(Answered { status, .. }) if (200..300).contains(status) => Health::Well,
        Ok(Answered { status: 410, .. }) => Health::Gone,
        _ => Health::Failing,
    };
    endpoint.note(gateway, &pass, health);
    Ok(judge(gateway, letter, &answered))
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

/// The webhook that a letter goes to, as configured now.
fn webhook_of(gateway: &Gateway, letter: &Letter) -> Result<Webhook, &'static str> {
    let service = gateway.service();
    service
        .institution(&letter.institution)
        .and_then(|i| i.webhooks.iter().find(|w| w.url == letter.url))
        .cloned()
        .ok_or("this address is no longer in the institution's file")
}

/// The signed request of one attempt.
fn request(
    gateway: &Gateway,
    letter: &Letter,
    webhook: &Webhook,
) -> Result<Outgoing, &'static str> {
    let body = letter.body.as_str();
    let headers = webhook::headers(webhook, &letter.id, gateway.clock.now(), body)
        .map_err(|_| "the institution's secret cannot sign")?;
    Ok(Outgoing {
        method: "POST",
        url: letter.url.clone(),
        headers,
        body: body.as_bytes().to_vec(),
        oauth: None,
    })
}

fn judge(
    gateway: &Gateway,
    letter: &Letter,
    answered: &Result<Answered, NoAnswer>,
) -> LetterOutcome {
    let at = gateway.clock.now();
    let (status, asked, why) = match answered {
        Ok(Answered { status, .. }) if (200..300).contains(status) => {
            return LetterOutcome::Delivered {
                at,
                status: *status,
            };
        }
        Ok(Answered { status: 410, .. }) => {
            return dead(
                gateway,
                Some(410),
                "the receiver says that it is gone (410)",
            );
        }
        Ok(Answered {
            status,
            retry_after,
            ..
        }) => {
            let asked = retry_after.filter(|_| matches!(status, 429 | 503));
            (
                Some(*status),
                asked,
                format!("the receiver answered {status}"),
            )
        }
        Err(why) => (None, None, why.to_string()),
    };
    match Schedule::Letters.after(letter.attempts, letter.created_at, at, clock::dice(), asked) {
        Next::At(due_at) => LetterOutcome::Retry {
            due_at,
            status,
            why,
        },
        Next::GiveUp => LetterOutcome::Dead { at, status, why },
    }
}

fn dead(gateway: &Gateway, status: Option<u16>, why: &str) -> LetterOutcome {
    LetterOutcome::Dead {
        at: gateway.clock.now(),
        status,
        why: why.to_owned(),
    }
}
