//! Texts with places to fill: `{{to}}`. A value is written as the notation around it wants it, so
//! that no citizen's word can end a string, open an element or add a field.

use url::form_urlencoded::byte_serialize;

use super::xml;

/// The notation that a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// An address or a form: percent-encoding, a space as `%20`, right in a path and a query.
    Address,
    /// The inside of a JSON text.
    Json,
    /// The text of an element or an attribute.
    Xml,
    /// As it is.
    Plain,
}

impl Notation {
    /// The notation of a `Content-Type`.
    pub fn of(content_type: &str) -> Self {
        let kind = content_type.to_ascii_lowercase();
        match () {
            () if kind.contains("json") => Self::Json,
            () if kind.contains("xml") => Self::Xml,
            () if kind.contains("urlencoded") => Self::Address,
            () => Self::Plain,
        }
    }

    fn write(self, value: &str) -> String {
        match self {
            Self::Address => {
                let encoded: String = byte_serialize(value.as_bytes()).collect();
                encoded.replace('+', "%20")
            }
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                let inside = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
                inside.unwrap_or("").to_owned()
            }
            Self::Xml => xml::escape(value).into_owned(),
            Self::Plain => value.to_owned(),
        }
    }
}

/// Fills a template; a place with a name that `value` does not know stays empty. What is filled
/// in is not looked at again.
pub fn fill(template: &str, notation: Notation, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            break;
        };
        if let Some(value) = value(name.trim()) {
            out.push_str(&notation.write(&value));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_place() {
        let value = |name: &str| (name == "text").then(|| "a\"b <c>&d={{to}} é\n".to_owned());
        let cases = [
            (
                Notation::Address,
                "x=a%22b%20%3Cc%3E%26d%3D%7B%7Bto%7D%7D%20%C3%A9%0A.",
            ),
            (Notation::Json, "x=a\\\"b <c>&d={{to}} é\\n."),
            (Notation::Xml, "x=a&quot;b &lt;c&gt;&amp;d={{to}} é\n."),
            (Notation::Plain, "x=a\"b <c>&d={{to}} é\n."),
        ];
        for (notation, want) in cases {
            assert_eq!(fill("x={{ text }}{{other}}.", notation, value), want);
        }
        assert_eq!(fill("{{open", Notation::Plain, value), "{{open");
        assert_eq!(Notation::of("application/soap+xml"), Notation::Xml);
    }
}
