//! Query strings and form bodies, as aggregators write them: percent-encoded more or less,
//! with repeated names, names in any case, and names that are empty (a production sample of
//! Flares carries `&=&=en&=9031…`). The first field of a name counts.

use serde_json::Value;
use url::form_urlencoded;

use super::{NOT_UTF8, json, multipart, without_nul};
use crate::domain::exchange::Callback;
use crate::domain::inbound::Unreadable;
use crate::domain::redact::RawNumber;

/// More fields than any dialect sends; what follows is not looked at.
const MOST_FIELDS: usize = 256;

/// The fields of a request, values as bytes: Jasmin and Kannel may send other alphabets.
pub struct Form(Vec<(String, Vec<u8>)>);

impl Form {
    /// The fields of the body, unless the request is a GET, then those of the query.
    pub fn of(callback: &Callback<'_>) -> Self {
        let mut form = Self(Vec::new());
        let content_type = callback.header("content-type").unwrap_or("");
        match multipart::boundary(content_type) {
            Some(boundary) => {
                let parts = multipart::parts(callback.body, boundary);
                form.0.extend(parts.into_iter().take(MOST_FIELDS));
            }
            None if callback.method == "GET" => {}
            None => form.append(callback.body),
        }
        form.append(callback.query.as_bytes());
        form
    }

    /// The fields of an `application/x-www-form-urlencoded` text.
    pub fn parse(raw: &[u8]) -> Self {
        let mut form = Self(Vec::new());
        form.append(raw);
        form
    }

    fn append(&mut self, raw: &[u8]) {
        for field in raw.split(|b| *b == b'&') {
            let cut = field.iter().position(|b| *b == b'=');
            let (name, value) = match cut {
                Some(at) => (&field[..at], &field[at + 1..]),
                None => (field, &field[field.len()..]),
            };
            if name.is_empty() {
                continue;
            }
            if self.0.len() == MOST_FIELDS {
                return;
            }
            let name = String::from_utf8_lossy(&decode(name)).into_owned();
            self.0.push((name, decode(value)));
        }
    }

    /// The members of a JSON object as fields, for dialects that send either; what is not a
    /// scalar is left out.
    pub fn of_json(value: &Value) -> Self {
        let members = value.as_object().into_iter().flatten();
        let scalars = members.filter_map(|(name, value)| {
            let text = json::scalar(value)?;
            Some((name.clone(), text.into_bytes()))
        });
        Self(scalars.take(MOST_FIELDS).collect())
    }

    /// All fields in order, for dialects that sign them.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The raw value of a field, found by its exact name or else in any case.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let exact = self.0.iter().find(|(n, _)| n == name);
        exact
            .or_else(|| self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.as_slice())
    }

    /// Whether a field of this name is there, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.bytes(name).is_some()
    }

    /// A field as it was typed: neither trimmed nor folded, only NUL left out.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        match self.bytes(name) {
            None => Ok(None),
            Some(bytes) => std::str::from_utf8(bytes)
                .map(|text| Some(without_nul(text.to_owned())))
                .map_err(|_| NOT_UTF8),
        }
    }

    /// A field that machines wrote (an id, a status): trimmed, `None` if nothing is left.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn some(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let text = self.text(name)?.map(|text| text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The first of several spellings that is there and not empty.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn any(&self, names: &[&str]) -> Result<Option<String>, Unreadable> {
        for name in names {
            if let Some(found) = self.some(name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// A telephone number. A `+` that the sender forgot to encode has become a space: it is put
    /// back, for it tells an international number from a national one.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn number(&self, name: &str) -> Result<Option<RawNumber>, Unreadable> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let lost_plus = text.starts_with(' ') && !text.trim_start().starts_with('+');
        let trimmed = text.trim();
        Ok(match trimmed {
            "" => None,
            digits if lost_plus && digits.starts_with(|c: char| c.is_ascii_digit()) => {
                Some(RawNumber::new(format!("+{digits}")))
            }
            number => Some(RawNumber::new(number)),
        })
    }
}

/// Undoes percent-encoding and `+` for space; a `%` that encodes nothing stays what it is.
fn decode(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, tail @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = tail;
                }
                _ => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    out
}

/// One part of a path, where `+` is a plus.
///
/// # Errors
/// If it is not UTF-8.
pub fn path_part(part: &str) -> Result<String, Unreadable> {
    let decoded = decode(part.replace('+', "%2B").as_bytes());
    String::from_utf8(decoded)
        .map(without_nul)
        .map_err(|_| NOT_UTF8)
}

/// The value of a hexadecimal digit.
fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Writes a form body or a query; fields whose value is empty are left out.
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if !value.is_empty() {
            out.append_pair(name, value);
        }
    }
    out.finish()
}

/// An address with more fields at the end of its query.
pub fn with_query<'a>(url: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let more = encode(fields);
    let joint = match url {
        _ if more.is_empty() => "",
        _ if url.ends_with(['?', '&']) => "",
        _ if url.contains('?') => "&",
        _ => "?",
    };
    format!("{url}{joint}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_operators_send_is_read() {
        let form = Form::parse(b"MSISDN=254&=&=en&a=%zz%&a=2&t=%C3%A9+x%00&f=%ff&p=+250&bare");
        assert_eq!(form.some("msisdn"), Ok(Some("254".into())));
        assert_eq!(form.text("a"), Ok(Some("%zz%".into())));
        assert_eq!(form.text("t"), Ok(Some("é x".into())));
        assert_eq!(form.text("f"), Err(NOT_UTF8));
        assert_eq!(form.number("p"), Ok(Some(RawNumber::new("+250"))));
        assert_eq!(form.some("bare"), Ok(None));
        assert!(form.has("bare") && !form.has(""));
    }

    #[test]
    fn an_address_keeps_the_query_it_has() {
        assert_eq!(with_query("http://a/b", [("c", "d e")]), "http://a/b?c=d+e");
        assert_eq!(with_query("http://a/b?x=1", [("c", "")]), "http://a/b?x=1");
        assert_eq!(
            with_query("http://a/b?x=1", [("c", "é")]),
            "http://a/b?x=1&c=%C3%A9"
        );
    }
}
