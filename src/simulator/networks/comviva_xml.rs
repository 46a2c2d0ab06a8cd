//! Comviva's XML pull, as MTN Benin and MTN Rwanda speak it (facts/aggregators.md section 3).

use super::{Call, Knock, Network, NotInDialect, Over, Shown, utf8};
use crate::domain::channel::Channel;
use crate::domain::exchange::Answered;
use crate::domain::redact::Words;

/// The node that pulls menus from us.
pub(super) struct ComvivaXml;

/// The status codes of a `cleanup`: 523 was seen in the field, 522 is its sibling.
const HUNG_UP: &str = "523";
const TIMED_OUT: &str = "522";

impl Network for ComvivaXml {
    fn aggregator(&self) -> &'static str {
        "comviva-xml"
    }

    fn session(&self, dice: u128) -> String {
        format!("{:017}", dice % 10_u128.pow(17))
    }

    fn dial(&self, channel: &Channel, call: &Call) -> Knock {
        pull(channel, call, &call.dialled(), true)
    }

    fn press(&self, channel: &Channel, call: &Call) -> Knock {
        pull(channel, call, call.last(), false)
    }

    fn over(&self, channel: &Channel, call: &Call, why: Over) -> Option<Knock> {
        let code = match why {
            // The node knows that it showed the last screen: it has nothing to clean up.
            Over::Done => return None,
            Over::HungUp => HUNG_UP,
            Over::TimedOut => TIMED_OUT,
        };
        let body = format!(
            "{PROLOGUE}<request type=\"cleanup\">{}<statusCode>{code}</statusCode></request>",
            who(call)
        );
        Some(Knock::post(
            channel,
            "ussd",
            "text/xml; charset=UTF-8",
            body,
        ))
    }

    fn show(&self, answered: &Answered) -> Result<Shown, NotInDialect> {
        if answered.status != 200 {
            return Err(NotInDialect("the status is not 200"));
        }
        let xml = utf8(answered)?;
        if element(xml, "response").is_none() {
            return Err(NotInDialect("there is no <response>"));
        }
        let text = element(xml, "applicationResponse")
            .ok_or(NotInDialect("there is no <applicationResponse>"))?;
        let ends = match element(xml, "freeflowState").map(str::trim) {
            Some("FC") => false,
            Some("FB") => true,
            _ => return Err(NotInDialect("freeflowState is neither FC nor FB")),
        };
        let text = unescaped(text).ok_or(NotInDialect("the text is not well-formed XML"))?;
        Ok(Shown {
            text: Words::new(text),
            ends,
        })
    }
}

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn pull(channel: &Channel, call: &Call, input: &str, new: bool) -> Knock {
    let (new, mode) = if new { ("1", "FD") } else { ("0", "FE") };
    let body = format!(
        "{PROLOGUE}<request type=\"pull\"><subscriberInput>{}</subscriberInput>{}\
         <newRequest>{new}</newRequest><parameters></parameters>\
         <freeflow><mode>{mode}</mode></freeflow></request>",
        escaped(input),
        who(call),
    );
    Knock::post(channel, "ussd", "text/xml; charset=UTF-8", body)
}

fn who(call: &Call) -> String {
    format!(
        "<sessionId>{}</sessionId><transactionId>{}{:03}</transactionId><msisdn>{}</msisdn>",
        escaped(&call.session),
        escaped(&call.session),
        call.request,
        call.from.digits(),
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// What stands between an element's tags. Enough of XML for the flat answers of this dialect; the
/// interpreters have a real reader, and a second opinion is worth more here than the same one.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let open = format!("<{name}");
    let start = xml.match_indices(&open).find_map(|(at, _)| {
        let rest = &xml[at + open.len()..];
        let end = rest.find('>')?;
        let attributes = &rest[..end];
        (attributes.is_empty() || attributes.starts_with(char::is_whitespace))
            .then_some(at + open.len() + end + 1)
    })?;
    let inner = &xml[start..];
    inner.find(&format!("</{name}>")).map(|end| &inner[..end])
}

fn unescaped(text: &str) -> Option<String> {
    if let Some(raw) = text
        .trim()
        .strip_prefix("<![CDATA[")
        .and_then(|t| t.strip_suffix("]]>"))
    {
        return Some(raw.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at..].strip_prefix('&')?.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => char::from_u32(match number.strip_prefix("#x") {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.strip_prefix('#')?.parse().ok()?,
            })?,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
