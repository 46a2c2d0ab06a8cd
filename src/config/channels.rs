//! `channels/*.toml`: one service on one account with one aggregator, in one country.

use std::collections::BTreeMap;
use std::time::Duration;

use super::countries::Countries;
use super::gate::{Gate, Spot, Word};
use super::institutions;
use super::nearest;
use super::sheet::{self, Table};
use super::values;
use crate::domain::channel::{Access, Channel, Credentials, REPORTS_WITHIN};
use crate::domain::redact::Secret;
use crate::domain::text::Folding;

/// Every aggregator of the contract.
pub const AGGREGATORS: [&str; 16] = [
    "africas-talking",
    "comviva-xml",
    "comviva-flares",
    "mtn-madapi",
    "moov-bj",
    "parlayx",
    "infobip",
    "kannel",
    "jasmin",
    "twilio",
    "vonage",
    "http",
    "mtn-cg-tinda",
    "pindo",
    "intouch",
    "mista",
];

/// Those of them that only send.
const SEND_ONLY: [&str; 4] = ["mtn-cg-tinda", "pindo", "intouch", "mista"];

/// The longest screen: 160 octets in septets (3GPP TS 23.038).
const BUDGETS: std::ops::RangeInclusive<i64> = 40..=182;
/// What every gateway is known to show, with room for its own words.
const USUAL_BUDGET: usize = 150;

/// Where an aggregator's API is, if it has one address for all its customers.
pub fn default_url(aggregator: &str) -> Option<&'static str> {
    match aggregator {
        "africas-talking" => Some("https://api.africastalking.com"),
        "mtn-madapi" => Some("https://api.mtn.com"),
        "vonage" => Some("https://rest.nexmo.com"),
        "twilio" => Some("https://api.twilio.com"),
        "mtn-cg-tinda" => Some("https://sms.mtncongo.net"),
        "pindo" => Some("https://api.pindo.io"),
        "intouch" => Some("https://www.intouchsms.co.rw"),
        "mista" => Some("https://api.mista.io"),
        _ => None,
    }
}

/// Reads every channel, given the ids of the menus that there are.
pub(super) fn read(
    gate: &Gate<'_>,
    countries: &Countries,
    menus: &[&str],
) -> BTreeMap<String, Channel> {
    let mut channels = BTreeMap::new();
    for (id, path) in gate.files.ids("channels") {
        super::check_id(gate, id, path);
        let read = sheet::read(gate, path, |file| one(gate, id, file, countries, menus));
        channels.extend(read.map(|channel| (id.to_owned(), channel)));
    }
    if gate.files.ids("channels").next().is_none() {
        let help = "add one, like `channels/mtn-bj.toml`: see the shipped ones";
        let at = Spot::nowhere("channels");
        gate.warn(
            &at,
            "there is no channel: nobody can reach this service",
            help,
        );
    }
    channels
}

fn one(
    gate: &Gate<'_>,
    id: &str,
    file: &Table<'_>,
    countries: &Countries,
    menus: &[&str],
) -> Option<Channel> {
    let aggregator = aggregator(gate, file);
    let country = institutions::country_of(gate, file, countries);
    let operator = operator(gate, file, country.as_deref(), countries);
    let ussd = codes(gate, file, "ussd");
    let sms = codes(gate, file, "sms");
    let menu = menu(gate, file, menus, !ussd.is_empty());
    if let Some(name) = &aggregator
        && SEND_ONLY.contains(&name.value.as_str())
        && !(ussd.is_empty() && sms.is_empty())
    {
        let help = "citizens reach us through another channel: leave `ussd` and `sms` out here";
        gate.error(&name.at, format!("{} only sends", name.shown()), help);
    }
    let access = access(gate, file);
    let credentials = credentials(gate, file, aggregator.as_ref());
    let budget = budget(gate, file);
    let session_clock = session_clock(gate, file);
    let folding = folding(gate, file);
    let reports_within = reports_within(gate, file);
    let dialect = file.table("dialect").map(|table| table.flat());
    let dialect = dialect.unwrap_or_default().into_iter();
    Some(Channel {
        id: id.to_owned(),
        aggregator: aggregator?.value,
        country: country?,
        operator,
        menu: menu?,
        ussd,
        sms,
        access,
        credentials,
        budget,
        session_clock,
        folding,
        reports_within,
        dialect: dialect.map(|(name, word)| (name, word.value)).collect(),
    })
}

fn aggregator(gate: &Gate<'_>, file: &Table<'_>) -> Option<Word> {
    let word = file.need("aggregator", "\"africas-talking\"")?;
    let known = gate.rules.aggregators;
    if known.contains(&word.value.as_str()) {
        return Some(word);
    }
    gate.error(
        &word.at,
        format!("there is no aggregator {}", word.shown()),
        nearest::help(&word.value, known.iter().copied()),
    );
    None
}

fn operator(
    gate: &Gate<'_>,
    file: &Table<'_>,
    country: Option<&str>,
    countries: &Countries,
) -> Option<String> {
    let word = file.word("operator")?;
    let country = countries.get(country?)?.as_ref()?;
    let operators = &country.country.operators;
    if operators.iter().any(|o| o.id == word.value) {
        return Some(word.value);
    }
    gate.error(
        &word.at,
        format!(
            "`{}` has no operator {}",
            country.country.code,
            word.shown()
        ),
        nearest::help(&word.value, operators.iter().map(|o| o.id.as_str())),
    );
    None
}

