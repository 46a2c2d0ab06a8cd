//! A citizen dials and answers screens. Whatever goes wrong inside, there is a screen in time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::aggregators::{Interpreter, Reply};
use crate::domain::audit::Actor;
use crate::domain::channel::Channel;
use crate::domain::exchange::{Callback, Response};
use crate::domain::feedback::Consent;
use crate::domain::inbound::{End, Inbound, Ussd};
use crate::domain::menu::facts::Facts;
use crate::domain::menu::model::Effect;
use crate::domain::menu::render::{self, Filed};
use crate::domain::menu::said::Said;
use crate::domain::menu::texts::{Piece, Variable};
use crate::domain::menu::{Scene, Screen};
use crate::domain::promise;
use crate::domain::service::Service;
use crate::domain::session::{Birth, Entry, Log, Played, Rules};
use crate::store::keys::SessionKey;
use crate::store::sessions::Sessions;
use crate::telemetry::{Stage, Watch};

use super::file::{self, Draft, Source};
use super::{Gateway, Halt, caller, clock, erase, look, operator, opt_out, resume};

/// Times that records are read for one screen: lists and codes, and the pages turned in them.
const FETCHES: usize = 8;

/// Answers a callback at one of the USSD doors, in the dialect's form, within the deadline.
pub async fn converse(
    gateway: &Gateway,
    channel: &Channel,
    interpreter: &dyn Interpreter,
    callback: &Callback<'_>,
) -> Response {
    let mut watch = Watch::start(&gateway.metrics.stages);
    let read = interpreter.read(channel, callback);
    let read = read.inspect_err(|why| {
        tracing::warn!(channel = channel.id, %why, "a USSD request could not be read");
    });
    match read.map(|mut all| all.pop()) {
        Ok(Some(Inbound::Ussd(ussd))) => {
            let screen = in_time(gateway, channel, &ussd, &mut watch).await;
            let response = send(gateway, interpreter.reply(channel, Some(&ussd), &screen));
            watch.spent_on(Stage::Render);
            sample(gateway, channel, &watch);
            response
        }
        Ok(Some(Inbound::End(end))) => {
            ended(channel, &end);
            interpreter.taken(channel, callback)
        }
        // A question that is about no step.
        Ok(None) => interpreter.taken(channel, callback),
        _ => {
            let screen = apology(gateway, channel);
            send(gateway, interpreter.reply(channel, None, &screen))
        }
    }
}

/// One step in so many is told in the trace, stage by stage.
const SAMPLED: u64 = 1000;

fn sample(gateway: &Gateway, channel: &Channel, watch: &Watch<'_>) {
    let nth = gateway.steps.fetch_add(1, Ordering::Relaxed);
    if nth.is_multiple_of(SAMPLED) {
        let [parse, session, menu, commit, render] = watch.told();
        let channel = &channel.id;
        tracing::debug!(
            channel,
            nth,
            parse,
            session,
            menu,
            commit,
            render,
            "a step, in µs"
        );
    }
}

/// The answer itself; what has to go out in a call of its own goes behind it.
fn send(gateway: &Gateway, reply: Reply) -> Response {
    if let Some(then) = reply.then {
        let client = gateway.client.clone();
        tokio::spawn(async move {
            if let Err(why) = client.send(&then).await {
                tracing::warn!(%why, "a screen could not be sent");
            }
        });
    }
    reply.response
}

/// The log keeps the session for its lifetime: the end is told to the operator, nothing is lost.
fn ended(channel: &Channel, end: &End) {
    tracing::debug!(
        channel = channel.id,
        reason = end.reason,
        "the network ended a session"
    );
}

async fn in_time(
    gateway: &Gateway,
    channel: &Channel,
    ussd: &Ussd,
    watch: &mut Watch<'_>,
) -> Screen {
    let answer = step(gateway, channel, ussd, watch);
    // A tenth is left for writing the ending and carrying it back: in time means there in time.
    let within = gateway.settings.answer_within.mul_f64(0.9);
    let answered = tokio::time::timeout(within, answer).await;
    let now = gateway.clock.now();
    let why = match answered {
        Ok(Ok(screen)) => {
            gateway.endings.well(now);
            return screen;
        }
        Ok(Err(why)) => why.to_string(),
        Err(_) => "too slow".to_owned(),
    };
    gateway.endings.trouble(&why, now);
    tracing::debug!(channel = channel.id, why, "the polite ending");
    apology(gateway, channel)
}

