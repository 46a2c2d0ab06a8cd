//! Small XML documents: elements, attributes, escaped text. No document type, hence no entities
//! of the sender's own and nothing to fetch; a limited depth; names without their prefixes.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::{escape as quote, resolve_xml_entity};
use quick_xml::events::{BytesStart, Event};

use super::{NOT_UTF8, without_nul};
use crate::domain::inbound::Unreadable;

const NOT_XML: Unreadable = Unreadable("not XML");
const DOCTYPE: Unreadable = Unreadable("a document type is not accepted");
const TOO_DEEP: Unreadable = Unreadable("XML nested too deeply");
const TOO_MANY: Unreadable = Unreadable("XML with too many elements");

/// Deeper than any SOAP envelope of the dialects (ParlayX needs 6).
const DEEPEST: usize = 24;
/// More elements than any of them has (a `ParlayX` notification, some 30).
const MOST_ELEMENTS: usize = 512;

/// An element with what is in it.
#[derive(Default)]
pub struct Element {
    /// The name without its prefix.
    pub name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// An attribute, by its name without prefix, in any case.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first element of this name, in any case: itself, or the first found inside it,
    /// parents before children.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name.eq_ignore_ascii_case(name) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// The first element of this name directly inside this one.
    pub fn child(&self, name: &str) -> Option<&Element> {
        let mut all = self.children.iter();
        all.find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// The text between its own tags as it was typed.
    pub fn own_text(&self) -> &str {
        &self.text
    }

    /// The text of the first element of this name as it was typed.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.find(name).map(|found| found.text.as_str())
    }

    /// The text of the first element of this name, as machines wrote it: trimmed, `None` if
    /// nothing is left.
    pub fn some(&self, name: &str) -> Option<String> {
        let text = self.text(name)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Reads a whole document.
///
/// # Errors
/// If it is not UTF-8, not well-formed, has a document type, or is nested too deeply.
pub fn parse(body: &[u8]) -> Result<Element, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| NOT_UTF8)?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open: Vec<Element> = vec![Element::default()];
    let mut elements = 0;
    loop {
        let event = reader.read_event().map_err(|_| NOT_XML)?;
        if matches!(event, Event::Start(_) | Event::Empty(_)) {
            elements += 1;
            if elements > MOST_ELEMENTS {
                return Err(TOO_MANY);
            }
        }
        match event {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return Err(TOO_DEEP);
                }
                open.push(element(&tag)?);
            }
            Event::Empty(tag) => append(&mut open, element(&tag)?)?,
            Event::End(_) => {
                let done = open.pop().ok_or(NOT_XML)?;
                append(&mut open, done)?;
            }
            Event::Text(text) => say(&mut open, &text.xml10_content()),
            Event::CData(text) => say(&mut open, &text.xml10_content()),
            Event::GeneralRef(entity) => {
                let character = entity.resolve_char_ref().map_err(|_| NOT_XML)?;
                match (character, resolve_xml_entity(&entity)) {
                    (Some(character), _) => say(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => say(&mut open, text),
                    (None, None) => return Err(NOT_XML),
                }
            }
            Event::DocType(_) => return Err(DOCTYPE),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let document = open.pop().filter(|_| open.is_empty()).ok_or(NOT_XML)?;
    let mut roots = document.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root),
        _ => Err(NOT_XML),
    }
}

/// The first of these elements, in the document's order; what follows it is not looked at.
pub fn first<'n>(body: &[u8], names: &[&'n str]) -> Option<&'n str> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name();
                let is = |wanted: &&&str| wanted.eq_ignore_ascii_case(name.as_ref());
                if let Some(found) = names.iter().find(is) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn element(tag: &BytesStart<'_>) -> Result<Element, Unreadable> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| NOT_XML)?;
        if attribute.key.as_namespace_binding().is_some() {
            continue; // names are read without their prefixes
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| NOT_XML)?;
        let name = attribute.key.local_name().as_ref().to_owned();
        attributes.push((name, without_nul(value.into_owned())));
    }
    Ok(Element {
        name: tag.local_name().as_ref().to_owned(),
        attributes,
        ..Element::default()
    })
}

fn append(open: &mut [Element], child: Element) -> Result<(), Unreadable> {
    let parent = open.last_mut().ok_or(NOT_XML)?;
    parent.children.push(child);
    Ok(())
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        if text.contains('\0') {
            element.text.extend(text.chars().filter(|c| *c != '\0'));
        } else {
            element.text.push_str(text);
        }
    }
}

/// An element that holds nothing but text; `name` may have a prefix.
pub fn written(name: &str, text: &str) -> String {
    let text = escape(text);
    ["<", name, ">", &text, "</", name, ">"].concat()
}

/// Text as it may stand between tags or in an attribute: the five signs escaped, characters that
/// XML 1.0 cannot hold (section 2.2) left out.
pub fn escape(text: &str) -> Cow<'_, str> {
    let legal = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(legal) {
        return quote(text);
    }
    let kept: String = text.chars().filter(|c| legal(*c)).collect();
    Cow::Owned(quote(kept).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_read_back() {
        let text = "a<b & \"c\" 'é' ]]>\n1. x";
        let body = format!(
            "<?xml version=\"1.0\"?><s:r a=\"{0}\"><t>{0}</t></s:r>",
            escape(text)
        );
        let root = parse(body.as_bytes()).expect("XML");
        assert_eq!(root.name, "r");
        assert_eq!(root.text("T"), Some(text));
        assert_eq!(
            parse(b"<r><![CDATA[<&]]>&#233;</r>")
                .ok()
                .and_then(|r| r.some("r")),
            Some("<&é".into())
        );
    }

    #[test]
    fn what_could_hurt_is_refused() {
        let bomb = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
        let many = format!("<r>{}</r>", "<a/>".repeat(MOST_ELEMENTS));
        let cases: [(&[u8], Unreadable); 9] = [
            (
                b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
                DOCTYPE,
            ),
            (b"<r>&x;</r>", NOT_XML),
            (bomb.as_bytes(), TOO_DEEP),
            (many.as_bytes(), TOO_MANY),
            (b"<r>\xff</r>", NOT_UTF8),
            (b"<r><a></r>", NOT_XML),
            (b"<r>", NOT_XML),
            (b"", NOT_XML),
            (b"<a/><b/>", NOT_XML),
        ];
        for (body, why) in cases {
            assert_eq!(parse(body).err(), Some(why));
        }
    }
}
