//! `moov-bj`: Moov Africa Benin's screens, XML in answer to a GET \[live: a handler for code 551
//! with a logged request; test: a Rails handler\]. The only dialect whose menus have parts.
//!
//! `user_input` is what was typed last, empty at first; `screen_id` is what our last answer
//! gave, so an empty one too means a first request. `req_no` counts the requests of a session:
//! the best sign of a repeat there is. Numbers in the log have 8 digits, from before 2024.
//!
//! Of `screen_type` only `menu` and `form` were ever seen; what Moov shows around them is not
//! documented, nor is any notice of an abort, a deadline, a retry, or a proof of who calls.
//! `dialect.layout = "text"` sends a menu as one text without options, which is accepted too
//! \[test\].

use std::fmt::Write;

use super::wire::form::Form;
use super::wire::{self, xml};
use super::{Interpreter, Reply};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::{Claim, Inbound, Input, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::Words;

/// The dialect of Moov Africa Benin.
pub struct MoovBj;

impl Interpreter for MoovBj {
    fn name(&self) -> &'static str {
        "moov-bj"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        if callback.door != Door::Ussd {
            return Err(wire::NO_SUCH_DOOR);
        }
        let form = Form::of(callback);
        let typed = form.text("user_input")?.unwrap_or_default();
        let session = form.some("session_id")?;
        let count = form.some("req_no")?;
        Ok(vec![Inbound::Ussd(Ussd {
            from: form.number("msisdn")?.ok_or(wire::NO_SENDER)?,
            service_code: form.some("sc")?,
            claim: match (form.some("screen_id")?, typed.is_empty()) {
                (Some(_), _) => Claim::Continues,
                (None, true) => Claim::Begins,
                (None, false) => Claim::Silent,
            },
            input: Input::Last(Words::new(typed)),
            request_id: session.as_ref().zip(count).map(|(s, n)| format!("{s}/{n}")),
            session,
            network: None,
            echo: Vec::new(),
        })])
    }

    fn reply(&self, channel: &Channel, _: Option<&Ussd>, screen: &Screen) -> Reply {
        let as_text = wire::setting(channel, "layout") == Some("text");
        let text = if as_text || screen.options.is_empty() {
            &screen.text
        } else {
            &screen.heading
        };
        let menu = !screen.options.is_empty();
        let options = if as_text { &[][..] } else { &screen.options };
        answer(menu, text, options, screen.ends).into()
    }

    /// No notice of an end is known; should one come, an empty last screen answers it.
    fn taken(&self, _: &Channel, _: &Callback<'_>) -> Response {
        answer(false, "", &[], true)
    }
}

fn answer(menu: bool, text: &str, options: &[(String, String)], ends: bool) -> Response {
    let kind = if menu { "menu" } else { "form" };
    let mut listed = String::new();
    for (key, label) in options {
        let (key, label) = (xml::escape(key), xml::escape(label));
        let _ = write!(listed, "<option choice=\"{key}\">{label}</option>");
    }
    if !listed.is_empty() {
        listed = format!("<options>{listed}</options>");
    }
    // Any value will do for screen_id: it comes back, and says that the session has begun.
    let rest = if ends {
        "<session_op>end</session_op>"
    } else {
        "<session_op>continue</session_op><screen_id>1</screen_id>"
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><screen_type>{kind}</screen_type>\
         <text>{}</text>{listed}{rest}</response>",
        xml::escape(text)
    );
    Response::ok("text/xml; charset=utf-8", body)
}
