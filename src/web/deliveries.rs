//! `/v1/deliveries`: what went to an institution, what did not, and sending it again.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::api::{self, Caller};
use super::problem::Problem;
use crate::domain::feedback::Standing;
use crate::domain::webhook::rfc3339;
use crate::flows::account;
use crate::store::records::{Delivery, DeliveryQuery, Idempotency, ReplyFiled};

/// What `GET /v1/deliveries` may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    state: Option<State>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Where a letter stands.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Pending,
    Delivered,
    Dead,
}

impl From<State> for Standing {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Delivered => Self::Delivered,
            State::Dead => Self::Dead,
        }
    }
}

/// A delivery without its body: that is what `GET /v1/feedback/{id}` shows.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    feedback: Option<&'a str>,
    #[serde(rename = "type")]
    event: &'a str,
    url: &'a str,
    state: Standing,
    attempts: u32,
    status: Option<u16>,
    why: Option<&'a str>,
    created_at: String,
    next_attempt_at: Option<String>,
    settled_at: Option<String>,
}

impl<'a> Shown<'a> {
    fn new(delivery: &'a Delivery) -> Self {
        let letter = &delivery.letter;
        Self {
            id: &letter.id,
            feedback: letter.feedback.as_deref(),
            event: &letter.event,
            url: &letter.url,
            state: delivery.standing,
            attempts: letter.attempts,
            status: delivery.status,
            why: delivery.why.as_deref(),
            created_at: rfc3339(letter.created_at),
            next_attempt_at: delivery.due_at.map(rfc3339),
            settled_at: delivery.settled_at.map(rfc3339),
        }
    }
}

/// `GET /v1/deliveries`: the institution's own, from new to old, a page at a time.
pub async fn list(caller: Caller, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let limit = api::page(asked.limit);
    let query = DeliveryQuery {
        institution: caller.institution.clone(),
        standing: asked.state.map(Standing::from),
        after: asked.cursor.as_deref().map(api::cursor).transpose()?,
        limit,
        ..DeliveryQuery::default()
    };
    let found = caller.gateway.records.deliveries(query).await?;
    let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = found
        .last()
        .filter(|_| full)
        .map(|d| api::next(d.letter.created_at, &d.letter.id));
    let data: Vec<_> = found.iter().map(Shown::new).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "data": data, "next": next })))
}

/// `POST /v1/deliveries/{id}/replay`: 202 once it is on its way again, under the same `webhook-id`.
/// The same `Idempotency-Key` again gives the same answer and sends nothing.
pub async fn replay(
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let none = || Problem::new(StatusCode::NOT_FOUND, "there is no such delivery");
    let records = &caller.gateway.records;
    let now = caller.gateway.clock.now();
    let ours = records.delivery(&id).await?;
    ours.filter(|d| d.letter.institution == caller.institution)
        .ok_or_else(none)?;
    let call = api::idempotency_key(&request)?.map(|key| Idempotency {
        scope: format!("{} replay {id}", caller.institution),
        key: key.to_owned(),
        body_hash: String::new(),
    });
    if let Some(call) = &call
        && let Some(ReplyFiled::Repeated(body)) = records.recall(call.clone(), now).await?
    {
        return Ok(taken(body));
    }
    if !records.replay_letter(&id, now).await? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "it is being delivered at this moment",
        ));
    }
    let (by, object) = (&caller.institution, id.to_string());
    account::note(&caller.gateway, by, "delivery.replay", object).await?;
    tracing::info!(
        letter = id.as_str(),
        institution = caller.institution,
        "an institution has a letter sent again"
    );
    caller.gateway.letters.notify_one();
    let replayed = records.delivery(&id).await?.ok_or_else(none)?;
    let body = serde_json::to_string(&Shown::new(&replayed)).unwrap_or_default();
    if let Some(call) = call {
        records.remember(call, body.clone(), now).await?;
    }
    Ok(taken(body))
}

fn taken(body: String) -> HttpResponse {
    HttpResponse::Accepted()
        .content_type("application/json")
        .body(body)
}
