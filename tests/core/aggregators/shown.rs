//! Values written out for the `.expected` files: everything, numbers and words included, which
//! only tests may do.

use super::fixture::Fixture;
use passerelle::aggregators::{Interpreter, Registered, Registration, Reply, Sent};
use passerelle::domain::exchange::{Door, Outgoing, Response};
use passerelle::domain::inbound::{Inbound, Input, Reference, Unreadable};
use passerelle::domain::menu::Screen;
use passerelle::domain::redact::RawNumber;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A screen that goes on, with every sign that some dialect has to escape.
pub fn menu() -> Screen {
    let option = |key: &str, label: &str| (key.to_owned(), label.to_owned());
    Screen {
        text: "Déjà servi ?\n1. Bon <accueil>\n2. Lent & \"cher\"\n0. Retour".to_owned(),
        ends: false,
        heading: "Déjà servi ?".to_owned(),
        options: vec![
            option("1", "Bon <accueil>"),
            option("2", "Lent & \"cher\""),
            option("0", "Retour"),
        ],
    }
}

/// The last screen of a session.
pub fn last() -> Screen {
    Screen::last("Merci. Votre code: K7M-2QX-9")
}

/// What a `.http` fixture means and how it is answered.
pub fn callback(interpreter: &dyn Interpreter, case: &Fixture) -> String {
    let call = case.call();
    let channel = case.channel(&call.channel);
    let callback = call.callback();
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
    if channel.access.signature.is_some() {
        tell("signed", interpreter.signed(&channel, &callback).into());
    }
    match interpreter.read(&channel, &callback) {
        Ok(all) => {
            tell("read", all.iter().map(inbound).collect());
            if let [Inbound::Ussd(ussd)] = all.as_slice() {
                let asked = Some(ussd);
                tell(
                    "answer_menu",
                    reply(&interpreter.reply(&channel, asked, &menu())),
                );
                tell(
                    "answer_last",
                    reply(&interpreter.reply(&channel, asked, &last())),
                );
            } else {
                tell("answer", response(&interpreter.taken(&channel, &callback)));
            }
        }
        Err(Unreadable(why)) => {
            tell("unreadable", why.into());
            if matches!(call.door, Door::Ussd | Door::UssdEnd) {
                tell(
                    "answer_last",
                    reply(&interpreter.reply(&channel, None, &last())),
                );
            }
        }
    }
    pretty(&Value::Object(told))
}

/// A request to send, as it goes over the wire.
pub fn outgoing(request: &Outgoing) -> String {
    let mut out = format!("{} {}\n", request.method, request.url);
    for (name, value) in &request.headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    if let Some(oauth) = &request.oauth {
        let (id, secret) = (oauth.client_id.expose(), oauth.client_secret.expose());
        let _ = writeln!(
            out,
            "Authorization: Bearer <token of {id}:{secret} from {}>",
            oauth.url
        );
    }
    let _ = writeln!(out, "\n{}", String::from_utf8_lossy(&request.body));
    out
}

/// A request that tells where to call us.
pub fn registration(registration: &Registration) -> String {
    let Registration { what, code, .. } = registration;
    format!("# {what} {code}\n{}", outgoing(&registration.request))
}

/// What the answer to that means.
pub fn registered(registered: &Registered) -> String {
    pretty(&match registered {
        Registered::Now { id } => json!({"now": {"id": id}}),
        Registered::Before => json!("before"),
        Registered::Refused { why } => json!({"refused": {"why": why}}),
    })
}

/// What the answer to it means.
pub fn sent(sent: &Sent) -> String {
    pretty(&match sent {
        Sent::Accepted { reference } => json!({"accepted": {"reference": reference}}),
        Sent::Later { after, why } => {
            json!({"later": {"after_seconds": after.map(|d| d.as_secs_f64()), "why": why}})
        }
        Sent::Never { why } => json!({"never": {"why": why}}),
    })
}

/// One thing that was said, in full.
pub fn inbound(inbound: &Inbound) -> Value {
    match inbound {
        Inbound::Ussd(ussd) => {
            let input = match &ussd.input {
                Input::Last(words) => json!({"last": words.as_str()}),
                Input::All(words) => json!({"all": words.as_str()}),
            };
            json!({"ussd": {
                "session": ussd.session,
                "from": ussd.from.expose(),
                "service_code": ussd.service_code,
                "input": input,
                "claim": format!("{:?}", ussd.claim),
                "request_id": ussd.request_id,
                "network": ussd.network,
                "echo": (!ussd.echo.is_empty()).then(|| format!("{:?}", ussd.echo)),
            }})
        }
        Inbound::End(end) => json!({"end": {
            "session": end.session,
            "from": end.from.as_ref().map(RawNumber::expose),
            "reason": end.reason,
        }}),
        Inbound::Sms(sms) => json!({"sms": {
            "id": sms.id,
            "from": sms.from.expose(),
            "to": sms.to,
            "text": sms.text.as_str(),
            "sent_at": sms.sent_at,
            "network": sms.network,
            "part": sms.part.as_ref().map(|p| format!("{} of {} in {}", p.number, p.of, p.reference)),
        }}),
        Inbound::Receipt(receipt) => json!({"receipt": {
            "reference": match &receipt.reference {
                Reference::Theirs(id) => json!({"theirs": id}),
                Reference::Ours(id) => json!({"ours": id}),
            },
            "fate": format!("{:?}", receipt.fate),
            "status": receipt.status,
            "why": receipt.why,
        }}),
        Inbound::OptOut(out) => json!({"opt_out": {
            "from": out.from.expose(),
            "sender": out.sender,
        }}),
        Inbound::Unreadable(Unreadable(why)) => json!({"unreadable": why}),
    }
}

fn reply(reply: &Reply) -> Value {
    let mut told = response(&reply.response);
    if let Some(then) = &reply.then {
        told["then"] = outgoing(then).lines().collect();
    }
    told
}

/// An answer in full.
pub fn response(response: &Response) -> Value {
    let mut told = json!({
        "status": response.status,
        "content_type": response.content_type,
    });
    match std::str::from_utf8(&response.body) {
        Ok(text) if text.contains('\n') => told["body"] = text.split('\n').collect(),
        Ok(text) => told["body"] = text.into(),
        Err(_) => told["body_bytes"] = response.body.clone().into(),
    }
    if !response.headers.is_empty() {
        let headers = response.headers.iter();
        told["headers"] = headers
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
    }
    told
}

/// What the dialect does not say is left out.
fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(&said(value)).expect("JSON");
    format!("{text}\n")
}

fn said(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.iter().filter(|(_, value)| !value.is_null());
            there
                .map(|(name, value)| (name.clone(), said(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(said).collect(),
        other => other.clone(),
    }
}
