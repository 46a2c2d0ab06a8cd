//! Texts without pause, and what comes out at the other end.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::sink::Sink;
use crate::wire;

/// Connections of the aggregator.
const CONNECTIONS: usize = 32;

/// What came of it.
#[derive(Default)]
pub struct Texted {
    pub accepted: u64,
    pub delivered: u64,
    /// Accepted, and never delivered.
    pub missing: u64,
    pub forged: u64,
    /// The most that were accepted and not yet delivered.
    pub behind: u64,
    pub refused: u64,
    accepting: Duration,
    delivering: Duration,
}

impl Texted {
    pub fn accepted_per_second(&self) -> f64 {
        self.accepted as f64 / self.accepting.as_secs_f64()
    }

    pub fn delivered_per_second(&self) -> f64 {
        self.delivered as f64 / self.delivering.as_secs_f64()
    }

    /// How far deliveries were behind, in seconds of delivering.
    pub fn behind_s(&self) -> f64 {
        self.behind as f64 / self.delivered_per_second().max(1.0)
    }
}

/// Texts for a while, then waits for the last delivery.
pub async fn send(url: &str, sink: &Sink, length: Duration, run: u64) -> Texted {
    let address = url.trim_start_matches("http://").to_owned();
    let (before, forged) = (sink.webhooks(), sink.forged());
    let began = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|hand| tokio::spawn(one(address.clone(), run, hand, began + length)))
        .collect();
    let mut texted = Texted::default();
    // How far behind is looked at from outside: twenty times, evenly.
    let mut looked = Vec::new();
    for _ in 0..20 {
        tokio::time::sleep(length / 20).await;
        looked.push((began.elapsed(), sink.webhooks() - before));
    }
    for task in tasks {
        let (accepted, refused) = task.await.expect("a connection");
        texted.accepted += accepted;
        texted.refused += refused;
    }
    texted.accepting = began.elapsed();
    let pace = texted.accepted_per_second();
    texted.behind = looked
        .into_iter()
        .map(|(at, delivered)| ((pace * at.as_secs_f64()) as u64).saturating_sub(delivered))
        .max()
        .unwrap_or(0);
    sink.wait_for(before + texted.accepted).await;
    texted.delivering = began.elapsed();
    texted.delivered = sink.webhooks() - before;
    texted.missing = texted.accepted.saturating_sub(texted.delivered);
    texted.forged = sink.forged() - forged;
    texted
}

async fn one(address: String, run: u64, hand: usize, until: Instant) -> (u64, u64) {
    let mut socket = TcpStream::connect(&address).await.expect("connects");
    socket.set_nodelay(true).expect("no delay");
    let (mut accepted, mut refused) = (0, 0);
    let mut buffer = Vec::new();
    for nth in 0_u32.. {
        if Instant::now() >= until {
            break;
        }
        let from = 22_960_000_000 + u64::from(nth % 90_000) * 100 + hand as u64;
        let form = format!(
            "id={run}-{hand}-{nth}&from=%2B{from}&to=7344&text=sante+pas+d%27eau+{run}+{hand}+{nth}"
        );
        let request = wire::post("/callbacks/sms-bj/sms", &form);
        socket.write_all(request.as_bytes()).await.expect("written");
        let answer = wire::read(&mut socket, &mut buffer).await.expect("taken");
        if answer.head.starts_with("HTTP/1.1 200") {
            accepted += 1;
        } else {
            refused += 1;
        }
    }
    (accepted, refused)
}
