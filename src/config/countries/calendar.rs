//! Working days, public holidays and quiet hours of a country's file.

use jiff::civil::{Date, Time};

use crate::config::gate::Gate;
use crate::config::sheet::Table;
use crate::domain::calendar::{self, Calendar, Holiday, Weekdays, When};
use crate::domain::quiet::Quiet;

/// `working_days` and `[holidays]`.
pub(super) fn read(gate: &Gate<'_>, file: &Table<'_>) -> Calendar {
    let working = weekdays(gate, file, "working_days").unwrap_or(Weekdays::OFFICE);
    let Some(table) = file.table("holidays") else {
        return Calendar::new(working, Vec::new(), false);
    };
    let make_good = table.flag("made_good").is_some_and(|(flag, _)| flag);
    let days = table.tables("days");
    let days = days.iter().filter_map(|day| holiday(gate, day)).collect();
    table.close();
    Calendar::new(working, days, make_good)
}

/// A list of days of the week, if the key is there; at least one of them.
pub(in crate::config) fn weekdays(
    gate: &Gate<'_>,
    file: &Table<'_>,
    key: &str,
) -> Option<Weekdays> {
    if !file.has(key) {
        return None;
    }
    let mut days = Weekdays::NONE;
    for word in file.words(key) {
        match calendar::weekday(&word.value) {
            Some(day) => days = days.with(day),
            None => gate.error(
                &word.at,
                format!("{} is no day of the week", word.shown()),
                "one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`",
            ),
        }
    }
    if file.is_empty_list(key) {
        let help = "name at least one, like `[\"mon\"]`, or take the line out";
        gate.error(&file.at_value(key), "there is no day in it", help);
    }
    Some(days).filter(|days| !days.is_empty())
}

fn holiday(gate: &Gate<'_>, table: &Table<'_>) -> Option<Holiday> {
    let name = table.need("name", "\"Noël\"");
    let on = table.word("on").and_then(|word| {
        let message = format!("{} is no day of the year", word.shown());
        let parsed = word.value.parse::<When>();
        parsed
            .map_err(|help| gate.error(&word.at, message, help))
            .ok()
    });
    let dates = dates(gate, table);
    let estimated = table.flag("estimated").is_some_and(|(flag, _)| flag);
    let made_good = table.flag("made_good").is_none_or(|(flag, _)| flag);
    let source = super::source(table);
    table.close();
    let given = (table.has("on"), table.has("dates"));
    if given.0 == given.1 {
        let help = "`on = \"08-15\"` for every year, `dates = [\"2027-03-09\"]` for single ones";
        let message = "a holiday has either `on` or `dates`";
        gate.error(table.at(), message, help);
        return None;
    }
    Some(Holiday {
        name: name?.value,
        when: match on {
            Some(when) => when,
            None if given.1 => When::Dates(dates),
            None => return None,
        },
        estimated,
        made_good,
        source: source?,
    })
}

fn dates(gate: &Gate<'_>, table: &Table<'_>) -> Vec<Date> {
    let each = table.words("dates").into_iter().filter_map(|word| {
        let date = word.value.parse::<Date>().ok();
        if date.is_none() {
            let help = "write the year, the month and the day, like `\"2027-03-09\"`";
            gate.error(&word.at, format!("{} is no date", word.shown()), help);
        }
        date
    });
    each.collect()
}

/// `[quiet]`, if the country has quiet hours.
pub(super) fn quiet(gate: &Gate<'_>, file: &Table<'_>) -> Option<Quiet> {
    let table = file.table("quiet")?;
    let time = |key, example| {
        let word = table.need(key, example)?;
        let read = Time::strptime("%H:%M", &word.value).ok();
        if read.is_none() {
            let help = format!("hours and minutes of local time, like `{example}`");
            gate.error(
                &word.at,
                format!("{} is no time of day", word.shown()),
                help,
            );
        }
        Some((read?, word))
    };
    let (from, until) = (time("from", "\"20:00\""), time("until", "\"08:00\""));
    let days = weekdays(gate, &table, "days").unwrap_or(Weekdays::NONE);
    let holidays = table.flag("holidays").is_some_and(|(flag, _)| flag);
    table.close();
    if days.is_every_day() {
        let help = "leave at least one day on which messages go out";
        gate.error(&table.at_value("days"), "every day is quiet", help);
    }
    let ((from, _), (until, word)) = from.zip(until)?;
    if from == until {
        let help = "quiet from the evening until the morning, like `20:00` until `08:00`";
        gate.error(&word.at, "the quiet ends when it begins", help);
        return None;
    }
    Some(Quiet {
        from,
        until,
        days,
        holidays,
    })
}