/// The channel's polite ending, in its country's language.
fn apology(gateway: &Gateway, channel: &Channel) -> Screen {
    let service = gateway.service();
    match scene(&service, channel) {
        Some(scene) => {
            let texts = &service.texts;
            let language = texts.language(&scene.country.default_language).unwrap_or(0);
            render::apology(&scene, language)
        }
        None => Screen::last("Service indisponible. Service not available."),
    }
}

async fn step(
    gateway: &Gateway,
    channel: &Channel,
    ussd: &Ussd,
    watch: &mut Watch<'_>,
) -> Result<Screen, Halt> {
    let now = gateway.clock.now();
    let service = gateway.service();
    let Some(scene) = scene(&service, channel) else {
        return Err(Halt::Gone);
    };
    let caller = caller(scene.country, &ussd.from);
    let lookup = gateway.keys().lookup(&caller);
    let session = ussd.session.as_deref();
    let key = SessionKey::new(gateway.keys().session(&channel.id, session, &lookup));
    let entry = Entry::new(ussd, now, u16::from_be_bytes(clock::random()));
    watch.spent_on(Stage::Parse);
    let sessions = gateway.sessions_of(&channel.country);
    let lifetime = resume::lifetime(gateway, scene.menu);
    let log = append(gateway, sessions, &key, service.version, &entry, lifetime).await?;

    let pinned = gateway.service_of(log.birth.menu).unwrap_or(service);
    let known = pinned.channels.get(&channel.id);
    let channel = known.map_or(channel, AsRef::as_ref);
    let Some(scene) = self::scene(&pinned, channel) else {
        return Err(Halt::Gone);
    };
    let operator = operator(scene.country, channel, ussd.network.as_deref());
    let scene = Scene {
        operator: operator.as_deref(),
        ..scene
    };
    let rules = rules(gateway, channel, ussd);
    let log = resume::offer(gateway, &scene, &rules, &key, &lookup, log).await;
    watch.spent_on(Stage::Session);
    let (played, facts) = play(gateway, &scene, &log, &rules, &lookup).await?;
    watch.spent_on(Stage::Menu);
    let scene = Scene {
        facts: &facts,
        ..scene
    };
    let mut filed = Filed::default();
    wish(gateway, &scene, &lookup, played.state.effect).await?;
    if played.state.effect.is_some_and(Effect::files) {
        let draft = draft(&scene, &played, now);
        let source = Source {
            channel,
            caller,
            lookup,
            operator: operator.clone(),
            at: now,
            quiet: false,
        };
        let name = names(&log, ussd, &source.lookup, &played);
        let feedback = file::file(gateway, &pinned, &source, &name, draft).await?;
        let reply_by = feedback.reply_by.map(|at| promise::day(at, scene.country));
        filed = Filed {
            reply_by: reply_by.unwrap_or_default(),
            code: feedback.code,
        };
        watch.spent_on(Stage::Commit);
    }
    Ok(render::screen(&scene, &played.state, &filed))
}

/// Does what a citizen chose about their own: their messages, their data. Twice is once.
async fn wish(
    gateway: &Gateway,
    scene: &Scene<'_>,
    citizen: &str,
    effect: Option<Effect>,
) -> Result<(), Halt> {
    match effect {
        Some(Effect::Stop | Effect::Subscribe) => {
            let stop = effect == Some(Effect::Stop);
            opt_out::choose(gateway, scene.service, scene.channel, citizen, stop).await?;
        }
        Some(Effect::Erase) => {
            erase::forget(gateway, citizen, Actor::Citizen).await?;
        }
        Some(Effect::File | Effect::FileAndCopy) | None => {}
    }
    Ok(())
}

/// Plays a log with what its last screen shows from the records. That may lead on to more of it: a
/// list, and what was chosen from it.
async fn play(
    gateway: &Gateway,
    scene: &Scene<'_>,
    log: &Log,
    rules: &Rules,
    citizen: &str,
) -> Result<(Played, Facts), Halt> {
    let mut facts = Facts::default();
    let mut played = log.play(scene, rules);
    for _ in 0..FETCHES {
        let known = Scene {
            facts: &facts,
            ..*scene
        };
        let Some(need) = played.state.needs(&known) else {
            break;
        };
        look::fetch(gateway, &mut facts, need, citizen, log.birth.at).await?;
        let known = Scene {
            facts: &facts,
            ..*scene
        };
        played = log.play(&known, rules);
    }
    Ok((played, facts))
}

