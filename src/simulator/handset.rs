//! A phone: dials, types, hangs up and texts, over the HTTP that its operator would speak.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::Serialize;

use super::chance::{dice, now};
use super::networks::{
    Call, Knock, Network, NotInDialect, Over, SECRET_HEADER, Shown, Subscriber, Texted, network,
};
use super::switchboard::split;
use crate::client::{Client, NoAnswer};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing};
use crate::domain::redact::Words;

/// A phone with a number, on a channel's network.
pub struct Handset {
    client: Client,
    base_url: String,
    channel: Arc<Channel>,
    network: &'static dyn Network,
    number: Subscriber,
    call: Option<Call>,
}

/// A screen, and how it came.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What the phone shows.
    pub shown: Shown,
    /// The exchange behind it.
    pub wire: Wire,
}

/// An exchange as it went over the wire, for developers' eyes; the channel's secret is hidden.
#[derive(Clone, Serialize)]
pub struct Wire {
    /// The request: line, headers, body.
    pub request: String,
    /// The answer: status, body; empty if none came.
    pub answer: String,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("request_bytes", &self.request.len())
            .field("answer_bytes", &self.answer.len())
            .finish()
    }
}

/// Why a phone shows no screen of the service.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nobody plays this aggregator's network.
    #[error("the simulator does not know the network behind `{0}`")]
    NoNetwork(String),
    /// The code belongs to another service.
    #[error("channel `{channel}` does not answer {code}; it answers {known}")]
    NotItsCode {
        /// The channel.
        channel: String,
        /// What was dialled.
        code: String,
        /// What could have been.
        known: String,
    },
    /// An answer or the red key without a call.
    #[error("no call is on: dial a code first")]
    NoCall,
    /// The network has no texts.
    #[error("`{0}` carries no texts from phones")]
    NoTexts(String),
    /// The gateway did not answer.
    #[error("the gateway gave no answer: {why}")]
    NoAnswer {
        /// Why.
        why: NoAnswer,
        /// What was asked.
        wire: Box<Wire>,
    },
    /// A real network would show its own error here, for the answer is not in its dialect.
    #[error("the answer is not in the network's dialect: {why}")]
    NotInDialect {
        /// What is wrong with it.
        why: NotInDialect,
        /// The exchange.
        wire: Box<Wire>,
    },
    /// The gateway refused a text.
    #[error("the gateway refused the text with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The exchange.
        wire: Box<Wire>,
    },
}

impl Trouble {
    /// The exchange that went wrong, if there was one.
    pub fn wire(&self) -> Option<&Wire> {
        match self {
            Self::NoAnswer { wire, .. }
            | Self::NotInDialect { wire, .. }
            | Self::Refused { wire, .. } => Some(wire),
            Self::NoNetwork(_) | Self::NotItsCode { .. } | Self::NoCall | Self::NoTexts(_) => None,
        }
    }
}

impl Handset {
    /// A phone. `base_url` is where the gateway listens, without a slash at its end.
    ///
    /// # Errors
    /// [`Trouble::NoNetwork`].
    pub fn new(
        client: Client,
        base_url: &str,
        channel: Arc<Channel>,
        number: Subscriber,
    ) -> Result<Self, Trouble> {
        let network = network(&channel.aggregator)
            .ok_or_else(|| Trouble::NoNetwork(channel.aggregator.clone()))?;
        Ok(Self {
            client,
            base_url: base_url.trim_end_matches('/').to_owned(),
            channel,
            network,
            number,
            call: None,
        })
    }

    /// Whether a call is on, so that the gateway waits for an answer.
    pub fn in_call(&self) -> bool {
        self.call.is_some()
    }

