//! Requests to send, and what the answer means by its status alone: the same for every dialect.

use super::careful;
use crate::aggregators::Sent;
use crate::domain::exchange::{Answered, Outgoing};

/// The `Content-Type` of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The `Content-Type` of JSON.
pub const JSON: &str = "application/json";

/// A POST with this content and no other header.
pub fn post(url: String, content_type: &str, body: impl Into<Vec<u8>>) -> Outgoing {
    Outgoing {
        method: "POST",
        url,
        headers: vec![("Content-Type", content_type.to_owned())],
        body: body.into(),
        oauth: None,
    }
}

/// `None` for a 2xx, whose body has to be read. Of the rest only those are final that blame the
/// message itself; a wrong key, an unpaid bill or a moved address can be mended by the operator,
/// and the citizen is not to lose a message by them.
pub fn refused(answered: &Answered) -> Option<Sent> {
    let why = format!("HTTP {}", answered.status);
    match answered.status {
        200..=299 => None,
        400 | 413 | 414 | 422 => Some(Sent::Never { why }),
        _ => Some(later(answered, why)),
    }
}

/// Not now; after the time that the aggregator asked for, if it did. The reason may hold its
/// words: what may be a number is blotted out here, and where nothing legible is left the status
/// stands for them.
pub fn later(answered: &Answered, why: impl AsRef<str>) -> Sent {
    let why = match careful(why.as_ref()) {
        nothing if nothing.is_empty() => format!("HTTP {}", answered.status),
        why => why,
    };
    Sent::Later {
        after: answered.retry_after,
        why,
    }
}

/// Not ever, for a reason made harmless in the same way.
pub fn never(why: impl AsRef<str>) -> Sent {
    Sent::Never {
        why: careful(why.as_ref()),
    }
}

/// Taken, under this id.
pub fn accepted(reference: impl Into<String>) -> Sent {
    Sent::Accepted {
        reference: reference.into(),
    }
}
