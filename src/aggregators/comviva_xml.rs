//! `comviva-xml`: the USSD pull of Comviva's gateways, XML over POST. MTN Benin \[live\], MTN
//! Rwanda \[code\], MTN Uganda \[code\].
//!
//! The first `subscriberInput` is the dialled code without `*` and `#` (`939`; with more behind
//! it, `939*1`), later ones are what was typed last. `type="cleanup"` tells that the session is
//! over. `sessionId`, `newRequest` and `transactionId` may all be missing: MTN Benin's own
//! handlers never read them.
//!
//! Not documented anywhere: how the gateway proves who it is (operators use a private network
//! or a registered address), how long it waits, whether it repeats, and what it makes of a status
//! other than 200. There is no sending: the dialect only pulls.

use super::wire::{self, xml};
use super::{Interpreter, Reply};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Door, Response};
use crate::domain::inbound::{Claim, End, Inbound, Input, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::{RawNumber, Words};

/// The dialect of Comviva's XML pull.
pub struct ComvivaXml;

const NOT_OURS: Unreadable = Unreadable("not a Comviva request");

/// The session stays open: the next input comes back to us.
const CONTINUES: &str = "FC";
/// The session ends. One public comment says `FE`; every handler that works says `FB` \[live\].
const ENDS: &str = "FB";

impl Interpreter for ComvivaXml {
    fn name(&self) -> &'static str {
        "comviva-xml"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        if !matches!(callback.door, Door::Ussd | Door::UssdEnd) {
            return Err(wire::NO_SUCH_DOOR);
        }
        let request = xml::parse(callback.body)?;
        if !request.name.eq_ignore_ascii_case("request") {
            return Err(NOT_OURS);
        }
        let session = request.some("sessionId");
        let from = request.some("msisdn").map(RawNumber::new);
        if is_cleanup(&request) {
            return Ok(vec![Inbound::End(End {
                session,
                from,
                reason: request.some("statusCode"),
            })]);
        }
        Ok(vec![Inbound::Ussd(Ussd {
            session,
            from: from.ok_or(wire::NO_SENDER)?,
            service_code: None,
            input: Input::Last(Words::new(request.text("subscriberInput").unwrap_or(""))),
            claim: claim(request.some("newRequest").as_deref()),
            request_id: request.some("transactionId"),
            network: None,
            echo: Vec::new(),
        })])
    }

    fn reply(&self, _: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply {
        let msisdn = asked.map_or("", |ussd| ussd.from.expose());
        let state = if screen.ends { ENDS } else { CONTINUES };
        answer(msisdn, &screen.text, state).into()
    }

    /// The empty `FB` form with which MTN Benin's handler answers a cleanup \[live\]; another
    /// Beninese handler sends an empty body.
    fn taken(&self, _: &Channel, callback: &Callback<'_>) -> Response {
        let request = xml::parse(callback.body).unwrap_or_default();
        let msisdn = request.some("msisdn").unwrap_or_default();
        answer(&msisdn, "", ENDS)
    }
}

fn is_cleanup(request: &xml::Element) -> bool {
    let kind = request.attribute("type").unwrap_or("").trim();
    kind.eq_ignore_ascii_case("cleanup")
}

/// `1` and `0`, or `true` and `false` in Uganda. A claim only: a public simulator says `1` in the
/// middle of a session.
fn claim(new_request: Option<&str>) -> Claim {
    match new_request {
        Some(said) if said == "1" || said.eq_ignore_ascii_case("true") => Claim::Begins,
        Some(said) if said == "0" || said.eq_ignore_ascii_case("false") => Claim::Continues,
        _ => Claim::Silent,
    }
}

fn answer(msisdn: &str, text: &str, state: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <response><msisdn>{}</msisdn><applicationResponse>{}</applicationResponse>\
         <freeflow><freeflowState>{state}</freeflowState><freeflowCharging>N</freeflowCharging>\
         <freeflowChargingAmount>0</freeflowChargingAmount></freeflow></response>",
        xml::escape(msisdn),
        xml::escape(text),
    );
    Response::ok("text/xml; charset=utf-8", body)
}
