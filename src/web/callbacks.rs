//! `/callbacks/{channel}/…`: where aggregators knock.

use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;

use super::Door as FrontDoor;
use super::gate;
use super::problem::Problem;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::Unreadable;
use crate::flows::borders::Gateways;
use crate::flows::front::{self, Refused};

/// More than this of a body is not even read to its end.
const DRAINED: usize = 8 * 1024 * 1024;

const OVERLONG: Unreadable = Unreadable("the body is too long");

/// Takes any callback by any method: the dialect knows which it wants.
pub async fn callback(
    gateways: Data<Gateways>,
    front: Data<FrontDoor>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (channel, below) = address(request.uri().path());
    let service = gateways.default().service();
    let channel = service
        .channels
        .get(channel)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no channel of this name"))?;
    let gateway = gateways.of(&channel.country);
    let (door, rest) = door(below).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "a channel has /ussd, /ussd/end, /sms and /receipt",
        )
    })?;
    let body = read(payload, front.max_body).await;
    let overlong = body.is_none();
    // On USSD an overlong body is read as an empty one: a screen is owed in its dialect's form.
    let body = body.unwrap_or_default();
    let headers = headers(&request);
    let url = format!("{}{}", gateway.settings.public_url, request.uri());
    let callback = Callback {
        method: request.method().as_str(),
        door,
        rest,
        query: request.query_string(),
        headers: &headers,
        body: &body,
        url: &url,
    };
    let secret = secret(&callback);
    let by_rules = channel.access.lets_in(
        gate::caller(&request, &front.trusted_proxies),
        secret.as_deref(),
    );
    if !front::admits(channel, &callback, by_rules) {
        return match front::answers_stranger(channel, &callback) {
            Some(response) if !overlong => Ok(answer(response)),
            _ => {
                tracing::warn!(channel = channel.id, "a caller was not let in");
                Err(problem(&Refused::NotAllowed))
            }
        };
    }
    let began = Instant::now();
    let received = if overlong && matches!(door, Door::Sms | Door::Receipt) {
        Err(Refused::Unreadable(OVERLONG))
    } else {
        front::receive(gateway, channel, &callback).await
    };
    gateway
        .metrics
        .answer_seconds
        .observe(began.elapsed().as_secs_f64());
    gateway
        .metrics
        .callback(&channel.id, word(door), outcome(&received));
    match received {
        Ok(response) => Ok(answer(response)),
        Err(refused) => Err(problem(&refused)),
    }
}

fn problem(refused: &Refused) -> Problem {
    Problem::new(status(refused), refused.to_string())
}

fn word(door: Door) -> &'static str {
    match door {
        Door::Ussd => "ussd",
        Door::UssdEnd => "ussd_end",
        Door::Sms => "sms",
        Door::Receipt => "receipt",
    }
}

fn outcome(received: &Result<Response, Refused>) -> &'static str {
    match received {
        Ok(_) => "answered",
        Err(Refused::Unreadable(_)) => "unreadable",
        Err(Refused::Away(_)) => "away",
        Err(Refused::NotAllowed | Refused::NoSuchDoor) => "refused",
    }
}

fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::NotAllowed => StatusCode::FORBIDDEN,
        Refused::NoSuchDoor => StatusCode::NOT_FOUND,
        Refused::Unreadable(_) => StatusCode::BAD_REQUEST,
        Refused::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The channel, and what follows it, percent-encoding and all: a dialect's session id may hold a
/// slash. A channel's id never needs encoding.
fn address(path: &str) -> (&str, &str) {
    let below = path.strip_prefix("/callbacks/").unwrap_or_default();
    below.split_once('/').unwrap_or((below, ""))
}

/// The door, and what follows it.
fn door(below: &str) -> Option<(Door, &str)> {
    let below = below.trim_end_matches('/');
    if below == "ussd/end" {
        return Some((Door::UssdEnd, ""));
    }
    let (door, rest) = below.split_once('/').unwrap_or((below, ""));
    let door = match door {
        "ussd" => Door::Ussd,
        "sms" => Door::Sms,
        "receipt" => Door::Receipt,
        _ => return None,
    };
    Some((door, rest))
}

/// The body, or `None` if it is longer than `limit` or breaks off.
async fn read(mut payload: Payload, limit: usize) -> Option<Vec<u8>> {
    let (mut body, mut seen) = (Vec::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.ok()?;
        seen += chunk.len();
        if seen <= limit {
            body.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    (seen <= limit).then_some(body)
}

fn headers(request: &HttpRequest) -> Vec<(String, String)> {
    request
        .headers()
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect()
}

fn secret(callback: &Callback<'_>) -> Option<String> {
    let in_query = || {
        url::form_urlencoded::parse(callback.query.as_bytes())
            .find(|(name, _)| name == "secret")
            .map(|(_, value)| value.into_owned())
    };
    callback
        .header("x-passerelle-secret")
        .map(str::to_owned)
        .or_else(in_query)
}

fn answer(response: Response) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK);
    let mut answer = HttpResponse::build(status);
    for (name, value) in response.headers {
        answer.append_header((name, value));
    }
    if !response.content_type.is_empty() {
        answer.insert_header(("Content-Type", response.content_type));
    }
    answer.body(response.body)
}
