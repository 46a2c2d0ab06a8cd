//! Days off, quiet hours, emergency numbers and prices: a mistake is told where it stands.

use passerelle::config::Severity;

use super::{edited, furnished, judged};

/// File, what stood there, what stands there now, what is pointed at, what is said, how to mend it.
type Slip = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const BJ: &str = "countries/bj.toml";
const RULES: &str = "write it as `08-15`, `easter + 39` or `second friday of january - 1`";

const SLIPS: &[Slip] = &[
    (
        BJ,
        r#"on = "08-15""#,
        r#"on = "15-08""#,
        r#""15-08""#,
        "`15-08` is no day of the year",
        "there is no such day",
    ),
    (
        BJ,
        r#"on = "easter + 39""#,
        r#"on = "40 days after easter""#,
        r#""40 days after easter""#,
        "`40 days after easter` is no day of the year",
        RULES,
    ),
    (
        BJ,
        r#""2027-03-09""#,
        r#""9 mars 2027""#,
        r#""9 mars 2027""#,
        "`9 mars 2027` is no date",
        r#"write the year, the month and the day, like `"2027-03-09"`"#,
    ),
    (
        BJ,
        r#"{ name = "Noël", on = "12-25", source"#,
        r#"{ name = "Noël", source"#,
        r#"{ name = "Noël""#,
        "a holiday has either `on` or `dates`",
        r#"`on = "08-15"` for every year, `dates = ["2027-03-09"]` for single ones"#,
    ),
    (
        BJ,
        r#"on = "12-25", source = "[B] loi 90-019, fr.wikipedia""#,
        r#"on = "12-25""#,
        r#"{ name = "Noël""#,
        "`holidays.days` lacks `source`",
        r#"add a line like `source = "[A] whose text, of when"`"#,
    ),
    (
        BJ,
        r#"from = "17:00""#,
        r#"from = "17h""#,
        r#""17h""#,
        "`17h` is no time of day",
        r#"hours and minutes of local time, like `"20:00"`"#,
    ),
    (
        BJ,
        r#"until = "08:00""#,
        r#"until = "17:00""#,
        r#""17:00""#,
        "the quiet ends when it begins",
        "quiet from the evening until the morning, like `20:00` until `08:00`",
    ),
    (
        BJ,
        r#"until = "08:00""#,
        "until = \"08:00\"\ndays = [\"sun\", \"dimanche\"]",
        r#""dimanche""#,
        "`dimanche` is no day of the week",
        "one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`",
    ),
    (
        BJ,
        r#"number = "118""#,
        r#"number = "117"  # twice"#,
        r#""117"  # twice"#,
        "`117` stands twice",
        "one entry a number",
    ),
    (
        BJ,
        r#"number = "118""#,
        r#"number = "*118#""#,
        r#""*118#""#,
        "`*118#` is wrong here",
        "2 to 8 digits, in quotes",
    ),
    (
        BJ,
        r#"networks = ["61602"]"#,
        "cost = { sms_part = \"5 fcfa\" }\nnetworks = [\"61602\"]",
        r#""5 fcfa""#,
        "`5 fcfa` is no price",
        "the currency is its ISO 4217 code, like `XOF`",
    ),
    (
        "institutions/bj-police.toml",
        "reply_within",
        "working_days = []\nreply_within",
        "[]",
        "there is no day in it",
        r#"name at least one, like `["mon"]`, or take the line out"#,
    ),
];

#[test]
fn a_slip_is_told_where_it_stands_and_how_to_mend_it() {
    for (file, from, to, at, message, help) in SLIPS {
        let files = edited(&[(file, from, to)]);
        let Err(report) = judged(&files, &furnished()) else {
            panic!("{to} is taken");
        };
        let mut wrong = report
            .problems
            .into_iter()
            .filter(|p| p.severity == Severity::Error);
        let problem = wrong.next().expect("an error");
        assert_eq!(problem.file, *file, "{to}");
        assert_eq!(problem.message, *message, "{to}");
        assert_eq!(problem.help.as_deref(), Some(*help), "{to}");
        let text = std::str::from_utf8(files.get(file).expect("is there")).expect("UTF-8");
        // The slip, or the beginning of the entry that it is in.
        let slip = text.find(to).expect("stands there");
        let place = match to.find(at) {
            Some(within) => slip + within,
            None => text[..slip].rfind(at).expect("stands above"),
        };
        let line = text[..place].matches('\n').count() + 1;
        let area = problem.area.expect("has a place");
        let begin = text[..place].rfind('\n').map_or(0, |newline| newline + 1);
        let column = text[begin..place].chars().count() + 1;
        assert_eq!((area.line, area.column), (line, column), "{to}");
        assert_eq!(wrong.count(), 0, "{to}: one error each");
    }
}
