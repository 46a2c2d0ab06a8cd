//! A country as data: its numbers, operators, languages and desk.

use jiff::tz::Offset;

use super::calendar::Calendar;
use super::money::{Cost, Money};
use super::msisdn::Numbering;
use super::quiet::Quiet;
use super::retention::Retention;

/// A checked country file (`countries/bj.toml`).
#[derive(Debug, Clone)]
pub struct Country {
    /// ISO 3166-1 alpha-2, upper case (`BJ`).
    pub code: String,
    /// The country's name by language (`fr` → `Bénin`).
    pub names: Vec<(String, String)>,
    /// How its numbers are read and written.
    pub numbering: Numbering,
    /// BCP 47 tags of the languages offered, in the order of the menu.
    pub languages: Vec<String>,
    /// The language of whoever has not chosen one; one of `languages`.
    pub default_language: String,
    /// Local time, minutes ahead of UTC; none of the three countries has daylight saving.
    pub utc_offset: i32,
    /// Its mobile operators.
    pub operators: Vec<Operator>,
    /// The institution that gets what nobody else answers for.
    pub desk: Option<String>,
    /// Working days and public holidays.
    pub calendar: Calendar,
    /// When messages that nobody waits for are held back, if at all.
    pub quiet: Option<Quiet>,
    /// Whom to call when it is urgent, in the order of the screen. Shown, never called or
    /// forwarded to by us: abuse of emergency lines is prosecuted.
    pub emergency: Vec<Emergency>,
    /// How long what is finished is kept.
    pub retention: Retention,
}

/// A number for emergencies, as the country dials it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// What to dial (`117`).
    pub number: String,
    /// Who answers, by language.
    pub names: Vec<(String, String)>,
    /// Where this is known from, with its trust mark.
    pub source: String,
}

impl Emergency {
    /// Who answers, in a language or in the first one the file gives.
    pub fn name(&self, language: &str) -> &str {
        named(&self.names, language).unwrap_or(&self.number)
    }
}

/// A mobile network operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Our id for it (`mtn`).
    pub id: String,
    /// Its name as citizens know it.
    pub name: String,
    /// Mobile country and network codes, digits only (`61603`), dead ones it inherited included.
    pub networks: Vec<String>,
    /// Leading digits of national numbers, a hint only: numbers can be ported.
    pub prefixes: Vec<String>,
    /// What sending through it costs, as far as the file tells.
    pub cost: Cost,
}

/// A name in a language, or in the first one there is.
fn named<'a>(names: &'a [(String, String)], language: &str) -> Option<&'a str> {
    let exact = names.iter().find(|(l, _)| l == language);
    exact.or(names.first()).map(|(_, name)| name.as_str())
}

impl Country {
    /// Its name in a language, or in the first one its file gives.
    pub fn name(&self, language: &str) -> &str {
        named(&self.names, language).unwrap_or(&self.code)
    }

    /// Local time as an offset; none for one that no clock has.
    pub fn offset(&self) -> Option<Offset> {
        Offset::from_seconds(self.utc_offset.checked_mul(60)?).ok()
    }

    /// What `parts` parts of an SMS cost through an operator; none where the file does not tell.
    pub fn cost_of_parts(&self, operator: &str, parts: u32) -> Option<Money> {
        let price = self.operator(operator)?.cost.sms_part.as_ref()?;
        Some(price.times(parts))
    }

    /// What a USSD session costs through an operator; none where the file does not tell.
    pub fn cost_of_session(&self, operator: &str) -> Option<Money> {
        self.operator(operator)?.cost.ussd_session.clone()
    }

    /// The operator of this id.
    pub fn operator(&self, id: &str) -> Option<&Operator> {
        self.operators.iter().find(|o| o.id == id)
    }

    /// The operator's id for what an aggregator calls the network: a code or a name. An unknown
    /// one is kept as it came, cut at 32 characters.
    pub fn operator_of(&self, network: &str) -> String {
        let wanted = network.trim();
        self.operators
            .iter()
            .find(|o| {
                o.id.eq_ignore_ascii_case(wanted)
                    || o.name.eq_ignore_ascii_case(wanted)
                    || o.networks.iter().any(|n| n == wanted)
            })
            .map_or_else(|| wanted.chars().take(32).collect(), |o| o.id.clone())
    }
}
