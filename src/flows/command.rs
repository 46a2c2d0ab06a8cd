//! A citizen's one-word message, or one about a code: done at once, and said back.

use crate::domain::audit::Actor;
use crate::domain::follow::told;
use crate::domain::ladder::Standing;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::service::Service;
use crate::domain::talk::{self, Right};

use super::answer::dial;
use super::file::Source;
use super::follow::{self, Asker};
use super::respond::{self, respond};
use super::turn::Said;
use super::{Gateway, Halt, erase, opt_out};

/// A right: done at once, and said back.
///
/// # Errors
/// [`Halt`] if it could not be done; the aggregator must send the message again.
pub async fn exercise(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    right: Right,
) -> Result<(), Halt> {
    let own = match right {
        Right::Stop => Own::SmsStopped,
        Right::Start => Own::SmsStarted,
        Right::Info => Own::SmsInfo,
        Right::Help => Own::SmsHelp,
        Right::Erase => Own::SmsErased,
    };
    // The language of what was said before is gone with an erasure: the answer comes first.
    let tag = respond::language(gateway, service, source, said.text).await?;
    match right {
        Right::Stop | Right::Start => {
            let stop = right == Right::Stop;
            opt_out::choose(gateway, service, source.channel, &source.lookup, stop).await?;
        }
        Right::Erase => {
            erase::forget(gateway, &source.lookup, Actor::Citizen).await?;
        }
        Right::Info | Right::Help => {}
    }
    let text = respond::text(service, &tag, own, |variable| match variable {
        Variable::List => talk::keywords(service, &source.channel.country),
        _ => String::new(),
    });
    respond::say(gateway, service, source, said.key, text).await
}

/// Whether somebody's feedback has this code, as far as this citizen may know.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn is_known(gateway: &Gateway, source: &Source<'_>, code: &str) -> Result<bool, Halt> {
    let asker = Asker::Citizen(source.lookup.clone());
    Ok(follow::standing(gateway, code, &asker).await?.is_some())
}

/// Where a feedback stands, to whoever gives its code; without one, that there is none.
///
/// # Errors
/// [`Halt`] if the records cannot be read or written.
pub async fn stands(
    gateway: &Gateway,
    service: &Service,
    source: &Source<'_>,
    said: &Said<'_>,
    code: Option<&str>,
) -> Result<(), Halt> {
    let asker = Asker::Citizen(source.lookup.clone());
    let standing = match code {
        Some(code) => follow::standing(gateway, code, &asker).await?,
        None => None,
    };
    let Some(standing) = standing else {
        let said = (said.key, said.text);
        return respond(gateway, service, source, said, Own::FollowUnknown).await;
    };
    // What says where a feedback without a number stands would tie its code to the phone that asks.
    let dial = dial(service, &standing.country, None).filter(|_| standing.waits);
    let text = match dial {
        Some(dial) => respond::text(service, &standing.language, Own::FollowWaits, |v| match v {
            Variable::Dial => dial.clone(),
            _ => String::new(),
        }),
        None => standing_text(service, &standing),
    };
    respond::say(gateway, service, source, said.key, text).await
}

/// In the language of the feedback, with the institution's last words.
fn standing_text(service: &Service, standing: &Standing) -> String {
    let language = service.texts.language(&standing.language).unwrap_or(0);
    let line = told(service, standing, language).line();
    let words = standing.replies.last().map(|reply| reply.text.as_str());
    let text = respond::text(service, &standing.language, Own::SmsStanding, |v| match v {
        Variable::Code => standing.code.clone(),
        Variable::Standing => line.clone(),
        Variable::Reply => words.unwrap_or_default().to_owned(),
        _ => String::new(),
    });
    text.trim().to_owned()
}
