//! How bytes become a request: four bytes choose, the rest reads like HTTP, so that a corpus can
//! be written and read by hand.
//!
//! ```text
//! <interpreter><channel and part><door and method><content type>rest?query
//! name: value
//!
//! body
//! ```

use passerelle::domain::exchange::{Callback, Door};

const DOORS: [Door; 4] = [Door::Ussd, Door::UssdEnd, Door::Sms, Door::Receipt];
pub const METHODS: [&str; 3] = ["GET", "POST", "PUT"];
const TYPES: [&str; 6] = [
    "", // as the headers say
    "application/x-www-form-urlencoded",
    "application/json",
    "text/xml; charset=utf-8",
    "multipart/form-data; boundary=x",
    "text/plain; charset=UTF-16BE",
];
pub const STATUSES: [u16; 12] = [200, 201, 202, 204, 302, 400, 401, 404, 422, 429, 500, 503];
/// As many headers as a request may bring here: the server has a limit too.
const MOST_HEADERS: usize = 16;

/// What the bytes are about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A request of an aggregator.
    Callback,
    /// A text to send.
    Send,
    /// An answer to a request to send.
    Answer,
    /// An answer to a registration.
    Registered,
}

/// The bytes, taken apart.
pub struct Letter<'a> {
    pub interpreter: u8,
    pub channel: u8,
    pub part: Part,
    door: Door,
    method: &'static str,
    chosen: u8,
    rest: String,
    query: String,
    headers: Vec<(String, String)>,
    url: String,
    pub body: &'a [u8],
}

impl<'a> Letter<'a> {
    pub fn open(data: &'a [u8]) -> Option<Self> {
        let (&[interpreter, mode, how, kind], mut text) = data.split_first_chunk::<4>()?;
        let part = match mode & 0xc0 {
            0x80 => Part::Send,
            0xc0 => Part::Answer,
            0x40 => Part::Registered,
            _ => Part::Callback,
        };
        let (mut rest, mut query, mut headers) = (String::new(), String::new(), Vec::new());
        if part == Part::Callback {
            let target = line(&mut text);
            let (path, after) = target.split_once('?').unwrap_or((&target, ""));
            (rest, query) = (path.to_owned(), after.to_owned());
            headers = head(&mut text);
        }
        let chosen = TYPES[usize::from(kind) % TYPES.len()];
        if !chosen.is_empty() {
            headers.insert(0, ("content-type".to_owned(), chosen.to_owned()));
        }
        let url = format!("https://passerelle.example/callbacks/c/ussd/{rest}?{query}");
        Some(Self {
            interpreter,
            channel: mode & 0x3f,
            part,
            door: DOORS[usize::from(how) % DOORS.len()],
            method: METHODS[usize::from(how >> 2) % METHODS.len()],
            chosen: kind,
            rest,
            query,
            headers,
            url,
            body: text,
        })
    }

    pub fn callback(&self) -> Callback<'_> {
        Callback {
            method: self.method,
            door: self.door,
            rest: &self.rest,
            query: &self.query,
            headers: &self.headers,
            body: self.body,
            url: &self.url,
        }
    }

    pub fn status(&self) -> u16 {
        STATUSES[usize::from(self.chosen) % STATUSES.len()]
    }
}

/// Lines up to an empty one, as far as they are headers.
fn head(text: &mut &[u8]) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    while !text.is_empty() && headers.len() < MOST_HEADERS {
        let line = line(text);
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    headers
}

fn line(text: &mut &[u8]) -> String {
    let end = text.iter().position(|b| *b == b'\n');
    let line = &text[..end.unwrap_or(text.len())];
    *text = end.map_or(&[], |end| &text[end + 1..]);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // A server hands on nothing else.
    String::from_utf8_lossy(line).into_owned()
}
