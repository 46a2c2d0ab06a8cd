//! The stage itself: who plays which part, and what happened so far. In memory, bounded, and gone
//! with the process; numbers and words are shown to the page and never logged.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Mutex as AsyncMutex;

use super::chance::{dice, now};
use super::handset::{Handset, Trouble, Turn, Wire, knock_at};
use super::networks::{Asked, Carrier, Mt, NotANumber, Subscriber, network};
use super::news::News;
use super::signature::{Letter, verify};
use super::switchboard::{NoChannel, Wanted, pick};
use crate::client::{Client, NoAnswer};
use crate::domain::channel::Channel;
use crate::domain::exchange::{Answered, Outgoing, Response};
use crate::domain::redact::Secret;

/// How many phones, and how many letters, are remembered.
const KEPT: usize = 200;
/// From a message's acceptance to its delivery report: long enough for a person to see both.
const ON_THE_AIR: Duration = Duration::from_millis(800);
/// How often a delivery report is tried.
const REPORTS: u32 = 4;

/// What the stage is built from.
pub struct Plan {
    /// Where the gateway listens, as in `http://127.0.0.1:8080`.
    pub base_url: String,
    /// The channels whose networks are played.
    pub channels: Vec<Arc<Channel>>,
    /// The institutions whose desks are played.
    pub inboxes: Vec<Inbox>,
    /// The way to the gateway; must be let to `base_url`.
    pub client: Client,
}

/// An institution's desk.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// The institution's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 of its country.
    pub country: String,
    /// `whsec_…`: its webhook must sign with it.
    pub secret: Secret,
    /// The bearer token of its calls to the API.
    pub token: Secret,
}

/// The stage.
pub struct Simulator {
    plan: Plan,
    news: Arc<News>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The phones, the one that dialled last at the end.
    phones: VecDeque<(Subscriber, Phone)>,
    /// Letters by institution, `webhook-id` and whether believed: a forgery must not pass for a
    /// repetition of the true one, nor hide it.
    letters: VecDeque<((String, String, bool), u32)>,
}

type Phone = Arc<AsyncMutex<Handset>>;

/// What a person does with a phone.
#[derive(Clone, Copy)]
pub struct Gesture<'a> {
    /// The phone's number.
    pub number: &'a str,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
    /// A channel by its name.
    pub channel: Option<&'a str>,
}

/// Why a gesture led nowhere.
#[derive(Debug, thiserror::Error)]
pub enum Nothing {
    /// Not a phone's number.
    #[error(transparent)]
    Number(#[from] NotANumber),
    /// Nobody there.
    #[error(transparent)]
    Channel(#[from] NoChannel),
    /// The network or the gateway.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

#[derive(Serialize)]
struct RungSms<'a> {
    number: String,
    from: &'a str,
    text: &'a str,
    at: String,
}

#[derive(Serialize)]
struct CameLetter<'a> {
    institution: &'a str,
    name: &'a str,
    country: &'a str,
    webhook_id: &'a str,
    verified: bool,
    why: Option<String>,
    repeats: u32,
    at: String,
    headers: &'a [(String, String)],
    body: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
struct GaveReply<'a> {
    institution: &'a str,
    feedback: &'a str,
    text: &'a str,
    /// What the API said to it.
    said: serde_json::Value,
}

impl Simulator {
    /// Builds the stage.
    pub fn new(mut plan: Plan) -> Arc<Self> {
        plan.base_url
            .truncate(plan.base_url.trim_end_matches('/').len());
        plan.channels.sort_by(|a, b| a.id.cmp(&b.id));
        Arc::new(Self {
            plan,
            news: Arc::new(News::new()),
            state: Mutex::default(),
        })
    }

    /// Ends the pages' event streams; a server that stops gracefully would wait for them.
    pub fn close(&self) {
        self.news.close();
    }

    /// What the stage is built from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn news(&self) -> Arc<News> {
        Arc::clone(&self.news)
    }

    /// Dials a code. The channel that answers, and the screen.
    ///
    /// # Errors
    /// [`Nothing`].
    pub async fn dial(
        &self,
        who: Gesture<'_>,
        code: &str,
    ) -> Result<(Arc<Channel>, Turn), Nothing> {
        let number = Subscriber::parse(who.number)?;
        let channel = Arc::clone(self.pick(who, code)?);
        let handset = Handset::new(
            self.plan.client.clone(),
            &self.plan.base_url,
            Arc::clone(&channel),
            number.clone(),
        )?;
        if let Some(old) = self.phone(&number) {
            // One phone, one call.
            let _ = old.lock().await.hang_up().await;
        }
        let phone = Arc::new(AsyncMutex::new(handset));
        {
            let mut state = self.state();
            state.phones.retain(|(n, _)| *n != number);
            state.phones.push_back((number, Arc::clone(&phone)));
            if state.phones.len() > KEPT {
                state.phones.pop_front();
            }
        }
        let turn = phone.lock().await.dial(code).await?;
        Ok((channel, turn))
    }

    /// Answers the screen of a phone's call.
    ///
    /// # Errors
    /// [`Nothing`].
    pub async fn press(&self, number: &str, text: &str) -> Result<Turn, Nothing> {
        let phone = self.in_call(number)?;
        let turn = phone.lock().await.press(text).await?;
        Ok(turn)
    }

    /// Hangs up.
    ///
    /// # Errors
    /// [`Nothing`].
    pub async fn hang_up(&self, number: &str) -> Result<Option<Wire>, Nothing> {
        let phone = self.in_call(number)?;
        let wire = phone.lock().await.hang_up().await?;
        Ok(wire)
    }

