//! Days on which offices are open: the working days of a week, less a country's holidays.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// Some days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// No day at all.
    pub const NONE: Self = Self(0);
    /// Monday to Friday.
    pub const OFFICE: Self = Self(0b001_1111);

    /// With this day too.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day))
    }

    /// Whether this day is one of them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Whether it is every day of the week.
    pub fn is_every_day(self) -> bool {
        self == Self(0b111_1111)
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

/// When a holiday falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Every year, by a rule, moved by so many days.
    Rule(Rule, i16),
    /// On these days, for feasts that an authority announces year by year.
    Dates(Vec<Date>),
}

/// What a yearly holiday is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Month and day of the month.
    Fixed(i8, i8),
    /// Easter Sunday of the Gregorian calendar.
    Easter,
    /// The nth such weekday of a month: the second Friday of January.
    Nth(i8, Weekday, i8),
}

/// A public holiday as a country's file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name as the country writes it.
    pub name: String,
    /// When it falls.
    pub when: When,
    /// Whether its dates are computed, and an authority's announcement may still move them.
    pub estimated: bool,
    /// Whether it is made good, where the country does so, when no office would have been open.
    pub made_good: bool,
    /// Where this is known from, with its trust mark.
    pub source: String,
}

/// A country's working days and holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    working: Weekdays,
    holidays: Vec<Holiday>,
    /// Every day off but those of the week, in order, substitutes included.
    off: Vec<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::new(Weekdays::OFFICE, Vec::new(), false)
    }
}

/// Years for which holidays are worked out; beyond them only the week counts.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;
/// No run of days off is longer; a week without a working day ends here too.
const LONGEST_REST: usize = 60;

impl Calendar {
    /// Works the holidays out. With `make_good`, one that falls on a day that is no working day
    /// is taken on the next, two that fall in one weekend together, and the second of two that
    /// fall on one day (Rwanda's Presidential Order 54/01 of 24 Feb 2017, article 4).
    pub fn new(working: Weekdays, holidays: Vec<Holiday>, make_good: bool) -> Self {
        let mut named: Vec<(Date, bool)> = YEARS
            .flat_map(|year| holidays.iter().flat_map(move |h| in_year(h, year)))
            .collect();
        named.sort_unstable();
        let mut off: Vec<Date> = named.iter().map(|(date, _)| *date).collect();
        off.dedup();
        let mut calendar = Self {
            working,
            holidays,
            off,
        };
        if make_good {
            for date in owed(working, &named) {
                if let Some(substitute) = calendar.next_working_day(date, working) {
                    let at = calendar.off.partition_point(|d| *d < substitute);
                    calendar.off.insert(at, substitute);
                }
            }
        }
        calendar
    }

    /// The holidays, as the file gives them.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// The days of the week on which the country's offices are open.
    pub fn working(&self) -> Weekdays {
        self.working
    }

    /// Whether this is a public holiday or the day on which one is made good.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.off.binary_search(&date).is_ok()
    }

    /// Whether an office that keeps these days of the week is open.
    pub fn is_working_day(&self, date: Date, week: Weekdays) -> bool {
        week.has(date.weekday()) && !self.is_holiday(date)
    }

    /// The first day after this one on which such an office is open; none if there is none in
    /// sight.
    pub fn next_working_day(&self, date: Date, week: Weekdays) -> Option<Date> {
        self.seek(date, week, 1.day())
    }

    /// The last day before this one on which such an office was open.
    pub fn last_working_day(&self, date: Date, week: Weekdays) -> Option<Date> {
        self.seek(date, week, -1.day())
    }

    fn seek(&self, date: Date, week: Weekdays, step: Span) -> Option<Date> {
        std::iter::successors(Some(date), |day| day.checked_add(step).ok())
            .skip(1)
            .take(LONGEST_REST)
            .find(|day| self.is_working_day(*day, week))
    }
}

