//! A day's feedback in one mail: counts and a list, as a page and as a table for a spreadsheet.

use std::fmt::Write as _;

use super::words::{Phrases, local};
use super::{Attached, Mail, Tongue, one_line};
use crate::domain::feedback::{Experience, Feedback, Status};
use crate::domain::webhook::rfc3339;

/// A local day: which, and from when to when, milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Days since 1970-01-01.
    number: i64,
    offset: i32,
}

const DAY: i64 = 86_400_000;

impl Day {
    /// The day on which a moment lies, where clocks are `offset` minutes ahead of UTC.
    pub fn of(at: i64, offset: i32) -> Self {
        let local = at.saturating_add(i64::from(offset) * 60_000);
        Self {
            number: local.div_euclid(DAY),
            offset,
        }
    }

    /// Reads what [`Day::name`] writes.
    pub fn read(name: &str, offset: i32) -> Option<Self> {
        let midnight: jiff::Timestamp = format!("{name}T00:00:00Z").parse().ok()?;
        Some(Self::of(midnight.as_millisecond(), 0)).map(|day| Self { offset, ..day })
    }

    /// So many days before this one.
    #[must_use]
    pub fn before(self, days: i64) -> Self {
        Self {
            number: self.number - days,
            ..self
        }
    }

    /// Its first moment.
    pub fn begins(self) -> i64 {
        self.number * DAY - i64::from(self.offset) * 60_000
    }

    /// The first moment that is no longer of it.
    pub fn ends(self) -> i64 {
        self.begins() + DAY
    }

    /// `2026-11-22`
    pub fn name(self) -> String {
        jiff::Timestamp::from_millisecond(self.number * DAY)
            .map(|t| t.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    }
}

/// What a digest is made of.
pub struct Digest<'a> {
    /// Whom it goes to.
    pub to: &'a str,
    /// The id of the letter.
    pub letter: &'a str,
    /// When it was written, milliseconds since the epoch.
    pub at: i64,
    /// Which day it is about.
    pub day: Day,
    /// When it is sent: what is overdue is overdue then.
    pub now: i64,
    /// The institution's name.
    pub institution: &'a str,
    /// In which language.
    pub tongue: Tongue,
    /// The day's feedback with the names of the places, oldest first.
    pub feedback: &'a [(Feedback, String)],
}

/// Rows of the page; the table has all.
const ROWS: usize = 200;

/// Writes the mail.
pub fn mail(digest: &Digest<'_>) -> Mail {
    let phrases = digest.tongue.phrases();
    let title = format!("{} {}", phrases.digest, digest.day.name());
    let subject = format!(
        "{title} - {} ({})",
        digest.institution,
        digest.feedback.len()
    );
    let counts = counts(digest, phrases);
    let mut text = format!("{}\n{title}\n\n", digest.institution);
    for (name, count) in &counts {
        // Writing into a string cannot fail, here and below.
        let _ = writeln!(text, "{name}: {count}");
    }
    let _ = write!(text, "\n-- \n{}\n", phrases.footer);
    Mail {
        to: digest.to.to_owned(),
        letter: digest.letter.to_owned(),
        at: digest.at,
        subject: one_line(&subject),
        text,
        html: Some(page(digest, &title, &counts)),
        attached: vec![Attached {
            name: format!("{}.csv", digest.day.name()),
            media_type: "text/csv; charset=utf-8",
            content: table(digest),
        }],
    }
}

fn counts(digest: &Digest<'_>, phrases: &Phrases) -> Vec<(&'static str, usize)> {
    let count =
        |fits: &dyn Fn(&Feedback) -> bool| digest.feedback.iter().filter(|(f, _)| fits(f)).count();
    let answered = |f: &Feedback| matches!(f.status, Status::Answered | Status::Resolved);
    let late = |f: &Feedback| !answered(f) && f.reply_by.is_some_and(|by| by < digest.now);
    vec![
        (phrases.total, digest.feedback.len()),
        (
            phrases.good,
            count(&|f| f.experience == Some(Experience::Good)),
        ),
        (
            phrases.bad,
            count(&|f| f.experience == Some(Experience::Bad)),
        ),
        (phrases.unsaid, count(&|f| f.experience.is_none())),
        (phrases.answered, count(&answered)),
        (phrases.late, count(&late)),
    ]
}

fn said(experience: Option<Experience>, phrases: &Phrases) -> &'static str {
    match experience {
        Some(Experience::Good) => phrases.good,
        Some(Experience::Bad) => phrases.bad,
        None => "",
    }
}

