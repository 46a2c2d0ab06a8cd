//! Standard Webhooks 1.0.0: what an institution receives, and how it knows that it is from us.

use serde::Serialize;

use super::feedback::{Experience, Feedback};
use super::institution::Webhook;
use super::msisdn::Msisdn;
use super::service::Service;
use super::signing::BadSecret;

/// The headers of one attempt.
///
/// # Errors
/// [`BadSecret`], if a secret in force cannot sign.
pub fn headers(
    webhook: &Webhook,
    id: &str,
    now: i64,
    body: &str,
) -> Result<Vec<(&'static str, String)>, BadSecret> {
    let timestamp = now.div_euclid(1000);
    let signatures = webhook.secrets.sign(id, now, body)?;
    Ok(vec![
        ("Content-Type", "application/json".into()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures),
    ])
}

/// A moment as the API writes it: RFC 3339, UTC, milliseconds.
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|t| format!("{t:.3}"))
        .unwrap_or_default()
}

/// A feedback as institutions see it: the contract's section 4, the same in webhooks and API.
#[derive(Serialize)]
pub struct FeedbackView<'a> {
    id: &'a str,
    code: &'a str,
    country: &'a str,
    institution: &'a str,
    channel: ChannelView<'a>,
    experience: Option<Experience>,
    place: Option<PlaceView<'a>>,
    office: Option<&'a str>,
    text: &'a str,
    language: &'a str,
    citizen: CitizenView<'a>,
    received_at: String,
    reply_by: Option<String>,
    complete: bool,
}

#[derive(Serialize)]
struct ChannelView<'a> {
    id: &'a str,
    kind: super::feedback::Kind,
    operator: Option<&'a str>,
}

#[derive(Serialize)]
struct PlaceView<'a> {
    code: &'a str,
    name: &'a str,
    path: Vec<&'a str>,
}

#[derive(Serialize)]
struct CitizenView<'a> {
    alias: &'a str,
    /// Filled only for the institution to which the citizen said yes; never in what is stored.
    phone: Option<&'a str>,
}

impl<'a> FeedbackView<'a> {
    /// The view of a feedback; a place that is no longer in the files shows its code alone.
    pub fn new(service: &'a Service, feedback: &'a Feedback) -> Self {
        let place = feedback.place.as_deref().map(|code| {
            let tree = &service.places;
            let index = tree.find(code);
            let name = |i: usize| tree.get(i).map_or("", |p| p.name.as_str());
            PlaceView {
                code,
                name: index.map_or(code, name),
                path: index
                    .map(|i| tree.path(i).into_iter().map(name).collect())
                    .unwrap_or_default(),
            }
        });
        Self {
            id: &feedback.id,
            code: &feedback.code,
            country: &feedback.country,
            institution: &feedback.institution,
            channel: ChannelView {
                id: &feedback.channel,
                kind: feedback.kind,
                operator: feedback.operator.as_deref(),
            },
            experience: feedback.experience,
            place,
            office: feedback.office.as_deref(),
            text: feedback.text.as_str(),
            language: &feedback.language,
            citizen: CitizenView {
                alias: &feedback.alias,
                phone: None,
            },
            received_at: rfc3339(feedback.received_at),
            reply_by: feedback.reply_by.map(rfc3339),
            complete: feedback.complete,
        }
    }

    /// The same with the citizen's number, for an institution that may see it.
    #[must_use]
    pub fn with_number(mut self, number: Option<&'a Msisdn>) -> Self {
        self.citizen.phone = number.map(Msisdn::e164);
        self
    }
}

/// A feedback, and what an event tells besides.
#[derive(Serialize)]
pub struct With<'a> {
    /// The feedback.
    #[serde(flatten)]
    pub feedback: FeedbackView<'a>,
    /// An object: its members stand beside the feedback's.
    #[serde(flatten)]
    pub more: serde_json::Value,
}

/// What `reply.delivered` and `reply.failed` say.
#[derive(Serialize)]
pub struct ReplyOutcome<'a> {
    /// `rp_…`
    pub id: &'a str,
    /// The feedback it answers.
    pub feedback: &'a str,
    /// The feedback's code.
    pub code: &'a str,
    /// Why it failed, in words that hold no number; none when it was delivered.
    pub why: Option<&'a str>,
}

/// The body of an event. `at` is when it happened, milliseconds since the epoch.
pub fn body(event: &str, at: i64, data: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Event<'a, T> {
        r#type: &'a str,
        timestamp: String,
        data: &'a T,
    }
    let event = Event {
        r#type: event,
        timestamp: rfc3339(at),
        data,
    };
    serde_json::to_string(&event).unwrap_or_default()
}

/// How a stored body ends its citizen. Nobody's words look like it: their quotes are escaped.
const NO_PHONE: &str = r#","phone":null}"#;

/// Whether a stored body has a place for the citizen's number.
pub fn has_phone(body: &str) -> bool {
    body.contains(NO_PHONE)
}

/// A stored body with the citizen's number (`+…`) filled in; nothing else of it changes.
pub fn with_phone(body: &str, e164: &str) -> String {
    body.replacen(NO_PHONE, &format!(r#","phone":"{e164}"}}"#), 1)
}

/// In place of the alias of a citizen whose records were erased.
pub const ERASED_ALIAS: &str = "cz_erased";

/// The body of an event whose citizen wants to be forgotten: the same, without anybody's words and
/// without the citizen, and marked `"erased": true`.
pub fn erased(body: &str) -> String {
    let Ok(mut event) = serde_json::from_str::<serde_json::Value>(body) else {
        return String::from("{}");
    };
    without_words(&mut event);
    if let Some(data) = event.get_mut("data").and_then(|d| d.as_object_mut()) {
        data.insert("erased".into(), true.into());
    }
    event.to_string()
}

fn without_words(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "text" if field.is_string() => *field = "".into(),
                    "alias" => *field = ERASED_ALIAS.into(),
                    "phone" | "office" => *field = Value::Null,
                    // What a menu asked, and what was answered.
                    "answers" => *field = Value::Array(Vec::new()),
                    _ => without_words(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_words),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_where_it_belongs_and_nowhere_into_words() {
        let data = serde_json::json!({
            "text": "{\"alias\":\"cz_0\",\"phone\":null}",
            "citizen": CitizenView { alias: "cz_1", phone: None },
        });
        let stored = body("feedback.received", 0, &data);
        let sent: serde_json::Value =
            serde_json::from_str(&with_phone(&stored, "+2290163109595")).expect("JSON");
        assert_eq!(sent["data"]["citizen"]["phone"], "+2290163109595");
        assert_eq!(sent["data"]["text"], data["text"]);
        assert!(has_phone(&stored) && !has_phone(&with_phone(&stored, "+1")));
    }

    #[test]
    fn moments_are_written_with_milliseconds() {
        assert_eq!(rfc3339(1_795_334_700_123), "2026-11-22T08:05:00.123Z");
    }
}
