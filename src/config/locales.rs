//! `locales/*.ftl`: texts in Project Fluent's form, of which we take messages with variables.

use fluent_syntax::ast::{Comment, Entry, Expression, InlineExpression, Message, PatternElement};
use fluent_syntax::parser;

use super::gate::{Gate, Spot};
use super::nearest;
use crate::domain::menu::texts::{Piece, Template, Variable};

/// A language's file, read.
pub(super) struct Locale {
    pub(super) tag: String,
    pub(super) path: String,
    pub(super) reviewed: bool,
    pub(super) texts: Vec<Text>,
}

/// One text of it.
pub(super) struct Text {
    pub(super) id: String,
    pub(super) at: Spot,
    pub(super) template: Template,
    /// Something in it could not be read: nothing is concluded from what it lacks.
    pub(super) flawed: bool,
}

impl Locale {
    pub(super) fn has(&self, id: &str) -> bool {
        self.texts.iter().any(|text| text.id == id)
    }
}

/// What some editors put before UTF-8 and Fluent does not take.
const MARK: char = '\u{feff}';

pub(super) fn read(gate: &Gate<'_>) -> Vec<Locale> {
    let mut locales = Vec::new();
    for (tag, path) in gate.files.ids("locales") {
        let mut locale = Locale {
            tag: tag.to_owned(),
            path: path.to_owned(),
            reviewed: false,
            texts: Vec::new(),
        };
        let mut text = gate.text(path).unwrap_or_default();
        if text.starts_with(MARK) {
            let at = Spot::of(path, 0..MARK.len_utf8());
            let help = "save it as UTF-8 without one";
            gate.unparsed(&at, "this file begins with a byte order mark", help);
            text = "";
        }
        Reader { gate, path, text }.file(&mut locale);
        if !locale.reviewed && !gate.is_broken(path) {
            let says = text.find("# review:").unwrap_or(0);
            let line = text[says..].lines().next().unwrap_or_default();
            gate.note(
                &Spot::of(path, says..says + line.len()),
                format!("no native speaker has reviewed `{tag}`"),
                "once one has read the whole file, let it say `# review: native`",
            );
        }
        locales.push(locale);
    }
    locales
}

struct Reader<'a> {
    gate: &'a Gate<'a>,
    path: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn file(&self, locale: &mut Locale) {
        let resource = match parser::parse(self.text) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                for error in errors {
                    let help = "a text is written `its-id = What it says { $code }`";
                    let at = Spot::of(self.path, error.pos.clone());
                    self.gate
                        .unparsed(&at, format!("not Fluent: {}", error.kind), help);
                }
                resource
            }
        };
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    locale.reviewed |= message.comment.as_ref().is_some_and(says_native);
                    self.message(message, locale);
                }
                Entry::Comment(comment)
                | Entry::GroupComment(comment)
                | Entry::ResourceComment(comment) => locale.reviewed |= says_native(comment),
                Entry::Term(term) => self.refuse(term.id.name, "terms"),
                Entry::Junk { .. } => {}
            }
        }
    }

    fn message(&self, message: &Message<&str>, locale: &mut Locale) {
        let id = message.id.name;
        let at = self.spot(id);
        if locale.has(id) {
            let help = "take one of the two out";
            self.gate
                .error(&at, format!("the text `{id}` stands twice"), help);
            return;
        }
        if let Some(attribute) = message.attributes.first() {
            self.refuse(attribute.id.name, "attributes");
        }
        let elements = message.value.iter().flat_map(|value| &value.elements);
        let pieces: Vec<Option<Piece>> = elements
            .map(|element| match element {
                PatternElement::TextElement { value } => Some(Piece::Plain((*value).to_owned())),
                PatternElement::Placeable { expression } => self.slot(expression, id),
            })
            .collect();
        locale.texts.push(Text {
            id: id.to_owned(),
            at,
            flawed: pieces.iter().any(Option::is_none),
            template: joined(pieces.into_iter().flatten()),
        });
    }

    /// What stands in braces; none, with the problem noted, if we cannot show it.
    fn slot(&self, expression: &Expression<&str>, id: &str) -> Option<Piece> {
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { .. } => {
                self.refuse(id, "selectors");
                return None;
            }
        };
        match inline {
            InlineExpression::VariableReference { id } => self.variable(id.name),
            InlineExpression::StringLiteral { value } => {
                let text = fluent_syntax::unicode::unescape_unicode_to_string(value);
                Some(Piece::Plain(text.into_owned()))
            }
            InlineExpression::NumberLiteral { value } => Some(Piece::Plain((*value).to_owned())),
            InlineExpression::FunctionReference { id, .. } => {
                self.refuse(id.name, "functions");
                None
            }
            InlineExpression::MessageReference { id, .. } => {
                self.refuse(id.name, "references to other texts");
                None
            }
            InlineExpression::TermReference { id, .. } => {
                self.refuse(id.name, "terms");
                None
            }
            InlineExpression::Placeable { expression } => self.slot(expression, id),
        }
    }

    fn variable(&self, name: &str) -> Option<Piece> {
        let known = Variable::ALL.iter().find(|(known, _)| *known == name);
        if known.is_none() {
            self.gate.error(
                &self.spot(name),
                format!("there is no variable `${name}`"),
                nearest::help(name, Variable::ALL.iter().map(|(known, _)| *known)),
            );
        }
        known.map(|(_, variable)| Piece::Slot(*variable))
    }

    fn refuse(&self, part: &str, what: &str) {
        self.gate.error(
            &self.spot(part),
            format!("{what} are not read here"),
            "a text is plain words and variables, like `{ $code }`",
        );
    }

    /// Where a part of the text stands: the parser hands out slices of it.
    fn spot(&self, part: &str) -> Spot {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let start = offset.min(self.text.len());
        Spot::of(self.path, start..start + part.len())
    }
}

fn says_native(comment: &Comment<&str>) -> bool {
    comment.content.iter().any(|line| {
        let rest = line.trim().strip_prefix("review:").map(str::trim);
        let rest = rest.and_then(|rest| rest.strip_prefix("native"));
        // "native, A. Uwase, 2026-11" counts; "natively unread" and "native speaker missing" do not.
        rest.is_some_and(|after| after.is_empty() || after.starts_with([',', ';', ':', '(']))
    })
}

/// Neighbouring plain pieces as one: the parser cuts at line ends.
fn joined(pieces: impl Iterator<Item = Piece>) -> Template {
    let mut template = Template::new();
    for piece in pieces {
        match (template.last_mut(), piece) {
            (Some(Piece::Plain(before)), Piece::Plain(more)) => before.push_str(&more),
            (_, piece) => template.push(piece),
        }
    }
    template
}
