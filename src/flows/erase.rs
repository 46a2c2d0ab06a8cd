//! A citizen asks what is held about them, or wants it gone.
//!
//! What a dialogue under way holds is not here: it goes with its session, minutes later.

use crate::domain::audit::Actor;
use crate::store::Away;
use crate::store::records::{Forgotten, Held};

use super::Gateway;

/// What is held about a citizen (their lookup key), as numbers; `who` asks, and it is audited.
///
/// # Errors
/// [`Away`]
pub async fn held(gateway: &Gateway, citizen: &str, who: Actor) -> Result<Held, Away> {
    let now = gateway.clock.now();
    gateway.records.held(citizen, who, now).await
}

/// Erases a citizen's number and texts; the records stay, for the count. Twice is once.
///
/// # Errors
/// [`Away`]
pub async fn forget(gateway: &Gateway, citizen: &str, who: Actor) -> Result<Forgotten, Away> {
    let now = gateway.clock.now();
    let forgotten = gateway.records.forget(citizen, who, now).await?;
    tracing::info!(
        feedback = forgotten.feedback,
        "a citizen's number and words are erased"
    );
    // Messages that lost their number have to be given up, and their institution told.
    gateway.messages.notify_one();
    Ok(forgotten)
}
