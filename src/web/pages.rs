//! Public pages.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::problem::Problem;
use crate::flows::borders::Gateways;

/// How to take part, one line a country.
struct TakePart {
    country: String,
    ussd: Vec<String>,
    sms: Vec<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    countries: Vec<TakePart>,
}

/// `GET /`: what this is, how to take part.
pub async fn home(gateways: Data<Gateways>) -> Result<HttpResponse, Problem> {
    let service = gateways.default().service();
    let countries = service
        .countries
        .iter()
        .map(|country| {
            let mut channels: Vec<_> = service
                .channels
                .values()
                .filter(|c| c.country == country.code)
                .collect();
            channels.sort_by(|a, b| a.id.cmp(&b.id));
            TakePart {
                country: country
                    .names
                    .iter()
                    .find(|(l, _)| *l == country.default_language)
                    .or(country.names.first())
                    .map_or_else(|| country.code.clone(), |(_, n)| n.clone()),
                ussd: channels.iter().flat_map(|c| c.ussd.clone()).collect(),
                sms: channels.iter().flat_map(|c| c.sms.clone()).collect(),
            }
        })
        .collect();
    let page = Home { countries }.render().map_err(|why| {
        tracing::error!(%why, "a page could not be made");
        Problem::new(
            actix_web::http::StatusCode::SERVICE_UNAVAILABLE,
            "the page cannot be made now",
        )
    })?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=60"))
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'",
        ))
        .body(page))
}

/// `GET /style.css`: the public pages' only other file.
pub async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=3600"))
        .body(include_str!("style.css"))
}
