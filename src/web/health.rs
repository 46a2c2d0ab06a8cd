//! What the operator's machines ask: alive, ready, how much.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use futures_util::future::try_join_all;

use crate::flows::borders::Gateways;
use crate::store::Sessions;

/// Loads the configuration again; the error is the whole report.
#[derive(Clone)]
pub struct Reload(pub Arc<dyn Fn() -> Result<(), String> + Send + Sync>);

/// `GET /healthz`: the process runs.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("alive\n")
}

/// `GET /readyz`: the stores answer, so callbacks can be taken.
pub async fn ready(gateways: Data<Gateways>) -> HttpResponse {
    let all = gateways.all();
    let sessions = all.iter().flat_map(|gateway| gateway.all_sessions());
    let sessions = try_join_all(sessions.map(Sessions::ping));
    let records = try_join_all(all.iter().map(|gateway| gateway.records.ping()));
    let (sessions, records) = tokio::join!(sessions, records);
    let word = |ok: bool| if ok { "ready" } else { "away" };
    let body = serde_json::json!({
        "sessions": word(sessions.is_ok()),
        "records": word(records.is_ok()),
    });
    if sessions.is_ok() && records.is_ok() {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// `GET /metrics`: counters in the `OpenMetrics` text format.
pub async fn metrics(gateways: Data<Gateways>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(gateways.default().metrics.encode())
}

/// `POST /reload`: all files again, or none.
pub async fn reload(reload: Data<Reload>) -> HttpResponse {
    let load = Arc::clone(&reload.0);
    match actix_web::web::block(move || load()).await {
        Ok(Ok(())) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("reloaded\n"),
        Ok(Err(report)) => HttpResponse::UnprocessableEntity()
            .content_type("text/plain; charset=utf-8")
            .body(report),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
