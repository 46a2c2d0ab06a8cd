//! Africa's Talking: USSD, texts, and its API for sending (facts/aggregators.md section 7).

use jiff::Timestamp;
use serde_json::json;

use super::{
    Asked, Call, Carried, Carrier, Knock, Mt, Network, NotInDialect, Over, Shown, Subscriber,
    Texted, hex, utf8,
};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Response};
use crate::domain::redact::Words;
use crate::domain::text::sms_cost;

/// The aggregator and the operators behind it.
pub(super) struct AfricasTalking;

impl Network for AfricasTalking {
    fn aggregator(&self) -> &'static str {
        "africas-talking"
    }

    fn session(&self, dice: u128) -> String {
        format!("ATUid_{}", hex(dice))
    }

    fn dial(&self, channel: &Channel, call: &Call) -> Knock {
        step(channel, call)
    }

    fn press(&self, channel: &Channel, call: &Call) -> Knock {
        step(channel, call)
    }

    fn over(&self, channel: &Channel, call: &Call, why: Over) -> Option<Knock> {
        let millis = call.at.duration_since(call.began).as_millis().to_string();
        let fields = [
            ("date", date(call.at).replace(['T', 'Z'], " ").trim()),
            ("sessionId", &call.session),
            ("serviceCode", &call.service_code),
            ("networkCode", network_code(&call.from)),
            ("phoneNumber", &call.from.e164()),
            (
                "status",
                match why {
                    Over::Done => "Success",
                    Over::HungUp | Over::TimedOut => "Incomplete",
                },
            ),
            ("cost", "0"),
            ("durationInMillis", &millis),
            ("hopsCount", &call.request.to_string()),
            ("input", &everything(call)),
            ("lastAppResponse", call.screen.as_str()),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let fields = fields.each_ref().map(|(n, v)| (*n, v.as_str()));
        Some(Knock::form(channel, "ussd/end", &fields))
    }

    fn show(&self, answered: &Answered) -> Result<Shown, NotInDialect> {
        if answered.status != 200 {
            return Err(NotInDialect("the status is not 200"));
        }
        let body = utf8(answered)?;
        let (text, ends) = match (body.strip_prefix("CON "), body.strip_prefix("END ")) {
            (Some(text), _) => (text, false),
            (_, Some(text)) => (text, true),
            _ => {
                return Err(NotInDialect(
                    "the body begins with neither `CON ` nor `END `",
                ));
            }
        };
        Ok(Shown {
            text: Words::new(text),
            ends,
        })
    }

    fn text(&self, channel: &Channel, sms: &Texted) -> Option<Knock> {
        Some(Knock::form(
            channel,
            "sms",
            &[
                ("from", &sms.from.e164()),
                ("to", &sms.to),
                ("text", sms.text.as_str()),
                ("date", &date(sms.at)),
                ("id", &uuid(sms.dice)),
                ("linkId", ""),
                ("networkCode", network_code(&sms.from)),
            ],
        ))
    }

    fn carrier(&self) -> Option<&dyn Carrier> {
        Some(self)
    }
}

impl Carrier for AfricasTalking {
    fn carry(&self, channel: &Channel, asked: &Asked<'_>) -> Carried {
        if (asked.method, asked.path) != ("POST", "version1/messaging") {
            return Carried::nothing(404, "text/plain", "Not Found");
        }
        let field = |wanted: &str| {
            url::form_urlencoded::parse(asked.body)
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let known =
            |name: &str, said: &str| channel.credentials.some(name).is_none_or(|k| k == said);
        if !known("api_key", asked.header("apikey")) || !known("username", &field("username")) {
            return Carried::nothing(
                401,
                "text/plain; charset=utf-8",
                "The supplied authentication is invalid",
            );
        }
        let text = field("message");
        let (to, from) = (field("to"), field("from"));
        let from = if from.is_empty() {
            "AFRICASTKNG".into()
        } else {
            from
        };
        let parts = sms_cost(&text).parts;
        let mut messages = Vec::new();
        let mut recipients = Vec::new();
        for (nth, number) in to.split(',').map(str::trim).enumerate() {
            let id = format!("ATXid_{}", hex(asked.dice.wrapping_add(nth as u128)));
            recipients.push(match Subscriber::parse(number) {
                Ok(to) => {
                    let taken = recipient(101, number, "Success", parts, &id);
                    let text = Words::new(text.clone());
                    let from = from.clone();
                    messages.push(Mt { id, to, from, text });
                    taken
                }
                Err(_) => recipient(403, number, "InvalidPhoneNumber", 0, "None"),
            });
        }
        let (taken, of) = (messages.len(), recipients.len());
        let message = format!("Sent to {taken}/{of} Total Cost: 0 Message parts: {parts}");
        let body = json!({"SMSMessageData": {"Message": message, "Recipients": recipients}});
        Carried {
            answer: Response {
                status: 201,
                ..Response::ok("application/json", body.to_string())
            },
            messages,
        }
    }

    fn report(&self, channel: &Channel, carried: &Mt, _at: Timestamp) -> Knock {
        Knock::form(
            channel,
            "receipt",
            &[
                ("id", &carried.id),
                ("status", "Success"),
                ("phoneNumber", &carried.to.e164()),
                ("networkCode", network_code(&carried.to)),
                ("retryCount", "0"),
            ],
        )
    }
}

fn step(channel: &Channel, call: &Call) -> Knock {
    Knock::form(
        channel,
        "ussd",
        &[
            ("sessionId", &call.session),
            ("phoneNumber", &call.from.e164()),
            ("networkCode", network_code(&call.from)),
            ("serviceCode", &call.service_code),
            ("text", &everything(call)),
        ],
    )
}

/// Everything typed in this call, what was dialled beyond the code included, joined by `*`. A `*`
/// that a person types is not escaped: that is how it arrives.
fn everything(call: &Call) -> String {
    call.deep
        .iter()
        .chain(&call.typed)
        .map(Words::as_str)
        .collect::<Vec<_>>()
        .join("*")
}

fn recipient(code: u16, number: &str, status: &str, parts: usize, id: &str) -> serde_json::Value {
    json!({
        "statusCode": code, "number": number, "status": status, "cost": "0",
        "messageParts": parts, "messageId": id,
    })
}

/// The documented codes of Rwanda; the sandbox's for everybody else.
fn network_code(of: &Subscriber) -> &'static str {
    match of.digits().get(..5) {
        Some("25078" | "25079") => "63510",
        Some("25072" | "25073") => "63514",
        _ => "99999",
    }
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn uuid(dice: u128) -> String {
    let id = hex(dice);
    [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-")
}
