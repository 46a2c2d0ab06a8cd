//! Working days, holidays, quiet hours, emergency numbers and prices of the shipped countries.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use passerelle::domain::calendar::Weekdays;
use passerelle::domain::country::Country;
use passerelle::domain::institution::{Institution, ReplyWithin};
use passerelle::domain::promise;
use proptest::prelude::*;

use super::support::shipped;

fn country(code: &str) -> Country {
    shipped().country(code).expect("a country").clone()
}

/// An institution of this country that promised this.
fn listener(code: &str, promise: ReplyWithin) -> Institution {
    let service = shipped();
    let any = service.institutions.iter().find(|i| i.country == code);
    Institution {
        reply_within: Some(promise),
        ..any.expect("an institution").clone()
    }
}

fn at(country: &Country, local: &str) -> i64 {
    let local = local.parse().expect("a local time");
    let offset = country.offset().expect("an offset");
    offset.to_timestamp(local).expect("a time").as_millisecond()
}

fn local(country: &Country, at: i64) -> String {
    let offset = country.offset().expect("an offset");
    let at = Timestamp::from_millisecond(at).expect("a time");
    offset
        .to_datetime(at)
        .strftime("%Y-%m-%dT%H:%M")
        .to_string()
}

fn off(code: &str, year: i16) -> Vec<String> {
    let country = country(code);
    std::iter::successors(Some(date(year, 1, 1)), |day| day.tomorrow().ok())
        .take_while(|day| day.year() == year)
        .filter(|day| country.calendar.is_holiday(*day))
        .map(|day| day.strftime("%m-%d").to_string())
        .collect()
}

#[test]
fn the_holidays_of_a_year_are_those_that_others_list() {
    // python-holidays 0.109 and, for Rwanda's substitutes of 2022, officeholidays.com.
    assert_eq!(
        off("BJ", 2026).join(" "),
        "01-01 01-08 01-09 03-20 04-06 05-01 05-14 05-25 05-27 08-01 08-15 08-25 11-01 12-25"
    );
    assert_eq!(
        off("RW", 2026).join(" "),
        "01-01 01-02 02-01 02-02 03-20 04-03 04-06 04-07 05-01 05-27 07-01 07-04 07-06 08-07 \
         08-15 08-17 12-25 12-26 12-28"
    );
    assert_eq!(
        off("RW", 2027).join(" "),
        "01-01 01-02 01-04 02-01 03-09 03-26 03-29 04-07 05-01 05-03 05-16 05-17 07-01 07-04 \
         07-05 08-06 08-15 08-16 12-25 12-26 12-27"
    );
    assert!(
        off("RW", 2022).contains(&"12-27".to_owned()),
        "Sunday 25, Monday 26"
    );
    assert_eq!(
        off("CG", 2027).join(" "),
        "01-01 03-29 05-01 05-06 05-17 06-10 08-15 11-01 11-28 12-25"
    );
}

#[test]
fn every_fact_names_its_source_and_moon_feasts_are_estimates() {
    for code in ["BJ", "RW", "CG"] {
        let country = country(code);
        for holiday in country.calendar.holidays() {
            assert!(holiday.source.starts_with('['), "{code} {}", holiday.name);
            let dated = matches!(holiday.when, passerelle::domain::calendar::When::Dates(_));
            assert_eq!(dated, holiday.estimated, "{code} {}", holiday.name);
        }
        for line in &country.emergency {
            assert!(line.source.starts_with('['), "{code} {}", line.number);
        }
        assert!(country.emergency.iter().any(|e| e.name("en") == "Police"));
    }
    let dialled: Vec<String> = country("RW")
        .emergency
        .iter()
        .map(|e| e.number.clone())
        .collect();
    assert_eq!(dialled, ["112", "912", "111", "113", "3512", "116"]);
}

#[test]
fn a_promise_counts_the_days_on_which_offices_are_open() {
    use ReplyWithin::{Days, Hours, WorkingDays};
    for (code, promise, received, due) in [
        ("BJ", WorkingDays(5), "2026-11-23T10:00", "2026-11-30T10:00"),
        ("BJ", WorkingDays(1), "2026-11-27T18:30", "2026-11-30T18:30"),
        // A Saturday: Monday is the one day, to its end.
        ("BJ", WorkingDays(1), "2026-11-28T10:00", "2026-11-30T23:59"),
        // Christmas is a Friday; Rwanda makes Saturday's Boxing Day good on Monday.
        ("BJ", WorkingDays(1), "2026-12-24T09:00", "2026-12-28T09:00"),
        ("RW", WorkingDays(1), "2026-12-24T09:00", "2026-12-29T09:00"),
        ("BJ", WorkingDays(0), "2026-11-25T09:00", "2026-11-25T09:00"),
        ("CG", WorkingDays(2), "2026-06-09T09:00", "2026-06-12T09:00"),
        ("CG", Days(2), "2026-06-09T09:00", "2026-06-11T09:00"),
        ("CG", Hours(12), "2026-06-09T09:00", "2026-06-09T21:00"),
    ] {
        let country = country(code);
        let got = promise::due(&listener(code, promise), at(&country, received), &country);
        let got = got.map(|got| local(&country, got));
        assert_eq!(got.as_deref(), Some(due), "{code} {promise:?} {received}");
    }
    let everyday = (0..7).fold(Weekdays::NONE, |days, n| {
        days.with(jiff::civil::Weekday::from_monday_zero_offset(n).expect("a weekday"))
    });
    let benin = country("BJ");
    let police = Institution {
        working_days: Some(everyday),
        ..listener("BJ", WorkingDays(1))
    };
    let saturday = promise::due(&police, at(&benin, "2026-11-27T18:30"), &benin);
    assert_eq!(
        saturday.map(|at| local(&benin, at)).as_deref(),
        Some("2026-11-28T18:30")
    );
}

