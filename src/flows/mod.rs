//! The hallway: each journey told once, top to bottom.
//!
//! * [`front`]: a callback comes in; which journey is it?
//! * [`converse`]: a citizen dials and answers screens.
//! * [`resume`]: a session was cut, and is offered again.
//! * [`listen`]: a citizen texts.
//! * [`turn`]: what that message is, in the dialogue that they are in.
//! * [`command`]: one word, or a code: done at once.
//! * [`add`]: words for a feedback that is open.
//! * [`respond`]: what is said back to whoever texted.
//! * [`gather`]: a citizen texts more than one message holds.
//! * [`opt_out`]: a citizen wants no messages.
//! * [`erase`]: a citizen asks what is held, or wants it gone.
//! * [`limits`]: one phone says too much, or a machine talks with us.
//! * [`look`]: a menu shows what only the records know.
//! * [`file`]: what was said goes on record, with its letters.
//! * [`bags`]: what is new goes out without a wait in the outbox.
//! * [`deliver`]: letters go to institutions.
//! * [`disclose`]: a number goes to whom its citizen said yes.
//! * [`forward`]: a letter follows its institution to a new address.
//! * [`post`]: letters go by mail.
//! * [`digest`]: a day's feedback becomes one letter.
//! * [`send`]: messages go to phones.
//! * [`relink`]: a citizen known by an old form of their number becomes one with the new.
//! * [`failover`]: by which channel a message goes.
//! * [`endpoints`]: which address may be tried now.
//! * [`murmur`]: trouble that many meet is told in few lines.
//! * [`follow`]: a citizen asks where a feedback stands.
//! * [`account`]: who read what is noted.
//! * [`answer`]: an institution answers.
//! * [`progress`]: an institution says how far it has come.
//! * [`reroute`]: it is not theirs, and goes to whoever it is.
//! * [`remind`]: a promised time has gone.
//! * [`verdict`]: a citizen says whether it is mended.
//! * [`tell`]: a message of ours to a citizen.
//! * [`score`]: how institutions listen.
//! * [`receipt`]: the network says what became of a message.
//! * [`borders`]: which country's records it is about.
//! * [`keys`]: the keys in use are fetched.
//! * [`retain`]: what has been kept long enough goes.
//! * [`rotate`]: a new key seals, and everything is sealed with it.
//! * [`register`]: an aggregator is told where to call us.
//!
//! The clock and the dice are read here ([`clock`]) and nowhere further in.

pub mod add;
pub mod account;
pub mod answer;
pub mod bags;
pub mod borders;
pub mod clock;
pub mod command;
pub mod converse;
pub mod deliver;
pub mod digest;
pub mod disclose;
pub mod endpoints;
pub mod erase;
pub mod failover;
pub mod file;
pub mod follow;
pub mod forward;
pub mod front;
pub mod gather;
pub mod keys;
pub mod limits;
pub mod listen;
pub mod look;
pub mod murmur;
pub mod opt_out;
pub mod post;
pub mod progress;
pub mod receipt;
pub mod register;
pub mod relink;
pub mod remind;
pub mod reroute;
pub mod respond;
pub mod resume;
pub mod retain;
pub mod rotate;
pub mod score;
pub mod send;
pub mod tell;
pub mod turn;
pub mod verdict;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::client::Client;
use crate::domain::channel::Channel;
use crate::domain::citizen::{Caller, Keyring};
use crate::domain::country::Country;
use crate::domain::feedback::{Letter, Message};
use crate::domain::flood;
use crate::domain::redact::RawNumber;
use crate::domain::service::Service;
use crate::domain::vault::PhoneKey;
use crate::store::Away;
use crate::store::records::Records;
use crate::store::sessions::Sessions;
use crate::telemetry::Metrics;
use bags::Bag;
use clock::Clock;
use digest::Written;
use endpoints::Endpoints;
use murmur::Murmur;
use post::Post;

/// Everything a journey needs. One a process, shared by all.
pub struct Gateway {
    /// What is configured, the newest first: live sessions stay on the one they began with.
    services: ArcSwap<Vec<Arc<Service>>>,
    /// Menu sessions, of countries that have none of their own.
    pub sessions: Sessions,
    /// Those of countries that have.
    pub country_sessions: Vec<(String, Sessions)>,
    /// Feedback, letters, messages.
    pub records: Records,
    /// The records of countries that are kept elsewhere.
    pub neighbours: Vec<Records>,
    /// The way out.
    pub client: Client,
    /// The keys that seal, look up and name.
    keyring: ArcSwap<Keyring>,
    /// What unwraps them, the one in force first; none where they cannot change.
    pub phone_keys: Vec<PhoneKey>,
    /// The time.
    pub clock: Clock,
    /// What the operator has set.
    pub settings: Settings,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The way out for mail, if there is one.
    pub post: Option<Post>,
    /// Up to which day digests are written.
    pub digests: Written,
    /// What is known of the addresses that letters go to.
    pub endpoints: Endpoints,
    /// What is known of the channels that send.
    pub channels: failover::Channels,
    /// What those who ask about codes have left.
    pub askers: Arc<follow::Askers>,
    /// How institutions listen, as it was last counted for the public.
    pub board: score::Board,
    /// What institutions have read of late.
    readings: account::Readings,
    /// What phones have said of late.
    limits: limits::Limits,
    /// Rung when a letter has been written.
    pub letters: Notify,
    /// Rung when a message has been written.
    pub messages: Notify,
    /// Letters on their way out.
    pub letter_bag: Bag<Letter>,
    /// Messages on their way out.
    pub message_bag: Bag<Message>,
    /// Steps of menus so far.
    steps: AtomicU64,
    /// Citizens who got the polite ending.
    endings: Murmur,
    /// Callbacks that were not taken.
    refusals: Murmur,
    /// Rounds of a courier that found the outbox away.
    rounds: Murmur,
}

