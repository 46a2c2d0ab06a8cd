//! `twilio`: SMS both ways and delivery reports \[spec: twilio.com/docs, "Messaging webhooks",
//! "Webhooks security"\].
//!
//! Callbacks are forms; new fields appear over time and are ignored. They are signed:
//! `access.signature` is the account's auth token, and the signature covers the whole address as
//! Twilio knows it, so `server.public_url` has to be right. Twilio waits 15 s and tries once more
//! by default; the same message has the same `MessageSid`.
//!
//! nyaruka/courier decodes bodies that look like Base64 \[test\]; here a text stays what it is,
//! for a citizen's short word may look like Base64 too.
//!
//! **Sending.** Credentials: `account_sid`, `auth_token`, `sender` (a number, a name, or an
//! `MG…` messaging service), `url`. Error 21610 means that the citizen texted STOP to Twilio.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::wire::charset;
use super::wire::form::{self, Form};
use super::wire::{self, json, sending};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Fate, Inbound, OptOut, Receipt, Reference, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;

/// The dialect of Twilio.
pub struct Twilio;

const API: &str = "https://api.twilio.com";
/// "Attempt to send to unsubscribed recipient".
const OPTED_OUT: &str = "21610";

impl Interpreter for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn signed(&self, channel: &Channel, callback: &Callback<'_>) -> bool {
        let token = channel.access.signature.as_ref();
        let theirs = callback
            .header("x-twilio-signature")
            .and_then(|signature| STANDARD.decode(signature.trim()).ok());
        let (Some(token), Some(theirs)) = (token, theirs) else {
            return false;
        };
        let body = match Form::parse(callback.query.as_bytes()).some("bodySHA256") {
            Ok(Some(sum)) if charset::hex(&Sha256::digest(callback.body)) != sum => return false,
            Ok(Some(_)) => Form::parse(b""),
            _ => Form::parse(callback.body),
        };
        signature(token.expose(), callback.url, &body)
            .is_some_and(|signature| signature.verify_slice(&theirs).is_ok())
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let form = Form::of(callback);
        match callback.door {
            Door::Ussd | Door::UssdEnd => Err(wire::NO_SUCH_DOOR),
            Door::Sms => Ok(vec![sms(&form)?]),
            Door::Receipt => receipt(&form),
        }
    }

    fn reply(&self, _: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        wire::plain(screen).into()
    }

    /// No words: the reply to a citizen goes its own way, when it is there.
    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        Response::ok("text/xml; charset=utf-8", "<Response/>")
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

/// HMAC-SHA1 over the address and the form's fields, sorted, each name followed by its value.
fn signature(token: &str, url: &str, body: &Form) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    let mut fields: Vec<_> = body.fields().collect();
    fields.sort_unstable();
    fields.dedup();
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value);
    }
    Some(mac)
}

fn sms(form: &Form) -> Result<Inbound, Unreadable> {
    Ok(Inbound::Sms(Sms {
        id: form.any(&["MessageSid", "SmsMessageSid", "SmsSid"])?,
        from: form.number("From")?.ok_or(wire::NO_SENDER)?,
        to: form.some("To")?.unwrap_or_default(),
        text: Words::new(form.text("Body")?.ok_or(wire::NO_TEXT)?),
        sent_at: None,
        network: None,
        part: None,
    }))
}

fn receipt(form: &Form) -> Result<Vec<Inbound>, Unreadable> {
    let status = form.any(&["MessageStatus", "SmsStatus"])?;
    let status = status.ok_or(wire::NO_STATUS)?;
    let id = form.any(&["MessageSid", "SmsSid"])?;
    let why = form.some("ErrorCode")?.filter(|code| code != "0");
    let opted_out = why.as_deref() == Some(OPTED_OUT);
    let mut all = vec![Inbound::Receipt(Receipt {
        reference: Reference::Theirs(id.ok_or(wire::NO_REFERENCE)?),
        fate: fate(&status),
        status,
        why,
    })];
    if let (true, Some(from)) = (opted_out, form.number("To")?) {
        all.push(Inbound::OptOut(OptOut {
            from,
            sender: form.some("From")?,
        }));
    }
    Ok(all)
}

fn fate(status: &str) -> Fate {
    match status {
        "queued" | "sent" => Fate::Underway,
        "delivered" | "read" => Fate::Delivered,
        "undelivered" | "failed" => Fate::Failed,
        _ => Fate::Unknown,
    }
}

impl Sender for Twilio {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let credentials = &channel.credentials;
        let account = credentials.get("account_sid");
        let sender = wire::sender(channel);
        let from = if sender.starts_with("MG") && sender.len() == 34 {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let body = form::encode([
            ("To", sms.to.e164()),
            (from, sender),
            ("Body", sms.text),
            ("StatusCallback", sms.receipt_url),
        ]);
        let base = wire::base(channel, API);
        let url = format!("{base}/2010-04-01/Accounts/{account}/Messages.json");
        let authorization = wire::basic(account, credentials.get("auth_token"));
        let mut request = sending::post(url, sending::FORM, body);
        request.headers.push(("Authorization", authorization));
        request
    }

    /// 201 with `sid`; errors carry a `code` of Twilio's, the message beside it may quote the
    /// number.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        let body = json::parse(&answered.body).unwrap_or_default();
        if let Some(refused) = sending::refused(answered) {
            return match (json::some(&body, "code"), refused) {
                (Some(code), Sent::Never { .. }) if code == OPTED_OUT => {
                    sending::never(format!("error {code}: the citizen opted out"))
                }
                (Some(code), Sent::Never { .. }) => sending::never(format!("error {code}")),
                (Some(code), Sent::Later { .. }) => {
                    sending::later(answered, format!("HTTP {} error {code}", answered.status))
                }
                (_, refused) => refused,
            };
        }
        match json::some(&body, "sid") {
            Some(sid) => sending::accepted(sid),
            None => sending::later(answered, "an answer without a sid"),
        }
    }

    fn opted_out(&self, answered: &Answered) -> bool {
        let body = json::parse(&answered.body).unwrap_or_default();
        json::some(&body, "code").as_deref() == Some(OPTED_OUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_is_signed_so() {
        let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234\
                     &From=%2B14158675309&To=%2B18005551212";
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let mac = signature("12345", url, &Form::parse(body)).expect("a key of any length");
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(signature, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }
}
