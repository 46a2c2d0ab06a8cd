//! `[retention]`: how long what is finished is kept.

use std::time::Duration;

use super::super::gate::Gate;
use super::super::sheet::Table;
use super::super::values;
use crate::domain::retention::{Kind, Retention};

/// Letters may be on their way for five days, and a citizen be asked whether it is mended.
const LEAST: Duration = Duration::from_hours(7 * 24);

pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>) -> Retention {
    let Some(table) = file.table("retention") else {
        return Retention::default();
    };
    let mut times = Vec::new();
    for kind in Kind::ALL {
        let Some(word) = table.word(kind.word()) else {
            continue;
        };
        match values::duration(&word.value) {
            Ok(time) if time >= LEAST => times.push((kind, time)),
            given => {
                let help = match given {
                    Ok(_) => "at least `7 days`: letters may be on their way for five",
                    Err(_) => "write it in days: `365 days`; for good, take the line out",
                };
                let message = format!("{} is wrong for `{}`", word.shown(), kind.word());
                gate.error(&word.at, message, help);
            }
        }
    }
    table.close();
    Retention::new(times)
}
