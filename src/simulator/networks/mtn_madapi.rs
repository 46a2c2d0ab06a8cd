//! MTN's MADAPI, as MTN Congo speaks it: USSD, texts, and its API for sending
//! (facts/aggregators.md section 4).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Asked, Call, Carried, Carrier, Knock, Mt, Network, NotInDialect, Over, Shown, Subscriber,
    Texted, hex,
};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Response};
use crate::domain::redact::Words;

/// The operator's platform.
pub(super) struct MtnMadapi;

/// The access token that our token endpoint gives to whoever asks with the right secret.
const TOKEN: &str = "simulated-access-token";

impl Network for MtnMadapi {
    fn aggregator(&self) -> &'static str {
        "mtn-madapi"
    }

    fn session(&self, dice: u128) -> String {
        format!("{:017}", dice % 10_u128.pow(17))
    }

    fn dial(&self, channel: &Channel, call: &Call) -> Knock {
        step(channel, call, "0", &call.dialled())
    }

    fn press(&self, channel: &Channel, call: &Call) -> Knock {
        // The specification says 1; what MTN Congo sends, and was logged sending, is 2.
        step(channel, call, "2", call.last())
    }

    fn over(&self, channel: &Channel, call: &Call, why: Over) -> Option<Knock> {
        match why {
            Over::Done => None,
            Over::HungUp => Some(step(channel, call, "4", "User cancelled")),
            Over::TimedOut => Some(step(channel, call, "5", "Session timed out")),
        }
    }

    fn show(&self, answered: &Answered) -> Result<Shown, NotInDialect> {
        if answered.status != 200 {
            return Err(NotInDialect("the status is not 200"));
        }
        let envelope: Envelope = serde_json::from_slice(&answered.body)
            .map_err(|_| NotInDialect("the body is not the JSON envelope with its data"))?;
        if envelope.status_code != "0000" {
            return Err(NotInDialect("statusCode is not 0000"));
        }
        // The live handler writes strings where the specification has a boolean and an integer.
        let ends = match said(&envelope.data.message_type).as_str() {
            "1" => false,
            "2" => true,
            _ => return Err(NotInDialect("messageType is neither 1 nor 2")),
        };
        if said(&envelope.data.user_input_required) != if ends { "false" } else { "true" } {
            return Err(NotInDialect(
                "userInputRequired does not agree with messageType",
            ));
        }
        Ok(Shown {
            text: Words::new(envelope.data.inbound_response),
            ends,
        })
    }

    fn text(&self, channel: &Channel, sms: &Texted) -> Option<Knock> {
        let body = json!({
            "id": null,
            "senderAddress": sms.from.digits(),
            "receiverAddress": sms.to,
            "message": sms.text.as_str(),
            "created": sms.at.as_millisecond(),
            "submittedDate": null,
        });
        Some(post(channel, "sms", &body))
    }

    fn carrier(&self) -> Option<&dyn Carrier> {
        Some(self)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    status_code: String,
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    inbound_response: String,
    message_type: Value,
    user_input_required: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outbound {
    #[serde(default)]
    sender_address: String,
    receiver_address: Vec<String>,
    message: String,
}

impl Carrier for MtnMadapi {
    fn carry(&self, channel: &Channel, asked: &Asked<'_>) -> Carried {
        let path = asked.path.split('?').next().unwrap_or("");
        match (asked.method, path) {
            ("POST", "v1/oauth/access_token") => grant(channel, asked.body),
            ("POST", "v2/messages/sms/outbound") => outbound(asked),
            _ => refusal(404, "4000", "Resource not found"),
        }
    }

    fn report(&self, channel: &Channel, carried: &Mt, at: Timestamp) -> Knock {
        let body = json!({
            "messageId": carried.id,
            "senderAddress": carried.from,
            "receiverAddress": carried.to.digits(),
            "deliveryStatus": "DELIVRD",
            "submittedDate": at.as_millisecond(),
            "completedDate": at.as_millisecond(),
            "requestId": carried.id,
            // Not a mistake: the literal word is what arrives.
            "clientCorrelator": "string",
            "transactionId": carried.id,
        });
        post(channel, "receipt", &body)
    }
}

fn grant(channel: &Channel, body: &[u8]) -> Carried {
    let holds = |name: &str| {
        channel.credentials.some(name).is_none_or(|known| {
            url::form_urlencoded::parse(body).any(|(n, v)| n == name && v == known)
        })
    };
    if !holds("client_id") || !holds("client_secret") {
        return refusal(401, "4001", "Invalid client credentials");
    }
    let body = json!({"access_token": TOKEN, "token_type": "BearerToken", "expires_in": "3599"});
    Carried::nothing(200, "application/json", body.to_string())
}

fn outbound(asked: &Asked<'_>) -> Carried {
    if asked.header("authorization") != format!("Bearer {TOKEN}") {
        return refusal(401, "4001", "Invalid access token");
    }
    let Ok(order) = serde_json::from_slice::<Outbound>(asked.body) else {
        return refusal(400, "1000", "Invalid request body");
    };
    let [number] = order.receiver_address.as_slice() else {
        return refusal(400, "1000", "One receiver only");
    };
    let Ok(to) = Subscriber::parse(number) else {
        return refusal(400, "1000", "Invalid receiver");
    };
    let id = format!("rrt-{}", hex(asked.dice));
    let body = json!({"statusCode": "0000", "transactionId": id}).to_string();
    Carried {
        answer: Response {
            status: 201,
            ..Response::ok("application/json", body)
        },
        messages: vec![Mt {
            id,
            to,
            from: order.sender_address,
            text: Words::new(order.message),
        }],
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Carried {
    let body = json!({"statusCode": code, "statusMessage": message, "transactionId": ""});
    Carried::nothing(status, "application/json", body.to_string())
}

fn step(channel: &Channel, call: &Call, kind: &str, input: &str) -> Knock {
    let body = json!({
        "sessionId": call.session,
        "messageType": kind,
        "msisdn": call.from.digits(),
        "serviceCode": call.service_code.trim_matches(['*', '#']),
        "ussdString": input,
        "cellId": "14921",
        "language": "fr",
    });
    post(channel, "ussd", &body)
}

fn post(channel: &Channel, door: &'static str, body: &Value) -> Knock {
    Knock::post(channel, door, "application/json", body.to_string())
}

/// A JSON value as the text it would be if the specification were followed.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
