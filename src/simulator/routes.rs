//! The stage's doors, below `/simulator`. What the page posts must be JSON by its content type:
//! a form on somebody else's site cannot send that, so it cannot dial.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, Bytes, Data, Json, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chance::dice;
use super::desk::{Gesture, Nothing, Simulator};
use super::handset::{Trouble, Turn, Wire};
use super::networks::{Asked, network};
use super::page;
use crate::domain::channel::Channel;
use crate::domain::text::{Encoding, sms_cost};

/// The largest body that any door takes.
const LARGEST: usize = 64 * 1024;

/// Puts `/simulator` into an application: `App::new().configure(routes(simulator))`.
pub fn routes(simulator: Arc<Simulator>) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        let scope = web::scope("/simulator")
            .app_data(Data::from(simulator))
            .app_data(web::PayloadConfig::new(LARGEST))
            .app_data(
                web::JsonConfig::default()
                    .limit(LARGEST)
                    .error_handler(unreadable),
            )
            .configure(page::assets)
            .route("/setup", web::get().to(setup))
            .route("/events", web::get().to(events))
            .route("/phone/dial", web::post().to(dial))
            .route("/phone/press", web::post().to(press))
            .route("/phone/hangup", web::post().to(hang_up))
            .route("/phone/text", web::post().to(text))
            .route("/inbox/{institution}", web::post().to(receive))
            .route("/inbox/{institution}/reply", web::post().to(reply))
            .route("/aggregators/{channel}/{path:.*}", web::to(carry));
        config.service(scope);
    }
}

#[derive(Deserialize)]
struct Dial {
    number: String,
    country: Option<String>,
    channel: Option<String>,
    code: String,
}

#[derive(Deserialize)]
struct Press {
    number: String,
    text: String,
}

#[derive(Deserialize)]
struct HangUp {
    number: String,
}

#[derive(Deserialize)]
struct Text {
    number: String,
    country: Option<String>,
    channel: Option<String>,
    to: String,
    body: String,
}

#[derive(Deserialize)]
struct Reply {
    feedback_id: String,
    text: String,
}

/// A phone's display, for the page.
#[derive(Serialize)]
struct Display<'a> {
    text: &'a str,
    ends: bool,
    units: usize,
    encoding: Encoding,
    budget: Option<usize>,
    channel: Option<&'a str>,
    aggregator: Option<&'a str>,
    wire: &'a Wire,
}

async fn setup(stage: Data<Simulator>) -> HttpResponse {
    let plan = stage.plan();
    let mut countries: Vec<&str> = plan.channels.iter().map(|c| c.country.as_str()).collect();
    countries.sort_by_key(|code| (rank(code), *code));
    countries.dedup();
    let countries: Vec<Value> = countries
        .into_iter()
        .map(|code| {
            let here = plan.channels.iter().filter(|c| c.country == code);
            let services: Vec<Value> = here.map(|c| service(c)).collect();
            json!({"code": code, "number": sample_number(code), "services": services})
        })
        .collect();
    let inboxes: Vec<Value> = plan
        .inboxes
        .iter()
        .map(|i| json!({"id": i.id, "name": i.name, "country": i.country}))
        .collect();
    HttpResponse::Ok().json(json!({"countries": countries, "inboxes": inboxes}))
}

fn service(channel: &Channel) -> Value {
    json!({
        "channel": channel.id,
        "aggregator": channel.aggregator,
        "operator": channel.operator,
        "ussd": channel.ussd,
        "sms": channel.sms,
        "played": network(&channel.aggregator).is_some(),
    })
}

/// A number for a visitor's phone, by the country's numbering plan.
fn sample_number(country: &str) -> &'static str {
    SAMPLES
        .iter()
        .find(|(code, _)| *code == country)
        .map_or("", |(_, number)| number)
}

/// Where a country stands in the page's list.
fn rank(country: &str) -> usize {
    SAMPLES
        .iter()
        .position(|(code, _)| *code == country)
        .unwrap_or(SAMPLES.len())
}

const SAMPLES: [(&str, &str); 3] = [
    ("BJ", "+229 01 97 00 00 01"),
    ("RW", "+250 788 000 001"),
    ("CG", "+242 06 600 00 01"),
];

async fn events(stage: Data<Simulator>, request: HttpRequest) -> HttpResponse {
    let last = request
        .headers()
        .get("last-event-id")
        .and_then(|v| v.to_str().ok());
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(futures_util::StreamExt::map(
            stage.news().stream(last),
            |event| event.map(Bytes::from),
        ))
}

async fn dial(stage: Data<Simulator>, asked: Json<Dial>) -> HttpResponse {
    let who = Gesture {
        number: &asked.number,
        country: asked.country.as_deref(),
        channel: asked.channel.as_deref(),
    };
    match stage.dial(who, &asked.code).await {
        Ok((channel, turn)) => display(&turn, Some(&channel)),
        Err(nothing) => refused(&nothing),
    }
}