#[test]
fn who_waits_for_nothing_is_left_in_peace() {
    for (code, asked, goes) in [
        ("BJ", "2026-11-27T16:59", "2026-11-27T16:59"),
        ("BJ", "2026-11-27T17:00", "2026-11-28T08:00"),
        ("BJ", "2026-11-28T03:00", "2026-11-28T08:00"),
        ("BJ", "2026-11-28T08:00", "2026-11-28T08:00"),
        ("CG", "2026-11-27T19:59", "2026-11-27T19:59"),
        ("RW", "2026-11-27T20:00", "2026-11-28T08:00"),
    ] {
        let country = country(code);
        let goes_at = country.next_quiet_end(at(&country, asked));
        assert_eq!(local(&country, goes_at), goes, "{code} {asked}");
    }
    let mut strict = country("BJ");
    let quiet = strict.quiet.as_mut().expect("has quiet hours");
    quiet.days = Weekdays::NONE.with(jiff::civil::Weekday::Sunday);
    quiet.holidays = true;
    // Christmas (Friday) goes on Saturday; what comes on Saturday evening goes on Monday.
    let goes = |asked| local(&strict, strict.next_quiet_end(at(&strict, asked)));
    assert_eq!(goes("2026-12-24T18:00"), "2026-12-26T08:00");
    assert_eq!(goes("2026-12-26T17:00"), "2026-12-28T08:00");
}

#[test]
fn prices_are_unknown_until_a_file_gives_them() {
    let mut benin = country("BJ");
    assert_eq!(benin.cost_of_parts("mtn", 2), None);
    benin.operators[0].cost.sms_part = Some("2.5 XOF".parse().expect("a price"));
    let cost = benin.cost_of_parts("mtn", 3).expect("is known");
    assert_eq!(cost.to_string(), "7.5 XOF");
    assert_eq!(benin.cost_of_session("mtn"), None);
    assert_eq!(benin.cost_of_parts("nobody", 3), None);
}

fn moment() -> impl Strategy<Value = i64> {
    // 2020 to 2050.
    1_577_836_800_000_i64..2_524_608_000_000
}

proptest! {
    #[test]
    fn whoever_writes_later_is_promised_no_earlier_answer(
        code in prop_oneof![Just("BJ"), Just("RW"), Just("CG")],
        received in moment(),
        later in 0i64..1_000_000_000,
        days in 0u32..40,
    ) {
        let country = country(code);
        let listener = listener(code, ReplyWithin::WorkingDays(days));
        let first = promise::due(&listener, received, &country).expect("falls due");
        let second = promise::due(&listener, received + later, &country).expect("falls due");
        prop_assert!(first <= second, "{} {}", local(&country, first), local(&country, second));
        let longer = Institution {
            reply_within: Some(ReplyWithin::WorkingDays(days + 1)),
            ..listener
        };
        let longer = promise::due(&longer, received, &country).expect("falls due");
        prop_assert!(first < longer && received < longer);
    }

    #[test]
    fn no_promise_falls_due_on_a_day_off(
        code in prop_oneof![Just("BJ"), Just("RW"), Just("CG")],
        received in moment(),
        days in 1u32..40,
    ) {
        let country = country(code);
        let listener = listener(code, ReplyWithin::WorkingDays(days));
        let due = promise::due(&listener, received, &country).expect("falls due");
        let offset = country.offset().expect("an offset");
        let on: Date = offset.to_datetime(Timestamp::from_millisecond(due).expect("a time")).date();
        let week = country.calendar.working();
        prop_assert!(country.calendar.is_working_day(on, week), "{on}");
        // So many working days lie between, and no more.
        let from = offset.to_datetime(Timestamp::from_millisecond(received).expect("a time")).date();
        let between = std::iter::successors(from.tomorrow().ok(), |day| day.checked_add(1.day()).ok())
            .take_while(|day| *day <= on)
            .filter(|day| country.calendar.is_working_day(*day, week))
            .count();
        prop_assert_eq!(between, usize::try_from(days).expect("fits"));
    }

    #[test]
    fn after_the_quiet_there_is_no_quiet(
        code in prop_oneof![Just("BJ"), Just("RW"), Just("CG")],
        asked in moment(),
        later in 0i64..100_000_000,
        sundays in any::<bool>(),
    ) {
        let mut country = country(code);
        if let Some(quiet) = country.quiet.as_mut().filter(|_| sundays) {
            quiet.days = Weekdays::NONE.with(jiff::civil::Weekday::Sunday);
            quiet.holidays = true;
        }
        let end = country.next_quiet_end(asked);
        prop_assert!(end >= asked);
        prop_assert_eq!(country.next_quiet_end(end), end);
        prop_assert!(country.next_quiet_end(asked + later) >= end);
    }
}
