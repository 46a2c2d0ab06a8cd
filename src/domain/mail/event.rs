//! One event as a mail: plain text for people, and the same JSON as webhooks carry for machines.

use std::fmt::Write as _;

use serde_json::Value;

use super::words::local;
use super::{Attached, Mail, Tongue, one_line};

/// What a mail is made of.
pub struct Occasion<'a> {
    /// Whom it goes to.
    pub to: &'a str,
    /// The id of the letter.
    pub letter: &'a str,
    /// The event's type: `feedback.received`, …
    pub event: &'a str,
    /// Its JSON, as a webhook would carry it.
    pub body: &'a str,
    /// When it was written, milliseconds since the epoch.
    pub at: i64,
    /// The institution's name.
    pub institution: &'a str,
    /// In which language.
    pub tongue: Tongue,
    /// Local time, minutes ahead of UTC.
    pub offset: i32,
}

/// Writes the mail.
pub fn mail(occasion: &Occasion<'_>) -> Mail {
    let event: Value = serde_json::from_str(occasion.body).unwrap_or_default();
    let data = &event["data"];
    let title = title(occasion);
    let code = data["code"].as_str().map(|code| format!("[{code}] "));
    let mut text = format!("{} : {title}\n\n", occasion.institution);
    if occasion.tongue != Tongue::French {
        text = format!("{}: {title}\n\n", occasion.institution);
    }
    for (name, value) in facts(occasion, data) {
        // Writing into a string cannot fail, here and below.
        let _ = writeln!(text, "{name}: {}", one_line(&value));
    }
    let phrases = occasion.tongue.phrases();
    if let Some(words) = data["text"].as_str().filter(|words| !words.is_empty()) {
        let _ = writeln!(text, "\n{words}");
    }
    if occasion.event == super::DISABLED {
        let _ = writeln!(text, "\n{}", phrases.disabled_help);
    }
    let _ = writeln!(text, "\n-- \n{}", phrases.footer);
    let subject = format!(
        "{}{title} - {}",
        code.unwrap_or_default(),
        occasion.institution
    );
    Mail {
        to: occasion.to.to_owned(),
        letter: occasion.letter.to_owned(),
        at: occasion.at,
        subject: one_line(&subject),
        text,
        html: None,
        attached: vec![Attached {
            name: "event.json".to_owned(),
            media_type: "application/json",
            content: occasion.body.to_owned(),
        }],
    }
}

fn title(occasion: &Occasion<'_>) -> &'static str {
    let phrases = occasion.tongue.phrases();
    match occasion.event {
        "feedback.received" => phrases.received,
        "feedback.added" => phrases.added,
        "feedback.reopened" => phrases.reopened,
        "feedback.overdue" => phrases.overdue,
        "reply.delivered" => phrases.delivered,
        "reply.failed" => phrases.failed,
        "bulletin.sent" => phrases.bulletin,
        _ => phrases.disabled,
    }
}

fn facts(occasion: &Occasion<'_>, data: &Value) -> Vec<(&'static str, String)> {
    let phrases = occasion.tongue.phrases();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let moment = |value: &Value| {
        let at: jiff::Timestamp = value.as_str()?.parse().ok()?;
        Some(local(at.as_millisecond(), occasion.offset))
    };
    let place = |value: &Value| {
        let path = value["path"].as_array()?.iter().filter_map(Value::as_str);
        let path: Vec<_> = path.collect();
        (!path.is_empty())
            .then(|| path.join(", "))
            .or_else(|| text(&value["code"]))
    };
    let experience = match data["experience"].as_str() {
        Some("good") => Some(phrases.good.to_owned()),
        Some("bad") => Some(phrases.bad.to_owned()),
        _ => None,
    };
    let facts = [
        (phrases.code, text(&data["code"])),
        (phrases.at, moment(&data["received_at"])),
        (phrases.experience, experience),
        (phrases.place, place(&data["place"])),
        (phrases.reply_by, moment(&data["reply_by"])),
        (phrases.address, text(&data["host"])),
        (phrases.why, text(&data["why"])),
    ];
    let given = |(name, value): (&'static str, Option<String>)| Some((name, value?));
    facts.into_iter().filter_map(given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion<'a>(event: &'a str, body: &'a str, tongue: Tongue) -> Occasion<'a> {
        Occasion {
            to: "accueil@sante.example",
            letter: "msg_1",
            event,
            body,
            at: 1_795_334_700_000,
            institution: "Ministère de la Santé",
            tongue,
            offset: 60,
        }
    }

    #[test]
    fn a_feedback_reads_like_a_letter_and_carries_its_json() {
        let body = r#"{"type":"feedback.received","data":{"code":"K7M-2QX-9","experience":"bad",
            "place":{"code":"BJ-LI-01","path":["Littoral","Cotonou"]},"text":"5 h d'attente\nTo: x",
            "received_at":"2026-11-22T08:05:00.000Z","reply_by":null}}"#;
        let mail = mail(&occasion("feedback.received", body, Tongue::French));
        assert_eq!(
            mail.subject,
            "[K7M-2QX-9] Nouveau message - Ministère de la Santé"
        );
        assert_eq!(
            mail.text,
            "Ministère de la Santé : Nouveau message\n\nCode: K7M-2QX-9\nReçu le: 2026-11-22 09:05\n\
             Avis: mal\nLieu: Littoral, Cotonou\n\n5 h d'attente\nTo: x\n\n-- \n\
             Ne répondez pas à ce courriel : le citoyen ne le recevrait pas.\n"
        );
        assert_eq!(mail.attached[0].content, body);
    }

    #[test]
    fn what_an_event_holds_cannot_break_out_of_its_line() {
        let body = r#"{"data":{"code":"X\r\nBcc: a@b.example","why":"a\nb"}}"#;
        let mail = mail(&occasion("reply.failed", body, Tongue::English));
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        assert!(mail.text.contains("Why: a b\n"), "{}", mail.text);
    }
}
