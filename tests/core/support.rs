//! The shipped service, and a way to play a session on it without any store.

use std::sync::{Arc, OnceLock};

use passerelle::config::{self, Environment, Files, Rules as CheckRules};
use passerelle::domain::channel::Channel;
use passerelle::domain::feedback::Reply;
use passerelle::domain::inbound::{Claim, Input, Ussd};
use passerelle::domain::ladder::{Stage, Standing};
use passerelle::domain::menu::facts::Facts;
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::menu::{Scene, Screen};
use passerelle::domain::redact::{RawNumber, Words};
use passerelle::domain::service::Service;
use passerelle::domain::session::{Birth, Entry, Log, Played, Rules};

/// The service in `config/`, loaded once.
pub fn shipped() -> Arc<Service> {
    static SHIPPED: OnceLock<Arc<Service>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(|| {
        config::load(
            &Files::embedded(),
            &Environment::of([] as [(&str, &str); 0]),
            &CheckRules::CHECK,
        )
        .unwrap_or_else(|report| panic!("{}", report.text(false)))
        .service
    }))
}

/// What the menus are played on, for a channel of the shipped service.
pub fn scene<'a>(service: &'a Service, channel: &'a Channel) -> Scene<'a> {
    let country = service.country(&channel.country).expect("a country");
    let menu = service.menus.get(&channel.menu).expect("a menu");
    Scene::new(service, country, channel, menu)
}

/// A channel of the shipped service.
pub fn channel(id: &str) -> Arc<Channel> {
    Arc::clone(
        shipped()
            .channels
            .get(id)
            .unwrap_or_else(|| panic!("no channel {id}")),
    )
}

/// A session being logged, as the store would keep it.
pub struct Session {
    channel: Arc<Channel>,
    log: Log,
    named: bool,
    now: i64,
    marks: u16,
    facts: Facts,
}

/// The code that every transcript shows.
pub const CODE: &str = "K7M-2QX-T";

/// What the records know in a transcript: somebody's feedback of [`CODE`] was answered.
fn answered(country: &str, at: i64) -> Facts {
    let (institution, words) = match country {
        "RW" => (
            "rw-minisante",
            "Murakoze kutwandikira. Abaganga babiri bashya bazatangira ku wa mbere ku kigo \
             nderabuzima cya Gasabo. Niba ikibazo gikomeje, mwongere mutwandikire.",
        ),
        "CG" => ("cg-sante", "Merci. La pompe est réparée."),
        _ => (
            "bj-sante",
            "Merci de nous avoir écrit. Deux sages-femmes de plus travaillent à la maternité \
             depuis lundi, et le guichet ouvre à 7 h. Si vous attendez encore, écrivez-nous.",
        ),
    };
    let reply = Reply {
        id: "rp_1".into(),
        feedback: "fb_1".into(),
        text: Words::new(words),
        created_at: at,
    };
    let standing = Standing {
        feedback: "fb_1".into(),
        code: CODE.into(),
        country: country.into(),
        institution: institution.into(),
        language: "fr".into(),
        experience: None,
        stage: Stage::Answered,
        since: at,
        received_at: at,
        due: None,
        overdue: false,
        asks_verdict: false,
        waits: false,
        replies: vec![reply],
    };
    Facts {
        standings: vec![(CODE.to_owned(), Some(standing))],
        ..Facts::default()
    }
}

impl Session {
    pub fn on(channel_id: &str) -> Self {
        let at = 1_795_000_000_000;
        let channel = channel(channel_id);
        Self {
            facts: answered(&channel.country, at),
            channel,
            log: Log {
                birth: Birth {
                    menu: 1,
                    at,
                    nonce: [0; 8],
                },
                entries: Vec::new(),
            },
            named: true,
            now: at,
            marks: 0,
        }
    }

    pub fn unnamed(mut self) -> Self {
        self.named = false;
        self
    }

    /// Lets time pass.
    pub fn wait(&mut self, ms: i64) -> &mut Self {
        self.now += ms;
        self
    }

    /// A step of a dialect that sends the last input only.
    pub fn last(&mut self, text: &str, claim: Claim, request: Option<&str>) -> Played {
        self.step(Input::Last(Words::new(text)), claim, request)
    }

    /// A step of a dialect that sends everything typed so far.
    pub fn all(&mut self, text: &str) -> Played {
        self.step(Input::All(Words::new(text)), Claim::Silent, None)
    }

    fn step(&mut self, input: Input, claim: Claim, request: Option<&str>) -> Played {
        let ussd = Ussd {
            session: Some("s".into()),
            from: RawNumber::new("22963000001"),
            service_code: None,
            input,
            claim,
            request_id: request.map(str::to_owned),
            network: None,
            echo: Vec::new(),
        };
        self.marks += 1;
        self.log
            .entries
            .push(Entry::new(&ussd, self.now, self.marks));
        self.play()
    }

    /// The network cuts the session; the code is dialled anew, in a session of its own.
    pub fn redial(&mut self, code: &str) -> Played {
        let cut = self.cut();
        self.last(code, Claim::Begins, None);
        self.offered(cut)
    }

    /// The same on a dialect that sends everything typed so far.
    pub fn redial_all(&mut self) -> Played {
        let cut = self.cut();
        self.all("");
        self.offered(cut)
    }

    fn cut(&mut self) -> Log {
        let birth = Birth {
            at: self.now,
            ..self.log.birth
        };
        let begun = Log {
            birth,
            entries: Vec::new(),
        };
        std::mem::replace(&mut self.log, begun)
    }

    fn offered(&mut self, cut: Log) -> Played {
        let within = shipped().menus[&self.channel.menu].resume.expect("a time");
        if cut.may_go_on(&self.log, within) {
            let offer = Entry::offering(cut, self.now, 9).expect("short enough");
            self.log.entries.push(offer);
        }
        self.play()
    }

    /// What the store keeps of the session, in bytes.
    pub fn stored(&self) -> usize {
        self.log.encode().len()
    }

    /// The last entry stands twice, byte for byte.
    pub fn twice(&mut self) -> Played {
        let last = self.log.entries.last().expect("an entry").clone();
        self.log.entries.push(last);
        self.play()
    }

    fn play(&self) -> Played {
        let bytes: Vec<u8> = self
            .log
            .birth
            .encode()
            .into_iter()
            .chain(self.log.entries.iter().flat_map(Entry::encode))
            .collect();
        let read = Log::decode(&bytes).expect("a log reads back");
        assert_eq!(read, self.log);
        let service = shipped();
        let scene = Scene {
            facts: &self.facts,
            ..scene(&service, &self.channel)
        };
        read.play(&scene, &self.rules())
    }

    fn rules(&self) -> Rules {
        Rules {
            repeat_within: 2000,
            codes: self
                .channel
                .ussd
                .iter()
                .map(|c| c.trim_start_matches('*').trim_end_matches('#').to_owned())
                .collect(),
            named: self.named,
        }
    }

    /// The screen of what was played.
    pub fn show(&self, played: &Played) -> Screen {
        let filed = Filed {
            code: CODE.into(),
            reply_by: "30/11".into(),
        };
        let service = shipped();
        let scene = Scene {
            facts: &self.facts,
            ..scene(&service, &self.channel)
        };
        render::screen(&scene, &played.state, &filed)
    }
}
