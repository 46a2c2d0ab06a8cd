//! The page and its two assets, embedded: it works on a train.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web;
use actix_web::web::ServiceConfig;

/// Nothing from elsewhere, nothing inline, nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The page's addresses, below `/simulator`.
pub(super) fn assets(config: &mut ServiceConfig) {
    config
        .route("", web::get().to(index))
        .route("/", web::get().to(index))
        .route("/style.css", web::get().to(style))
        .route("/app.js", web::get().to(script))
        .route("/words.js", web::get().to(words))
        .route("/letters.js", web::get().to(letters))
        .route("/icon.svg", web::get().to(icon));
}

async fn index() -> HttpResponse {
    asset(
        "text/html; charset=utf-8",
        include_str!("assets/index.html"),
    )
}

async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("assets/style.css"))
}

async fn script() -> HttpResponse {
    asset(JAVASCRIPT, include_str!("assets/app.js"))
}

async fn words() -> HttpResponse {
    asset(JAVASCRIPT, include_str!("assets/words.js"))
}

async fn letters() -> HttpResponse {
    asset(JAVASCRIPT, include_str!("assets/letters.js"))
}

async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("assets/icon.svg"))
}

fn asset(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        // A new build must not meet an old script.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(body)
}
