//! How institutions listen: for themselves, and for everybody to see.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::scorecard::{DAYS, Scorecard};

use super::borders::Gateways;
use super::{Gateway, Halt};

const DAY_MS: i64 = 24 * 3_600_000;
/// The public's scorecards are counted anew this often, in milliseconds: counting reads every feedback
/// of three months.
const ANEW_MS: i64 = 10 * 60_000;

/// Everybody's scorecards as the public sees them, and when they were counted.
#[derive(Default)]
pub struct Board(Mutex<Option<(i64, Arc<Vec<Scorecard>>)>>);

/// Since when scorecards count unless somebody asks for another time.
pub fn since(now: i64) -> i64 {
    now.saturating_sub(DAYS * DAY_MS)
}

/// How an institution and those that it oversees listen, its own first.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn of(
    gateway: &Gateway,
    institution: &str,
    since: i64,
    until: i64,
) -> Result<Vec<Scorecard>, Halt> {
    let service = gateway.service();
    let overseen = service
        .institutions
        .iter()
        .filter(|i| i.ties.overseen_by.as_deref() == Some(institution));
    let ids = std::iter::once(institution).chain(overseen.map(|i| i.id.as_str()));
    let mut cards = Vec::new();
    for id in ids {
        cards.push(gateway.records.scorecard(id, since, until).await?);
    }
    Ok(cards)
}

/// How every institution listens, masked for the public, in the order of their ids, and when that was
/// counted.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn everybody(gateways: &Gateways) -> Result<(i64, Arc<Vec<Scorecard>>), Halt> {
    let gateway = gateways.default();
    let now = gateway.clock.now();
    let kept = {
        let board = gateway.board.0.lock();
        board.unwrap_or_else(PoisonError::into_inner).clone()
    };
    if let Some((at, cards)) = kept.filter(|(at, _)| (0..ANEW_MS).contains(&(now - at))) {
        return Ok((at, cards));
    }
    let service = gateway.service();
    let mut cards = Vec::new();
    for institution in service.institutions.iter().filter(|i| !i.ties.media) {
        let records = &gateways.of(&institution.country).records;
        let card = records.scorecard(&institution.id, since(now), now).await?;
        cards.push(card.masked());
    }
    cards.sort_by(|a, b| a.institution.cmp(&b.institution));
    let cards = Arc::new(cards);
    let mut board = gateway
        .board
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *board = Some((now, Arc::clone(&cards)));
    Ok((now, cards))
}
