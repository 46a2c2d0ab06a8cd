//! Until when an institution promised to answer, in its country's local time.

use jiff::civil::Weekday;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::country::Country;
use super::institution::ReplyWithin;
use super::service::Service;

/// The moment by which a promise made at `received` (milliseconds) falls due. Working days are
/// Monday to Friday at the same time of day; a promise counted from a weekend starts on Monday.
pub fn due(promise: ReplyWithin, received: i64, country: &Country) -> Option<i64> {
    let start = Timestamp::from_millisecond(received).ok()?;
    let due = match promise {
        ReplyWithin::Hours(hours) => start.checked_add(i64::from(hours).hours()).ok()?,
        ReplyWithin::Days(days) => start.checked_add((i64::from(days) * 24).hours()).ok()?,
        ReplyWithin::WorkingDays(days) => {
            let offset = offset(country)?;
            let mut at = offset.to_datetime(start);
            for _ in 0..days {
                at = at.checked_add(1.day()).ok()?;
                while matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    at = at.checked_add(1.day()).ok()?;
                }
            }
            offset.to_timestamp(at).ok()?
        }
    };
    Some(due.as_millisecond())
}

/// Until when an institution promises to answer what it gets at a moment; none if it promises
/// nothing.
pub fn of(service: &Service, institution: &str, country: &str, at: i64) -> Option<i64> {
    let promise = service.institution(institution)?.reply_within?;
    due(promise, at, service.country(country)?)
}

/// A moment as a date that a citizen reads (`30/11`), in the country's local time.
pub fn day(at: i64, country: &Country) -> String {
    Timestamp::from_millisecond(at)
        .ok()
        .zip(offset(country))
        .map(|(at, offset)| offset.to_datetime(at))
        .map(|at| format!("{:02}/{:02}", at.day(), at.month()))
        .unwrap_or_default()
}

fn offset(country: &Country) -> Option<Offset> {
    Offset::from_seconds(country.utc_offset.checked_mul(60)?).ok()
}
