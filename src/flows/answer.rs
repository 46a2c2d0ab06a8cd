//! An institution answers, and the citizen's phone will ring.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::domain::citizen::base32;
use crate::domain::feedback::{Feedback, Message, Reply};
use crate::domain::institution::Institution;
use crate::domain::menu::model::Asks;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::promise;
use crate::domain::redact::Words;
use crate::domain::reply::{self, Carried, LONGEST, Quote};
use crate::domain::service::Service;
use crate::store::records::{Idempotency, ReplyFiled, ReplyFiling};

use super::{Gateway, Halt, clock, send, tell};

/// Why a reply was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The institution has no feedback of this id.
    #[error("there is no such feedback")]
    NoSuchFeedback,
    /// Nothing to say.
    #[error("`text` is empty")]
    Empty,
    /// Too much to say.
    #[error("`text` is longer than {LONGEST} characters")]
    TooLong,
    /// Neither, or both.
    #[error("a reply has either a `text` or a `template`")]
    TextOrTemplate,
    /// Nothing prepared under this name.
    #[error("the institution has no template of this name")]
    NoSuchTemplate,
    /// The template shows what the call does not say.
    #[error("the template wants `{0}` in `variables`")]
    Unfilled(String),
    /// The call says what the template does not show.
    #[error("the template knows no `{0}`: it would be lost")]
    Unknown(String),
    /// The `Idempotency-Key` was used for another text.
    #[error("this Idempotency-Key was used for another request")]
    Conflict,
    /// It could not be put on record.
    #[error(transparent)]
    Halt(#[from] Halt),
}

impl From<crate::store::Away> for NotTaken {
    fn from(away: crate::store::Away) -> Self {
        Self::Halt(away.into())
    }
}

/// What an institution asks for.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Its words …
    pub text: Option<String>,
    /// … or the name of a reply that it has prepared …
    pub template: Option<String>,
    /// … with what is to be filled in.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Whether it goes in letters that every phone has, which may be half as dear.
    #[serde(default)]
    pub fold: bool,
    /// Whether it is only to be told what it would cost.
    #[serde(default)]
    pub preview: bool,
}

