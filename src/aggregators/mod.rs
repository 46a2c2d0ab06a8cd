//! The interpreters: one company's dialect ↔ our values. Pure: no network, no clock, no store.
//!
//! Adding one takes its file, its folder under `tests/fixtures/aggregators/`, and its two lines
//! here (the `mod` and the entry in [`ALL`]).

mod africas_talking;
mod comviva_flares;
mod comviva_xml;
mod http;
mod infobip;
mod intouch;
mod jasmin;
mod kannel;
mod mista;
mod moov_bj;
mod mtn_cg_tinda;
mod mtn_madapi;
mod parlayx;
mod pindo;
mod twilio;
mod vonage;
mod wire;

use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Callback, Outgoing, Response};
use crate::domain::inbound::{Inbound, Unreadable, Ussd};
use crate::domain::menu::Screen;
use crate::domain::msisdn::Msisdn;
use std::time::Duration;

/// A dialect. Every function is total: any bytes in, a value out, never a panic.
pub trait Interpreter: Sync {
    /// The name that channel files use.
    fn name(&self) -> &'static str;

    /// Whether the callback carries the aggregator's own, valid signature made with
    /// `access.signature`; dialects that do not sign never say so.
    fn signed(&self, _channel: &Channel, _callback: &Callback<'_>) -> bool {
        false
    }

    /// Whether this empty call, without query and body, only asks whether the address exists: it
    /// is answered even where the caller is not known, for nothing is read from it.
    fn asks_for_address(&self, _callback: &Callback<'_>) -> bool {
        false
    }

    /// What the callback says. A USSD callback holds one `Ussd` or `End`, or nothing
    /// if it is about no step: [`Interpreter::taken`] then answers it.
    ///
    /// # Errors
    /// [`Unreadable`], with a reason that quotes nothing of the request.
    fn read(&self, channel: &Channel, callback: &Callback<'_>) -> Result<Vec<Inbound>, Unreadable>;

    /// A screen in the dialect's form, with the status it expects. `asked` is `None` when the
    /// request could not be read: the dialect's polite ending is still owed.
    fn reply(&self, channel: &Channel, asked: Option<&Ussd>, screen: &Screen) -> Reply;

    /// "Taken": the answer to a message, a delivery report, or the end of a session.
    fn taken(&self, channel: &Channel, callback: &Callback<'_>) -> Response;

    /// The requests that tell the aggregator where to call us, for dialects that are told so over
    /// their API; `public_url` is how the world reaches us.
    fn registrations(&self, _channel: &Channel, _public_url: &str) -> Vec<Registration> {
        Vec::new()
    }

    /// What the answer to one of them means.
    fn registered(&self, answered: &Answered) -> Registered {
        match answered.status {
            200..=299 => Registered::Now { id: None },
            status => Registered::Refused {
                why: format!("HTTP {status}"),
            },
        }
    }

    /// How to send, for dialects that can.
    fn sender(&self) -> Option<&dyn Sender> {
        None
    }
}

/// The sending half of a dialect.
pub trait Sender: Sync {
    /// The request that sends this message.
    fn send(&self, channel: &Channel, sms: &Mt<'_>) -> Outgoing;

    /// What the answer to that request means.
    fn sent(&self, channel: &Channel, answered: &Answered) -> Sent;

    /// Whether the answer says that the citizen told the network to stop our messages.
    fn opted_out(&self, _answered: &Answered) -> bool {
        false
    }
}

/// A request that tells an aggregator where to call us.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// What for: `USSD`, `SMS`.
    pub what: &'static str,
    /// The code that citizens dial or text.
    pub code: String,
    /// The request.
    pub request: Outgoing,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It stands now.
    Now {
        /// The aggregator's id for it, if it gave one.
        id: Option<String>,
    },
    /// It stood before.
    Before,
    /// It does not stand.
    Refused {
        /// Why, for the operator.
        why: String,
    },
}

/// How a USSD screen travels back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The answer to the callback.
    pub response: Response,
    /// A request to make afterwards, where the menu goes out in a call of its own (ParlayX).
    pub then: Option<Outgoing>,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self {
            response,
            then: None,
        }
    }
}

/// A message to a phone (MT), about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Mt<'a> {
    /// Our own id (`sms_…`), for dialects that let us name a message.
    pub id: &'a str,
    /// To whom.
    pub to: &'a Msisdn,
    /// What it says; already folded as the channel wants.
    pub text: &'a str,
    /// Where delivery reports go, for dialects that take an address with each message.
    pub receipt_url: &'a str,
}

/// What became of a request to send. The reason never holds the citizen's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Taken; `reference` is the aggregator's id for it, empty where it gives none.
    Accepted {
        /// The id that delivery reports will name.
        reference: String,
    },
    /// Not now.
    Later {
        /// How long the aggregator asked us to wait, if it did.
        after: Option<Duration>,
        /// Why, for the operator.
        why: String,
    },
    /// Not ever.
    Never {
        /// Why, for the operator and the institution.
        why: String,
    },
}

/// Every interpreter, in the order of the contract's list.
pub static ALL: &[&dyn Interpreter] = &[
    &africas_talking::AfricasTalking,
    &comviva_xml::ComvivaXml,
    &comviva_flares::ComvivaFlares,
    &mtn_madapi::MtnMadapi,
    &moov_bj::MoovBj,
    &parlayx::ParlayX,
    &infobip::Infobip,
    &kannel::Kannel,
    &jasmin::Jasmin,
    &twilio::Twilio,
    &vonage::Vonage,
    &http::Http,
    &mtn_cg_tinda::TINDA,
    &pindo::PINDO,
    &intouch::INTOUCH,
    &mista::MISTA,
];

/// The interpreter of this name.
pub fn named(name: &str) -> Option<&'static dyn Interpreter> {
    ALL.iter().copied().find(|i| i.name() == name)
}
