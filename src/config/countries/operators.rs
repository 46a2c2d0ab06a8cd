//! Operators: networks, prefixes, prices.

use super::digits;
use crate::config::gate::{Gate, Word};
use crate::config::sheet::Table;
use crate::config::values;
use crate::domain::country::Operator;
use crate::domain::money::{Cost, Money};

/// The operators, each with an id of its own and networks that no other has.
pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>) -> Vec<Operator> {
    let mut operators: Vec<Operator> = Vec::new();
    for table in file.tables("operators") {
        let id = table.need("id", "\"mtn\"");
        let name = table.need("name", "\"MTN\"");
        let networks = table.words("networks");
        let networks: Vec<String> = networks
            .into_iter()
            .filter_map(|word| digits(gate, word, 5..=6))
            .filter(|word| network_is_free(gate, &operators, word))
            .map(|word| word.value)
            .collect();
        let prefixes = table.words("prefixes");
        let prefixes = prefixes
            .into_iter()
            .filter_map(|word| digits(gate, word, 1..=8))
            .map(|word| word.value)
            .collect();
        let cost = table.table("cost").map(|table| cost(gate, &table));
        table.close();
        let (Some(id), Some(name)) = (id, name) else {
            continue;
        };
        if operators.iter().any(|o| o.id == id.value) || !values::is_id(&id.value) {
            let help = "each operator has an id of its own, of a–z, 0–9 and `-`";
            gate.error(&id.at, format!("{} cannot be its id", id.shown()), help);
            continue;
        }
        operators.push(Operator {
            id: id.value,
            name: name.value,
            networks,
            prefixes,
            cost: cost.unwrap_or_default(),
        });
    }
    operators
}

fn network_is_free(gate: &Gate<'_>, operators: &[Operator], word: &Word) -> bool {
    let taken = operators.iter().find(|o| o.networks.contains(&word.value));
    if let Some(operator) = taken {
        let message = format!("{} belongs to `{}` already", word.shown(), operator.id);
        gate.error(&word.at, message, "a network has one operator");
    }
    taken.is_none()
}

fn cost(gate: &Gate<'_>, table: &Table<'_>) -> Cost {
    let amount = |key| -> Option<Money> {
        let word = table.word(key)?;
        let message = format!("{} is no price", word.shown());
        let parsed = word.value.parse();
        parsed
            .map_err(|help: &str| gate.error(&word.at, message, help))
            .ok()
    };
    let cost = Cost {
        sms_part: amount("sms_part"),
        ussd_session: amount("ussd_session"),
    };
    table.close();
    cost
}
