//! Deliveries as an operator reads them.

use crate::domain::feedback::Standing;
use crate::domain::webhook::rfc3339;
use crate::store::records::Delivery;

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Delivered | Standing::Sent => "delivered",
        Standing::Dead => "dead",
    }
}

const HEADINGS: [&str; 8] = [
    "ID",
    "STATE",
    "INSTITUTION",
    "EVENT",
    "WRITTEN",
    "TRIES",
    "ANSWER",
    "WHY",
];

fn cells(delivery: &Delivery) -> [String; 8] {
    let letter = &delivery.letter;
    [
        letter.id.clone(),
        word(delivery.standing).to_owned(),
        letter.institution.clone(),
        letter.event.clone(),
        rfc3339(letter.created_at),
        letter.attempts.to_string(),
        delivery.status.map(|s| s.to_string()).unwrap_or_default(),
        delivery.why.clone().unwrap_or_default(),
    ]
}

/// For eyes: headings and aligned columns. For a pipe: the bare cells between tabs.
pub(super) fn table(deliveries: &[Delivery], for_eyes: bool) -> String {
    columns(HEADINGS, deliveries.iter().map(cells).collect(), for_eyes)
}

/// Rows of cells, for eyes or for a pipe.
pub(super) fn columns<const N: usize>(
    headings: [&str; N],
    mut rows: Vec<[String; N]>,
    for_eyes: bool,
) -> String {
    if !for_eyes {
        return rows.iter().map(|row| row.join("\t") + "\n").collect();
    }
    if rows.is_empty() {
        return "none\n".to_owned();
    }
    rows.insert(0, headings.map(str::to_owned));
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).filter_map(width).collect();
    let line = |row: &[String; N]| {
        let padded: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// An address without its query, where secrets may stand.
pub(super) fn shown(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// One delivery, a line a fact, and below them what the receiver said when it refused.
pub(super) fn card(delivery: &Delivery) -> String {
    use std::fmt::Write as _;
    let letter = &delivery.letter;
    let facts = [
        ("feedback", letter.feedback.clone().unwrap_or_default()),
        ("address", shown(&letter.url).to_owned()),
        ("due", delivery.due_at.map(rfc3339).unwrap_or_default()),
        (
            "settled",
            delivery.settled_at.map(rfc3339).unwrap_or_default(),
        ),
    ];
    let names = HEADINGS.map(str::to_lowercase);
    let named = names.iter().map(String::as_str).zip(cells(delivery));
    let mut card = String::new();
    for (name, value) in named.chain(facts).filter(|(_, value)| !value.is_empty()) {
        // Writing into a string cannot fail.
        let _ = writeln!(card, "{name:12} {value}");
    }
    if let Some(answer) = &delivery.answer {
        let _ = writeln!(card, "\nThe receiver said:\n{}", answer.as_str());
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::feedback::Letter;
    use crate::domain::redact::Words;

    fn delivery() -> Delivery {
        Delivery {
            letter: Letter {
                id: "msg_1".into(),
                feedback: Some("fb_1".into()),
                institution: "bj-sante".into(),
                url: "https://example.org/hook?key=hunter2".into(),
                event: "feedback.received".into(),
                body: Words::new("secret words"),
                created_at: 1_795_334_700_123,
                attempts: 3,
                waited: true,
            },
            standing: Standing::Dead,
            status: Some(500),
            why: Some("the receiver answered 500".into()),
            answer: Some(Words::new("database is down")),
            due_at: None,
            settled_at: None,
        }
    }

    #[test]
    fn eyes_get_columns_and_pipes_get_tabs() {
        let eyes = table(&[delivery()], true);
        let lines: Vec<_> = eyes.lines().collect();
        assert!(lines[0].starts_with("ID     STATE  INSTITUTION"), "{eyes}");
        assert!(lines[1].starts_with("msg_1  dead   bj-sante"), "{eyes}");
        assert_eq!(
            table(&[delivery()], false),
            "msg_1\tdead\tbj-sante\tfeedback.received\t2026-11-22T08:05:00.123Z\t3\t500\tthe receiver answered 500\n"
        );
    }

    #[test]
    fn a_card_shows_neither_words_nor_secrets() {
        let card = card(&delivery());
        assert!(
            card.contains("address      https://example.org/hook\n"),
            "{card}"
        );
        assert!(card.ends_with("\nThe receiver said:\ndatabase is down\n"));
        assert!(!card.contains("hunter2") && !card.contains("secret words"));
    }
}
