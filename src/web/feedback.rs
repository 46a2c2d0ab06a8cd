//! `GET /v1/feedback/{id}`: one feedback, with everything that was said and done about it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use super::api::{Caller, Shown};
use super::problem::Problem;
use crate::domain::feedback::{Feedback, Status};
use crate::domain::redact::Words;
use crate::domain::reply::Arrival;
use crate::domain::webhook::{FeedbackView, rfc3339};
use crate::flows::{account, disclose, tell};

/// `GET /v1/feedback/{id}`: one, with its replies, its ladder and what the citizen says of it; of
/// one that was handed on, no more than that.
pub async fn show(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let records = &caller.gateway.records;
    let found = records.feedback(&id).await?;
    let Some(feedback) = found.filter(|f| f.institution == caller.institution) else {
        return former(&caller, &id).await;
    };
    let read = [feedback.id.as_str()];
    account::read(&caller.gateway, &caller.institution, "feedback.read", &read).await?;
    let number = disclose::number(&caller.gateway, &feedback.id, &caller.institution).await?;
    let view = Shown {
        feedback: FeedbackView::new(&caller.service, &feedback).with_number(number.as_ref()),
        status: feedback.status,
        folded: feedback.folded,
    };
    let mut shown = serde_json::to_value(view).unwrap_or_default();
    let textable = tell::may_text(&caller.gateway, &feedback).await?;
    shown["reached_by"] = if textable { "sms" } else { "code" }.into();
    shown["replies"] = replies(&caller, &feedback).await?;
    let ladder = records.ladder(&feedback.id, &caller.institution).await?;
    shown["ladder"] = ladder
        .0
        .iter()
        .map(|r| json!({ "rung": r.rung, "first": rfc3339(r.first), "last": rfc3339(r.last) }))
        .collect();
    let verdicts = records.verdicts(&feedback.id, &caller.institution).await?;
    shown["verdicts"] = verdicts
        .iter()
        .map(|v| {
            let words = v.words.as_ref().map(Words::as_str);
            json!({ "fixed": v.fixed, "text": words, "at": rfc3339(v.at) })
        })
        .collect();
    let additions = records.additions(&feedback.id).await?;
    shown["additions"] = additions
        .iter()
        .filter_map(|(at, words)| {
            let words = words.as_ref()?;
            Some(json!({ "text": words.as_str(), "at": rfc3339(*at) }))
        })
        .collect();
    Ok(HttpResponse::Ok().json(shown))
}

/// The replies, each with where it stands on its way.
async fn replies(caller: &Caller, feedback: &Feedback) -> Result<Value, Problem> {
    let records = &caller.gateway.records;
    let now = caller.gateway.clock.now();
    let messages = records.messages_of(&feedback.id).await?;
    let arrival = |reply: &str| {
        let carries =
            |d: &&crate::store::records::Dispatch| d.message.reply.as_deref() == Some(reply);
        messages.iter().find(carries).map_or(Arrival::Waiting, |d| {
            let channel = caller.service.channels.get(&d.message.channel);
            let within =
                channel.map_or(crate::domain::channel::REPORTS_WITHIN, |c| c.reports_within);
            Arrival::of(d.standing, d.sent_at, now, within)
        })
    };
    let replies = records.replies(&feedback.id).await?;
    Ok(replies
        .iter()
        .map(|r| {
            json!({
                "id": r.id,
                "text": r.text.as_str(),
                "created_at": rfc3339(r.created_at),
                "delivery": arrival(&r.id),
            })
        })
        .collect())
}

/// What an institution may still know of a feedback that it said is not its own.
async fn former(caller: &Caller, id: &str) -> Result<HttpResponse, Problem> {
    let formerly = caller.gateway.records.formerly(id).await?;
    let left = formerly
        .into_iter()
        .find(|f| f.institution == caller.institution)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no such feedback"))?;
    Ok(HttpResponse::Ok().json(json!({
        "id": id,
        "status": Status::NotOurs,
        "to": left.successor,
        "reason": left.reason.as_ref().map(Words::as_str),
        "at": rfc3339(left.at),
    })))
}