/// Why a journey stopped. Nothing was then acknowledged, and nothing half written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// A store cannot be used now.
    #[error(transparent)]
    Store(#[from] Away),
    /// A reload took away the country or menu of a channel whose callback was under way.
    #[error("the channel's country or menu is no longer configured")]
    Gone,
    /// The session's log cannot be played, not even when begun anew.
    #[error("the session cannot be begun")]
    NoSession,
    /// Every code that was tried is taken.
    #[error("no free code was found")]
    NoCode,
}

/// What the operator has set, as far as journeys care.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A USSD callback is answered within this.
    pub answer_within: Duration,
    /// A session is forgotten this long after its last step.
    pub session_lifetime: Duration,
    /// Two like inputs within this are one callback, where nothing better tells.
    pub repeat_within: Duration,
    /// How the world reaches us, without a slash at the end.
    pub public_url: String,
    /// Letters, and messages, under way at once.
    pub parallel: usize,
    /// Letters under way to one address.
    pub parallel_each: usize,
    /// What one phone may say on one channel.
    pub limits: flood::Rules,
}

/// Letters that are held for each that is under way: those to an address that is only busy need not
/// go back to the outbox.
const LETTERS_A_HAND: usize = 16;

/// Configurations kept for sessions that began with them.
const GENERATIONS: usize = 4;

impl Gateway {
    /// Plugs the parts together.
    pub fn new(
        service: Arc<Service>,
        sessions: Sessions,
        records: Records,
        client: Client,
        keys: Keyring,
        settings: Settings,
    ) -> Self {
        Self {
            services: ArcSwap::from_pointee(vec![service]),
            sessions,
            country_sessions: Vec::new(),
            records,
            neighbours: Vec::new(),
            client,
            keyring: ArcSwap::from_pointee(keys),
            phone_keys: Vec::new(),
            clock: Clock::System,
            metrics: Arc::default(),
            post: None,
            digests: Written::default(),
            endpoints: Endpoints::new(settings.parallel),
            channels: failover::Channels::default(),
            askers: Arc::default(),
            board: score::Board::default(),
            readings: account::Readings::default(),
            limits: limits::Limits::default(),
            letters: Notify::new(),
            messages: Notify::new(),
            letter_bag: Bag::new(settings.parallel.saturating_mul(LETTERS_A_HAND)),
            message_bag: Bag::new(settings.parallel),
            steps: AtomicU64::new(0),
            endings: Murmur::about("a citizen got the polite ending"),
            refusals: Murmur::about("a callback was not taken: the aggregator will send it again"),
            rounds: Murmur::about("the outbox cannot be read"),
            settings,
        }
    }

    /// A courier's round went well, or found the outbox away.
    pub fn round(&self, went: Result<(), &Away>) {
        let now = self.clock.now();
        match went {
            Ok(()) => self.rounds.well(now),
            Err(why) => self.rounds.trouble(&why.to_string(), now),
        }
    }

    /// The configuration in force.
    pub fn service(&self) -> Arc<Service> {
        // The list is made with one entry and never shrinks below it.
        self.services.load().first().cloned().unwrap_or_default()
    }

    /// The configuration of this version, if it is still held.
    pub fn service_of(&self, version: u32) -> Option<Arc<Service>> {
        self.services
            .load()
            .iter()
            .find(|s| s.version == version)
            .cloned()
    }

    /// Puts a new configuration in force; addresses that were disabled get another chance.
    pub fn renew(&self, service: &Arc<Service>) {
        self.services.rcu(|held| {
            std::iter::once(service)
                .chain(held.iter().filter(|s| s.version != service.version))
                .take(GENERATIONS)
                .cloned()
                .collect::<Vec<_>>()
        });
        self.endpoints.reset(self);
        self.letters.notify_one();
    }
}

/// Who a raw number is, in a channel's country.
fn caller(country: &Country, from: &RawNumber) -> Caller {
    match country.numbering.parse(from.expose()) {
        Ok(parsed) => Caller::Known(parsed.msisdn),
        Err(_) => Caller::Unplaced(from.expose().trim().to_owned()),
    }
}

/// The operator of a callback: what the network says, or else whose channel it is.
fn operator(country: &Country, channel: &Channel, network: Option<&str>) -> Option<String> {
    match network.filter(|n| !n.trim().is_empty()) {
        Some(network) => Some(country.operator_of(network)),
        None => channel.operator.clone(),
    }
}
