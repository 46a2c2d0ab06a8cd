//! The ceiling: what any service of this kind has to do, and no more. A step: actix-web, the same
//! form, one Redis round trip, a fixed answer. A text: actix-web, the same form, one entry of a
//! Redis stream; and behind it one signed POST for each.

use std::time::{Duration, SystemTime};

use actix_web::web::{Data, Form};
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use sha2::Sha256;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::{sink, wire};

const STREAM: &str = "ceiling:texts";
/// Connections to the receiver.
const HANDS: usize = 16;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    session_id: String,
    text: String,
}

#[derive(serde::Deserialize)]
struct Text {
    id: String,
    from: String,
    #[serde(rename = "text")]
    words: String,
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

async fn text(redis: Data<MultiplexedConnection>, form: Form<Text>) -> HttpResponse {
    let mut redis = redis.as_ref().clone();
    let kept: Result<String, _> = redis::cmd("XADD")
        .arg(&[STREAM, "*", "id", &form.id, "from", &form.from])
        .arg(&["text", &form.words])
        .query_async(&mut redis)
        .await;
    match kept {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// An entry of a stream: its id, then its fields, names and values.
type Entry = (String, Vec<String>);

/// Reads the stream and hands each entry to the next connection.
async fn forward(client: Client, receiver: String) {
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    let mut redis = client
        .get_multiplexed_async_connection_with_config(&config)
        .await
        .expect("a Redis");
    let hands: Vec<_> = (0..HANDS)
        .map(|_| {
            let (to, entries) = mpsc::unbounded_channel();
            tokio::spawn(deliver(receiver.clone(), entries));
            to
        })
        .collect();
    let (mut last, mut nth) = ("0".to_owned(), 0);
    loop {
        let read: Option<Vec<(String, Vec<Entry>)>> = redis::cmd("XREAD")
            .arg(&["COUNT", "256", "BLOCK", "1000", "STREAMS", STREAM, &last])
            .query_async(&mut redis)
            .await
            .expect("an answer");
        for (id, fields) in read.into_iter().flatten().flat_map(|(_, entries)| entries) {
            last.clone_from(&id);
            nth += 1;
            let text = fields.last().cloned().unwrap_or_default();
            // The receiver lives as long as this process.
            let _ = hands[nth % HANDS].send((id, text));
        }
    }
}

async fn deliver(receiver: String, mut entries: mpsc::UnboundedReceiver<(String, String)>) {
    let key = STANDARD
        .decode(sink::SECRET.trim_start_matches("whsec_"))
        .expect("a secret");
    let mut socket = TcpStream::connect(receiver.trim_start_matches("http://"))
        .await
        .expect("connects");
    socket.set_nodelay(true).expect("no delay");
    let mut buffer = Vec::new();
    while let Some((id, text)) = entries.recv().await {
        let body = format!(r#"{{"type":"feedback.received","data":{{"text":"{text}"}}}}"#);
        let at = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(Duration::ZERO, |d| d)
            .as_secs();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let request = format!(
            "POST /ceiling HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signature}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.expect("sent");
        wire::read(&mut socket, &mut buffer).await.expect("taken");
    }
}

/// Serves until killed; says where on standard output.
pub fn serve(redis: &str, receiver: String) {
    actix_web::rt::System::new().block_on(async {
        let client = Client::open(redis).expect("an address");
        let mut link = client
            .get_multiplexed_async_connection()
            .await
            .expect("a Redis");
        // What an earlier ceiling left is not delivered again.
        let gone: Result<(), _> = redis::cmd("DEL").arg(STREAM).query_async(&mut link).await;
        gone.expect("an answer");
        tokio::spawn(forward(client, receiver));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        HttpServer::new(move || {
            App::new()
                .app_data(Data::new(link.clone()))
                .route("/callbacks/at-rw/ussd", web::post().to(step))
                .route("/callbacks/sms-bj/sms", web::post().to(text))
        })
        .listen(listener)
        .expect("listens")
        .run()
        .await
        .expect("serves");
    });
}
