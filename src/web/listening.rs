//! How institutions listen: `/v1/scorecards` for themselves, `/listening` for everybody.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::api::{self, Caller};
use super::languages;
use super::problem::Problem;
use crate::domain::scorecard::{Clock, LEAST, Scorecard};
use crate::domain::service::Service;
use crate::domain::webhook::rfc3339;
use crate::flows::borders::Gateways;
use crate::flows::score;

/// What `GET /v1/scorecards` may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    since: Option<String>,
    until: Option<String>,
}

/// `GET /v1/scorecards`: the institution's own, then those of the institutions that it oversees.
pub async fn scorecards(caller: Caller, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let now = caller.gateway.clock.now();
    let moment = |given: &Option<String>| given.as_deref().map(api::moment).transpose();
    let since = moment(&asked.since)?.unwrap_or_else(|| score::since(now));
    let until = moment(&asked.until)?.unwrap_or(now);
    let cards = score::of(&caller.gateway, &caller.institution, since, until)
        .await
        .map_err(|halt| super::refusals::halted(&halt))?;
    Ok(HttpResponse::Ok().json(json!({
        "since": rfc3339(since),
        "until": rfc3339(until),
        "data": cards,
    })))
}

/// `GET /listening.json`: everybody's, for three months, small counts masked.
pub async fn json(gateways: Data<Gateways>) -> Result<HttpResponse, Problem> {
    let (at, cards) = score::everybody(&gateways)
        .await
        .map_err(|halt| super::refusals::halted(&halt))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=600"))
        .json(json!({
            "since": rfc3339(score::since(at)),
            "until": rfc3339(at),
            "masked_below": LEAST,
            "data": *cards,
        })))
}

#[derive(Template)]
#[template(path = "listening.html")]
struct Page {
    until: String,
    least: u64,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    country: String,
    total: String,
    good: String,
    clocks: [String; 4],
    overdue: String,
}

/// `GET /listening`: the same as a page.
pub async fn page(gateways: Data<Gateways>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (at, cards) = score::everybody(&gateways)
        .await
        .map_err(|halt| super::refusals::halted(&halt))?;
    let service = gateways.default().service();
    let header = request.headers().get(ACCEPT_LANGUAGE);
    let header = header.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let language = languages::wanted(&service, header);
    let tag = service.texts.languages().get(language);
    let tag = tag.map_or("fr", |l| l.tag.as_str());
    let page = Page {
        until: rfc3339(at).chars().take(10).collect(),
        least: LEAST,
        rows: cards.iter().map(|card| row(&service, card, tag)).collect(),
    };
    let page = page.render().map_err(|why| {
        tracing::error!(%why, "a page could not be made");
        let detail = "the page cannot be made now";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=600"))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
        ))
        .body(page))
}

fn row(service: &Service, card: &Scorecard, tag: &str) -> Row {
    let institution = service.institution(&card.institution);
    let told = &card.feedback;
    Row {
        name: institution.map_or_else(|| card.institution.clone(), |i| i.name(tag).to_owned()),
        country: institution.map_or_else(String::new, |i| i.country.clone()),
        total: count(told.total),
        good: count(told.good),
        clocks: [card.delivered, card.opened, card.answered, card.fixed].map(time),
        overdue: count(told.overdue),
    }
}

fn count(count: Option<u64>) -> String {
    count.map_or_else(|| "·".to_owned(), |n| n.to_string())
}

/// How long it took, in the largest unit of which there is at least two, and of how many.
fn time(clock: Clock) -> String {
    let Some((seconds, count)) = clock.median_seconds.zip(clock.count) else {
        return match clock.count {
            Some(0) => "–".to_owned(),
            _ => "·".to_owned(),
        };
    };
    let time = match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    };
    format!("{time} ({count})")
}
