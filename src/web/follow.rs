//! `/t/{code}`: where a feedback stands, for whoever has its code. No text, no number, no script.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, VARY,
};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::Door;
use super::gate;
use super::languages;
use super::problem::Problem;
use crate::domain::code;
use crate::domain::follow::{self as words, Told};
use crate::domain::ladder::Standing;
use crate::domain::menu::texts::{Own, Variable};
use crate::domain::service::Service;
use crate::flows::Halt;
use crate::flows::answer;
use crate::flows::borders::Gateways;
use crate::flows::follow::{self, Asker};

#[derive(Template)]
#[template(path = "follow.html")]
struct Page {
    language: String,
    title: String,
    ask: String,
    look: String,
    standing: Option<Shown>,
    unknown: bool,
    unknown_text: String,
}

struct Shown {
    code: String,
    told: Told,
    words: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Typed {
    code: Option<String>,
}

/// `GET /t`: asks for a code, and leads to its page.
pub async fn ask(
    gateways: Data<Gateways>,
    request: HttpRequest,
    typed: Query<Typed>,
) -> Result<HttpResponse, Problem> {
    let service = gateways.default().service();
    let language = languages::wanted(&service, header(&request));
    match typed.into_inner().code {
        None => page(&service, language, StatusCode::OK, None),
        Some(typed) => match code::parse(&typed) {
            Some(code) => Ok(HttpResponse::SeeOther()
                .insert_header((LOCATION, format!("/t/{code}")))
                .insert_header((REFERRER_POLICY, "no-referrer"))
                .finish()),
            None => page(&service, language, StatusCode::NOT_FOUND, None),
        },
    }
}

/// `GET /t/{code}`: where it stands. An asker who has asked too often is told what one is told who
/// guessed wrong.
pub async fn show(
    gateways: Data<Gateways>,
    front: Data<Door>,
    request: HttpRequest,
    typed: Path<String>,
) -> Result<HttpResponse, Problem> {
    let service = gateways.default().service();
    let language = languages::wanted(&service, header(&request));
    let away = |halt: &Halt| super::refusals::halted(halt);
    let gateway = gateways.holding(&typed).await;
    let gateway = gateway.map_err(|why| away(&why.into()))?;
    let asker = Asker::Address(gate::caller(&request, &front.trusted_proxies));
    let standing = follow::standing(gateway, &typed, &asker)
        .await
        .map_err(|halt| away(&halt))?;
    let Some(standing) = standing else {
        return page(&service, language, StatusCode::NOT_FOUND, None);
    };
    let told = words::told(&service, &standing, language);
    let words = where_to_read(&service, &standing, language);
    let code = standing.code.clone();
    let shown = Shown { code, told, words };
    page(&service, language, StatusCode::OK, Some(shown))
}

/// Where the institution's words can be read, if there are any: not here.
fn where_to_read(service: &Service, standing: &Standing, language: usize) -> Option<String> {
    let dial = answer::dial(service, &standing.country, None).unwrap_or_default();
    let own = match standing.waits {
        false => Own::FollowWords,
        true if !dial.is_empty() => Own::FollowWaits,
        // No menu of this country shows it: better silent than wrong.
        true => return None,
    };
    let told = service
        .texts
        .filled(language, own.key(), |variable| match variable {
            Variable::Code => standing.code.clone(),
            Variable::Dial => dial.clone(),
            _ => String::new(),
        });
    (!standing.replies.is_empty()).then_some(told)
}

fn header(request: &HttpRequest) -> &str {
    let header = request.headers().get(ACCEPT_LANGUAGE);
    header.and_then(|v| v.to_str().ok()).unwrap_or_default()
}

fn page(
    service: &Service,
    language: usize,
    status: StatusCode,
    standing: Option<Shown>,
) -> Result<HttpResponse, Problem> {
    let text = |own: Own| service.texts.plain(language, own.key());
    let tag = service.texts.languages().get(language);
    let page = Page {
        language: tag.map_or("fr", |l| l.tag.as_str()).to_owned(),
        title: text(Own::FollowTitle),
        ask: text(Own::FollowAsk),
        look: text(Own::FollowLook),
        standing,
        unknown: status != StatusCode::OK,
        unknown_text: text(Own::FollowUnknown),
    };
    let page = page.render().map_err(|why| {
        tracing::error!(%why, "a page could not be made");
        let detail = "the page cannot be made now";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    // What was refused must not be kept for those who may know.
    let keep = if status == StatusCode::OK {
        "public, max-age=60"
    } else {
        "no-store"
    };
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, "Accept-Language"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
        ))
        .body(page))
}
