//! When a phone is left in peace: hours and days for messages that nobody is waiting for.

use jiff::civil::{DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::calendar::Weekdays;
use super::country::Country;

/// A country's quiet hours, in its local time. An answer within an exchange does not ask them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When the peace begins (`20:00`).
    pub from: Time,
    /// When it ends, on the next day if that is earlier (`08:00`).
    pub until: Time,
    /// Days that are quiet from midnight to midnight.
    pub days: Weekdays,
    /// Whether public holidays are such days.
    pub holidays: bool,
}

/// More rests than these in a row are no rests but a ban; a message is then late for no use.
const MOST_RESTS: usize = 200;

impl Country {
    /// The moment (milliseconds) from which a message that is not part of an exchange may go out:
    /// `at` itself, or the end of the quiet in which `at` lies. Never earlier than `at`.
    pub fn next_quiet_end(&self, at: i64) -> i64 {
        self.rested(at).unwrap_or(at)
    }

    fn rested(&self, at: i64) -> Option<i64> {
        let quiet = self.quiet?;
        let offset = self.offset()?;
        let mut local = offset.to_datetime(Timestamp::from_millisecond(at).ok()?);
        let start = local;
        for _ in 0..MOST_RESTS {
            match quiet.end(self, local) {
                Some(later) => local = later,
                None if local == start => return Some(at),
                None => return Some(offset.to_timestamp(local).ok()?.as_millisecond()),
            }
        }
        None
    }
}

impl Quiet {
    /// When the quiet around this moment ends, or the part of it that ends first.
    fn end(&self, country: &Country, at: DateTime) -> Option<DateTime> {
        let (date, time) = (at.date(), at.time());
        let whole =
            self.days.has(date.weekday()) || (self.holidays && country.calendar.is_holiday(date));
        let tomorrow = |time: Time| Some(date.checked_add(1.day()).ok()?.to_datetime(time));
        if whole {
            return tomorrow(Time::midnight());
        }
        let overnight = self.from > self.until;
        if overnight && time >= self.from {
            return tomorrow(Time::midnight());
        }
        let within = time < self.until && (overnight || time >= self.from);
        within.then(|| date.to_datetime(self.until))
    }
}
