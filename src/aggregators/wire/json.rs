//! JSON as aggregators write it: keys in any case, numbers where the documentation says text,
//! `null` for "nothing". Depth is limited by `serde_json` itself (128 levels).

use serde_json::Value;

use super::{NOT_UTF8, without_nul};
use crate::domain::inbound::Unreadable;
use crate::domain::redact::RawNumber;

const NOT_JSON: Unreadable = Unreadable("not JSON");

/// Reads a body, with or without a byte order mark.
///
/// # Errors
/// If it is not UTF-8, not JSON, or nested too deeply.
pub fn parse(body: &[u8]) -> Result<Value, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| NOT_UTF8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|_| NOT_JSON)
}

/// A member of an object, by its exact name or else in any case.
pub fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// What a dotted path leads to (`status.groupName`, `results.0.id`).
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => field(value, step),
    })
}

/// A scalar as text: numbers and booleans in their JSON spelling; `None` for `null` and for
/// anything with parts.
pub fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(without_nul(text.clone())),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text at a path as it was typed, neither trimmed nor folded.
pub fn text(value: &Value, path: &str) -> Option<String> {
    at(value, path).and_then(scalar)
}

/// The text at a path that machines wrote: trimmed, `None` if nothing is left.
pub fn some(value: &Value, path: &str) -> Option<String> {
    let text = text(value, path)?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The telephone number at a path, written as text or as a number.
pub fn number(value: &Value, path: &str) -> Option<RawNumber> {
    some(value, path).map(RawNumber::new)
}

/// The whole number at a path, written as a number or as text.
pub fn integer(value: &Value, path: &str) -> Option<i64> {
    some(value, path)?.parse().ok()
}

/// An object to send, without the members that hold an empty text.
pub fn spare(mut object: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.retain(|_, value| value != "");
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_spelling_is_read() {
        let body = b"\xef\xbb\xbf{\"TransactionID\": 7, \"a\": [{\"b\": true}], \"n\": null}";
        let value = parse(body).expect("JSON");
        assert_eq!(some(&value, "transactionId").as_deref(), Some("7"));
        assert_eq!(text(&value, "a.0.B").as_deref(), Some("true"));
        assert_eq!(text(&value, "n"), None);
        assert_eq!(text(&value, "a"), None);
        assert_eq!(integer(&value, "transactionid"), Some(7));
    }

    #[test]
    fn a_depth_bomb_is_refused() {
        let bomb = "[".repeat(100_000);
        assert_eq!(parse(bomb.as_bytes()), Err(NOT_JSON));
    }
}
