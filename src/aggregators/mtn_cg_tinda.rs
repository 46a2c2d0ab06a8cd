//! `mtn-cg-tinda`: sending through MTN Congo's "Tinda" SMS service \[spec: MTN Congo's API
//! description, in French\]. Its sample has Airtel numbers among the receivers, so other networks
//! are reached too.
//!
//! The text is percent-encoded inside the JSON. Errors come with a status of their own, as text in
//! the body. What it would send to a `callback_url` is not described, so none is given, and
//! whether a message arrived stays unknown. Credentials: `api_key`, `sender` (at most 11
//! characters), `url`.

use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::wire::send_only::SendOnly;
use super::wire::{self, json, sending};
use super::{Mt, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing};

/// The dialect of MTN Congo's Tinda.
pub static TINDA: SendOnly = SendOnly {
    name: "mtn-cg-tinda",
    sender: &Tinda,
};

struct Tinda;

const API: &str = "https://sms.mtncongo.net";

impl Sender for Tinda {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let encoded: String = byte_serialize(sms.text.as_bytes()).collect();
        let body = json!({
            "msg": encoded.replace('+', "%20"),
            "sender": wire::sender(channel),
            "receivers": sms.to.digits(),
        });
        let url = format!("{}/api/sms/", wire::base(channel, API));
        let token = format!("Token {}", channel.credentials.get("api_key"));
        let mut request = sending::post(url, sending::JSON, body.to_string());
        request.headers.push(("Authorization", token));
        request
    }

    /// `{"resultat":"envoyé (…)","status":"200","id":"10"}`; an error has another `status`, 404
    /// with `Erreur MSISDN` for a number that it does not take. The words quote the number.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        let body = json::parse(&answered.body).unwrap_or_default();
        let Some(status) = json::integer(&body, "status") else {
            return sending::refused(answered)
                .unwrap_or_else(|| sending::later(answered, "an answer without a status"));
        };
        match status {
            200..=299 => sending::accepted(json::some(&body, "id").unwrap_or_default()),
            400 | 404 | 422 => sending::never(format!("status {status}")),
            _ => sending::later(answered, format!("status {status}")),
        }
    }
}
