//! `[templates.NAME]` of an institution: replies that it has prepared, checked as menus are.

use super::gate::{Gate, Word, printable};
use super::nearest;
use super::sheet::Table;
use super::values;
use crate::domain::country::Country;
use crate::domain::reply::LONGEST as LONGEST_REPLY;
use crate::domain::template::{self, KNOWN, Piece, Template};
use crate::domain::text::sms_cost;

/// Reads all of them; `country` tells which languages must be there.
pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>, country: Option<&Country>) -> Vec<Template> {
    let Some(table) = file.table("templates") else {
        return Vec::new();
    };
    let mut templates = Vec::new();
    for name in table.keys() {
        let Some(inner) = table.table(&name.value) else {
            continue;
        };
        if !values::is_id(&name.value) {
            let help = "name it with a–z, 0–9 and `-`: calls name it so";
            gate.error(
                &name.at,
                format!("{} cannot be its name", name.shown()),
                help,
            );
        }
        templates.push(one(gate, &name, &inner, country));
    }
    table.close();
    templates
}

fn one(gate: &Gate<'_>, name: &Word, table: &Table<'_>, country: Option<&Country>) -> Template {
    let variables = table.words("variables");
    for variable in &variables {
        if KNOWN.contains(&variable.value.as_str()) {
            let message = format!("{} is filled in by itself", variable.shown());
            gate.error(&variable.at, message, "take it out of `variables`");
        }
    }
    let mut template = Template {
        name: name.value.clone(),
        variables: variables.into_iter().map(|word| word.value).collect(),
        texts: Vec::new(),
    };
    let languages: Vec<&str> = country.map_or_else(Vec::new, |country| {
        country.languages.iter().map(String::as_str).collect()
    });
    for language in table.keys() {
        if language.value == "variables" {
            continue;
        }
        if country.is_some() && !languages.contains(&language.value.as_str()) {
            let message = format!("{} is no language of the country", language.shown());
            let help = nearest::help(&language.value, languages.iter().copied());
            gate.error(&language.at, message, help);
        }
        if let Some(text) = table.word(&language.value)
            && let Some(pieces) = pieces(gate, &template, &text)
        {
            template.texts.push((language.value, pieces));
        }
    }
    for language in languages {
        if !table.has(language) {
            let message = format!("the template {} has no text in `{language}`", name.shown());
            gate.error(&name.at, message, format!("add `{language} = \"…\"`"));
        }
    }
    table.close();
    template
}

fn pieces(gate: &Gate<'_>, template: &Template, text: &Word) -> Option<Vec<Piece>> {
    let pieces = template::parse(&text.value)
        .map_err(|why| gate.error(&text.at, why.to_string(), "write places as `{code}`"))
        .ok()?;
    let plain: String = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Plain(plain) => Some(plain.as_str()),
            Piece::Slot(_) => None,
        })
        .collect();
    for piece in &pieces {
        let Piece::Slot(name) = piece else { continue };
        if !template.knows(name) {
            let known = KNOWN.iter().copied();
            let known = known.chain(template.variables.iter().map(String::as_str));
            let near = nearest::help(name, known);
            let help = format!("{near} Or declare it: `variables = [\"{name}\"]`");
            gate.error(&text.at, format!("nothing fills `{{{name}}}`"), help);
        }
    }
    let length = plain.chars().count();
    if plain.trim().is_empty() || length > LONGEST_REPLY {
        let help = format!("a reply has 1 to {LONGEST_REPLY} characters");
        gate.error(&text.at, format!("this text has {length}"), help);
    }
    let cost = sms_cost(&plain);
    if let Some((_, dear)) = cost.dear {
        let message = format!("`{}` makes this text dear", printable(&dear.to_string()));
        let help = "70 characters a part instead of 160: write it without";
        gate.warn(&text.at, message, help);
    } else if cost.parts > 1 {
        let message = format!("this text alone takes {} parts", cost.parts);
        gate.warn(&text.at, message, "160 characters are one part");
    }
    Some(pieces)
}
