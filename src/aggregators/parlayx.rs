//! `parlayx`: `ParlayX` over SOAP as Huawei's SDP speaks it; older contracts of MTN Congo \[live\]
//! and MTN Benin \[code\]; SMS as praekelt/vumi has it \[test\].
//!
//! **USSD is asynchronous.** A `notifyUssdReception` is only acknowledged (`result` 0); the menu
//! goes out in a `sendUssd` of its own, described in [`Reply::then`]. `senderCB` is the SDP's name
//! for the session and goes back as `receiveCB`; ours for it is what came as `receiveCB`, or
//! theirs again if that was still `FFFFFFFF` (the Beninese handler does so). `msgType` 0 begins,
//! 1 continues, 2 ends. A request that could not be read can only be acknowledged: there is
//! nobody to send a menu to.
//!
//! **Credentials**: `url` (`http://<sdp>:8310`), `sp_id`, `sp_password`, `service_id`, `sender`,
//! `timestamp`. The password travels as MD5 of id, password and time stamp. On USSD the stamp of
//! the request is used; for SMS there is no clock here, so `timestamp` (any fixed
//! `yyyyMMddHHmmss`) is: whether an SDP refuses old ones is not documented.
//! `dialect.code_scheme` fixes the coding of menus; else that of the request is given back.
//! A deadline or a retry is not documented.

use md5::{Digest, Md5};