    /// Dials a code, `*7344#` or deeper: `*7344*1*2#`. A call that is on is hung up first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn dial(&mut self, code: &str) -> Result<Turn, Trouble> {
        if self.in_call() {
            // Whatever became of it, the phone is free now.
            let _ = self.hang_up().await;
        }
        let (service_code, deep) =
            split(&self.channel, code).ok_or_else(|| Trouble::NotItsCode {
                channel: self.channel.id.clone(),
                code: code.to_owned(),
                known: self.channel.ussd.join(", "),
            })?;
        let began = now();
        let call = Call {
            session: self.network.session(dice()),
            from: self.number.clone(),
            service_code: service_code.to_owned(),
            deep: deep.into_iter().map(Words::new).collect(),
            typed: Vec::new(),
            request: 1,
            screen: Words::default(),
            began,
            at: began,
        };
        let knock = self.network.dial(&self.channel, &call);
        self.turn(call, &knock).await
    }

    /// Answers the screen.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn press(&mut self, text: &str) -> Result<Turn, Trouble> {
        let mut call = self.call.take().ok_or(Trouble::NoCall)?;
        call.typed.push(Words::new(text));
        call.request += 1;
        call.at = now();
        let knock = self.network.press(&self.channel, &call);
        self.turn(call, &knock).await
    }

    /// Hangs up. The exchange, where the network tells of such a thing.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn hang_up(&mut self) -> Result<Option<Wire>, Trouble> {
        let call = self.call.take().ok_or(Trouble::NoCall)?;
        self.over(call, Over::HungUp).await
    }

    /// Sends a text to a short code.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn text(&self, to: &str, body: &str) -> Result<Wire, Trouble> {
        let sms = Texted {
            from: self.number.clone(),
            to: to.to_owned(),
            text: Words::new(body),
            at: now(),
            dice: dice(),
        };
        let knock = self
            .network
            .text(&self.channel, &sms)
            .ok_or_else(|| Trouble::NoTexts(self.channel.aggregator.clone()))?;
        let (answered, wire) = self.knock(&knock).await?;
        if (200..300).contains(&answered.status) {
            return Ok(wire);
        }
        Err(Trouble::Refused {
            status: answered.status,
            wire: Box::new(wire),
        })
    }

    /// Makes a step's request and reads its screen. After anything but a screen that goes on, the
    /// call is over, as it is on a real phone.
    async fn turn(&mut self, mut call: Call, knock: &Knock) -> Result<Turn, Trouble> {
        let (answered, wire) = self.knock(knock).await?;
        let shown = match self.network.show(&answered) {
            Ok(shown) => shown,
            Err(why) => {
                let wire = Box::new(wire);
                return Err(Trouble::NotInDialect { why, wire });
            }
        };
        call.screen = shown.text.clone();
        if shown.ends {
            // The screen stands on the phone already: what becomes of the news is not its worry.
            let _ = self.over(call, Over::Done).await;
        } else {
            self.call = Some(call);
        }
        Ok(Turn { shown, wire })
    }

    async fn over(&self, mut call: Call, why: Over) -> Result<Option<Wire>, Trouble> {
        call.at = now();
        match self.network.over(&self.channel, &call, why) {
            None => Ok(None),
            Some(knock) => Ok(Some(self.knock(&knock).await?.1)),
        }
    }

    async fn knock(&self, knock: &Knock) -> Result<(Answered, Wire), Trouble> {
        knock_at(&self.client, &self.base_url, &self.channel, knock).await
    }
}

/// Carries out a network's request to a channel's callbacks.
pub(super) async fn knock_at(
    client: &Client,
    base_url: &str,
    channel: &Channel,
    knock: &Knock,
) -> Result<(Answered, Wire), Trouble> {
    let path = format!("/callbacks/{}/{}", channel.id, knock.door);
    let outgoing = Outgoing {
        method: knock.method,
        url: format!("{base_url}{path}"),
        headers: knock.headers.clone(),
        body: knock.body.clone().into_bytes(),
        oauth: None,
    };
    let mut wire = Wire {
        request: asked(knock, &path),
        answer: String::new(),
    };
    match client.send(&outgoing).await {
        Ok(answered) => {
            let body = String::from_utf8_lossy(&answered.body);
            wire.answer = format!("HTTP {}\n\n{body}", answered.status);
            Ok((answered, wire))
        }
        Err(why) => {
            let wire = Box::new(wire);
            Err(Trouble::NoAnswer { why, wire })
        }
    }
}

fn asked(knock: &Knock, path: &str) -> String {
    let mut out = format!("{} {path}\n", knock.method);
    for (name, value) in &knock.headers {
        let value = if *name == SECRET_HEADER { "…" } else { value };
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "{name}: {value}");
    }
    out.push('\n');
    out.push_str(&knock.body);
    out
}
