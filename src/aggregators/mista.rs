//! `mista`: sending through Mista, Rwanda \[code\], in its newer form (JSON with a bearer token;
//! an older one was a multipart form with `x-api-key`). What it answers is not documented beyond
//! the status, nor any callback. Credentials: `token`, `sender`, `url`.

use serde_json::json;

use super::wire::send_only::SendOnly;
use super::wire::{self, json, sending};
use super::{Mt, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing};

/// The dialect of Mista.
pub static MISTA: SendOnly = SendOnly {
    name: "mista",
    sender: &Mista,
};

struct Mista;

const API: &str = "https://api.mista.io";

impl Sender for Mista {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let body = json!({
            "recipient": sms.to.digits(),
            "sender_id": wire::sender(channel),
            "type": "plain",
            "message": sms.text,
        });
        let url = format!("{}/sms", wire::base(channel, API));
        let token = format!("Bearer {}", channel.credentials.get("token"));
        let mut request = sending::post(url, sending::JSON, body.to_string());
        request.headers.push(("Authorization", token));
        request.headers.push(("Accept", sending::JSON.to_owned()));
        request
    }

    /// Any 2xx, unless its body says `"status":"error"`, which services of this kind answer with
    /// HTTP 200; an id is taken from `data.uid` if it is there.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        if let Some(refused) = sending::refused(answered) {
            return refused;
        }
        let body = json::parse(&answered.body).unwrap_or_default();
        if json::some(&body, "status").as_deref() == Some("error") {
            let words = json::some(&body, "message").unwrap_or_default();
            return sending::later(answered, format!("error: {words}"));
        }
        sending::accepted(json::some(&body, "data.uid").unwrap_or_default())
    }
}
