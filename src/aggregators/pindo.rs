//! `pindo`: sending through Pindo, Rwanda \[code\]. Its callbacks and its errors' bodies are not
//! documented. Credentials: `token`, `sender`, `url`.

use serde_json::json;

use super::wire::send_only::SendOnly;
use super::wire::{self, json, sending};
use super::{Mt, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing};

/// The dialect of Pindo.
pub static PINDO: SendOnly = SendOnly {
    name: "pindo",
    sender: &Pindo,
};

struct Pindo;

const API: &str = "https://api.pindo.io";

impl Sender for Pindo {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let body = json!({
            "to": sms.to.e164(),
            "text": sms.text,
            "sender": wire::sender(channel),
        });
        let url = format!("{}/v1/sms/", wire::base(channel, API));
        let token = format!("Bearer {}", channel.credentials.get("token"));
        let mut request = sending::post(url, sending::JSON, body.to_string());
        request.headers.push(("Authorization", token));
        request
    }

    /// 201 with `sms_id`.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let body = json::parse(&answered.body).unwrap_or_default();
        match json::some(&body, "sms_id") {
            Some(id) => sending::accepted(id),
            None => sending::later(answered, "an answer without an sms_id"),
        }
    }
}