use super::wire::charset;
use super::wire::xml::{self, Element, escape, written};
use super::wire::{self, fate, sending, time};
use super::{Interpreter, Mt, Reply, Sender, Sent};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Door, Outgoing, Response};
use crate::domain::inbound::{Claim, End, Inbound, Input, Receipt, Sms, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::redact::{RawNumber, Words};

/// The dialect of Huawei's `ParlayX`.
pub struct ParlayX;

const API: &str = "http://127.0.0.1:8310";
const XML: &str = "text/xml; charset=utf-8";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SCHEMA: &str = "http://www.csapi.org/schema/parlayx";
/// The stamp where neither the request nor the channel gives one.
const STAMP: &str = "20200101000000";

const NOT_OURS: Unreadable = Unreadable("not a ParlayX notification");

impl Interpreter for ParlayX {
    fn name(&self) -> &'static str {
        "parlayx"
    }

    fn read(&self, _: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable> {
        let envelope = xml::parse(callback.body)?;
        let ussd_door = matches!(callback.door, Door::Ussd | Door::UssdEnd);
        let inbound = if ussd_door {
            if let Some(abort) = envelope.find("notifyUssdAbort") {
                end(abort, abort.some("abortReason"))
            } else {
                let step = envelope.find("notifyUssdReception").ok_or(NOT_OURS)?;
                ussd(&envelope, step)?
            }
        } else if let Some(report) = envelope.find("notifySmsDeliveryReceipt") {
            receipt(report)?
        } else {
            let reception = envelope.find("notifySmsReception").ok_or(NOT_OURS)?;
            sms(&envelope, reception)?
        };
        Ok(vec![inbound])
    }

    fn reply(&self, channel: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply {
        Reply {
            response: acknowledge(
                "ussd",
                "notifyUssdReceptionResponse",
                "<loc:result>0</loc:result>",
            ),
            then: asked.map(|ussd| send_ussd(channel, ussd, screen)),
        }
    }

    fn taken(&self, _: &Channel, callback: &Callback<'_>) -> Response {
        let known = [
            "notifyUssdAbort",
            "notifySmsDeliveryReceipt",
            "notifySmsReception",
        ];
        let ussd = matches!(callback.door, Door::Ussd | Door::UssdEnd);
        match (ussd, xml::first(callback.body, &known)) {
            (true, Some("notifyUssdAbort")) => acknowledge("ussd", "notifyUssdAbortResponse", ""),
            (true, _) => acknowledge(
                "ussd",
                "notifyUssdReceptionResponse",
                "<loc:result>0</loc:result>",
            ),
            (false, Some("notifySmsDeliveryReceipt")) => {
                acknowledge("sms", "notifySmsDeliveryReceiptResponse", "")
            }
            (false, _) => acknowledge("sms", "notifySmsReceptionResponse", ""),
        }
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(self)
    }
}

fn end(step: &Element, reason: Option<String>) -> Inbound {
    Inbound::End(End {
        session: step.some("senderCB"),
        from: step.some("msIsdn").map(RawNumber::new),
        reason: reason.map(|reason| wire::careful(&reason)),
    })
}

fn ussd(envelope: &Element, step: &Element) -> Result<Inbound, Unreadable> {
    let typed = step.text("ussdString").unwrap_or("");
    let kind = step.some("msgType").unwrap_or_default();
    if kind == "2" && typed.trim().is_empty() {
        return Ok(end(step, Some("msgType 2".to_owned())));
    }
    let echo = |name: &'static str, element: &Element| Some((name, element.some(name)?));
    let echoes = [
        echo("receiveCB", step),
        echo("codeScheme", step),
        echo("timeStamp", envelope),
        echo("linkid", envelope),
    ];
    Ok(Inbound::Ussd(Ussd {
        session: step.some("senderCB"),
        from: step
            .some("msIsdn")
            .map(RawNumber::new)
            .ok_or(wire::NO_SENDER)?,
        service_code: step.some("serviceCode"),
        input: Input::Last(Words::new(typed)),
        claim: match kind.as_str() {
            "0" => Claim::Begins,
            "1" => Claim::Continues,
            _ => Claim::Silent,
        },
        // Whether traceUniqueID differs from step to step is not documented.
        request_id: None,
        network: None,
        echo: echoes.into_iter().flatten().collect(),
    }))
}

/// `notifySmsReception`: the words stand in `message/message`.
fn sms(envelope: &Element, reception: &Element) -> Result<Inbound, Unreadable> {
    let inner = reception.child("message").ok_or(wire::NO_TEXT)?;
    let from = inner.some("senderAddress").ok_or(wire::NO_SENDER)?;
    let to = inner.some("smsServiceActivationNumber").unwrap_or_default();
    let words = inner.child("message").ok_or(wire::NO_TEXT)?;
    Ok(Inbound::Sms(Sms {
        id: envelope.some("traceUniqueID"),
        from: RawNumber::new(from),
        to: without_scheme(&to).to_owned(),
        text: Words::new(words.own_text()),
        sent_at: inner.some("dateTime").as_deref().and_then(time::date),
        network: None,
        part: None,
    }))
}

fn receipt(report: &Element) -> Result<Inbound, Unreadable> {
    let inner = report.child("deliveryStatus").ok_or(wire::NO_STATUS)?;
    let status = inner.child("deliveryStatus").ok_or(wire::NO_STATUS)?;
    let status = status.own_text().trim().to_owned();
    let correlator = report.some("correlator").ok_or(wire::NO_REFERENCE)?;
    Ok(Inbound::Receipt(Receipt {
        reference: wire::reference(correlator),
        fate: fate::named(&status),
        status,
        why: None,
    }))
}

fn without_scheme(address: &str) -> &str {
    address.strip_prefix("tel:").unwrap_or(address)
}

fn acknowledge(service: &str, response: &str, result: &str) -> Response {
    let version = if service == "sms" { "v2_2" } else { "v1_0" };
    let namespace = format!("{SCHEMA}/{service}/notification/{version}/local");
    let body = format!(
        "<soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:loc=\"{namespace}\"><soapenv:Header/>\
         <soapenv:Body><loc:{response}>{result}</loc:{response}></soapenv:Body></soapenv:Envelope>"
    );
    Response::ok(XML, body)
}

/// Who we are, as Huawei's header wants it, and whom it is about.
fn header(channel: &Channel, stamp: &str, link: &str, about: &str) -> String {
    let credentials = &channel.credentials;
    let id = credentials.get("sp_id");
    let sum = Md5::digest(format!("{id}{}{stamp}", credentials.get("sp_password")));
    let fields = [
        ("tns:spId", id),
        ("tns:spPassword", &charset::hex(&sum)),
        ("tns:serviceId", credentials.get("service_id")),
        ("tns:timeStamp", stamp),
        ("tns:OA", about),
        ("tns:FA", about),
        ("tns:linkid", link),
    ];
    let there = fields.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(name, value)| written(name, value)).collect()
}

fn request(channel: &Channel, service: &str, version: &str, header: &str, body: &str) -> Outgoing {
    let base = wire::base(channel, API);
    // The services are called SendSms and SendUssd.
    let name = if service == "sms" {
        "SendSms"
    } else {
        "SendUssd"
    };
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:loc=\"{SCHEMA}/{service}/send/{version}/local\">\
         <soapenv:Header><tns:RequestSOAPHeader xmlns:tns=\"http://www.huawei.com.cn/schema/common/v2_1\">\
         {header}</tns:RequestSOAPHeader></soapenv:Header>\
         <soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    );
    let url = format!("{base}/{name}Service/services/{name}");
    let mut request = sending::post(url, XML, envelope);
    request.headers.push(("SOAPAction", "\"\"".to_owned()));
    request
}

/// The menu: `msgType` 1 asks for more with operation 1, a request; 2 ends with operation 3, the
/// response to a session that a citizen began.
fn send_ussd(channel: &Channel, ussd: &Ussd, screen: &Screen) -> Outgoing {
    let echoed = |name: &str| {
        let mut all = ussd.echo.iter();
        all.find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    };
    let theirs = ussd.session.as_deref().unwrap_or("");
    let ours = match echoed("receiveCB") {
        none if is_none(none) => theirs,
        ours => ours,
    };
    let msisdn = ussd.from.expose();
    let stamp = match echoed("timeStamp") {
        "" => fixed_stamp(channel),
        stamp => stamp,
    };
    let scheme = match wire::setting(channel, "code_scheme").unwrap_or(echoed("codeScheme")) {
        "" => "15",
        scheme => scheme,
    };
    let (kind, operation) = if screen.ends { ("2", "3") } else { ("1", "1") };
    let fields = [
        ("msgType", kind),
        ("senderCB", ours),
        ("receiveCB", theirs),
        ("ussdOpType", operation),
        ("msIsdn", msisdn),
        ("serviceCode", ussd.service_code.as_deref().unwrap_or("")),
        ("codeScheme", scheme),
        ("ussdString", &screen.text),
    ];
    let body = fields.map(|(name, value)| written(&format!("loc:{name}"), value));
    let header = header(channel, stamp, echoed("linkid"), msisdn);
    let body = format!("<loc:sendUssd>{}</loc:sendUssd>", body.concat());
    request(channel, "ussd", "v1_0", &header, &body)
}

/// `FFFFFFFF` or `0xFFFFFFFF`: the other side has no name for the session yet.
fn is_none(name: &str) -> bool {
    let digits = name.trim_start_matches("0x").trim_start_matches("0X");
    digits.is_empty() || digits.eq_ignore_ascii_case("ffffffff")
}

fn fixed_stamp(channel: &Channel) -> &str {
    channel.credentials.some("timestamp").unwrap_or(STAMP)
}

impl Sender for ParlayX {
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing {
        let to = format!("tel:{}", sms.to.digits());
        let body = format!(
            "<loc:sendSms><loc:addresses>{}</loc:addresses><loc:senderName>{}</loc:senderName>\
             <loc:message>{}</loc:message><loc:receiptRequest><endpoint>{}</endpoint>\
             <interfaceName>SmsNotification</interfaceName><correlator>{}</correlator>\
             </loc:receiptRequest></loc:sendSms>",
            escape(&to),
            escape(wire::sender(channel)),
            escape(sms.text),
            escape(sms.receipt_url),
            escape(sms.id),
        );
        let header = header(channel, fixed_stamp(channel), "", &to);
        request(channel, "sms", "v2_2", &header, &body)
    }

    /// 200 with `sendSmsResponse/result`, or a SOAP fault with HTTP 500. Of the faults that
    /// `ParlayX` defines for everybody, `SVC0002` (invalid value) and `SVC0004` (no valid
    /// address) blame the message.
    fn sent(&self, _: &Channel, answered: &Answered) -> Sent {
        let envelope = xml::parse(&answered.body).unwrap_or_default();
        if let Some(id) = envelope
            .find("sendSmsResponse")
            .and_then(|r| r.some("result"))
        {
            return sending::accepted(id);
        }
        if let Some(fault) = envelope.find("Fault") {
            let code = fault.some("messageId").or_else(|| fault.some("faultcode"));
            let code = code.unwrap_or_default();
            let why = format!("fault {code}");
            return match code.as_str() {
                "SVC0002" | "SVC0004" => sending::never(why),
                _ => sending::later(answered, why),
            };
        }
        sending::refused(answered)
            .unwrap_or_else(|| sending::later(answered, "an answer without a result"))
    }
}
