//! `intouch`: sending through Intouch, Rwanda \[code\]. All that is known of the answer is that
//! HTTP 200 means success; there is no id to match a report with, nor a known callback.
//! Credentials: `username`, `password`, `sender`, `url`.

use super::wire::send_only::SendOnly;
use super::wire::{self, form, sending};
use super::{Mt, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing};

/// The dialect of Intouch.
pub static INTOUCH: SendOnly = SendOnly {
    name: "intouch",
    sender: &Intouch,
};

struct Intouch;

const API: &str = "https://www.intouchsms.co.rw";

impl Sender for Intouch {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let body = form::encode([
            ("sender", wire::sender(channel)),
            ("recipients", sms.to.e164()),
            ("message", sms.text),
        ]);
        let url = format!("{}/api/sendsms/.json", wire::base(channel, API));
        let user = wire::basic(credentials.get("username"), credentials.get("password"));
        let mut request = sending::post(url, sending::FORM, body);
        request.headers.push(("Authorization", user));
        request
    }

    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        match answered.status {
            200 => sending::accepted(""),
            status => sending::refused(answered)
                .unwrap_or_else(|| sending::later(answered, format!("HTTP {status}"))),
        }
    }
}
