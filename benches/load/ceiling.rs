//! The ceiling: actix-web, the same form, one Redis round trip, a fixed answer.

use actix_web::web::{Data, Form};
use actix_web::{App, HttpResponse, HttpServer, web};
use redis::aio::MultiplexedConnection;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    session_id: String,
    text: String,
}

async fn step(redis: Data<MultiplexedConnection>, form: Form<Step>) -> HttpResponse {
    let mut redis = redis.as_ref().clone();
    let kept: Result<(), _> = redis::cmd("SET")
        .arg(format!("ceiling:{}", form.session_id))
        .arg(&form.text)
        .arg("PX")
        .arg(600_000)
        .query_async(&mut redis)
        .await;
    match kept {
        Ok(()) => HttpResponse::Ok()
            .content_type("text/plain")
            .body("CON Passerelle\n1 Oui\n2 Non\n0 Retour"),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// Serves until killed; says where on standard output.
pub fn serve(redis: &str) {
    actix_web::rt::System::new().block_on(async {
        let client = redis::Client::open(redis).expect("an address");
        let link = client
            .get_multiplexed_async_connection()
            .await
            .expect("a Redis");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        HttpServer::new(move || {
            App::new()
                .app_data(Data::new(link.clone()))
                .route("/callbacks/at-rw/ussd", web::post().to(step))
        })
        .listen(listener)
        .expect("listens")
        .run()
        .await
        .expect("serves");
    });
}
