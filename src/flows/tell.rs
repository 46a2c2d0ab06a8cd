//! A message of ours to the citizen of a feedback, in the language that they chose.

use crate::domain::feedback::{Feedback, Message};
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::talk::EXCHANGE_MS;
use crate::store::Away;

use super::{Gateway, send};

/// What to tell, and when it was found out.
pub struct News<'a> {
    /// The text.
    pub own: Own,
    /// What makes the message itself: the same name and time, the same message.
    pub name: &'a str,
    /// Milliseconds since the epoch.
    pub at: i64,
}

/// The message that tells it; none if this citizen cannot be texted (then the code tells), or has
/// asked not to be.
///
/// # Errors
/// [`Away`]
pub async fn message(
    gateway: &Gateway,
    service: &Service,
    feedback: &Feedback,
    news: &News<'_>,
) -> Result<Option<Message>, Away> {
    if !may_text(gateway, feedback).await? {
        return Ok(None);
    }
    let language = service.texts.language(&feedback.language).unwrap_or(0);
    let institution = service
        .institution(&feedback.institution)
        .map_or("", |i| i.name(&feedback.language));
    let text = service
        .texts
        .filled(language, news.own.key(), |variable| match variable {
            Variable::Institution => institution.to_owned(),
            Variable::Code => feedback.code.clone(),
            _ => String::new(),
        });
    Ok(Some(Message {
        id: gateway
            .keys()
            .name_at("sms", news.at, &[&feedback.id, news.name]),
        channel: send::channel_for(service, feedback),
        citizen: feedback.citizen.clone(),
        feedback: Some(feedback.id.clone()),
        number: None,
        reply: None,
        text: Words::new(text),
        created_at: news.at,
        attempts: 0,
        prompt: in_exchange(gateway, feedback, news.at).await?,
        asked: false,
    }))
}

/// Whether this feedback's citizen has a number that we keep and can text.
///
/// # Errors
/// [`Away`]
pub async fn may_text(gateway: &Gateway, feedback: &Feedback) -> Result<bool, Away> {
    let sealed = gateway.records.sealed_number(&feedback.citizen).await?;
    Ok(match sealed {
        Some(sealed) => gateway.opened(&sealed, &feedback.citizen).await?.is_some(),
        None => false,
    })
}

/// Whether the citizen has been heard a moment ago.
///
/// # Errors
/// [`Away`]
pub async fn in_exchange(gateway: &Gateway, feedback: &Feedback, now: i64) -> Result<bool, Away> {
    let heard = gateway.records.last_heard(&feedback.citizen).await?;
    Ok(heard.is_some_and(|heard| (0..EXCHANGE_MS).contains(&now.saturating_sub(heard))))
}
