//! A letter goes by mail, to people at an institution without a server.

use std::time::Duration;

use super::endpoints::{Health, Turn};
use super::{Gateway, deliver, digest};
use crate::client::mail::{Mailer, Unsent};
use crate::domain::country::Country;
use crate::domain::feedback::Letter;
use crate::domain::institution::Institution;
use crate::domain::mail::{self, Mail, Tongue, event};
use crate::domain::service::Service;
use crate::store::Away;
use crate::store::records::LetterOutcome;

/// The way out for mail, and when digests go.
pub struct Post {
    /// The operator's relay.
    pub mailer: Mailer,
    /// Its host: what may be shown of it.
    pub host: String,
    /// After so much of the local day, the digest of the day before goes.
    pub digest_at: Duration,
}

/// One attempt, if the relay may be tried now.
///
/// # Errors
/// [`Away`]
pub async fn attempt(
    gateway: &Gateway,
    service: &Service,
    institution: &Institution,
    letter: &Letter,
    to: &str,
) -> Result<LetterOutcome, Away> {
    let Some(post) = &gateway.post else {
        let why = "mail was set up after this process began: restart it";
        return Ok(deliver::refused(gateway, letter, why.to_owned()));
    };
    let relay = gateway.endpoints.relay(gateway, &post.host);
    let pass = match relay.turn(gateway, letter).await {
        Turn::Go(pass) => pass,
        Turn::NotBefore(due_at) => return Ok(LetterOutcome::PutBack { due_at }),
        Turn::Never(why) => return Ok(deliver::refused(gateway, letter, why.to_string())),
    };
    let mail = write(gateway, service, institution, letter, to).await?;
    let sent = post.mailer.send(&mail).await;
    relay.note(gateway, &pass, health(&sent)).await;
    let at = gateway.clock.now();
    Ok(match sent {
        Ok(status) => LetterOutcome::Delivered { at, status },
        Err(unsent) => {
            let answer = deliver::said(letter, &unsent.said);
            let Unsent { status, why, .. } = unsent;
            deliver::failed(gateway, letter, status, why, answer, None, unsent.for_good)
        }
    })
}

/// How the relay is; that it does not take one mail says nothing of others.
fn health(sent: &Result<u16, Unsent>) -> Health {
    /// "Service not available, closing transmission channel" (RFC 5321 section 4.2.3).
    const CLOSING: u16 = 421;
    match sent {
        Ok(_) => Health::Well,
        Err(Unsent { status, .. }) => match status {
            Some(status) if *status != CLOSING => Health::Well,
            _ => Health::Failing(None),
        },
    }
}

async fn write(
    gateway: &Gateway,
    service: &Service,
    institution: &Institution,
    letter: &Letter,
    to: &str,
) -> Result<Mail, Away> {
    let country = service.country(&institution.country);
    let language = country.map_or("en", |c| c.default_language.as_str());
    let tongue = Tongue::of(language);
    let offset = country.map_or(0, |c: &Country| c.utc_offset);
    if letter.event == mail::DIGEST
        && let Some(day) = digest::day(letter, offset)
    {
        let feedback = digest::feedback(gateway, service, &institution.id, day).await?;
        return Ok(mail::digest::mail(&mail::digest::Digest {
            to,
            letter: &letter.id,
            at: letter.created_at,
            day,
            now: gateway.clock.now(),
            institution: institution.name(language),
            tongue,
            feedback: &feedback,
        }));
    }
    Ok(event::mail(&event::Occasion {
        to,
        letter: &letter.id,
        event: &letter.event,
        body: letter.body.as_str(),
        at: letter.created_at,
        institution: institution.name(language),
        tongue,
        offset,
    }))
}
