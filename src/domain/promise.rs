//! Until when an institution promised to answer, in its country's local time.

use jiff::civil::{DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::country::Country;
use super::institution::{Institution, ReplyWithin};
use super::service::Service;

/// The moment by which an institution's promise falls due for what it got at `received`
/// (milliseconds); none if it promised nothing.
///
/// Working days are the institution's own, or else its country's, less the country's holidays.
/// Each ends at the time of day at which the feedback came. What comes on a day off is taken up
/// as the next working day begins, and so falls due at the end of a day: whoever writes later is
/// never promised an earlier answer.
pub fn due(institution: &Institution, received: i64, country: &Country) -> Option<i64> {
    let start = Timestamp::from_millisecond(received).ok()?;
    let due = match institution.reply_within? {
        ReplyWithin::Hours(hours) => start.checked_add(i64::from(hours).hours()).ok()?,
        ReplyWithin::Days(days) => start.checked_add((i64::from(days) * 24).hours()).ok()?,
        ReplyWithin::WorkingDays(days) => {
            let offset = country.offset()?;
            let at = worked(institution, offset.to_datetime(start), days, country)?;
            offset.to_timestamp(at).ok()?
        }
    };
    Some(due.as_millisecond())
}

fn worked(
    institution: &Institution,
    received: DateTime,
    days: u32,
    country: &Country,
) -> Option<DateTime> {
    let calendar = &country.calendar;
    let week = institution.working_days.unwrap_or(calendar.working());
    let mut date = received.date();
    let mut time = received.time();
    if !calendar.is_working_day(date, week) {
        date = calendar.last_working_day(date, week)?;
        time = END_OF_DAY;
    }
    for _ in 0..days {
        date = calendar.next_working_day(date, week)?;
    }
    Some(date.to_datetime(time))
}

/// The last millisecond of a day, for that is how finely we tell times apart.
const END_OF_DAY: Time = Time::constant(23, 59, 59, 999_000_000);

/// Until when an institution promises to answer what it gets at a moment; none if it promises
/// nothing.
pub fn of(service: &Service, institution: &str, country: &str, at: i64) -> Option<i64> {
    due(
        service.institution(institution)?,
        at,
        service.country(country)?,
    )
}

/// A moment as a date that a citizen reads (`30/11`), in the country's local time.
pub fn day(at: i64, country: &Country) -> String {
    Timestamp::from_millisecond(at)
        .ok()
        .zip(country.offset())
        .map(|(at, offset)| offset.to_datetime(at))
        .map(|at| format!("{:02}/{:02}", at.day(), at.month()))
        .unwrap_or_default()
}
