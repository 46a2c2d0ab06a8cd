use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn holiday(on: &str, made_good: bool) -> Holiday {
    Holiday {
        name: on.into(),
        when: on.parse().expect("a rule"),
        estimated: false,
        made_good,
        source: String::new(),
    }
}

#[test]
fn easter_falls_where_the_church_has_it() {
    for (year, month, day) in [
        (2000, 4, 23),
        (2008, 3, 23),
        (2011, 4, 24),
        (2024, 3, 31),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
    ] {
        assert_eq!(easter(year), Some(date(year, month, day)));
    }
}

#[test]
fn rules_are_read_as_people_write_them() {
    let falls = |on: &str, year| in_year(&holiday(on, true), year)[0].0;
    assert_eq!(falls("08-15", 2026), date(2026, 8, 15));
    assert_eq!(falls("easter + 39", 2026), date(2026, 5, 14));
    assert_eq!(falls("easter-2", 2026), date(2026, 4, 3));
    assert_eq!(falls("second friday of january", 2026), date(2026, 1, 9));
    assert_eq!(
        falls("second friday of january - 1", 2027),
        date(2027, 1, 7)
    );
    for wrong in [
        "",
        "15-08",
        "08-32",
        "easter + x",
        "fifth fri of may",
        "friday",
        "08-15 + 900",
    ] {
        assert!(wrong.parse::<When>().is_err(), "{wrong}");
    }
}

#[test]
fn a_holiday_on_a_weekend_is_made_good_once() {
    let rwanda = Calendar::new(
        Weekdays::OFFICE,
        vec![
            holiday("12-25", true),
            holiday("12-26", true),
            holiday("01-01", true),
            holiday("01-02", true),
            holiday("04-07", false),
            holiday("07-04", true),
        ],
        true,
    );
    let off = |y, m, d| rwanda.is_holiday(date(y, m, d));
    assert!(off(2026, 12, 28) && !off(2026, 12, 29), "Saturday 26");
    assert!(
        off(2027, 12, 27) && !off(2027, 12, 28),
        "Saturday and Sunday"
    );
    assert!(off(2027, 1, 4) && !off(2027, 1, 5), "Saturday 2");
    assert!(off(2026, 7, 6), "Saturday 4");
    assert!(!off(2030, 4, 8), "Sunday 7 April is not made good");
}

#[test]
fn of_two_on_one_day_the_second_is_made_good() {
    let calendar = Calendar::new(
        Weekdays::OFFICE,
        vec![holiday("05-01", true), holiday("easter + 39", true)],
        true,
    );
    // In 2008 Ascension Day was 1 May, a Thursday.
    assert!(calendar.is_holiday(date(2008, 5, 1)) && calendar.is_holiday(date(2008, 5, 2)));
}

proptest! {
    #[test]
    fn the_next_working_day_is_one(day in 0i64..36_000, mask in 1u8..128) {
        let calendar = Calendar::new(
            Weekdays::OFFICE,
            vec![holiday("easter + 1", true), holiday("12-25", true)],
            true,
        );
        let from = date(2000, 1, 1).checked_add(day.days()).expect("a day");
        let week = Weekdays(mask);
        let next = calendar.next_working_day(from, week).expect("in sight");
        prop_assert!(next > from && calendar.is_working_day(next, week));
        let last = calendar.last_working_day(next, week);
        prop_assert!(last.is_some_and(|last| last <= from || calendar.is_working_day(from, week)));
    }

    #[test]
    fn any_text_is_a_rule_or_is_refused(text in any::<String>()) {
        let _ = text.parse::<When>();
    }
}
