//! `/v1`: what institutions call.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, JsonConfig, Path, Query, QueryConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::domain::feedback::{Experience, Feedback, Status};
use crate::domain::institution::Institution;
use crate::domain::redact::Words;
use crate::domain::service::Service;
use crate::domain::webhook::FeedbackView;
use crate::flows::Gateway;
use crate::flows::account;
use crate::flows::answer;
use crate::flows::borders::Gateways;
use crate::flows::progress;
use crate::flows::reroute;
use crate::store::records::{Cursor, FeedbackQuery};

/// Feedback on a page, unless the caller asks for fewer or, up to [`LARGEST_PAGE`], more.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// The institution whose token the caller holds: a route that wants one cannot forget to ask.
pub struct Caller {
    pub(super) gateway: Arc<Gateway>,
    pub(super) service: Arc<Service>,
    pub(super) institution: String,
}

impl Caller {
    fn institution(&self) -> Result<&Institution, Problem> {
        self.service
            .institution(&self.institution)
            .ok_or_else(unauthorized)
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).ok_or_else(unauthorized))
    }
}

fn authenticate(request: &HttpRequest) -> Option<Caller> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return None;
    }
    let gateways = request.app_data::<Data<Gateways>>()?;
    let service = gateways.default().service();
    let holder = service.institutions.iter().find(|i| {
        i.token
            .as_ref()
            .is_some_and(|t| t.expose().as_bytes().ct_eq(token.as_bytes()).into())
    })?;
    let institution = holder.id.clone();
    let gateway = Arc::clone(gateways.of(&holder.country));
    Some(Caller {
        gateway,
        service,
        institution,
    })
}

fn unauthorized() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "send the institution's token: `Authorization: Bearer …`",
    )
}

/// Bodies larger than a reply could be are refused, in problem form.
pub fn json_limits() -> JsonConfig {
    JsonConfig::default()
        .limit(64 * 1024)
        .error_handler(|why, _| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                format!("the body is not what this call takes: {why}"),
            )
            .into()
        })
}

/// Query strings that cannot be read are refused in problem form.
pub fn query_limits() -> QueryConfig {
    QueryConfig::default().error_handler(|why, _| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the query is not what this call takes: {why}"),
        )
        .into()
    })
}

/// What `GET /v1/feedback` may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    status: Option<Status>,
    since: Option<String>,
    place: Option<String>,
    experience: Option<Experience>,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    pub(super) feedback: FeedbackView<'a>,
    pub(super) status: Status,
    pub(super) folded: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn new(service: &'a Service, feedback: &'a Feedback) -> Self {
        Self {
            feedback: FeedbackView::new(service, feedback),
            status: feedback.status,
            folded: feedback.folded,
        }
    }
}

/// `GET /v1/feedback`: the institution's own, from new to old, a page at a time.
pub async fn list(caller: Caller, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    let service = &caller.service;
    let limit = page(asked.limit);
    let query = FeedbackQuery {
        institution: caller.institution.clone(),
        status: asked.status,
        since: asked.since.as_deref().map(moment).transpose()?,
        places: asked
            .place
            .as_deref()
            .map_or_else(|| Ok(Vec::new()), |p| within(service, p))?,
        experience: asked.experience,
        contains: asked.q.map(Words::new),
        after: asked.cursor.as_deref().map(cursor).transpose()?,
        limit,
    };
    let found = caller.gateway.records.feedback_list(query).await?;
    let ids: Vec<&str> = found.iter().map(|f| f.id.as_str()).collect();
    account::read(&caller.gateway, &caller.institution, "feedback.list", &ids).await?;
    let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let following = found
        .last()
        .filter(|_| full)
        .map(|f| next(f.received_at, &f.id));
    let data: Vec<_> = found.iter().map(|f| Shown::new(service, f)).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "data": data, "next": following })))
}

/// What a reply may be asked besides.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct How {
    preview: Option<bool>,
}

/// `POST /v1/feedback/{id}/replies`: 202 once the reply is on record; 200 with what it would cost
/// for a preview.
pub async fn reply(
    caller: Caller,
    id: Path<String>,
    how: Query<How>,
    request: HttpRequest,
    body: Json<answer::Asked>,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?;
    let mut asked = body.into_inner();
    asked.preview = how.preview.unwrap_or(asked.preview);
    let taken = answer::reply(&caller.gateway, caller.institution()?, &id, &asked, key).await?;
    let status = if asked.preview {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok(HttpResponse::build(status)
        .content_type("application/json")
        .body(taken))
}

/// The caller's `Idempotency-Key`, if it sent one.
pub(super) fn idempotency_key(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let key = request
        .headers()
        .get("idempotency-key")
        .map(|v| v.to_str().unwrap_or_default())
        .map(str::trim);
    if key.is_some_and(|k| k.is_empty() || k.len() > 255) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "an Idempotency-Key is 1 to 255 visible characters",
        ));
    }
    Ok(key)
}

/// The body of a change of status.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    status: Status,
    /// With `not_ours`: who answers for it; the country's desk if it is not known.
    to: Option<String>,
    /// With `not_ours`: why.
    reason: Option<String>,
}

/// `PATCH /v1/feedback/{id}`: how far the institution has come; answers the feedback.
pub async fn advance(
    caller: Caller,
    id: Path<String>,
    body: Json<NewStatus>,
) -> Result<HttpResponse, Problem> {
    let institution = caller.institution()?;
    if body.status == Status::NotOurs {
        let (to, reason) = (body.to.as_deref(), body.reason.as_deref());
        let to = reroute::hand_on(&caller.gateway, institution, &id, to, reason).await?;
        let stub = serde_json::json!({ "id": *id, "status": Status::NotOurs, "to": to });
        return Ok(HttpResponse::Ok().json(stub));
    }
    if body.to.is_some() || body.reason.is_some() {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "`to` and `reason` go with `not_ours`",
        ));
    }
    let feedback = progress::advance(&caller.gateway, institution, &id, body.status).await?;
    Ok(HttpResponse::Ok().json(Shown::new(&caller.service, &feedback)))
}

pub(super) fn moment(text: &str) -> Result<i64, Problem> {
    text.parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "`since` is a moment like 2026-11-22T08:05:00Z",
            )
        })
}

/// The codes of a place and of all that lies in it.
fn within(service: &Service, code: &str) -> Result<Vec<String>, Problem> {
    let tree = &service.places;
    let outer = tree
        .find(code)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "`place` is no code of a place"))?;
    Ok((0..tree.len())
        .filter(|inner| tree.within(*inner, outer))
        .filter_map(|inner| tree.get(inner).map(|p| p.code.clone()))
        .collect())
}

/// How many items a page has.
pub(super) fn page(asked: Option<u32>) -> u32 {
    asked.unwrap_or(PAGE).clamp(1, LARGEST_PAGE)
}

/// The cursor of the page after one that ended with this item.
pub(super) fn next(at: i64, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at} {id}"))
}

/// Reads what [`next`] wrote.
pub(super) fn cursor(text: &str) -> Result<Cursor, Problem> {
    let parse = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, id) = text.split_once(' ')?;
        Some(Cursor {
            at: at.parse().ok()?,
            id: id.to_owned(),
        })
    };
    parse().ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "`cursor` is the `next` of an earlier page",
        )
    })
}
