//! Telling MTN where to call: subscriptions for USSD codes \[spec "MTN Messaging USSD API"\] and
//! for messages with their reports \[spec "SMS V3 API"\].
//!
//! `dialect.target_system` is the name that MTN has for us (`AYO` in the specification's example);
//! what it is used for is not documented. Both take `x-api-key`, or the token.

use serde_json::{Value, json};

use super::super::wire::{self, json as read, sending};
use super::super::{Registered, Registration};
use super::{API, authorized};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Door};

const TARGET: &str = "PASSERELLE";
/// "Already registered", with HTTP 403.
const ALREADY: &str = "4004";

/// A subscription for every USSD code, and one for every short code; where there is none, one for
/// the code that messages go out under, for its delivery reports.
pub fn registrations(channel: &Channel, public_url: &str) -> Vec<Registration> {
    let target = wire::setting(channel, "target_system").unwrap_or(TARGET);
    let callback = |door| channel.callback(public_url, door);
    let ussd = channel.ussd.iter().map(|code| {
        let body = json!({
            "serviceCode": code,
            "callbackUrl": callback(Door::Ussd),
            "targetSystem": target,
        });
        one(
            channel,
            "USSD",
            code,
            "/v1/messages/ussd/subscription",
            &body,
        )
    });
    let sending_code = channel.credentials.some("service_code").into_iter();
    let sms: Vec<&str> = match channel.sms.as_slice() {
        [] => sending_code.collect(),
        codes => codes.iter().map(String::as_str).collect(),
    };
    let sms = sms.into_iter().map(|code| {
        let body = json!({
            "serviceCode": code,
            "callbackUrl": callback(Door::Sms),
            "deliveryReportUrl": callback(Door::Receipt),
            "targetSystem": target,
        });
        one(
            channel,
            "SMS",
            code,
            "/v3/sms/messages/sms/subscription",
            &body,
        )
    });
    ussd.chain(sms).collect()
}

fn one(
    channel: &Channel,
    what: &'static str,
    code: &str,
    path: &str,
    body: &Value,
) -> Registration {
    let url = format!("{}{path}", wire::base(channel, API));
    let request = sending::post(url, sending::JSON, body.to_string());
    Registration {
        what,
        code: code.to_owned(),
        request: authorized(channel, request),
    }
}

/// 201 with `statusCode` `0000` and `data.subscriptionId`; 403 with `4004` if it stood before.
pub fn registered(answered: &Answered) -> Registered {
    let body = read::parse(&answered.body).unwrap_or_default();
    let code = read::some(&body, "statusCode").or_else(|| read::some(&body, "code"));
    match (answered.status, code.as_deref()) {
        (200..=299, None | Some("0000")) => Registered::Now {
            id: read::some(&body, "data.subscriptionId"),
        },
        (403, Some(ALREADY)) => Registered::Before,
        (status, code) => {
            let words = read::some(&body, "statusMessage").unwrap_or_default();
            let code = code.map(|code| format!(" status code {code}"));
            let why = format!("HTTP {status}{} {words}", code.unwrap_or_default());
            Registered::Refused {
                why: wire::careful(&why),
            }
        }
    }
}
