//! A country as data: its numbers, operators, languages and desk.

use super::msisdn::Numbering;

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
}

impl Country {
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
