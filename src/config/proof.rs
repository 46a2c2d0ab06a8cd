//! What the prover could not prove, put where it can be mended.

use super::gate::{Gate, Spot, printable};
use super::locales::Locale;
use super::menus::{self, Menus};
use crate::domain::menu::prove::{self, Fault, Finding, Row, Sent, Site};
use crate::domain::menu::texts::Variable;
use crate::domain::service::Service;
use crate::domain::text::{Cost, Encoding};

/// Proves the menus, unless something is wrong already: what follows from it is no second mistake.
pub(super) fn check(
    gate: &Gate<'_>,
    service: &Service,
    menus: &Menus,
    locales: &[Locale],
) -> (Vec<Row>, Vec<Sent>) {
    if gate.has_errors() {
        return (Vec::new(), Vec::new());
    }
    let proof = prove::prove(service);
    for finding in &proof.findings {
        let (subject, at) = place(gate, service, menus, locales, finding);
        let (message, help) = told(finding, &subject);
        if finding.fault.is_grave() {
            gate.error(&at, message, help);
        } else if matches!(finding.fault, Fault::Dear(_)) {
            gate.note(&at, message, help);
        } else {
            gate.warn(&at, message, help);
        }
    }
    (proof.rows, proof.sent)
}

/// What a finding is about, by its name, and where that stands.
fn place(
    gate: &Gate<'_>,
    service: &Service,
    menus: &Menus,
    locales: &[Locale],
    finding: &Finding,
) -> (String, Spot) {
    match &finding.site {
        Site::Screen(menu, screen) => {
            let file = format!("menus/{menu}.toml");
            let read = menus.get(menu).and_then(Option::as_ref);
            let text = read.and_then(|menu| menus::text_of(menu, *screen));
            match text {
                Some(word) => (word.value.clone(), word.at.clone()),
                None => (String::new(), Spot::nowhere(&file)),
            }
        }
        Site::Text(language, key) => {
            let name = service.texts.name(*key);
            let tag = service.texts.languages().get(*language);
            let tag = tag.map_or("", |l| l.tag.as_str());
            let locale = locales.iter().find(|locale| locale.tag == tag);
            let text = locale.and_then(|l| l.texts.iter().find(|text| text.id == name));
            let at = text.map_or_else(
                || Spot::nowhere(&format!("locales/{tag}.ftl")),
                |text| text.at.clone(),
            );
            (name.to_owned(), at)
        }
        Site::Institution(index) => {
            let institution = service.institutions.get(*index);
            let id = institution.map_or("", |i| i.id.as_str());
            let wanted = finding.languages.first().map_or("", String::as_str);
            let name = institution.map_or("", |i| i.name(wanted));
            let file = format!("institutions/{id}.toml");
            (name.to_owned(), searched(gate, &file, name))
        }
        Site::Place(index) => {
            let place = service.places.get(*index);
            let name = place.map_or("", |p| p.name.as_str());
            let mut path = service.places.path(*index);
            path.truncate(1);
            let top = path
                .first()
                .and_then(|top| service.places.get(*top)?.parent);
            let country = top.and_then(|c| service.places.get(c));
            let country = country.map_or("", |c| c.code.as_str()).to_lowercase();
            let row = place.map_or_else(String::new, |p| format!("\n{},", p.code));
            let mut at = searched(gate, &format!("places/{country}.csv"), &row);
            if let Some(span) = &mut at.span {
                *span = span.end..span.end + name.len();
            }
            (name.to_owned(), at)
        }
    }
}

/// The first place where this stands in a file.
fn searched(gate: &Gate<'_>, file: &str, wanted: &str) -> Spot {
    let text = gate.files.get(file).unwrap_or_default();
    let text = std::str::from_utf8(text).unwrap_or_default();
    match text.find(wanted).filter(|_| !wanted.is_empty()) {
        Some(at) => Spot::of(file, at..at + wanted.len()),
        None if text.is_empty() => Spot::nowhere(file),
        None => Spot::of(file, 0..0),
    }
}