fn page(digest: &Digest<'_>, title: &str, counts: &[(&'static str, usize)]) -> String {
    let phrases = digest.tongue.phrases();
    let (name, title) = (escaped(digest.institution), escaped(title));
    let mut page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font-family:sans-serif\"><h1>{name}</h1><h2>{title}</h2><table>"
    );
    for (what, count) in counts {
        let _ = write!(
            page,
            "<tr><th align=\"left\">{}</th><td>{count}</td></tr>",
            escaped(what)
        );
    }
    page.push_str(
        "</table><table border=\"1\" cellpadding=\"4\" style=\"border-collapse:collapse\"><tr>",
    );
    for heading in [
        phrases.at,
        phrases.code,
        phrases.experience,
        phrases.place,
        phrases.text,
    ] {
        let _ = write!(page, "<th>{}</th>", escaped(heading));
    }
    page.push_str("</tr>");
    for (feedback, place) in digest.feedback.iter().take(ROWS) {
        let cells = [
            local(feedback.received_at, digest.day.offset),
            feedback.code.clone(),
            said(feedback.experience, phrases).to_owned(),
            place.clone(),
            feedback.text.as_str().to_owned(),
        ];
        page.push_str("<tr>");
        for cell in &cells {
            let _ = write!(page, "<td>{}</td>", escaped(cell));
        }
        page.push_str("</tr>");
    }
    page.push_str("</table>");
    if digest.feedback.len() > ROWS {
        let _ = write!(page, "<p>{}</p>", escaped(phrases.more));
    }
    let _ = write!(page, "<p>{}</p></body>", escaped(phrases.footer));
    page
}

/// RFC 4180, with the mark by which spreadsheets know that it is UTF-8.
fn table(digest: &Digest<'_>) -> String {
    let mut table = String::from(
        "\u{feff}code,id,received_at,channel,experience,place,place_name,text,language,status,reply_by\r\n",
    );
    for (feedback, place) in digest.feedback {
        let experience = match feedback.experience {
            Some(Experience::Good) => "good",
            Some(Experience::Bad) => "bad",
            None => "",
        };
        let cells = [
            &feedback.code,
            &feedback.id,
            &rfc3339(feedback.received_at),
            &feedback.channel,
            experience,
            feedback.place.as_deref().unwrap_or_default(),
            place,
            feedback.text.as_str(),
            &feedback.language,
            feedback.status.word(),
            &feedback.reply_by.map(rfc3339).unwrap_or_default(),
        ]
        .map(cell);
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    table
}

/// A cell, quoted; a spreadsheet takes none for a formula.
fn cell(text: &str) -> String {
    let runs = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        || text.starts_with(['\t', '\r', '\n']);
    let guard = if runs { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A text within a page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::feedback::Kind;
    use crate::domain::redact::Words;
    use proptest::prelude::*;

    /// 2026-11-22T08:05:00Z
    const NOW: i64 = 1_795_334_700_000;

    fn feedback(text: &str) -> Feedback {
        Feedback {
            id: "fb_1".into(),
            key: "key".into(),
            code: "K7M-2QX-9".into(),
            country: "BJ".into(),
            institution: "bj-sante".into(),
            channel: "mtn-bj".into(),
            kind: Kind::Ussd,
            operator: None,
            experience: Some(Experience::Bad),
            place: Some("BJ-LI-01".into()),
            office: None,
            text: Words::new(text),
            language: "fr".into(),
            citizen: "c0ffee".into(),
            alias: "cz_1".into(),
            status: Status::Received,
            received_at: NOW,
            reply_by: Some(NOW + 1),
            complete: true,
            folded: false,
        }
    }

    fn digest(feedback: &[(Feedback, String)]) -> Mail {
        mail(&Digest {
            to: "a@example.org",
            letter: "msg_1",
            at: NOW,
            day: Day::of(NOW, 60),
            now: NOW + 5,
            institution: "Santé & <Co>",
            tongue: Tongue::English,
            feedback,
        })
    }

    #[test]
    fn days_are_local_ones() {
        // Half past eleven in the evening in UTC is the next day in Rwanda, two hours ahead.
        let late = NOW - NOW.rem_euclid(DAY) + 23 * 3_600_000 + 1_800_000;
        assert_eq!(Day::of(late, 0).name(), "2026-11-22");
        let day = Day::of(late, 120);
        assert_eq!(day.name(), "2026-11-23");
        assert_eq!(
            (day.begins(), day.ends() - day.begins()),
            (late - 5_400_000, DAY)
        );
        assert_eq!(Day::read("2026-11-23", 120), Some(day));
        assert_eq!(day.before(1).ends(), day.begins());
        assert_eq!(Day::read("yesterday", 0), None);
    }

    #[test]
    fn a_digest_counts_lists_and_attaches() {
        let day = [(feedback("<b>5 h</b> \"attente\""), "Cotonou".to_owned())];
        let mail = digest(&day);
        assert_eq!(mail.subject, "Messages of 2026-11-22 - Santé & <Co> (1)");
        assert!(mail.text.contains("bad: 1\n") && mail.text.contains("Overdue: 1\n"));
        let page = mail.html.expect("a page");
        assert!(
            page.contains("<td>&lt;b&gt;5 h&lt;/b&gt; &quot;attente&quot;</td>"),
            "{page}"
        );
        assert!(page.contains("<h1>Santé &amp; &lt;Co&gt;</h1>"));
        let table = &mail.attached[0].content;
        assert!(table.starts_with("\u{feff}code,id,"));
        assert!(table.contains("\"<b>5 h</b> \"\"attente\"\"\""), "{table}");
        assert!(!table.contains("c0ffee") && !page.contains("c0ffee"));
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_no_text_leaves_its_cell(text: String) {
            let cell = cell(&text);
            let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).expect("quoted");
            prop_assert!(!inner.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert_eq!(inner.replace("\"\"", "").matches('"').count(), 0);
        }

        #[test]
        fn no_text_leaves_its_place_on_the_page(text: String) {
            let out = escaped(&text);
            prop_assert!(!out.contains(['<', '>', '"', '\'']));
        }
    }
}
