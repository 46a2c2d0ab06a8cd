//! Replies that an institution prepares: a text a language, with `{places}` to fill in.

/// What every template may show without declaring it.
pub const KNOWN: [&str; 4] = ["code", "institution", "place", "reply_by"];

/// A prepared reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What calls name it.
    pub name: String,
    /// What a call must fill in, besides [`KNOWN`].
    pub variables: Vec<String>,
    /// The text by language, BCP 47.
    pub texts: Vec<(String, Vec<Piece>)>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Plain(String),
    /// `{name}`.
    Slot(String),
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// A `{` without its `}`, or the other way round.
    #[error("a `{{` or `}}` stands alone")]
    Unbalanced,
    /// `{}` or `{two words}`.
    #[error("between `{{` and `}}` stands one name of a–z, 0–9 and `_`")]
    Name,
}

/// Reads a text; `{{` and `}}` have no meaning of their own, because no SMS needs them.
///
/// # Errors
/// [`Unclear`]
pub fn parse(text: &str) -> Result<Vec<Piece>, Unclear> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (plain, after) = rest.split_at(open);
        let (name, later) = after[1..].split_once('}').ok_or(Unclear::Unbalanced)?;
        if name.contains('{') || plain.contains('}') {
            return Err(Unclear::Unbalanced);
        }
        let of_a_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if name.is_empty() || !name.bytes().all(of_a_name) {
            return Err(Unclear::Name);
        }
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain.to_owned()));
        }
        pieces.push(Piece::Slot(name.to_owned()));
        rest = later;
    }
    if rest.contains('}') {
        return Err(Unclear::Unbalanced);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest.to_owned()));
    }
    Ok(pieces)
}

impl Template {
    /// The text in a language, or else in the first one there is, with its places filled.
    ///
    /// # Errors
    /// The name of a place that `value` does not know.
    pub fn fill(
        &self,
        language: &str,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        let exact = self.texts.iter().find(|(l, _)| l == language);
        let (_, pieces) = exact.or(self.texts.first()).ok_or_else(String::new)?;
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                Piece::Slot(name) => text.push_str(&value(name).ok_or_else(|| name.clone())?),
            }
        }
        Ok(text)
    }

    /// Whether a name may stand in it.
    pub fn knows(&self, name: &str) -> bool {
        KNOWN.contains(&name) || self.variables.iter().any(|v| v == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn template(text: &str) -> Template {
        Template {
            name: "visit".into(),
            variables: vec!["date".into()],
            texts: vec![("fr".into(), parse(text).expect("a template"))],
        }
    }

    #[test]
    fn places_are_filled_and_a_missing_one_is_named() {
        let visit = template("Visite le {date} ({code}).");
        let value = |name: &str| match name {
            "code" => Some("K7M-2QX-9".to_owned()),
            "date" => Some("lundi".to_owned()),
            _ => None,
        };
        assert_eq!(
            visit.fill("rw", value).as_deref(),
            Ok("Visite le lundi (K7M-2QX-9).")
        );
        assert_eq!(visit.fill("fr", |_| None), Err("date".to_owned()));
        assert!(visit.knows("place") && visit.knows("date") && !visit.knows("name"));
    }

    #[test]
    fn what_is_no_template_says_why() {
        for (text, why) in [
            ("a { b", Unclear::Unbalanced),
            ("a } b", Unclear::Unbalanced),
            ("{a {b}", Unclear::Unbalanced),
            ("a } {b}", Unclear::Unbalanced),
            ("{}", Unclear::Name),
            ("{Two Words}", Unclear::Name),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_says_what_was_written(text in "[a-z{}é ]{0,40}") {
            if let Ok(pieces) = parse(&text) {
                let again: String = pieces.iter().map(|piece| match piece {
                    Piece::Plain(plain) => plain.clone(),
                    Piece::Slot(name) => format!("{{{name}}}"),
                }).collect();
                prop_assert_eq!(again, text);
            }
        }
    }
}