/// What is wrong, and how to mend it.
fn told(finding: &Finding, subject: &str) -> (String, String) {
    let subject = printable(subject);
    let on = listed(&finding.channels);
    let screen = finding.screen.as_ref();
    let screen = screen.map_or(String::new(), |(_, screen)| {
        format!(" of the screen `{screen}`")
    });
    match &finding.fault {
        Fault::Unset(variable) => unset(finding, &subject, *variable),
        Fault::Unfilled(variable) => (
            format!("`{subject}` cannot show `{{ ${} }}`", name(*variable)),
            "nothing is filled in there: take the variable out".to_owned(),
        ),
        Fault::Over { septets, budget } => (
            format!("a page{screen} takes {septets} septets; {on} shows {budget}"),
            "shorten this text, or the labels of `nav-back`, `nav-home` and `nav-more`".to_owned(),
        ),
        Fault::Crowded { septets, budget } => (
            format!("the keys at a page's end take {septets} of {budget} septets on {on}"),
            "shorten `nav-back`, `nav-home` and `nav-more`".to_owned(),
        ),
        Fault::Torn(word) => (
            format!("no page on {on} holds the whole of `{}`", clipped(word)),
            format!("put spaces into `{subject}`"),
        ),
        Fault::Blank => (
            format!(
                "`{subject}` says nothing{}",
                screen.replace(" of the", " on the")
            ),
            "a citizen has to know what is asked".to_owned(),
        ),
        Fault::Spread { pages, budget } => (
            format!("`{subject}` is spread over {pages} pages on {on}"),
            format!(
                "with the longest values, a page of {budget} septets cannot hold it: shorten it"
            ),
        ),
        Fault::Cut(label) => (
            format!(
                "`{}` does not fit and ends in `...` on {on}",
                clipped(label)
            ),
            "shorten it".to_owned(),
        ),
        Fault::Lost(c) => (
            format!("`{}` shows as `?` on {on}", printable(&c.to_string())),
            "phones there cannot show it: write it in other letters".to_owned(),
        ),
        Fault::Unnamed => unnamed(&subject),
        Fault::Nobody(country) => nobody(&subject, country),
        Fault::Slow { needs, clock } => slow(*needs, *clock, &on),
        Fault::Dear(cost) => dear(&subject, cost, &on),
    }
}

fn nobody(subject: &str, country: &str) -> (String, String) {
    let file = country.to_lowercase();
    (
        format!("`{subject}` shows whom to call in danger, and `{country}` names nobody"),
        format!("add `[[emergency]]` to countries/{file}.toml, with its source"),
    )
}

fn slow(needs: u64, clock: u64, on: &str) -> (String, String) {
    (
        format!("filing takes somebody slow {needs} s, and {on} ends a session after {clock} s"),
        "ask less, or let `resume` offer what was cut".to_owned(),
    )
}

fn unset(finding: &Finding, subject: &str, variable: Variable) -> (String, String) {
    let screen = finding.screen.as_ref().map_or("", |(_, screen)| screen);
    let languages = listed(&finding.languages);
    let name = name(variable);
    let help = match variable {
        Variable::Code | Variable::ReplyBy => {
            "only a screen that asks `nothing` right after `effect = \"file\"` knows it".to_owned()
        }
        Variable::Standing | Variable::Reply => {
            "only a screen after one that asks `code`, or lists `own`, knows it".to_owned()
        }
        Variable::Bulletin => "only a screen after one that lists `bulletins` knows it".to_owned(),
        Variable::Dial => "no menu knows it: it is for `sms-reply-more`".to_owned(),
        Variable::List => "no menu knows it: it is for the texts `sms-ask-…`".to_owned(),
        Variable::Since => "no menu knows it: it is for the texts `follow-…`".to_owned(),
        _ => format!("ask for it on every way to `{screen}`, or leave it out of `{subject}`"),
    };
    let message = format!(
        "`{subject}` shows `{{ ${name} }}` in {languages}, and a way to `{screen}` leaves it unset"
    );
    (message, help)
}

fn unnamed(subject: &str) -> (String, String) {
    let message =
        format!("`{subject}` asks for the number and names no institution: a yes counts for none");
    (message, "let it show `{ $institution }`".to_owned())
}

fn dear(subject: &str, cost: &Cost, on: &str) -> (String, String) {
    let parts = match cost.parts {
        1 => "1 part".to_owned(),
        many => format!("{many} parts"),
    };
    let units = match cost.encoding {
        Encoding::Gsm7 => "septets",
        Encoding::Ucs2 => "UCS-2 units",
    };
    let message = format!(
        "`{subject}` can take {parts} on {on}: {} {units}",
        cost.units
    );
    let help = match cost.dear {
        Some((_, c)) => format!("`{c}` makes it dear: 70 characters a part instead of 160"),
        None => "shorten it to 160 septets with the longest institution's name".to_owned(),
    };
    (message, help)
}

fn name(variable: Variable) -> &'static str {
    let known = Variable::ALL.iter().find(|(_, v)| *v == variable);
    known.map_or("", |(name, _)| *name)
}

/// The beginning of what may be long.
fn clipped(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
