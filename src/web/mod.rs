//! The front door: HTTP in, values to the flows, HTTP out. Decides nothing.

mod api;
mod callbacks;
mod deliveries;
mod feedback;
mod follow;
mod gate;
mod health;
mod languages;
mod listening;
mod pages;
mod problem;
mod refusals;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use ipnet::IpNet;

use crate::flows::borders::Gateways;

/// What the front door itself has to know.
#[derive(Debug, Clone)]
pub struct Door {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Bytes of a callback's body that are read.
    pub max_body: usize,
}

/// Every public address of this program: the route table.
pub fn public(gateways: Arc<Gateways>, door: Door) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.app_data(web::Data::from(gateways))
            .app_data(web::Data::new(door))
            .app_data(api::json_limits())
            .app_data(api::query_limits())
            // A scope is found by its prefix; a pattern would cost a regular expression each time.
            .service(web::scope("/callbacks").default_service(web::route().to(callbacks::callback)))
            .route("/v1/feedback", web::get().to(api::list))
            .route("/v1/feedback/{id}", web::get().to(feedback::show))
            .route("/v1/feedback/{id}", web::patch().to(api::advance))
            .route("/v1/feedback/{id}/replies", web::post().to(api::reply))
            .route("/v1/deliveries", web::get().to(deliveries::list))
            .route(
                "/v1/deliveries/{id}/replay",
                web::post().to(deliveries::replay),
            )
            .route("/v1/scorecards", web::get().to(listening::scorecards))
            .route("/listening", web::get().to(listening::page))
            .route("/listening.json", web::get().to(listening::json))
            .route("/t", web::get().to(follow::ask))
            .route("/t/{code}", web::get().to(follow::show))
            .route("/", web::get().to(pages::home))
            .route("/style.css", web::get().to(pages::style))
            .default_service(web::route().to(problem::nothing_here));
    }
}

/// Every address that only the operator reaches.
pub fn admin(gateways: Arc<Gateways>, reload: health::Reload) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.app_data(web::Data::from(gateways))
            .app_data(web::Data::new(reload))
            .route("/healthz", web::get().to(health::alive))
            .route("/readyz", web::get().to(health::ready))
            .route("/metrics", web::get().to(health::metrics))
            .route("/reload", web::post().to(health::reload))
            .default_service(web::route().to(problem::nothing_here));
    }
}

pub use health::Reload;