/// Appends the callback to its session's log and reads it back: one round trip. A log that cannot
/// be played (another format, grown too long, a configuration long gone) starts over.
async fn append(
    gateway: &Gateway,
    sessions: &Sessions,
    key: &SessionKey,
    version: u32,
    entry: &Entry,
    lifetime: Duration,
) -> Result<Log, Halt> {
    let birth = Birth {
        menu: version,
        at: entry.at,
        nonce: clock::random(),
    };
    let (header, bytes) = (birth.encode(), entry.encode());
    for _ in 0..2 {
        let log = sessions
            .append(key, &header, &bytes, lifetime, entry.at)
            .await?;
        let playable = Log::decode(&log).filter(|log| {
            log.entries.last() == Some(entry) && gateway.service_of(log.birth.menu).is_some()
        });
        match playable {
            Some(log) => return Ok(log),
            None => sessions.forget(key).await?,
        }
    }
    Err(Halt::NoSession)
}

/// What a menu is played on; `None` if a reload took its country or menu away.
fn scene<'a>(service: &'a Service, channel: &'a Channel) -> Option<Scene<'a>> {
    let country = service.country(&channel.country)?;
    let menu = service.menus.get(&channel.menu)?;
    Some(Scene::new(service, country, channel, menu))
}

fn rules(gateway: &Gateway, channel: &Channel, ussd: &Ussd) -> Rules {
    let bare = |code: &str| {
        code.trim()
            .trim_start_matches('*')
            .trim_end_matches('#')
            .to_owned()
    };
    let codes = channel
        .ussd
        .iter()
        .map(String::as_str)
        .chain(ussd.service_code.as_deref());
    Rules {
        repeat_within: u64::try_from(gateway.settings.repeat_within.as_millis())
            .unwrap_or(u64::MAX),
        codes: codes.map(bare).filter(|c| !c.is_empty()).collect(),
        named: ussd.session.is_some(),
    }
}

/// What makes this filing itself and no other: its session, the run in it, which filing of the
/// run, and what was said. A session without a name of its own is told by how it began.
fn names(log: &Log, ussd: &Ussd, lookup: &str, played: &Played) -> Vec<String> {
    let session = match &ussd.session {
        Some(session) => format!("named {session}"),
        None => format!("born {} {:?}", log.birth.at, log.birth.nonce),
    };
    let said = &played.state.here.said;
    vec![
        session,
        lookup.to_owned(),
        played.run.to_string(),
        played.state.filed.to_string(),
        said.words.as_deref().unwrap_or("").to_owned(),
    ]
}

/// What was said of the number, with the words that asked, so that it can be shown later what was
/// said yes to. It counts for the institution that those words named, and for no other.
fn consent(scene: &Scene<'_>, said: &Said, at: i64) -> Option<Consent> {
    let consent = said.consent?;
    let texts = &scene.service.texts;
    let tag = texts.languages().get(said.language);
    let tag = tag.map_or("", |l| l.tag.as_str());
    let name = texts.name(consent.text);
    let version = texts.version(said.language, consent.text);
    let named = texts
        .get(said.language, consent.text)
        .contains(&Piece::Slot(Variable::Institution));
    let institution = consent.institution.filter(|_| named);
    let institution = institution.and_then(|i| scene.service.institutions.get(i));
    Some(Consent {
        institution: institution.map(|i| i.id.clone()),
        given: consent.given,
        words: format!("{name}/{tag}/{version:08x}"),
        at,
    })
}

fn draft(scene: &Scene<'_>, played: &Played, at: i64) -> Draft {
    let said = &played.state.here.said;
    let service = scene.service;
    let institution = said.institution.and_then(|i| service.institutions.get(i));
    let place = said.place.and_then(|p| service.places.get(p));
    let language = service.texts.languages().get(said.language);
    Draft {
        kind: crate::domain::feedback::Kind::Ussd,
        institution: institution.map(|i| i.id.clone()),
        experience: said.experience,
        place: place.map(|p| p.code.clone()),
        text: said.words.as_deref().unwrap_or("").to_owned(),
        language: language
            .map_or_else(|| scene.country.default_language.clone(), |l| l.tag.clone()),
        complete: institution.is_some()
            && place.is_some()
            && said.experience.is_some()
            && said.words.is_some(),
        confirm_by_sms: played.state.effect == Some(Effect::FileAndCopy),
        ask: None,
        consent: consent(scene, said, at),
        sensitive: said.sensitive,
        subject: said.subject.as_deref().map(str::to_owned),
        answers: answers(scene, said),
    }
}

/// The menu's own variables that are set.
fn answers(scene: &Scene<'_>, said: &Said) -> Vec<(String, String)> {
    let variables = scene.menu.variables.iter().enumerate();
    variables
        .filter_map(|(index, variable)| {
            let value = said.value(index)?;
            Some((variable.name.clone(), variable.kind.shown(value)))
        })
        .collect()
}
