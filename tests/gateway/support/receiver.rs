//! An institution's receiver on a plain socket: it can misbehave as no web server lets one, and it
//! notes when each letter came.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::net::{TcpListener, TcpStream};

/// How it is when it is not well.
#[derive(Clone, Copy, PartialEq)]
pub enum Manner {
    Well,
    /// Never answers.
    Hangs,
    /// 500.
    Fails,
    /// 429, come again in an hour.
    TooMany,
    /// Hangs up in the middle of its answer.
    ClosesMidway,
    /// 200, and a body of 10 GB.
    Endless,
}

/// A letter that was taken.
#[derive(Clone)]
pub struct Arrived {
    pub at: Instant,
    pub id: String,
    pub event: serde_json::Value,
}

/// A running receiver.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    desk: Arc<Desk>,
}

struct Desk {
    manner: Manner,
    ill: AtomicBool,
    taken: Mutex<Vec<Arrived>>,
    refused: AtomicU64,
}

impl Receiver {
    /// Well at first; `ill` makes it so.
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let desk = Arc::new(Desk {
            manner,
            ill: AtomicBool::new(false),
            taken: Mutex::default(),
            refused: AtomicU64::new(0),
        });
        let own = Arc::clone(&desk);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let desk = Arc::clone(&own);
                // A broken connection is the caller's affair.
                tokio::spawn(async move { while desk.serve(&socket).await.is_some() {} });
            }
        });
        Self { url, desk }
    }

    pub fn ill(&self, ill: bool) {
        self.desk.ill.store(ill, Ordering::SeqCst);
    }

    /// All that was taken so far.
    pub fn taken(&self) -> Vec<Arrived> {
        let taken = self.desk.taken.lock();
        taken.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many attempts it was no use to.
    pub fn refused(&self) -> u64 {
        self.desk.refused.load(Ordering::SeqCst)
    }
}

impl Desk {
    /// One exchange; none when the connection is done with.
    async fn serve(&self, socket: &TcpStream) -> Option<()> {
        let mut socket = Half(socket);
        let (head, body) = request(&mut socket).await?;
        let manner = if self.ill.load(Ordering::SeqCst) {
            self.manner
        } else {
            Manner::Well
        };
        if manner == Manner::Well {
            let arrived = Arrived {
                at: Instant::now(),
                id: header(&head, "webhook-id"),
                event: serde_json::from_slice(&body).expect("JSON"),
            };
            let taken = self.taken.lock();
            taken.unwrap_or_else(PoisonError::into_inner).push(arrived);
        } else {
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
        match manner {
            Manner::Well => socket.say("HTTP/1.1 204 No Content\r\n\r\n").await,
            Manner::Hangs => std::future::pending().await,
            Manner::Fails => {
                socket
                    .say("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops")
                    .await
            }
            Manner::TooMany => {
                let late = "HTTP/1.1 429 Later\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n";
                socket.say(late).await
            }
            Manner::ClosesMidway => {
                let half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf";
                socket.say(half).await?;
                None
            }
            Manner::Endless => {
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n";
                socket.say(head).await?;
                let piece = "x".repeat(64 * 1024);
                while socket.say(&piece).await.is_some() {}
                None
            }
        }
    }
}

/// Both ends of a borrowed socket.
struct Half<'a>(&'a TcpStream);

impl Half<'_> {
    async fn say(&mut self, text: &str) -> Option<()> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            self.0.writable().await.ok()?;
            match self.0.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
        Some(())
    }

    async fn more(&mut self, buffer: &mut Vec<u8>) -> Option<()> {
        loop {
            self.0.readable().await.ok()?;
            match self.0.try_read_buf(buffer) {
                Ok(0) => return None,
                Ok(_) => return Some(()),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
    }
}

/// Head and body of a request.
async fn request(socket: &mut Half<'_>) -> Option<(String, Vec<u8>)> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length: usize = header(&head, "content-length").parse().unwrap_or(0);
            while buffer.len() < end + 4 + length {
                socket.more(&mut buffer).await?;
            }
            return Some((head, buffer[end + 4..end + 4 + length].to_vec()));
        }
        socket.more(&mut buffer).await?;
    }
}

fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|l| l.split_once(':'));
    let found = lines.find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map_or_else(String::new, |(_, v)| v.trim().to_owned())
}
