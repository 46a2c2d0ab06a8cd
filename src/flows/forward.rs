//! A letter whose address has left the institution's file follows it: under the same id, to the
//! address that has taken its place.

use super::Gateway;
use crate::domain::feedback::Letter;
use crate::domain::institution::Institution;
use crate::store::Away;

/// Where a letter goes now: where it was written to, if that is still in the file; else an address
/// of the institution that wants such letters and has no copy of this one. None if there is none.
///
/// # Errors
/// [`Away`]
pub async fn address(
    gateway: &Gateway,
    institution: &Institution,
    letter: &Letter,
) -> Result<Option<String>, Away> {
    if institution.webhooks.iter().any(|w| w.url == letter.url) {
        return Ok(Some(letter.url.clone()));
    }
    let Some(feedback) = &letter.feedback else {
        return Ok(None);
    };
    let written = gateway.records.letters_of(feedback).await?;
    // Copies of one event were written together.
    let copies: Vec<&str> = written
        .iter()
        .map(|delivery| &delivery.letter)
        .filter(|copy| copy.event == letter.event && copy.created_at == letter.created_at)
        .map(|copy| copy.url.as_str())
        .collect();
    let wanting = institution
        .webhooks
        .iter()
        .filter(|w| w.wants(&letter.event));
    let Some(to) = wanting
        .map(|w| &w.url)
        .find(|url| !copies.contains(&url.as_str()))
    else {
        return Ok(None);
    };
    gateway.records.retarget(feedback, &letter.url, to).await?;
    tracing::info!(
        letter = letter.id,
        institution = institution.id,
        "a letter follows its institution to a new address"
    );
    Ok(Some(to.clone()))
}
