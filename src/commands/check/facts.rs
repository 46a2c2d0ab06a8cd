//! What `check` knows beside what is wrong: what the menus ask of a citizen, and what texts cost.

use std::io::Write;

use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::menu::prove::{Sent, Way};
use crate::domain::text::Encoding;

/// Texts that are sent by SMS: parts of each, and the character that doubled it.
pub(super) fn costs(sent: &[Sent], out: &mut dyn Write) -> std::io::Result<()> {
    if sent.is_empty() {
        return Ok(());
    }
    let header = ["sent by SMS", "language", "parts", "length", "doubled by"];
    let mut lines = vec![header.map(str::to_owned)];
    lines.extend(sent.iter().map(|sent| {
        [
            sent.text.clone(),
            sent.language.clone(),
            sent.cost.parts.to_string(),
            format!("{} {}", sent.cost.units, units(sent)),
            sent.cost.dear.map_or(String::new(), |(_, c)| c.to_string()),
        ]
    }));
    super::columns(&lines, out)
}

fn units(sent: &Sent) -> &'static str {
    match sent.cost.encoding {
        Encoding::Gsm7 => "septets",
        Encoding::Ucs2 => "UCS-2 units",
    }
}

/// The same for programs: objects of the form of a problem, with `severity` `fact`, and what they
/// know in `menu` or `sms`.
pub(super) fn told(config: &Config) -> Vec<Value> {
    let way = |way: Option<Way>| {
        way.map(|way| json!({"keys": way.keys, "texts": way.texts, "seconds": way.seconds()}))
    };
    let menus = config.table.iter().map(|row| {
        let message = format!("the menu `{}` in `{}`", row.menu, row.language);
        let file = format!("menus/{}.toml", row.menu);
        let menu = json!({
            "id": row.menu, "language": row.language, "longest_screen": row.screen,
            "septets": row.septets, "budget": row.budget, "pages": row.pages,
            "fewest": way(row.fewest), "most": way(row.most), "session_clock": row.clock,
        });
        fact(&file, &message, "menu", menu)
    });
    let texts = config.sent.iter().map(|sent| {
        let message = format!("the SMS `{}` in `{}`", sent.text, sent.language);
        let file = format!("locales/{}.ftl", sent.language);
        let sms = json!({
            "text": sent.text, "language": sent.language, "parts": sent.cost.parts,
            "units": sent.cost.units,
            "encoding": match sent.cost.encoding { Encoding::Gsm7 => "gsm7", Encoding::Ucs2 => "ucs2" },
            "doubled_by": sent.cost.dear.map(|(_, c)| c.to_string()),
        });
        fact(&file, &message, "sms", sms)
    });
    menus.chain(texts).collect()
}

fn fact(file: &str, message: &str, name: &str, what: Value) -> Value {
    let mut fact = json!({
        "severity": "fact", "file": file, "line": null, "column": null, "end_line": null,
        "end_column": null, "message": message, "help": null,
    });
    if let Some(fields) = fact.as_object_mut() {
        fields.insert(name.to_owned(), what);
    }
    fact
}