/// The days after which one more day off is owed.
fn owed(working: Weekdays, named: &[(Date, bool)]) -> Vec<Date> {
    let mut owed: Vec<Date> = Vec::new();
    // The end of the rest that was made good last: a weekend is made good once.
    let mut rest_until = None;
    for (index, (date, made_good)) in named.iter().enumerate() {
        if working.has(date.weekday()) {
            let twin = index > 0 && named[index - 1].0 == *date;
            if twin && *made_good {
                owed.push(*date);
            }
            continue;
        }
        let end = std::iter::successors(Some(*date), |day| day.tomorrow().ok())
            .take(7)
            .take_while(|day| !working.has(day.weekday()))
            .last();
        if *made_good && end != rest_until {
            rest_until = end;
            owed.push(*date);
        }
    }
    owed
}

/// The days of a year on which a holiday falls, each with whether it is made good.
fn in_year(holiday: &Holiday, year: i16) -> Vec<(Date, bool)> {
    let dates = match &holiday.when {
        When::Dates(dates) => dates.iter().copied().filter(|d| d.year() == year).collect(),
        When::Rule(rule, moved) => {
            let base = match *rule {
                Rule::Fixed(month, day) => Date::new(year, month, day).ok(),
                Rule::Easter => easter(year),
                Rule::Nth(n, weekday, month) => Date::new(year, month, 1)
                    .and_then(|first| first.nth_weekday_of_month(n, weekday))
                    .ok(),
            };
            let date = base.and_then(|d| d.checked_add(i32::from(*moved).days()).ok());
            Vec::from_iter(date)
        }
    };
    dates.into_iter().map(|d| (d, holiday.made_good)).collect()
}

/// Easter Sunday (the anonymous Gregorian algorithm, in Meeus, Astronomical Algorithms, ch. 8).
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (golden, century, in_century) = (y % 19, y / 100, y % 100);
    let leap = (century / 4, century % 4);
    let moon = (8 * century + 13) / 25;
    let epact = (19 * golden + century - leap.0 - moon + 15) % 30;
    let sunday = (32 + 2 * leap.1 + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 19 * sunday) / 433;
    let month = (epact + sunday - 7 * late + 90) / 25;
    let day = (epact + sunday - 7 * late + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl std::str::FromStr for When {
    type Err = &'static str;

    /// `08-15`, `easter + 39`, `second friday of january - 1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write it as `08-15`, `easter + 39` or `second friday of january - 1`";
        let text = text.trim();
        let (base, moved) = match text.rsplit_once(['+', '-']) {
            Some((base, days)) if base.contains(char::is_alphabetic) => {
                let days: i16 = days.trim().parse().map_err(|_| FORM)?;
                let back = text.as_bytes().get(base.len()) == Some(&b'-');
                (base.trim(), if back { -days } else { days })
            }
            _ => (text, 0),
        };
        if !(-366..=366).contains(&moved) {
            return Err("moved by a year at the most");
        }
        let words: Vec<&str> = base.split_whitespace().collect();
        let rule = match words.as_slice() {
            ["easter"] => Rule::Easter,
            [nth, day, "of", month] => Rule::Nth(
                place_of(nth, &["first", "second", "third", "fourth"]).ok_or(FORM)?,
                weekday(day).ok_or(FORM)?,
                place_of(month, &MONTHS).ok_or(FORM)?,
            ),
            [date] => {
                let (month, day) = date.split_once('-').ok_or(FORM)?;
                let (month, day) = (month.parse().ok(), day.parse().ok());
                let (month, day) = month.zip(day).ok_or(FORM)?;
                // 2000 was a leap year: 29 February may be a holiday.
                Date::new(2000, month, day).map_err(|_| "there is no such day")?;
                Rule::Fixed(month, day)
            }
            _ => return Err(FORM),
        };
        Ok(Self::Rule(rule, moved))
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn place_of(word: &str, words: &[&str]) -> Option<i8> {
    let at = words.iter().position(|w| *w == word)?;
    i8::try_from(at + 1).ok()
}

/// A day of the week by its English name or the first three letters of it.
pub fn weekday(name: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let is = |full: &&str| *full == name || (name.len() == 3 && full.starts_with(name));
    let at = i8::try_from(NAMES.iter().position(is)?).ok()?;
    Weekday::from_monday_zero_offset(at).ok()
}

#[cfg(test)]
mod tests;