    /// Texts to a short code.
    ///
    /// # Errors
    /// [`Nothing`].
    pub async fn text(&self, who: Gesture<'_>, to: &str, body: &str) -> Result<Wire, Nothing> {
        let number = Subscriber::parse(who.number)?;
        let channel = Arc::clone(self.pick(who, to)?);
        let client = self.plan.client.clone();
        let handset = Handset::new(client, &self.plan.base_url, channel, number)?;
        Ok(handset.text(to, body).await?)
    }

    /// A request to a network's API for sending; `None` where there is no such channel or API.
    /// Messages ring at once; their delivery reports follow.
    pub fn carry(self: &Arc<Self>, channel: &str, asked: &Asked<'_>) -> Option<Response> {
        let channel = self.plan.channels.iter().find(|c| c.id == channel)?;
        let carrier = network(&channel.aggregator)?.carrier()?;
        let carried = carrier.carry(channel, asked);
        for message in carried.messages {
            self.news.tell(
                "sms",
                &RungSms {
                    number: message.to.e164(),
                    from: &message.from,
                    text: message.text.as_str(),
                    at: now().to_string(),
                },
            );
            let (stage, channel) = (Arc::clone(self), Arc::clone(channel));
            tokio::spawn(async move { stage.report(carrier, &channel, &message).await });
        }
        Some(carried.answer)
    }

    /// Tells the gateway that a message arrived, again if it does not take the news.
    async fn report(&self, carrier: &dyn Carrier, channel: &Channel, message: &Mt) {
        let mut wait = ON_THE_AIR;
        for _ in 0..REPORTS {
            tokio::time::sleep(wait).await;
            let knock = carrier.report(channel, message, now());
            let told = knock_at(&self.plan.client, &self.plan.base_url, channel, &knock).await;
            if told.is_ok_and(|(answered, _)| (200..300).contains(&answered.status)) {
                return;
            }
            wait *= 2;
        }
        tracing::warn!(channel = channel.id, "the gateway took no delivery report");
    }

    /// A webhook at an institution's desk: whether it is believed, or `None` if nobody of that
    /// name has a desk here.
    pub fn receive(
        &self,
        institution: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Option<bool> {
        let inbox = self.inbox(institution)?;
        let header = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| name == wanted);
            found.map_or("", |(_, value)| value.as_str())
        };
        let letter = Letter {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signatures: header("webhook-signature"),
            body,
        };
        let believed = verify(&inbox.secret, letter, now());
        let verified = believed.is_ok();
        let came = CameLetter {
            institution: &inbox.id,
            name: &inbox.name,
            country: &inbox.country,
            webhook_id: letter.id,
            verified,
            why: believed.err().map(|why| why.to_string()),
            repeats: self.count(&inbox.id, letter.id, verified),
            at: now().to_string(),
            headers,
            body: String::from_utf8_lossy(body),
        };
        self.news.tell("letter", &came);
        Some(verified)
    }

    /// Answers a feedback through the gateway's own API; `None` if nobody of that name has a desk.
    pub async fn reply(
        &self,
        institution: &str,
        feedback: &str,
        text: &str,
    ) -> Option<Result<Answered, NoAnswer>> {
        let inbox = self.inbox(institution)?;
        let token = inbox.token.expose();
        let outgoing = Outgoing {
            method: "POST",
            url: reply_url(&self.plan.base_url, feedback),
            headers: vec![
                ("Authorization", format!("Bearer {token}")),
                ("Content-Type", "application/json".to_owned()),
                ("Idempotency-Key", format!("{:032x}", dice())),
            ],
            body: serde_json::json!({"text": text}).to_string().into_bytes(),
            oauth: None,
        };
        let answered = self.plan.client.send(&outgoing).await;
        if let Ok(taken) = &answered
            && (200..300).contains(&taken.status)
        {
            let said = serde_json::from_slice(&taken.body).unwrap_or_default();
            self.news.tell(
                "reply",
                &GaveReply {
                    institution,
                    feedback,
                    text,
                    said,
                },
            );
        }
        Some(answered)
    }

    fn pick(&self, who: Gesture<'_>, code: &str) -> Result<&Arc<Channel>, NoChannel> {
        let wanted = Wanted {
            code,
            channel: who.channel,
            country: who.country,
        };
        pick(&self.plan.channels, &wanted)
    }

    fn in_call(&self, number: &str) -> Result<Phone, Nothing> {
        let number = Subscriber::parse(number)?;
        Ok(self.phone(&number).ok_or(Trouble::NoCall)?)
    }

    fn phone(&self, number: &Subscriber) -> Option<Phone> {
        let state = self.state();
        let found = state.phones.iter().find(|(n, _)| n == number);
        found.map(|(_, phone)| Arc::clone(phone))
    }

    fn inbox(&self, institution: &str) -> Option<&Inbox> {
        self.plan.inboxes.iter().find(|i| i.id == institution)
    }

    /// How often this letter has come before.
    fn count(&self, institution: &str, id: &str, verified: bool) -> u32 {
        let key = (institution.to_owned(), id.to_owned(), verified);
        let mut state = self.state();
        if let Some((_, times)) = state.letters.iter_mut().find(|(k, _)| *k == key) {
            *times += 1;
            return *times;
        }
        state.letters.push_back((key, 0));
        if state.letters.len() > KEPT {
            state.letters.pop_front();
        }
        0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is whole by itself: a thread that panicked left nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reply_url(base_url: &str, feedback: &str) -> String {
    // The id comes from a page: whatever it is, it stays one segment of the path.
    let id: String = url::form_urlencoded::byte_serialize(feedback.as_bytes()).collect();
    format!("{base_url}/v1/feedback/{id}/replies")
}

#[cfg(test)]
pub(in crate::simulator) mod tests;
