//! A citizen's number goes to the institution to which they said yes, and to nobody else. It is
//! opened when it goes: what is stored and waits holds none.

use crate::domain::feedback::Letter;
use crate::domain::msisdn::Msisdn;
use crate::domain::webhook;
use crate::store::Away;

use super::Gateway;

/// The number of a feedback's citizen, if this institution may see it.
///
/// # Errors
/// [`Away`]
pub async fn number(
    gateway: &Gateway,
    feedback: &str,
    institution: &str,
) -> Result<Option<Msisdn>, Away> {
    let agreed = gateway.records.agreed_number(feedback, institution).await?;
    Ok(match agreed {
        Some((citizen, sealed)) => gateway.opened(&sealed, &citizen).await?,
        None => None,
    })
}

/// The body of a letter as it goes out: the same on every attempt, for as long as the yes holds.
///
/// # Errors
/// [`Away`]
pub async fn body(gateway: &Gateway, letter: &Letter) -> Result<String, Away> {
    let body = letter.body.as_str();
    let tells = letter
        .feedback
        .as_ref()
        .filter(|_| webhook::has_phone(body));
    let number = match tells {
        Some(feedback) => number(gateway, feedback, &letter.institution).await?,
        None => None,
    };
    Ok(number.map_or_else(|| body.to_owned(), |n| webhook::with_phone(body, n.e164())))
}
