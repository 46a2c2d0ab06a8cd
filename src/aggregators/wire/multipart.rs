//! `multipart/form-data` (RFC 7578), as far as forms without files use it.

use super::without_nul;

/// The boundary of a `multipart/form-data` content type.
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters
        .split(';')
        .find_map(|p| p.trim().strip_prefix("boundary="))?;
    Some(boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

/// The named parts of a body, in order; what is no part, or has no name, is left out.
pub fn parts(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let mark = format!("--{boundary}").into_bytes();
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(at) = place(rest, &mark) {
        rest = &rest[at + mark.len()..];
        let part = &rest[..place(rest, &mark).unwrap_or(rest.len())];
        found.extend(named(part));
    }
    found
}

fn named(part: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = place(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]);
    let name = head
        .split(['\r', '\n', ';'])
        .find_map(|item| item.trim().strip_prefix("name="))?;
    let value = &part[end + 4..];
    let value = value.strip_suffix(b"\r\n").unwrap_or(value);
    Some((
        without_nul(name.trim_matches('"').to_owned()),
        value.to_vec(),
    ))
}

fn place(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_in_parts_is_read() {
        let kind = "multipart/form-data; boundary=\"xx\"";
        assert_eq!(boundary(kind), Some("xx"));
        assert_eq!(boundary("text/plain; boundary=xx"), None);
        let body = b"--xx\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\n+250\r\n\
                     --xx\r\nContent-Disposition: form-data\r\n\r\nno name\r\n\
                     --xx\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\n\r\nb\r\n--xx--\r\n";
        let want = [("from", "+250"), ("text", "a\r\n\r\nb")];
        let want = want.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        assert_eq!(parts(body, "xx"), want);
        assert_eq!(parts(&body[..40], "xx"), vec![]);
    }
}