async fn press(stage: Data<Simulator>, asked: Json<Press>) -> HttpResponse {
    match stage.press(&asked.number, &asked.text).await {
        Ok(turn) => display(&turn, None),
        Err(nothing) => refused(&nothing),
    }
}

async fn hang_up(stage: Data<Simulator>, asked: Json<HangUp>) -> HttpResponse {
    match stage.hang_up(&asked.number).await {
        Ok(wire) => HttpResponse::Ok().json(json!({"wire": wire})),
        Err(nothing) => refused(&nothing),
    }
}

async fn text(stage: Data<Simulator>, asked: Json<Text>) -> HttpResponse {
    let who = Gesture {
        number: &asked.number,
        country: asked.country.as_deref(),
        channel: asked.channel.as_deref(),
    };
    match stage.text(who, &asked.to, &asked.body).await {
        Ok(wire) => HttpResponse::Ok().json(json!({"wire": wire})),
        Err(nothing) => refused(&nothing),
    }
}

fn display(turn: &Turn, channel: Option<&Channel>) -> HttpResponse {
    let text = turn.shown.text.as_str();
    let cost = sms_cost(text);
    HttpResponse::Ok().json(Display {
        text,
        ends: turn.shown.ends,
        units: cost.units,
        encoding: cost.encoding,
        budget: channel.map(|c| c.budget),
        channel: channel.map(|c| c.id.as_str()),
        aggregator: channel.map(|c| c.aggregator.as_str()),
        wire: &turn.wire,
    })
}

async fn carry(
    stage: Data<Simulator>,
    at: Path<(String, String)>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let (channel, path) = at.into_inner();
    let headers = headers(request.headers());
    let asked = Asked {
        method: request.method().as_str(),
        path: &path,
        headers: &headers,
        body: &body,
        dice: dice(),
    };
    let Some(answer) = stage.into_inner().carry(&channel, &asked) else {
        return problem(
            StatusCode::NOT_FOUND,
            "no such channel, or it sends nothing",
            None,
        );
    };
    let mut response = builder(answer.status);
    if !answer.content_type.is_empty() {
        response.insert_header((header::CONTENT_TYPE, answer.content_type));
    }
    response.body(answer.body)
}

async fn receive(
    stage: Data<Simulator>,
    institution: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    match stage.receive(&institution, &headers(request.headers()), &body) {
        Some(true) => HttpResponse::NoContent().finish(),
        Some(false) => problem(StatusCode::UNAUTHORIZED, "the letter is not believed", None),
        None => problem(StatusCode::NOT_FOUND, "no such institution", None),
    }
}

async fn reply(
    stage: Data<Simulator>,
    institution: Path<String>,
    asked: Json<Reply>,
) -> HttpResponse {
    match stage
        .reply(&institution, &asked.feedback_id, &asked.text)
        .await
    {
        None => problem(StatusCode::NOT_FOUND, "no such institution", None),
        Some(Err(why)) => problem(StatusCode::BAD_GATEWAY, &why.to_string(), None),
        Some(Ok(answered)) => builder(answered.status)
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .body(answered.body),
    }
}

fn builder(status: u16) -> HttpResponseBuilder {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY))
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect()
}

fn refused(nothing: &Nothing) -> HttpResponse {
    let (status, wire) = match nothing {
        Nothing::Number(_) => (StatusCode::BAD_REQUEST, None),
        Nothing::Channel(_) => (StatusCode::NOT_FOUND, None),
        Nothing::Trouble(trouble) => match trouble {
            Trouble::NoNetwork(_) | Trouble::NotItsCode { .. } | Trouble::NoTexts(_) => {
                (StatusCode::NOT_FOUND, None)
            }
            Trouble::NoCall => (StatusCode::CONFLICT, None),
            Trouble::NoAnswer { .. } | Trouble::NotInDialect { .. } | Trouble::Refused { .. } => {
                (StatusCode::BAD_GATEWAY, trouble.wire())
            }
        },
    };
    problem(status, &nothing.to_string(), wire)
}

fn unreadable(
    error: actix_web::error::JsonPayloadError,
    _request: &HttpRequest,
) -> actix_web::Error {
    let response = problem(StatusCode::BAD_REQUEST, "not the JSON expected here", None);
    actix_web::error::InternalError::from_response(error, response).into()
}

/// An error in the form of RFC 9457.
fn problem(status: StatusCode, detail: &str, wire: Option<&Wire>) -> HttpResponse {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "wire": wire,
    });
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .body(body.to_string())
}

#[cfg(test)]
mod tests;
