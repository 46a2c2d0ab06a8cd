//! A partner on the other end: an institution's receiver, or an aggregator's send API. Keeps what
//! it was sent and answers as it was told.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use tokio::sync::Notify;

/// No test waits longer than this for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a partner was sent.
#[derive(Clone)]
pub struct Received {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, v)| v.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn form(&self, name: &str) -> String {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.into_owned())
            .unwrap_or_default()
    }
}

/// An answer: status, body, further header.
pub type Answer = (u16, String, Option<(&'static str, &'static str)>);

struct Desk {
    received: Mutex<VecDeque<Received>>,
    answers: Mutex<VecDeque<Answer>>,
    otherwise: Answer,
    news: Notify,
}

/// A running partner.
#[derive(Clone)]
pub struct Partner {
    pub url: String,
    desk: Arc<Desk>,
}

impl Partner {
    /// A partner that answers so, unless told otherwise.
    pub fn start(status: u16, body: &str) -> Self {
        Self::start_on(
            TcpListener::bind("127.0.0.1:0").expect("a port"),
            status,
            body,
        )
    }

    fn start_on(listener: TcpListener, status: u16, body: &str) -> Self {
        let desk = Arc::new(Desk {
            received: Mutex::default(),
            answers: Mutex::default(),
            otherwise: (status, body.to_owned(), None),
            news: Notify::new(),
        });
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let data = Data::from(Arc::clone(&desk));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::route().to(receive))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("listens")
        .run();
        tokio::spawn(server);
        Self { url, desk }
    }

    /// An institution that takes everything.
    pub fn receiver() -> Self {
        Self::start(204, "")
    }

    /// The same, at an address that is free now.
    pub fn receiver_at(address: std::net::SocketAddr) -> Self {
        Self::start_on(TcpListener::bind(address).expect("free"), 204, "")
    }

    /// Africa's Talking, taking every message under this id.
    pub fn africas_talking(message_id: &str) -> Self {
        let body = serde_json::json!({"SMSMessageData": {
            "Message": "Sent to 1/1 Total Cost: USD 0.0079 Message parts: 1",
            "Recipients": [{"statusCode": 101, "number": "+250700000000", "status": "Success",
                            "cost": "KES 0.8000", "messageId": message_id}]}});
        Self::start(201, &body.to_string())
    }

    /// The next answers, before the usual one again.
    pub fn then(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.desk.answers).extend(answers);
    }

    /// The next thing that was sent here; waits for it.
    pub async fn next(&self) -> Received {
        let wait = async {
            loop {
                let news = self.desk.news.notified();
                if let Some(received) = lock(&self.desk.received).pop_front() {
                    return received;
                }
                news.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .expect("something was sent in time")
    }

    /// All that has come and was not looked at.
    pub fn all(&self) -> Vec<Received> {
        lock(&self.desk.received).drain(..).collect()
    }

    /// What has come and was not looked at.
    pub fn waiting(&self) -> usize {
        lock(&self.desk.received).len()
    }
}

async fn receive(desk: Data<Desk>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let headers = request.headers().iter();
    lock(&desk.received).push_back(Received {
        path: request.uri().to_string(),
        headers: headers
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let (status, body, header) = lock(&desk.answers)
        .pop_front()
        .unwrap_or_else(|| desk.otherwise.clone());
    desk.news.notify_one();
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).expect("a status"));
    if let Some(header) = header {
        answer.insert_header(header);
    }
    answer.body(body)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
