//! What several dialects share: reading forms, JSON, XML and times without trusting them, and
//! the few answers that are the same everywhere. Each is written once, here.

pub mod charset;
pub mod fate;
pub mod form;
pub mod json;
pub mod multipart;
pub mod send_only;
pub mod sending;
pub mod template;
pub mod time;
pub mod xml;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::domain::channel::Channel;
use crate::domain::exchange::Response;
use crate::domain::inbound::{Reference, Unreadable};
use crate::domain::menu::Screen;

/// The dialect has nothing to say at this door.
pub const NO_SUCH_DOOR: Unreadable = Unreadable("the aggregator does not use this address");
/// Neither a number nor anything like one says who calls.
pub const NO_SENDER: Unreadable = Unreadable("the sender's number is missing");
/// A delivery report that names no message.
pub const NO_REFERENCE: Unreadable = Unreadable("the report names no message");
/// A delivery report without its status.
pub const NO_STATUS: Unreadable = Unreadable("the report has no status");
/// A message without its text.
pub const NO_TEXT: Unreadable = Unreadable("the message has no text");
/// Bytes that are not UTF-8 where the dialect promises it.
pub const NOT_UTF8: Unreadable = Unreadable("not UTF-8");

const PLAIN: &str = "text/plain; charset=utf-8";

/// A screen as bare text: the ending owed by dialects that have no USSD of their own.
pub fn plain(screen: &Screen) -> Response {
    Response::ok(PLAIN, screen.text.as_str())
}

/// A 200 that says nothing more.
pub fn empty() -> Response {
    Response::ok(PLAIN, "")
}

/// The base address of the aggregator's API without its last slash: `credentials.url`, or the
/// dialect's own where the file gives none.
pub fn base<'a>(channel: &'a Channel, own: &'a str) -> &'a str {
    channel
        .credentials
        .some("url")
        .unwrap_or(own)
        .trim_end_matches('/')
}

/// The name or short code that a message to a phone comes from: `credentials.sender`, else the
/// channel's first short code, else nothing.
pub fn sender(channel: &Channel) -> &str {
    channel
        .credentials
        .some("sender")
        .or_else(|| channel.sms.first().map(String::as_str))
        .unwrap_or("")
}

/// A setting of the channel's `[dialect]` that is there and not empty.
pub fn setting<'a>(channel: &'a Channel, name: &str) -> Option<&'a str> {
    channel
        .dialect
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
}

/// An `Authorization` of HTTP's basic scheme (RFC 7617).
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Whether two secrets are equal, without telling by the time it takes where they differ.
pub fn same(ours: &[u8], theirs: &[u8]) -> bool {
    ours.ct_eq(theirs).into()
}

/// The message that a report is about, in dialects that let us name it or else name it
/// themselves: our names start with `sms_`.
pub fn reference(id: String) -> Reference {
    if id.starts_with("sms_") {
        Reference::Ours(id)
    } else {
        Reference::Theirs(id)
    }
}

/// Text without NUL, which no phone types and PostgreSQL refuses to keep.
pub fn without_nul(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

/// A value that may stand in a response header: printable ASCII, at most 128 characters. What is
/// echoed from a request must not be able to start a header of its own (RFC 9110 section 5.5).
pub fn header_safe(value: &str) -> String {
    value
        .chars()
        .filter(|c| (' '..='~').contains(c))
        .take(128)
        .collect()
}

/// A header's value to send, without what would end it.
pub fn without_line_ends(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

/// An aggregator's own words for the operator, with whatever may be a telephone number blotted
/// out (seven digits or more, however grouped: the shortest have eight), on one line of at most
/// 120 characters.
pub fn careful(words: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in words.chars().take(400).chain(std::iter::once('\n')) {
        if c.is_numeric() || (!run.is_empty() && "+-. ()/".contains(c)) || c == '+' {
            run.push(c);
            continue;
        }
        if run.chars().filter(|c| c.is_numeric()).count() >= 7 {
            out.push('…');
            if run.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push_str(&run);
        }
        run.clear();
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.trim().chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_number_is_blotted_out() {
        let cases = [
            ("Erreur MSISDN: 24206846349", "Erreur MSISDN: …"),
            ("to +229 01 63 00 00 01 refused", "to … refused"),
            ("Invalid number (07-88-30-00-01)", "Invalid number (…"),
            ("error 404 of 3, code 21610", "error 404 of 3, code 21610"),
            ("٢٢٩٠١٦٣٠٠٠ x", "… x"),
            ("a\r\nb", "a  b"),
        ];
        for (words, want) in cases {
            assert_eq!(careful(words), want, "{words}");
        }
    }

    #[test]
    fn an_echoed_value_cannot_start_a_header() {
        assert_eq!(header_safe("12\r\nSet-Cookie: a=é"), "12Set-Cookie: a=");
    }
}
