//! HTTP on plain sockets: the load must cost less than what it measures.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// One request or answer.
pub struct Message {
    pub head: String,
    pub body: String,
}

impl Message {
    /// A header's value; names are compared in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The next message of a connection that stays open; none once it is closed.
pub async fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Message> {
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut message = Message {
                head,
                body: String::new(),
            };
            let length = message.header("content-length").unwrap_or("0");
            let whole = end + 4 + length.parse::<usize>().unwrap_or(0);
            if buffer.len() >= whole {
                message.body = String::from_utf8_lossy(&buffer[end + 4..whole]).into_owned();
                buffer.drain(..whole);
                return Some(message);
            }
        }
        match socket.read_buf(buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// A form posted to a path.
pub fn post(path: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: load\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}