/// The channel's menu; only one that answers on USSD needs any.
fn menu(gate: &Gate<'_>, file: &Table<'_>, menus: &[&str], needed: bool) -> Option<String> {
    let word = match file.word("menu") {
        Some(word) => word,
        None if file.has("menu") => return None,
        None if needed => {
            file.missing("menu", "\"feedback\"");
            return None;
        }
        None => return Some(String::new()),
    };
    if !menus.contains(&word.value.as_str()) {
        gate.error(
            &word.at,
            format!("there is no menu {}", word.shown()),
            nearest::help(&word.value, menus.iter().copied()),
        );
        return None;
    }
    Some(word.value)
}

/// `ussd` or `sms`: codes in their form, each once.
fn codes(gate: &Gate<'_>, file: &Table<'_>, key: &str) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for word in file.words(key) {
        let (good, form) = match key {
            "ussd" => (
                values::is_service_code(&word.value),
                "`*7344#` or `*384*7344#`",
            ),
            _ => (values::is_text_code(&word.value), "`7344`"),
        };
        if !good {
            let help = format!("write it as citizens enter it: {form}");
            gate.error(&word.at, format!("{} is no code", word.shown()), help);
        } else if codes.contains(&word.value) {
            let message = format!("the code {} stands twice", word.shown());
            gate.error(&word.at, message, "take one of the two out");
        } else {
            codes.push(word.value);
        }
    }
    codes
}

fn access(gate: &Gate<'_>, file: &Table<'_>) -> Access {
    const EXAMPLE: &str = "{ secret = \"env:…\" }";
    let Some(table) = file.table("access").map(Table::lenient) else {
        if !file.has("access") {
            file.missing("access", EXAMPLE);
        }
        return Access::default();
    };
    let mut allow = Vec::new();
    let networks = table.words("allow");
    let nobody = networks.is_empty() && !table.has("secret") && !table.has("signature");
    for word in networks {
        match values::network(&word.value) {
            Ok(net) if net.prefix_len() == 0 => {
                let help = "name the aggregator's addresses, or use `secret`";
                gate.warn(&word.at, "anybody in the world may call this channel", help);
                allow.push(net);
            }
            Ok(net) => allow.push(net),
            Err(help) => gate.error(&word.at, format!("{} is no network", word.shown()), help),
        }
    }
    let secret = table.secret("secret");
    let signature = table.secret("signature");
    if nobody {
        let help = "give at least one of `allow`, `secret` and `signature`";
        gate.error(table.at(), "nobody may call this channel", help);
    }
    table.close();
    let hidden = |word: Word| Secret::new(word.value);
    Access {
        allow,
        secret: secret.map(hidden),
        signature: signature.map(hidden),
    }
}

fn credentials(gate: &Gate<'_>, file: &Table<'_>, aggregator: Option<&Word>) -> Credentials {
    let mut credentials = BTreeMap::new();
    let usual = aggregator.and_then(|name| default_url(&name.value));
    if let Some(usual) = usual {
        credentials.insert("url".to_owned(), Secret::new(usual));
    }
    let Some(table) = file.table("credentials").map(Table::lenient) else {
        return Credentials(credentials);
    };
    for key in table.keys() {
        if key.value == "url" {
            let word = table.word("url").filter(|word| !word.missing);
            match word.map(|word| values::base_url(&word.value).map_err(|help| (word, help))) {
                Some(Ok(url)) => {
                    credentials.insert(key.value, Secret::new(url));
                }
                Some(Err((word, help))) => {
                    gate.error(&word.at, "this is no address of an API", help);
                }
                None => {}
            }
        } else if let Some(word) = table.secret(&key.value) {
            credentials.insert(key.value, Secret::new(word.value));
        }
    }
    Credentials(credentials)
}

fn budget(gate: &Gate<'_>, file: &Table<'_>) -> usize {
    let Some((budget, at)) = file.whole("budget") else {
        return USUAL_BUDGET;
    };
    match usize::try_from(budget) {
        Ok(fits) if BUDGETS.contains(&budget) => fits,
        _ => {
            let (least, most) = (BUDGETS.start(), BUDGETS.end());
            let help = format!("{least} to {most} characters: no phone shows more on one screen");
            gate.error(&at, format!("{budget} is no screen's length"), help);
            USUAL_BUDGET
        }
    }
}

/// `session_clock = "180s"`: when the network ends a session, whatever is on the screen.
fn session_clock(gate: &Gate<'_>, file: &Table<'_>) -> Option<u64> {
    const LEAST: Duration = Duration::from_secs(10);
    const MOST: Duration = Duration::from_mins(30);
    let word = file.word("session_clock")?;
    match values::duration_within(&word.value, LEAST, MOST) {
        Ok(time) => Some(time.as_secs()),
        Err(help) => {
            gate.error(
                &word.at,
                format!("{} is no session's time", word.shown()),
                help,
            );
            None
        }
    }
}

fn folding(gate: &Gate<'_>, file: &Table<'_>) -> Folding {
    match file.word("folding") {
        None => Folding::default(),
        Some(word) => match word.value.as_str() {
            "gsm7" => Folding::Gsm7,
            "ascii" => Folding::Ascii,
            other => {
                let help = nearest::help(other, ["gsm7", "ascii"]);
                gate.error(
                    &word.at,
                    format!("there is no folding {}", word.shown()),
                    help,
                );
                Folding::default()
            }
        },
    }
}

fn reports_within(gate: &Gate<'_>, file: &Table<'_>) -> Duration {
    let Some(word) = file.word("reports_within") else {
        return REPORTS_WITHIN;
    };
    let (least, most) = (Duration::from_mins(1), Duration::from_hours(24 * 30));
    values::duration_within(&word.value, least, most).unwrap_or_else(|why| {
        let what = format!("{} is no time to wait for a report", word.shown());
        gate.error(&word.at, what, format!("{why}, like `72h`"));
        REPORTS_WITHIN
    })
}