impl Asked {
    /// These words, as they stand.
    pub fn words(text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

/// What the caller gets, now and on every repeat.
#[derive(serde::Serialize)]
struct Taken<'a> {
    id: Option<&'a str>,
    feedback: &'a str,
    status: &'static str,
    #[serde(flatten)]
    quote: Quote,
    /// What it costs (`17 XOF`), where the operator's price is configured.
    cost: Option<String>,
    /// The words as the citizen reads them.
    text: &'a str,
    /// Whether the SMS holds only the beginning, and the rest waits on USSD.
    cut: bool,
    folded: Option<Folded>,
}

/// The same words in letters that every phone has, and what they cost.
#[derive(serde::Serialize)]
struct Folded {
    text: String,
    #[serde(flatten)]
    quote: Quote,
    cost: Option<String>,
}

/// Takes an institution's reply: durable before this returns. Answers the JSON body of the 202, or
/// of a preview, for which nothing is written.
///
/// # Errors
/// [`NotTaken`]; nothing was then written.
pub async fn reply(
    gateway: &Gateway,
    institution: &Institution,
    feedback: &str,
    asked: &Asked,
    idempotency_key: Option<&str>,
) -> Result<String, NotTaken> {
    let feedback = gateway
        .records
        .feedback(feedback)
        .await?
        .filter(|f| f.institution == institution.id)
        .ok_or(NotTaken::NoSuchFeedback)?;
    let service = gateway.service();
    let text = words(&service, institution, &feedback, asked)?;
    let textable = tell::may_text(gateway, &feedback).await?;
    let carried = carry(&service, institution, &feedback, &text);
    if asked.preview {
        let status = "preview";
        return Ok(response(
            &service,
            institution,
            &feedback,
            (None, status),
            &text,
            &carried,
        ));
    }
    let now = gateway.clock.now();
    let reply = Reply {
        id: gateway
            .keys()
            .name_at("rp", now, &[&base32(&clock::random::<16>())]),
        feedback: feedback.id.clone(),
        text: Words::new(text.as_str()),
        created_at: now,
    };
    let prompt = tell::in_exchange(gateway, &feedback, now).await?;
    let message = message(&service, &feedback, &reply, &carried, prompt);
    // Without a number it waits to be fetched by its code.
    let status = if textable { "queued" } else { "waiting" };
    let told = (Some(reply.id.as_str()), status);
    let response = response(&service, institution, &feedback, told, &text, &carried);
    let filing = ReplyFiling {
        idempotency: idempotency_key.map(|key| promised(institution, &feedback, asked, key)),
        reply,
        message: textable.then_some(message),
        response: response.clone(),
    };
    match gateway.records.add_reply(filing).await? {
        ReplyFiled::Kept => {
            tracing::info!(feedback = feedback.id, "an institution has replied");
            gateway.messages.notify_one();
            Ok(response)
        }
        ReplyFiled::Repeated(response) => Ok(response),
        ReplyFiled::Conflict => Err(NotTaken::Conflict),
        ReplyFiled::NoSuchFeedback => Err(NotTaken::NoSuchFeedback),
    }
}

fn promised(
    institution: &Institution,
    feedback: &Feedback,
    asked: &Asked,
    key: &str,
) -> Idempotency {
    let body = serde_json::to_vec(asked).unwrap_or_default();
    Idempotency {
        scope: format!("{} replies {}", institution.id, feedback.id),
        key: key.to_owned(),
        body_hash: base32(&Sha256::digest(body)),
    }
}

/// What is said: the text as it stands or the template filled, folded if that was asked for.
fn words(
    service: &Service,
    institution: &Institution,
    feedback: &Feedback,
    asked: &Asked,
) -> Result<String, NotTaken> {
    let text = match (&asked.text, &asked.template) {
        (Some(text), None) if asked.variables.is_empty() => text.clone(),
        (None, Some(name)) => filled(service, institution, feedback, name, &asked.variables)?,
        _ => return Err(NotTaken::TextOrTemplate),
    };
    if text.trim().is_empty() {
        return Err(NotTaken::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(NotTaken::TooLong);
    }
    let folded = asked.fold.then(|| reply::folded(&text)).flatten();
    Ok(folded.unwrap_or(text))
}

fn filled(
    service: &Service,
    institution: &Institution,
    feedback: &Feedback,
    name: &str,
    variables: &BTreeMap<String, String>,
) -> Result<String, NotTaken> {
    let template = institution
        .templates
        .iter()
        .find(|t| t.name == name)
        .ok_or(NotTaken::NoSuchTemplate)?;
    if let Some(lost) = variables.keys().find(|v| !template.variables.contains(v)) {
        return Err(NotTaken::Unknown(lost.clone()));
    }
    let place = || {
        let tree = &service.places;
        let place = tree.get(tree.find(feedback.place.as_deref()?)?)?;
        Some(place.name.clone())
    };
    let reply_by = || {
        let country = service.country(&feedback.country)?;
        Some(promise::day(feedback.reply_by?, country))
    };
    template
        .fill(&feedback.language, |variable| match variable {
            "code" => Some(feedback.code.clone()),
            "institution" => Some(institution.name(&feedback.language).to_owned()),
            "place" => place().or_else(|| Some(String::new())),
            "reply_by" => reply_by().or_else(|| Some(String::new())),
            other => variables.get(other).cloned(),
        })
        .map_err(NotTaken::Unfilled)
}

/// The SMS that carries a reply, in the language that the citizen chose.
fn carry(
    service: &Service,
    institution: &Institution,
    feedback: &Feedback,
    words: &str,
) -> Carried {
    let language = service.texts.language(&feedback.language).unwrap_or(0);
    let dial = dial(service, &feedback.country, Some(feedback));
    let said = |own: Own, words: &str| {
        service
            .texts
            .filled(language, own.key(), |variable| match variable {
                Variable::Institution => institution.name(&feedback.language).to_owned(),
                Variable::Code => feedback.code.clone(),
                Variable::Reply => words.to_owned(),
                Variable::Dial => dial.clone().unwrap_or_default(),
                _ => String::new(),
            })
    };
    let whole = |words: &str| said(Own::SmsReply, words);
    let head = |words: &str| said(Own::SmsReplyMore, words);
    reply::carried(words, whole, dial.as_ref().map(|_| head))
}

/// What a citizen dials to read an answer, where a menu shows it: where the feedback came from, if
/// it is told which, or else the country's first code.
pub fn dial(service: &Service, country: &str, feedback: Option<&Feedback>) -> Option<String> {
    let mut channels: Vec<_> = service
        .channels
        .values()
        .filter(|c| c.country == country && !c.ussd.is_empty())
        .filter(|c| {
            let menu = service.menus.get(&c.menu);
            menu.is_some_and(|m| m.nodes.iter().any(|n| matches!(n.asks, Asks::Code { .. })))
        })
        .collect();
    channels.sort_by_key(|c| {
        let operator = c.operator.is_some() && feedback.is_some_and(|f| c.operator == f.operator);
        let here = feedback.is_some_and(|f| c.id == f.channel);
        (!here, !operator, c.id.clone())
    });
    channels.first()?.ussd.first().cloned()
}

fn message(
    service: &Service,
    feedback: &Feedback,
    reply: &Reply,
    carried: &Carried,
    prompt: bool,
) -> Message {
    Message {
        id: reply.id.replacen("rp_", "sms_", 1),
        channel: send::channel_for(service, feedback),
        citizen: feedback.citizen.clone(),
        feedback: Some(feedback.id.clone()),
        number: None,
        reply: Some(reply.id.clone()),
        text: Words::new(carried.sms.as_str()),
        created_at: reply.created_at,
        attempts: 0,
        prompt,
        asked: false,
    }
}

fn response(
    service: &Service,
    institution: &Institution,
    feedback: &Feedback,
    (id, status): (Option<&str>, &'static str),
    text: &str,
    carried: &Carried,
) -> String {
    let folded = reply::folded(text).map(|text| {
        let quote = reply::quote(&carry(service, institution, feedback, &text).sms);
        let cost = cost(service, feedback, quote.parts);
        Folded { text, quote, cost }
    });
    let quote = reply::quote(&carried.sms);
    let taken = Taken {
        id,
        feedback: &feedback.id,
        status,
        cost: cost(service, feedback, quote.parts),
        quote,
        text,
        cut: carried.cut,
        folded,
    };
    serde_json::to_string(&taken).unwrap_or_default()
}

/// What so many parts cost through the citizen's operator, if that is known and its price is.
fn cost(service: &Service, feedback: &Feedback, parts: usize) -> Option<String> {
    let operator = feedback.operator.as_deref()?;
    let parts = u32::try_from(parts).ok()?;
    let cost = service
        .country(&feedback.country)?
        .cost_of_parts(operator, parts)?;
    Some(cost.to_string())
}
